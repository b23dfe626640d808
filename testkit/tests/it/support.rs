//! Looking into the databases past the platform.

use futures_util::FutureExt as _;
use neonex_core::engine::Undo;
use neonex_core::idempotency::IdempotencyKey;
use neonex_core::invalid::Invalid;
use neonex_core::records::RecordError;
use neonex_core::store::{Place, Sql, Store, StoreError};
use neonex_testkit::TestTenant;
use uuid::Uuid;

/// The first column of what a query finds. Its placeholders stand for ids.
pub(crate) async fn numbers(store: &Store, place: Place, sql: &str, ids: &[Uuid]) -> Vec<Option<i64>> {
    let sql = statement(store, sql, ids);
    store
        .read::<_, StoreError, _>(place, move |tx| {
            async move { tx.query(&sql, |row| row.int(0)).await }.boxed()
        })
        .await
        .unwrap()
}

/// A single number.
pub(crate) async fn number(store: &Store, place: Place, sql: &str, ids: &[Uuid]) -> i64 {
    numbers(store, place, sql, ids).await[0].unwrap_or_default()
}

/// The columns of what a query finds, all of them texts.
pub(crate) async fn texts(
    store: &Store,
    place: Place,
    sql: &str,
    ids: &[Uuid],
    columns: usize,
) -> Vec<Vec<Option<String>>> {
    let sql = statement(store, sql, ids);
    store
        .read::<_, StoreError, _>(place, move |tx| {
            async move { tx.query(&sql, |row| (0..columns).map(|at| row.text(at)).collect()).await }.boxed()
        })
        .await
        .unwrap()
}

/// Runs statements one after another, as one transaction where it can be one.
pub(crate) async fn execute(store: &Store, place: Place, statements: Vec<(String, Vec<Uuid>)>) {
    let statements: Vec<_> = statements.iter().map(|(sql, ids)| statement(store, sql, ids)).collect();
    store
        .write::<_, StoreError, _>(place, Undo::Savepoint, move |tx| {
            async move {
                for sql in statements {
                    tx.execute(&sql).await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await
        .unwrap();
}

/// Changes the schema.
pub(crate) async fn define(store: &Store, place: Place, statements: Vec<String>) {
    store
        .write::<_, StoreError, _>(place, Undo::Savepoint, move |tx| {
            async move { tx.define(&statements).await }.boxed()
        })
        .await
        .unwrap();
}

fn statement(store: &Store, sql: &str, ids: &[Uuid]) -> Sql {
    Sql::new(store.dialect().placeholders(sql), ids.iter().map(|&id| id.into()).collect())
}

/// How many rows of a shared table are a tenant's.
pub(crate) async fn rows_of(store: &Store, tenant: &TestTenant, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table} WHERE tenant_id = ?");
    number(store, tenant.place(), &sql, &[tenant.id.as_uuid()]).await
}

/// The idempotency key `text` of the operator whose token is made first in each test.
pub(crate) fn once(actor: &neonex_core::access::Actor, text: &str, body: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text, actor, "POST /test", body.as_bytes()).unwrap()
}

/// What is wrong with an input that must not be taken.
pub(crate) fn invalid<T: std::fmt::Debug>(read: Result<T, RecordError>) -> Invalid {
    match read {
        Err(RecordError::Invalid(invalid)) => invalid,
        other => panic!("{other:?}"),
    }
}

/// Rounds of a race: `few`, or as many as `NEONEX_RACE_ROUNDS` says, which `make soak` sets.
pub(crate) fn rounds(few: usize) -> usize {
    std::env::var("NEONEX_RACE_ROUNDS").map_or(few, |rounds| rounds.parse().unwrap())
}

/// A day: after that long nothing counts any more of what was tried before.
pub(crate) const FORGIVEN: i64 = 24 * 3600 + 1;
