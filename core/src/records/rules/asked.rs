//! A rule, asked part by part: in the database of a record, by the conditions that real requests are asked with; of the
//! request alone where no record is named.

use sea_query::Value;

use super::RuleName;
use crate::expr::{Joint, Outcome, Part};
use crate::records::incoming::Incoming;
use crate::records::query::{Planner, mark};
use crate::records::service::{RecordId, Records};
use crate::store::{Row, Sql, StoreError};

/// What a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It may be done.
    Allowed,
    /// It may not.
    Refused,
    /// It may not, because the rule comes to an error.
    Error,
    /// That depends on a record, or on what is sent, and neither was named.
    Undecided,
}

/// Why an answer is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// The rule says so.
    Rule,
    /// Rules do not bind whoever has the scope to read or write past them.
    Scope,
    /// There is no such rule, so that a scope is needed.
    NoRule,
    /// Where `users` has no `create` rule, the settings of auth say who signs up.
    SignUp,
    /// What was sent would not be taken, whatever the rule says.
    Input,
}

/// A part of a rule, and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulePart {
    /// As it is written.
    pub source: String,
    /// Where it begins: characters from the start of the rule.
    pub at: usize,
    /// Within how many others it stands.
    pub depth: usize,
    /// What puts the parts together that follow and stand deeper.
    pub joint: Option<Joint>,
    /// `None` where it is not known without a record.
    pub value: Option<Outcome>,
}

/// What a rule answers, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleAnswer {
    /// Which rule.
    pub rule: RuleName,
    /// Of which field, if it is a field's.
    pub field: Option<String>,
    /// As it is written; `None` where there is none.
    pub source: Option<String>,
    /// What it says.
    pub answer: Answer,
    /// Why.
    pub because: Because,
    /// What is wrong with what was sent, or why the rule cannot be asked.
    pub problem: Option<String>,
    /// The condition as it is compiled, with `?` for what a request brings.
    pub sql: Option<String>,
    /// The whole rule, then its parts, each followed by its own.
    pub parts: Vec<RulePart>,
}

impl Answer {
    /// Of what a rule comes to.
    pub(super) const fn of(value: Option<Outcome>) -> Self {
        match value {
            Some(Outcome::True) => Self::Allowed,
            Some(Outcome::False) => Self::Refused,
            Some(Outcome::Error) => Self::Error,
            None => Self::Undecided,
        }
    }
}

impl RulePart {
    pub(super) fn new(part: &Part, value: Option<Outcome>) -> Self {
        Self { source: part.source.clone(), at: part.at, depth: part.depth, joint: part.joint, value }
    }
}

/// What each part of a rule comes to.
pub(super) type Values = Vec<Outcome>;

impl Records<'_> {
    /// The statement that asks the parts of a rule of the record of that id.
    pub(super) fn ask_parts(&self, parts: &[Part], incoming: &Incoming, id: RecordId) -> Sql {
        let dialect = self.dialect();
        let planner = Planner { layout: self.layout(), dialect, veils: &[] };
        let (mut columns, mut params) = (Vec::new(), Vec::new());
        for condition in parts.iter().flat_map(|part| part.checked.to_outcome(dialect)) {
            columns.push(condition.text().to_owned());
            params.extend_from_slice(condition.params());
        }
        let (mut text, _) = planner.select(&columns.join(", "), &[]);
        text.push_str(" WHERE id = ");
        text.push_str(&mark(dialect, params.len()));
        let input = |field: &str, part| incoming.answer(self.layout(), dialect, field, part);
        let bindings = self.scope.bindings();
        let values = params.iter().map(|param| param.resolve(&bindings, &input));
        Sql::new(text, values.chain([Value::Uuid(Some(id.as_uuid()))]).collect())
    }
}

/// What each of so many parts comes to, from a row that was asked for by [`Records::ask_parts`].
pub(super) fn read_values(row: &Row<'_>, count: usize) -> Result<Values, StoreError> {
    let value = |at: usize| {
        Ok(match (row.bool(2 * at)?, row.bool(2 * at + 1)?) {
            (Some(true), _) => Outcome::True,
            (_, Some(true)) => Outcome::False,
            _ => Outcome::Error,
        })
    };
    (0..count).map(value).collect()
}
