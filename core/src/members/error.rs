//! What can come of a wish about members and roles.

use crate::access::Denied;
use crate::accounts::AccountError;
use crate::invalid::Invalid;
use crate::mail::MailError;
use crate::rng::RandomnessUnavailable;
use crate::store::{OfStore, StoreError};

/// What can come of a wish about members and roles.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// There is no such member of this tenant.
    #[error("there is no such member")]
    NoMember,
    /// There is no such role in this tenant.
    #[error("there is no such role")]
    NoRole,
    /// There is no such invitation, or it was taken.
    #[error("there is no such invitation")]
    NoInvitation,
    /// A tenant that has owners keeps one.
    #[error("this is the last owner of the tenant; make another owner first")]
    LastOwner,
    /// Nobody gives or takes what they have not.
    #[error("nobody can give or take a role that allows more than they may do themselves")]
    BeyondOwnScopes,
    /// Only owners make owners, and stop them.
    #[error("only owners can make somebody an owner, or an owner something else")]
    OwnerNeeded,
    /// The account is a member already.
    #[error("this account is a member of the tenant already")]
    AlreadyMember,
    /// Members and invitations are not without number.
    #[error("a tenant has at most {most} members and open invitations")]
    TooManyMembers {
        /// How many.
        most: u64,
    },
    /// Roles are not without number.
    #[error("a tenant has at most {most} roles of its own")]
    TooManyRoles {
        /// How many.
        most: u64,
    },
    /// Another role has the name.
    #[error("the tenant has a role of this name already")]
    RoleTaken,
    /// What comes with the server stays as it is.
    #[error("this role comes with the server and stays as it is; make one of your own")]
    BuiltInRole,
    /// Somebody has the role.
    #[error("members or invitations have this role; give them another first")]
    RoleInUse,
    /// The secret is unknown, used or over. Which of them is not said.
    #[error("this invitation is not valid any more; ask for another")]
    InvalidInvitation,
    /// The address has an account, which has to sign in to take the invitation.
    #[error("the invited address has an account: sign in with it, and take the invitation then")]
    SignInNeeded,
    /// The invitation is for another account than the one that calls.
    #[error("the invitation is for another account than the one that is signed in")]
    OtherAccount,
    /// What was sent is not right.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The permission is missing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The account could not be made, or does not act by a session.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A mail could not be made.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OfStore for MemberError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error)
            | Self::Mail(MailError::Store(error))
            | Self::Account(AccountError::Store(error)) => Some(error),
            _ => None,
        }
    }
}
