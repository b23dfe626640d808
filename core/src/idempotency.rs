//! Requests that may be sent again: an answer is kept with the work it belongs to, in the same transaction, and a
//! repetition gets that answer instead of doing the work twice.
//!
//! Racing repetitions meet at the answer's row: on SQLite the writer's turn orders them; on a server the second waits
//! for the first transaction to end, and then finds its answer, or takes its place.

use sea_query::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::access::Actor;
use crate::clock::Timestamp;
use crate::dialect::Dialect;
use crate::invalid::Invalid;
use crate::store::{Place, Sql, StoreError, Tx};

/// How long an answer is kept: a day.
pub const KEPT_SECONDS: i64 = 24 * 3600;

/// The key by which a client marks repetitions of one request: 1 to 255 printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Names principal, route and key.
    digest: [u8; 32],
    /// Of the request's body.
    fingerprint: [u8; 32],
}

/// Asks for a piece of work to be done once. `render` makes the answer that is kept.
#[derive(Debug)]
pub struct Once<T> {
    /// Of the request.
    pub key: IdempotencyKey,
    /// Makes the answer.
    pub render: fn(&T) -> Vec<u8>,
}

/// What came of a request that may be a repetition.
#[derive(Debug)]
pub enum Outcome<T> {
    /// The work was done now.
    Fresh(T),
    /// It was done before: the answer of then.
    Replayed(Vec<u8>),
}

/// The key was used for another body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the idempotency key was used before with another body; a new request needs a new key")]
pub struct KeyReused;

impl IdempotencyKey {
    /// Reads the key of a request by `actor` to `route` (method and path) with `body`.
    pub fn parse(text: &str, actor: &Actor, route: &str, body: &[u8]) -> Result<Self, Invalid> {
        if text.is_empty()
            || text.len() > 255
            || !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
        {
            let message = "an idempotency key has 1 to 255 printable ASCII characters";
            return Err(Invalid::one("", "invalid_idempotency_key", message));
        }
        let mut digest = Sha256::new();
        // NUL stands in none of the parts, so no two triples run together.
        for part in [&actor.to_string(), route, text] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        Ok(Self { digest: digest.finalize().into(), fingerprint: Sha256::digest(body).into() })
    }

    /// Names principal, route and key.
    pub(crate) const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Takes the key for this unit of work; `Some` is the answer of an earlier one.
    pub(crate) async fn take<E>(
        &self,
        tx: &mut Tx<'_>,
        place: Place,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, E>
    where
        E: From<StoreError> + From<KeyReused>,
    {
        let dialect = tx.dialect();
        let (table, tenant) = table(place);
        let (columns, marks) = match tenant {
            Some(_) => ("tenant_id, digest", "?, ?"),
            None => ("digest", "?"),
        };
        let insert = format!(
            "INSERT {ignore} INTO {table} ({columns}, fingerprint, body, created_at) \
             VALUES ({marks}, ?, ?, ?) {conflict}",
            ignore = if dialect == Dialect::MariaDb { "IGNORE" } else { "" },
            conflict = if dialect == Dialect::MariaDb { "" } else { "ON CONFLICT DO NOTHING" },
        );
        let rest: [Value; 3] =
            [self.fingerprint.to_vec().into(), Vec::<u8>::new().into(), now.as_micros().into()];
        let values = self.row(tenant).chain(rest).collect();
        if tx.execute(&Sql::new(dialect.placeholders(&insert), values)).await? == 1 {
            forget(tx, place, now).await?;
            return Ok(None);
        }
        // It was there a moment ago; if it is not now, it has just been forgotten.
        let answer = self.answer::<E>(tx, place).await?;
        answer.map_or_else(|| Err(StoreError::Busy.into()), |body| Ok(Some(body)))
    }

    /// The answer of an earlier unit of work.
    pub(crate) async fn answer<E>(&self, tx: &mut Tx<'_>, place: Place) -> Result<Option<Vec<u8>>, E>
    where
        E: From<StoreError> + From<KeyReused>,
    {
        let (table, tenant) = table(place);
        let select = format!("SELECT fingerprint, body FROM {table} WHERE {}", condition(tenant));
        let sql = Sql::new(tx.dialect().placeholders(&select), self.row(tenant).collect());
        let found = tx
            .query(&sql, |row| Ok((row.bytes(0)?.unwrap_or_default(), row.bytes(1)?.unwrap_or_default())))
            .await?;
        match found.into_iter().next() {
            Some((fingerprint, body)) if fingerprint == self.fingerprint => Ok(Some(body)),
            Some(_) => Err(KeyReused.into()),
            None => Ok(None),
        }
    }

    /// Keeps the answer.
    pub(crate) async fn keep(&self, tx: &mut Tx<'_>, place: Place, body: Vec<u8>) -> Result<(), StoreError> {
        let (table, tenant) = table(place);
        let update = format!("UPDATE {table} SET body = ? WHERE {}", condition(tenant));
        let values = std::iter::once(Value::from(body)).chain(self.row(tenant)).collect();
        tx.execute(&Sql::new(tx.dialect().placeholders(&update), values)).await.map(drop)
    }

    fn row(&self, tenant: Option<Uuid>) -> impl Iterator<Item = Value> {
        tenant.map(Value::from).into_iter().chain([self.digest.to_vec().into()])
    }
}

const fn table(place: Place) -> (&'static str, Option<Uuid>) {
    match place {
        Place::Control => ("operator_requests", None),
        Place::Tenant(id) => ("requests", Some(id.as_uuid())),
    }
}

const fn condition(tenant: Option<Uuid>) -> &'static str {
    if tenant.is_some() { "tenant_id = ? AND digest = ?" } else { "digest = ?" }
}

/// Forgets some answers that have been kept long enough. Each new one lets a few old ones go, so that they need no
/// sweep, and none ever has many to delete.
async fn forget(tx: &mut Tx<'_>, place: Place, now: Timestamp) -> Result<(), StoreError> {
    const AT_ONCE: u32 = 100;
    let (table, tenant) = table(place);
    let own = if tenant.is_some() { "tenant_id = ? AND " } else { "" };
    let old = format!("{own}created_at < ?");
    let delete = match tx.dialect() {
        Dialect::MariaDb => format!("DELETE FROM {table} WHERE {old} LIMIT {AT_ONCE}"),
        Dialect::Sqlite | Dialect::Postgres => format!(
            "DELETE FROM {table} WHERE digest IN (SELECT digest FROM {table} WHERE {old} LIMIT {AT_ONCE})"
        ),
    };
    let before = now.plus_seconds(-KEPT_SECONDS).as_micros();
    let values = tenant.map(Value::from).into_iter().chain([before.into()]).collect();
    tx.execute(&Sql::new(tx.dialect().placeholders(&delete), values)).await.map(drop)
}
