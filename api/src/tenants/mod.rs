//! Tenants, for operators.

mod model;

use neonex_core::idempotency::{IdempotencyKey, Once, Outcome};
use neonex_core::ids::TenantId;
use neonex_core::tenants::{NewTenant, Tenant, TenantPatch};
use neonex_core::version::ETag;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON as _;
use poem_openapi::{ApiResponse, OpenApi};

use self::model::{NewTenantBody, TenantList, TenantPatchBody, TenantView};
use crate::caller::{OperatorCaller, Surface};
use crate::paging;
use crate::payload::RawJson;
use crate::precondition::{is_known, precondition};
use crate::problem::Problem;

/// The operations on tenants.
#[derive(Clone)]
pub struct Tenants(pub Surface);

#[derive(ApiResponse)]
enum Created {
    /// The tenant.
    #[oai(status = 201)]
    Tenant(
        RawJson<TenantView>,
        #[oai(header = "ETag")] Option<String>,
        #[oai(header = "Location")] Option<String>,
    ),
}

#[derive(ApiResponse)]
enum Listed {
    /// A page of tenants.
    #[oai(status = 200)]
    Page(Json<TenantList>, #[oai(header = "Link")] Option<String>),
}

#[derive(ApiResponse)]
enum Read {
    /// The tenant.
    #[oai(status = 200)]
    Tenant(Json<TenantView>, #[oai(header = "ETag")] String),
    /// The tenant is the one that the client has.
    #[oai(status = 304)]
    NotModified(#[oai(header = "ETag")] String),
}

#[derive(ApiResponse)]
enum Changed {
    /// The tenant as it is now.
    #[oai(status = 200)]
    Tenant(Json<TenantView>, #[oai(header = "ETag")] String),
}

#[OpenApi]
impl Tenants {
    /// Create a tenant
    #[oai(path = "/v1/tenants", method = "post", operation_id = "create_tenant", tag = "super::Tag::Tenants")]
    async fn create(
        &self,
        caller: OperatorCaller,
        /// Makes a repetition of the request safe: the same key with the same body gets the same answer, and
        /// nothing is done twice.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: Json<NewTenantBody>,
    ) -> Result<Created, Problem> {
        let scope = self.0.operator(&caller).await?;
        let sent = body.0.to_json_string();
        let new = NewTenant::parse(body.0.slug, body.0.name, body.0.settings.unwrap_or_default().into())?;
        let once = once(idempotency_key.0, scope.actor(), "POST /v1/tenants", &sent, render)?;
        let (json, etag) = made(scope.create_tenant(new, once).await?, render);
        let location = id_of(&json).map(|id| format!("/v1/tenants/{id}"));
        Ok(Created::Tenant(RawJson::new(json), etag, location))
    }

    /// List tenants
    ///
    /// Oldest first, deleted ones too as long as they can be restored.
    #[oai(path = "/v1/tenants", method = "get", operation_id = "list_tenants", tag = "super::Tag::Tenants")]
    async fn list(
        &self,
        caller: OperatorCaller,
        /// Tenants on the page: 1 to 200, 50 by default.
        limit: Query<Option<u32>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Listed, Problem> {
        let scope = self.0.operator(&caller).await?;
        let after: Option<TenantId> = paging::after(cursor.0.as_deref())?;
        let page = scope.tenants(after, paging::limit(limit.0)?).await?;
        let next_cursor = page.next.map(|id| id.to_string());
        let link = paging::next_link(caller.0.uri(), next_cursor.as_deref());
        let items = page.items.iter().map(TenantView::from).collect();
        Ok(Listed::Page(Json(TenantList { items, next_cursor }), link))
    }

    /// Get a tenant
    #[oai(
        path = "/v1/tenants/:tenant",
        method = "get",
        operation_id = "get_tenant",
        tag = "super::Tag::Tenants"
    )]
    async fn get(
        &self,
        caller: OperatorCaller,
        /// The tenant's id or slug.
        tenant: Path<String>,
        /// The `ETag` of the tenant that the client has.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Read, Problem> {
        let scope = self.0.operator_of_path(&caller, &tenant).await?;
        let tenant = scope.tenant(&tenant).await?;
        let etag = tenant.etag();
        if is_known(if_none_match.0.as_deref(), etag) {
            return Ok(Read::NotModified(etag.to_string()));
        }
        Ok(Read::Tenant(Json(TenantView::from(&tenant)), etag.to_string()))
    }

    /// Change a tenant
    ///
    /// Its slug, its name or its settings; what is not sent stays as it is.
    #[oai(
        path = "/v1/tenants/:tenant",
        method = "patch",
        operation_id = "update_tenant",
        tag = "super::Tag::Tenants"
    )]
    async fn update(
        &self,
        caller: OperatorCaller,
        /// The tenant's id or slug.
        tenant: Path<String>,
        /// The `ETag` of the tenant that is to be changed; 412 if it is another by now.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<TenantPatchBody>,
    ) -> Result<Changed, Problem> {
        let scope = self.0.operator_of_path(&caller, &tenant).await?;
        let TenantPatchBody { slug, name, settings } = body.0;
        let patch = TenantPatch::parse(slug, name, settings.map(Into::into))?;
        let precondition = precondition(if_match.0.as_deref(), None)?;
        Ok(changed(&scope.update_tenant(&tenant, patch, precondition).await?))
    }

