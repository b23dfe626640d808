//! Statements as they are kept, and what one request puts into them.

use std::sync::Arc;

use sea_query::Value;

use super::{By, Term};
use crate::collections::FieldType;
use crate::dialect::Dialect;
use crate::expr::{self, Bindings, InputValue, Param};
use crate::records::column::read;
use crate::records::observed::Seen;
use crate::records::service::RecordId;
use crate::records::value::FieldValue;
use crate::records::veil::Veiled;
use crate::store::{Row, Sql, StoreError};

/// All that decides the text of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct PlanKey {
    pub(crate) shape: Shape,
    /// Whether the collection's rule binds.
    pub(crate) ruled: bool,
    /// What is veiled, which is neither asked for nor shown of every record.
    pub(crate) veiled: Veiled,
    pub(crate) filter: Option<String>,
    /// Whether the filter is a shape, for constants to be filled in.
    pub(crate) shaped: bool,
    pub(crate) sort: String,
    pub(crate) fields: String,
    /// Columns that are read besides those that are shown.
    pub(crate) also: Vec<usize>,
    /// Where the page begins: which values of the cursor are null.
    pub(crate) cursor: Option<Vec<bool>>,
}

/// What a statement gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// A page of records.
    Page,
    /// The record of an id.
    One,
    /// How many there are.
    Count,
    /// The same, up to a limit.
    CappedCount,
}

/// A statement, and what its columns are.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(super) text: Arc<str>,
    /// What the veils take, which comes first.
    pub(super) first: Vec<Param>,
    /// What belongs to this one request, which comes next.
    pub(super) given: Vec<Value>,
    /// What rule and filter take, which comes next.
    pub(super) params: Vec<Param>,
    /// For each further value, which of the cursor's it is.
    pub(super) slots: Vec<usize>,
    /// The columns that are selected, by their places. Those that are shown come first.
    pub(crate) columns: Vec<usize>,
    pub(crate) shown: usize,
    pub(crate) order: Vec<Term>,
    pub(in crate::records) veils: Veils,
    /// Of which kind the lists are that it serves.
    pub(in crate::records) seen: Option<Arc<Seen>>,
}

impl Plan {
    /// The same for every filter of the shape.
    pub(in crate::records) fn shaped(&self, shape: &expr::Shape, dialect: Dialect) -> Self {
        self.with(|param| param.shaped(shape, dialect))
    }

    /// The same for the filter of these constants.
    pub(in crate::records) fn filled(&self, constants: &[expr::Constant], dialect: Dialect) -> Self {
        self.with(|param| param.filled(constants, dialect))
    }

    fn with(&self, change: impl Fn(&Param) -> Param) -> Self {
        Self { params: self.params.iter().map(change).collect(), ..self.clone() }
    }

    /// The statement for one request: what is known of it, the cursor's values, then the last value (a limit, or an id).
    pub(crate) fn sql(&self, bindings: &Bindings<'_>, cursor: &[Value], last: Option<Value>) -> Sql {
        let mut values = Vec::with_capacity(self.given.len() + self.params.len() + self.slots.len() + 1);
        values.extend(resolved(&self.first, bindings));
        values.extend(self.given.iter().cloned());
        values.extend(resolved(&self.params, bindings));
        values.extend(self.slots.iter().filter_map(|&slot| cursor.get(slot).cloned()));
        values.extend(last);
        Sql::new(Arc::clone(&self.text), values)
    }

    /// The statement that asks a rule of the record of that id.
    pub(in crate::records) fn asked(
        &self,
        bindings: &Bindings<'_>,
        input: InputValue<'_>,
        id: RecordId,
    ) -> Sql {
        let params = self.params.iter().map(|param| param.resolve(bindings, input));
        let id = Value::Uuid(Some(id.as_uuid()));
        Sql::new(Arc::clone(&self.text), params.chain([id]).collect())
    }

    /// Whether a row shows the column at that place among those that are selected.
    pub(in crate::records) fn shows(&self, row: &Row<'_>, at: usize) -> Result<bool, StoreError> {
        self.veils.show(row, at)
    }

    /// Counts a list.
    pub(in crate::records) fn count(&self) {
        if let Some(seen) = &self.seen {
            seen.count();
        }
    }

    /// Where a column stands in the result.
    pub(crate) fn position(&self, column: usize) -> Option<usize> {
        self.columns.iter().position(|selected| *selected == column)
    }

    /// Where what is ordered by stands in the result. A score is the last.
    pub(in crate::records) fn position_of(&self, by: By) -> Option<usize> {
        match by {
            By::Column(column) => self.position(column),
            By::Score => Some(self.columns.len()),
            By::Random => None,
        }
    }
}

/// Which of the columns that are shown have, further on in the row, whether it shows them.
#[derive(Debug, Clone, Default)]
pub(in crate::records) struct Veils {
    /// Places among the columns that are selected.
    pub(in crate::records) of: Vec<usize>,
    /// The place of the first answer in the row.
    pub(in crate::records) from: usize,
}

impl Veils {
    /// Whether the row shows the column at that place.
    pub(in crate::records) fn show(&self, row: &Row<'_>, at: usize) -> Result<bool, StoreError> {
        let Some(number) = self.of.iter().position(|veiled| *veiled == at) else { return Ok(true) };
        let shown = read(&FieldType::Bool, row, self.from + number)?;
        Ok(matches!(shown, FieldValue::Bool(true)))
    }
}

/// What rule and filter take in one request. Only rules of writes have `input`, and none is asked of these.
pub(in crate::records) fn resolved(params: &[Param], bindings: &Bindings<'_>) -> Vec<Value> {
    let input = |_: &str, _| Value::Bool(None);
    params.iter().map(|param| param.resolve(bindings, &input)).collect()
}

/// The place of a value that has `before` others before it.
pub(in crate::records) fn mark(dialect: Dialect, before: usize) -> String {
    match dialect {
        Dialect::Postgres => format!("${}", before + 1),
        Dialect::Sqlite | Dialect::MariaDb => "?".to_owned(),
    }
}
