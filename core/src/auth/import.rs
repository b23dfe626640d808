//! Users from elsewhere, with the hashes of their passwords: what they know stays good.
//!
//! A file is read as it comes, and its users are made in transactions of some hundreds. A line that is wrong makes no
//! user and takes no other along. With the first sign-in a password is hashed as ours are (see
//! [`sign_in`](super::sign_in)).

use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::audit::{Act, entry};
use super::error::UserError;
use crate::access::{AuthWrite, Permit, TenantScope};
use crate::accounts::Email;
use crate::clock::Timestamp;
use crate::collections::users::USERS;
use crate::engine::Undo;
use crate::invalid::{Detail, Findings, Invalid};
use crate::json::is_deeper;
use crate::password::Hashed;
use crate::records::create::Creation;
use crate::records::import::{Content, Item, MAX_ERRORS, Splitter, details};
use crate::records::users::{Owned, UserKey, UserRecord};
use crate::records::write::Write as _;
use crate::records::{ImportReport, LineError, OnError, RecordError, RecordId};
use crate::store::entities::user_secrets;
use crate::store::{OfStore, StoreError};

/// Users that one transaction makes at most.
pub const USERS_AT_ONCE: usize = 200;
const MAX_DEPTH: u32 = 32;

/// A user as a line has them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: Option<String>,
    email: Option<String>,
    #[serde(default)]
    verified: bool,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    roles: Vec<String>,
    password_hash: Option<String>,
    profile: Option<Box<RawValue>>,
    created_at: Option<String>,
}

/// A user who can be made.
#[derive(Clone)]
struct Ready {
    line: u64,
    email: Option<String>,
    creation: Creation,
    secret: Option<user_secrets::ActiveModel>,
}

/// An import of users under way.
pub struct UserImport {
    scope: TenantScope,
    splitter: Splitter,
    on_error: OnError,
    dry_run: bool,
    waiting: Vec<Ready>,
    report: ImportReport,
}

/// Why a transaction is taken back.
enum Reason {
    Line(usize, UserError),
    DryRun,
    Store(StoreError),
}

impl From<StoreError> for Reason {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl OfStore for Reason {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Line(_, error) => error.store(),
            Self::DryRun => None,
            Self::Store(error) => Some(error),
        }
    }
}

impl TenantScope {
    /// Begins an import of users, as NDJSON. In a dry run everything is tried and nothing kept.
    pub async fn import_users(
        &self,
        _: &Permit<AuthWrite>,
        on_error: OnError,
        dry_run: bool,
    ) -> Result<UserImport, UserError> {
        let scope = self.with_users().await?;
        let (splitter, report) = (Splitter::lines(), ImportReport::default());
        Ok(UserImport { scope, splitter, on_error, dry_run, waiting: Vec::new(), report })
    }
}

impl UserImport {
    /// What came of the file so far.
    pub const fn report(&self) -> &ImportReport {
        &self.report
    }

