//! Against guessing: a try is counted before it is made, so that racing tries are counted too, and what was right
//! takes the count back.
//!
//! After so many failures in a row the next try has to wait, each time twice as long, and at last there is none any
//! more until the secret is another. Who comes from one address is counted apart from what is tried, with more room:
//! an office has one address. What is counted lies in the tenant's database, so a restart forgives nothing.

use std::net::IpAddr;

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use sha2::{Digest as _, Sha256};

use super::error::UserError;
use crate::clock::Timestamp;
use crate::dialect::Dialect;
use crate::ids::TenantId;
use crate::store::entities::failures::{ActiveModel, Column, Entity};
use crate::store::{StoreError, Tx};

/// The longest wait: a quarter of an hour.
const LONGEST_WAIT_SECONDS: i64 = 15 * 60;
/// Failures of an account after which no password helps any more: it has to be reset.
const HARD_STOP: i64 = 100;
/// A count starts over after a day without a failure, but for those that are past the hard stop.
const FORGIVEN_AFTER_SECONDS: i64 = 24 * 3600;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried<'t> {
    /// A secret of an account, which is named by what it signs in with.
    Account(&'t str),
    /// Anything from one address. Of IPv6 that is a customer's network of 64 bits.
    Address(IpAddr),
}

/// The next try has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wait {
    /// For so long; `None` for as long as the secret is the same.
    seconds: Option<i64>,
}

impl Tried<'_> {
    fn digest(self) -> Vec<u8> {
        let text = match self {
            Self::Account(name) => format!("account {name}"),
            Self::Address(IpAddr::V4(address)) => format!("address {address}"),
            Self::Address(IpAddr::V6(address)) => format!("address {:016x}", u128::from(address) >> 64),
        };
        Sha256::digest(text).to_vec()
    }

    /// Failures that cost no wait.
    const fn free(self) -> i64 {
        match self {
            Self::Account(_) => 5,
            Self::Address(_) => 50,
        }
    }

    /// What has to be waited after so many failures.
    fn wait(self, failures: i64) -> Wait {
        if matches!(self, Self::Account(_)) && failures >= HARD_STOP {
            return Wait { seconds: None };
        }
        let beyond = u32::try_from(failures - self.free()).ok();
        let seconds = beyond.map_or(0, |beyond| 1_i64.checked_shl(beyond.min(30)).unwrap_or(i64::MAX));
        Wait { seconds: Some(seconds.min(LONGEST_WAIT_SECONDS)) }
    }
}

/// Counts a try as failed before it is made, or says that it has to wait.
async fn admit(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    tried: Tried<'_>,
    now: Timestamp,
) -> Result<Result<(), Wait>, StoreError> {
    let key = (tenant.as_uuid(), tried.digest());
    let row = tx.find(Entity::find_by_id(key.clone())).await?;
    let Some(row) = row else {
        let first = ActiveModel {
            tenant_id: Set(key.0),
            digest: Set(key.1),
            failures: Set(1),
            last_at: Set(now.as_micros()),
        };
        forget_old(tx, tenant, now).await?;
        return match tx.insert(first).await {
            // Another first try went before: this one is made anew and finds it.
            Err(StoreError::Unique { .. }) => Err(StoreError::Conflict("a racing first try".into())),
            inserted => inserted.map(Ok),
        };
    };
    let passed = now.as_micros().saturating_sub(row.last_at) / 1_000_000;
    let mut failures = row.failures;
    match tried.wait(failures).seconds {
        None => return Ok(Err(Wait { seconds: None })),
        Some(_) if passed >= FORGIVEN_AFTER_SECONDS => failures = 0,
        // A clock that was set back makes nobody wait longer than the wait.
        Some(wait) if (0..wait).contains(&passed) => return Ok(Err(Wait { seconds: Some(wait - passed) })),
        Some(_) => {}
    }
    let update = Entity::update_many()
        .col_expr(Column::Failures, (failures + 1).into())
        .col_expr(Column::LastAt, now.as_micros().into())
        .filter(Column::TenantId.eq(key.0))
        .filter(Column::Digest.eq(key.1))
        .filter(Column::Failures.eq(row.failures))
        .filter(Column::LastAt.eq(row.last_at));
    // Of those who read the same count one goes on; the others read anew.
    if tx.update(update).await? == 0 {
        return Err(StoreError::Conflict("a racing try".into()));
    }
    Ok(Ok(()))
}

