//! The first operator: by a link that `serve` prints, which works once and for half an hour, or from the environment.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use super::account::{account_row, machine};
use super::audit::Act;
use super::tokens::{MadeToken, token_row};
use crate::credential::{Credential, CredentialKind};
use crate::engine::Undo;
use crate::ids::{AccountId, TokenId};
use crate::invalid::Invalid;
use crate::password::{Password, PasswordError};
use crate::platform::Platform;
use crate::rng::RandomnessUnavailable;
use crate::store::entities::{accounts, setup_links};
use crate::store::{Place, StoreError, Tx};

/// How long a set-up link works: half an hour.
pub const SETUP_LINK_SECONDS: i64 = 30 * 60;

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl TryFrom<String> for Email {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        if text.len() <= 254 && email_address::EmailAddress::is_valid(&text) {
            return Ok(Self(text));
        }
        Err(Invalid::one("", "invalid_email", "this is no e-mail address"))
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl Email {
    /// As typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What must be unique: two addresses that differ in case reach the same person.
    pub(crate) fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

/// What the first operator is to be.
#[derive(Debug)]
pub struct SetUp {
    /// To sign in with.
    pub email: Email,
    /// To sign in with.
    pub password: Password,
}

/// What can come of a set-up.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The link is unknown, used or expired. Which of them is not said.
    #[error("this set-up link does not work any more; start the server again for a new one")]
    InvalidLink,
    /// The address has an account already.
    #[error("this e-mail address has an account already")]
    EmailTaken,
    /// The password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Platform {
    /// Whether nobody can sign in yet.
    pub async fn needs_set_up(&self) -> Result<bool, StoreError> {
        let found = self
            .store()
            .read::<_, StoreError, _>(Place::Control, |tx| async move { has_operator(tx).await }.boxed())
            .await?;
        Ok(!found)
    }

    /// A new link's credential. Links work until they are used, expire, or there is an operator: one that is made while
    /// another process makes the first operator opens nothing either.
    pub async fn make_setup_link(&self) -> Result<Credential, SetUpError> {
        let credential = Credential::generate(CredentialKind::SetUp, self.rng())?;
        let now = self.now();
        let row = setup_links::ActiveModel {
            digest: Set(credential.digest().to_vec()),
            created_at: Set(now.as_micros()),
            expires_at: Set(now.plus_seconds(SETUP_LINK_SECONDS).as_micros()),
            used_at: Set(None),
        };
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::None, move |tx| {
                async move { tx.insert(row).await }.boxed()
            })
            .await?;
        Ok(credential)
    }

    /// Whether a link would work now.
    pub async fn is_setup_link(&self, link: &str) -> Result<bool, StoreError> {
        let Some(link) = Credential::parse(link).filter(|link| link.kind() == CredentialKind::SetUp) else {
            return Ok(false);
        };
        let (digest, now) = (link.digest().to_vec(), self.now().as_micros());
        self.store()
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move {
                    let link = tx.find(setup_links::Entity::find_by_id(digest)).await?;
                    if link.is_none_or(|link| link.used_at.is_some() || link.expires_at <= now) {
                        return Ok(false);
                    }
                    Ok(!has_operator(tx).await?)
                }
                .boxed()
            })
            .await
    }

    /// Uses a link up: makes the operator, and a token to begin with. Of two racers one succeeds.
    pub async fn set_up(&self, link: &str, new: SetUp) -> Result<MadeToken, SetUpError> {
        // Before the hash, which costs; the update below decides.
        if !self.is_setup_link(link).await? {
            return Err(SetUpError::InvalidLink);
        }
        let digest = Credential::digest_of(link).to_vec();
        let (account, id) = self.operator_row(new).await?;
        let now = self.now();
        let made = MadeToken {
            id: TokenId::generate(self.clock(), self.rng())?,
            name: "set-up".to_owned(),
            credential: Credential::generate(CredentialKind::PersonalAccess, self.rng())?,
        };
        let token = token_row(&made, Some(id), now);
        let audit = machine(Act::Created, id, Some("operator, by the link".to_owned())).row(self, None)?;
        self.store()
            .write(Place::Control, Undo::Savepoint, move |tx| {
                async move {
                    use setup_links::Column;
                    let now = now.as_micros();
                    let unused = setup_links::Entity::update_many()
                        .col_expr(Column::UsedAt, now.into())
                        .filter(Column::Digest.eq(digest))
                        .filter(Column::UsedAt.is_null())
                        .filter(Column::ExpiresAt.gt(now));
                    if tx.update(unused).await? == 0 || has_operator(tx).await? {
                        return Err(SetUpError::InvalidLink);
                    }
                    end_links(tx, now).await?;
                    tx.insert(account).await.map_err(email_taken)?;
                    tx.insert(audit).await?;
                    Ok(tx.insert(token).await?)
                }
                .boxed()
            })
            .await?;
        Ok(made)
    }

    /// Makes an operator of that address, unless it has an account already. Says whether it made one.
    pub async fn ensure_operator(&self, new: SetUp) -> Result<bool, SetUpError> {
        let (row, id) = self.operator_row(new).await?;
        let audit = machine(Act::Created, id, Some("operator, unattended".to_owned())).row(self, None)?;
        let now = self.now().as_micros();
        let made = self
            .store()
            .write(Place::Control, Undo::Savepoint, move |tx| {
                async move {
                    tx.insert(row).await.map_err(email_taken)?;
                    tx.insert(audit).await?;
                    Ok(end_links(tx, now).await?)
                }
                .boxed()
            })
            .await;
        match made {
            Ok(()) => Ok(true),
            Err(SetUpError::EmailTaken) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn operator_row(&self, new: SetUp) -> Result<(accounts::ActiveModel, AccountId), SetUpError> {
        let id = AccountId::generate(self.clock(), self.rng())?;
        let hash = new.password.hash(self.rng()).await?;
        Ok((account_row(id, new.email, hash, true, self.now()), id))
    }
}

async fn has_operator(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let operator = accounts::Entity::find().filter(accounts::Column::Operator.eq(true)).limit(1);
    Ok(tx.find(operator).await?.is_some())
}

/// With the first operator every open link ends, however the operator was made.
pub(super) async fn end_links(tx: &mut Tx<'_>, now: i64) -> Result<(), StoreError> {
    use setup_links::Column;
    let open = setup_links::Entity::update_many().col_expr(Column::UsedAt, now.into());
    tx.update(open.filter(Column::UsedAt.is_null())).await.map(drop)
}

fn email_taken(error: StoreError) -> SetUpError {
    match error {
        StoreError::Unique { .. } => SetUpError::EmailTaken,
        error => SetUpError::Store(error),
    }
}
