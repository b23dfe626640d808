//! What is done with keys, by operators and by secret keys that may.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::model::{Key, NewKey, micros};
use crate::access::{Denied, KeysRead, KeysWrite, Permit, ScopeSet, TenantScope};
use crate::auth::{Act, audit_entry_about};
use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialDigest, CredentialKind};
use crate::engine::Undo;
use crate::idempotency::{KeyReused, Once, Outcome};
use crate::ids::KeyId;
use crate::keys::KeyKind;
use crate::platform::see_through;
use crate::rng::RandomnessUnavailable;
use crate::secrets::SecretError;
use crate::store::entities::{api_key_index, api_keys};
use crate::store::{Dialect, Place, StoreError, Tx};
use crate::version::{Precondition, PreconditionFailed};

/// A new key, and the only sight of it.
#[derive(Debug)]
pub struct MadeKey {
    /// The key.
    pub key: Key,
    /// What the client is to present.
    pub credential: Credential,
}

/// One page of keys, oldest first.
#[derive(Debug, Clone)]
pub struct KeyPage {
    /// The keys.
    pub items: Vec<Key>,
    /// The last one's id, where more follow.
    pub next: Option<KeyId>,
}

/// What can come of a wish about keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no such key in this tenant.
    #[error("there is no such key")]
    NotFound,
    /// The key is revoked, expired or replaced already.
    #[error("the key is not in use any more, so it cannot be rotated")]
    NotInUse,
    /// A key cannot give away more than it has.
    #[error("a key cannot make another with scopes that it has not itself")]
    BeyondOwnScopes,
    /// The key is not the one that the client has seen.
    #[error("the key has changed since it was read")]
    PreconditionFailed(#[from] PreconditionFailed),
    /// The permission is missing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The idempotency key was used for something else.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// A kept answer could not be sealed or opened.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TenantScope {
    /// Makes a key.
    pub async fn create_key(
        &self,
        _: &Permit<KeysWrite>,
        new: NewKey,
        once: Option<Once<MadeKey>>,
    ) -> Result<Outcome<MadeKey>, KeyError> {
        if !self.actor().scopes().covers(new.scopes) {
            return Err(KeyError::BeyondOwnScopes);
        }
        see_through(self.clone().insert_key(new, None, once)).await
    }

    /// Makes a key in place of another, which goes on working for `overlap_seconds`.
    pub async fn rotate_key(
        &self,
        _: &Permit<KeysWrite>,
        id: KeyId,
        overlap_seconds: i64,
        once: Option<Once<MadeKey>>,
    ) -> Result<Outcome<MadeKey>, KeyError> {
        let old = self.find_key(id).await?.ok_or(KeyError::NotFound)?;
        if !self.actor().scopes().covers(old.scopes) {
            return Err(KeyError::BeyondOwnScopes);
        }
        let new = NewKey { name: old.name, kind: old.kind, scopes: old.scopes, expires_at: old.expires_at };
        see_through(self.clone().insert_key(new, Some((id, overlap_seconds)), once)).await
    }

    /// Refuses a key from now on. Doing it again changes nothing.
    pub async fn revoke_key(
        &self,
        _: &Permit<KeysWrite>,
        id: KeyId,
        precondition: Precondition,
    ) -> Result<(), KeyError> {
        see_through(self.clone().mark_revoked(id, precondition)).await
    }

    /// The key of that id.
    pub async fn key(&self, _: &Permit<KeysRead>, id: KeyId) -> Result<Key, KeyError> {
        self.find_key(id).await?.ok_or(KeyError::NotFound)
    }

    /// A page of at most `limit` keys that follow `after`, revoked ones too.
    pub async fn keys(
        &self,
        _: &Permit<KeysRead>,
        after: Option<KeyId>,
        limit: u64,
    ) -> Result<KeyPage, KeyError> {
        let tenant = self.tenant().id().as_uuid();
        let mut rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| {
                async move {
                    let mut select = api_keys::Entity::find()
                        .filter(api_keys::Column::TenantId.eq(tenant))
                        .order_by_asc(api_keys::Column::Id)
                        .limit(limit + 1);
                    if let Some(after) = after {
                        select = select.filter(api_keys::Column::Id.gt(after.as_uuid()));
                    }
                    tx.all(select).await
                }
                .boxed()
            })
            .await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let items: Vec<Key> = rows.into_iter().map(Key::from).collect();
        let next = items.last().filter(|_| more).map(|key| key.id);
        Ok(KeyPage { items, next })
    }

    async fn mark_revoked(self, id: KeyId, precondition: Precondition) -> Result<(), KeyError> {
        let (tenant, now) = (self.tenant().id(), self.platform().now());
        let audit = audit_entry_about(&self, Act::ApiKeyRevoked, Some(id.to_string()), None)?;
        let digest = self
            .platform()
            .store()
            .write(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    let mut own = api_keys::Entity::find_by_id((tenant.as_uuid(), id.as_uuid()));
                    if tx.dialect() != Dialect::Sqlite {
                        own = own.lock_exclusive();
                    }
                    let row = tx.find(own).await?.ok_or(KeyError::NotFound)?;
                    let digest = row.digest.clone();
                    precondition.check(Some(Key::from(row).etag()))?;
                    let update = own_key(tenant.as_uuid(), id)
                        .col_expr(api_keys::Column::RevokedAt, now.as_micros().into())
                        .filter(api_keys::Column::RevokedAt.is_null());
                    if tx.update(update).await? > 0 {
                        tx.insert(audit).await?;
                    }
                    Ok::<_, KeyError>(digest)
                }
                .boxed()
            })
            .await?;
        self.forget(&digest).await;
        // What no longer leads to its tenant is refused without waking it, and whatever becomes of it.
        if let Ok(digest) = digest.try_into() {
            self.unindex(digest).await?;
        }
        Ok(())
    }

    async fn find_key(&self, id: KeyId) -> Result<Option<Key>, StoreError> {
        let tenant = self.tenant().id().as_uuid();
        let found = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| {
                async move { tx.find(api_keys::Entity::find_by_id((tenant, id.as_uuid()))).await }.boxed()
            })
            .await?;
        Ok(found.map(Key::from))
    }

    /// The kept answer of a repetition holds the secret, so it is kept sealed.
    async fn insert_key(
        self,
        new: NewKey,
        replaces: Option<(KeyId, i64)>,
        once: Option<Once<MadeKey>>,
    ) -> Result<Outcome<MadeKey>, KeyError> {
        let platform = self.platform().clone();
        let (tenant, place, now) = (self.tenant().id(), self.place(), platform.now());
        let made = make(&new, KeyId::generate(platform.clock(), platform.rng())?, now, platform.rng())?;
        let digest = made.credential.digest();
        self.index(&made, digest).await?;
        let answer = match &once {
            Some(once) => {
                let plain = (once.render)(&made);
                Some((
                    platform.master_key().seal(once.key.digest(), &plain, platform.rng())?,
                    once.key.clone(),
                ))
            }
            None => None,
        };
        let row = row(tenant.as_uuid(), &made.key, digest);
        let id = made.key.id.to_string();
        let (act, subject, details) = match replaces {
            Some((old, _)) => (Act::ApiKeyRotated, old.to_string(), id),
            None => (Act::ApiKeyCreated, id, made.key.name.clone()),
        };
        let audit = audit_entry_about(&self, act, Some(subject), Some(details))?;
        let replayed = platform
            .store()
            .write(place, Undo::Savepoint, move |tx| {
                async move {
                    if let Some((_, key)) = &answer
                        && let Some(body) = key.take::<KeyError>(tx, place, now).await?
                    {
                        return Ok::<_, KeyError>(Some(body));
                    }
                    if let Some((old, overlap)) = replaces {
                        replace(
                            tx,
                            tenant.as_uuid(),
                            old,
                            KeyId::from_uuid(*row.id.as_ref()),
                            (now, overlap),
                        )
                        .await?;
                    }
                    tx.insert(row).await?;
                    tx.insert(audit).await?;
                    if let Some((sealed, key)) = answer {
                        key.keep(tx, place, sealed).await?;
                    }
                    Ok(None)
                }
                .boxed()
            })
            .await;
        let kept = replayed.as_ref().is_ok_and(Option::is_none);
        if !kept {
            self.unindex(digest).await?;
        }
        if let (Some(sealed), Some(once)) = (replayed?, once) {
            let plain = platform.master_key().open(once.key.digest(), &sealed)?;
            return Ok(Outcome::Replayed(plain));
        }
        self.forget_replaced(replaces).await?;
        Ok(Outcome::Fresh(made))
    }

    async fn index(&self, made: &MadeKey, digest: CredentialDigest) -> Result<(), StoreError> {
        let index = api_key_index::ActiveModel {
            digest: Set(digest.to_vec()),
            tenant_id: Set(self.tenant().id().as_uuid()),
            key_id: Set(made.key.id.as_uuid()),
        };
        let store = self.platform().store();
        store.write(Place::Control, Undo::None, move |tx| async move { tx.insert(index).await }.boxed()).await
    }

    async fn unindex(&self, digest: CredentialDigest) -> Result<(), StoreError> {
        let delete = api_key_index::Entity::delete_by_id(digest.to_vec());
        let store = self.platform().store();
        store
            .write::<_, StoreError, _>(Place::Control, Undo::None, move |tx| {
                async move { tx.delete(delete).await.map(drop) }.boxed()
            })
            .await
    }

    /// The replaced key has a new expiry, which the cache does not know.
    async fn forget_replaced(&self, replaces: Option<(KeyId, i64)>) -> Result<(), StoreError> {
        let Some((old, _)) = replaces else { return Ok(()) };
        let tenant = self.tenant().id().as_uuid();
        let found = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| {
                async move { tx.find(api_keys::Entity::find_by_id((tenant, old.as_uuid()))).await }.boxed()
            })
            .await?;
        if let Some(row) = found {
            self.forget(&row.digest).await;
        }
        Ok(())
    }

    async fn forget(&self, digest: &[u8]) {
        if let Ok(digest) = digest.try_into() {
            self.platform().forget_credential(digest).await;
        }
    }
}

