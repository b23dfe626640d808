//! What whoever calls may give and take, as it is in the transaction of the change.

use sea_orm::EntityTrait as _;

use super::error::MemberError;
use super::role::{BuiltIn, Role, is_name};
use crate::access::{Actor, Denied, MembersWrite, Permission as _, ScopeSet, TenantScope};
use crate::accounts::{Act, Entry};
use crate::ids::TenantId;
use crate::store::entities::{member_roles, members, platform_audit};
use crate::store::{StoreError, Tx};
use crate::tenants::announce;

/// What somebody may give and take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Authority {
    scopes: ScopeSet,
    /// Whether they make owners, and stop them.
    owner: bool,
}

impl Authority {
    /// Whether they may give that role, or take it from somebody.
    pub(super) fn over(self, role: &Role) -> Result<(), MemberError> {
        if role.is_owner() && !self.owner {
            return Err(MemberError::OwnerNeeded);
        }
        self.over_scopes(role.permissions)
    }

    /// The same of permissions.
    pub(super) const fn over_scopes(self, scopes: ScopeSet) -> Result<(), MemberError> {
        if self.scopes.covers(scopes) { Ok(()) } else { Err(MemberError::BeyondOwnScopes) }
    }
}

impl TenantScope {
    /// Begins a change of the tenant's members, which waits for others of that kind, and says what whoever calls may. What
    /// a member may was looked up when the request came in, and may be something else by now.
    pub(super) async fn begin_change(&self, tx: &mut Tx<'_>) -> Result<Authority, MemberError> {
        let tenant = self.tenant().id();
        announce(tx, tenant, self.platform().now().as_micros()).await?;
        let authority = match self.actor() {
            Actor::Operator { .. } | Actor::System(_) => Authority { scopes: ScopeSet::all(), owner: true },
            Actor::Member { account, scopes, .. } => {
                let find = members::Entity::find_by_id((tenant.as_uuid(), account.as_uuid()));
                let now = match tx.find(find).await? {
                    Some(row) => find_role(tx, tenant, &row.role).await?,
                    None => None,
                };
                let now = now.ok_or(Denied { needs: MembersWrite::NAME })?;
                Authority { scopes: now.permissions.and(*scopes), owner: now.is_owner() }
            }
            Actor::Key { scopes, .. } => Authority { scopes: *scopes, owner: false },
            Actor::Account { .. } | Actor::User { .. } | Actor::Anonymous { .. } => {
                Authority { scopes: ScopeSet::default(), owner: false }
            }
        };
        if authority.scopes.has::<MembersWrite>() {
            return Ok(authority);
        }
        Err(Denied { needs: MembersWrite::NAME }.into())
    }

    /// An entry of the platform's audit log for an act in this tenant.
    pub(super) fn member_entry(
        &self,
        act: Act,
        subject: String,
        details: Option<String>,
    ) -> Result<platform_audit::ActiveModel, MemberError> {
        let (actor, tenant) = (self.actor().to_string(), Some(self.tenant().id()));
        let entry = Entry { act, actor, tenant, subject: Some(subject), details };
        Ok(entry.row(self.platform(), Some(self.facts()))?)
    }
}

/// The role of that name, of the server's or of the tenant's own.
pub(super) async fn find_role(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    name: &str,
) -> Result<Option<Role>, StoreError> {
    if let Some(role) = BuiltIn::named(name) {
        return Ok(Some(role.into()));
    }
    // What can be no name is nobody's, and is not asked for: Postgres takes some of it for no text at all.
    if !is_name(name) {
        return Ok(None);
    }
    let own = member_roles::Entity::find_by_id((tenant.as_uuid(), name.to_owned()));
    Ok(tx.find(own).await?.map(Role::from))
}
