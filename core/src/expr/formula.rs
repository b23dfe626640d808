//! Expressions that come to a value of a field.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::error::ExprError;
use super::evaluate::Evaluator;
use super::ir::{Scalar, Value};
use super::vocabulary::{FieldKind, Vocabulary};
use super::{check, note};

/// An expression that parsed, and comes to a value of a kind of field. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Formula(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    value: Value,
    fields: BTreeSet<String>,
}

/// Parses and type-checks an expression that is to come to a value of that kind. An instant may stand for a day.
pub fn parse_formula(
    source: &str,
    vocabulary: &Vocabulary<'_>,
    wanted: FieldKind,
) -> Result<Formula, ExprError> {
    check(source, vocabulary, |checker, tree| {
        let value = checker.value(tree, wanted)?;
        let mut fields = BTreeSet::new();
        value.each_column(&mut |column| note(column, &mut fields));
        Ok(Formula(Arc::new(Inner { value, fields })))
    })
}

impl Formula {
    /// The names of the fields it reads, each once, sorted.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.fields.iter().map(String::as_str)
    }

    /// Its value for a record, of which `field` tells the fields' values: of a list the text of its JSON, `None` where it
    /// is null. An error is null.
    pub fn evaluate(&self, field: &dyn Fn(&str) -> Option<Scalar>) -> Option<Scalar> {
        Evaluator::of_record(field).value(&self.0.value)
    }
}
