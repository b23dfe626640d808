//! From the typed form to SQL.
//!
//! Values are always parameters. Every template brings its own brackets, so that no precedence of any dialect is
//! relied upon.

mod arithmetic;
mod condition;
mod rows;
mod term;
mod value;
mod within;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

pub use self::condition::{Condition, InputPart, InputValue, Param};
use self::rows::Named;
use super::ir::{Cond, LateList, Order, Place, Scalar, Term};
use super::vocabulary::FieldKind;
use crate::dialect::Dialect;

/// Compiles for one dialect.
#[derive(Clone)]
pub(super) struct Compiler<'c> {
    dialect: Dialect,
    /// The table of the record.
    table: &'c Arc<str>,
    /// Rows in sight that have names. The record has none while it is alone.
    named: Vec<Named>,
    /// How many names there are.
    aliases: Rc<Cell<u32>>,
}

/// Whether NULL and false make a difference to what encloses a condition. Beneath `&&` and `||` alone they
/// make none, and a plain `=` will do, for which every database uses an index (PostgreSQL uses none for
/// `IS NOT DISTINCT FROM`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Null {
    IsFalse,
    IsError,
}

impl<'c> Compiler<'c> {
    pub(super) fn new(dialect: Dialect, table: &'c Arc<str>) -> Self {
        Self { dialect, table, named: Vec::new(), aliases: Rc::default() }
    }

    pub(super) fn cond(&self, cond: &Cond, null: Null) -> Condition {
        if cond.is_late() {
            return parameter(Param::cond(cond));
        }
        if null == Null::IsFalse
            && let Some(reached) = self.of_reached(cond)
        {
            return reached;
        }
        match cond {
            Cond::Const(value) => text(if *value { "TRUE" } else { "FALSE" }),
            Cond::Sent(field) => parameter(Param::input(field, InputPart::Sent)),
            // These read nothing but the request, and are late.
            Cond::Anonymous | Cond::Present(_) => parameter(Param::cond(cond)),
            Cond::Holds(term) => self.term(term),
            Cond::Not(inner) => self.not(inner, null),
            Cond::Member(term, list) => self.member(term, list),
            Cond::Exists(exists) => self.exists(exists, null),
            Cond::All(parts) => self.join(parts, " AND ", null),
            Cond::Any(parts) => self.join(parts, " OR ", null),
            Cond::If(test, yes, no) => fill(
                "CASE {} WHEN TRUE THEN {} WHEN FALSE THEN {} END",
                [self.cond(test, Null::IsError), self.cond(yes, null), self.cond(no, null)],
            ),
            Cond::IsNull(field) => self.is_null(field, "IS NULL"),
            Cond::Absent(within) => self.absent(within),
            Cond::Has(within) => self.has(within),
            Cond::Truth(inner) => {
                let inner = self.cond(inner, Null::IsFalse);
                if null == Null::IsFalse { inner } else { fill("({} IS TRUE)", [inner]) }
            }
            Cond::Known(term, value) => fill(
                if *value { "({} IS NOT NULL OR NULL)" } else { "({} IS NULL AND NULL)" },
                [self.term(term)],
            ),
            Cond::Ordered(left, order, right) => fill(ordered(*order), [self.term(left), self.term(right)]),
            Cond::Equal(left, right) => self.equal(left, right, null),
            Cond::OneOf(term, scalars) => self.one_of(term, scalars, null),
            Cond::Listed(term, list) => self.listed(term, list, null),
            Cond::TextAt(place, text, part) => self.text_at(*place, &self.term(text), &self.term(part)),
            Cond::SameTruth(left, right) => self.same_truth(left, right),
            Cond::Guarded(guard, inner) => {
                let parts = [self.cond(guard, Null::IsFalse), self.cond(inner, null)];
                fill(if null == Null::IsFalse { "({} AND {})" } else { "CASE WHEN {} THEN {} END" }, parts)
            }
        }
    }

    /// True, or false: never NULL.
    pub(super) fn truth(&self, cond: &Cond) -> Condition {
        fill("({} IS TRUE)", [self.cond(cond, Null::IsFalse)])
    }

