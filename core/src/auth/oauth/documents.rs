//! What providers publish of themselves, kept for a while: where they are asked, and the keys that they sign with.

use std::sync::Arc;

use http::Request;
use http::header::ACCEPT;
use moka::sync::Cache;
use serde_json::Value;
use url::Url;

use super::error::OAuthError;
use crate::access::TenantScope;
use crate::clock::Timestamp;
use crate::ids::TenantId;

/// Bytes of JSON that are kept, of all tenants together.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// For how long a document is taken for true.
pub(super) const KEPT_SECONDS: i64 = 3600;
/// How often it is asked for anew where something is missing from it.
pub(super) const SOONEST_SECONDS: i64 = 60;

/// Documents by tenant and address: what one tenant has read is no other's, even of the same provider.
#[derive(Debug)]
pub(crate) struct Documents(Cache<(TenantId, String), Arc<Document>>);

#[derive(Debug)]
struct Document {
    value: Arc<Value>,
    bytes: u32,
    read_at: Timestamp,
}

impl Default for Documents {
    fn default() -> Self {
        let weight = |(_, url): &(TenantId, String), document: &Arc<Document>| {
            document.bytes.saturating_add(u32::try_from(url.len()).unwrap_or(u32::MAX))
        };
        Self(Cache::builder().weigher(weight).max_capacity(MOST_BYTES).build())
    }
}

impl TenantScope {
    /// What stands at an address, as it was at most so many seconds ago.
    pub(super) async fn document(&self, url: &Url, seconds: i64) -> Result<Arc<Value>, OAuthError> {
        let (documents, now) = (&self.platform().documents().0, self.platform().now());
        let key = (self.tenant().id(), url.as_str().to_owned());
        let fresh = |document: &Arc<Document>| {
            (0..seconds.saturating_mul(1_000_000))
                .contains(&now.as_micros().saturating_sub(document.read_at.as_micros()))
        };
        if let Some(known) = documents.get(&key).filter(fresh) {
            return Ok(Arc::clone(&known.value));
        }
        let (value, bytes) = self.get_json(url, None).await?;
        let value = Arc::new(value);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        documents.insert(key, Arc::new(Document { value: Arc::clone(&value), bytes, read_at: now }));
        Ok(value)
    }

    /// What stands at an address now, for who has that token; and how long it is.
    pub(super) async fn get_json(
        &self,
        url: &Url,
        token: Option<&str>,
    ) -> Result<(Value, usize), OAuthError> {
        let mut request = Request::get(url.as_str()).header(ACCEPT, "application/json");
        if let Some(token) = token {
            request = request.header(http::header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Vec::new()).map_err(|_| OAuthError::Answer("is no address"))?;
        let answer = self.platform().egress().send(request).await?;
        if !answer.status().is_success() {
            return Err(OAuthError::Status(answer.status().as_u16()));
        }
        let value = serde_json::from_slice(answer.body()).map_err(|_| OAuthError::Answer("is no JSON"))?;
        Ok((value, answer.body().len()))
    }
}
