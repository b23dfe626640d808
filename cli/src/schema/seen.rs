//! What a plan was made from, so that it is carried out on nothing else.

use std::collections::HashMap;

use neonex_sdk::chrono::{DateTime, Utc};
use neonex_sdk::types::Collection;

use crate::exit::CommandError;

/// When each collection was last changed, by its id.
#[derive(Debug, Default)]
pub(crate) struct Seen(HashMap<String, DateTime<Utc>>);

impl Seen {
    /// Notes a collection as it is.
    pub(crate) fn note(&mut self, collection: &Collection) {
        self.0.insert(collection.id.clone(), collection.updated_at);
    }

    /// Refuses a collection that somebody else has changed since, or made anew.
    pub(crate) fn check(&self, collection: &Collection) -> Result<(), CommandError> {
        if self.0.get(&collection.id) == Some(&collection.updated_at) {
            return Ok(());
        }
        let name = &collection.name;
        Err(CommandError::Conflict(format!(
            "somebody else has changed {name} meanwhile; see what `neonex schema plan` says now"
        )))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_others_have_changed_is_refused() {
        let collection = |id: &str, second: u32| -> Collection {
            let at = format!("2026-01-01T00:00:{second:02}Z");
            let json = json!({"id": id, "name": "notes", "fields": [], "indexes": [], "rules": {}, "history": {},
                "created_at": at, "updated_at": at});
            serde_json::from_value(json).unwrap()
        };
        let mut seen = Seen::default();
        seen.note(&collection("a", 1));
        seen.check(&collection("a", 1)).unwrap();
        for other in [collection("a", 2), collection("b", 1)] {
            assert!(matches!(seen.check(&other), Err(CommandError::Conflict(_))));
        }
        seen.note(&collection("a", 2));
        seen.check(&collection("a", 2)).unwrap();
    }
}
