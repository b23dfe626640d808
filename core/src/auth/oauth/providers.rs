//! Providers, for those who administer them, and for everybody what there are.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::super::audit::{Act, entry};
use super::client::secret_context;
use super::error::OAuthError;
use super::provider::{Available, NewProvider, Provider, ProviderPatch, check_secret, is_name};
use crate::access::{AuthRead, AuthWrite, Permit, TenantScope};
use crate::engine::Undo;
use crate::invalid::{Findings, Invalid};
use crate::store::StoreError;
use crate::store::entities::auth_providers::{ActiveModel, Column, Entity};
use crate::store::entities::identities;

/// Providers that a tenant has at most.
const MOST: usize = 50;

impl TenantScope {
    /// The tenant's providers, by name.
    pub async fn auth_providers(&self, _: &Permit<AuthRead>) -> Result<Vec<Provider>, OAuthError> {
        Ok(self.all_providers().await?)
    }

    /// One of them.
    pub async fn auth_provider(&self, _: &Permit<AuthRead>, name: &str) -> Result<Provider, OAuthError> {
        self.provider(name).await
    }

    /// Those by which users can sign in, for everybody.
    pub async fn available_providers(&self) -> Result<Vec<Available>, OAuthError> {
        let all = self.all_providers().await?;
        Ok(all.iter().filter(|provider| provider.enabled).map(Provider::available).collect())
    }

    /// The address to be written down at a provider as the one that it sends browsers back to; `None` where nobody has
    /// said under which address the platform is reached.
    pub fn callback_url(&self, provider: &Provider) -> Option<String> {
        self.callback(&provider.name)
    }

    /// Sets a provider up.
    pub async fn create_auth_provider(
        &self,
        _: &Permit<AuthWrite>,
        new: NewProvider,
    ) -> Result<Provider, OAuthError> {
        let preset = new.check()?;
        self.check_addresses(&new)?;
        let there = self.all_providers().await?;
        if there.iter().any(|provider| provider.name == new.name) {
            return Err(OAuthError::NameTaken);
        }
        if there.len() >= MOST {
            let message = format!("a tenant has at most {MOST} providers");
            return Err(Invalid::one("", "too_many", message).into());
        }
        let secret = new.client_secret.as_deref().map(|secret| self.sealed(&new.name, secret)).transpose()?;
        let now = self.platform().now();
        let row = ActiveModel {
            tenant_id: Set(self.tenant().id().as_uuid()),
            name: Set(new.name.clone()),
            kind: Set(new.kind),
            client_id: Set(new.client_id.clone()),
            client_secret: Set(secret.clone()),
            enabled: Set(new.enabled),
            definition: Set(json(&new.definition)?),
            created_at: Set(now.as_micros()),
            updated_at: Set(now.as_micros()),
        };
        let audit = entry(self, Act::ProviderCreated, None, Some(new.name.clone()))?;
        self.write_provider(move |tx| {
            async move {
                tx.insert(row).await.map_err(|error| match error {
                    StoreError::Unique { .. } => OAuthError::NameTaken,
                    error => error.into(),
                })?;
                Ok(tx.insert(audit).await?)
            }
            .boxed()
        })
        .await?;
        Ok(Provider {
            name: new.name,
            preset,
            client_id: new.client_id,
            client_secret: secret,
            enabled: new.enabled,
            definition: new.definition,
            created_at: now,
            updated_at: now,
        })
    }

    /// Changes a provider.
    pub async fn update_auth_provider(
        &self,
        _: &Permit<AuthWrite>,
        name: &str,
        patch: ProviderPatch,
    ) -> Result<Provider, OAuthError> {
        let before = self.provider(name).await?;
        let changed = self.patched(before, patch)?;
        let tenant = self.tenant().id().as_uuid();
        let update = Entity::update_many()
            .col_expr(Column::ClientId, changed.client_id.clone().into())
            .col_expr(Column::ClientSecret, changed.client_secret.clone().into())
            .col_expr(Column::Enabled, changed.enabled.into())
            .col_expr(Column::Definition, json(&changed.definition)?.into())
            .col_expr(Column::UpdatedAt, changed.updated_at.as_micros().into())
            .filter(Column::TenantId.eq(tenant))
            .filter(Column::Name.eq(name));
        let audit = entry(self, Act::ProviderChanged, None, Some(name.to_owned()))?;
        self.write_provider(move |tx| {
            async move {
                if tx.update(update).await? == 0 {
                    return Err(OAuthError::NoProvider);
                }
                Ok(tx.insert(audit).await?)
            }
            .boxed()
        })
        .await?;
        Ok(changed)
    }

