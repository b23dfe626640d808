//! What an expression comes to that is no condition.

use super::{Column, Cond, Term};

/// A value: null, or what a field can hold. An error is null.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::expr) enum Value {
    Null,
    Term(Term),
    Cond(Cond),
    If(Cond, Box<Value>, Box<Value>),
}

impl Value {
    /// Calls `visit` with every column read.
    pub(in crate::expr) fn each_column(&self, visit: &mut dyn FnMut(&Column)) {
        match self {
            Self::Null => {}
            Self::Term(term) => term.each_column(visit),
            Self::Cond(cond) => cond.each_column(visit),
            Self::If(test, yes, no) => {
                test.each_column(visit);
                yes.each_column(visit);
                no.each_column(visit);
            }
        }
    }
}
