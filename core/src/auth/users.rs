//! Users as they change: by themselves, and by those who may.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::audit::{Act, entry};
use super::error::UserError;
use super::fresh::Fresh;
use super::load::SETTINGS;
use super::session::end_sessions;
use super::settings::AuthSettings;
use crate::access::{AuthRead, AuthWrite, Permit, TenantScope};
use crate::accounts::Email;
use crate::collections::users::USERS;
use crate::engine::Undo;
use crate::guard;
use crate::invalid::Findings;
use crate::mail::{Outgoing, TemplateName};
use crate::password::Password;
use crate::platform::see_through;
use crate::records::users::{Owned, UserKey, UserRecord};
use crate::records::write::Write as _;
use crate::records::{Precondition, RecordBody, RecordId};
use crate::store::entities::{tenant_settings, user_secrets};
use crate::store::{StoreError, Tx};
use crate::tenants::announce;

/// What becomes of a user's address.
#[derive(Debug, Default)]
pub enum EmailChange {
    /// It stays.
    #[default]
    Keep,
    /// The user has none any more.
    Remove,
    /// It is another.
    Set(String),
}

/// What is to change of a user; `None` leaves it.
#[derive(Debug, Default)]
pub struct UserPatch {
    /// What becomes of the address.
    pub email: EmailChange,
    /// Another password. It ends every session.
    pub password: Option<String>,
    /// Whether the address is known to be theirs.
    pub verified: Option<bool>,
    /// Whether the user is kept out. It ends every session.
    pub disabled: Option<bool>,
    /// Their roles.
    pub roles: Option<Vec<String>>,
}

impl TenantScope {
    /// The user who calls, as they see themselves.
    pub async fn own_user(&self) -> Result<RecordBody, UserError> {
        let (id, _) = self.seen()?;
        let found = self.find_with_secret(UserKey::Id(RecordId::new(id))).await?;
        Ok(found.ok_or(UserError::NoUser)?.0.body)
    }

    /// Changes what auth owns of a user.
    pub async fn update_user(
        &self,
        _: &Permit<AuthWrite>,
        id: RecordId,
        patch: UserPatch,
    ) -> Result<RecordBody, UserError> {
        let scope = self.with_users().await?;
        let least = scope.tenant().auth().settings().password_min_length;
        let mut findings = Findings::default();
        let email = match patch.email {
            EmailChange::Keep => None,
            EmailChange::Remove => Some(serde_json::Value::Null),
            EmailChange::Set(email) => {
                findings.take("/email", Email::try_from(email)).map(|email| email.as_str().into())
            }
        };
        let password =
            patch.password.map(|text| findings.take("/password", Password::of_length(text, least)));
        findings.finish(Some(()))?;
        let hash = match password.flatten() {
            Some(password) => Some(password.hash(scope.platform().rng()).await?),
            None => None,
        };
        let ends = hash.is_some() || patch.disabled == Some(true);
        let owned = Owned { email, verified: patch.verified, disabled: patch.disabled, roles: patch.roles };
        let system = scope.as_system("auth");
        let change = system.records(USERS)?.user_change(id, owned, Precondition::None)?;
        let audit = entry(&scope, Act::UserChanged, Some(id.as_uuid()), None)?;
        let (tenant, now) = (scope.tenant().id(), scope.platform().now());
        let users = scope.tenant().users().cloned().ok_or(UserError::OtherUsers)?;
        see_through(async move {
            let changed = scope
                .platform()
                .store()
                .write_again(scope.place(), Undo::Savepoint, move |tx| {
                    async move {
                        let changed = change.apply(tx).await?;
                        if let Some(hash) = hash {
                            set_password(tx, (tenant.as_uuid(), id.as_uuid()), hash, now.as_micros()).await?;
                            // Who was locked out by guessers gets in with the new one.
                            let user = UserRecord::find(tx, &users, &UserKey::Id(id)).await?;
                            if let Some(email) = user.and_then(|user| user.email) {
                                guard::absolve(tx, tenant, &email.to_lowercase(), None).await?;
                            }
                        }
                        if ends {
                            end_sessions(tx, tenant, id.as_uuid(), (None, None)).await?;
                        }
                        tx.insert(audit).await?;
                        Ok::<_, UserError>(changed)
                    }
                    .boxed()
                })
                .await
                .map(|(done, _)| done);
            scope.platform().forget_user(tenant, id.as_uuid());
            changed
        })
        .await
    }

