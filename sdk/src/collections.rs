//! Collections of a tenant.

use futures_util::stream::BoxStream;
use reqwest::{Method, Request};
use serde_json::Value;

use crate::paging;
use crate::types::{Collection, CollectionPatch, NewCollection, SchemaMigration, SchemaMigrationList};
use crate::{Client, Error};

/// The collections of the credential's tenant. A collection is named by name or id.
///
/// ```
/// use futures_util::TryStreamExt as _;
/// use neonex_sdk::Client;
/// use neonex_sdk::types::{CollectionPatch, NewCollection, NewField, Rules};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), neonex_sdk::Error> {
/// let collections = Client::from_env()?.collections();
/// let comments = NewCollection::new("comments")
///     .field(NewField::text("text").required().max_length(2000))
///     .field(NewField::int("stars").default_value(0))
///     .field(NewField::select("state", ["shown", "hidden"]))
///     .index(["stars"])
///     .rules(Rules { list: Some("record.state == 'shown'".to_owned()), ..Rules::default() });
/// let comments = collections.create(&comments).await?;
/// assert_eq!(comments.fields.len(), 3);
///
/// // What a change does not name stays; an empty list empties.
/// let no_indexes = CollectionPatch { indexes: Some(Vec::new()), ..CollectionPatch::default() };
/// let comments = collections.update("comments", &no_indexes).await?;
/// assert!(comments.indexes.is_empty() && comments.rules.list.is_some());
///
/// collections.delete("comments").await?;
///
/// let done: Vec<_> = collections.history().map_ok(|change| change.action.to_string()).try_collect().await?;
/// assert!(done.ends_with(&["create", "update", "delete"].map(str::to_owned)));
/// # Ok(())
/// # }
/// ```
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

    /// The tenant's own OpenAPI document, with its collections as typed schemas.
    pub async fn document(&self) -> Result<Value, Error> {
        let transport = self.0.transport();
        let request = Request::new(Method::GET, transport.url(&["v1", "openapi.json"]));
        transport.send(request).await?.accepted()?.read()
    }

    /// Changes its fields, indexes or rules.
    pub async fn update(&self, collection: &str, patch: &CollectionPatch) -> Result<Collection, Error> {
        self.0.call(|api| async move { api.update_collection(collection, patch).await }).await
    }

    /// A page of what was done to them, oldest first: 50, or `limit` (200 at most).
    pub async fn history_page(
        &self,
        limit: Option<u32>,
        cursor: Option<&str>,
    ) -> Result<SchemaMigrationList, Error> {
        self.0.call(|api| async move { api.list_schema_migrations(cursor, limit).await }).await
    }

    /// All that was done to them, oldest first, page by page.
    pub fn history(&self) -> BoxStream<'static, Result<SchemaMigration, Error>> {
        let collections = self.clone();
        paging::stream(None, move |cursor| {
            let collections = collections.clone();
            async move {
                let page = collections.history_page(Some(200), cursor.as_deref()).await?;
                Ok((page.items, page.next_cursor))
            }
        })
    }

    /// Deletes it, with all its records.
    pub async fn delete(&self, collection: &str) -> Result<(), Error> {
        let transport = self.0.transport();
        let request = Request::new(Method::DELETE, transport.url(&["v1", "collections", collection]));
        transport.send(request).await?.gone()
    }
}
