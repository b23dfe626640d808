//! Invitations to be a member: made, seen, taken back.
//!
//! One is found by the digest of the secret in its mail, and lies in the control database with the members, so that it is
//! used up in the transaction that makes one of whoever takes it. The mail lies in the tenant's outbox, which is another
//! database: it is written after the invitation, which goes again if the mail cannot be.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::authority::find_role;
use super::error::MemberError;
use super::manage::{MOST_MEMBERS, places_taken};
use crate::access::{Actor, MembersRead, MembersWrite, Permit, TenantScope};
use crate::accounts::{Act, Email, find_by_email};
use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialKind};
use crate::ids::TenantInvitationId;
use crate::invalid::{Findings, Invalid};
use crate::mail::{Letter, Locale, Outgoing, TemplateName};
use crate::store::entities::members;
use crate::store::entities::tenant_invitations::{ActiveModel, Column, Entity, Model};
use crate::store::{Place, StoreError};

/// How long an invitation can be taken: a week.
pub const TENANT_INVITATION_DAYS: i64 = 7;

/// Somebody who is to be a member.
#[derive(Debug, Clone)]
pub struct NewTenantInvitation {
    email: Email,
    role: String,
    locale: Option<Locale>,
}

impl NewTenantInvitation {
    /// Reads what was sent.
    pub fn parse(email: String, role: String, locale: Option<String>) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let email = findings.take("/email", Email::try_from(email));
        let locale = locale.and_then(|locale| findings.take("/locale", locale.parse()));
        findings.finish(email.map(|email| Self { email, role, locale }))
    }
}

/// An invitation that was sent and not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantInvitation {
    /// Its id.
    pub id: TenantInvitationId,
    /// The address.
    pub email: String,
    /// What whoever takes it becomes.
    pub role: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be taken.
    pub expires_at: Timestamp,
}

impl From<Model> for TenantInvitation {
    fn from(row: Model) -> Self {
        let time = |micros| Timestamp::from_micros(micros).unwrap_or(Timestamp::MIN);
        Self {
            id: TenantInvitationId::from_uuid(row.id),
            email: row.email,
            role: row.role,
            created_at: time(row.created_at),
            expires_at: time(row.expires_at),
        }
    }
}

impl TenantScope {
    /// Asks somebody to be a member, by a mail to their address. One that was sent there before counts no more.
    pub async fn invite_member(
        &self,
        _: &Permit<MembersWrite>,
        new: NewTenantInvitation,
    ) -> Result<TenantInvitation, MemberError> {
        self.admit_mail(Some(new.email.as_str())).await?;
        let (platform, tenant) = (self.platform(), self.tenant().id());
        let id = TenantInvitationId::generate(platform.clock(), platform.rng())?;
        let token = Credential::generate(CredentialKind::OneTime, platform.rng())?;
        let mail = self.invitation_mail(&new, token.reveal()).await?;
        let now = platform.now();
        let row = Model {
            tenant_id: tenant.as_uuid(),
            id: id.as_uuid(),
            email: new.email.as_str().to_owned(),
            email_key: new.email.key(),
            role: new.role,
            digest: token.digest().to_vec(),
            invited_by: match self.actor() {
                Actor::Member { account, .. } => Some(account.as_uuid()),
                _ => None,
            },
            created_at: now.as_micros(),
            expires_at: now.plus_seconds(TENANT_INVITATION_DAYS * 24 * 3600).as_micros(),
        };
        let made = TenantInvitation::from(row.clone());
        self.write_invitation(row).await?;
        let sent = self
            .write_with_mail::<_, StoreError, _>(move |tx| async move { mail.write(tx).await }.boxed())
            .await;
        if let Err(error) = sent {
            // Nobody has its secret.
            self.delete_invitation(id, None).await?;
            return Err(error.into());
        }
        Ok(made)
    }

