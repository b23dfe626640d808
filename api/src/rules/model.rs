//! Rules and what they say as clients see them.

use neonex_core::expr::{Joint, Outcome};
use neonex_core::records::{
    Answer, Because, Finding, FindingCode, RuleAnswer, RuleName, RulePart, RulesExplanation, SeenAuth,
    Severity,
};
use poem_openapi::{Enum, Object};

use crate::records::ExplanationView;

/// What is asked of a collection's rules.
#[derive(Object)]
#[oai(rename = "RuleQuestion", deny_unknown_fields)]
pub(super) struct QuestionBody {
    /// The collection's name or id.
    pub(super) collection: String,
    /// Of whom it is asked.
    #[oai(rename = "as")]
    pub(super) subject: SubjectBody,
    /// The id of the record that is read, changed and deleted.
    pub(super) record: Option<String>,
    /// The fields that are sent: with a change of that record, or for a new one where none is named. Of a user who signs up,
    /// `email` among them.
    pub(super) input: Option<serde_json::Value>,
}

/// Of whom rules are asked: one of these.
#[derive(Object)]
#[oai(rename = "RuleSubject", deny_unknown_fields)]
pub(super) struct SubjectBody {
    /// A user, by id.
    pub(super) user: Option<String>,
    /// Whoever has a key, by the key's id.
    pub(super) key: Option<String>,
    /// Somebody who is not signed in.
    pub(super) anonymous: Option<bool>,
}

/// What rules see as `auth`.
#[derive(Object)]
#[oai(rename = "RuleAuth")]
pub(super) struct AuthView {
    /// `user`, `key`.
    kind: String,
    /// Of a user.
    id: Option<String>,
    /// Of a user who has one.
    email: Option<String>,
    /// Of a user.
    verified: Option<bool>,
    /// Of a user.
    roles: Vec<String>,
}

/// Which rule.
#[derive(Enum)]
#[oai(rename = "RuleName", rename_all = "snake_case")]
pub(super) enum NameView {
    /// Which records a list shows.
    List,
    /// Which record is shown by its id.
    View,
    /// Which records are made.
    Create,
    /// Which are changed.
    Update,
    /// Which are deleted.
    Delete,
    /// Of which records a field is shown.
    Read,
    /// Of which records a field is written.
    Write,
}

/// What a rule says.
#[derive(Enum)]
#[oai(rename = "RuleAnswer", rename_all = "snake_case")]
pub(super) enum AnswerView {
    /// It may be done.
    Allowed,
    /// It may not.
    Refused,
    /// It may not, because the rule comes to an error.
    Error,
    /// That depends on a record, or on what is sent.
    Undecided,
}

/// Why an answer is what it is.
#[derive(Enum)]
#[oai(rename = "RuleReason", rename_all = "snake_case")]
pub(super) enum ReasonView {
    /// The rule says so.
    Rule,
    /// Rules do not bind whoever has the scope to read or write past them.
    Scope,
    /// There is no such rule, so that a scope is needed.
    NoRule,
    /// The settings of auth say who signs up, where `users` has no `create` rule.
    SignUp,
    /// What was sent would not be taken.
    Input,
}

/// What puts parts of a rule together.
#[derive(Enum)]
#[oai(rename = "RuleOperator", rename_all = "snake_case")]
pub(super) enum OperatorView {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `!`
    Not,
}

/// What a part of a rule comes to.
#[derive(Enum)]
#[oai(rename = "RuleValue", rename_all = "snake_case")]
pub(super) enum ValueView {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It has no value, so that it does not hold: something is null or missing that it asks for.
    Error,
}

/// A part of a rule.
#[derive(Object)]
#[oai(rename = "RulePart")]
pub(super) struct PartView {
    /// As it is written.
    source: String,
    /// Where it begins: characters from the start of the rule.
    at: usize,
    /// Within how many others it stands. Those that follow and stand one deeper are its own.
    depth: usize,
    /// What puts its own parts together, if it has any.
    operator: Option<OperatorView>,
    /// What it comes to; null where that depends on a record.
    value: Option<ValueView>,
}

/// A rule, and what it says.
#[derive(Object)]
#[oai(rename = "ExplainedRule")]
pub(super) struct RuleView {
    /// Which rule.
    rule: NameView,
    /// Of which field, if it is a field's.
    field: Option<String>,
    /// As it is written; null where there is none.
    source: Option<String>,
    /// What it says.
    answer: AnswerView,
    /// Why.
    because: ReasonView,
    /// What is wrong with what was sent.
    problem: Option<String>,
    /// The whole rule, then its parts, each followed by its own.
    parts: Vec<PartView>,
    /// The condition that it is compiled to, with `?` for what a request brings.
    sql: Option<String>,
}

/// What the rules of a collection say.
#[derive(Object)]
#[oai(rename = "RulesExplanation")]
pub(super) struct RulesView {
    /// The collection's name.
    collection: String,
    /// What the rules see as `auth`; null of somebody who is not signed in.
    auth: Option<AuthView>,
    /// What each rule says.
    rules: Vec<RuleView>,
    /// How a list is carried out that the list rule binds; null where there is none.
    list: Option<ExplanationView>,
}