    fn patched(&self, before: Provider, patch: ProviderPatch) -> Result<Provider, OAuthError> {
        let mut findings = Findings::default();
        let mut changed = before;
        if let Some(client_id) = patch.client_id {
            if client_id.is_empty() || client_id.len() > 500 {
                findings.add("/client_id", "required", "this is what the provider calls the app");
            }
            changed.client_id = client_id;
        }
        findings.take("", check_secret(changed.preset, patch.client_secret.as_deref()));
        let definition = &mut changed.definition;
        definition.scopes = patch.scopes.or(definition.scopes.take());
        definition.directory = patch.directory.or(definition.directory.take());
        definition.team_id = patch.team_id.or(definition.team_id.take());
        definition.key_id = patch.key_id.or(definition.key_id.take());
        if let Some(profile) = patch.profile {
            definition.profile = profile;
        }
        findings.take("", changed.definition.check(changed.preset));
        findings.finish(Some(()))?;
        if let Some(secret) = &patch.client_secret {
            changed.client_secret = Some(self.sealed(&changed.name, secret)?);
        }
        changed.enabled = patch.enabled.unwrap_or(changed.enabled);
        changed.updated_at = self.platform().now();
        Ok(changed)
    }

    /// Deletes a provider, and with it whom it knows: another provider of that name would know others by the same names.
    pub async fn delete_auth_provider(&self, _: &Permit<AuthWrite>, name: &str) -> Result<(), OAuthError> {
        if !is_name(name) {
            return Err(OAuthError::NoProvider);
        }
        let tenant = self.tenant().id().as_uuid();
        let delete = Entity::delete_by_id((tenant, name.to_owned()));
        let known = identities::Entity::delete_many()
            .filter(identities::Column::TenantId.eq(tenant))
            .filter(identities::Column::Provider.eq(name));
        let audit = entry(self, Act::ProviderDeleted, None, Some(name.to_owned()))?;
        self.write_provider(move |tx| {
            async move {
                if tx.delete(delete).await? == 0 {
                    return Err(OAuthError::NoProvider);
                }
                tx.delete(known).await?;
                Ok(tx.insert(audit).await?)
            }
            .boxed()
        })
        .await
    }

    /// A provider by name.
    pub(super) async fn provider(&self, name: &str) -> Result<Provider, OAuthError> {
        if !is_name(name) {
            return Err(OAuthError::NoProvider);
        }
        let find = Entity::find_by_id((self.tenant().id().as_uuid(), name.to_owned()));
        let found = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| async move { tx.find(find).await }.boxed())
            .await?;
        Ok(found.ok_or(OAuthError::NoProvider)?.try_into()?)
    }

    /// One by which users can sign in.
    pub(super) async fn enabled_provider(&self, name: &str) -> Result<Provider, OAuthError> {
        let provider = self.provider(name).await?;
        if provider.enabled { Ok(provider) } else { Err(OAuthError::NoProvider) }
    }

    async fn all_providers(&self) -> Result<Vec<Provider>, StoreError> {
        let own = Column::TenantId.eq(self.tenant().id().as_uuid());
        let all = Entity::find().filter(own).order_by_asc(Column::Name);
        let rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| async move { tx.all(all).await }.boxed())
            .await?;
        rows.into_iter().map(Provider::try_from).collect()
    }

    async fn write_provider<W>(&self, work: W) -> Result<(), OAuthError>
    where
        W: for<'a, 'c> FnOnce(
                &'a mut crate::store::Tx<'c>,
            ) -> futures_util::future::BoxFuture<'a, Result<(), OAuthError>>
            + Clone
            + Send
            + 'static,
    {
        self.platform().store().write_again(self.place(), Undo::Savepoint, work).await.map(|(done, _)| done)
    }

    fn sealed(&self, name: &str, secret: &str) -> Result<Vec<u8>, OAuthError> {
        let platform = self.platform();
        let context = secret_context(self, name);
        Ok(platform.master_key().seal(&context, secret.as_bytes(), platform.rng())?)
    }

    /// What is wrong with addresses is better said now than at the first sign-in.
    fn check_addresses(&self, new: &NewProvider) -> Result<(), Invalid> {
        let mut findings = Findings::default();
        let definition = &new.definition;
        let called = [
            ("issuer", &definition.issuer),
            ("token_url", &definition.token_url),
            ("userinfo_url", &definition.userinfo_url),
        ];
        for (name, address) in called {
            let Some(url) = address.as_ref().and_then(|address| url::Url::parse(address).ok()) else {
                continue;
            };
            if let Err(error) = self.platform().egress().check(&url) {
                findings.add(format!("/{name}"), "not_callable", error);
            }
        }
        findings.finish(Some(()))
    }
}

fn json(definition: &super::provider::Definition) -> Result<String, StoreError> {
    serde_json::to_string(definition).map_err(|error| StoreError::Fault(error.into()))
}
