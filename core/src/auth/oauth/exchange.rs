//! From the code that an app was given to a user who is signed in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt as _;
use sea_orm::EntityTrait as _;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::super::audit::{Act, entry};
use super::super::error::UserError;
use super::super::prove::{Proof, prove_email};
use super::super::session::SignedIn;
use super::super::settings::SignUp;
use super::error::OAuthError;
use super::flow::{CODE, Grant};
use super::identities::{Known, keep};
use super::linking::{Claim, Decision, Holder, decide};
use super::profile::Profile;
use crate::access::TenantScope;
use crate::engine::Undo;
use crate::invalid::Invalid;
use crate::platform::see_through;
use crate::records::RecordId;
use crate::records::users::{Owned, UserKey, UserRecord};
use crate::records::write::Write as _;
use crate::store::entities::identities;
use crate::store::{StoreError, Tx};

impl TenantScope {
    /// Signs in whoever a flow was for. `profile` has the user's own fields, for the case that they are new.
    pub async fn exchange_oauth(
        &self,
        code: &str,
        verifier: &str,
        profile: Option<Vec<u8>>,
    ) -> Result<SignedIn, OAuthError> {
        let grant = self.take_grant(code, verifier, None).await?;
        let scope = self.with_users().await?;
        let user = see_through(scope.clone().settle(grant, profile)).await?;
        Ok(scope.begin(user, "oauth", None).await?)
    }

    /// Uses a code up, and gives what it stands for to who has begun the flow. A wrong verifier uses it up, too: whoever
    /// sent it has a code that is not theirs.
    pub(super) async fn take_grant(
        &self,
        code: &str,
        verifier: &str,
        link: Option<Uuid>,
    ) -> Result<Grant, OAuthError> {
        let (one_time, code) = (self.one_time(), code.to_owned());
        let taken = self
            .platform()
            .store()
            .write_again::<_, UserError, _>(self.place(), Undo::Savepoint, move |tx| {
                async move { one_time.take::<Grant>(tx, CODE, &code).await }.boxed()
            })
            .await
            .map(|(taken, _)| taken.map(|taken| taken.payload))?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let own = |grant: &Grant| grant.challenge == challenge && grant.link == link;
        taken.filter(own).ok_or(OAuthError::InvalidCode)
    }

    /// Finds or makes the user.
    async fn settle(self, grant: Grant, sent: Option<Vec<u8>>) -> Result<UserRecord, OAuthError> {
        let (platform, place, tenant) = (self.platform().clone(), self.place(), self.tenant().id());
        let (settled, _) = platform
            .store()
            .write_again(place, Undo::Savepoint, move |tx| {
                async move { self.settled(tx, &grant, sent.as_deref()).await }.boxed()
            })
            .await?;
        platform.forget_user(tenant, settled.id.as_uuid());
        Ok(settled)
    }

    async fn settled(
        &self,
        tx: &mut Tx<'_>,
        grant: &Grant,
        sent: Option<&[u8]>,
    ) -> Result<UserRecord, OAuthError> {
        let (known, holder) = self.those_meant(tx, grant).await?;
        let Profile { email, verified, .. } = &grant.profile;
        let claim = match (email, verified) {
            (None, _) => Claim::NoAddress,
            (Some(_), true) => Claim::Proven,
            (Some(_), false) => Claim::Unproven,
        };
        let has = match &holder {
            None => Holder::Nobody,
            Some(user) if user.verified => Holder::Verified,
            Some(_) => Holder::Unverified,
        };
        match (decide(known.is_some(), has, claim), known, holder) {
            (Decision::SignIn, Some(user), _) => {
                refuse_disabled(&user)?;
                keep(tx, self, grant, user.id, Known::Already).await?;
                Ok(user)
            }
            (Decision::Link, _, Some(user)) => {
                refuse_disabled(&user)?;
                keep(tx, self, grant, user.id, Known::New).await?;
                Ok(user)
            }
            (Decision::Reclaim, _, Some(user)) => {
                refuse_disabled(&user)?;
                let user = self.reclaim(tx, user).await?;
                keep(tx, self, grant, user.id, Known::New).await?;
                Ok(user)
            }
            (Decision::Create { verified }, _, _) => {
                let id = self.make_by(tx, &grant.provider, &grant.profile, verified, sent).await?;
                keep(tx, self, grant, id, Known::New).await?;
                self.find_again(tx, id).await
            }
            _ => Err(OAuthError::AddressTaken),
        }
    }

