//! How much SQL is made of a condition.
//!
//! Some functions write their operand more than once (`substring()` asks first whether the text is long enough), so that
//! a chain of them doubles with each link. What is counted here are the terms that are written out, for the database
//! that writes most.

use super::{Cond, Operator, Term};

impl Cond {
    /// Terms that are written out for it.
    pub(in crate::expr) fn weight(&self) -> usize {
        let inside = match self {
            Self::Holds(term) | Self::OneOf(term, _) => term.weight(),
            // Whether it is an error, is asked beside it.
            Self::Known(term, _) | Self::Listed(term, _) | Self::Member(term, _) => times(2, term.weight()),
            Self::Ordered(left, _, right) => plus(left.weight(), right.weight()),
            Self::Equal(left, right) | Self::TextAt(_, left, right) => {
                times(2, plus(left.weight(), right.weight()))
            }
            // Asked once whether it is so, and once whether it is an error.
            Self::Exists(exists) => times(2, exists.cond.weight()),
            Self::Not(inner) | Self::Truth(inner) => inner.weight(),
            Self::All(parts) | Self::Any(parts) => sum(parts),
            Self::If(test, yes, no) => sum([test, yes, no].map(Box::as_ref)),
            Self::SameTruth(left, right) | Self::Guarded(left, right) => sum([left, right].map(Box::as_ref)),
            Self::Const(_)
            | Self::Anonymous
            | Self::Present(_)
            | Self::Sent(_)
            | Self::IsNull(_)
            | Self::Absent(_)
            | Self::Has(_) => 0,
        };
        plus(1, inside)
    }
}

impl Term {
    fn weight(&self) -> usize {
        let inside = match self {
            Self::Literal(_)
            | Self::Decimal(..)
            | Self::Column(_)
            | Self::Late(_)
            | Self::Count(_)
            | Self::Length(_) => 0,
            // What it is, and what it comes to.
            Self::Within(..) => 1,
            Self::AsFloat(inner)
            | Self::Size(inner)
            | Self::Cased(_, inner)
            | Self::Trimmed(inner)
            | Self::Midnight(inner)
            | Self::Converted(_, inner) => inner.weight(),
            Self::Part(inner, ..)
            | Self::Moved(inner, _)
            | Self::Clock(_, inner)
            | Self::Scaled(inner, _) => times(2, inner.weight()),
            Self::Place(left, right) | Self::Joined(left, right) => plus(left.weight(), right.weight()),
            Self::Arithmetic(Operator::Remainder, left, right) => {
                times(3, plus(left.weight(), right.weight()))
            }
            Self::Between(left, right) | Self::Arithmetic(_, left, right) => {
                times(2, plus(left.weight(), right.weight()))
            }
        };
        plus(1, inside)
    }
}

fn sum<'c>(parts: impl IntoIterator<Item = &'c Cond>) -> usize {
    parts.into_iter().fold(0, |sum, part| plus(sum, part.weight()))
}

const fn plus(left: usize, right: usize) -> usize {
    left.saturating_add(right)
}

const fn times(factor: usize, weight: usize) -> usize {
    weight.saturating_mul(factor)
}
