//! Personal access tokens: how an operator works from the command line.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;

use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialKind};
use crate::engine::Undo;
use crate::ids::{AccountId, TokenId};
use crate::invalid::Invalid;
use crate::platform::Platform;
use crate::rng::RandomnessUnavailable;
use crate::store::entities::access_tokens;
use crate::store::{Place, StoreError};
use crate::tenants::display_name;

/// A new token, and the only sight of it.
#[derive(Debug)]
pub struct MadeToken {
    /// Its id.
    pub id: TokenId,
    /// Its name for people.
    pub name: String,
    /// What is to be presented.
    pub credential: Credential,
}

/// What can come of the wish for a token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] Invalid),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Platform {
    /// Makes an operator's token that belongs to no account. Only who holds the databases can call this.
    pub async fn create_token(&self, name: String) -> Result<MadeToken, TokenError> {
        let made = MadeToken {
            id: TokenId::generate(self.clock(), self.rng())?,
            name: display_name(name)?,
            credential: Credential::generate(CredentialKind::PersonalAccess, self.rng())?,
        };
        let row = token_row(&made, None, self.now());
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::None, move |tx| {
                async move { tx.insert(row).await }.boxed()
            })
            .await?;
        Ok(made)
    }
}

pub(super) fn token_row(
    made: &MadeToken,
    account: Option<AccountId>,
    now: Timestamp,
) -> access_tokens::ActiveModel {
    access_tokens::ActiveModel {
        id: Set(made.id.as_uuid()),
        account_id: Set(account.map(AccountId::as_uuid)),
        name: Set(made.name.clone()),
        digest: Set(made.credential.digest().to_vec()),
        hint: Set(made.credential.hint().to_owned()),
        created_at: Set(now.as_micros()),
        expires_at: Set(None),
        revoked_at: Set(None),
        last_used_at: Set(None),
    }
}
