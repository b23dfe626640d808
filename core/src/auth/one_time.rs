//! Secrets that are good once: links in mails, codes, what stands between two steps of a sign-in.
//!
//! A token is found by its digest; a code, which is short enough to be typed, belongs to the id of what asked for it,
//! and is tried a few times at most. What a secret stands for is sealed under the master key, so that whoever reads the
//! database learns neither. A secret is used up by deleting its row in the transaction that does what it is for: of
//! racers one deletes it.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::UserError;
use crate::access::TenantScope;
use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialKind};
use crate::dialect::Dialect;
use crate::ids::{OneTimeId, TenantId};
use crate::platform::Platform;
use crate::secrets::SecretError;
use crate::store::entities::one_time_secrets::{ActiveModel, Column, Entity, Model};
use crate::store::{StoreError, Tx};

/// How often a code may be tried.
const TRIES: i64 = 5;

/// What a secret is for. One that was made for something else is not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Purpose(pub(super) &'static str);

/// A secret to be made.
#[derive(Debug)]
pub(super) struct NewSecret<'p, P> {
    pub(super) purpose: Purpose,
    /// Whose it is, if that is known: it goes when they go.
    pub(super) user: Option<Uuid>,
    /// What it stands for.
    pub(super) payload: &'p P,
    pub(super) minutes: i64,
}

/// Whatever it stands for, which is only borrowed.
impl<P> Clone for NewSecret<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for NewSecret<'_, P> {}

/// A secret that is about to be written.
#[derive(Debug, Clone)]
pub(super) struct SecretRow(ActiveModel);

/// A secret as it was found.
#[derive(Debug)]
pub(super) struct Taken<P> {
    pub(super) id: OneTimeId,
    pub(super) user: Option<Uuid>,
    pub(super) payload: P,
}

/// A secret that waits to be used, as those see it who administer them.
#[derive(Debug)]
pub(super) struct Kept<P> {
    pub(super) taken: Taken<P>,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// A tenant's secrets that are good once.
#[derive(Clone)]
pub(super) struct OneTimeSecrets {
    platform: Platform,
    tenant: TenantId,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed<P> {
    code: Option<String>,
    payload: P,
}

impl TenantScope {
    /// The secrets of this tenant that are good once.
    pub(super) fn one_time(&self) -> OneTimeSecrets {
        OneTimeSecrets { platform: self.platform().clone(), tenant: self.tenant().id() }
    }
}

impl SecretRow {
    /// Writes it, and removes what is over.
    pub(super) async fn write(self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let (tenant, now) = (*self.0.tenant_id.as_ref(), *self.0.created_at.as_ref());
        let over =
            Entity::delete_many().filter(Column::TenantId.eq(tenant)).filter(Column::ExpiresAt.lte(now));
        tx.delete(over).await?;
        tx.insert(self.0).await
    }

    /// Its id.
    pub(super) fn id(&self) -> OneTimeId {
        OneTimeId::from_uuid(*self.0.id.as_ref())
    }

    /// The same of a user who is only known by now. One that is nobody's can be written and never used, where it is not
    /// to be seen that there is nobody.
    pub(super) fn of_user(mut self, user: Option<Uuid>) -> Self {
        self.0.user_id = Set(user);
        self
    }
}

impl OneTimeSecrets {
    /// A secret that is a token of its own, such as stands in a link.
    pub(super) fn token<P: Serialize>(
        &self,
        new: NewSecret<'_, P>,
    ) -> Result<(Credential, SecretRow), UserError> {
        let token = Credential::generate(CredentialKind::OneTime, self.platform.rng())?;
        let (_, row) = self.row(new, &token, None)?;
        Ok((token, row))
    }

    /// A code of six digits, and the id that it belongs to.
    pub(super) fn code<P: Serialize>(
        &self,
        new: NewSecret<'_, P>,
    ) -> Result<(OneTimeId, String, SecretRow), UserError> {
        let code = six_digits(&self.platform)?;
        // Nobody gets the token, so that the row is found by its id alone.
        let token = Credential::generate(CredentialKind::OneTime, self.platform.rng())?;
        let (id, row) = self.row(new, &token, Some(code.clone()))?;
        Ok((id, code, row))
    }

    fn row<P: Serialize>(
        &self,
        new: NewSecret<'_, P>,
        token: &Credential,
        code: Option<String>,
    ) -> Result<(OneTimeId, SecretRow), UserError> {
        let NewSecret { purpose, user, payload, minutes } = new;
        let (platform, now) = (&self.platform, self.platform.now());
        let id = OneTimeId::generate(platform.clock(), platform.rng())?;
        let plain =
            serde_json::to_vec(&Sealed { code, payload }).map_err(|error| StoreError::Fault(error.into()))?;
        let sealed = platform.master_key().seal(&self.context(id), &plain, platform.rng())?;
        let row = ActiveModel {
            tenant_id: Set(self.tenant.as_uuid()),
            id: Set(id.as_uuid()),
            purpose: Set(purpose.0.to_owned()),
            user_id: Set(user),
            digest: Set(token.digest().to_vec()),
            sealed: Set(sealed),
            tries: Set(0),
            created_at: Set(now.as_micros()),
            expires_at: Set(now.plus_seconds(minutes * 60).as_micros()),
        };
        Ok((id, SecretRow(row)))
    }

