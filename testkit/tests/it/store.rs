//! The store keeps its promises on every database.

use std::time::Duration;

use futures_util::FutureExt as _;
use neonex_core::clock::Timestamp;
use neonex_core::engine::Undo;
use neonex_core::ids::TenantId;
use neonex_core::store::{Dialect, MigrateError, Place, Row, Sql, Store, StoreError};
use neonex_testkit::{Backend, TestStore};
use uuid::Uuid;

fn now() -> Timestamp {
    Timestamp::from_micros(1_795_000_000_000_000).unwrap()
}

fn tenant(number: u128) -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(number))
}

/// Adds a collection to `owner`, from within `place`; then ends as `end` says.
async fn add(
    store: &Store,
    place: TenantId,
    owner: TenantId,
    (id, name): (u128, &'static str),
    end: Result<(), StoreError>,
) -> Result<(), StoreError> {
    store
        .write(Place::Tenant(place), Undo::Savepoint, move |tx| {
            async move {
                let insert = "INSERT INTO collections (tenant_id, id, name, definition, created_at, updated_at) \
                              VALUES (?, ?, ?, '{}', 1, 1)";
                let values = vec![owner.as_uuid().into(), Uuid::from_u128(id).into(), name.into()];
                tx.execute(&Sql::new(tx.dialect().placeholders(insert), values)).await?;
                end
            }
            .boxed()
        })
        .await
}

/// What a query without any filter of its own shows to `place`.
async fn names(store: &Store, place: TenantId) -> Vec<String> {
    let read = |row: &Row<'_>| Ok(row.text(0)?.unwrap_or_default());
    store
        .read::<_, StoreError, _>(Place::Tenant(place), move |tx| {
            let sql = Sql::new("SELECT name FROM collections ORDER BY name", Vec::new());
            async move { tx.query(&sql, read).await }.boxed()
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn migrations_go_up_and_down_and_up_again() {
    let test = TestStore::create().await.unwrap();
    for place in [Place::Control, Place::Tenant(tenant(7))] {
        let all: Vec<_> = place.scope().migrations().iter().map(|migration| migration.name).collect();
        assert_eq!(test.store.migrate_up(place, now()).await.unwrap(), all);
        assert!(
            test.store.migrate_up(place, now()).await.unwrap().is_empty(),
            "a second run applied something"
        );
        let status = test.store.migration_status(place).await.unwrap();
        assert!(status.iter().all(|row| row.applied_at == Some(now())), "{status:?}");
        for name in all.iter().rev() {
            assert_eq!(test.store.migrate_down(place).await.unwrap(), *name);
        }
        let nothing = test.store.migrate_down(place).await.unwrap_err();
        assert!(matches!(nothing, MigrateError::NothingToRevert { .. }), "{nothing}");
        assert_eq!(test.store.migrate_up(place, now()).await.unwrap(), all);
    }
    test.remove().await.unwrap();
}

#[tokio::test]
async fn a_database_from_a_newer_version_is_refused() {
    let test = TestStore::create().await.unwrap();
    test.store.migrate_up(Place::Control, now()).await.unwrap();
    let insert = "INSERT INTO neonex_migrations (scope, name, applied_at) VALUES ('control', 'm9_later', 1)";
    test.store
        .write::<_, StoreError, _>(Place::Control, Undo::None, move |tx| {
            async move { tx.execute(&Sql::new(insert, Vec::new())).await }.boxed()
        })
        .await
        .unwrap();
    let refused = test.store.migrate_up(Place::Control, now()).await.unwrap_err().to_string();
    assert!(refused.contains("`m9_later`") && refused.contains("newer version"), "{refused}");
    test.remove().await.unwrap();
}

#[tokio::test]
async fn a_unit_that_fails_leaves_nothing_and_its_neighbours_stay() {
    let test = TestStore::create().await.unwrap();
    let (store, one) = (&test.store, tenant(1));
    store.migrate_up(Place::Tenant(one), now()).await.unwrap();
    let (kept, failed, also) = tokio::join!(
        add(store, one, one, (11, "kept"), Ok(())),
        add(store, one, one, (12, "failed"), Err(StoreError::Busy)),
        add(store, one, one, (13, "also_kept"), Ok(())),
    );
    kept.unwrap();
    also.unwrap();
    assert!(matches!(failed, Err(StoreError::Busy)), "{failed:?}");
    assert_eq!(names(store, one).await, ["also_kept", "kept"]);
    let twice = add(store, one, one, (14, "kept"), Ok(())).await;
    assert!(matches!(twice, Err(StoreError::Unique { .. })), "{twice:?}");
    test.remove().await.unwrap();
}

/// On SQLite a tenant has a file, on Postgres row-level security. MariaDB has neither: there the filter that every
/// query carries is the only lock, and this shows that the test would notice.
#[tokio::test]
async fn a_query_without_a_filter_sees_nothing_of_another_tenant() {
    let test = TestStore::create().await.unwrap();
    let store = &test.store;
    for (number, name) in [(1, "of_one"), (2, "of_two")] {
        store.migrate_up(Place::Tenant(tenant(number)), now()).await.unwrap();
        add(store, tenant(number), tenant(number), (number, name), Ok(())).await.unwrap();
    }
    let backend = Backend::of_this_run().unwrap();
    if backend == Backend::MariaDb {
        assert_eq!(names(store, tenant(1)).await, ["of_one", "of_two"]);
    } else {
        assert_eq!(names(store, tenant(1)).await, ["of_one"]);
        assert_eq!(names(store, tenant(2)).await, ["of_two"]);
    }
    if backend == Backend::Postgres {
        assert!(names(store, tenant(3)).await.is_empty());
        let planted = add(store, tenant(1), tenant(2), (3, "planted"), Ok(())).await;
        assert!(planted.is_err(), "a row was written into another tenant");
    }
    test.remove().await.unwrap();
}

/// A transaction that has run one statement and waits to be told to run the next.
struct Held {
    go: tokio::sync::oneshot::Sender<()>,
    end: tokio::task::JoinHandle<Result<(), StoreError>>,
}

async fn hold(store: &Store, place: TenantId, [first, next]: [&'static str; 2]) -> Held {
    let store = store.clone();
    let (entered, inside) = tokio::sync::oneshot::channel();
    let (go, told) = tokio::sync::oneshot::channel();
    let end = tokio::spawn(async move {
        let unit = store.write(Place::Tenant(place), Undo::Savepoint, move |tx| {
            async move {
                tx.execute(&Sql::new(first, Vec::new())).await?;
                entered.send(()).unwrap();
                told.await.unwrap();
                tx.execute(&Sql::new(next, Vec::new())).await.map(drop)
            }
            .boxed()
        });
        unit.await
    });
    inside.await.unwrap();
    Held { go, end }
}

/// Embedded there is one writer, so units neither wait for each other's rows nor meet in a circle.
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_not_to_be_had_and_a_deadlock_are_worth_another_try() {
    const A: &str = "UPDATE collections SET created_at = created_at + 1 WHERE name = 'a'";
    const B: &str = "UPDATE collections SET created_at = created_at + 1 WHERE name = 'b'";
    const IMPATIENT: &str = "SELECT id FROM collections WHERE name = 'a' FOR UPDATE NOWAIT";

    let test = TestStore::create().await.unwrap();
    let (store, one) = (&test.store, tenant(1));
    store.migrate_up(Place::Tenant(one), now()).await.unwrap();
    if store.is_embedded() {
        return test.remove().await.unwrap();
    }
    for (id, name) in [(1, "a"), (2, "b")] {
        add(store, one, one, (id, name), Ok(())).await.unwrap();
    }
    let held = hold(store, one, [A, A]).await;
    let impatient = store.write::<_, StoreError, _>(Place::Tenant(one), Undo::Savepoint, |tx| {
        async move { tx.query(&Sql::new(IMPATIENT, Vec::new()), |_| Ok(())).await }.boxed()
    });
    let refused = impatient.await.unwrap_err();
    assert!(matches!(refused, StoreError::Busy) && refused.is_retryable(), "{refused:?}");
    held.go.send(()).unwrap();
    held.end.await.unwrap().unwrap();

    let circle = [hold(store, one, [A, B]).await, hold(store, one, [B, A]).await];
    let ends = circle.map(|held| {
        held.go.send(()).unwrap();
        held.end
    });
    let ends: Vec<_> = futures_util::future::join_all(ends).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1, "{ends:?}");
    let given_up = ends.into_iter().find_map(Result::err).unwrap();
    assert!(matches!(given_up, StoreError::Conflict(_)) && given_up.is_retryable(), "{given_up:?}");
    test.remove().await.unwrap();
}

/// An answer that nobody waits for any more is not read by the next one, who may be another tenant.
#[tokio::test]
async fn a_connection_whose_reader_went_away_is_not_lent_again() {
    let test = TestStore::create().await.unwrap();
    let Some(url) = test.url() else { return test.remove().await.unwrap() };
    let store = Store::server(&url, 1, Duration::from_secs(5)).await.unwrap();
    let (connection, slow) = match store.dialect() {
        Dialect::MariaDb => ("SELECT CAST(CONNECTION_ID() AS SIGNED)", "SELECT CAST(SLEEP(1) AS SIGNED)"),
        Dialect::Postgres | Dialect::Sqlite => {
            ("SELECT CAST(pg_backend_pid() AS BIGINT)", "SELECT CAST(1 AS BIGINT) FROM pg_sleep(1)")
        }
    };
    let ask = |number: u128, sql: &'static str| {
        store.read::<_, StoreError, _>(Place::Tenant(tenant(number)), move |tx| {
            async move { tx.query(&Sql::new(sql, Vec::new()), |row| row.int(0)).await }.boxed()
        })
    };
    let first = ask(1, connection).await.unwrap();
    assert_eq!(ask(2, connection).await.unwrap(), first, "one at rest is");
    let gone = tokio::time::timeout(Duration::from_millis(100), ask(1, slow)).await;
    assert!(gone.is_err(), "{gone:?}");
    assert_ne!(ask(2, connection).await.unwrap(), first);
    store.close().await;
    test.remove().await.unwrap();
}