    /// Who has the identity, and who has the address.
    async fn those_meant(
        &self,
        tx: &mut Tx<'_>,
        grant: &Grant,
    ) -> Result<(Option<UserRecord>, Option<UserRecord>), OAuthError> {
        let users = self.tenant().users().cloned().ok_or(UserError::OtherUsers)?;
        let key = (self.tenant().id().as_uuid(), grant.provider.clone(), grant.profile.subject.clone());
        let identity = tx.find(identities::Entity::find_by_id(key)).await?;
        let known = match identity {
            // It goes with its user, so there is one.
            Some(identity) => Some(self.find_again(tx, RecordId::new(identity.user_id)).await?),
            None => None,
        };
        let holder = match &grant.profile.email {
            Some(email) => UserRecord::find(tx, &users, &UserKey::Email(email.clone())).await?,
            None => None,
        };
        Ok((known, holder))
    }

    /// Takes an account away from whoever has set it up, and gives it to who has the address.
    async fn reclaim(&self, tx: &mut Tx<'_>, user: UserRecord) -> Result<UserRecord, OAuthError> {
        let user = prove_email(tx, self, user, Proof::Owner).await?;
        tx.insert(entry(self, Act::AccountReclaimed, Some(user.id.as_uuid()), None)?).await?;
        Ok(user)
    }

    /// Makes a user, where users are made by themselves.
    async fn make_by(
        &self,
        tx: &mut Tx<'_>,
        provider: &str,
        profile: &Profile,
        verified: bool,
        sent: Option<&[u8]>,
    ) -> Result<RecordId, OAuthError> {
        if self.tenant().auth().settings().sign_up != SignUp::Open {
            return Err(UserError::SignUpClosed.into());
        }
        let own = self.own_fields(tx, provider, profile, sent).await?;
        let own = self.own_profile(&own)?;
        let email = profile.email.clone().map_or(Value::Null, Value::String);
        let owned = Owned {
            email: Some(email),
            verified: Some(verified),
            roles: Some(Vec::new()),
            ..Owned::default()
        };
        let creation = self.newcomer(own, owned)?;
        let id = creation.id();
        creation.apply(tx).await?;
        let audit = entry(self, Act::SignUp, Some(id.as_uuid()), Some(format!("by {provider}")))?;
        tx.insert(audit).await?;
        Ok(id)
    }

    /// A new user's own fields: what the provider says, under what was sent.
    async fn own_fields(
        &self,
        tx: &mut Tx<'_>,
        provider: &str,
        profile: &Profile,
        sent: Option<&[u8]>,
    ) -> Result<Vec<u8>, OAuthError> {
        let object = "this is an object with the user's own fields";
        let sent: Map<String, Value> = serde_json::from_slice(sent.unwrap_or(b"{}"))
            .map_err(|_| Invalid::one("/profile", "not_an_object", object))?;
        let users = self.tenant().users().cloned().ok_or(UserError::OtherUsers)?;
        let key = (self.tenant().id().as_uuid(), provider.to_owned());
        let found = tx.find(crate::store::entities::auth_providers::Entity::find_by_id(key)).await?;
        let provider: super::provider::Provider = found.ok_or(OAuthError::NoProvider)?.try_into()?;
        let mut own = Map::new();
        for (field, part) in &provider.definition.profile {
            let value = match part.as_str() {
                "name" => &profile.name,
                "picture" => &profile.picture,
                _ => continue,
            };
            // A field that is gone since keeps nobody out.
            let there = users.definition().fields.iter().any(|known| known.name.as_str() == field);
            if let (Some(value), true) = (value, there) {
                own.insert(field.clone(), Value::String(value.clone()));
            }
        }
        own.extend(sent);
        Ok(serde_json::to_vec(&own).map_err(|error| StoreError::Fault(error.into()))?)
    }

    async fn find_again(&self, tx: &mut Tx<'_>, id: RecordId) -> Result<UserRecord, OAuthError> {
        let users = self.tenant().users().cloned().ok_or(UserError::OtherUsers)?;
        Ok(UserRecord::find(tx, &users, &UserKey::Id(id)).await?.ok_or(UserError::NoUser)?)
    }
}

fn refuse_disabled(user: &UserRecord) -> Result<(), OAuthError> {
    if user.disabled { Err(UserError::Disabled.into()) } else { Ok(()) }
}
