//! Sessions: begun, refreshed, listed, ended.

use std::net::IpAddr;

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::audit::{Act, entry};
use super::begin::Proven;
use super::error::UserError;
use super::refresh_token::RefreshToken;
use super::signing::Claims;
use super::{factors, oauth, one_time};
use crate::access::{Actor, AuthRead, AuthWrite, Permit, TenantScope};
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::ids::{SessionId, TenantId};
use crate::platform::see_through;
use crate::records::users::{UserKey, UserRecord};
use crate::records::{RecordBody, RecordId};
use crate::secrets::SecretError;
use crate::store::entities::user_secrets;
use crate::store::entities::user_sessions::{ActiveModel, Column, Entity, Model};
use crate::store::{StoreError, Tx};

/// Sessions that a user has at most; beyond it the ones end that were not used for longest.
const MOST: u64 = 100;
/// A refresh token that was used a moment ago comes from a client that asked twice, and not from a thief.
const RACE_SECONDS: i64 = 10;

/// A sign-in that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// How it began: `password`, `oauth`; `impersonation`, where it is not the user who acts.
    pub method: String,
    /// What was shown beside that: `totp`, `passkey`, `recovery_code`.
    pub second_factor: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When its tokens were last renewed.
    pub refreshed_at: Timestamp,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
    /// When its user last showed that it is them.
    pub proved_at: Timestamp,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// Where it began.
    pub ip: Option<String>,
}

/// What a client gets to be known by.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Good for some minutes.
    pub access_token: String,
    /// Good once, for the next ones.
    pub refresh_token: RefreshToken,
    /// Seconds that the access token is good for.
    pub expires_in: u32,
    /// Seconds until the session ends, however much it is used.
    pub session_ends_in: i64,
    /// The user's record, as they see it.
    pub user: RecordBody,
}

/// A session that is about to begin.
pub(super) struct Beginning {
    row: ActiveModel,
    kept: Kept,
}

/// What of a session its tokens are made from.
pub(super) struct Kept {
    pub(super) id: SessionId,
    pub(super) expires_at: Timestamp,
    pub(super) secret: Vec<u8>,
    /// How it was shown who it is, in the words of RFC 8176 where it has one.
    pub(super) methods: Vec<String>,
    pub(super) proved_at: Timestamp,
}

impl From<Model> for Session {
    fn from(row: Model) -> Self {
        let time = |micros| Timestamp::from_micros(micros).unwrap_or(Timestamp::MIN);
        Self {
            id: SessionId::from_uuid(row.id),
            method: row.method,
            second_factor: row.second_factor,
            created_at: time(row.created_at),
            refreshed_at: time(row.refreshed_at),
            expires_at: time(row.expires_at),
            proved_at: time(row.proved_at),
            user_agent: row.user_agent,
            ip: row.ip,
        }
    }
}

impl Beginning {
    /// One that lasts as long as the tenant says.
    pub(super) fn new(scope: &TenantScope, proven: &Proven) -> Result<Self, SecretError> {
        let now = scope.platform().now();
        let days = i64::from(scope.tenant().auth().settings().session_days);
        let how = (proven.first(), proven.second());
        Self::made(scope, proven.user().id.as_uuid(), how, (now, now.plus_seconds(days * 24 * 3600)))
    }

    /// One in which it is not the user who acts, and in which nothing was ever proved.
    pub(super) fn of_another(
        scope: &TenantScope,
        user: Uuid,
        method: &str,
        expires_at: Timestamp,
    ) -> Result<Self, SecretError> {
        Self::made(scope, user, (method, None), (Timestamp::MIN, expires_at))
    }

