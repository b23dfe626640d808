//! Tenants, for operators.

use futures_util::stream::BoxStream;

use crate::paging;
use crate::types::{NewTenant, Tenant, TenantList, TenantPatch};
use crate::{Client, Error};

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
        self.0.call(|api| async move { api.get_tenant(tenant).await }).await
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
    pub async fn update(&self, tenant: &str, patch: &TenantPatch) -> Result<Tenant, Error> {
        self.0.call(|api| async move { api.update_tenant(tenant, patch).await }).await
    }

    /// Refuses it from now on; its data goes after seven days.
    pub async fn delete(&self, tenant: &str) -> Result<Tenant, Error> {
        self.0.call(|api| async move { api.delete_tenant(tenant).await }).await
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
}
