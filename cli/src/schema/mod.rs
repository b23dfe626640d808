//! A tenant's collections as files: read, written, and compared with what a tenant has.

mod files;
pub(crate) mod history;
mod plan;

pub(crate) use self::files::{read, write};
pub(crate) use self::plan::{Action, Plan};

use neonex_sdk::types::{Collection, Index, NewField, Rules};
use serde::{Deserialize, Serialize};

use crate::exit::CommandError;

/// A collection as a file has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Design {
    pub(crate) name: String,
    /// The name that it may still have in a tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) renamed_from: Option<String>,
    #[serde(default)]
    pub(crate) rules: Rules,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) fields: Vec<NewField>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) indexes: Vec<Index>,
}

impl Design {
    /// What a tenant has.
    pub(crate) fn of(collection: &Collection) -> Result<Self, CommandError> {
        let fields = serde_json::to_value(&collection.fields).and_then(serde_json::from_value);
        Ok(Self {
            name: collection.name.clone(),
            renamed_from: None,
            rules: collection.rules.clone(),
            fields: fields
                .map_err(|error| CommandError::io("a collection could not be read")(error.into()))?,
            indexes: collection.indexes.clone(),
        })
    }

    /// The collections that its records point to, without itself.
    fn targets(&self) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter_map(|field| field.collection.as_deref())
            .filter(|target| *target != self.name)
    }
}