    /// Whether it is true, and whether it is false: each never NULL, and neither where it is an error.
    pub(super) fn outcome(&self, cond: &Cond) -> [Condition; 2] {
        let decided = self.cond(cond, Null::IsError);
        ["({} IS TRUE)", "({} IS FALSE)"].map(|template| fill(template, [decided.clone()]))
    }

    fn not(&self, inner: &Cond, null: Null) -> Condition {
        match inner {
            Cond::Exists(exists) if null == Null::IsFalse => self.exists_none(exists),
            Cond::IsNull(field) => self.is_null(field, "IS NOT NULL"),
            Cond::Equal(left, right) if left.is_nullable() || right.is_nullable() => {
                self.null_safe(left, right, true)
            }
            other => fill("(NOT {})", [self.cond(other, Null::IsError)]),
        }
    }

    fn join(&self, parts: &[Cond], operator: &str, null: Null) -> Condition {
        let template = vec!["{}"; parts.len()].join(operator);
        fill(&format!("({template})"), parts.iter().map(|part| self.cond(part, null)))
    }

    fn equal(&self, left: &Term, right: &Term, null: Null) -> Condition {
        match (left.is_nullable(), right.is_nullable()) {
            // Here NULL is an error on either side, as plain `=` has it.
            (false, false) => fill("({} = {})", [self.term(left), self.term(right)]),
            (true, true) => self.null_safe(left, right, false),
            // With a value or an error on one side, null-safe and plain differ by NULL for false.
            _ if null == Null::IsFalse => fill("({} = {})", [self.term(left), self.term(right)]),
            _ => self.null_safe(left, right, false),
        }
    }

    /// `==`, or with `negated` `!=`, where null is a value on at least one side.
    fn null_safe(&self, left: &Term, right: &Term, negated: bool) -> Condition {
        let template = match (self.dialect, negated) {
            (Dialect::Sqlite, false) => "({} IS {})",
            (Dialect::Sqlite, true) => "({} IS NOT {})",
            (Dialect::Postgres, false) => "({} IS NOT DISTINCT FROM {})",
            (Dialect::Postgres, true) => "({} IS DISTINCT FROM {})",
            (Dialect::MariaDb, false) => "({} <=> {})",
            (Dialect::MariaDb, true) => "(NOT ({} <=> {}))",
        };
        let safe = fill(template, [self.term(left), self.term(right)]);
        match [left, right].into_iter().find(|term| term.can_fail()) {
            Some(term) => fill("CASE WHEN {} IS NOT NULL THEN {} END", [self.term(term), safe]),
            None => safe,
        }
    }

    fn one_of(&self, term: &Term, scalars: &[Scalar], null: Null) -> Condition {
        let list = vec!["{}"; scalars.len()].join(", ");
        let values = scalars.iter().map(|scalar| parameter(Param::constant(scalar, self.dialect)));
        let found = fill(&format!("({{}} IN ({list}))"), std::iter::once(self.term(term)).chain(values));
        if null == Null::IsError && term.is_nullable() { fill("({} IS TRUE)", [found]) } else { found }
    }

    /// Whether a term is one of a list that the request brings: a parameter of JSON, an error where it is NULL.
    fn listed(&self, term: &Term, list: &LateList, null: Null) -> Condition {
        let kind = term.kind();
        let list = parameter(Param::list(list, kind));
        let template = match (self.dialect, kind) {
            (Dialect::Sqlite, FieldKind::Uuid) => {
                "({} IN (SELECT unhex(replace(item.value, '-', '')) FROM json_each({}) AS item))"
            }
            (Dialect::Sqlite, _) => "({} IN (SELECT item.value FROM json_each({}) AS item))",
            (Dialect::Postgres, FieldKind::Uuid) => {
                "({} IN (SELECT CAST(item AS uuid) FROM jsonb_array_elements_text(CAST({} AS jsonb)) AS item))"
            }
            (Dialect::Postgres, _) => {
                "({} IN (SELECT item FROM jsonb_array_elements_text(CAST({} AS jsonb)) AS item))"
            }
            (Dialect::MariaDb, FieldKind::Uuid) => {
                "({} IN (SELECT UNHEX(REPLACE(item.value, '-', '')) FROM JSON_TABLE({}, '$[*]' COLUMNS (value \
                 VARCHAR(36) PATH '$')) AS item))"
            }
            (Dialect::MariaDb, _) => {
                "({} IN (SELECT item.value FROM JSON_TABLE({}, '$[*]' COLUMNS (value LONGTEXT CHARACTER SET utf8mb4 \
                 COLLATE utf8mb4_nopad_bin PATH '$')) AS item))"
            }
        };
        let found = fill(template, [self.term(term), list.clone()]);
        match (null, term.can_fail()) {
            (Null::IsFalse, _) => found,
            (Null::IsError, false) => fill("CASE WHEN {} IS NOT NULL THEN ({} IS TRUE) END", [list, found]),
            (Null::IsError, true) => fill(
                "CASE WHEN {} IS NOT NULL AND {} IS NOT NULL THEN {} END",
                [list, self.term(term), found],
            ),
        }
    }

