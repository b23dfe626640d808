//! Rules of single fields: who reads what stands in them, and who writes it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::field::Field;
use crate::expr::{self, Catalogue, Checked, Model, Vocabulary};
use crate::invalid::{Findings, Invalid};

/// Who may read and write a field, of those whom the collection's rules let read and write the record, in CEL. `None`:
/// all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldRules {
    /// Of which records the field is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    /// Of which records it may be written, when they are made and when they are changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write: Option<String>,
}

/// Rules of fields that have been checked.
#[derive(Debug, Default)]
pub(crate) struct CheckedFieldRules {
    /// By the field's place among the fields.
    pub(crate) read: Vec<(usize, Checked)>,
    /// By the field's name.
    pub(crate) write: Vec<(String, Checked)>,
}

impl CheckedFieldRules {
    /// Checks the rules of a collection's fields, which speak of the catalogue's.
    pub(super) fn new(
        fields: &[Field],
        catalogue: &Arc<Catalogue>,
        model: &Arc<Model>,
    ) -> Result<Self, Invalid> {
        let reading = Vocabulary::of_rule(Arc::clone(catalogue), Arc::clone(model));
        let writing = reading.clone().with_input();
        let mut findings = Findings::default();
        let mut checked = Self::default();
        for (place, field) in fields.iter().enumerate() {
            let mut check = |name: &str, rule: &Option<String>, vocabulary: &Vocabulary<'_>| {
                let pointer = format!("/{place}/rules/{name}");
                let checked = expr::parse(rule.as_deref()?, vocabulary)
                    .map_err(|error| Invalid::one(pointer, "invalid_rule", error.to_string()));
                findings.take("", checked)
            };
            if let Some(rule) = check("read", &field.rules.read, &reading) {
                checked.read.push((place, rule));
            }
            if let Some(rule) = check("write", &field.rules.write, &writing) {
                checked.write.push((field.name.to_string(), rule));
            }
        }
        findings.finish(Some(checked))
    }

    /// Whether the field at that place has a rule of its own.
    pub(crate) fn concern(&self, place: usize, name: &str) -> bool {
        self.read.iter().any(|(ruled, _)| *ruled == place)
            || self.write.iter().any(|(ruled, _)| ruled == name)
    }
}
