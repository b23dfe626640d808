//! Against guessing: a try is counted before it is made, so that racing tries are counted too, and what was right
//! takes the count back.
//!
//! After so many failures in a row the next try has to wait, each time twice as long, and at last there is none any
//! more until the secret is another. Who comes from one address is counted apart from what is tried, with more room:
//! an office has one address. What is counted lies in a database, that of the tenant or, for accounts, the control
//! database: a restart forgives nothing.

use std::net::IpAddr;

use sea_query::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::dialect::Dialect;
use crate::store::{Place, Sql, StoreError, Tx};

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
pub(crate) struct Wait {
    /// For so long; `None` for as long as the secret is the same.
    pub(crate) seconds: Option<i64>,
}

/// A count, and when it was last changed, in microseconds.
type Count = (i64, i64);

/// Where counts lie.
#[derive(Debug, Clone, Copy)]
struct Ledger {
    table: &'static str,
    tenant: Option<Uuid>,
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

impl Ledger {
    const fn of(place: Place) -> Self {
        match place {
            Place::Control => Self { table: "account_failures", tenant: None },
            Place::Tenant(tenant) => Self { table: "failures", tenant: Some(tenant.as_uuid()) },
        }
    }

    /// The condition that a row is this place's.
    const fn own(self) -> &'static str {
        if self.tenant.is_some() { "tenant_id = ? AND " } else { "" }
    }

    fn owner(self) -> impl Iterator<Item = Value> {
        self.tenant.map(Value::from).into_iter()
    }

    /// A count, which is kept as it is until the transaction ends.
    async fn find(self, tx: &mut Tx<'_>, digest: &[u8]) -> Result<Option<Count>, StoreError> {
        let lock = if tx.dialect() == Dialect::Sqlite { "" } else { " FOR UPDATE" };
        let (table, own) = (self.table, self.own());
        let select = format!("SELECT failures, last_at FROM {table} WHERE {own}digest = ?{lock}");
        let values = self.owner().chain([digest.to_vec().into()]).collect();
        let sql = Sql::new(tx.dialect().placeholders(&select), values);
        let found = tx
            .query(&sql, |row| Ok((row.int(0)?.unwrap_or_default(), row.int(1)?.unwrap_or_default())))
            .await?;
        Ok(found.into_iter().next())
    }

    /// Begins a count. Of racing first ones all but one are made anew, and find it.
    async fn begin(self, tx: &mut Tx<'_>, digest: &[u8], now: Timestamp) -> Result<(), StoreError> {
        self.forget_old(tx, now).await?;
        let (column, mark) = if self.tenant.is_some() { ("tenant_id, ", "?, ") } else { ("", "") };
        let table = self.table;
        let insert =
            format!("INSERT INTO {table} ({column}digest, failures, last_at) VALUES ({mark}?, ?, ?)");
        let row: [Value; 3] = [digest.to_vec().into(), 1_i64.into(), now.as_micros().into()];
        let sql = Sql::new(tx.dialect().placeholders(&insert), self.owner().chain(row).collect());
        match tx.execute(&sql).await {
            Err(StoreError::Unique { .. }) => Err(StoreError::Conflict("a racing first try".into())),
            inserted => inserted.map(drop),
        }
    }

    /// Changes a count, if it is still as it was read; says whether it was.
    async fn change(
        self,
        tx: &mut Tx<'_>,
        digest: &[u8],
        before: Count,
        after: Count,
    ) -> Result<bool, StoreError> {
        let (table, own) = (self.table, self.own());
        let update = format!(
            "UPDATE {table} SET failures = ?, last_at = ? \
             WHERE {own}digest = ? AND failures = ? AND last_at = ?"
        );
        let set: [Value; 2] = [after.0.into(), after.1.into()];
        let was: [Value; 3] = [digest.to_vec().into(), before.0.into(), before.1.into()];
        let values = set.into_iter().chain(self.owner()).chain(was).collect();
        Ok(tx.execute(&Sql::new(tx.dialect().placeholders(&update), values)).await? > 0)
    }

    async fn end(self, tx: &mut Tx<'_>, digest: &[u8]) -> Result<(), StoreError> {
        let delete = format!("DELETE FROM {} WHERE {}digest = ?", self.table, self.own());
        let values = self.owner().chain([digest.to_vec().into()]).collect();
        tx.execute(&Sql::new(tx.dialect().placeholders(&delete), values)).await.map(drop)
    }

