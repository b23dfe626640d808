//! `<`, `<=`, `>` and `>=`.

use cel::common::ast::IdedExpr;

use super::literal::{Literal, Placed, place, stored};
use super::operand::Operand;
use super::{Checked, Checker, constant};
use crate::expr::ir::{Cond, Order, Term};
use crate::expr::vocabulary::FieldKind;

impl Checker<'_> {
    /// `left < right` and its like.
    pub(super) fn ordered(
        &self,
        node: &IdedExpr,
        left: &IdedExpr,
        order: Order,
        right: &IdedExpr,
    ) -> Checked<Operand> {
        self.binary(node, self.operand(left)?, self.operand(right)?, &|a, b| {
            let cond = match (a, b) {
                (Operand::Literal(a), Operand::Literal(b)) => {
                    self.folded.set(true);
                    match constant::compare(&a, &b) {
                        Some(found) => Cond::Const(order.holds(found)),
                        None => return self.mismatch(node, &Operand::Literal(a), &Operand::Literal(b)),
                    }
                }
                (Operand::Literal(literal), other) => {
                    self.ordered_literal(node, other, order.flipped(), &literal, left)?
                }
                (other, Operand::Literal(literal)) => {
                    self.ordered_literal(node, other, order, &literal, right)?
                }
                (Operand::Span(a), Operand::Span(b)) => Cond::Ordered(a, order, b),
                (a, b) => {
                    let ((a, a_kind), (b, b_kind)) = self.terms(node, a, b)?;
                    if let Some(kind) = [a_kind, b_kind].into_iter().find(|kind| !has_order(*kind)) {
                        return self.refuse(node, format!("{} has no order", kind.described()));
                    }
                    let (a, b) = self.alike(node, (a, a_kind), (b, b_kind))?;
                    Cond::Ordered(a, order, b)
                }
            };
            self.leaf(node, cond).map(Operand::Cond)
        })
    }

    fn ordered_literal(
        &self,
        node: &IdedExpr,
        other: Operand,
        order: Order,
        literal: &Literal,
        at: &IdedExpr,
    ) -> Checked<Cond> {
        if *literal == Literal::Null {
            return self.refuse(at, "null has no order; compare it with == or !=");
        }
        let (term, kind) = self.beside(node, other, literal)?;
        if !has_order(kind) {
            return self.refuse(at, format!("{} has no order; compare it with == or !=", kind.described()));
        }
        match self.place(&term, kind, literal, at)? {
            Placed::Exact(scalar) => Ok(Cond::Ordered(term, order, Term::Literal(scalar))),
            Placed::Between { first, last } => Ok(ordered_between(term, kind, order, first, last)),
        }
    }

    pub(super) fn place(
        &self,
        term: &Term,
        kind: FieldKind,
        literal: &Literal,
        at: &IdedExpr,
    ) -> Checked<Placed> {
        if let (Term::Between(..), Literal::Duration(duration)) = (term, literal) {
            return Ok(among_spans(*duration));
        }
        place(literal, kind).or_else(|reason| match term {
            Term::Column(column) => self.refuse(at, format!("`{}`: {reason}", column.written())),
            _ => self.refuse(at, reason),
        })
    }
}

fn has_order(kind: FieldKind) -> bool {
    !matches!(kind, FieldKind::Bool | FieldKind::Json | FieldKind::Uuid)
}

/// The microseconds that a duration is equal to, or lies between.
fn among_spans(duration: chrono::TimeDelta) -> Placed {
    let nanos = i128::from(duration.num_nanoseconds().unwrap_or(i64::MAX));
    let last = nanos.div_euclid(1000);
    Placed::Between { first: if nanos % 1000 == 0 { last } else { last + 1 }, last }
}

/// An order against a literal equal to the integers `first..=last`. Outside what the column can store, the
/// answer is the same for every value.
pub(super) fn ordered_between(term: Term, kind: FieldKind, order: Order, first: i128, last: i128) -> Cond {
    let bound = match order {
        Order::Less | Order::GreaterOrEqual => first,
        Order::LessOrEqual | Order::Greater => last,
    };
    match stored(kind, bound) {
        Some(scalar) => Cond::Ordered(term, order, Term::Literal(scalar)),
        None => Cond::Known(term, (bound > 0) == matches!(order, Order::Less | Order::LessOrEqual)),
    }
}