fn make(
    new: &NewKey,
    id: KeyId,
    now: Timestamp,
    rng: &dyn crate::rng::Rng,
) -> Result<MadeKey, RandomnessUnavailable> {
    let kind = match new.kind {
        KeyKind::Publishable => CredentialKind::Publishable,
        KeyKind::Secret => CredentialKind::Secret,
    };
    let credential = Credential::generate(kind, rng)?;
    let key = Key {
        id,
        name: new.name.clone(),
        kind: new.kind,
        hint: credential.hint().to_owned(),
        scopes: new.scopes,
        created_at: now,
        expires_at: new.expires_at,
        revoked_at: None,
        last_used_at: None,
        replaced_by: None,
    };
    Ok(MadeKey { key, credential })
}

fn row(tenant: uuid::Uuid, key: &Key, digest: CredentialDigest) -> api_keys::ActiveModel {
    api_keys::ActiveModel {
        tenant_id: Set(tenant),
        id: Set(key.id.as_uuid()),
        name: Set(key.name.clone()),
        kind: Set(key.kind.as_str().to_owned()),
        digest: Set(digest.to_vec()),
        hint: Set(key.hint.clone()),
        scopes: Set(ScopeSet::names(key.scopes).join(" ")),
        created_at: Set(key.created_at.as_micros()),
        expires_at: Set(micros(key.expires_at)),
        revoked_at: Set(None),
        last_used_at: Set(None),
        replaced_by: Set(None),
    }
}

