//! Members as they are seen, changed and removed.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::authority::find_role;
use super::error::MemberError;
use super::role::{BuiltIn, Role};
use crate::access::{MembersRead, MembersWrite, Permit, TenantScope};
use crate::accounts::{Act, find_email_of};
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::ids::{AccountId, TenantId};
use crate::platform::see_through;
use crate::store::entities::members::{Column, Entity, Model};
use crate::store::entities::{accounts, tenant_invitations};
use crate::store::{Place, StoreError, Tx};

/// Members that a tenant has at most, open invitations among them.
pub const MOST_MEMBERS: u64 = 200;

/// An account's place in a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: AccountId,
    /// Its address.
    pub email: String,
    /// Its role.
    pub role: String,
    /// Since when.
    pub created_at: Timestamp,
}

impl Member {
    fn new(row: Model, email: String) -> Self {
        Self {
            account: AccountId::from_uuid(row.account_id),
            email,
            role: row.role,
            created_at: Timestamp::from_micros(row.created_at).unwrap_or(Timestamp::MIN),
        }
    }
}

impl TenantScope {
    /// The tenant's members, by address.
    pub async fn members(&self, _: &Permit<MembersRead>) -> Result<Vec<Member>, MemberError> {
        let tenant = self.tenant().id();
        let (rows, accounts) = self
            .platform()
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move {
                    let rows = tx.all(Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))).await?;
                    let ids = rows.iter().map(|row| row.account_id);
                    let those = accounts::Entity::find()
                        .filter(accounts::Column::Id.is_in(ids))
                        .order_by_asc(accounts::Column::EmailKey);
                    let accounts = if rows.is_empty() { Vec::new() } else { tx.all(those).await? };
                    Ok((rows, accounts))
                }
                .boxed()
            })
            .await?;
        let member = |account: accounts::Model| {
            let row = rows.iter().find(|row| row.account_id == account.id)?;
            Some(Member::new(row.clone(), account.email))
        };
        Ok(accounts.into_iter().filter_map(member).collect())
    }

    /// Gives a member another role.
    pub async fn change_member(
        &self,
        _: &Permit<MembersWrite>,
        account: AccountId,
        role: String,
    ) -> Result<Member, MemberError> {
        let scope = self.clone();
        self.change_members(move |tx| {
            async move {
                let authority = scope.begin_change(tx).await?;
                let tenant = scope.tenant().id();
                let mut row = member(tx, tenant, account).await?;
                let after = find_role(tx, tenant, &role).await?.ok_or(MemberError::NoRole)?;
                let (email, _) = find_email_of(tx, account).await?.ok_or(MemberError::NoMember)?;
                if row.role == after.name {
                    return Ok(Member::new(row, email));
                }
                let before = role_of(tx, tenant, &row.role).await?;
                authority.over(&before)?;
                authority.over(&after)?;
                keep_an_owner(tx, tenant, &before).await?;
                let update = Entity::update_many()
                    .col_expr(Column::Role, after.name.clone().into())
                    .filter(Column::TenantId.eq(tenant.as_uuid()))
                    .filter(Column::AccountId.eq(account.as_uuid()));
                tx.update(update).await?;
                revoke_invitations_of(tx, tenant, account).await?;
                let details = Some(format!("{} {}", before.name, after.name));
                tx.insert(scope.member_entry(Act::MemberChanged, account.to_string(), details)?).await?;
                row.role = after.name;
                Ok(Member::new(row, email))
            }
            .boxed()
        })
        .await
    }

    /// Ends a membership. What the member has invited others to ends with it.
    pub async fn remove_member(
        &self,
        _: &Permit<MembersWrite>,
        account: AccountId,
    ) -> Result<(), MemberError> {
        let scope = self.clone();
        self.change_members(move |tx| {
            async move {
                let authority = scope.begin_change(tx).await?;
                let tenant = scope.tenant().id();
                let row = member(tx, tenant, account).await?;
                let role = role_of(tx, tenant, &row.role).await?;
                authority.over(&role)?;
                keep_an_owner(tx, tenant, &role).await?;
                tx.delete(Entity::delete_by_id((tenant.as_uuid(), account.as_uuid()))).await?;
                revoke_invitations_of(tx, tenant, account).await?;
                let details = Some(role.name);
                Ok(tx.insert(scope.member_entry(Act::MemberRemoved, account.to_string(), details)?).await?)
            }
            .boxed()
        })
        .await
    }

    /// Changes what decides who may do what in the tenant, and sees to it that it counts at once.
    pub(super) async fn change_members<T, W>(&self, work: W) -> Result<T, MemberError>
    where
        T: Send + 'static,
        W: for<'a, 'c> FnOnce(&'a mut Tx<'c>) -> BoxFuture<'a, Result<T, MemberError>>
            + Clone
            + Send
            + 'static,
    {
        let (platform, tenant) = (self.platform().clone(), self.tenant().id());
        see_through(async move {
            let changed = platform.store().write_again(Place::Control, Undo::Savepoint, work).await;
            platform.forget_tenant(tenant).await;
            changed.map(|(done, _)| done)
        })
        .await
    }
}

async fn member(tx: &mut Tx<'_>, tenant: TenantId, account: AccountId) -> Result<Model, MemberError> {
    let found = tx.find(Entity::find_by_id((tenant.as_uuid(), account.as_uuid()))).await?;
    found.ok_or(MemberError::NoMember)
}

/// A member's role. One that is not there allows nothing.
async fn role_of(tx: &mut Tx<'_>, tenant: TenantId, name: &str) -> Result<Role, StoreError> {
    let found = find_role(tx, tenant, name).await?;
    Ok(found.unwrap_or_else(|| Role {
        name: name.to_owned(),
        description: String::new(),
        permissions: crate::access::ScopeSet::default(),
        created_at: None,
    }))
}

/// Refuses what would take the tenant its last owner, where somebody of that role is about to lose it.
async fn keep_an_owner(tx: &mut Tx<'_>, tenant: TenantId, lost: &Role) -> Result<(), MemberError> {
    if !lost.is_owner() {
        return Ok(());
    }
    let owners = Entity::find()
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Role.eq(BuiltIn::Owner.as_str()));
    if tx.all(owners).await?.len() > 1 { Ok(()) } else { Err(MemberError::LastOwner) }
}

/// Takes back what somebody has invited others to who may not do so any more: else they would come back by it.
async fn revoke_invitations_of(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    account: AccountId,
) -> Result<(), StoreError> {
    use tenant_invitations::{Column, Entity};
    let own = Entity::delete_many()
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::InvitedBy.eq(account.as_uuid()));
    tx.delete(own).await.map(drop)
}

/// How many places of the tenant are taken, by members and by open invitations.
pub(super) async fn places_taken(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    use tenant_invitations::{Column as Invited, Entity as Invitations};
    let own: Uuid = tenant.as_uuid();
    let members = tx.all(Entity::find().filter(Column::TenantId.eq(own))).await?.len();
    let open =
        Invitations::find().filter(Invited::TenantId.eq(own)).filter(Invited::ExpiresAt.gt(now.as_micros()));
    let taken = members + tx.all(open).await?.len();
    Ok(u64::try_from(taken).unwrap_or(u64::MAX))
}