    /// All that needs no database.
    fn made(
        scope: &TenantScope,
        user: Uuid,
        (first, second): (&str, Option<&str>),
        (proved_at, expires_at): (Timestamp, Timestamp),
    ) -> Result<Self, SecretError> {
        let platform = scope.platform();
        let now = platform.now();
        let tenant = scope.tenant().id();
        let id = SessionId::generate(platform.clock(), platform.rng())?;
        let mut secret = vec![0; 32];
        platform.rng().fill(&mut secret)?;
        let sealed = platform.master_key().seal(&context(tenant, id), &secret, platform.rng())?;
        let user_agent = scope.facts().header("user-agent").map(|agent| agent.chars().take(500).collect());
        let row = ActiveModel {
            tenant_id: Set(tenant.as_uuid()),
            id: Set(id.as_uuid()),
            user_id: Set(user),
            method: Set(first.to_owned()),
            second_factor: Set(second.map(str::to_owned)),
            proved_at: Set(proved_at.as_micros()),
            secret: Set(sealed),
            counter: Set(1),
            created_at: Set(now.as_micros()),
            refreshed_at: Set(now.as_micros()),
            expires_at: Set(expires_at.as_micros()),
            user_agent: Set(user_agent),
            ip: Set(scope.facts().ip().map(|ip: IpAddr| ip.to_string())),
        };
        let methods = method_references(first, second);
        Ok(Self { row, kept: Kept { id, expires_at, secret, methods, proved_at } })
    }

    /// Writes it, and ends those of the user that are too many.
    pub(super) async fn write(row: ActiveModel, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let (tenant, user, now) = (*row.tenant_id.as_ref(), *row.user_id.as_ref(), *row.created_at.as_ref());
        let over =
            Entity::delete_many().filter(Column::TenantId.eq(tenant)).filter(Column::ExpiresAt.lte(now));
        tx.delete(over).await?;
        tx.insert(row).await?;
        let surplus = Entity::find()
            .filter(Column::TenantId.eq(tenant))
            .filter(Column::UserId.eq(user))
            .order_by_desc(Column::RefreshedAt)
            .order_by_desc(Column::Id)
            .offset(MOST)
            .limit(MOST);
        for row in tx.all(surplus).await? {
            tx.delete(Entity::delete_by_id((tenant, row.id))).await?;
        }
        Ok(())
    }

    /// The row to be written, and what tokens are made from when it is.
    pub(super) fn split(self) -> (ActiveModel, Kept) {
        (self.row, self.kept)
    }
}

impl TenantScope {
    /// The tokens of a session, whose next refresh token has that counter.
    pub(super) fn tokens(
        &self,
        user: &UserRecord,
        session: &Kept,
        counter: i64,
    ) -> Result<SignedIn, UserError> {
        let (platform, tenant) = (self.platform(), self.tenant().id());
        let now = platform.now();
        let minutes = self.tenant().auth().settings().access_token_minutes;
        let seconds = |time: Timestamp| time.as_micros().div_euclid(1_000_000);
        let (iat, ends) = (seconds(now), seconds(session.expires_at));
        let exp = (iat + i64::from(minutes) * 60).min(ends);
        let claims = Claims {
            iss: platform.issuer(tenant),
            aud: tenant.to_string(),
            sub: user.id.as_uuid(),
            sid: session.id,
            iat,
            exp,
            act: None,
            amr: session.methods.clone(),
            auth_time: seconds(session.proved_at),
        };
        Ok(SignedIn {
            access_token: self.tenant().auth().sign(&claims, tenant, now, platform.master_key())?,
            refresh_token: RefreshToken::new(tenant, session.id, counter, &session.secret),
            expires_in: u32::try_from(exp - iat).unwrap_or_default(),
            session_ends_in: ends - iat,
            user: user.body.clone(),
        })
    }

    /// Uses a refresh token up. Of racers one succeeds; a token that was used before ends the session, whoever of the
    /// two is the thief.
    pub async fn refresh(&self, token: RefreshToken) -> Result<SignedIn, UserError> {
        if token.tenant() != self.tenant().id() {
            return Err(UserError::InvalidRefreshToken);
        }
        see_through(self.clone().use_refresh_token(token)).await
    }

