//! Fields with a rule that says of which records they are shown, as one request sees them.
//!
//! Where the rule depends on the request alone and holds, such a field is like any other. Else it is veiled: each record
//! shows it as far as the rule holds for that record, which the statement that reads it says beside it; and nobody can ask
//! for it, for what a filter or an order says of a field would be said of records that do not show it.

use std::sync::Arc;

use super::layout::FIXED;
use super::service::{Access, Records};
use crate::access::RecordsRead;
use crate::expr::Checked;

/// Columns that not every record shows, by their places.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Veiled(Vec<usize>);

impl Veiled {
    pub(super) fn contains(&self, column: usize) -> bool {
        self.0.contains(&column)
    }
}

impl Records<'_> {
    /// What is veiled to an actor whom rules bind.
    pub(super) fn veiled(&self) -> Veiled {
        let rules = &self.collection.field_rules.read;
        if rules.is_empty() {
            return Veiled::default();
        }
        let bindings = self.scope.bindings();
        let closed = rules.iter().filter(|(_, rule)| !rule.holds_always(&bindings));
        Veiled(closed.map(|(place, _)| place + FIXED.len()).collect())
    }

    /// What is veiled to whoever meets no such rule.
    pub(super) fn most_veiled(&self) -> Veiled {
        let rules = self.collection.field_rules.read.iter();
        Veiled(rules.filter(|(_, rule)| !rule.is_true()).map(|(place, _)| place + FIXED.len()).collect())
    }

    /// The rules of what is veiled, by the places of their columns.
    pub(super) fn veils(&self, access: &Access) -> Vec<(usize, Checked)> {
        let Access::Ruled(_, veiled) = access else { return Vec::new() };
        let rules = self.collection.field_rules.read.iter();
        let rules = rules.map(|(place, rule)| (place + FIXED.len(), rule.clone()));
        rules.filter(|(column, _)| veiled.contains(*column)).collect()
    }

    /// The columns that an answer to a write leaves out, by their places: what is hidden or veiled from the actor. No rule
    /// is asked of what has just been written.
    pub(super) fn left_out(&self) -> Arc<[usize]> {
        if !self.layout().has_hidden() && self.collection.field_rules.read.is_empty()
            || self.scope.permit::<RecordsRead>().is_ok()
        {
            return Arc::default();
        }
        let veiled = self.veiled();
        let columns = self.layout().columns.iter().enumerate();
        columns.filter(|(at, column)| column.hidden || veiled.contains(*at)).map(|(at, _)| at).collect()
    }
}
