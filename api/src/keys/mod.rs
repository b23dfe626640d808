//! API keys of a tenant, for operators and for secret keys that may.

mod model;

use neonex_core::idempotency::Outcome;
use neonex_core::ids::KeyId;
use neonex_core::keys::{MadeKey, NewKey};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON as _;
use poem_openapi::{ApiResponse, OpenApi};

use self::model::{KeyList, KeyView, NewKeyBody, RotateKeyBody};
use crate::caller::{OperatorCaller, Surface};
use crate::paging;
use crate::payload::RawJson;
use crate::precondition::{is_known, precondition};
use crate::problem::Problem;
use crate::tenants::{id_of, kept, made, once};

/// The operations on keys.
#[derive(Clone)]
pub struct Keys(pub Surface);

#[derive(ApiResponse)]
enum Created {
    /// The key. This is the only time that it is shown.
    #[oai(status = 201)]
    Key(RawJson<KeyView>, #[oai(header = "ETag")] Option<String>, #[oai(header = "Location")] Option<String>),
}

#[derive(ApiResponse)]
enum Listed {
    /// A page of keys.
    #[oai(status = 200)]
    Page(Json<KeyList>, #[oai(header = "Link")] Option<String>),
}

#[derive(ApiResponse)]
enum Read {
    /// The key.
    #[oai(status = 200)]
    Key(RawJson<KeyView>, #[oai(header = "ETag")] String),
    /// The key is the one that the client has.
    #[oai(status = 304)]
    NotModified(#[oai(header = "ETag")] String),
}

#[derive(ApiResponse)]
enum Revoked {
    /// The key is refused from now on.
    #[oai(status = 204)]
    Done,
}

#[OpenApi]
impl Keys {
    /// Create a key
    ///
    /// A secret key made without scopes has all of them. The key is shown in this answer and never again.
    #[oai(
        path = "/v1/tenants/:tenant/keys",
        method = "post",
        operation_id = "create_key",
        tag = "super::Tag::Keys"
    )]
    async fn create(
        &self,
        caller: OperatorCaller,
        /// The tenant's id or slug.
        tenant: Path<String>,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: Json<NewKeyBody>,
    ) -> Result<Created, Problem> {
        let scope = self.0.tenant_of_path(&caller.0, &tenant).await?;
        let permit = scope.permit()?;
        let sent = body.0.to_json_string();
        let NewKeyBody { name, kind, scopes, expires_at } = body.0;
        let now = self.0.platform().now();
        let new = NewKey::parse(
            name,
            kind.into(),
            scopes.as_deref(),
            expires_at.as_ref().map(|time| time.0.as_str()),
            now,
        )?;
        let once = once(idempotency_key.0, scope.actor(), "POST keys", &sent, render)?;
        Ok(created(&tenant, scope.create_key(&permit, new, once).await?))
    }

    /// List keys
    ///
    /// Oldest first, revoked and expired ones too.
    #[oai(
        path = "/v1/tenants/:tenant/keys",
        method = "get",
        operation_id = "list_keys",
        tag = "super::Tag::Keys"
    )]
    async fn list(
        &self,
        caller: OperatorCaller,
        /// The tenant's id or slug.
        tenant: Path<String>,
        /// Keys on the page: 1 to 200, 50 by default.
        limit: Query<Option<u32>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Listed, Problem> {
        let scope = self.0.tenant_of_path(&caller.0, &tenant).await?;
        let after: Option<KeyId> = paging::after(cursor.0.as_deref())?;
        let page = scope.keys(&scope.permit()?, after, paging::limit(limit.0)?).await?;
        let next_cursor = page.next.map(|id| id.to_string());
        let link = paging::next_link(caller.0.uri(), next_cursor.as_deref());
        let items = page.items.iter().map(KeyView::from).collect();
        Ok(Listed::Page(Json(KeyList { items, next_cursor }), link))
    }

    /// Get a key
    #[oai(
        path = "/v1/tenants/:tenant/keys/:key",
        method = "get",
        operation_id = "get_key",
        tag = "super::Tag::Keys"
    )]
    async fn get(
        &self,
        caller: OperatorCaller,
        /// The tenant's id or slug.
        tenant: Path<String>,
        /// The key's id.
        key: Path<String>,
        /// The `ETag` of the key that the client has.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Read, Problem> {
        let scope = self.0.tenant_of_path(&caller.0, &tenant).await?;
        let permit = scope.permit()?;
        let key = scope.key(&permit, key_id(&key)?).await?;
        let etag = key.etag();
        if is_known(if_none_match.0.as_deref(), etag) {
            return Ok(Read::NotModified(etag.to_string()));
        }
        Ok(Read::Key(RawJson::new(KeyView::from(&key).to_json_string()), etag.to_string()))
    }

    /// Revoke a key
    ///
    /// It is refused at once, and stays in the list. Of one that is revoked, nothing changes.
    #[oai(
        path = "/v1/tenants/:tenant/keys/:key",
        method = "delete",
        operation_id = "revoke_key",
        tag = "super::Tag::Keys"
    )]
    async fn revoke(
        &self,
        caller: OperatorCaller,
        /// The tenant's id or slug.
        tenant: Path<String>,
        /// The key's id.
        key: Path<String>,
        /// The `ETag` of the key that is to be revoked; 412 if it is another by now.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<Revoked, Problem> {
        let scope = self.0.tenant_of_path(&caller.0, &tenant).await?;
        let permit = scope.permit()?;
        let precondition = precondition(if_match.0.as_deref(), None)?;
        scope.revoke_key(&permit, key_id(&key)?, precondition).await?;
        Ok(Revoked::Done)
    }

    /// Rotate a key
    ///
    /// Makes a new key of the same name, kind and scopes. The old one goes on working for the overlap.
    #[oai(
        path = "/v1/tenants/:tenant/keys/:key/rotate",
        method = "post",
        operation_id = "rotate_key",
        tag = "super::Tag::Keys"
    )]
    async fn rotate(
        &self,
        caller: OperatorCaller,
        /// The tenant's id or slug.
        tenant: Path<String>,
        /// The key's id.
        key: Path<String>,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: Json<RotateKeyBody>,
    ) -> Result<Created, Problem> {
        let scope = self.0.tenant_of_path(&caller.0, &tenant).await?;
        let permit = scope.permit()?;
        let id = key_id(&key)?;
        let route = format!("POST rotate {id}");
        let once = once(idempotency_key.0, scope.actor(), &route, &body.0.to_json_string(), render)?;
        let overlap = i64::from(body.0.overlap_seconds);
        Ok(created(&tenant, scope.rotate_key(&permit, id, overlap, once).await?))
    }
}

fn key_id(text: &str) -> Result<KeyId, Problem> {
    text.parse().map_err(|_| Problem::not_found("There is no such key."))
}

fn render(made: &MadeKey) -> Vec<u8> {
    kept(&KeyView::from(made).to_json_string(), made.key.etag())
}

fn created(tenant: &str, outcome: Outcome<MadeKey>) -> Created {
    let (json, etag) = self::made(outcome, render);
    let location = id_of(&json).map(|id| format!("/v1/tenants/{tenant}/keys/{id}"));
    Created::Key(RawJson::new(json), etag, location)
}