    async fn use_refresh_token(self, token: RefreshToken) -> Result<SignedIn, UserError> {
        let (platform, tenant) = (self.platform().clone(), self.tenant().id());
        let users = self.tenant().users().cloned().ok_or(UserError::InvalidRefreshToken)?;
        let key = (tenant.as_uuid(), token.session().as_uuid());
        let find = Entity::find_by_id(key);
        let found = platform
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| async move { tx.find(find).await }.boxed())
            .await?;
        let row = found.ok_or(UserError::InvalidRefreshToken)?;
        let secret = platform.master_key().open(&context(tenant, token.session()), &row.secret)?;
        if !token.is_of(&secret) {
            return Err(UserError::InvalidRefreshToken);
        }
        let (now, user_id) = (platform.now(), row.user_id);
        let reused = entry(&self, Act::TokenReused, Some(user_id), Some(token.session().to_string()))?;
        let counter = token.counter();
        let refreshed = platform
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    let next = Entity::update_many()
                        .col_expr(Column::Counter, (counter + 1).into())
                        .col_expr(Column::RefreshedAt, now.as_micros().into())
                        .filter(Column::TenantId.eq(key.0))
                        .filter(Column::Id.eq(key.1))
                        .filter(Column::Counter.eq(counter))
                        .filter(Column::ExpiresAt.gt(now.as_micros()));
                    if tx.update(next).await? == 1 {
                        let user = UserRecord::find(tx, &users, &UserKey::Id(RecordId::new(user_id))).await?;
                        return Ok::<_, UserError>(user.filter(|user| !user.disabled));
                    }
                    let row = tx.find(Entity::find_by_id(key)).await?;
                    let race = now.as_micros().saturating_sub(RACE_SECONDS * 1_000_000);
                    let raced = |row: &Model| row.counter == counter + 1 && row.refreshed_at >= race;
                    if row.is_some_and(|row| row.counter > counter && !raced(&row)) {
                        tx.delete(Entity::delete_by_id(key)).await?;
                        tx.insert(reused).await?;
                    }
                    Ok(None)
                }
                .boxed()
            })
            .await
            .map(|(done, _)| done)?;
        let Some(user) = refreshed else {
            platform.forget_user(tenant, user_id);
            return Err(UserError::InvalidRefreshToken);
        };
        let time = |micros| Timestamp::from_micros(micros).unwrap_or(now);
        let session = Kept {
            id: token.session(),
            expires_at: time(row.expires_at),
            secret,
            methods: method_references(&row.method, row.second_factor.as_deref()),
            proved_at: time(row.proved_at),
        };
        self.tokens(&user, &session, counter + 1)
    }

    /// The sessions of the user who calls, latest used first.
    pub async fn own_sessions(&self) -> Result<Vec<Session>, UserError> {
        let (user, _) = self.seen()?;
        Ok(self.sessions_of(user).await?)
    }

    /// The sessions of a user, latest used first.
    pub async fn user_sessions(
        &self,
        _: &Permit<AuthRead>,
        user: RecordId,
    ) -> Result<Vec<Session>, UserError> {
        Ok(self.sessions_of(user.as_uuid()).await?)
    }

    /// Ends the session of the user who calls.
    pub async fn sign_out(&self) -> Result<(), UserError> {
        let (user, session) = self.seen()?;
        see_through(self.clone().end(user, Some(session), None, Act::SignOut)).await.map(drop)
    }

    /// Ends one session of the user who calls.
    pub async fn end_own_session(&self, session: SessionId) -> Result<(), UserError> {
        let (user, _) = self.own()?;
        match see_through(self.clone().end(user, Some(session), None, Act::SessionsEnded)).await? {
            0 => Err(UserError::NoSession),
            _ => Ok(()),
        }
    }

    /// Ends all sessions of the user who calls but the one that calls.
    pub async fn end_other_sessions(&self) -> Result<u64, UserError> {
        let (user, session) = self.own()?;
        see_through(self.clone().end(user, None, Some(session), Act::SessionsEnded)).await
    }

    /// Ends all sessions of a user.
    pub async fn end_user_sessions(&self, _: &Permit<AuthWrite>, user: RecordId) -> Result<u64, UserError> {
        see_through(self.clone().end(user.as_uuid(), None, None, Act::SessionsEnded)).await
    }

    /// Who calls, and by which session: the user, and nobody who acts as them.
    pub(super) fn own(&self) -> Result<(Uuid, SessionId), UserError> {
        match self.actor() {
            Actor::User { by: Some(_), .. } => Err(UserError::Impersonated),
            _ => self.seen(),
        }
    }

    /// The same, also of who acts as the user: for what they may see, and to end it.
    pub(super) fn seen(&self) -> Result<(Uuid, SessionId), UserError> {
        match self.actor() {
            Actor::User { session, user, .. } => Ok((user.id, *session)),
            _ => Err(UserError::NotAUser),
        }
    }

    async fn sessions_of(&self, user: Uuid) -> Result<Vec<Session>, StoreError> {
        let (tenant, now) = (self.tenant().id().as_uuid(), self.platform().now().as_micros());
        let own = Entity::find()
            .filter(Column::TenantId.eq(tenant))
            .filter(Column::UserId.eq(user))
            .filter(Column::ExpiresAt.gt(now))
            .order_by_desc(Column::RefreshedAt)
            .order_by_desc(Column::Id);
        let rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| async move { tx.all(own).await }.boxed())
            .await?;
        Ok(rows.into_iter().map(Session::from).collect())
    }

    /// Ends one session, or all but one, or all.
    async fn end(
        self,
        user: Uuid,
        only: Option<SessionId>,
        but: Option<SessionId>,
        act: Act,
    ) -> Result<u64, UserError> {
        let tenant = self.tenant().id();
        let audit = entry(&self, act, Some(user), only.map(|session| session.to_string()))?;
        let ended = self
            .platform()
            .store()
            .write::<_, StoreError, _>(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    let ended = end_sessions(tx, tenant, user, (only, but)).await?;
                    if ended > 0 {
                        tx.insert(audit).await?;
                    }
                    Ok(ended)
                }
                .boxed()
            })
            .await;
        self.platform().forget_user(tenant, user);
        Ok(ended?)
    }
}