/// Marks a key as replaced, if it is in use: a condition of the update, so that of two rotations one succeeds.
async fn replace(
    tx: &mut Tx<'_>,
    tenant: uuid::Uuid,
    old: KeyId,
    new: KeyId,
    (now, overlap): (Timestamp, i64),
) -> Result<(), KeyError> {
    use api_keys::Column;
    let until = now.plus_seconds(overlap).as_micros();
    let in_use = Column::ExpiresAt.is_null().or(Column::ExpiresAt.gt(now.as_micros()));
    let update = own_key(tenant, old)
        .col_expr(Column::ReplacedBy, new.as_uuid().into())
        .filter(Column::ReplacedBy.is_null())
        .filter(Column::RevokedAt.is_null())
        .filter(in_use);
    if tx.update(update).await? == 0 {
        return Err(KeyError::NotInUse);
    }
    // Never later than the key would have expired anyway.
    let sooner = own_key(tenant, old)
        .col_expr(Column::ExpiresAt, until.into())
        .filter(Column::ExpiresAt.is_null().or(Column::ExpiresAt.gt(until)));
    tx.update(sooner).await?;
    Ok(())
}

fn own_key(tenant: uuid::Uuid, id: KeyId) -> sea_orm::UpdateMany<api_keys::Entity> {
    api_keys::Entity::update_many()
        .filter(api_keys::Column::TenantId.eq(tenant))
        .filter(api_keys::Column::Id.eq(id.as_uuid()))
}
