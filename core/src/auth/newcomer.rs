//! Users who are made by nobody but themselves: by signing up, by a provider, as nobody in particular.
//!
//! All of them are prepared here, so that no door lets somebody in whom another keeps out: their own fields are read as
//! theirs, and the `create` rule of `users` is asked with what they send and the address that they come with. Where there
//! is no such rule, the settings of auth alone say who signs up; the rules of fields are asked in any case.
//!
//! Who is made by others is not asked: whoever has the scope to make users makes them past the rules, and an invitation is
//! made by them.

use futures_util::FutureExt as _;

use super::error::UserError;
use crate::access::TenantScope;
use crate::collections::users::USERS;
use crate::engine::Undo;
use crate::invalid::Invalid;
use crate::records::create::Creation;
use crate::records::users::{Owned, set_aside};
use crate::records::{RecordError, RecordInput};
use crate::store::{OfStore, StoreError};

/// Why a transaction is taken back in which rules were asked.
enum TakenBack {
    Allowed,
    Refused(RecordError),
}

impl From<StoreError> for TakenBack {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl OfStore for TakenBack {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Allowed => None,
            Self::Refused(error) => error.store(),
        }
    }
}

impl TenantScope {
    /// Reads a user's own fields.
    pub(super) fn read_profile(&self, sent: &[u8]) -> Result<RecordInput, UserError> {
        match self.records(USERS)?.input(sent) {
            Err(RecordError::Invalid(invalid)) => Err(invalid.below("/profile").into()),
            read => Ok(read?),
        }
    }

    /// The same of a newcomer. Who chose the id of somebody who is gone would be taken for them wherever that id was
    /// written down.
    pub(super) fn own_profile(&self, sent: &[u8]) -> Result<RecordInput, UserError> {
        let profile = self.read_profile(sent)?;
        if profile.id.is_some() {
            return Err(Invalid::one("/profile/id", "read_only", "`id` is set by the server").into());
        }
        Ok(profile)
    }

    /// A newcomer, ready to be written, with what is asked of them before.
    pub(super) fn newcomer(&self, profile: RecordInput, owned: Owned) -> Result<Creation, UserError> {
        let asker = self.records(USERS)?;
        Ok(self.as_system("auth").records(USERS)?.newcomer(&asker, profile, owned)?)
    }

    /// Asks the rules of a newcomer, and in the same way whether somebody has the address or not: a refusal tells nothing
    /// of others. Nothing of it is kept; when the user is made, the rules are asked again.
    pub(super) async fn ask_newcomer(&self, creation: Creation, email: String) -> Result<(), UserError> {
        if !creation.is_ruled() {
            return Ok(());
        }
        let users = self.tenant().users().cloned().ok_or(UserError::OtherUsers)?;
        let asked = self.platform().store().write_again(self.place(), Undo::Savepoint, move |tx| {
            async move {
                set_aside(tx, &users, &email).await?;
                creation.ask(tx).await.map_err(TakenBack::Refused)?;
                Err::<(), _>(TakenBack::Allowed)
            }
            .boxed()
        });
        match asked.await {
            Ok(_) | Err(TakenBack::Allowed) => Ok(()),
            Err(TakenBack::Refused(error)) => Err(error.into()),
        }
    }
}
