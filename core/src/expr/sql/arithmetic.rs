//! Arithmetic on whole numbers and decimals.
//!
//! What 64 bits do not hold, and what zero divides, is an error of one row: NULL. Left to themselves, PostgreSQL and
//! MariaDB fail the whole statement and SQLite goes on with a double. So each operation is asked first whether its
//! result fits, and written twice.

use super::{Compiler, Condition, fill, parameter};
use crate::dialect::Dialect;
use crate::expr::ir::{Operator, Scalar, Term};
use crate::expr::sql::condition::Param;

impl Compiler<'_> {
    pub(super) fn arithmetic(&self, operator: Operator, left: &Term, right: &Term) -> Condition {
        self.operation(operator, &self.term(left), &self.term(right))
    }

    /// Of integers, as which decimals are stored.
    fn operation(&self, operator: Operator, left: &Condition, right: &Condition) -> Condition {
        let sides = [left.clone(), right.clone()];
        let sign = match (operator, self.dialect) {
            (Operator::Divide, Dialect::MariaDb) => "DIV",
            _ => operator.written(),
        };
        // Of a literal, PostgreSQL takes the type from what stands beside it, and lengths are of 32 bits there.
        let result = match (operator, self.dialect) {
            (Operator::Divide | Operator::Remainder, Dialect::Postgres) => {
                format!("(CAST({{}} AS bigint) {sign} nullif({{}}, 0))")
            }
            (Operator::Divide | Operator::Remainder, _) => format!("({{}} {sign} nullif({{}}, 0))"),
            (_, Dialect::Postgres) => format!("(CAST({{}} AS bigint) {sign} {{}})"),
            _ => format!("({{}} {sign} {{}})"),
        };
        let result = fill(&result, sides.clone());
        if operator == Operator::Remainder {
            // The only one that does not fit, of the least integer.
            return fill(
                "CASE WHEN {} <> -1 OR {} > -9223372036854775808 THEN {} END",
                [right.clone(), left.clone(), result],
            );
        }
        let fits = match (operator, self.dialect) {
            (_, Dialect::Sqlite) => {
                return fill("CASE typeof({}) WHEN 'integer' THEN {} END", [result.clone(), result]);
            }
            (Operator::Divide, Dialect::Postgres) => "(CAST({} AS numeric) / nullif({}, 0))".to_owned(),
            (_, Dialect::Postgres) => format!("(CAST({{}} AS numeric) {sign} {{}})"),
            // `DIV` would be an integer itself.
            (Operator::Divide, Dialect::MariaDb) => "(CAST({} AS decimal(20)) / nullif({}, 0))".to_owned(),
            (_, Dialect::MariaDb) => format!("(CAST({{}} AS decimal(20)) {sign} {{}})"),
        };
        let template = "CASE WHEN {} BETWEEN -9223372036854775808 AND 9223372036854775807 THEN {} END";
        fill(template, [fill(&fits, sides), result])
    }

    /// As a decimal with more digits after the point. With fewer there is none but in computed fields.
    pub(super) fn scaled(&self, inner: &Term, scale: u32) -> Condition {
        let (sql, more) = (self.term(inner), scale.saturating_sub(inner.scale()));
        if more == 0 {
            return sql;
        }
        let factor = parameter(Param::constant(&Scalar::Int(10_i64.saturating_pow(more)), self.dialect));
        self.operation(Operator::Multiply, &sql, &factor)
    }

    pub(super) fn joined(&self, left: &Term, right: &Term) -> Condition {
        let sides = [self.term(left), self.term(right)];
        match self.dialect {
            Dialect::Sqlite | Dialect::Postgres => fill("({} || {})", sides),
            Dialect::MariaDb => fill("CONCAT({}, {})", sides),
        }
    }
}
