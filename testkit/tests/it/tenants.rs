//! Tenants, from their making to their purge.

use neonex_core::access::{CollectionsWrite, KeysWrite, OperatorScope};
use neonex_core::collections::{NewCollection, NewField};
use neonex_core::idempotency::{Once, Outcome};
use neonex_core::keys::KeyKind;
use neonex_core::platform::{AuthError, Swept};
use neonex_core::records::ListQuery;
use neonex_core::store::{Dialect, Place};
use neonex_core::tenants::{
    DELETION_GRACE_SECONDS, NewTenant, Settings, Tenant, TenantError, TenantPatch, TenantStatus,
};
use neonex_testkit::{TestPlatform, TestTenant, enter, operator};

use crate::support::{define, number, once, rows_of};

fn new(slug: &str) -> NewTenant {
    NewTenant::parse(slug.to_owned(), slug.to_uppercase(), Settings::default()).unwrap()
}

async fn create(scope: &OperatorScope, slug: &str) -> Tenant {
    match scope.create_tenant(new(slug), None).await.unwrap() {
        Outcome::Fresh(tenant) => tenant,
        Outcome::Replayed(_) => panic!("a repetition without a key"),
    }
}

/// A collection with a record and a key: something of everything that a tenant has.
async fn fill(tenant: &TestTenant) -> neonex_testkit::TestKey {
    let key = tenant.key(KeyKind::Secret, None).await.unwrap();
    let scope = key.scope().await.unwrap();
    let title = NewField { name: "title".into(), kind: "text".into(), ..NewField::default() };
    let movies = NewCollection { name: "movies".into(), fields: vec![title], ..NewCollection::default() };
    scope.create_collection(&scope.permit::<CollectionsWrite>().unwrap(), movies, None).await.unwrap();
    let scope = key.scope().await.unwrap();
    let records = scope.records("movies").unwrap();
    let input = records.input(br#"{"title":"Heat"}"#).unwrap();
    let key_of_request = once(scope.actor(), "k1", "b");
    records.create(input, Some(key_of_request)).await.unwrap();
    key
}

#[tokio::test]
async fn a_tenant_is_found_by_id_and_slug_and_a_slug_is_taken_once() {
    let test = TestPlatform::start().await.unwrap();
    let scope = test.operator().await.unwrap();
    let acme = create(&scope, "acme").await;
    assert_eq!((acme.name.as_str(), acme.status, acme.version), ("ACME", TenantStatus::Active, 1));
    assert_eq!(scope.tenant("acme").await.unwrap(), acme);
    assert_eq!(scope.tenant(&acme.id.to_string()).await.unwrap(), acme);
    let again = scope.create_tenant(new("acme"), None).await;
    assert!(matches!(again, Err(TenantError::SlugTaken(slug)) if slug.as_str() == "acme"));
    assert!(matches!(scope.tenant("nobody").await, Err(TenantError::NotFound)));
    let unknown = acme.id.to_string().replace("ten_", "ten_f")[..36].to_owned();
    assert!(matches!(scope.tenant(&unknown).await, Err(TenantError::NotFound)));
    test.remove().await.unwrap();
}

#[tokio::test]
async fn pages_show_every_tenant_once() {
    let test = TestPlatform::start().await.unwrap();
    let scope = test.operator().await.unwrap();
    let mut made = Vec::new();
    for number in 0..5 {
        made.push(create(&scope, &format!("t{number}")).await.id);
        test.clock.advance(1);
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = scope.tenants(after, 2).await.unwrap();
        assert!(page.items.len() <= 2);
        found.extend(page.items.iter().map(|tenant| tenant.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, made, "oldest first");
    assert_eq!(scope.tenants(None, 5).await.unwrap().next, None, "a full last page has no next");
    test.remove().await.unwrap();
}

#[tokio::test]
async fn renamed_by_id_or_slug_and_its_settings_changed() {
    let test = TestPlatform::start().await.unwrap();
    let scope = test.operator().await.unwrap();
    let acme = create(&scope, "acme").await;
    create(&scope, "other").await;
    test.clock.advance(1);
    let patch = TenantPatch::parse(Some("apex".into()), None, None).unwrap();
    let renamed = scope.update_tenant("acme", patch).await.unwrap();
    assert_eq!((renamed.slug.as_str(), renamed.name.as_str(), renamed.version), ("apex", "ACME", 2));
    assert!(renamed.updated_at > acme.updated_at && renamed.created_at == acme.created_at);
    assert!(
        matches!(scope.tenant("acme").await, Err(TenantError::NotFound)),
        "the old slug still leads there"
    );
    let nobody = enter(&test.platform, None, Some("acme")).await.err();
    assert!(matches!(nobody, Some(AuthError::UnknownTenant)), "{nobody:?}");

    let origins = Settings { cors_origins: vec!["https://app.example".into()] };
    let patch = TenantPatch::parse(None, Some("Apex".into()), Some(origins.clone())).unwrap();
    let changed = scope.update_tenant(&acme.id.to_string(), patch).await.unwrap();
    assert_eq!((changed.name.as_str(), &changed.settings), ("Apex", &origins));
    let inside = scope.enter("apex").await.unwrap();
    assert_eq!(inside.tenant().settings(), &origins, "the snapshot is the one from before");

    let taken = TenantPatch::parse(Some("other".into()), None, None).unwrap();
    assert!(matches!(scope.update_tenant("apex", taken).await, Err(TenantError::SlugTaken(_))));
    // The slug that was given up can be another's.
    let second = create(&scope, "acme").await;
    assert_eq!(scope.enter("acme").await.unwrap().tenant().id(), second.id);
    test.remove().await.unwrap();
}

#[tokio::test]
async fn a_suspended_tenant_refuses_all_but_operators() {
    let test = TestPlatform::start().await.unwrap();
    let scope = test.operator().await.unwrap();
    let acme = test.tenant("acme").await.unwrap();
    let key = fill(&acme).await;
    assert_eq!(scope.suspend_tenant("acme").await.unwrap().status, TenantStatus::Suspended);
    scope.suspend_tenant("acme").await.unwrap();
    assert!(matches!(key.scope().await, Err(AuthError::Suspended)));
    assert!(matches!(acme.anonymous().await, Err(AuthError::Suspended)));
    acme.as_operator().await.unwrap();
    scope.enter("acme").await.unwrap();
    assert_eq!(scope.resume_tenant("acme").await.unwrap().status, TenantStatus::Active);
    assert!(key.scope().await.unwrap().tenant().collection("movies").is_some());
    test.remove().await.unwrap();
}

#[tokio::test]
async fn a_deleted_tenant_is_refused_and_can_be_had_back_for_a_week() {
    let test = TestPlatform::start().await.unwrap();
    let scope = test.operator().await.unwrap();
    let acme = test.tenant("acme").await.unwrap();
    let key = fill(&acme).await;
    let TenantStatus::Deleting { after } = scope.delete_tenant("acme").await.unwrap().status else {
        panic!("it is not deleted")
    };
    assert_eq!(after, test.platform.now().plus_seconds(DELETION_GRACE_SECONDS));
    for refused in [key.scope().await, acme.anonymous().await] {
        assert!(matches!(refused, Err(AuthError::Deleted)), "{:?}", refused.err());
    }
    assert!(acme.as_operator().await.is_err());
    assert!(matches!(scope.enter("acme").await, Err(TenantError::Deleted)));
    let patch = TenantPatch::parse(None, Some("x".into()), None).unwrap();
    assert!(matches!(scope.update_tenant("acme", patch).await, Err(TenantError::Deleted)));
    assert!(matches!(scope.suspend_tenant("acme").await, Err(TenantError::Deleted)));
    // Asked again, it is not given more time.
    test.clock.advance(DELETION_GRACE_SECONDS - 1);
    assert_eq!(scope.delete_tenant("acme").await.unwrap().status, TenantStatus::Deleting { after });
    assert_eq!(test.platform.purge_tenants().await.unwrap(), Swept::default());

    assert_eq!(scope.restore_tenant("acme").await.unwrap().status, TenantStatus::Active);
    test.clock.advance(10);
    assert_eq!(test.platform.purge_tenants().await.unwrap(), Swept::default());
    let records = key.scope().await.unwrap();
    assert_eq!(records.records("movies").unwrap().list(&ListQuery::default()).await.unwrap().next, None);
    assert_eq!(rows_of(test.store(), &acme, "changes").await, 1);
    test.remove().await.unwrap();
}

/// The data of a tenant whose week is over may be half gone, so there is no way back.
#[tokio::test]
async fn a_tenant_cannot_be_had_back_once_its_week_is_over() {
    let test = TestPlatform::start().await.unwrap();
    let scope = test.operator().await.unwrap();
    test.tenant("acme").await.unwrap();
    scope.delete_tenant("acme").await.unwrap();
    test.clock.advance(DELETION_GRACE_SECONDS);
    assert!(matches!(scope.restore_tenant("acme").await, Err(TenantError::NotFound)));
    test.remove().await.unwrap();
}

#[tokio::test]
async fn a_purge_takes_all_of_a_tenant_and_nothing_of_another() {
    let test = TestPlatform::start().await.unwrap();
    let scope = test.operator().await.unwrap();
    let (acme, other) = (test.tenant("acme").await.unwrap(), test.tenant("other").await.unwrap());
    let (key, others_key) = (fill(&acme).await, fill(&other).await);
    let table = table_of(&key.scope().await.unwrap());
    let others_table = table_of(&others_key.scope().await.unwrap());
    scope.delete_tenant("acme").await.unwrap();
    test.clock.advance(DELETION_GRACE_SECONDS);
    assert_eq!(test.platform.purge_tenants().await.unwrap(), Swept { done: vec![acme.id], failed: 0 });

    assert!(matches!(scope.tenant("acme").await, Err(TenantError::NotFound)));
    assert!(key.scope().await.is_err());
    let index = "SELECT count(*) FROM api_key_index WHERE tenant_id = ?";
    assert_eq!(number(test.store(), Place::Control, index, &[acme.id.as_uuid()]).await, 0);
    assert_eq!(number(test.store(), Place::Control, index, &[other.id.as_uuid()]).await, 1);
    if let Some(folder) = test.database().folder() {
        let files: Vec<_> = std::fs::read_dir(folder.join("tenants")).unwrap().collect();
        let of = |id: &str| files.iter().filter(|file| name(file).starts_with(id)).count();
        assert_eq!(of(&acme.id.to_string()), 0, "{files:?}");
        assert!(of(&other.id.to_string()) > 0);
    } else {
        for table in ["collections", "schema_migrations", "schema_history", "api_keys", "changes", "requests"]
        {
            assert_eq!(rows_of(test.store(), &acme, table).await, 0, "{table}");
            assert!(rows_of(test.store(), &other, table).await > 0, "{table}");
        }
        let exists = |table: &str| {
            let schema = match test.store().dialect() {
                Dialect::MariaDb => "database()",
                Dialect::Postgres | Dialect::Sqlite => "current_schema()",
            };
            format!(
                "SELECT count(*) FROM information_schema.tables \
                 WHERE table_schema = {schema} AND table_name = '{table}'"
            )
        };
        assert_eq!(number(test.store(), Place::Control, &exists(&table), &[]).await, 0);
        assert_eq!(number(test.store(), Place::Control, &exists(&others_table), &[]).await, 1);
    }
    let left = others_key.scope().await.unwrap();
    let page = left.records("movies").unwrap().list(&ListQuery::default()).await.unwrap();
    assert!(String::from_utf8(page.json).unwrap().contains("Heat"));
    // The slug is free again.
    create(&scope, "acme").await;
    test.remove().await.unwrap();
}

/// Makes the removal of a tenant's data fail. Embedded: a folder stands where the file is to be. On a server: another
/// table refers to the tenant's own.
async fn hold(test: &TestPlatform, tenant: &TestTenant, held: bool) {
    if let Some(folder) = test.database().folder() {
        let path = folder.join("tenants").join(format!("{}.db", tenant.id));
        if held {
            std::fs::create_dir(path).unwrap();
        } else {
            std::fs::remove_dir(path).unwrap();
        }
        return;
    }
    let statement = if held {
        let table = table_of(&fill(tenant).await.scope().await.unwrap());
        format!("CREATE TABLE hold (id {{uuid}} NOT NULL, FOREIGN KEY (id) REFERENCES {table} (id))")
    } else {
        "DROP TABLE hold".to_owned()
    };
    define(test.store(), tenant.place(), vec![test.store().dialect().render(&statement)]).await;
}

#[tokio::test]
async fn a_purge_that_fails_holds_up_no_other_and_comes_round_again() {
    let test = TestPlatform::start().await.unwrap();
    let scope = test.operator().await.unwrap();
    let (stuck, other) = (test.tenant("stuck").await.unwrap(), test.tenant("other").await.unwrap());
    hold(&test, &stuck, true).await;
    // The one that fails is due first.
    for slug in ["stuck", "other"] {
        scope.delete_tenant(slug).await.unwrap();
        test.clock.advance(1);
    }
    test.clock.advance(DELETION_GRACE_SECONDS);
    assert_eq!(test.platform.purge_tenants().await.unwrap(), Swept { done: vec![other.id], failed: 1 });
    // It is put off: tenants that cannot be purged must not fill every turn.
    assert_eq!(test.platform.purge_tenants().await.unwrap(), Swept::default());
    assert!(matches!(scope.tenant("stuck").await.unwrap().status, TenantStatus::Deleting { .. }));
    assert!(matches!(scope.restore_tenant("stuck").await, Err(TenantError::NotFound)));

    hold(&test, &stuck, false).await;
    test.clock.advance(10 * 60);
    assert_eq!(test.platform.purge_tenants().await.unwrap(), Swept { done: vec![stuck.id], failed: 0 });
    test.remove().await.unwrap();
}

fn name(file: &std::io::Result<std::fs::DirEntry>) -> String {
    file.as_ref().unwrap().file_name().into_string().unwrap()
}

fn table_of(scope: &neonex_core::access::TenantScope) -> String {
    format!("c_{}", scope.tenant().collection("movies").unwrap().id().as_uuid().simple())
}

#[tokio::test]
async fn a_repetition_gets_the_answer_of_the_first_time() {
    let test = TestPlatform::start().await.unwrap();
    let scope = test.operator().await.unwrap();
    let render: fn(&Tenant) -> Vec<u8> = |tenant| format!("{tenant:?}").into_bytes();
    let ask = |body: &str| Some(Once { key: once(scope.actor(), "key-1", body), render });
    let Outcome::Fresh(made) = scope.create_tenant(new("acme"), ask("a")).await.unwrap() else {
        panic!("the first is no repetition")
    };
    let expected = render(&made);
    test.clock.advance(3600);
    // After a restart too, and whatever became of the tenant.
    let after = operator(&test.another_process().await.unwrap(), test.operator_token()).await.unwrap();
    scope.delete_tenant("acme").await.unwrap();
    for scope in [&scope, &after] {
        let Outcome::Replayed(body) = scope.create_tenant(new("acme"), ask("a")).await.unwrap() else {
            panic!("the work was done twice")
        };
        assert_eq!(body, expected);
    }
    assert!(matches!(scope.create_tenant(new("x1"), ask("b")).await, Err(TenantError::KeyReused(_))));
    // A request that failed keeps nothing: the key is free.
    let ask = |body: &str| Some(Once { key: once(scope.actor(), "key-2", body), render });
    assert!(matches!(scope.create_tenant(new("acme"), ask("c")).await, Err(TenantError::SlugTaken(_))));
    assert!(matches!(scope.create_tenant(new("apex"), ask("d")).await, Ok(Outcome::Fresh(_))));
    test.remove().await.unwrap();
}

/// On a server another process may do it, and the news may be a second late: never later, and never undone.
#[tokio::test]
async fn other_processes_hear_of_it_within_a_second() {
    let test = TestPlatform::start().await.unwrap();
    if test.store().is_embedded() {
        return test.remove().await.unwrap();
    }
    let acme = test.tenant("acme").await.unwrap();
    let key = fill(&acme).await;
    let elsewhere = test.another_process().await.unwrap();
    let present = || enter(&elsewhere, Some(&key.credential), None);
    let scope = present().await.unwrap();
    assert!(scope.tenant().collection("movies").is_some());
    scope.permit::<KeysWrite>().unwrap();

    let here = acme.as_operator().await.unwrap();
    here.delete_collection(&here.permit::<CollectionsWrite>().unwrap(), "movies").await.unwrap();
    test.clock.advance(1);
    assert!(present().await.unwrap().tenant().collection("movies").is_none());

    test.operator().await.unwrap().delete_tenant("acme").await.unwrap();
    test.clock.advance(1);
    for _ in 0..3 {
        let refused = present().await.err();
        assert!(matches!(refused, Some(AuthError::Deleted)), "{refused:?}");
    }
    test.operator().await.unwrap().restore_tenant("acme").await.unwrap();
    test.clock.advance(1);
    present().await.unwrap();
    // A clock that was set back is no reason to wait until it has caught up.
    test.clock.advance(-3600);
    test.operator().await.unwrap().suspend_tenant("acme").await.unwrap();
    let refused = present().await.err();
    assert!(matches!(refused, Some(AuthError::Suspended)), "{refused:?}");
    test.remove().await.unwrap();
}
