//! Instants and durations.

use cel::common::ast::IdedExpr;
use chrono::TimeDelta;

use super::literal::Literal;
use super::operand::Operand;
use super::{Checked, Checker, call};
use crate::expr::ir::{ClockPart, Scalar, Term};
use crate::expr::vocabulary::FieldKind;

/// What a function of that name reads off an instant.
pub(super) fn clock_part(name: &str) -> Option<ClockPart> {
    Some(match name {
        "getFullYear" => ClockPart::Year,
        "getMonth" => ClockPart::Month,
        "getDayOfMonth" => ClockPart::DayOfMonth,
        "getDate" => ClockPart::Date,
        "getDayOfWeek" => ClockPart::DayOfWeek,
        "getDayOfYear" => ClockPart::DayOfYear,
        "getHours" => ClockPart::Hours,
        "getMinutes" => ClockPart::Minutes,
        "getSeconds" => ClockPart::Seconds,
        "getMilliseconds" => ClockPart::Milliseconds,
        _ => return None,
    })
}

impl Checker<'_> {
    pub(super) fn clock(&self, node: &IdedExpr, part: ClockPart, of: &IdedExpr) -> Checked<Operand> {
        self.operand(of)?.map(&|operand| {
            let described = operand.described();
            match instant(operand) {
                Some(instant) => Ok(Operand::Term(Term::Clock(part, Box::new(instant)), FieldKind::Int)),
                None => self.refuse(node, format!("only a time has a clock to read, not {described}")),
            }
        })
    }

    /// `left + right`, or with `minus` `left - right`, where one is a time.
    pub(super) fn sum(
        &self,
        node: &IdedExpr,
        left: &IdedExpr,
        right: &IdedExpr,
        minus: bool,
    ) -> Checked<Operand> {
        self.binary(node, self.operand(left)?, self.operand(right)?, &|left, right| match (left, right) {
            (Operand::Literal(Literal::Duration(by)), at) if !minus => self.moved(node, at, by),
            (at, Operand::Literal(Literal::Duration(by))) => {
                self.moved(node, at, if minus { -by } else { by })
            }
            (to, from) if minus => match (instant(to), instant(from)) {
                (Some(to), Some(from)) => Ok(Operand::Span(Term::Between(Box::new(to), Box::new(from)))),
                _ => self.refuse(node, call::arithmetic()),
            },
            _ => self.refuse(node, call::arithmetic()),
        })
    }

    fn moved(&self, node: &IdedExpr, at: Operand, by: TimeDelta) -> Checked<Operand> {
        let Some(at) = instant(at) else { return self.refuse(node, call::arithmetic()) };
        // To Postgres this depends on the time zone of who asks.
        if self.vocabulary.is_index() {
            return self.refuse(node, "the condition of an index moves no times; compare the field as it is");
        }
        match by.num_microseconds() {
            Some(micros) if by.subsec_nanos() % 1000 == 0 => {
                Ok(Operand::Term(Term::Moved(Box::new(at), micros), FieldKind::DateTime))
            }
            _ => self.refuse(
                node,
                "times are kept to the microsecond, so a duration added to one must be whole in these",
            ),
        }
    }
}

/// An operand as an instant; a day as its midnight in UTC.
fn instant(operand: Operand) -> Option<Term> {
    match operand {
        Operand::Term(term, FieldKind::DateTime) => Some(term),
        Operand::Term(term, FieldKind::Date) => Some(Term::Midnight(Box::new(term))),
        Operand::Literal(Literal::Instant(instant)) if instant.timestamp_subsec_nanos() % 1000 == 0 => {
            Some(Term::Literal(Scalar::DateTime(instant)))
        }
        _ => None,
    }
}
