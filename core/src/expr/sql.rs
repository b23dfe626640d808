//! From the typed form to SQL.
//!
//! Values are always bound parameters. Every template brings its own brackets, so that no precedence of any
//! dialect is relied upon.

use sea_query::{Expr, Value};

use super::Bindings;
use super::ir::{AuthTest, Cond, Order, Place, Scalar, Term};
use super::vocabulary::{Column, Origin};
use crate::dialect::Dialect;

/// Compiles for one dialect and one request.
pub(super) struct Compiler<'a> {
    pub(super) dialect: Dialect,
    pub(super) bindings: &'a Bindings<'a>,
}

/// Whether NULL and false make a difference to what encloses a condition. Beneath `&&` and `||` alone they
/// make none, and a plain `=` will do, for which every database uses an index (PostgreSQL uses none for
/// `IS NOT DISTINCT FROM`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Null {
    IsFalse,
    IsError,
}

impl Compiler<'_> {
    pub(super) fn cond(&self, cond: &Cond, null: Null) -> Expr {
        match cond {
            Cond::Const(value) => constant(*value),
            Cond::Auth(test) => self.auth(test),
            Cond::Field(field) => column(field),
            Cond::Not(inner) => self.not(inner),
            Cond::All(parts) => self.join(parts, " AND ", null),
            Cond::Any(parts) => self.join(parts, " OR ", null),
            Cond::If(test, yes, no) => self.fill(
                "CASE {} WHEN TRUE THEN {} WHEN FALSE THEN {} END",
                [self.cond(test, Null::IsError), self.cond(yes, null), self.cond(no, null)],
            ),
            Cond::IsNull(field) => self.fill("({} IS NULL)", [column(field)]),
            Cond::Truth(inner) => {
                let inner = self.cond(inner, Null::IsFalse);
                if null == Null::IsFalse { inner } else { self.fill("({} IS TRUE)", [inner]) }
            }
            Cond::Known(term, value) => self.fill(
                if *value { "({} IS NOT NULL OR NULL)" } else { "({} IS NULL AND NULL)" },
                [self.term(term)],
            ),
            Cond::Ordered(left, order, right) => {
                self.fill(ordered(*order), [self.term(left), self.term(right)])
            }
            Cond::Equal(left, right) => self.equal(left, right, null),
            Cond::OneOf(term, scalars) => self.one_of(term, scalars, null),
            Cond::TextAt(place, text, part) => self.text_at(*place, self.term(text), self.term(part)),
            Cond::SameTruth(left, right) => self.same_truth(left, right),
        }
    }

    /// True, or false: never NULL.
    pub(super) fn truth(&self, cond: &Cond) -> Expr {
        self.fill("({} IS TRUE)", [self.cond(cond, Null::IsFalse)])
    }

    fn not(&self, inner: &Cond) -> Expr {
        match inner {
            Cond::IsNull(field) => self.fill("({} IS NOT NULL)", [column(field)]),
            Cond::Equal(left, right) if left.is_nullable() || right.is_nullable() => {
                self.null_safe(left, right, true)
            }
            other => self.fill("(NOT {})", [self.cond(other, Null::IsError)]),
        }
    }

    fn join(&self, parts: &[Cond], operator: &str, null: Null) -> Expr {
        let template = vec!["{}"; parts.len()].join(operator);
        self.fill(&format!("({template})"), parts.iter().map(|part| self.cond(part, null)))
    }

    fn auth(&self, test: &AuthTest) -> Expr {
        match (test, self.bindings.kind) {
            (AuthTest::Anonymous, kind) => constant(kind.is_none()),
            (AuthTest::KindIn(kinds), Some(kind)) => constant(kinds.iter().any(|wanted| wanted == kind)),
            // An error, as in CEL: null has no `kind`.
            (AuthTest::KindIn(_), None) => Expr::cust(match self.dialect {
                Dialect::Postgres => "CAST(NULL AS boolean)",
                Dialect::Sqlite | Dialect::MariaDb => "NULL",
            }),
        }
    }

    fn equal(&self, left: &Term, right: &Term, null: Null) -> Expr {
        match (left.is_nullable(), right.is_nullable()) {
            // Here NULL is an error on either side, as plain `=` has it.
            (false, false) => self.fill("({} = {})", [self.term(left), self.term(right)]),
            (true, true) => self.null_safe(left, right, false),
            // With a value or an error on one side, null-safe and plain differ by NULL for false.
            _ if null == Null::IsFalse => self.fill("({} = {})", [self.term(left), self.term(right)]),
            _ => self.null_safe(left, right, false),
        }
    }

    /// `==`, or with `negated` `!=`, where null is a value on at least one side.
    fn null_safe(&self, left: &Term, right: &Term, negated: bool) -> Expr {
        let template = match (self.dialect, negated) {
            (Dialect::Sqlite, false) => "({} IS {})",
            (Dialect::Sqlite, true) => "({} IS NOT {})",
            (Dialect::Postgres, false) => "({} IS NOT DISTINCT FROM {})",
            (Dialect::Postgres, true) => "({} IS DISTINCT FROM {})",
            (Dialect::MariaDb, false) => "({} <=> {})",
            (Dialect::MariaDb, true) => "(NOT ({} <=> {}))",
        };
        let safe = self.fill(template, [self.term(left), self.term(right)]);
        match [left, right].into_iter().find(|term| fails(term)) {
            Some(term) => self.fill("CASE WHEN {} IS NOT NULL THEN {} END", [self.term(term), safe]),
            None => safe,
        }
    }

    fn one_of(&self, term: &Term, scalars: &[Scalar], null: Null) -> Expr {
        let list = vec!["{}"; scalars.len()].join(", ");
        let values = scalars.iter().map(|scalar| Expr::value(self.value(scalar)));
        let found = self.fill(&format!("({{}} IN ({list}))"), std::iter::once(self.term(term)).chain(values));
        if null == Null::IsError && term.is_nullable() { self.fill("({} IS TRUE)", [found]) } else { found }
    }

    /// Case-sensitive by comparing characters; no LIKE, whose case and escapes differ.
    fn text_at(&self, place: Place, text: Expr, part: Expr) -> Expr {
        let twice = |template| self.fill(template, [text.clone(), part.clone(), part.clone()]);
        match (self.dialect, place) {
            (Dialect::Sqlite, Place::Anywhere) => self.fill("(instr({}, {}) > 0)", [text, part]),
            (Dialect::Sqlite, Place::Start) => twice("(substr({}, 1, length({})) = {})"),
            (Dialect::Sqlite, Place::End) => self.fill(
                "(substr({}, length({}) - length({}) + 1) = {})",
                [text.clone(), text, part.clone(), part],
            ),
            (Dialect::Postgres, Place::Anywhere) => self.fill("(strpos({}, {}) > 0)", [text, part]),
            (Dialect::Postgres, Place::Start) => self.fill("starts_with({}, {})", [text, part]),
            (Dialect::Postgres, Place::End) => twice("(right({}, length({})) = {})"),
            (Dialect::MariaDb, Place::Anywhere) => self.fill("(LOCATE({}, {}) > 0)", [part, text]),
            (Dialect::MariaDb, Place::Start) => twice("(LEFT({}, CHAR_LENGTH({})) = {})"),
            (Dialect::MariaDb, Place::End) => twice("(RIGHT({}, CHAR_LENGTH({})) = {})"),
        }
    }

    fn same_truth(&self, left: &Cond, right: &Cond) -> Expr {
        let sides = [self.cond(left, Null::IsError), self.cond(right, Null::IsError)];
        match (right, self.dialect) {
            // A null field differs from true and false alike, and 2 stands for it.
            (Cond::Field(_), Dialect::Postgres) => {
                self.fill("(CAST({} AS integer) = coalesce(CAST({} AS integer), 2))", sides)
            }
            (Cond::Field(_), Dialect::Sqlite | Dialect::MariaDb) => {
                self.fill("({} = coalesce({}, 2))", sides)
            }
            _ => self.fill("({} = {})", sides),
        }
    }

    fn term(&self, term: &Term) -> Expr {
        match term {
            Term::Column(field) => column(field),
            Term::AsFloat(inner) => {
                let template = match self.dialect {
                    Dialect::Sqlite => "CAST({} AS real)",
                    Dialect::Postgres => "CAST({} AS double precision)",
                    Dialect::MariaDb => "CAST({} AS double)",
                };
                self.fill(template, [self.term(inner)])
            }
            Term::Size(text) => {
                let template = match self.dialect {
                    Dialect::Sqlite => "length({})",
                    Dialect::Postgres | Dialect::MariaDb => "char_length({})",
                };
                self.fill(template, [self.term(text)])
            }
            Term::Literal(scalar) => Expr::value(self.value(scalar)),
        }
    }

    /// The scalar as the column stores it.
    fn value(&self, scalar: &Scalar) -> Value {
        match (scalar, self.dialect) {
            (Scalar::Text(text), _) => text.as_str().into(),
            (Scalar::Int(value), _) => (*value).into(),
            (Scalar::Float(value), _) => (*value).into(),
            (Scalar::Bool(value), _) => (*value).into(),
            (Scalar::Date(day), Dialect::Sqlite) => day.to_string().into(),
            (Scalar::Date(day), _) => (*day).into(),
            (Scalar::DateTime(instant), Dialect::Sqlite) => instant.timestamp_micros().into(),
            (Scalar::DateTime(instant), Dialect::Postgres) => (*instant).into(),
            (Scalar::DateTime(instant), Dialect::MariaDb) => instant.naive_utc().into(),
            (Scalar::Uuid(uuid), Dialect::Postgres) => (*uuid).into(),
            (Scalar::Uuid(uuid), _) => uuid.as_bytes().to_vec().into(),
        }
    }

    /// A template with an expression for each `{}`.
    fn fill(&self, template: &str, parts: impl IntoIterator<Item = Expr>) -> Expr {
        let mut sql = String::with_capacity(template.len() + 8);
        for (index, piece) in template.split("{}").enumerate() {
            match (index, self.dialect) {
                (0, _) => {}
                (_, Dialect::Postgres) => sql.extend(["$", &index.to_string()]),
                (_, Dialect::Sqlite | Dialect::MariaDb) => sql.push('?'),
            }
            sql.push_str(piece);
        }
        Expr::cust_with_exprs(sql, parts)
    }
}

fn ordered(order: Order) -> &'static str {
    match order {
        Order::Less => "({} < {})",
        Order::LessOrEqual => "({} <= {})",
        Order::Greater => "({} > {})",
        Order::GreaterOrEqual => "({} >= {})",
    }
}

/// Whether NULL of the term means an error.
fn fails(term: &Term) -> bool {
    !term.is_nullable() && !matches!(term, Term::Literal(_))
}

fn constant(value: bool) -> Expr {
    Expr::cust(if value { "TRUE" } else { "FALSE" })
}

fn column(column: &Column) -> Expr {
    match column.origin {
        Origin::Record => Expr::col(column.name.clone()),
        Origin::Input => Expr::col(("input".to_owned(), column.name.clone())),
    }
}