/// What kind of finding.
#[derive(Enum)]
#[oai(rename = "RuleFindingCode", rename_all = "snake_case")]
pub(super) enum CodeView {
    /// The rule holds for everybody.
    OpenToEverybody,
    /// The rule holds for nobody, or a part of it changes nothing.
    Unreachable,
    /// Lists that the rule binds look through all records.
    NoIndex,
    /// Records are changed, and then shown, that may not be read.
    WriteWiderThanRead,
    /// An address is trusted that nobody has shown to be theirs.
    UnverifiedEmail,
}

/// How bad it is.
#[derive(Enum)]
#[oai(rename = "RuleFindingSeverity", rename_all = "snake_case")]
pub(super) enum SeverityView {
    /// It may well be meant.
    Info,
    /// It is most likely not what was meant.
    Warning,
    /// It lets everybody do harm.
    Critical,
}

/// Something to be said against a rule.
#[derive(Object)]
#[oai(rename = "RuleFinding")]
pub(super) struct FindingView {
    /// The collection's name.
    collection: String,
    /// Which rule.
    rule: NameView,
    /// Of which field, if it is a field's.
    field: Option<String>,
    /// What kind of finding.
    code: CodeView,
    /// How bad it is.
    severity: SeverityView,
    /// What it is, in words.
    message: String,
    /// Where in the rule: characters from its start.
    at: usize,
}

/// What is to be said against rules.
#[derive(Object)]
#[oai(rename = "RuleFindingList")]
pub(super) struct FindingList {
    /// The findings, by collection.
    pub(super) items: Vec<FindingView>,
    /// Always null: there is one page.
    pub(super) next_cursor: Option<String>,
}

impl From<RuleName> for NameView {
    fn from(name: RuleName) -> Self {
        match name {
            RuleName::List => Self::List,
            RuleName::View => Self::View,
            RuleName::Create => Self::Create,
            RuleName::Update => Self::Update,
            RuleName::Delete => Self::Delete,
            RuleName::Read => Self::Read,
            RuleName::Write => Self::Write,
        }
    }
}

impl From<SeenAuth> for AuthView {
    fn from(auth: SeenAuth) -> Self {
        Self {
            kind: auth.kind.to_owned(),
            id: auth.id.map(|id| id.to_string()),
            email: auth.email,
            verified: auth.verified,
            roles: auth.roles,
        }
    }
}

impl From<RulePart> for PartView {
    fn from(part: RulePart) -> Self {
        Self {
            source: part.source,
            at: part.at,
            depth: part.depth,
            operator: part.joint.map(|joint| match joint {
                Joint::And => OperatorView::And,
                Joint::Or => OperatorView::Or,
                Joint::Not => OperatorView::Not,
            }),
            value: part.value.map(|value| match value {
                Outcome::True => ValueView::True,
                Outcome::False => ValueView::False,
                Outcome::Error => ValueView::Error,
            }),
        }
    }
}

impl From<RuleAnswer> for RuleView {
    fn from(rule: RuleAnswer) -> Self {
        Self {
            rule: rule.rule.into(),
            field: rule.field,
            source: rule.source,
            answer: match rule.answer {
                Answer::Allowed => AnswerView::Allowed,
                Answer::Refused => AnswerView::Refused,
                Answer::Error => AnswerView::Error,
                Answer::Undecided => AnswerView::Undecided,
            },
            because: match rule.because {
                Because::Rule => ReasonView::Rule,
                Because::Scope => ReasonView::Scope,
                Because::NoRule => ReasonView::NoRule,
                Because::SignUp => ReasonView::SignUp,
                Because::Input => ReasonView::Input,
            },
            problem: rule.problem,
            parts: rule.parts.into_iter().map(PartView::from).collect(),
            sql: rule.sql,
        }
    }
}

pub(super) fn rules_view(explained: RulesExplanation) -> RulesView {
    RulesView {
        collection: explained.collection,
        auth: explained.auth.map(AuthView::from),
        rules: explained.rules.into_iter().map(RuleView::from).collect(),
        list: explained.list.map(ExplanationView::from),
    }
}

impl From<Finding> for FindingView {
    fn from(finding: Finding) -> Self {
        Self {
            collection: finding.collection,
            rule: finding.rule.into(),
            field: finding.field,
            code: match finding.code {
                FindingCode::OpenToEverybody => CodeView::OpenToEverybody,
                FindingCode::Unreachable => CodeView::Unreachable,
                FindingCode::NoIndex => CodeView::NoIndex,
                FindingCode::WriteWiderThanRead => CodeView::WriteWiderThanRead,
                FindingCode::UnverifiedEmail => CodeView::UnverifiedEmail,
            },
            severity: match finding.severity {
                Severity::Info => SeverityView::Info,
                Severity::Warning => SeverityView::Warning,
                Severity::Critical => SeverityView::Critical,
            },
            message: finding.message,
            at: finding.at,
        }
    }
}