/// The same against where a try comes from, and against an account.
pub(super) async fn admit_from(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    account: Option<&str>,
    address: Option<IpAddr>,
    now: Timestamp,
) -> Result<(), UserError> {
    for tried in address.map(Tried::Address).into_iter().chain(account.map(Tried::Account)) {
        // As an error, so that a try which is not made counts nowhere.
        let admitted = admit(tx, tenant, tried, now).await?;
        admitted.map_err(|Wait { seconds }| UserError::Wait { seconds })?;
    }
    Ok(())
}

/// Removes what is forgiven, and what was spent so long ago that it has come back: whoever adds a row makes room, so that
/// trying ever other names fills nothing.
async fn forget_old(tx: &mut Tx<'_>, tenant: TenantId, now: Timestamp) -> Result<(), StoreError> {
    let old = Entity::delete_many()
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::LastAt.lt(now.plus_seconds(-FORGIVEN_AFTER_SECONDS).as_micros()))
        .filter(Column::Failures.lt(HARD_STOP));
    tx.delete(old).await.map(drop)
}

/// Takes the counts back after a try that was right. An address keeps what others from it have failed: who has one
/// account there must not be able to wash away the tries at all others.
pub(super) async fn absolve(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    account: &str,
    address: Option<IpAddr>,
) -> Result<(), StoreError> {
    tx.delete(Entity::delete_by_id((tenant.as_uuid(), Tried::Account(account).digest()))).await?;
    if let Some(address) = address {
        let less = Entity::update_many()
            .col_expr(Column::Failures, sea_orm::sea_query::Expr::cust("failures - 1"))
            .filter(Column::TenantId.eq(tenant.as_uuid()))
            .filter(Column::Digest.eq(Tried::Address(address).digest()))
            .filter(Column::Failures.gt(0));
        tx.update(less).await?;
    }
    Ok(())
}

/// What there is so much of, and then one more each so often. What was spent is counted beside what has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowance<'a> {
    /// Mails to one address: so that nobody's box is filled.
    MailsTo(&'a str),
    /// Mails that one network address causes.
    MailsFrom(IpAddr),
    /// Mails of a tenant, so many in an hour.
    Mails(u32),
    /// Users of nobody in particular that one network address makes.
    UsersFrom(IpAddr),
}

impl Allowance<'_> {
    fn digest(self) -> Vec<u8> {
        let text = match self {
            Self::MailsTo(address) => format!("mails to {}", address.to_lowercase()),
            Self::MailsFrom(IpAddr::V4(address)) => format!("mails from {address}"),
            Self::MailsFrom(IpAddr::V6(address)) => format!("mails from {:016x}", u128::from(address) >> 64),
            Self::Mails(_) => "mails".to_owned(),
            Self::UsersFrom(IpAddr::V4(address)) => format!("users from {address}"),
            Self::UsersFrom(IpAddr::V6(address)) => format!("users from {:016x}", u128::from(address) >> 64),
        };
        Sha256::digest(text).to_vec()
    }

    /// How many there are at once, and microseconds until there is one more.
    fn terms(self) -> (i64, i64) {
        const SECOND: i64 = 1_000_000;
        match self {
            Self::MailsTo(_) => (3, 10 * 60 * SECOND),
            Self::MailsFrom(_) => (50, 20 * SECOND),
            Self::UsersFrom(_) => (50, 60 * SECOND),
            Self::Mails(hourly) => (i64::from(hourly), 3600 * SECOND / i64::from(hourly.max(1))),
        }
    }

    /// What is spent at `now` of what was spent at `then`, and since when that is so.
    fn spent(self, (spent, then): (i64, i64), now: i64) -> (i64, i64) {
        let (_, each) = self.terms();
        // A clock that was set back gives nothing and takes nothing.
        let back = (now.saturating_sub(then).max(0) / each).min(spent);
        if back == spent { (0, now) } else { (spent - back, then + back * each) }
    }
}