    /// Case-sensitive by comparing characters; no LIKE, whose case and escapes differ.
    fn text_at(&self, place: Place, text: &Condition, part: &Condition) -> Condition {
        let twice = |template| fill(template, [text.clone(), part.clone(), part.clone()]);
        let once = |template| fill(template, [text.clone(), part.clone()]);
        match (self.dialect, place) {
            (Dialect::Sqlite, Place::Anywhere) => once("(instr({}, {}) > 0)"),
            (Dialect::Sqlite, Place::Start) => twice("(substr({}, 1, length({})) = {})"),
            (Dialect::Sqlite, Place::End) => fill(
                "(substr({}, length({}) - length({}) + 1) = {})",
                [text.clone(), text.clone(), part.clone(), part.clone()],
            ),
            (Dialect::Postgres, Place::Anywhere) => once("(strpos({}, {}) > 0)"),
            (Dialect::Postgres, Place::Start) => once("starts_with({}, {})"),
            (Dialect::Postgres, Place::End) => twice("(right({}, length({})) = {})"),
            (Dialect::MariaDb, Place::Anywhere) => fill("(LOCATE({}, {}) > 0)", [part.clone(), text.clone()]),
            (Dialect::MariaDb, Place::Start) => twice("(LEFT({}, CHAR_LENGTH({})) = {})"),
            (Dialect::MariaDb, Place::End) => twice("(RIGHT({}, CHAR_LENGTH({})) = {})"),
        }
    }

    fn same_truth(&self, left: &Cond, right: &Cond) -> Condition {
        let sides = [self.cond(left, Null::IsError), self.cond(right, Null::IsError)];
        match (right, self.dialect) {
            // A null field differs from true and false alike, and 2 stands for it.
            (Cond::Holds(Term::Column(_) | Term::Within(..)), Dialect::Postgres) => {
                fill("(CAST({} AS integer) = coalesce(CAST({} AS integer), 2))", sides)
            }
            (Cond::Holds(Term::Column(_) | Term::Within(..)), Dialect::Sqlite | Dialect::MariaDb) => {
                fill("({} = coalesce({}, 2))", sides)
            }
            _ => fill("({} = {})", sides),
        }
    }
}

fn text(sql: impl Into<String>) -> Condition {
    Condition { text: sql.into(), params: Vec::new() }
}

fn parameter(param: Param) -> Condition {
    Condition { text: "?".to_owned(), params: vec![param] }
}

/// A template with a part for each `{}`.
fn fill(template: &str, parts: impl IntoIterator<Item = Condition>) -> Condition {
    let mut filled = text(String::with_capacity(template.len() + 16));
    let mut parts = parts.into_iter();
    for (index, piece) in template.split("{}").enumerate() {
        if let Some(part) = (index > 0).then(|| parts.next()).flatten() {
            filled.text.push_str(&part.text);
            filled.params.extend(part.params);
        }
        filled.text.push_str(piece);
    }
    filled
}

fn ordered(order: Order) -> &'static str {
    match order {
        Order::Less => "({} < {})",
        Order::LessOrEqual => "({} <= {})",
        Order::Greater => "({} > {})",
        Order::GreaterOrEqual => "({} >= {})",
    }
}
