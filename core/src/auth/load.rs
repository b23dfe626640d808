//! What is read of auth when a tenant, or a user, is loaded.

use futures_util::FutureExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::settings::AuthSettings;
use super::signing::{self, Claims, SigningKey};
use super::user::{SessionState, UserState};
use crate::clock::Timestamp;
use crate::ids::{SessionId, SigningKeyId, TenantId};
use crate::records::RecordId;
use crate::records::users::{UserKey, UserRecord};
use crate::secrets::MasterKey;
use crate::store::entities::{signing_keys, tenant_settings, user_sessions};
use crate::store::{Place, Store, StoreError};
use crate::tenants::TenantState;

/// Under which name a tenant's settings of auth are kept.
pub(super) const SETTINGS: &str = "auth";

/// How a tenant's users sign in, and what signs their tokens.
#[derive(Debug, Default)]
pub(crate) struct TenantAuth {
    settings: AuthSettings,
    keys: Vec<SigningKey>,
}

impl TenantAuth {
    pub(crate) const fn settings(&self) -> &AuthSettings {
        &self.settings
    }

    pub(super) fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// Whether what that key has signed counts.
    pub(crate) fn accepts(&self, key: SigningKeyId, now: Timestamp) -> bool {
        self.keys.iter().any(|own| own.id() == key && own.is_accepted(now))
    }

    /// What a token says, and which key has signed it.
    pub(crate) fn verify(
        &self,
        token: &str,
        whose: (&str, TenantId),
        now: Timestamp,
    ) -> Option<(SigningKeyId, Claims)> {
        signing::verify(&self.keys, token, whose, now)
    }

    pub(super) fn sign(
        &self,
        claims: &Claims,
        tenant: TenantId,
        now: Timestamp,
        master: &MasterKey,
    ) -> Result<String, signing::SigningError> {
        signing::sign(&self.keys, claims, tenant, now, master)
    }
}

/// Reads a tenant's settings and keys.
pub(crate) async fn load(store: &Store, tenant: TenantId) -> Result<TenantAuth, StoreError> {
    let (settings, keys) = store
        .read::<_, StoreError, _>(Place::Tenant(tenant), move |tx| {
            async move {
                let id = (tenant.as_uuid(), SETTINGS.to_owned());
                let settings = tx.find(tenant_settings::Entity::find_by_id(id)).await?;
                let own = signing_keys::Column::TenantId.eq(tenant.as_uuid());
                Ok((settings, tx.all(signing_keys::Entity::find().filter(own)).await?))
            }
            .boxed()
        })
        .await?;
    let settings = settings.map(|row| serde_json::from_str(&row.value)).transpose();
    Ok(TenantAuth {
        settings: settings.map_err(|error| StoreError::Fault(error.into()))?.unwrap_or_default(),
        keys: keys.into_iter().map(SigningKey::try_from).collect::<Result<_, _>>()?,
    })
}

/// Reads a user with their sessions.
pub(crate) async fn load_user(
    store: &Store,
    tenant: &TenantState,
    id: Uuid,
    now: Timestamp,
) -> Result<Option<UserState>, StoreError> {
    use user_sessions::{Column, Entity};
    let Some(users) = tenant.users().cloned() else { return Ok(None) };
    let place = Place::Tenant(tenant.id());
    let sessions = Entity::find()
        .filter(Column::TenantId.eq(tenant.id().as_uuid()))
        .filter(Column::UserId.eq(id))
        .filter(Column::ExpiresAt.gt(now.as_micros()));
    let found = store
        .read::<_, StoreError, _>(place, move |tx| {
            async move {
                let key = UserKey::Id(RecordId::new(id));
                let Some(user) = UserRecord::find(tx, &users, &key).await? else { return Ok(None) };
                Ok(Some((user, tx.all(sessions).await?)))
            }
            .boxed()
        })
        .await?;
    let time = |micros| Timestamp::from_micros(micros).unwrap_or(Timestamp::MIN);
    Ok(found.map(|(user, sessions)| UserState {
        id,
        email: user.email,
        verified: user.verified,
        roles: user.roles,
        disabled: user.disabled,
        sessions: sessions
            .into_iter()
            .map(|row| SessionState {
                id: SessionId::from_uuid(row.id),
                ends: time(row.expires_at),
                proved_at: time(row.proved_at),
            })
            .collect(),
    }))
}
