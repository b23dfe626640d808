//! Evaluation in memory, of the same typed form that SQL is made from: of what is known of a request, and of a record
//! with its own fields.
//!
//! CEL's own interpreter does not know the fields' types: that a date compares with text, a decimal exactly, a
//! relation with an id and through it with another record's fields. So the typed form is evaluated; the tests hold it
//! to CEL's interpreter wherever that can say what an expression means.

mod arithmetic;
mod late;
mod term;
mod time;

use serde_json::Value as Json;

use super::bindings::Bindings;
use super::ir::{Column, Cond, List, Place, Scalar, Term, Value, Within};
use crate::clock::Timestamp;

/// An error of evaluation: SQL's NULL, where null is no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Failed;

/// The values of a record's fields by their names.
type Known<'e> = &'e dyn Fn(&str) -> Option<Scalar>;

pub(super) struct Evaluator<'e> {
    bindings: Bindings<'e>,
    /// The values of a record's fields, where there is one.
    record: Option<Known<'e>>,
}

impl<'e> Evaluator<'e> {
    /// Of what is known of a request.
    pub(super) const fn of_request(bindings: &Bindings<'e>) -> Self {
        Self { bindings: *bindings, record: None }
    }

    /// Of a record alone.
    pub(super) const fn of_record(field: Known<'e>) -> Self {
        Self { bindings: Bindings::anonymous(Timestamp::MIN), record: Some(field) }
    }

    /// A value; null where it is one, or an error.
    pub(super) fn value(&self, value: &Value) -> Option<Scalar> {
        match value {
            Value::Null => None,
            Value::Term(term) => self.known(term),
            Value::Cond(cond) => self.cond(cond).map(Scalar::Bool),
            Value::If(test, yes, no) => self.value(if self.cond(test)? { yes } else { no }),
        }
    }

    /// The value of a field, or null.
    fn column(&self, column: &Column) -> Result<Option<Scalar>, Failed> {
        self.record.map(|field| field(&column.name)).ok_or(Failed)
    }

    /// The texts of a list that the record holds. Null is as good as empty.
    fn texts(&self, list: &List) -> Result<Vec<String>, Failed> {
        match (list, self.column(list.column())?) {
            (List::Texts(_), Some(Scalar::Text(json))) => serde_json::from_str(&json).map_err(|_| Failed),
            (List::Texts(_), None) => Ok(Vec::new()),
            _ => Err(Failed),
        }
    }

    /// What stands within a document.
    fn within(&self, within: &Within) -> Result<Option<Json>, Failed> {
        let Some(Scalar::Text(document)) = self.column(&within.column)? else { return Ok(None) };
        let document: Json = serde_json::from_str(&document).map_err(|_| Failed)?;
        let found = within.keys.iter().try_fold(&document, |found, key| found.as_object()?.get(key));
        Ok(found.cloned())
    }

    /// True, false, or `None` for an error.
    pub(super) fn cond(&self, cond: &Cond) -> Option<bool> {
        match cond {
            Cond::Const(value) => Some(*value),
            Cond::Anonymous => Some(self.bindings.auth.is_none()),
            Cond::Present(late) => self.present(late).ok(),
            Cond::Holds(term) => match self.term(term) {
                Ok(Some(Scalar::Bool(value))) => Some(value),
                _ => None,
            },
            Cond::Not(inner) => self.cond(inner).map(|value| !value),
            Cond::All(parts) => self.join(parts, false),
            Cond::Any(parts) => self.join(parts, true),
            Cond::If(test, yes, no) => self.cond(if self.cond(test)? { yes } else { no }),
            Cond::Truth(inner) => Some(self.cond(inner) == Some(true)),
            Cond::Known(term, value) => self.known(term).map(|_| *value),
            Cond::Ordered(left, order, right) => {
                let found = term::compare(&self.known(left)?, &self.known(right)?)?;
                Some(order.holds(found))
            }
            Cond::Equal(left, right) => {
                let (left, right) = (self.term(left).ok()?, self.term(right).ok()?);
                Some(term::equal(left.as_ref(), right.as_ref()))
            }
            Cond::OneOf(term, scalars) => {
                let found = self.term(term).ok()?;
                Some(found.is_some_and(|found| {
                    scalars.iter().any(|scalar| term::equal(Some(&found), Some(scalar)))
                }))
            }
            Cond::Listed(term, list) => {
                let (found, items) = (self.term(term).ok()?, self.items(list, term.kind()).ok()?);
                let found = found.map(|found| match found {
                    Scalar::Uuid(id) => id.to_string(),
                    Scalar::Text(text) => text,
                    _ => String::new(),
                });
                Some(found.is_some_and(|found| items.contains(&found)))
            }
            Cond::TextAt(place, text, part) => self.text_at(*place, text, part),
            Cond::SameTruth(left, right) => {
                let left = self.cond(left)?;
                match right.as_ref() {
                    Cond::Holds(term @ (Term::Column(_) | Term::Within(..))) => {
                        Some(self.term(term).ok()? == Some(Scalar::Bool(left)))
                    }
                    right => Some(self.cond(right)? == left),
                }
            }
            Cond::Guarded(guard, inner) => {
                if self.cond(guard)? {
                    self.cond(inner)
                } else {
                    None
                }
            }
            Cond::IsNull(column) => self.column(column).ok().map(|value| value.is_none()),
            Cond::Absent(within) => {
                self.within(within).ok().map(|found| found.is_none_or(|found| found.is_null()))
            }
            Cond::Has(within) => self.within(within).ok().map(|found| found.is_some()),
            Cond::Member(term, list) => {
                let (found, texts) = (self.term(term).ok()?, self.texts(list).ok()?);
                Some(matches!(found, Some(Scalar::Text(text)) if texts.contains(&text)))
            }
            // Neither stands in what is late, nor in what is asked of a record alone.
            Cond::Sent(_) | Cond::Exists(_) => None,
        }
    }

    /// With `decides` true, `||`; with false, `&&`: one that is so decides, whatever errors are beside it.
    fn join(&self, parts: &[Cond], decides: bool) -> Option<bool> {
        let mut joined = Some(!decides);
        for part in parts {
            match self.cond(part) {
                Some(value) if value == decides => return Some(decides),
                Some(_) => {}
                None => joined = None,
            }
        }
        joined
    }

    fn text_at(&self, place: Place, text: &Term, part: &Term) -> Option<bool> {
        let (Scalar::Text(text), Scalar::Text(part)) = (self.known(text)?, self.known(part)?) else {
            return None;
        };
        Some(match place {
            Place::Anywhere => text.contains(&part),
            Place::Start => text.starts_with(&part),
            Place::End => text.ends_with(&part),
        })
    }

    /// A value where null is none.
    fn known(&self, term: &Term) -> Option<Scalar> {
        self.term(term).ok().flatten()
    }
}
