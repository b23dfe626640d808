//! A tenant's own roles: made, seen, changed, removed.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::authority::find_role;
use super::error::MemberError;
use super::role::{BuiltIn, NewRole, Role, RolePatch};
use crate::access::{MembersRead, MembersWrite, Permit, TenantScope};
use crate::accounts::Act;
use crate::clock::Timestamp;
use crate::ids::TenantId;
use crate::store::entities::member_roles::{ActiveModel, Column, Entity};
use crate::store::entities::{members, tenant_invitations};
use crate::store::{Place, StoreError, Tx};

/// Roles of its own that a tenant has at most.
const MOST: u64 = 50;

impl TenantScope {
    /// The roles that a member may have: those of the server, then the tenant's own by name.
    pub async fn roles(&self, _: &Permit<MembersRead>) -> Result<Vec<Role>, MemberError> {
        let own = own(self.tenant().id());
        let rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| async move { tx.all(own).await }.boxed())
            .await?;
        let built_in = BuiltIn::ALL.into_iter().map(Role::from);
        Ok(built_in.chain(rows.into_iter().map(Role::from)).collect())
    }

    /// The role of that name.
    pub async fn role(&self, _: &Permit<MembersRead>, name: String) -> Result<Role, MemberError> {
        let tenant = self.tenant().id();
        let found = self
            .platform()
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move { find_role(tx, tenant, &name).await }.boxed()
            })
            .await?;
        found.ok_or(MemberError::NoRole)
    }

    /// Makes a role of what whoever calls may do themselves.
    pub async fn create_role(&self, _: &Permit<MembersWrite>, new: NewRole) -> Result<Role, MemberError> {
        let scope = self.clone();
        self.change_members(move |tx| {
            async move {
                let authority = scope.begin_change(tx).await?;
                authority.over_scopes(new.permissions)?;
                let (tenant, now) = (scope.tenant().id(), scope.platform().now());
                let rows = tx.all(own(tenant)).await?;
                if rows.iter().any(|row| row.name == new.name) {
                    return Err(MemberError::RoleTaken);
                }
                if u64::try_from(rows.len()).unwrap_or(MOST) >= MOST {
                    return Err(MemberError::TooManyRoles { most: MOST });
                }
                let permissions = new.permissions.names().join(" ");
                let row = ActiveModel {
                    tenant_id: Set(tenant.as_uuid()),
                    name: Set(new.name.clone()),
                    description: Set(new.description.clone()),
                    permissions: Set(permissions.clone()),
                    created_at: Set(now.as_micros()),
                    updated_at: Set(now.as_micros()),
                };
                tx.insert(row).await?;
                let entry = scope.member_entry(Act::RoleCreated, new.name.clone(), Some(permissions))?;
                tx.insert(entry).await?;
                let NewRole { name, description, permissions } = new;
                Ok(Role { name, description, permissions, created_at: Some(now) })
            }
            .boxed()
        })
        .await
    }

    /// Changes a role of the tenant's own. Whoever has it may from now on what it says.
    pub async fn update_role(
        &self,
        _: &Permit<MembersWrite>,
        name: String,
        patch: RolePatch,
    ) -> Result<Role, MemberError> {
        let scope = self.clone();
        self.change_members(move |tx| {
            async move {
                let authority = scope.begin_change(tx).await?;
                let (tenant, now) = (scope.tenant().id(), scope.platform().now());
                let mut role = own_role(tx, tenant, &name).await?;
                // Neither what it allows nor what it is to allow may be more than they have.
                authority.over_scopes(role.permissions)?;
                if let Some(permissions) = patch.permissions {
                    authority.over_scopes(permissions)?;
                    role.permissions = permissions;
                }
                if let Some(description) = patch.description {
                    role.description = description;
                }
                let permissions = role.permissions.names().join(" ");
                let update = Entity::update_many()
                    .col_expr(Column::Description, role.description.clone().into())
                    .col_expr(Column::Permissions, permissions.clone().into())
                    .col_expr(Column::UpdatedAt, now.as_micros().into())
                    .filter(Column::TenantId.eq(tenant.as_uuid()))
                    .filter(Column::Name.eq(role.name.clone()));
                tx.update(update).await?;
                tx.insert(scope.member_entry(Act::RoleChanged, role.name.clone(), Some(permissions))?)
                    .await?;
                Ok(role)
            }
            .boxed()
        })
        .await
    }

    /// Removes a role of the tenant's own that nobody has.
    pub async fn delete_role(&self, _: &Permit<MembersWrite>, name: String) -> Result<(), MemberError> {
        let scope = self.clone();
        self.change_members(move |tx| {
            async move {
                let authority = scope.begin_change(tx).await?;
                let (tenant, now) = (scope.tenant().id(), scope.platform().now());
                let role = own_role(tx, tenant, &name).await?;
                authority.over_scopes(role.permissions)?;
                if is_in_use(tx, tenant, &role.name, now).await? {
                    return Err(MemberError::RoleInUse);
                }
                tx.delete(Entity::delete_by_id((tenant.as_uuid(), role.name.clone()))).await?;
                Ok(tx.insert(scope.member_entry(Act::RoleDeleted, role.name, None)?).await?)
            }
            .boxed()
        })
        .await
    }
}

fn own(tenant: TenantId) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(tenant.as_uuid())).order_by_asc(Column::Name)
}

async fn own_role(tx: &mut Tx<'_>, tenant: TenantId, name: &str) -> Result<Role, MemberError> {
    if BuiltIn::named(name).is_some() {
        return Err(MemberError::BuiltInRole);
    }
    find_role(tx, tenant, name).await?.ok_or(MemberError::NoRole)
}

/// Whether a member or an open invitation has the role.
async fn is_in_use(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    role: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let member = members::Entity::find()
        .filter(members::Column::TenantId.eq(tenant.as_uuid()))
        .filter(members::Column::Role.eq(role));
    if tx.find(member).await?.is_some() {
        return Ok(true);
    }
    let invited = tenant_invitations::Entity::find()
        .filter(tenant_invitations::Column::TenantId.eq(tenant.as_uuid()))
        .filter(tenant_invitations::Column::Role.eq(role))
        .filter(tenant_invitations::Column::ExpiresAt.gt(now.as_micros()));
    Ok(tx.find(invited).await?.is_some())
}