    /// Gives the user who calls another password, and ends all their sessions but the one that calls.
    pub async fn change_password(&self, current: String, new: String) -> Result<(), UserError> {
        self.own()?;
        self.has_passwords()?;
        let least = self.tenant().auth().settings().password_min_length;
        let new = Password::of_length(new, least).map_err(|invalid| invalid.below("/new_password"))?;
        let (fresh, tried) = self.prove_password(current).await?;
        let hash = new.hash(self.platform().rng()).await?;
        let user = self.find_with_secret(UserKey::Id(RecordId::new(fresh.user()))).await?;
        let notice = match user.and_then(|(user, _)| user.email) {
            Some(email) if self.may_mail(&email).await? => {
                Some(self.notice(&email, TemplateName::PasswordChanged, None).await?)
            }
            _ => None,
        };
        self.replace_password(fresh, (hash, tried), notice).await
    }

    async fn replace_password(
        &self,
        fresh: Fresh,
        (hash, tried): (String, String),
        notice: Option<Outgoing>,
    ) -> Result<(), UserError> {
        let (id, session) = (RecordId::new(fresh.user()), fresh.session());
        let audit = entry(self, Act::PasswordChanged, Some(id.as_uuid()), None)?;
        let (tenant, now, address) = (self.tenant().id(), self.platform().now(), self.facts().ip());
        let scope = self.clone();
        see_through(async move {
            let changed = scope
                .write_with_mail::<_, StoreError, _>(move |tx| {
                    async move {
                        guard::absolve(tx, tenant, &tried, address).await?;
                        set_password(tx, (tenant.as_uuid(), id.as_uuid()), hash, now.as_micros()).await?;
                        end_sessions(tx, tenant, id.as_uuid(), (None, Some(session))).await?;
                        if let Some(notice) = notice {
                            notice.write(tx).await?;
                        }
                        tx.insert(audit).await
                    }
                    .boxed()
                })
                .await;
            scope.platform().forget_user(tenant, id.as_uuid());
            changed.map_err(UserError::from)
        })
        .await
    }

    /// The tenant's settings of auth.
    pub fn auth_settings(&self, _: &Permit<AuthRead>) -> AuthSettings {
        self.tenant().auth().settings().clone()
    }

    /// Changes the tenant's settings of auth.
    pub async fn change_auth_settings(
        &self,
        _: &Permit<AuthWrite>,
        change: impl FnOnce(AuthSettings) -> AuthSettings,
    ) -> Result<AuthSettings, UserError> {
        let settings = change(self.tenant().auth().settings().clone()).check()?;
        let value = serde_json::to_string(&settings).map_err(|error| StoreError::Fault(error.into()))?;
        let audit = entry(self, Act::SettingsChanged, None, Some(value.clone()))?;
        let (scope, tenant, now) = (self.clone(), self.tenant().id(), self.platform().now().as_micros());
        see_through(async move {
            let changed = scope
                .platform()
                .store()
                .write_again::<_, StoreError, _>(scope.place(), Undo::Savepoint, move |tx| {
                    async move {
                        use tenant_settings::{ActiveModel, Entity};
                        let id = (tenant.as_uuid(), SETTINGS.to_owned());
                        tx.delete(Entity::delete_by_id(id.clone())).await?;
                        let row = ActiveModel {
                            tenant_id: Set(id.0),
                            name: Set(id.1),
                            value: Set(value),
                            updated_at: Set(now),
                        };
                        tx.insert(row).await?;
                        tx.insert(audit).await?;
                        announce(tx, tenant, now).await
                    }
                    .boxed()
                })
                .await
                .map(|(done, _)| done);
            scope.platform().forget_tenant(tenant).await;
            changed?;
            Ok(settings)
        })
        .await
    }
}

/// Under which name tries at the password of a user who is signed in are counted.
pub(super) fn own_password(user: uuid::Uuid) -> String {
    format!("password of {user}")
}

/// Sets a user's password, the first or another.
pub(super) async fn set_password(
    tx: &mut Tx<'_>,
    (tenant, user): (uuid::Uuid, uuid::Uuid),
    hash: String,
    now: i64,
) -> Result<(), StoreError> {
    use user_secrets::{ActiveModel, Column, Entity};
    let update = Entity::update_many()
        .col_expr(Column::PasswordHash, hash.clone().into())
        .col_expr(Column::ChangedAt, now.into())
        .filter(Column::TenantId.eq(tenant))
        .filter(Column::UserId.eq(user));
    if tx.update(update).await? == 1 {
        return Ok(());
    }
    let row = ActiveModel {
        tenant_id: Set(tenant),
        user_id: Set(user),
        password_hash: Set(hash),
        changed_at: Set(now),
    };
    tx.insert(row).await
}
