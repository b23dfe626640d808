//! The typed form between syntax and SQL: what is ill-typed cannot be written in it.
//!
//! SQL's NULL stands for two things, a null value and an error of evaluation. They are kept apart by type: a
//! [`Term`] may be a null value only where it is a [`Term::Column`]; every other NULL, and any NULL of a
//! [`Cond`] other than [`Cond::Field`], is an error.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::vocabulary::Column;

/// A value as the column beside it stores it, before differences of dialect.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Scalar {
    Text(String),
    /// An integer, or a decimal already scaled.
    Int(i64),
    Float(f64),
    Bool(bool),
    Date(NaiveDate),
    DateTime(DateTime<Utc>),
    Uuid(Uuid),
}

/// A value.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Term {
    Column(Column),
    /// An integer column, read as the nearest float.
    AsFloat(Box<Term>),
    /// Code points of a text; an error for null.
    Size(Box<Term>),
    Literal(Scalar),
}

impl Term {
    /// The column this is, when null is one of its values.
    pub(super) fn is_nullable(&self) -> bool {
        match self {
            Self::Column(_) => true,
            Self::AsFloat(inner) => inner.is_nullable(),
            Self::Size(_) | Self::Literal(_) => false,
        }
    }
}

/// An order of two values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    /// The order that holds with the sides exchanged.
    pub(super) fn flipped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }
}

/// Where one text stands in another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Anywhere,
    Start,
    End,
}

/// What is asked of the actor; answered when the expression is bound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum AuthTest {
    /// `auth == null`.
    Anonymous,
    /// `auth.kind in […]`; an error for the anonymous.
    KindIn(Vec<String>),
}

/// A condition: true, false or an error.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Cond {
    Const(bool),
    Auth(AuthTest),
    /// A boolean column; null is an error where a condition is wanted.
    Field(Column),
    Not(Box<Cond>),
    All(Vec<Cond>),
    Any(Vec<Cond>),
    If(Box<Cond>, Box<Cond>, Box<Cond>),
    IsNull(Column),
    /// True or not at all: an error inside counts as false.
    Truth(Box<Cond>),
    /// Decided, unless the term is null, which is an error.
    Known(Term, bool),
    /// An error where either side is null.
    Ordered(Term, Order, Term),
    /// Null-safe.
    Equal(Term, Term),
    /// Null-safe; the list is not empty.
    OneOf(Term, Vec<Scalar>),
    /// An error where either side is null.
    TextAt(Place, Term, Term),
    /// Both are conditions; a [`Cond::Field`] on the right keeps its null.
    SameTruth(Box<Cond>, Box<Cond>),
}

impl Cond {
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Const(value) => Self::Const(!value),
            // A double negation goes, but never lays bare what may be null as a value: `!!active` may not.
            Self::Not(inner) if !matches!(*inner, Self::Field(_) | Self::If(..)) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    pub(super) fn negated_if(self, negated: bool) -> Self {
        if negated { self.negated() } else { self }
    }
}

impl Term {
    fn each_column(&self, visit: &mut impl FnMut(&Column)) {
        match self {
            Self::Column(column) => visit(column),
            Self::AsFloat(inner) | Self::Size(inner) => inner.each_column(visit),
            Self::Literal(_) => {}
        }
    }
}

impl Cond {
    /// Calls `visit` with every column read.
    pub(super) fn each_column(&self, visit: &mut impl FnMut(&Column)) {
        match self {
            Self::Const(_) | Self::Auth(_) => {}
            Self::Field(column) | Self::IsNull(column) => visit(column),
            Self::Not(inner) | Self::Truth(inner) => inner.each_column(visit),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_column(visit)),
            Self::If(test, yes, no) => [test, yes, no].into_iter().for_each(|part| part.each_column(visit)),
            Self::Known(term, _) | Self::OneOf(term, _) => term.each_column(visit),
            Self::Ordered(left, _, right) | Self::Equal(left, right) | Self::TextAt(_, left, right) => {
                left.each_column(visit);
                right.each_column(visit);
            }
            Self::SameTruth(left, right) => {
                left.each_column(visit);
                right.each_column(visit);
            }
        }
    }
}
