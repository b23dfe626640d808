//! The second step of a sign-in.

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::{FactorKind, SecondFactorNeeded};
use super::store;
use crate::access::TenantScope;
use crate::auth::UserError;
use crate::auth::audit::{Act, entry};
use crate::auth::one_time::{NewSecret, Purpose};
use crate::auth::settings::SecondFactor;
use crate::engine::Undo;
use crate::guard;
use crate::store::{StoreError, Tx};

/// A sign-in that waits for its second factor.
pub(in crate::auth) const WAITING: Purpose = Purpose("second_factor");
/// How long a sign-in waits for its second factor.
const MINUTES: i64 = 5;

/// What somebody shows as their second factor.
#[derive(Clone)]
pub enum Answer {
    /// A one-time password of an app.
    Totp(String),
    /// A recovery code.
    RecoveryCode(String),
}

/// What is asked of a user who has shown one factor.
pub(in crate::auth) enum Asked {
    /// No more.
    Nothing,
    /// One of these.
    Second(Vec<&'static str>),
    /// To set one of these up.
    Enrolment(Vec<&'static str>),
}

/// Somebody who has shown a second factor after the first. Only this module makes it.
pub(in crate::auth) struct Passed {
    pub(in crate::auth) user: Uuid,
    /// How they came.
    pub(in crate::auth) first: String,
    /// What they have shown after that.
    pub(in crate::auth) second: &'static str,
}

/// A sign-in that waits.
#[derive(Serialize, Deserialize)]
pub(super) struct Waiting {
    pub(super) first: String,
    /// Whether for a factor to be set up, and not for one that is there.
    pub(super) enrolment: bool,
}

impl Answer {
    /// Its name.
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Totp(_) => FactorKind::Totp.name(),
            Self::RecoveryCode(_) => "recovery_code",
        }
    }
}

impl TenantScope {
    /// What is asked of a user beside the one factor that they have shown.
    pub(in crate::auth) async fn asked(&self, user: Uuid) -> Result<Asked, UserError> {
        let policy = self.tenant().auth().settings().second_factor;
        if policy == SecondFactor::Off {
            return Ok(Asked::Nothing);
        }
        let tenant = self.tenant().id();
        let (rows, codes) = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| {
                async move {
                    let rows = store::of_user(tx, tenant, user).await?;
                    let codes = store::codes_left(tx, tenant, user).await?;
                    Ok((rows, codes))
                }
                .boxed()
            })
            .await?;
        let usable = self.usable_kinds();
        let has =
            |kind: &&FactorKind| rows.iter().any(|row| row.confirmed_at.is_some() && row.kind == kind.name());
        let mut methods: Vec<_> = usable.iter().filter(has).map(|kind| kind.name()).collect();
        if !methods.is_empty() {
            methods.extend((codes > 0).then_some("recovery_code"));
            return Ok(Asked::Second(methods));
        }
        Ok(match policy {
            SecondFactor::Required => Asked::Enrolment(usable.iter().map(|kind| kind.name()).collect()),
            SecondFactor::Optional | SecondFactor::Off => Asked::Nothing,
        })
    }

    /// The kinds of factors that this tenant's users can have.
    pub(super) fn usable_kinds(&self) -> Vec<FactorKind> {
        let passkeys = self.tenant().auth().settings().passkeys.is_some();
        std::iter::once(FactorKind::Totp).chain(passkeys.then_some(FactorKind::Passkey)).collect()
    }

    /// Lets a sign-in wait for its second factor. What was counted against the first is taken back, for it was right.
    pub(in crate::auth) async fn await_second(
        &self,
        user: Uuid,
        (first, tried): (&str, Option<String>),
        (methods, enrolment): (Vec<&'static str>, bool),
    ) -> Result<SecondFactorNeeded, UserError> {
        let payload = Waiting { first: first.to_owned(), enrolment };
        let new = NewSecret { purpose: WAITING, user: Some(user), payload: &payload, minutes: MINUTES };
        let (token, row) = self.one_time().token(new)?;
        let (tenant, address) = (self.tenant().id(), self.facts().ip());
        self.platform()
            .store()
            .write_again::<_, StoreError, _>(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    if let Some(tried) = tried {
                        guard::absolve(tx, tenant, &tried, address).await?;
                    }
                    row.write(tx).await
                }
                .boxed()
            })
            .await?;
        let expires_in = u32::try_from(MINUTES * 60).unwrap_or_default();
        Ok(SecondFactorNeeded { token: token.reveal().to_owned(), methods, expires_in, enrolment })
    }

    /// Tries a second factor. A wrong one is a try; the token is good until its tries are over, and then for nothing.
    pub(in crate::auth) async fn pass(&self, token: String, answer: Answer) -> Result<Passed, UserError> {
        let scope = self.clone();
        let (passed, _) = self
            .platform()
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move { scope.try_second(tx, &token, answer).await }.boxed()
            })
            .await?;
        passed.ok_or(UserError::WrongCode)
    }

    /// `None`, so that the try is kept, where it is wrong.
    async fn try_second(
        &self,
        tx: &mut Tx<'_>,
        token: &str,
        answer: Answer,
    ) -> Result<Option<Passed>, UserError> {
        let waiting = self.one_time().try_token::<Waiting>(tx, WAITING, token).await?;
        let waiting = waiting.filter(|waiting| !waiting.payload.enrolment);
        let waiting = waiting.ok_or(UserError::InvalidSecondFactorToken)?;
        let user = waiting.user.ok_or(UserError::InvalidSecondFactorToken)?;
        let second = answer.method();
        if !self.show(tx, user, answer).await? {
            return Ok(None);
        }
        if !self.one_time().use_up(tx, waiting.id).await? {
            return Err(UserError::InvalidSecondFactorToken);
        }
        Ok(Some(Passed { user, first: waiting.payload.first, second }))
    }

    /// Whether the answer is right, which uses it up. Counts the try, and takes that back where it is.
    pub(in crate::auth) async fn show(
        &self,
        tx: &mut Tx<'_>,
        user: Uuid,
        answer: Answer,
    ) -> Result<bool, UserError> {
        let (tenant, now, address) = (self.tenant().id(), self.platform().now(), self.facts().ip());
        let counted = format!("second factor of {user}");
        // Nobody guesses a recovery code, so that these are a way in when codes are locked.
        let account = matches!(answer, Answer::Totp(_)).then_some(counted.as_str());
        guard::admit_from::<UserError>(tx, tenant, account, address, now).await?;
        let right = match &answer {
            Answer::Totp(code) => {
                let keys = (tenant, self.platform().master_key());
                store::use_totp(tx, keys, user, code, now).await?
            }
            Answer::RecoveryCode(code) => store::use_code(tx, tenant, user, code).await?,
        };
        if right {
            guard::absolve(tx, tenant, &counted, address).await?;
        }
        let (act, details) = (if right { Act::FactorShown } else { Act::FactorRefused }, answer.method());
        tx.insert(entry(self, act, Some(user), Some(details.to_owned()))?).await?;
        Ok(right)
    }
}