    /// Takes one back.
    async fn lessen(self, tx: &mut Tx<'_>, digest: &[u8]) -> Result<(), StoreError> {
        let (table, own) = (self.table, self.own());
        let update =
            format!("UPDATE {table} SET failures = failures - 1 WHERE {own}digest = ? AND failures > 0");
        let values = self.owner().chain([digest.to_vec().into()]).collect();
        tx.execute(&Sql::new(tx.dialect().placeholders(&update), values)).await.map(drop)
    }

    /// Removes what is forgiven, and what was spent so long ago that it has come back: whoever adds a row makes room, so
    /// that trying ever other names fills nothing.
    async fn forget_old(self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
        let delete = format!("DELETE FROM {} WHERE {}last_at < ? AND failures < ?", self.table, self.own());
        let before = now.plus_seconds(-FORGIVEN_AFTER_SECONDS).as_micros();
        let values = self.owner().chain([before.into(), HARD_STOP.into()]).collect();
        tx.execute(&Sql::new(tx.dialect().placeholders(&delete), values)).await.map(drop)
    }
}

/// Counts a try as failed before it is made, or says that it has to wait.
async fn admit(
    tx: &mut Tx<'_>,
    ledger: Ledger,
    tried: Tried<'_>,
    now: Timestamp,
) -> Result<Result<(), Wait>, StoreError> {
    let digest = tried.digest();
    // Who tries the same at the same time waits: many come from one address.
    let Some(before) = ledger.find(tx, &digest).await? else {
        return ledger.begin(tx, &digest, now).await.map(Ok);
    };
    let passed = now.as_micros().saturating_sub(before.1) / 1_000_000;
    let mut failures = before.0;
    match tried.wait(failures).seconds {
        None => return Ok(Err(Wait { seconds: None })),
        Some(_) if passed >= FORGIVEN_AFTER_SECONDS => failures = 0,
        // A clock that was set back makes nobody wait longer than the wait.
        Some(wait) if (0..wait).contains(&passed) => return Ok(Err(Wait { seconds: Some(wait - passed) })),
        Some(_) => {}
    }
    // Of those who read the same count one goes on; the others read anew.
    if ledger.change(tx, &digest, before, (failures + 1, now.as_micros())).await? {
        return Ok(Ok(()));
    }
    Err(StoreError::Conflict("a racing try".into()))
}

/// The same against where a try comes from, and against an account.
pub(crate) async fn admit_from<E: From<StoreError> + From<Wait>>(
    tx: &mut Tx<'_>,
    place: impl Into<Place>,
    account: Option<&str>,
    address: Option<IpAddr>,
    now: Timestamp,
) -> Result<(), E> {
    let ledger = Ledger::of(place.into());
    for tried in address.map(Tried::Address).into_iter().chain(account.map(Tried::Account)) {
        // As an error, so that a try which is not made counts nowhere.
        admit(tx, ledger, tried, now).await??;
    }
    Ok(())
}

/// Takes the counts back after a try that was right. An address keeps what others from it have failed: who has one
/// account there must not be able to wash away the tries at all others.
pub(crate) async fn absolve(
    tx: &mut Tx<'_>,
    place: impl Into<Place>,
    account: &str,
    address: Option<IpAddr>,
) -> Result<(), StoreError> {
    let ledger = Ledger::of(place.into());
    ledger.end(tx, &Tried::Account(account).digest()).await?;
    match address {
        Some(address) => ledger.lessen(tx, &Tried::Address(address).digest()).await,
        None => Ok(()),
    }
}

/// What there is so much of, and then one more each so often. What was spent is counted beside what has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allowance<'a> {
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
pub(crate) async fn spend(
    tx: &mut Tx<'_>,
    place: impl Into<Place>,
    allowance: Allowance<'_>,
    now: Timestamp,
) -> Result<Result<(), i64>, StoreError> {
    let (ledger, digest) = (Ledger::of(place.into()), allowance.digest());
    // Who wants of the same at the same time waits, for it is spent in a moment.
    let Some(before) = ledger.find(tx, &digest).await? else {
        return ledger.begin(tx, &digest, now).await.map(Ok);
    };
    let now = now.as_micros();
    let (most, each) = allowance.terms();
    let (spent, since) = allowance.spent(before, now);
    if spent >= most {
        let wait = since.saturating_add(each * (spent - most + 1)).saturating_sub(now);
        return Ok(Err((wait + 999_999).div_euclid(1_000_000).max(1)));
    }
    ledger.change(tx, &digest, before, (spent + 1, since)).await.map(|_| Ok(()))
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
