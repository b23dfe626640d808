//! What follows when somebody shows that an address is theirs.
//!
//! Anybody can sign up with anybody's address, and wait: the password, the sessions and whatever else was set before
//! would be theirs when the owner of the address comes to use it. So what was there before the address was proven goes,
//! whichever way it is proven, unless the proof is what a sign-up has asked for and the user has wanted all along.

use super::error::UserError;
use super::session::forget_secrets;
use crate::access::TenantScope;
use crate::collections::users::USERS;
use crate::records::Precondition;
use crate::records::users::{Owned, UserKey, UserRecord};
use crate::records::write::Write as _;
use crate::store::Tx;

/// How it was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// By answering the mail that asks a new user for nothing else. They have set their password themselves.
    Asked,
    /// By anything that gives its owner the account: a link or a code that was sent there, an invitation, the word of
    /// somebody else who has asked them.
    Owner,
}

/// Notes that the user's address is theirs. Whoever calls it forgets the user after the transaction
/// ([`Platform::forget_user`](crate::platform::Platform::forget_user)).
pub(super) async fn prove_email(
    tx: &mut Tx<'_>,
    scope: &TenantScope,
    user: UserRecord,
    proof: Proof,
) -> Result<UserRecord, UserError> {
    if user.verified {
        return Ok(user);
    }
    if proof == Proof::Owner {
        forget_secrets(tx, scope.tenant().id(), user.id.as_uuid()).await?;
    }
    let owned = Owned { verified: Some(true), ..Owned::default() };
    set_owned(tx, scope, user, owned).await
}

/// Sets what auth owns of a user, and gives the user as they are then.
pub(super) async fn set_owned(
    tx: &mut Tx<'_>,
    scope: &TenantScope,
    user: UserRecord,
    owned: Owned,
) -> Result<UserRecord, UserError> {
    let change = scope.as_system("auth").records(USERS)?.user_change(user.id, owned, Precondition::None)?;
    change.apply(tx).await?;
    let users = scope.tenant().users().ok_or(UserError::OtherUsers)?;
    UserRecord::find(tx, users, &UserKey::Id(user.id)).await?.ok_or(UserError::NoUser)
}
