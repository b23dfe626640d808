//! A tenant as an issuer of tokens: what others need to check them, at addresses that follow from a token's `iss`.
//!
//! Both are public facts, the same for everybody, and may be kept for a while. A key is published ten minutes before it
//! signs, so that what is kept for half of that is never behind.

use neonex_core::version::ETag;
use poem_openapi::param::{Header, Path};
use poem_openapi::types::ToJSON;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::model::Jwks;
use crate::caller::{Caller, Surface};
use crate::payload::RawJson;
use crate::precondition::is_known;
use crate::problem::Problem;

/// The operations by which others learn of a tenant's keys.
#[derive(Clone)]
pub struct Issuer(pub Surface);

/// How long an answer may be kept.
const CACHE: &str = "public, max-age=300";

/// An issuer of tokens (of OpenID Connect Discovery 1.0 what concerns access tokens).
#[derive(Object)]
#[oai(rename = "IssuerMetadata")]
struct IssuerView {
    /// What tokens have as `iss`.
    issuer: String,
    /// Where the keys are.
    jwks_uri: String,
}

#[derive(ApiResponse)]
enum Keys {
    /// The keys.
    #[oai(status = 200)]
    Keys(RawJson<Jwks>, #[oai(header = "ETag")] String, #[oai(header = "Cache-Control")] String),
    /// They are those that the client has.
    #[oai(status = 304)]
    NotModified(#[oai(header = "ETag")] String, #[oai(header = "Cache-Control")] String),
}

#[derive(ApiResponse)]
enum Metadata {
    /// The issuer.
    #[oai(status = 200)]
    Issuer(RawJson<IssuerView>, #[oai(header = "ETag")] String, #[oai(header = "Cache-Control")] String),
    /// It is as the client has it.
    #[oai(status = 304)]
    NotModified(#[oai(header = "ETag")] String, #[oai(header = "Cache-Control")] String),
}

/// The text of an answer and its version, or that alone where the client has it.
fn unless_known(if_none_match: Option<&str>, answer: &impl ToJSON) -> (Option<String>, String) {
    let json = answer.to_json_string();
    let etag = ETag::of_text(json.as_bytes());
    ((!is_known(if_none_match, etag)).then_some(json), etag.to_string())
}

#[OpenApi]
impl Issuer {
    /// Get a tenant's signing keys
    ///
    /// The same keys as at `/v1/auth/jwks.json`, at an address that names the tenant, for who knows nothing but a token's
    /// issuer. Everybody may ask.
    #[oai(
        path = "/v1/tenants/:tenant/auth/jwks.json",
        method = "get",
        operation_id = "get_tenant_signing_keys",
        tag = "super::super::Tag::Auth"
    )]
    async fn keys(
        &self,
        caller: Caller,
        /// The tenant's id or slug.
        tenant: Path<String>,
        /// The `ETag` of the keys that the client has.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Keys, Problem> {
        let scope = self.0.tenant_of_address(&caller, Some(&tenant)).await?;
        let keys = Jwks::from(scope.signing_keys());
        Ok(match unless_known(if_none_match.0.as_deref(), &keys) {
            (Some(json), etag) => Keys::Keys(RawJson::new(json), etag, CACHE.to_owned()),
            (None, etag) => Keys::NotModified(etag, CACHE.to_owned()),
        })
    }

    /// Get what an issuer says of itself
    ///
    /// At the place below a token's `iss` where libraries look for it (OpenID Connect Discovery 1.0, §4). Not there where
    /// whoever runs the server has not set `server.public_url`: an issuer has no address then.
    #[oai(
        path = "/v1/tenants/:tenant/.well-known/openid-configuration",
        method = "get",
        operation_id = "get_issuer_metadata",
        tag = "super::super::Tag::Auth"
    )]
    async fn metadata(
        &self,
        caller: Caller,
        /// The tenant's id or slug.
        tenant: Path<String>,
        /// The `ETag` of the answer that the client has.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Metadata, Problem> {
        let scope = self.0.tenant_of_address(&caller, Some(&tenant)).await?;
        let issuer = scope.issuer_url().ok_or_else(|| {
            Problem::not_found("The server does not know its own address: `server.public_url` is not set.")
        })?;
        let issuer = IssuerView { jwks_uri: format!("{issuer}/auth/jwks.json"), issuer };
        Ok(match unless_known(if_none_match.0.as_deref(), &issuer) {
            (Some(json), etag) => Metadata::Issuer(RawJson::new(json), etag, CACHE.to_owned()),
            (None, etag) => Metadata::NotModified(etag, CACHE.to_owned()),
        })
    }
}
