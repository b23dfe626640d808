//! CEL expressions: checked against a collection, compiled to SQL, evaluated in memory.
//!
//! [`parse`] checks once. The [`Checked`] it gives compiles for any dialect to a [`Condition`], a text that is the same
//! for every request; who asks and what about are values of its parameters ([`Bindings`]).
//!
//! # Meaning
//!
//! A record matches where CEL's interpreter answers `true`; `false`, null and an error do not match. `==`,
//! `!=` and `in` are null-safe (`director != 'x'` holds where `director` is null); any other operation on null
//! is an error. `&&`, `||` and `!` treat an error as SQL treats NULL, so that an error *is* NULL in the SQL.
//!
//! Numbers compare by value, as in CEL: an int with a double by the double nearest the int. A decimal field
//! compares exactly with a literal's decimal text. Dates and times compare with `timestamp('…')` or with text
//! that is read when the expression is checked; a date stands for its midnight in UTC.
//!
//! Constant parts are computed by CEL's interpreter when the expression is checked. Overflow and division by zero are
//! errors of one row. Databases fail the whole statement for them or answer something else, so that conditions compute
//! with integers and decimals alone, and ask first whether the result fits. A [`Formula`], which is evaluated and never
//! compiled, also computes with doubles and converts.
//!
//! Decimals are exact, and integers to the databases: what 64 bits do not hold at their scale is an error.
//!
//! A field reached by a relation (`room.owner`) is null where the relation is null, or points to a record that is not
//! seen. A list that is null is as good as an empty one. `exists()` and `all()` treat errors as `||` and `&&` do.
//! Records that point to a record are a list, too, of those that are seen.
//!
//! What is known of the caller and the request is never a null value: what is missing there, or a claim of another type
//! than what it is compared with, is an error.
//!
//! Columns are taken to be binary-collated without padding, so that text compares by code point.

mod bindings;
mod check;
mod error;
mod evaluate;
mod formula;
mod ir;
mod limits;
mod outcomes;
mod parts;
mod referrers;
mod shape;
mod sought;
mod sql;
#[cfg(test)]
mod tests;
mod vocabulary;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use cel::common::ast::IdedExpr;
use cel::parser::ParseErrors;
use cel::{Env, common::ast::SourceInfo};
use sea_query::Value;

pub use self::bindings::{Auth, Bindings, Request, is_readable_header};
pub use self::error::ExprError;
pub use self::formula::{Formula, parse_formula};
pub use self::ir::Scalar;
pub use self::limits::{
    MAX_CONDITIONS, MAX_DEPTH, MAX_KEY, MAX_KEYS, MAX_LIST, MAX_NESTED, MAX_NODES, MAX_SOURCE, MAX_STEPS,
    MAX_SUBQUERIES, MAX_WEIGHT,
};
pub(crate) use self::outcomes::Certainty;
pub use self::outcomes::Outcome;
pub use self::parts::Joint;
pub(crate) use self::parts::{Part, parts};
pub(crate) use self::referrers::name_of_referrers;
pub(crate) use self::shape::without_constants;
pub use self::shape::{Constant, Shape};
pub(crate) use self::sought::Sought;
pub use self::sql::{Condition, InputPart, InputValue, Param};
pub use self::vocabulary::{Catalogue, Field, FieldKind, Holds, Model, Seen, Vocabulary, Way};
use crate::dialect::Dialect;

/// An expression that parsed and type-checked. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Checked(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    cond: Arc<ir::Cond>,
    fields: BTreeSet<String>,
    /// The table of the record.
    table: Arc<str>,
    /// How often other records are looked into.
    subqueries: usize,
    /// How many terms its SQL has.
    weight: usize,
    /// Whether constants were computed with.
    folded: bool,
}

/// Parses and type-checks a condition.
pub fn parse(source: &str, vocabulary: &Vocabulary<'_>) -> Result<Checked, ExprError> {
    check(source, vocabulary, |checker, tree| {
        let cond = Arc::new(checker.cond(tree)?);
        let mut fields = BTreeSet::new();
        cond.each_column(&mut |column| note(column, &mut fields));
        let (table, subqueries) = (Arc::clone(&vocabulary.own().table), checker.subqueries());
        let (weight, folded) = (checker.weight(), checker.has_folded());
        Ok(Checked(Arc::new(Inner { cond, fields, table, subqueries, weight, folded })))
    })
}