/// Ends a user's sessions: one; or all but one, or all, with the sign-ins that wait for a second factor.
pub(super) async fn end_sessions(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: Uuid,
    (only, but): (Option<SessionId>, Option<SessionId>),
) -> Result<u64, StoreError> {
    let mut delete =
        Entity::delete_many().filter(Column::TenantId.eq(tenant.as_uuid())).filter(Column::UserId.eq(user));
    match only {
        Some(only) => delete = delete.filter(Column::Id.eq(only.as_uuid())),
        None => one_time::forget(tx, tenant, user, &[factors::WAITING]).await?,
    }
    if let Some(but) = but {
        delete = delete.filter(Column::Id.ne(but.as_uuid()));
    }
    tx.delete(delete).await
}

/// Takes away all by which a user could be known, who is to be gone.
pub(crate) async fn forget_secrets(tx: &mut Tx<'_>, tenant: TenantId, user: Uuid) -> Result<(), StoreError> {
    end_sessions(tx, tenant, user, (None, None)).await?;
    factors::forget(tx, tenant, user).await?;
    one_time::forget_all(tx, tenant, user).await?;
    oauth::forget_identities(tx, tenant, user).await?;
    tx.delete(user_secrets::Entity::delete_by_id((tenant.as_uuid(), user))).await.map(drop)
}

/// The methods by which somebody has shown who they are, as tokens name them (`amr`, RFC 8176). What has no name there
/// keeps its own.
fn method_references(first: &str, second: Option<&str>) -> Vec<String> {
    let reference = |method: &str| match method {
        "password" => "pwd".to_owned(),
        "totp" | "recovery_code" => "otp".to_owned(),
        "passkey" => "pop".to_owned(),
        other => other.to_owned(),
    };
    let mut methods: Vec<String> = std::iter::once(first).chain(second).map(reference).collect();
    // A passkey that signs somebody in has asked for a finger or a number itself.
    if second.is_some() || first == "passkey" {
        methods.push("mfa".to_owned());
    }
    methods
}

fn context(tenant: TenantId, session: SessionId) -> Vec<u8> {
    format!("session {session} of {tenant}").into_bytes()
}
