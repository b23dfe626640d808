//! Passkeys of a tenant's users: registered, and shown in place of a password, after one, or as a fresh proof.
//!
//! A ceremony is a secret that is good once, for five minutes. What may sign, and for which site, is the tenant's
//! setting and never taken from a request. Tries are not counted: a signature is not guessed, so that nobody can lock
//! anybody out of their passkeys.

use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::enrol::{Confirmed, Enroller, factor_name, has_room};
use super::model::FactorKind;
use super::second::{Passed, WAITING, Waiting};
use super::store;
use crate::access::TenantScope;
use crate::auth::UserError;
use crate::auth::audit::{Act, entry};
use crate::auth::one_time::{NewSecret, Purpose};
use crate::engine::Undo;
use crate::factors::{
    Passkey, PasskeyError, RecoveryCodes, Registration, RelyingParty, Signature, SignatureAsked,
};
use crate::ids::FactorId;
use crate::records::RecordId;
use crate::records::users::UserKey;
use crate::store::entities::factors::{ActiveModel, Column, Entity, Model};
use crate::store::{StoreError, Tx};

const REGISTRATION: Purpose = Purpose("passkey_registration");
const SIGNATURE: Purpose = Purpose("passkey_signature");
/// How long a ceremony may take.
const MINUTES: i64 = 5;

/// A ceremony that has begun.
#[derive(Clone)]
pub struct Ceremony {
    /// Names it; good once.
    pub id: String,
    /// What the browser is asked with.
    pub options: Json,
}

/// Somebody who has shown a passkey. Only this module makes it.
pub(in crate::auth) struct ShownPasskey {
    pub(in crate::auth) user: Uuid,
    /// The sign-in that has waited for it.
    pub(in crate::auth) passed: Option<Passed>,
}

/// What is kept of a registration.
#[derive(Serialize, Deserialize)]
struct Registering {
    state: Registration,
    name: String,
    /// The token of a sign-in that waits for it.
    waiting: Option<String>,
}

/// What is kept of a signature that was asked for.
#[derive(Serialize, Deserialize)]
struct Signing {
    state: SignatureAsked,
    /// The token of a sign-in that waits for it.
    waiting: Option<String>,
}

impl TenantScope {
    /// The site that this tenant's passkeys are for.
    fn relying_party(&self) -> Result<RelyingParty, UserError> {
        let settings = self.tenant().auth().settings().passkeys.as_ref().ok_or(UserError::PasskeysOff)?;
        Ok(settings.relying_party()?)
    }

    /// Begins to register a passkey, for the user who calls or for one whose sign-in waits for a factor.
    pub async fn begin_passkey(&self, waiting: Option<String>, name: &str) -> Result<Ceremony, UserError> {
        let party = self.relying_party()?;
        let name = factor_name(name)?;
        let enroller = self.enroller(waiting.clone()).await?;
        let user = enroller.user;
        let found = self.find_with_secret(UserKey::Id(RecordId::new(user))).await?;
        let (record, _) = found.ok_or(UserError::NoUser)?;
        let existing = self.passkeys_of(user).await?;
        let account = record.email.unwrap_or_else(|| record.id.to_string());
        let (options, state) = party.begin_registration(user, &account, &existing)?;
        self.begin_ceremony(REGISTRATION, Some(user), options, &Registering { state, name, waiting }).await
    }

