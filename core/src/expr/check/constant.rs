//! Comparison of constants with one another, where `?:` has brought them together.

use std::cmp::Ordering;

use super::literal::{Literal, nearest_float};

/// Whether they are the same; `None` where they are of types that are not compared.
pub(super) fn equal(left: &Literal, right: &Literal) -> Option<bool> {
    match (left, right) {
        (Literal::Null, _) | (_, Literal::Null) => Some(left == right),
        (Literal::Bool(left), Literal::Bool(right)) => Some(left == right),
        _ => compare(left, right).map(Ordering::is_eq),
    }
}

/// How they stand in order; `None` where they have none.
pub(super) fn compare(left: &Literal, right: &Literal) -> Option<Ordering> {
    match (left, right) {
        (Literal::Int(left), Literal::Int(right)) => Some(left.cmp(right)),
        (Literal::Int(left), Literal::Float(right)) => nearest_float(*left).partial_cmp(right),
        (Literal::Float(left), Literal::Int(right)) => left.partial_cmp(&nearest_float(*right)),
        (Literal::Float(left), Literal::Float(right)) => left.partial_cmp(right),
        (Literal::Text(left), Literal::Text(right)) => Some(left.cmp(right)),
        (Literal::Instant(left), Literal::Instant(right)) => Some(left.cmp(right)),
        (Literal::Duration(left), Literal::Duration(right)) => Some(left.cmp(right)),
        _ => None,
    }
}