    /// Uses a token up and gives what it stands for, or `None` where it is unknown, over or used.
    pub(super) async fn take<P: DeserializeOwned>(
        &self,
        tx: &mut Tx<'_>,
        purpose: Purpose,
        token: &str,
    ) -> Result<Option<Taken<P>>, UserError> {
        let Some(found) = self.find(tx, purpose, token).await? else { return Ok(None) };
        Ok(self.use_up(tx, found.id).await?.then_some(found))
    }

    /// What a token stands for, which stays as it is: to be asked before work that is dear.
    pub(super) async fn look<P: DeserializeOwned>(
        &self,
        tx: &mut Tx<'_>,
        purpose: Purpose,
        token: &str,
    ) -> Result<Option<Taken<P>>, UserError> {
        self.find(tx, purpose, token).await
    }

    /// Whose the code of that id is; `None` where there is no such code.
    pub(super) async fn whose_code(
        &self,
        tx: &mut Tx<'_>,
        purpose: Purpose,
        id: OneTimeId,
    ) -> Result<Option<Uuid>, StoreError> {
        let row = tx.find(Entity::find_by_id((self.tenant.as_uuid(), id.as_uuid()))).await?;
        Ok(row.filter(|row| row.purpose == purpose.0).and_then(|row| row.user_id))
    }

    /// Whether the user has a secret of that purpose that was not used yet. Waits for whoever uses it at the moment.
    pub(super) async fn is_waiting(
        &self,
        tx: &mut Tx<'_>,
        user: Uuid,
        purpose: Purpose,
    ) -> Result<bool, StoreError> {
        let mut find = Entity::find()
            .filter(Column::TenantId.eq(self.tenant.as_uuid()))
            .filter(Column::UserId.eq(user))
            .filter(Column::Purpose.eq(purpose.0))
            .filter(Column::ExpiresAt.gt(self.platform.now().as_micros()));
        if tx.dialect() != Dialect::Sqlite {
            find = find.lock_exclusive();
        }
        Ok(tx.find(find).await?.is_some())
    }

    /// The same of a token that stays until it is [used up](Self::use_up), for who has to show something beside it. It
    /// counts a try: the transaction has to be committed even where what was shown is wrong.
    pub(super) async fn try_token<P: DeserializeOwned>(
        &self,
        tx: &mut Tx<'_>,
        purpose: Purpose,
        token: &str,
    ) -> Result<Option<Taken<P>>, UserError> {
        let Some(found) = self.find(tx, purpose, token).await? else { return Ok(None) };
        Ok(self.count_try(tx, found.id).await?.then_some(found))
    }

    /// Uses a code up and gives what it stands for, or `None` where it is wrong, over, used or tried too often. It
    /// counts a try: the transaction has to be committed even where the code is wrong.
    pub(super) async fn take_code<P: DeserializeOwned>(
        &self,
        tx: &mut Tx<'_>,
        purpose: Purpose,
        id: OneTimeId,
        code: &str,
    ) -> Result<Option<Taken<P>>, UserError> {
        if !self.count_try(tx, id).await? {
            return Ok(None);
        }
        let row = tx.find(Entity::find_by_id((self.tenant.as_uuid(), id.as_uuid()))).await?;
        let Some(row) = row.filter(|row| row.purpose == purpose.0) else { return Ok(None) };
        let (sent, taken) = self.open::<P>(&row)?;
        // Compared in a time that says nothing of where they differ.
        let right = sent.is_some_and(|sent| {
            aws_lc_rs::constant_time::verify_slices_are_equal(sent.as_bytes(), code.as_bytes()).is_ok()
        });
        Ok((right && self.use_up(tx, id).await?).then_some(taken))
    }

    /// Whether the secret was there until now, and is this caller's.
    pub(super) async fn use_up(&self, tx: &mut Tx<'_>, id: OneTimeId) -> Result<bool, StoreError> {
        Ok(tx.delete(Entity::delete_by_id((self.tenant.as_uuid(), id.as_uuid()))).await? == 1)
    }

    /// Takes a secret back; says whether it was there.
    pub(super) async fn revoke(
        &self,
        tx: &mut Tx<'_>,
        purpose: Purpose,
        id: OneTimeId,
    ) -> Result<bool, StoreError> {
        let own = Entity::delete_by_id((self.tenant.as_uuid(), id.as_uuid()));
        Ok(tx.delete(own.filter(Column::Purpose.eq(purpose.0))).await? == 1)
    }

