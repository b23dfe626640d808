//! Collections: tables designed at run time.

mod document;
mod history;
mod model;

use neonex_core::collections::{Collection, CollectionPatch};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON as _;
use poem_openapi::{ApiResponse, OpenApi};
use serde_json::Value;

use self::history::{Listed, SchemaMigrationList};
use self::model::{CollectionList, CollectionPatchBody, CollectionView, NewCollectionBody};
use crate::caller::{Caller, Surface};
use crate::paging;
use crate::payload::RawJson;
use crate::precondition::{is_known, precondition};
use crate::problem::Problem;
use crate::tenants::{id_of, kept, made, once};

/// The operations on collections.
#[derive(Clone)]
pub struct Collections(pub Surface);

#[derive(ApiResponse)]
enum Created {
    /// The collection.
    #[oai(status = 201)]
    Collection(
        RawJson<CollectionView>,
        #[oai(header = "ETag")] Option<String>,
        #[oai(header = "Location")] Option<String>,
    ),
}

#[derive(ApiResponse)]
enum Read {
    /// The collection.
    #[oai(status = 200)]
    Collection(RawJson<CollectionView>, #[oai(header = "ETag")] String),
    /// The collection is the one that the client has.
    #[oai(status = 304)]
    NotModified(#[oai(header = "ETag")] String),
}

#[derive(ApiResponse)]
enum Changed {
    /// The collection as it is now.
    #[oai(status = 200)]
    Collection(Json<CollectionView>, #[oai(header = "ETag")] String),
}

#[derive(ApiResponse)]
enum Deleted {
    /// The collection is gone, with all its records.
    #[oai(status = 204)]
    Done,
}

#[OpenApi]
impl Collections {
    /// Create a collection
    #[oai(
        path = "/v1/collections",
        method = "post",
        operation_id = "create_collection",
        tag = "super::Tag::Collections"
    )]
    async fn create(
        &self,
        caller: Caller,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: Json<NewCollectionBody>,
    ) -> Result<Created, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let sent = body.0.to_json_string();
        let once = once(idempotency_key.0, scope.actor(), "POST /v1/collections", &sent, render)?;
        let made = scope.create_collection(&permit, body.0.into(), once).await?;
        let (json, etag) = self::made(made, |collection| render(collection));
        let location = id_of(&json).map(|id| format!("/v1/collections/{id}"));
        Ok(Created::Collection(RawJson::new(json), etag, location))
    }

    /// List collections
    ///
    /// All of them, by name: a tenant has at most 1,000.
    #[oai(
        path = "/v1/collections",
        method = "get",
        operation_id = "list_collections",
        tag = "super::Tag::Collections"
    )]
    async fn list(&self, caller: Caller) -> Result<Json<CollectionList>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let all = scope.collections(&scope.permit()?);
        let items = all.iter().map(|collection| CollectionView::from(collection.as_ref())).collect();
        Ok(Json(CollectionList { items, next_cursor: None }))
    }

    /// Get the tenant's own document
    ///
    /// An OpenAPI 3.0 document with the collections as typed schemas, and the operations on their records.
    #[oai(
        path = "/v1/openapi.json",
        method = "get",
        operation_id = "get_tenant_document",
        tag = "super::Tag::Collections"
    )]
    async fn document(&self, caller: Caller) -> Result<Json<Value>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let all = scope.collections(&scope.permit()?);
        Ok(Json(document::document(&scope.tenant().tenant().name, &all)))
    }

    /// Get a collection
    #[oai(
        path = "/v1/collections/:collection",
        method = "get",
        operation_id = "get_collection",
        tag = "super::Tag::Collections"
    )]
    async fn get(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// The `ETag` of the collection that the client has.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Read, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let found = scope.collection(&scope.permit()?, &collection)?;
        let etag = found.etag();
        if is_known(if_none_match.0.as_deref(), etag) {
            return Ok(Read::NotModified(etag.to_string()));
        }
        let json = CollectionView::from(found.as_ref()).to_json_string();
        Ok(Read::Collection(RawJson::new(json), etag.to_string()))
    }

    /// Change a collection
    ///
    /// `fields` is the whole list as it is to be. A field that has another name now says its earlier one in
    /// `renamed_from` and keeps its values; a field is dropped only if `drop_fields` names it.
    #[oai(
        path = "/v1/collections/:collection",
        method = "patch",
        operation_id = "update_collection",
        tag = "super::Tag::Collections"
    )]
    async fn update(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// The `ETag` of the collection that is to be changed; 412 if it is another by now.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<CollectionPatchBody>,
    ) -> Result<Changed, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let patch = CollectionPatch::from(body.0);
        let precondition = precondition(if_match.0.as_deref(), None)?;
        let changed = scope.alter_collection(&scope.permit()?, &collection, patch, precondition).await?;
        Ok(Changed::Collection(Json(CollectionView::from(changed.as_ref())), changed.etag().to_string()))
    }

    /// Delete a collection
    ///
    /// With all its records, at once.
    #[oai(
        path = "/v1/collections/:collection",
        method = "delete",
        operation_id = "delete_collection",
        tag = "super::Tag::Collections"
    )]
    async fn delete(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// The `ETag` of the collection that is to be deleted; 412 if it is another by now.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<Deleted, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let precondition = precondition(if_match.0.as_deref(), None)?;
        scope.delete_collection(&scope.permit()?, &collection, precondition).await?;
        Ok(Deleted::Done)
    }

    /// List changes of the collections
    ///
    /// Oldest first: each with the request that made it, so that the requests made again in this order make the same
    /// collections elsewhere. A tenant that is older than its history begins it with a baseline.
    #[oai(
        path = "/v1/schema/migrations",
        method = "get",
        operation_id = "list_schema_migrations",
        tag = "super::Tag::Collections"
    )]
    async fn history(
        &self,
        caller: Caller,
        /// Changes on the page: 1 to 200, 50 by default.
        limit: Query<Option<u32>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Listed, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let after = paging::after(cursor.0.as_deref())?;
        let page = scope.schema_history(&scope.permit()?, after, paging::limit(limit.0)?).await?;
        let next_cursor = page.next.map(|seq| seq.to_string());
        let link = paging::next_link(caller.uri(), next_cursor.as_deref());
        let items = page.items.into_iter().map(Into::into).collect();
        Ok(Listed::Page(Json(SchemaMigrationList { items, next_cursor }), link))
    }
}

fn render(collection: &Collection) -> Vec<u8> {
    kept(&CollectionView::from(collection).to_json_string(), collection.etag())
}