/// Spends one of an allowance, or says in how many seconds there is one.
pub(super) async fn spend(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    allowance: Allowance<'_>,
    now: Timestamp,
) -> Result<Result<(), i64>, StoreError> {
    let key = (tenant.as_uuid(), allowance.digest());
    let mut find = Entity::find_by_id(key.clone());
    // Who wants of the same at the same time waits, for it is spent in a moment.
    if tx.dialect() != Dialect::Sqlite {
        find = find.lock_exclusive();
    }
    let found = tx.find(find).await?;
    if found.is_none() {
        forget_old(tx, tenant, now).await?;
    }
    let now = now.as_micros();
    let Some(row) = found else {
        let first =
            ActiveModel { tenant_id: Set(key.0), digest: Set(key.1), failures: Set(1), last_at: Set(now) };
        return match tx.insert(first).await {
            // Another was first: this one is made anew and finds it.
            Err(StoreError::Unique { .. }) => Err(StoreError::Conflict("a racing first".into())),
            inserted => inserted.map(Ok),
        };
    };
    let (most, each) = allowance.terms();
    let (spent, since) = allowance.spent((row.failures, row.last_at), now);
    if spent >= most {
        let wait = since.saturating_add(each * (spent - most + 1)).saturating_sub(now);
        return Ok(Err((wait + 999_999).div_euclid(1_000_000).max(1)));
    }
    let update = Entity::update_many()
        .col_expr(Column::Failures, (spent + 1).into())
        .col_expr(Column::LastAt, since.into())
        .filter(Column::TenantId.eq(key.0))
        .filter(Column::Digest.eq(key.1));
    tx.update(update).await.map(|_| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end_in_none_at_all() {
        let account = Tried::Account("a@example.com");
        let seconds = |failures| account.wait(failures).seconds;
        assert_eq!([0, 4, 5, 6, 9, 14, 15, 99].map(seconds), [0, 0, 1, 2, 16, 512, 900, 900].map(Some));
        assert_eq!(seconds(100), None);
        let address = Tried::Address(IpAddr::from([192, 0, 2, 1]));
        assert_eq!([49, 50, 1_000_000].map(|failures| address.wait(failures).seconds), [0, 1, 900].map(Some));
    }

    #[test]
    fn what_is_counted_is_told_apart() {
        let v6 = |last: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, last]);
        assert_eq!(Tried::Address(v6(1)).digest(), Tried::Address(v6(2)).digest());
        let other = IpAddr::from([0x2001, 0xdb8, 0, 2, 0, 0, 0, 1]);
        assert_ne!(Tried::Address(v6(1)).digest(), Tried::Address(other).digest());
        assert_ne!(Tried::Account("192.0.2.1").digest(), Tried::Address([192, 0, 2, 1].into()).digest());
    }

    #[test]
    fn what_was_spent_comes_back_one_by_one() {
        const MINUTE: i64 = 60 * 1_000_000;
        let to = Allowance::MailsTo("Ann@example.com");
        assert_eq!(to.spent((3, 0), 9 * MINUTE), (3, 0));
        assert_eq!(to.spent((3, 0), 10 * MINUTE), (2, 10 * MINUTE));
        assert_eq!(to.spent((3, 0), 29 * MINUTE), (1, 20 * MINUTE));
        assert_eq!(to.spent((3, 0), 31 * MINUTE), (0, 31 * MINUTE));
        assert_eq!(to.spent((3, 5 * MINUTE), 0), (3, 5 * MINUTE));
        assert_eq!(Allowance::Mails(3600).terms(), (3600, 1_000_000));
        assert_eq!(to.digest(), Allowance::MailsTo("ann@EXAMPLE.com").digest());
        assert_ne!(to.digest(), Tried::Account("ann@example.com").digest());
    }
}