    /// At most `limit` secrets of that purpose that were made before `before`, latest first: what they stand for, and by
    /// no means the secrets.
    pub(super) async fn list<P: DeserializeOwned>(
        &self,
        tx: &mut Tx<'_>,
        purpose: Purpose,
        before: Option<OneTimeId>,
        limit: u64,
    ) -> Result<Vec<Kept<P>>, UserError> {
        let mut select = Entity::find()
            .filter(Column::TenantId.eq(self.tenant.as_uuid()))
            .filter(Column::Purpose.eq(purpose.0))
            .filter(Column::ExpiresAt.gt(self.platform.now().as_micros()))
            .order_by_desc(Column::Id)
            .limit(limit);
        if let Some(before) = before {
            select = select.filter(Column::Id.lt(before.as_uuid()));
        }
        let time = |micros| Timestamp::from_micros(micros).unwrap_or(Timestamp::MIN);
        let kept = |row: Model| {
            let (created_at, expires_at) = (time(row.created_at), time(row.expires_at));
            Ok(Kept { taken: self.open(&row)?.1, created_at, expires_at })
        };
        tx.all(select).await?.into_iter().map(kept).collect()
    }

    /// Takes back what a user has of these, such as links to set a password when it was set.
    pub(super) async fn forget(
        &self,
        tx: &mut Tx<'_>,
        user: Uuid,
        purposes: &[Purpose],
    ) -> Result<(), StoreError> {
        forget(tx, self.tenant, user, purposes).await
    }

    /// What a token stands for, which is good for no less after that.
    pub(super) async fn find<P: DeserializeOwned>(
        &self,
        tx: &mut Tx<'_>,
        purpose: Purpose,
        token: &str,
    ) -> Result<Option<Taken<P>>, UserError> {
        let token = Credential::parse(token).filter(|token| token.kind() == CredentialKind::OneTime);
        let Some(token) = token else { return Ok(None) };
        let find = Entity::find()
            .filter(Column::TenantId.eq(self.tenant.as_uuid()))
            .filter(Column::Digest.eq(token.digest().to_vec()))
            .filter(Column::Purpose.eq(purpose.0))
            .filter(Column::ExpiresAt.gt(self.platform.now().as_micros()));
        let found = tx.find(find).await?;
        Ok(found.map(|row| self.open(&row)).transpose()?.map(|(_, taken)| taken))
    }

    /// Counts a try before it is made, so that racing tries count, too.
    async fn count_try(&self, tx: &mut Tx<'_>, id: OneTimeId) -> Result<bool, StoreError> {
        let count = Entity::update_many()
            .col_expr(Column::Tries, Expr::cust("tries + 1"))
            .filter(Column::TenantId.eq(self.tenant.as_uuid()))
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::Tries.lt(TRIES))
            .filter(Column::ExpiresAt.gt(self.platform.now().as_micros()));
        Ok(tx.update(count).await? == 1)
    }

    fn open<P: DeserializeOwned>(&self, row: &Model) -> Result<(Option<String>, Taken<P>), UserError> {
        let id = OneTimeId::from_uuid(row.id);
        let plain = self.platform.master_key().open(&self.context(id), &row.sealed)?;
        let Sealed { code, payload } =
            serde_json::from_slice(&plain).map_err(|error| StoreError::Fault(error.into()))?;
        Ok((code, Taken { id, user: row.user_id, payload }))
    }

    fn context(&self, id: OneTimeId) -> Vec<u8> {
        format!("one-time secret {id} of {}", self.tenant).into_bytes()
    }
}

/// Takes back what a user has of these.
pub(super) async fn forget(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: Uuid,
    purposes: &[Purpose],
) -> Result<(), StoreError> {
    let those = Entity::delete_many()
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::UserId.eq(user))
        .filter(Column::Purpose.is_in(purposes.iter().map(|purpose| purpose.0)));
    tx.delete(those).await.map(drop)
}

/// Takes back all that a user has, who is to be gone.
pub(super) async fn forget_all(tx: &mut Tx<'_>, tenant: TenantId, user: Uuid) -> Result<(), StoreError> {
    let own =
        Entity::delete_many().filter(Column::TenantId.eq(tenant.as_uuid())).filter(Column::UserId.eq(user));
    tx.delete(own).await.map(drop)
}

/// Six digits, each number as likely as the next.
fn six_digits(platform: &Platform) -> Result<String, SecretError> {
    /// The largest multiple of a million that fits: what lies beyond would make small numbers likelier.
    const FAIR: u32 = u32::MAX - u32::MAX % 1_000_000;
    loop {
        let mut bytes = [0; 4];
        platform.rng().fill(&mut bytes)?;
        let drawn = u32::from_be_bytes(bytes);
        if drawn < FAIR {
            return Ok(format!("{:06}", drawn % 1_000_000));
        }
    }
}
