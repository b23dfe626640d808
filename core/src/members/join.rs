//! Taking an invitation: whoever has the secret of its mail becomes a member, by the account of the address that it was
//! sent to, or by one that is made for it.
//!
//! Reading a mail makes nobody the owner of an account that is there already: its own sign-in is asked for.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::authority::find_role;
use super::error::MemberError;
use crate::access::{AccountScope, Actor, RequestFacts};
use crate::accounts::{AccountError, Act, Email, Entry, account_row, find_by_email};
use crate::credential::{Credential, CredentialKind};
use crate::engine::Undo;
use crate::ids::{AccountId, TenantId};
use crate::invalid::Invalid;
use crate::password::Password;
use crate::platform::{Platform, see_through};
use crate::store::entities::tenant_invitations::{Column, Entity, Model};
use crate::store::entities::{accounts, members, tenants};
use crate::store::{Place, StoreError, Tx};
use crate::tenants::announce;

/// What whoever has taken an invitation has come to.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The account.
    pub account: AccountId,
    /// The tenant.
    pub tenant: TenantId,
    /// Its slug.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// The role there.
    pub role: String,
}

/// Who is to be the member.
#[derive(Clone)]
enum Who {
    /// An account that has signed in.
    Known(AccountId),
    /// Whoever has the address, by an account that is made with this hash.
    New(Box<accounts::ActiveModel>, AccountId),
}

impl AccountScope {
    /// Takes an invitation that was sent to the account's address.
    pub async fn join_tenant(&self, token: &str) -> Result<Joined, MemberError> {
        self.session()?;
        let digest = secret(token)?;
        let actor = self.id().to_string();
        self.platform().take_invitation(self.facts(), digest, Who::Known(self.id()), actor).await
    }
}

impl Platform {
    /// Takes an invitation to an address that has no account, and makes one with that password.
    pub async fn join_tenant(
        &self,
        request: &RequestFacts,
        token: &str,
        password: Option<String>,
    ) -> Result<Joined, MemberError> {
        let digest = secret(token)?;
        let (find, now) = (digest.clone(), self.now());
        // Nobody has passwords hashed who has no secret; what is found in the transaction decides.
        let (row, known) = self
            .store()
            .read::<_, MemberError, _>(Place::Control, move |tx| {
                async move {
                    let row = open(tx, &find, now.as_micros()).await?;
                    let account = find_by_email(tx, &row.email_key).await?;
                    Ok((row, account.is_some()))
                }
                .boxed()
            })
            .await?;
        if known {
            return Err(MemberError::SignInNeeded);
        }
        let required = || Invalid::one("/password", "required", "a new account needs a password");
        let password = Password::try_from(password.ok_or_else(required)?);
        let password = password.map_err(|invalid| invalid.below("/password"))?;
        let hash = password.hash(self.rng()).await.map_err(AccountError::from)?;
        let id = AccountId::generate(self.clock(), self.rng())?;
        let account = account_row(id, Email::try_from(row.email)?, hash, false, now);
        let actor = Actor::Anonymous { key: None }.to_string();
        self.take_invitation(request, digest, Who::New(Box::new(account), id), actor).await
    }

    /// Uses an invitation up: of racers one deletes it.
    async fn take_invitation(
        &self,
        request: &RequestFacts,
        digest: Vec<u8>,
        who: Who,
        actor: String,
    ) -> Result<Joined, MemberError> {
        let now = self.now().as_micros();
        let (platform, request) = (self.clone(), request.clone());
        see_through(async move {
            let with = platform.clone();
            let joined = platform
                .store()
                .write_again(Place::Control, Undo::Savepoint, move |tx| {
                    async move {
                        let row = open(tx, &digest, now).await?;
                        let tenant = TenantId::from_uuid(row.tenant_id);
                        announce(tx, tenant, now).await?;
                        let key = (row.tenant_id, row.id);
                        if tx.delete(Entity::delete_by_id(key)).await? == 0 {
                            return Err(MemberError::InvalidInvitation);
                        }
                        let joined = become_member(tx, row, who, now).await?;
                        let entry = Entry {
                            act: Act::Joined,
                            actor,
                            tenant: Some(tenant),
                            subject: Some(joined.account.to_string()),
                            details: Some(joined.role.clone()),
                        };
                        tx.insert(entry.row(&with, Some(&request))?).await?;
                        Ok(joined)
                    }
                    .boxed()
                })
                .await?
                .0;
            platform.forget_tenant(joined.tenant).await;
            Ok(joined)
        })
        .await
    }
}

async fn become_member(tx: &mut Tx<'_>, row: Model, who: Who, now: i64) -> Result<Joined, MemberError> {
    let tenant = TenantId::from_uuid(row.tenant_id);
    let found = tx.find(tenants::Entity::find_by_id(row.tenant_id)).await?;
    let found = found.filter(|tenant| tenant.delete_after.is_none());
    let found = found.ok_or(MemberError::InvalidInvitation)?;
    let role = find_role(tx, tenant, &row.role).await?.ok_or(MemberError::InvalidInvitation)?;
    let account = match who {
        Who::Known(account) => {
            let own = find_by_email(tx, &row.email_key).await?;
            if own.is_none_or(|own| own.id != account.as_uuid()) {
                return Err(MemberError::OtherAccount);
            }
            account
        }
        Who::New(account, id) => {
            tx.insert(*account).await.map_err(|error| match error {
                // The address has got an account meanwhile.
                StoreError::Unique { .. } => MemberError::SignInNeeded,
                error => MemberError::Store(error),
            })?;
            id
        }
    };
    let place = members::Entity::find_by_id((row.tenant_id, account.as_uuid()));
    if tx.find(place).await?.is_some() {
        return Err(MemberError::AlreadyMember);
    }
    tx.insert(members::ActiveModel {
        tenant_id: Set(row.tenant_id),
        account_id: Set(account.as_uuid()),
        role: Set(role.name.clone()),
        created_at: Set(now),
    })
    .await?;
    Ok(Joined { account, tenant, slug: found.slug, name: found.name, role: role.name })
}

/// The digest of an invitation's secret.
fn secret(token: &str) -> Result<Vec<u8>, MemberError> {
    let token = Credential::parse(token).filter(|token| token.kind() == CredentialKind::OneTime);
    Ok(token.ok_or(MemberError::InvalidInvitation)?.digest().to_vec())
}

/// The invitation of that secret, if it can be taken.
async fn open(tx: &mut Tx<'_>, digest: &[u8], now: i64) -> Result<Model, MemberError> {
    let find = Entity::find().filter(Column::Digest.eq(digest.to_vec())).filter(Column::ExpiresAt.gt(now));
    tx.find(find).await?.ok_or(MemberError::InvalidInvitation)
}
