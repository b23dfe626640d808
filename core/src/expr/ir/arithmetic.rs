//! Arithmetic, and what is made of a value of another type.

use super::Term;
use crate::expr::vocabulary::FieldKind;

/// An operation on two numbers of one kind. An error where 64 bits do not hold what comes of it, a double is no finite
/// number, or zero divides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::expr) enum Operator {
    Add,
    Subtract,
    Multiply,
    /// Of integers toward zero; of decimals to the digits of [`quotient_scale`], half away from zero.
    Divide,
    /// Of integers; with the sign of the first.
    Remainder,
}

/// Digits after the point that a quotient of decimals has at least.
const QUOTIENT_SCALE: u32 = 6;
/// Digits after the point that a decimal can have: with more, hardly a number fits 64 bits.
pub(in crate::expr) const MAX_SCALE: u32 = 18;

/// Digits after the point of a quotient of decimals with so many.
const fn quotient_scale(left: u32, right: u32) -> u32 {
    let longer = if left > right { left } else { right };
    if longer > QUOTIENT_SCALE { longer } else { QUOTIENT_SCALE }
}

impl Operator {
    pub(in crate::expr) const fn written(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }

    /// What comes of two numbers of one kind; decimals may have other scales only where they are multiplied or divided.
    pub(in crate::expr) fn kind(self, left: &Term, right: &Term) -> FieldKind {
        match (left.kind(), right.kind()) {
            (FieldKind::Decimal { scale: left }, FieldKind::Decimal { scale: right }) => {
                let scale = match self {
                    Self::Multiply => left + right,
                    Self::Divide => quotient_scale(left, right),
                    Self::Add | Self::Subtract | Self::Remainder => left,
                };
                FieldKind::Decimal { scale }
            }
            (kind, _) => kind,
        }
    }
}

/// What a value is made into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::expr) enum Conversion {
    /// Of a number its whole part, of a text the integer that it is, of an instant the seconds since 1970.
    Int,
    /// The nearest double.
    Float,
    /// As it is written.
    Text,
}

impl Conversion {
    pub(in crate::expr) const fn kind(self) -> FieldKind {
        match self {
            Self::Int => FieldKind::Int,
            Self::Float => FieldKind::Float,
            Self::Text => FieldKind::Text,
        }
    }
}

impl Term {
    /// How many digits after the point the value has, as integers stand for it: none, where it is one itself.
    pub(in crate::expr) fn scale(&self) -> u32 {
        match self.kind() {
            FieldKind::Decimal { scale } => scale,
            _ => 0,
        }
    }

    /// The number as a decimal with so many digits after the point.
    pub(in crate::expr) fn scaled(self, scale: u32) -> Self {
        match self.kind() {
            FieldKind::Decimal { scale: has } if has == scale => self,
            _ => Self::Scaled(Box::new(self), scale),
        }
    }

    /// Whether there is no SQL that means the same on every database: for computed fields alone.
    pub(in crate::expr) fn is_uncompiled(&self) -> bool {
        match self {
            Self::Converted(..) => true,
            // Databases fail the statement where a double overflows, and none divides decimals by 64 bits alone.
            Self::Arithmetic(operator, left, _) => match left.kind() {
                FieldKind::Float => true,
                FieldKind::Decimal { .. } => *operator == Operator::Divide,
                _ => false,
            },
            _ => false,
        }
    }
}
