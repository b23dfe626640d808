//! API keys of a tenant.

use futures_util::stream::BoxStream;
use reqwest::{Method, Request};

use crate::answer::Answer;
use crate::paging;
use crate::types::{Key, KeyList, NewKey, RotateKey};
use crate::{Client, Error, Pending, Versioned};

/// The API keys of one tenant.
///
/// ```
/// use neonex_sdk::Client;
/// use neonex_sdk::types::{NewKey, RotateKey};
/// # #[tokio::main]
/// # async fn main() -> anyhow::Result<()> {
/// # let tenant = std::env::var(neonex_sdk::env::TENANT)?;
///
/// let operator = Client::from_env()?;
/// let keys = operator.keys(tenant);
/// let key = keys.create(&NewKey::secret("nightly report").scopes(["records:read"])).await?;
/// let report = operator.with_credential(key.key.expect("a new key shows its text").reveal())?;
/// let refused = report.collections().delete("posts").await.unwrap_err();
/// assert_eq!(refused.code(), Some("scope_needed"));
///
/// // The old key works for another hour.
/// let new = keys.rotate(&key.id, &RotateKey { overlap_seconds: 3600 }).await?;
/// assert_ne!(new.id, key.id);
/// keys.revoke(&new.id).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Keys {
    pub(crate) client: Client,
    pub(crate) tenant: String,
}

impl Keys {
    /// Makes a key. Its text is in this answer and in no other.
    pub async fn create(&self, key: &NewKey) -> Result<Key, Error> {
        self.client.call(|api| async move { api.create_key(&self.tenant, None, key).await }).await
    }

    /// One of them.
    pub async fn get(&self, id: &str) -> Result<Key, Error> {
        Ok(self.get_versioned(id).await?.value)
    }

    /// One of them, with its version.
    pub async fn get_versioned(&self, id: &str) -> Result<Versioned<Key>, Error> {
        self.client.versioned(&["v1", "tenants", &self.tenant, "keys", id]).await
    }

    /// A page of them, oldest first: 50, or `limit` (200 at most).
    pub async fn page(&self, limit: Option<u32>, cursor: Option<&str>) -> Result<KeyList, Error> {
        self.client.call(|api| async move { api.list_keys(&self.tenant, cursor, limit).await }).await
    }

    /// All of them, oldest first, page by page.
    pub fn stream(&self) -> BoxStream<'static, Result<Key, Error>> {
        let keys = self.clone();
        paging::stream(None, move |cursor| {
            let keys = keys.clone();
            async move {
                let page = keys.page(None, cursor.as_deref()).await?;
                Ok((page.items, page.next_cursor))
            }
        })
    }

    /// Makes a key in place of that one, which goes on working for a while.
    pub async fn rotate(&self, id: &str, how: &RotateKey) -> Result<Key, Error> {
        self.client.call(|api| async move { api.rotate_key(&self.tenant, id, None, how).await }).await
    }

    /// Refuses the key from now on.
    pub fn revoke(&self, id: &str) -> Pending<()> {
        let path = ["v1", "tenants", &self.tenant, "keys", id];
        let request = Request::new(Method::DELETE, self.client.transport().url(&path));
        Pending::new(self.client.clone(), Ok(request), Answer::gone)
    }
}
