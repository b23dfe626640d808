//! Collections of a tenant.

use crate::types::{Collection, CollectionPatch, NewCollection};
use crate::{Client, Error};

/// The collections of the credential's tenant. A collection is named by name or id.
#[derive(Debug, Clone)]
pub struct Collections(pub(crate) Client);

impl Collections {
    /// Makes a collection.
    pub async fn create(&self, collection: &NewCollection) -> Result<Collection, Error> {
        self.0.call(|api| async move { api.create_collection(None, collection).await }).await
    }

    /// One of them.
    pub async fn get(&self, collection: &str) -> Result<Collection, Error> {
        self.0.call(|api| async move { api.get_collection(collection).await }).await
    }

    /// All of them.
    pub async fn list(&self) -> Result<Vec<Collection>, Error> {
        let list = self.0.call(|api| async move { api.list_collections().await }).await?;
        Ok(list.items)
    }

    /// Changes its fields, indexes or rules.
    pub async fn update(&self, collection: &str, patch: &CollectionPatch) -> Result<Collection, Error> {
        self.0.call(|api| async move { api.update_collection(collection, patch).await }).await
    }

    /// Deletes it, with all its records.
    pub async fn delete(&self, collection: &str) -> Result<(), Error> {
        self.0.call(|api| async move { api.delete_collection(collection).await }).await
    }
}
