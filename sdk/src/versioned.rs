//! Tenants, keys and collections with the version that they were read in.

use std::ops::Deref;

use reqwest::header::ETAG;
use reqwest::{Method, Request};
use serde::de::DeserializeOwned;

use crate::{Client, ETag, Error};

/// Something in the version that was read, to be given back with a change that depends on it.
///
/// ```
/// use neonex_sdk::Client;
/// use neonex_sdk::types::{NewTenant, TenantPatch};
///
/// # #[tokio::main]
/// # async fn main() -> anyhow::Result<()> {
/// let tenants = Client::from_env()?.tenants();
/// tenants.create(&NewTenant::new("initech", "Initech")).await?;
/// let seen = tenants.get_versioned("initech").await?;
///
/// let name = TenantPatch { name: Some("Initrode".to_owned()), ..TenantPatch::default() };
/// tenants.update(&seen.id, &name).if_match(&seen.etag).await?;
///
/// // Who saw the tenant before it was renamed changes nothing.
/// let late = tenants.delete(&seen.id).if_match(&seen.etag).await.unwrap_err();
/// assert_eq!(late.code(), Some("precondition_failed"));
/// # tenants.delete("initech").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Versioned<T> {
    /// What was read.
    pub value: T,
    /// Its version.
    pub etag: ETag,
}

impl<T> Deref for Versioned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl Client {
    /// Reads what is at a path.
    pub(crate) async fn versioned<T: DeserializeOwned>(&self, path: &[&str]) -> Result<Versioned<T>, Error> {
        let request = Request::new(Method::GET, self.transport().url(path));
        let answer = self.transport().send(request).await?.accepted()?;
        let etag = answer.header(ETAG).map(|tag| ETag::from(tag.to_owned()));
        let etag = etag.ok_or_else(|| Error::Invalid("the server names no version".to_owned()))?;
        Ok(Versioned { value: answer.read()?, etag })
    }
}
