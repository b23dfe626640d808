//! Tenants, for operators.

use futures_util::stream::BoxStream;
use reqwest::{Method, Request};

use crate::answer::Answer;
use crate::paging;
use crate::records::with_json;
use crate::types::{NewTenant, Tenant, TenantList, TenantPatch};
use crate::{Client, Error, Pending, Versioned};

/// The tenants of a platform. A tenant is named by id or slug.
///
/// ```
/// use futures_util::TryStreamExt as _;
/// use neonex_sdk::Client;
/// use neonex_sdk::types::{NewTenant, TenantPatch, TenantState};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), neonex_sdk::Error> {
/// let tenants = Client::from_env()?.tenants();
/// let tenant = tenants.create(&NewTenant::new("globex", "Globex")).await?;
/// let name = TenantPatch { name: Some("Globex Corporation".to_owned()), ..TenantPatch::default() };
/// tenants.update(&tenant.id, &name).await?;
///
/// assert_eq!(tenants.suspend("globex").await?.status, TenantState::Suspended);
/// assert_eq!(tenants.resume("globex").await?.status, TenantState::Active);
///
/// let all: Vec<_> = tenants.stream().try_collect().await?;
/// assert!(all.iter().any(|tenant| tenant.name == "Globex Corporation"));
///
/// let deleted = tenants.delete("globex").await?;
/// println!("its data goes at {:?}", deleted.delete_after);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Tenants(pub(crate) Client);

impl Tenants {
    /// Makes a tenant.
    pub async fn create(&self, tenant: &NewTenant) -> Result<Tenant, Error> {
        self.0.call(|api| async move { api.create_tenant(None, tenant).await }).await
    }

    /// One of them.
    pub async fn get(&self, tenant: &str) -> Result<Tenant, Error> {
        Ok(self.get_versioned(tenant).await?.value)
    }

    /// One of them, with its version.
    pub async fn get_versioned(&self, tenant: &str) -> Result<Versioned<Tenant>, Error> {
        self.0.versioned(&["v1", "tenants", tenant]).await
    }

    /// A page of them, oldest first: 50, or `limit` (200 at most).
    pub async fn page(&self, limit: Option<u32>, cursor: Option<&str>) -> Result<TenantList, Error> {
        self.0.call(|api| async move { api.list_tenants(cursor, limit).await }).await
    }

    /// All of them, oldest first, page by page.
    pub fn stream(&self) -> BoxStream<'static, Result<Tenant, Error>> {
        let tenants = self.clone();
        paging::stream(None, move |cursor| {
            let tenants = tenants.clone();
            async move {
                let page = tenants.page(None, cursor.as_deref()).await?;
                Ok((page.items, page.next_cursor))
            }
        })
    }

    /// Changes its slug, name or settings.
    pub fn update(&self, tenant: &str, patch: &TenantPatch) -> Pending<Tenant> {
        let request = with_json(self.request(Method::PATCH, tenant), patch);
        Pending::new(self.0.clone(), request, Answer::value)
    }

    /// Refuses it from now on; its data goes after seven days.
    pub fn delete(&self, tenant: &str) -> Pending<Tenant> {
        Pending::new(self.0.clone(), Ok(self.request(Method::DELETE, tenant)), Answer::value)
    }

    /// Takes its deletion back.
    pub async fn restore(&self, tenant: &str) -> Result<Tenant, Error> {
        self.0.call(|api| async move { api.restore_tenant(tenant).await }).await
    }

    /// Refuses it until it is resumed.
    pub async fn suspend(&self, tenant: &str) -> Result<Tenant, Error> {
        self.0.call(|api| async move { api.suspend_tenant(tenant).await }).await
    }

    /// Lets it work again.
    pub async fn resume(&self, tenant: &str) -> Result<Tenant, Error> {
        self.0.call(|api| async move { api.resume_tenant(tenant).await }).await
    }

    fn request(&self, method: Method, tenant: &str) -> Request {
        Request::new(method, self.0.transport().url(&["v1", "tenants", tenant]))
    }
}
