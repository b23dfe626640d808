//! Accounts as they are made and seen.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::MadeReset;
use super::audit::{Act, Entry};
use super::error::AccountError;
use super::password::reset_row;
use super::setup::{Email, end_links};
use crate::access::AccountScope;
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::ids::{AccountId, TenantId};
use crate::platform::Platform;
use crate::store::entities::{accounts, members, tenants};
use crate::store::{StoreError, Tx};

/// An account, as it sees itself.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its address.
    pub email: String,
    /// Whether it runs the platform.
    pub operator: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Where it is a member, by slug.
    pub places: Vec<Place>,
}

/// An account's place in a tenant.
#[derive(Debug, Clone)]
pub struct Place {
    /// The tenant.
    pub tenant: TenantId,
    /// Its slug.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// The account's role there.
    pub role: String,
}

/// An account to be made on the machine itself.
#[derive(Debug)]
pub struct NewAccount {
    /// To sign in with.
    pub email: Email,
    /// Whether it is to run the platform.
    pub operator: bool,
}

impl Platform {
    /// Makes an account without a password, and what its owner sets one with. Only who holds the databases can call
    /// this.
    pub async fn create_account(&self, new: NewAccount) -> Result<(AccountId, MadeReset), AccountError> {
        let now = self.now();
        let (id, operator) = (AccountId::generate(self.clock(), self.rng())?, new.operator);
        let row = account_row(id, new.email, String::new(), operator, now);
        let (reset, made) = reset_row(self, id)?;
        let details = operator.then(|| "operator".to_owned());
        let audit = machine(Act::Created, id, details).row(self, None)?;
        self.store()
            .write::<_, AccountError, _>(crate::store::Place::Control, Undo::Savepoint, move |tx| {
                async move {
                    tx.insert(row).await.map_err(|error| match error {
                        StoreError::Unique { .. } => AccountError::EmailTaken,
                        error => AccountError::Store(error),
                    })?;
                    if operator {
                        end_links(tx, now.as_micros()).await?;
                    }
                    tx.insert(reset).await?;
                    Ok(tx.insert(audit).await?)
                }
                .boxed()
            })
            .await?;
        Ok((id, made))
    }
}

impl AccountScope {
    /// The account, with the tenants of which it is a member.
    pub async fn account(&self) -> Result<Account, AccountError> {
        let id = self.id();
        let found = self
            .platform()
            .store()
            .read::<_, StoreError, _>(crate::store::Place::Control, move |tx| {
                async move {
                    let Some(account) = tx.find(accounts::Entity::find_by_id(id.as_uuid())).await? else {
                        return Ok(None);
                    };
                    Ok(Some((account, places(tx, id).await?)))
                }
                .boxed()
            })
            .await?;
        let (row, places) = found.ok_or(AccountError::NoAccount)?;
        Ok(Account {
            id,
            email: row.email,
            operator: row.operator,
            created_at: Timestamp::from_micros(row.created_at).unwrap_or(Timestamp::MIN),
            places,
        })
    }
}

/// Where an account is a member. A deleted tenant is none.
async fn places(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<Place>, StoreError> {
    let own = members::Entity::find().filter(members::Column::AccountId.eq(account.as_uuid()));
    let own = tx.all(own).await?;
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let those = tenants::Entity::find()
        .filter(tenants::Column::Id.is_in(own.iter().map(|member| member.tenant_id)))
        .filter(tenants::Column::DeleteAfter.is_null())
        .order_by_asc(tenants::Column::Slug);
    let place = |tenant: tenants::Model| {
        let member = own.iter().find(|member| member.tenant_id == tenant.id)?;
        let (slug, name, role) = (tenant.slug, tenant.name, member.role.clone());
        Some(Place { tenant: TenantId::from_uuid(tenant.id), slug, name, role })
    };
    Ok(tx.all(those).await?.into_iter().filter_map(place).collect())
}

/// The row of a new account. Without a hash nobody signs in to it before a password is set.
pub(crate) fn account_row(
    id: AccountId,
    email: Email,
    password_hash: String,
    operator: bool,
    now: Timestamp,
) -> accounts::ActiveModel {
    accounts::ActiveModel {
        id: Set(id.as_uuid()),
        email_key: Set(email.key()),
        email: Set(email.into()),
        password_hash: Set(password_hash),
        operator: Set(operator),
        disabled_at: Set(None),
        created_at: Set(now.as_micros()),
    }
}

/// The account of an address in lower case.
pub(crate) async fn find_by_email(tx: &mut Tx<'_>, key: &str) -> Result<Option<accounts::Model>, StoreError> {
    tx.find(accounts::Entity::find().filter(accounts::Column::EmailKey.eq(key))).await
}

/// The address of an account, as it was typed and in lower case.
pub(crate) async fn find_email_of(
    tx: &mut Tx<'_>,
    account: AccountId,
) -> Result<Option<(String, String)>, StoreError> {
    let found = tx.find(accounts::Entity::find_by_id(account.as_uuid())).await?;
    Ok(found.map(|row| (row.email, row.email_key)))
}

/// An entry of what is done on the machine itself.
pub(super) fn machine(act: Act, account: AccountId, details: Option<String>) -> Entry {
    let (actor, subject) = ("system:machine".to_owned(), Some(account.to_string()));
    Entry { act, actor, tenant: None, subject, details }
}
