//! SQL text with parameters, some of which get their values only when a request is made.

use sea_query::Value;

use super::value::{bind, null};
use crate::dialect::Dialect;
use crate::expr::bindings::Bindings;
use crate::expr::evaluate::Evaluator;
use crate::expr::ir::{Cond, LateList, Scalar, Term};
use crate::expr::shape::{Constant, Form, Shape};
use crate::expr::vocabulary::FieldKind;

/// A condition, or a part of one: text with `?` for each parameter, in their order.
#[derive(Clone, Debug)]
pub struct Condition {
    pub(super) text: String,
    pub(super) params: Vec<Param>,
}

/// A parameter: a constant, or something that a request brings.
#[derive(Clone, Debug)]
pub struct Param(Source);

#[derive(Clone, Debug)]
enum Source {
    Constant(Value),
    /// Where a constant of each filter of a shape goes.
    Slot(usize, Form),
    Term(Term, Dialect),
    Cond(Cond),
    List(LateList, FieldKind),
    Input(String, InputPart),
}

/// What is asked about an incoming field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InputPart {
    /// Whether the client sent it.
    Sent,
    /// Whether it replaces what is stored.
    Replaces,
    /// The value that does, as its column takes it.
    Value,
}

/// Answers for the incoming values of one request.
pub type InputValue<'a> = &'a dyn Fn(&str, InputPart) -> Value;

impl Condition {
    /// The text. It holds no `?` but for parameters.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parameters, in the order of their places.
    pub fn params(&self) -> &[Param] {
        &self.params
    }
}

impl Param {
    pub(super) fn constant(scalar: &Scalar, dialect: Dialect) -> Self {
        Self(Source::Constant(bind(scalar, dialect)))
    }

    pub(super) fn text(text: &str) -> Self {
        Self(Source::Constant(text.into()))
    }

    pub(super) fn term(term: &Term, dialect: Dialect) -> Self {
        Self(Source::Term(term.clone(), dialect))
    }

    pub(super) fn cond(cond: &Cond) -> Self {
        Self(Source::Cond(cond.clone()))
    }

    /// As JSON; items that are none of the kind, and so equal to nothing that is, are left out.
    pub(super) fn list(list: &LateList, kind: FieldKind) -> Self {
        Self(Source::List(list.clone(), kind))
    }

    pub(super) fn input(field: &str, part: InputPart) -> Self {
        Self(Source::Input(field.to_owned(), part))
    }

    /// The value for one request. What is an error there is NULL, of the type that the parameter always has.
    pub fn resolve(&self, bindings: &Bindings<'_>, input: InputValue<'_>) -> Value {
        let evaluator = Evaluator { bindings };
        match &self.0 {
            Source::Constant(value) => value.clone(),
            // A statement of a shape is filled before it is run.
            Source::Slot(..) => Value::Bool(None),
            Source::Term(term, dialect) => match evaluator.term(term) {
                Ok(Some(scalar)) => bind(&scalar, *dialect),
                _ => null(term.kind(), *dialect),
            },
            Source::Cond(cond) => Value::Bool(evaluator.cond(cond)),
            Source::List(list, kind) => {
                let items = evaluator.items(list, *kind).ok();
                Value::String(items.map(|items| serde_json::Value::from(items).to_string()))
            }
            Source::Input(field, part) => input(field, *part),
        }
    }

    pub(in crate::expr) const fn is_constant(&self) -> bool {
        self.constant_value().is_some()
    }

    pub(in crate::expr) const fn constant_value(&self) -> Option<&Value> {
        match &self.0 {
            Source::Constant(value) => Some(value),
            _ => None,
        }
    }

    pub(in crate::expr) fn stand_in(&self, shape: &Shape, dialect: Dialect) -> Option<(usize, Form)> {
        match &self.0 {
            Source::Constant(value) => shape.find(value, dialect),
            _ => None,
        }
    }

    /// The same for every filter of the shape.
    #[must_use]
    pub fn shaped(&self, shape: &Shape, dialect: Dialect) -> Self {
        let stand_in = self.stand_in(shape, dialect);
        stand_in.map_or_else(|| self.clone(), |(at, form)| Self(Source::Slot(at, form)))
    }

    /// The same for the filter of these constants.
    #[must_use]
    pub fn filled(&self, constants: &[Constant], dialect: Dialect) -> Self {
        match &self.0 {
            Source::Slot(at, form) => {
                let value = constants.get(*at).map(|constant| constant.value(*form, dialect));
                Self(Source::Constant(value.unwrap_or(Value::Bool(None))))
            }
            _ => self.clone(),
        }
    }

    /// The field of the incoming values that it is about, if it is.
    pub fn input_field(&self) -> Option<&str> {
        match &self.0 {
            Source::Input(field, _) => Some(field),
            _ => None,
        }
    }
}