    /// Ends a registration: the passkey counts from then on.
    pub async fn end_passkey(&self, id: String, made: &Json) -> Result<Confirmed, UserError> {
        let party = self.relying_party()?;
        let (user, begun) = self.take_ceremony::<Registering>(REGISTRATION, id).await?;
        let user = user.ok_or(UserError::WrongPasskey)?;
        // Whoever has the ceremony's id alone could register a key of their own.
        let enroller = match begun.waiting {
            Some(token) => self.enroller(Some(token)).await?,
            None => Enroller::session(self.own()?.0),
        };
        if enroller.user != user {
            return Err(UserError::WrongPasskey);
        }
        let passkey = match party.end_registration(made, &begun.state) {
            Ok(passkey) => passkey,
            Err(error) => return self.refuse(Some(user), error).await,
        };
        let (row, id) = self.passkey_row(user, begun.name, &passkey)?;
        let codes = RecoveryCodes::generate(self.platform().rng())?;
        let (shown, codes, scope) = (codes.reveal(), Arc::new(codes), self.clone());
        let ((first, passed), _) = self
            .platform()
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    has_room(&store::of_user(tx, scope.tenant().id(), user).await?)?;
                    match tx.insert(row).await {
                        // Somebody's already, be it this user's.
                        Err(StoreError::Unique { .. }) => return Err(UserError::PasskeyTaken),
                        inserted => inserted?,
                    }
                    scope.added(tx, enroller, (id, FactorKind::Passkey), &codes).await
                }
                .boxed()
            })
            .await?;
        let signed_in = match passed {
            Some(passed) => Some(self.finish(passed).await?),
            None => None,
        };
        Ok(Confirmed { recovery_codes: first.then_some(shown), signed_in })
    }

    fn passkey_row(
        &self,
        user: Uuid,
        name: String,
        passkey: &Passkey,
    ) -> Result<(ActiveModel, FactorId), UserError> {
        let platform = self.platform();
        let id = FactorId::generate(platform.clock(), platform.rng())?;
        let now = platform.now().as_micros();
        let row = ActiveModel {
            tenant_id: Set(self.tenant().id().as_uuid()),
            id: Set(id.as_uuid()),
            user_id: Set(user),
            kind: Set(FactorKind::Passkey.name().to_owned()),
            name: Set(name),
            secret: Set(None),
            credential: Set(Some(passkey.to_text()?)),
            credential_digest: Set(Some(passkey.digest().to_vec())),
            counter: Set(0),
            created_at: Set(now),
            confirmed_at: Set(Some(now)),
            last_used_at: Set(None),
        };
        Ok((row, id))
    }

    /// Asks for a signature: of any passkey, or of one of the user's whose sign-in waits under that token.
    pub async fn ask_passkey(&self, waiting: Option<String>) -> Result<Ceremony, UserError> {
        let party = self.relying_party()?;
        let mut of = (None, Vec::new());
        if let Some(token) = waiting.clone() {
            let user = self.waits_for(token, false).await?;
            of = (Some(user), self.passkeys_of(user).await?);
        }
        let (options, state) = party.ask(&of.1)?;
        self.begin_ceremony(SIGNATURE, of.0, options, &Signing { state, waiting }).await
    }

    /// Uses the ceremony up and checks the signature. It counts for whoever's passkey it is.
    pub(in crate::auth) async fn shown_passkey(
        &self,
        id: String,
        signature: &Json,
    ) -> Result<ShownPasskey, UserError> {
        let party = self.relying_party()?;
        let signature = Signature::read(signature)?;
        let (wanted, asked) = self.take_ceremony::<Signing>(SIGNATURE, id).await?;
        let row = self.find_passkey(&signature).await?.ok_or(UserError::WrongPasskey)?;
        let user = row.user_id;
        // Where nobody has said who it is to be, the passkey does.
        let named = signature.user();
        if named.or(wanted) != Some(user) || wanted.is_some_and(|wanted| wanted != user) {
            return Err(UserError::WrongPasskey);
        }
        let kept = Passkey::from_text(row.credential.as_deref().unwrap_or_default())?;
        let (passkey, counter) = match party.check(&signature, asked.state, kept) {
            Ok(checked) => checked,
            Err(error) => return self.refuse(Some(user), error).await,
        };
        let credential = passkey.to_text()?;
        let (scope, waiting) = (self.clone(), asked.waiting);
        let (passed, _) = self
            .platform()
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    scope.note_passkey(tx, &row, credential, counter).await?;
                    scope.pass_by_passkey(tx, user, waiting).await
                }
                .boxed()
            })
            .await?;
        Ok(ShownPasskey { user, passed })
    }

    /// Notes that a passkey has signed. Of racers with one count one gets through.
    async fn note_passkey(
        &self,
        tx: &mut Tx<'_>,
        row: &Model,
        credential: String,
        counter: i64,
    ) -> Result<(), UserError> {
        let grown = Cond::any().add(Expr::col(Column::Counter).lt(counter));
        // One that does not count says zero each time.
        let grown = if counter == 0 { grown.add(Column::Counter.eq(0)) } else { grown };
        let used = Entity::update_many()
            .col_expr(Column::Counter, counter.into())
            .col_expr(Column::Credential, credential.into())
            .col_expr(Column::LastUsedAt, self.platform().now().as_micros().into())
            .filter(Column::TenantId.eq(row.tenant_id))
            .filter(Column::Id.eq(row.id))
            .filter(grown);
        if tx.update(used).await? == 0 {
            return Err(UserError::WrongPasskey);
        }
        let details = Some(FactorKind::Passkey.name().to_owned());
        Ok(tx.insert(entry(self, Act::FactorShown, Some(row.user_id), details)?).await?)
    }

    /// Ends the wait of a sign-in that a passkey was asked for.
    async fn pass_by_passkey(
        &self,
        tx: &mut Tx<'_>,
        user: Uuid,
        waiting: Option<String>,
    ) -> Result<Option<Passed>, UserError> {
        let Some(token) = waiting else { return Ok(None) };
        let found = self.one_time().take::<Waiting>(tx, WAITING, &token).await?;
        let found = found.filter(|found| found.user == Some(user) && !found.payload.enrolment);
        let found = found.ok_or(UserError::InvalidSecondFactorToken)?;
        let second = FactorKind::Passkey.name();
        Ok(Some(Passed { user, first: found.payload.first, second }))
    }

    async fn begin_ceremony<P: Serialize + Sync>(
        &self,
        purpose: Purpose,
        user: Option<Uuid>,
        options: Json,
        payload: &P,
    ) -> Result<Ceremony, UserError> {
        let new = NewSecret { purpose, user, payload, minutes: MINUTES };
        let (token, row) = self.one_time().token(new)?;
        self.platform()
            .store()
            .write::<_, StoreError, _>(self.place(), Undo::Savepoint, move |tx| {
                async move { row.write(tx).await }.boxed()
            })
            .await?;
        Ok(Ceremony { id: token.reveal().to_owned(), options })
    }

    /// Uses a ceremony up.
    async fn take_ceremony<P>(&self, purpose: Purpose, id: String) -> Result<(Option<Uuid>, P), UserError>
    where
        P: serde::de::DeserializeOwned + Send + 'static,
    {
        let secrets = self.one_time();
        let (taken, _) = self
            .platform()
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move { secrets.take::<P>(tx, purpose, &id).await }.boxed()
            })
            .await?;
        let taken = taken.ok_or(UserError::WrongPasskey)?;
        Ok((taken.user, taken.payload))
    }

    async fn passkeys_of(&self, user: Uuid) -> Result<Vec<Passkey>, UserError> {
        let tenant = self.tenant().id();
        let rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| {
                async move { store::of_user(tx, tenant, user).await }.boxed()
            })
            .await?;
        let kept = rows.iter().filter_map(|row| row.credential.as_deref());
        Ok(kept.map(Passkey::from_text).collect::<Result<_, _>>()?)
    }

    async fn find_passkey(&self, signature: &Signature) -> Result<Option<Model>, StoreError> {
        let find = Entity::find()
            .filter(Column::TenantId.eq(self.tenant().id().as_uuid()))
            .filter(Column::CredentialDigest.eq(signature.digest().to_vec()));
        self.platform().store().read(self.place(), move |tx| async move { tx.find(find).await }.boxed()).await
    }

    /// Notes why an answer of an authenticator was refused. The client learns only that it was.
    async fn refuse<T>(&self, user: Option<Uuid>, error: PasskeyError) -> Result<T, UserError> {
        let details = match &error {
            PasskeyError::Copied => "passkey, its counter has gone back".to_owned(),
            PasskeyError::Refused(why) => format!("passkey: {why}"),
            PasskeyError::Settings(_) | PasskeyError::Kept(_) => return Err(error.into()),
        };
        let audit = entry(self, Act::FactorRefused, user, Some(details))?;
        self.platform()
            .store()
            .write::<_, StoreError, _>(self.place(), Undo::None, move |tx| {
                async move { tx.insert(audit).await }.boxed()
            })
            .await?;
        Err(UserError::WrongPasskey)
    }
}