    /// The invitations that can still be taken, oldest first.
    pub async fn tenant_invitations(
        &self,
        _: &Permit<MembersRead>,
    ) -> Result<Vec<TenantInvitation>, MemberError> {
        let open = Entity::find()
            .filter(Column::TenantId.eq(self.tenant().id().as_uuid()))
            .filter(Column::ExpiresAt.gt(self.platform().now().as_micros()))
            .order_by_asc(Column::Id);
        let rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| async move { tx.all(open).await }.boxed())
            .await?;
        Ok(rows.into_iter().map(TenantInvitation::from).collect())
    }

    /// Takes an invitation back.
    pub async fn revoke_tenant_invitation(
        &self,
        _: &Permit<MembersWrite>,
        id: TenantInvitationId,
    ) -> Result<(), MemberError> {
        let revoked = self.delete_invitation(id, Some(Act::InvitationRevoked)).await?;
        if revoked { Ok(()) } else { Err(MemberError::NoInvitation) }
    }

    async fn write_invitation(&self, row: Model) -> Result<(), MemberError> {
        let scope = self.clone();
        self.change_members(move |tx| {
            async move {
                let authority = scope.begin_change(tx).await?;
                let (tenant, now) = (scope.tenant().id(), scope.platform().now());
                let role = find_role(tx, tenant, &row.role).await?.ok_or(MemberError::NoRole)?;
                authority.over(&role)?;
                if let Some(account) = find_by_email(tx, &row.email_key).await? {
                    let place = members::Entity::find_by_id((tenant.as_uuid(), account.id));
                    if tx.find(place).await?.is_some() {
                        return Err(MemberError::AlreadyMember);
                    }
                }
                let before = Entity::delete_many()
                    .filter(Column::TenantId.eq(tenant.as_uuid()))
                    .filter(Column::EmailKey.eq(row.email_key.clone()));
                tx.delete(before).await?;
                if places_taken(tx, tenant, now).await? >= MOST_MEMBERS {
                    return Err(MemberError::TooManyMembers { most: MOST_MEMBERS });
                }
                let id = TenantInvitationId::from_uuid(row.id).to_string();
                let details = Some(format!("{} {}", row.role, row.email));
                tx.insert(active(row)).await?;
                Ok(tx.insert(scope.member_entry(Act::Invited, id, details)?).await?)
            }
            .boxed()
        })
        .await
    }

    /// Removes an invitation, with an entry of the audit log where an act is named; says whether it was there.
    async fn delete_invitation(&self, id: TenantInvitationId, act: Option<Act>) -> Result<bool, MemberError> {
        let scope = self.clone();
        self.change_members(move |tx| {
            async move {
                let authority = scope.begin_change(tx).await?;
                let tenant = scope.tenant().id();
                let key = (tenant.as_uuid(), id.as_uuid());
                let Some(row) = tx.find(Entity::find_by_id(key)).await? else { return Ok(false) };
                if let Some(role) = find_role(tx, tenant, &row.role).await? {
                    authority.over(&role)?;
                }
                tx.delete(Entity::delete_by_id(key)).await?;
                if let Some(act) = act {
                    tx.insert(scope.member_entry(act, id.to_string(), Some(row.email))?).await?;
                }
                Ok(true)
            }
            .boxed()
        })
        .await
    }

    /// The mail has the secret and no link: the console has no page yet on which it could be used.
    async fn invitation_mail(&self, new: &NewTenantInvitation, token: &str) -> Result<Outgoing, MemberError> {
        let values = vec![
            ("email", new.email.as_str().to_owned()),
            ("token", token.to_owned()),
            ("days", TENANT_INVITATION_DAYS.to_string()),
        ];
        let letter = Letter {
            to: new.email.as_str(),
            template: TemplateName::TenantInvitation,
            locale: new.locale.as_ref(),
            values,
            minutes: Some(TENANT_INVITATION_DAYS * 24 * 60),
        };
        Ok(self.compose(letter).await?)
    }
}

fn active(row: Model) -> ActiveModel {
    ActiveModel {
        tenant_id: Set(row.tenant_id),
        id: Set(row.id),
        email: Set(row.email),
        email_key: Set(row.email_key),
        role: Set(row.role),
        digest: Set(row.digest),
        invited_by: Set(row.invited_by),
        created_at: Set(row.created_at),
        expires_at: Set(row.expires_at),
    }
}
