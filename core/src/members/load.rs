//! A tenant's members as requests see them: with the tenant's state, in memory.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::role::BuiltIn;
use crate::access::ScopeSet;
use crate::ids::{AccountId, TenantId};
use crate::store::entities::{member_roles, members, tenant_invitations};
use crate::store::{Place, Store, StoreError, Tx};

/// Who is a member of a tenant, and as what.
#[derive(Debug, Default)]
pub(crate) struct Members(HashMap<AccountId, Membership>);

/// A member's place.
#[derive(Debug)]
pub(crate) struct Membership {
    pub(crate) role: Arc<str>,
    /// What the role allows.
    pub(crate) scopes: ScopeSet,
}

impl Members {
    /// As they are now.
    pub(crate) async fn load(store: &Store, tenant: TenantId) -> Result<Self, StoreError> {
        let id = tenant.as_uuid();
        let (rows, own) = store
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move {
                    let all = members::Entity::find().filter(members::Column::TenantId.eq(id));
                    let rows = tx.all(all).await?;
                    let own = member_roles::Entity::find().filter(member_roles::Column::TenantId.eq(id));
                    Ok((rows, tx.all(own).await?))
                }
                .boxed()
            })
            .await?;
        let scopes_of = |name: &str| match BuiltIn::named(name) {
            Some(role) => role.scopes(),
            // A role that is not there allows nothing.
            None => own
                .iter()
                .find(|role| role.name == name)
                .map_or_else(ScopeSet::default, |role| ScopeSet::stored(&role.permissions)),
        };
        let place = |row: members::Model| {
            let scopes = scopes_of(&row.role);
            (AccountId::from_uuid(row.account_id), Membership { role: row.role.into(), scopes })
        };
        Ok(Self(rows.into_iter().map(place).collect()))
    }

    /// An account's place, if it has one.
    pub(crate) fn of(&self, account: AccountId) -> Option<&Membership> {
        self.0.get(&account)
    }
}

/// Removes all that the control database has of a tenant's members, which is to be gone. What was done with them stays in
/// the audit log.
pub(crate) async fn forget(tx: &mut Tx<'_>, tenant: TenantId) -> Result<(), StoreError> {
    let tenant = tenant.as_uuid();
    let invitations = tenant_invitations::Entity::delete_many();
    tx.delete(invitations.filter(tenant_invitations::Column::TenantId.eq(tenant))).await?;
    let all = members::Entity::delete_many().filter(members::Column::TenantId.eq(tenant));
    tx.delete(all).await?;
    let roles = member_roles::Entity::delete_many().filter(member_roles::Column::TenantId.eq(tenant));
    tx.delete(roles).await.map(drop)
}