    /// Takes the next bytes of the file, and makes the users that they complete.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<(), UserError> {
        let mut items = Vec::new();
        let split = self.splitter.push(bytes, &mut items);
        self.take(items).await?;
        if let Err(invalid) = split {
            self.flush().await?;
            return Err(invalid.into());
        }
        Ok(())
    }

    /// Makes the rest, and notes in the audit log what was done.
    pub async fn finish(&mut self) -> Result<(), UserError> {
        let mut items = Vec::new();
        let split = if self.report.stopped { Ok(()) } else { self.splitter.finish(&mut items) };
        self.take(items).await?;
        self.flush().await?;
        if self.report.created > 0 && !self.dry_run {
            let count = format!("{} users", self.report.created);
            let audit = entry(&self.scope, Act::UsersImported, None, Some(count))?;
            let store = self.scope.platform().store();
            store
                .write::<_, StoreError, _>(self.scope.place(), Undo::None, move |tx| {
                    async move { tx.insert(audit).await }.boxed()
                })
                .await?;
        }
        Ok(split?)
    }

    async fn take(&mut self, items: Vec<Item>) -> Result<(), UserError> {
        for Item { line, content } in items {
            if self.report.stopped {
                return Ok(());
            }
            let Content::Json(json) = content else { continue };
            match self.read(line, &json) {
                Ok(ready) => self.waiting.push(ready),
                Err(error) => {
                    // In their order: those before it first.
                    self.flush().await?;
                    self.fail(line, faults(error)?);
                }
            }
            if self.waiting.len() >= USERS_AT_ONCE {
                self.flush().await?;
            }
        }
        Ok(())
    }

    fn read(&self, line: u64, json: &[u8]) -> Result<Ready, UserError> {
        if is_deeper(json, MAX_DEPTH) {
            let message = format!("the JSON is nested deeper than {MAX_DEPTH} levels");
            return Err(Invalid::one("", "json_too_deep", message).into());
        }
        let sent: Line = serde_json::from_slice(json)
            .map_err(|error| Invalid::one("", "invalid_json", format!("this is no user: {error}")))?;
        let (scope, now) = (&self.scope, self.scope.platform().now());
        let mut findings = Findings::default();
        let email = sent.email.map(|email| findings.take("/email", Email::try_from(email)));
        let id = sent.id.map(|id| findings.take("/id", read_id(&id)));
        let created_at = sent.created_at.map(|at| findings.take("/created_at", read_time(&at, now)));
        if let Some(Err(refusal)) = sent.password_hash.as_deref().map(Hashed::parse) {
            findings.add("/password_hash", "unknown_hash", refusal);
        }
        let own = sent.profile.as_ref().map_or("{}", |profile| profile.get());
        let input = match scope.records(USERS)?.input(own.as_bytes()) {
            Err(RecordError::Invalid(invalid)) => findings.take("/profile", Err(invalid)),
            read => Some(read?),
        };
        let mut input = findings.finish(input)?;
        input.id = id.flatten().or(input.id);
        let email = email.flatten().map(|email| email.as_str().to_owned());
        let owned = Owned {
            email: Some(email.clone().into()),
            verified: Some(sent.verified),
            disabled: Some(sent.disabled),
            roles: Some(sent.roles),
        };
        let system = scope.as_system("auth");
        let mut creation = system.records(USERS)?.new_user(input, owned)?;
        if let Some(at) = created_at.flatten() {
            creation = creation.made_at(at, scope.platform().store().dialect());
        }
        let secret = sent.password_hash.map(|hash| user_secrets::ActiveModel {
            tenant_id: Set(scope.tenant().id().as_uuid()),
            user_id: Set(creation.id().as_uuid()),
            password_hash: Set(hash),
            changed_at: Set(now.as_micros()),
        });
        Ok(Ready { line, email, creation, secret })
    }

    async fn flush(&mut self) -> Result<(), UserError> {
        let mut users: Arc<[Ready]> = std::mem::take(&mut self.waiting).into();
        while !users.is_empty() && !self.report.stopped {
            let Some((at, error)) = self.make(Arc::clone(&users)).await? else {
                self.count(&users);
                return Ok(());
            };
            // The transaction is taken back with the line that failed; those before it are fine.
            let before: Arc<[Ready]> = users.iter().take(at).cloned().collect();
            if !before.is_empty() {
                if self.make(Arc::clone(&before)).await?.is_some() {
                    // Others write too: what failed is an earlier line now.
                    continue;
                }
                self.count(&before);
            }
            self.fail(users.get(at).map_or(0, |user| user.line), faults(error)?);
            users = users.iter().skip(at + 1).cloned().collect();
        }
        Ok(())
    }

    /// Makes all of them, or none: then the place of the one that failed, and why.
    async fn make(&self, users: Arc<[Ready]>) -> Result<Option<(usize, UserError)>, UserError> {
        let collection = self.scope.tenant().users().cloned().ok_or(UserError::OtherUsers)?;
        let (store, place, dry_run) = (self.scope.platform().store(), self.scope.place(), self.dry_run);
        let made = store
            .write_again::<_, Reason, _>(place, Undo::Savepoint, move |tx| {
                async move {
                    for (at, user) in users.iter().cloned().enumerate() {
                        let failed = |error: UserError| Reason::Line(at, error);
                        if let Some(email) = user.email {
                            let holder = UserRecord::find(tx, &collection, &UserKey::Email(email)).await?;
                            if holder.is_some() {
                                return Err(failed(UserError::EmailTaken));
                            }
                        }
                        user.creation.apply(tx).await.map_err(|error| failed(error.into()))?;
                        if let Some(secret) = user.secret {
                            tx.insert(secret).await?;
                        }
                    }
                    if dry_run { Err(Reason::DryRun) } else { Ok(()) }
                }
                .boxed()
            })
            .await;
        match made {
            Ok(_) | Err(Reason::DryRun) => Ok(None),
            Err(Reason::Line(at, error)) => Ok(Some((at, error))),
            Err(Reason::Store(error)) => Err(error.into()),
        }
    }

    fn count(&mut self, users: &[Ready]) {
        self.report.created += u64::try_from(users.len()).unwrap_or_default();
        if let Some(last) = users.last() {
            self.report.last_line = last.line;
        }
    }

    fn fail(&mut self, line: u64, details: Vec<Detail>) {
        // Lines before it may have stopped the import.
        if self.report.stopped {
            return;
        }
        self.report.failed += 1;
        self.report.last_line = line;
        let room = MAX_ERRORS.saturating_sub(self.report.errors.len());
        let errors = details.into_iter().take(room).map(|detail| LineError { line, detail });
        self.report.errors.extend(errors);
        self.report.stopped = self.on_error == OnError::Stop;
    }
}

fn read_id(text: &str) -> Result<RecordId, Invalid> {
    let id = RecordId::parse(text).filter(|id| !id.as_uuid().is_nil());
    id.ok_or_else(|| Invalid::one("", "invalid_id", "an id is a UUID with its hyphens"))
}

fn read_time(text: &str, now: Timestamp) -> Result<Timestamp, Invalid> {
    let time = Timestamp::parse(text).filter(|time| *time <= now);
    time.ok_or_else(|| {
        Invalid::one("", "invalid_time", "this is a time in the past, as `2024-05-01T12:00:00Z`")
    })
}

/// What is wrong with a line, for the report; or the error, where it is none of the line's.
fn faults(error: UserError) -> Result<Vec<Detail>, UserError> {
    match error {
        UserError::Invalid(invalid) => Ok(invalid.details().to_vec()),
        UserError::EmailTaken => {
            let message = "there is a user with this address".to_owned();
            Ok(vec![Detail { pointer: "/email".to_owned(), code: "email_taken", message }])
        }
        UserError::Record(error) => details(error).map_err(UserError::Record),
        error => Err(error),
    }
}