/// Parses an expression and does with it what `check` does.
fn check<T>(
    source: &str,
    vocabulary: &Vocabulary<'_>,
    check: impl FnOnce(&check::Checker<'_>, &IdedExpr) -> Result<T, ExprError>,
) -> Result<T, ExprError> {
    limits::check_source(source)?;
    let (tree, info) = syntax(source)?;
    // The parser counts bytes.
    let offset_of = |id| {
        let start = info.offset_for(id).map_or(0, |(start, _)| start as usize);
        source.get(..start).map_or(0, |before| before.chars().count())
    };
    limits::check_tree(&tree, &offset_of)?;
    check(&check::Checker::new(vocabulary, &offset_of), &tree)
}

/// Notes the field of the record that a column is, or is reached by.
fn note(column: &ir::Column, fields: &mut BTreeSet<String>) {
    if column.row < ir::Row::FIRST_BOUND {
        fields.insert(column.path.first().map_or(&column.name, |step| &step.field).clone());
    }
}

impl Checked {
    /// The condition for a WHERE clause. For a record that does not match it is false *or NULL*: put it
    /// beneath AND and OR only, never beneath NOT. This form can use an index, and `(…) IS TRUE` cannot, on
    /// any of the three databases.
    pub fn to_sql(&self, dialect: Dialect) -> Condition {
        sql::Compiler::new(dialect, &self.0.table).cond(&self.0.cond, sql::Null::IsFalse)
    }

    /// The condition as a value that is true or false, never NULL: for a SELECT list, or beneath NOT.
    pub fn to_truth(&self, dialect: Dialect) -> Condition {
        sql::Compiler::new(dialect, &self.0.table).truth(&self.0.cond)
    }

    /// Whether it is true, and whether it is false, neither of them NULL: an error is neither.
    pub(crate) fn to_outcome(&self, dialect: Dialect) -> [Condition; 2] {
        sql::Compiler::new(dialect, &self.0.table).outcome(&self.0.cond)
    }

    /// Whether the same statement serves every expression of the shape that it was parsed of: each constant is a
    /// parameter and nothing else.
    pub fn fits(&self, shape: &Shape, dialect: Dialect) -> bool {
        let condition = self.to_sql(dialect);
        let mut found = vec![false; shape.constants.len()];
        let constants = condition.params().iter().all(|param| {
            if let Some((at, _)) = param.stand_in(shape, dialect)
                && let Some(found) = found.get_mut(at)
            {
                *found = true;
            }
            param.is_constant()
        });
        constants && !self.0.folded && found.into_iter().all(|found| found)
    }

    /// The same with its constants in the text, each written by `literal`. `None` where it depends on a request.
    pub(crate) fn to_text(&self, dialect: Dialect, literal: &dyn Fn(&Value) -> String) -> Option<String> {
        Self::written(&self.to_sql(dialect), literal)
    }

    /// The same where other tables stand beside the record's: its columns go by the name of its own.
    pub(crate) fn to_joined_text(
        &self,
        dialect: Dialect,
        literal: &dyn Fn(&Value) -> String,
    ) -> Option<String> {
        let compiler = sql::Compiler::new(dialect, &self.0.table).by_table();
        Self::written(&compiler.cond(&self.0.cond, sql::Null::IsFalse), literal)
    }

    fn written(condition: &Condition, literal: &dyn Fn(&Value) -> String) -> Option<String> {
        let mut pieces = condition.text().split('?');
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for (piece, param) in pieces.zip(condition.params()) {
            text.push_str(&literal(param.constant_value()?));
            text.push_str(piece);
        }
        Some(text)
    }

    /// Whether every record that meets all of the conditions meets this one, as far as that stands in them word for
    /// word.
    pub(crate) fn follows_from(&self, conditions: &[Self]) -> bool {
        let known: Vec<_> = conditions.iter().flat_map(|condition| condition.0.cond.parts()).collect();
        self.0.cond.parts().iter().all(|part| known.contains(part))
    }

    /// What holds of every record of that table.
    pub(crate) fn always(table: &Arc<str>) -> Self {
        let (cond, fields, table) = (Arc::new(ir::Cond::Const(true)), BTreeSet::new(), Arc::clone(table));
        Self(Arc::new(Inner { cond, fields, table, subqueries: 0, weight: 0, folded: false }))
    }

    /// The same, and for each of these fields that is sent, what it asks for.
    pub(crate) fn with_fields(&self, rules: &[(String, Self)]) -> Self {
        if rules.is_empty() {
            return self.clone();
        }
        let own = &self.0;
        let mut whole = Inner {
            cond: Arc::clone(&own.cond),
            fields: own.fields.clone(),
            table: Arc::clone(&own.table),
            subqueries: own.subqueries,
            weight: own.weight,
            folded: own.folded,
        };
        let mut parts = vec![ir::Cond::clone(&own.cond)];
        for (field, rule) in rules {
            let unsent = ir::Cond::Sent(field.clone()).negated();
            parts.push(ir::Cond::Any(vec![unsent, ir::Cond::clone(&rule.0.cond)]));
            whole.fields.extend(rule.0.fields.iter().cloned());
            whole.subqueries += rule.0.subqueries;
            whole.weight += rule.0.weight;
            whole.folded |= rule.0.folded;
        }
        whole.cond = Arc::new(ir::Cond::All(parts));
        Self(Arc::new(whole))
    }

    /// Whether it holds for every record in that request, whatever stands in it.
    pub(crate) fn holds_always(&self, bindings: &Bindings<'_>) -> bool {
        self.is_true()
            || self.0.cond.is_late()
                && evaluate::Evaluator::of_request(bindings).cond(&self.0.cond) == Some(true)
    }

    /// Whether it holds for every record, whoever asks.
    pub fn is_true(&self) -> bool {
        *self.0.cond == ir::Cond::Const(true)
    }

    /// The names of the fields the expression reads, each once, sorted.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.fields.iter().map(String::as_str)
    }
}

/// The syntax tree, with macros left as the calls they are written as.
fn syntax(source: &str) -> Result<(IdedExpr, SourceInfo), ExprError> {
    static ENV: LazyLock<Env> = LazyLock::new(|| Env::default().with_stdlib());
    ENV.parser().parse_with_source_info(source).map_err(|errors| syntax_error(source, &errors))
}

fn syntax_error(source: &str, errors: &ParseErrors) -> ExprError {
    let Some(first) = errors.errors.first() else {
        return ExprError::new(0, "the expression does not parse");
    };
    // The parser counts lines from 1, and characters within one from 1.
    let line = usize::try_from(first.pos.0 - 1).unwrap_or_default();
    let column = usize::try_from(first.pos.1 - 1).unwrap_or_default();
    let before: usize = source.split_inclusive('\n').take(line).map(|line| line.chars().count()).sum();
    ExprError::new(before + column, first.msg.clone())
}
