//! The typed form between syntax and SQL: what is ill-typed cannot be written in it.
//!
//! SQL's NULL stands for two things, a null value and an error of evaluation. They are kept apart by type: a
//! [`Term`] may be a null value only where it is a field; every other NULL, and any NULL of a [`Cond`] other than
//! [`Cond::Holds`] of a field, is an error.

mod arithmetic;
mod term;
mod value;
mod weight;

use std::sync::Arc;

pub(super) use self::arithmetic::{Conversion, MAX_SCALE, Operator};
pub use self::term::Scalar;
pub(super) use self::term::{
    Case, ClockPart, Column, Late, LateList, List, Pointing, Row, Step, Table, Term, Within,
};
pub(super) use self::value::Value;

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
    pub(super) const fn flipped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }

    /// Whether it holds for two values that compare so.
    pub(super) const fn holds(self, found: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => found.is_lt(),
            Self::LessOrEqual => found.is_le(),
            Self::Greater => found.is_gt(),
            Self::GreaterOrEqual => found.is_ge(),
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

/// A condition: true, false or an error.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Cond {
    Const(bool),
    /// `auth == null`.
    Anonymous,
    /// Whether it is there; an error for the anonymous, where it is of `auth`.
    Present(Late),
    /// Whether the client sent the field.
    Sent(String),
    /// A boolean; null is an error where a condition is wanted.
    Holds(Term),
    Not(Box<Cond>),
    All(Vec<Cond>),
    Any(Vec<Cond>),
    If(Box<Cond>, Box<Cond>, Box<Cond>),
    IsNull(Column),
    /// Whether there is no such key, or null.
    Absent(Box<Within>),
    /// Whether there is such a key.
    Has(Box<Within>),
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
    /// Null-safe.
    Listed(Term, LateList),
    /// An error where either side is null.
    TextAt(Place, Term, Term),
    /// Both are conditions; a [`Cond::Holds`] of a field on the right keeps its null.
    SameTruth(Box<Cond>, Box<Cond>),
    /// An error unless the first is true.
    Guarded(Box<Cond>, Box<Cond>),
    /// Null is in no list.
    Member(Term, List),
    /// True where the condition is so for one row at least; else an error where it is one for a row.
    Exists(Box<Exists>),
}

/// A row among others, and what is asked of it.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Exists {
    /// What the condition calls it.
    pub(super) row: Row,
    pub(super) from: From,
    pub(super) cond: Cond,
}

/// Rows of which one is asked for.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct From {
    pub(super) table: Table,
    /// Only those tied to the record of that id.
    pub(super) only: Option<(Column, Tie)>,
}

/// How rows are tied to a record.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Tie {
    /// It has a link to each in that table.
    Links(Arc<str>),
    /// Each has a link to it in that table.
    LinksBack(Arc<str>),
    /// Each has its id in that column.
    Column(String),
}

impl Cond {
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Const(value) => Self::Const(!value),
            // A double negation goes, but never lays bare what may be null as a value: `!!active` may not.
            Self::Not(inner) if !matches!(*inner, Self::Holds(_) | Self::If(..)) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    pub(super) fn negated_if(self, negated: bool) -> Self {
        if negated { self.negated() } else { self }
    }

    /// All of them, which may be none.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        if parts.is_empty() { Self::Const(true) } else { Self::All(parts) }
    }

    /// One of them at least.
    pub(super) fn any(parts: Vec<Self>) -> Self {
        if parts.is_empty() { Self::Const(false) } else { Self::Any(parts) }
    }

    /// The same, as an error where one of the terms is one.
    pub(super) fn guarded<'t>(self, terms: impl IntoIterator<Item = &'t Term>) -> Self {
        let failing = terms.into_iter().filter(|term| term.can_fail());
        let known: Vec<_> = failing.map(|term| Self::Known(term.clone(), true)).collect();
        if known.is_empty() { self } else { Self::Guarded(Box::new(Self::all(known)), Box::new(self)) }
    }

    /// What must all hold for it to hold.
    pub(super) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::All(parts) => parts.iter().flat_map(Self::parts).collect(),
            Self::Const(true) => Vec::new(),
            other => vec![other],
        }
    }

    /// Calls `visit` with every column read.
    pub(super) fn each_column(&self, visit: &mut dyn FnMut(&Column)) {
        match self {
            Self::Const(_) | Self::Anonymous | Self::Present(_) | Self::Sent(_) => {}
            Self::IsNull(column) => visit(column),
            Self::Absent(within) | Self::Has(within) => visit(&within.column),
            Self::Not(inner) | Self::Truth(inner) => inner.each_column(visit),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_column(visit)),
            Self::If(test, yes, no) => [test, yes, no].into_iter().for_each(|part| part.each_column(visit)),
            Self::Holds(term) | Self::Known(term, _) | Self::OneOf(term, _) | Self::Listed(term, _) => {
                term.each_column(visit);
            }
            Self::Ordered(left, _, right) | Self::Equal(left, right) | Self::TextAt(_, left, right) => {
                left.each_column(visit);
                right.each_column(visit);
            }
            Self::SameTruth(left, right) | Self::Guarded(left, right) => {
                left.each_column(visit);
                right.each_column(visit);
            }
            Self::Member(term, list) => {
                term.each_column(visit);
                visit(list.column());
            }
            Self::Exists(exists) => {
                if let Some((owner, _)) = &exists.from.only {
                    visit(owner);
                }
                exists.cond.each_column(visit);
            }
        }
    }

    /// Whether it depends on nothing but the request, so that it is known once there is one.
    pub(super) fn is_late(&self) -> bool {
        let mut late = !self.reads_rows();
        self.each_column(&mut |_| late = false);
        late && !matches!(self, Self::Const(_))
    }

    /// Whether it reads what came in, or other records, even where it reads no field of them.
    fn reads_rows(&self) -> bool {
        match self {
            Self::Sent(_) | Self::Exists(_) | Self::Member(..) => true,
            Self::Not(inner) | Self::Truth(inner) => inner.reads_rows(),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::reads_rows),
            Self::If(test, yes, no) => [test, yes, no].into_iter().any(|part| part.reads_rows()),
            Self::SameTruth(left, right) | Self::Guarded(left, right) => {
                left.reads_rows() || right.reads_rows()
            }
            _ => false,
        }
    }
}
