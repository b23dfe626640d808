//! Members of a tenant: accounts that may do something in it, by a role.
//!
//! Who is a member, and what the tenant's own roles allow, lies in the control database with the accounts. A change of it
//! counts the tenant's version up in the same transaction, as a change of its collections does, so that it counts at once
//! wherever the tenant's state is in memory. On a server that also is the lock by which changes of one tenant's members
//! go one after another: the last owner cannot go by two ways at the same time.
//!
//! Nobody gives or takes a role that allows what they may not do themselves, and only owners make owners or stop them.
//! What somebody may is looked up in the transaction of the change, not taken from when their request came in.

mod authority;
mod error;
mod invitations;
mod join;
mod load;
mod manage;
mod role;
mod roles;

pub use self::error::MemberError;
pub use self::invitations::{NewTenantInvitation, TENANT_INVITATION_DAYS, TenantInvitation};
pub use self::join::Joined;
pub(crate) use self::load::{Members, forget};
pub use self::manage::{MOST_MEMBERS, Member};
pub use self::role::{BuiltIn, NewRole, Role, RolePatch};