    /// Delete a tenant
    ///
    /// It is refused from now on, and its data goes after seven days. Until then it can be restored.
    #[oai(
        path = "/v1/tenants/:tenant",
        method = "delete",
        operation_id = "delete_tenant",
        tag = "super::Tag::Tenants"
    )]
    async fn delete(
        &self,
        caller: OperatorCaller,
        /// The tenant's id or slug.
        tenant: Path<String>,
        /// The `ETag` of the tenant that is to be deleted; 412 if it is another by now.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<Changed, Problem> {
        let scope = self.0.operator_of_path(&caller, &tenant).await?;
        let precondition = precondition(if_match.0.as_deref(), None)?;
        Ok(changed(&scope.delete_tenant(&tenant, precondition).await?))
    }

    /// Restore a deleted tenant
    ///
    /// Of one that is not deleted, nothing changes.
    #[oai(
        path = "/v1/tenants/:tenant/restore",
        method = "post",
        operation_id = "restore_tenant",
        tag = "super::Tag::Tenants"
    )]
    async fn restore(
        &self,
        caller: OperatorCaller,
        /// The tenant's id or slug.
        tenant: Path<String>,
    ) -> Result<Changed, Problem> {
        let scope = self.0.operator_of_path(&caller, &tenant).await?;
        Ok(changed(&scope.restore_tenant(&tenant).await?))
    }

    /// Suspend a tenant
    ///
    /// Its keys are refused, its data stays. Of one that is suspended, nothing changes.
    #[oai(
        path = "/v1/tenants/:tenant/suspend",
        method = "post",
        operation_id = "suspend_tenant",
        tag = "super::Tag::Tenants"
    )]
    async fn suspend(
        &self,
        caller: OperatorCaller,
        /// The tenant's id or slug.
        tenant: Path<String>,
    ) -> Result<Changed, Problem> {
        let scope = self.0.operator_of_path(&caller, &tenant).await?;
        Ok(changed(&scope.suspend_tenant(&tenant).await?))
    }

    /// Let a suspended tenant go on
    ///
    /// Of one that is not suspended, nothing changes.
    #[oai(
        path = "/v1/tenants/:tenant/resume",
        method = "post",
        operation_id = "resume_tenant",
        tag = "super::Tag::Tenants"
    )]
    async fn resume(
        &self,
        caller: OperatorCaller,
        /// The tenant's id or slug.
        tenant: Path<String>,
    ) -> Result<Changed, Problem> {
        let scope = self.0.operator_of_path(&caller, &tenant).await?;
        Ok(changed(&scope.resume_tenant(&tenant).await?))
    }
}

fn changed(tenant: &Tenant) -> Changed {
    Changed::Tenant(Json(TenantView::from(tenant)), tenant.etag().to_string())
}

fn render(tenant: &Tenant) -> Vec<u8> {
    kept(&TenantView::from(tenant).to_json_string(), tenant.etag())
}

/// What was made, as it is kept for those who ask again: the answer, and its version on a line of its own.
pub(crate) fn kept(json: &str, etag: ETag) -> Vec<u8> {
    format!("{json}\n{etag}").into_bytes()
}

/// The answer about what was made, now or before, and its version.
pub(crate) fn made<T>(outcome: Outcome<T>, render: fn(&T) -> Vec<u8>) -> (Vec<u8>, Option<String>) {
    let mut json = match outcome {
        Outcome::Fresh(made) => render(&made),
        Outcome::Replayed(kept) => kept,
    };
    // JSON that was written here has no line breaks.
    let end = json.iter().rposition(|byte| *byte == b'\n');
    let etag = end.map(|end| String::from_utf8_lossy(json.get(end + 1..).unwrap_or_default()).into_owned());
    json.truncate(end.unwrap_or(json.len()));
    (json, etag)
}

/// Reads an idempotency key, where one was sent.
pub(crate) fn once<T>(
    key: Option<String>,
    actor: &neonex_core::access::Actor,
    route: &str,
    body: &str,
    render: fn(&T) -> Vec<u8>,
) -> Result<Option<Once<T>>, Problem> {
    let key = key.map(|key| idempotency_key(&key, actor, route, body.as_bytes())).transpose()?;
    Ok(key.map(|key| Once { key, render }))
}

/// Reads an idempotency key.
pub(crate) fn idempotency_key(
    key: &str,
    actor: &neonex_core::access::Actor,
    route: &str,
    body: &[u8],
) -> Result<IdempotencyKey, Problem> {
    IdempotencyKey::parse(key, actor, route, body).map_err(|invalid| {
        let problem = Problem::bad_request("invalid_parameter", "A header cannot be accepted as it is.");
        invalid.details().iter().fold(problem, |problem, detail| {
            problem.error("Idempotency-Key", detail.code, detail.message.clone())
        })
    })
}

/// The id in an answer that was kept or just made.
pub(crate) fn id_of(json: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Head {
        id: String,
    }
    serde_json::from_slice::<Head>(json).ok().map(|head| head.id)
}
