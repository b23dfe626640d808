//! API keys: what they may do, until when, and what is kept of them.

use neonex_core::access::{
    CollectionsWrite, Denied, KeysRead, KeysWrite, RecordsRead, ScopeSet, TenantScope,
};
use neonex_core::idempotency::{Once, Outcome};
use neonex_core::ids::KeyId;
use neonex_core::keys::{Key, KeyError, KeyKind, MadeKey, NewKey};
use neonex_core::platform::{AuthError, Swept};
use neonex_core::store::{Dialect, Place};
use neonex_core::version::Precondition;
use neonex_testkit::{TestPlatform, TestTenant, enter};

use crate::support::{define, number, once, rows_of, texts};

fn secret(scopes: &[&str]) -> NewKey {
    let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
    let now = neonex_core::clock::Timestamp::MIN;
    NewKey::parse("made".to_owned(), KeyKind::Secret, Some(&scopes), None, now).unwrap()
}

async fn make(scope: &TenantScope, new: NewKey) -> Result<MadeKey, KeyError> {
    match scope.create_key(&scope.permit::<KeysWrite>()?, new, None).await? {
        Outcome::Fresh(made) => Ok(made),
        Outcome::Replayed(_) => panic!("a repetition without a key"),
    }
}

async fn find(scope: &TenantScope, id: KeyId) -> Key {
    scope.key(&scope.permit::<KeysRead>().unwrap(), id).await.unwrap()
}

#[tokio::test]
async fn a_key_may_do_what_its_scopes_say_and_no_more() {
    let test = TestPlatform::start().await.unwrap();
    let acme = test.tenant("acme").await.unwrap();
    let all = acme.key(KeyKind::Secret, None).await.unwrap();
    assert_eq!(all.key.scopes, ScopeSet::all());
    assert!(all.credential.starts_with("nx_sec_") && all.credential.starts_with(&all.key.hint));
    let public = acme.key(KeyKind::Publishable, None).await.unwrap();
    assert_eq!(public.key.scopes, ScopeSet::default());
    assert!(public.credential.starts_with("nx_pub_"));
    let anonymous = public.scope().await.unwrap();
    assert_eq!(anonymous.permit::<RecordsRead>().unwrap_err(), Denied { needs: "records:read" });
    assert_eq!(anonymous.actor().kind(), None);

    let few = acme.key(KeyKind::Secret, Some(&["keys:write", "keys:read"])).await.unwrap();
    let scope = few.scope().await.unwrap();
    assert_eq!(scope.permit::<CollectionsWrite>().unwrap_err(), Denied { needs: "collections:write" });
    assert_eq!(scope.permit::<RecordsRead>().unwrap_err(), Denied { needs: "records:read" });
    // It gives away what it has, and nothing else, neither to a new key nor by a rotation.
    make(&scope, secret(&["keys:read"])).await.unwrap();
    let beyond = make(&scope, secret(&["keys:read", "records:read"])).await;
    assert!(matches!(beyond, Err(KeyError::BeyondOwnScopes)), "{beyond:?}");
    let rotated = scope.rotate_key(&scope.permit().unwrap(), all.key.id, 0, None).await;
    assert!(matches!(rotated, Err(KeyError::BeyondOwnScopes)), "{rotated:?}");
    all.scope().await.unwrap();
    test.remove().await.unwrap();
}

#[tokio::test]
async fn a_key_opens_its_own_tenant_alone() {
    let test = TestPlatform::start().await.unwrap();
    let (acme, other) = (test.tenant("acme").await.unwrap(), test.tenant("other").await.unwrap());
    let key = acme.key(KeyKind::Secret, None).await.unwrap();
    let enter = |tenant: &str| {
        let (platform, credential, tenant) = (&test.platform, key.credential.clone(), tenant.to_owned());
        async move { enter(platform, Some(&credential), Some(&tenant)).await }
    };
    assert_eq!(enter("acme").await.unwrap().tenant().id(), acme.id);
    assert_eq!(enter(&acme.id.to_string()).await.unwrap().tenant().id(), acme.id);
    for foreign in ["other", &other.id.to_string(), "nobody"] {
        let refused = enter(foreign).await.err();
        assert!(matches!(refused, Some(AuthError::OtherTenant)), "{foreign}: {refused:?}");
    }
    // The other tenant's developer cannot see, rotate or revoke it.
    let scope = other.developer().await.unwrap();
    let read = scope.key(&scope.permit().unwrap(), key.key.id).await;
    assert!(matches!(read, Err(KeyError::NotFound)), "{read:?}");
    let rotated = scope.rotate_key(&scope.permit().unwrap(), key.key.id, 0, None).await;
    assert!(matches!(rotated, Err(KeyError::NotFound)), "{rotated:?}");
    let revoked = scope.revoke_key(&scope.permit().unwrap(), key.key.id, Precondition::None).await;
    assert!(matches!(revoked, Err(KeyError::NotFound)), "{revoked:?}");
    key.scope().await.unwrap();
    test.remove().await.unwrap();
}

#[tokio::test]
async fn an_expired_key_is_refused_from_that_instant_on() {
    let test = TestPlatform::start().await.unwrap();
    let acme = test.tenant("acme").await.unwrap();
    let at = test.platform.now().plus_seconds(60).to_string();
    let key = acme.key_until(KeyKind::Secret, None, Some(&at)).await.unwrap();
    test.clock.advance(59);
    key.scope().await.unwrap();
    test.clock.advance(1);
    assert!(matches!(key.scope().await, Err(AuthError::InvalidCredential)));
    let scope = acme.as_operator().await.unwrap();
    let rotated = scope.rotate_key(&scope.permit().unwrap(), key.key.id, 60, None).await;
    assert!(matches!(rotated, Err(KeyError::NotInUse)), "{rotated:?}");
    assert_eq!(rows_of(test.store(), &acme, "api_keys").await, 1, "the failed rotation left a key");
    let index = "SELECT count(*) FROM api_key_index";
    assert_eq!(number(test.store(), Place::Control, index, &[]).await, 1, "it left an index entry");
    let past = NewKey::parse("x".into(), KeyKind::Secret, None, Some(&at), test.platform.now());
    assert_eq!(past.unwrap_err().details()[0].pointer, "/expires_at");
    test.remove().await.unwrap();
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once() {
    let test = TestPlatform::start().await.unwrap();
    let acme = test.tenant("acme").await.unwrap();
    let key = acme.key(KeyKind::Secret, None).await.unwrap();
    let scope = key.scope().await.unwrap();
    scope.revoke_key(&scope.permit().unwrap(), key.key.id, Precondition::None).await.unwrap();
    assert!(matches!(key.scope().await, Err(AuthError::InvalidCredential)));
    let operator = acme.as_operator().await.unwrap();
    let revoked_at = find(&operator, key.key.id).await.revoked_at;
    assert_eq!(revoked_at, Some(test.platform.now()));
    test.clock.advance(5);
    operator.revoke_key(&operator.permit().unwrap(), key.key.id, Precondition::None).await.unwrap();
    assert_eq!(find(&operator, key.key.id).await.revoked_at, revoked_at, "the second changed something");
    let rotated = operator.rotate_key(&operator.permit().unwrap(), key.key.id, 60, None).await;
    assert!(matches!(rotated, Err(KeyError::NotInUse)), "{rotated:?}");
    test.remove().await.unwrap();
}

#[tokio::test]
async fn a_rotated_key_works_until_the_overlap_ends() {
    let test = TestPlatform::start().await.unwrap();
    let acme = test.tenant("acme").await.unwrap();
    let old = acme.key(KeyKind::Secret, Some(&["keys:write", "keys:read"])).await.unwrap();
    let scope = old.scope().await.unwrap();
    let rotated = scope.rotate_key(&scope.permit().unwrap(), old.key.id, 60, None).await.unwrap();
    let Outcome::Fresh(new) = rotated else { panic!("a repetition without a key") };
    assert_eq!((new.key.scopes, &new.key.name, new.key.expires_at), (old.key.scopes, &old.key.name, None));
    let present = || enter(&test.platform, Some(new.credential.reveal()), None);
    present().await.unwrap();
    test.clock.advance(59);
    old.scope().await.unwrap();
    let again = scope.rotate_key(&scope.permit().unwrap(), old.key.id, 60, None).await;
    assert!(matches!(again, Err(KeyError::NotInUse)), "{again:?}");
    test.clock.advance(1);
    assert!(matches!(old.scope().await, Err(AuthError::InvalidCredential)));
    present().await.unwrap();
    let kept = find(&acme.as_operator().await.unwrap(), old.key.id).await;
    assert_eq!(kept.replaced_by, Some(new.key.id));
    // Without an overlap the old one ends with the call, though it was cached a moment ago.
    let scope = present().await.unwrap();
    scope.rotate_key(&scope.permit().unwrap(), new.key.id, 0, None).await.unwrap();
    assert!(matches!(present().await, Err(AuthError::InvalidCredential)));
    test.remove().await.unwrap();
}

#[tokio::test]
async fn of_racing_rotations_one_succeeds() {
    let test = TestPlatform::start().await.unwrap();
    let acme = test.tenant("acme").await.unwrap();
    let old = acme.key(KeyKind::Secret, None).await.unwrap();
    let scope = acme.as_operator().await.unwrap();
    let permit = scope.permit().unwrap();
    let rotate = || scope.rotate_key(&permit, old.key.id, 60, None);
    let (a, b, c) = tokio::join!(rotate(), rotate(), rotate());
    let done = [a, b, c].iter().filter(|rotated| rotated.is_ok()).count();
    assert_eq!(done, 1);
    assert_eq!(rows_of(test.store(), &acme, "api_keys").await, 2);
    let index = "SELECT count(*) FROM api_key_index";
    assert_eq!(number(test.store(), Place::Control, index, &[]).await, 2);
    test.remove().await.unwrap();
}

#[tokio::test]
async fn pages_show_every_key_once() {
    let test = TestPlatform::start().await.unwrap();
    let acme = test.tenant("acme").await.unwrap();
    test.tenant("other").await.unwrap().key(KeyKind::Secret, None).await.unwrap();
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(acme.key(KeyKind::Publishable, None).await.unwrap().key);
        test.clock.advance(1);
    }
    let scope = acme.as_operator().await.unwrap();
    let (permit, mut found, mut after) = (scope.permit().unwrap(), Vec::new(), None);
    loop {
        let page = scope.keys(&permit, after, 2).await.unwrap();
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, made);
    test.remove().await.unwrap();
}

#[tokio::test]
async fn the_last_use_is_kept_to_the_minute() {
    let test = TestPlatform::start().await.unwrap();
    let acme = test.tenant("acme").await.unwrap();
    let key = acme.key(KeyKind::Secret, None).await.unwrap();
    let scope = acme.as_operator().await.unwrap();
    test.platform.flush_usage().await;
    assert_eq!(find(&scope, key.key.id).await.last_used_at, None);
    let first = test.platform.now();
    key.scope().await.unwrap();
    assert_eq!(test.platform.flush_usage().await, Swept { done: 1, failed: 0 });
    assert_eq!(find(&scope, key.key.id).await.last_used_at, Some(first));
    test.clock.advance(59);
    key.scope().await.unwrap();
    assert_eq!(test.platform.flush_usage().await.done, 0, "within the minute nothing is written");
    test.clock.advance(1);
    key.scope().await.unwrap();
    test.platform.flush_usage().await;
    assert_eq!(find(&scope, key.key.id).await.last_used_at, Some(test.platform.now()));

    // What is noted of a tenant that is deleted meanwhile is let go.
    test.clock.advance(60);
    key.scope().await.unwrap();
    test.operator().await.unwrap().delete_tenant("acme", Precondition::None).await.unwrap();
    test.platform.flush_usage().await;
    test.remove().await.unwrap();
}

/// Has the database refuse to change a tenant's keys.
async fn refuse(test: &TestPlatform, tenant: &TestTenant) {
    let id = tenant.id.as_uuid();
    let bytes = id.simple();
    let statements = match test.store().dialect() {
        Dialect::Sqlite => vec![
            "CREATE TRIGGER refuse BEFORE UPDATE ON api_keys BEGIN SELECT RAISE(ABORT, 'refused'); END"
                .to_owned(),
        ],
        Dialect::MariaDb => vec![format!(
            "CREATE TRIGGER refuse BEFORE UPDATE ON api_keys FOR EACH ROW \
             IF OLD.tenant_id = x'{bytes}' THEN SIGNAL SQLSTATE '45000'; END IF"
        )],
        Dialect::Postgres => vec![
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'refused'; END $$"
                .to_owned(),
            format!(
                "CREATE TRIGGER refuse BEFORE UPDATE ON api_keys FOR EACH ROW \
                 WHEN (OLD.tenant_id = '{id}') EXECUTE FUNCTION refuse()"
            ),
        ],
    };
    define(test.store(), tenant.place(), statements).await;
}

async fn relent(test: &TestPlatform, tenant: &TestTenant) {
    let table = if test.store().dialect() == Dialect::Postgres { " ON api_keys" } else { "" };
    define(test.store(), tenant.place(), vec![format!("DROP TRIGGER refuse{table}")]).await;
}

#[tokio::test]
async fn a_use_that_cannot_be_noted_holds_up_no_other_and_is_noted_later() {
    let test = TestPlatform::start().await.unwrap();
    let mut tenants = Vec::new();
    for slug in ["acme", "t1", "t2", "t3", "t4"] {
        let tenant = test.tenant(slug).await.unwrap();
        let (one, two) = (tenant.key(KeyKind::Secret, None).await, tenant.key(KeyKind::Secret, None).await);
        tenants.push((tenant, [one.unwrap(), two.unwrap()]));
    }
    test.platform.flush_usage().await;
    let used_at = async |at: usize, key: usize| {
        let (tenant, keys) = &tenants[at];
        find(&tenant.as_operator().await.unwrap(), keys[key].key.id).await.last_used_at
    };
    let first = test.platform.now();
    for key in tenants.iter().flat_map(|(_, keys)| keys) {
        key.scope().await.unwrap();
    }
    refuse(&test, &tenants[0].0).await;
    assert_eq!(test.platform.flush_usage().await, Swept { done: 8, failed: 1 });
    for at in 1..tenants.len() {
        assert_eq!((used_at(at, 0).await, used_at(at, 1).await), (Some(first), Some(first)));
    }
    assert_eq!((used_at(0, 0).await, used_at(0, 1).await), (None, None));
    assert_eq!(test.platform.flush_usage().await, Swept { done: 0, failed: 1 }, "it was not tried again");

    // One of the keys is used again meanwhile; that use must not be lost to the one that waits.
    test.clock.advance(60);
    tenants[0].1[0].scope().await.unwrap();
    test.platform.flush_usage().await;
    relent(&test, &tenants[0].0).await;
    assert_eq!(test.platform.flush_usage().await.failed, 0);
    assert_eq!((used_at(0, 0).await, used_at(0, 1).await), (Some(test.platform.now()), Some(first)));
    test.remove().await.unwrap();
}

#[tokio::test]
async fn a_repetition_gets_the_same_key_and_no_other_is_made() {
    let test = TestPlatform::start().await.unwrap();
    let acme = test.tenant("acme").await.unwrap();
    let scope = acme.as_operator().await.unwrap();
    let render: fn(&MadeKey) -> Vec<u8> = |made| made.credential.reveal().as_bytes().to_vec();
    let ask = |body: &str| Some(Once { key: once(scope.actor(), "k", body), render });
    let permit = scope.permit().unwrap();
    let first = scope.create_key(&permit, secret(&["keys:read"]), ask("a")).await.unwrap();
    let Outcome::Fresh(made) = first else { panic!("the first is no repetition") };
    let again = scope.create_key(&permit, secret(&["keys:read"]), ask("a")).await.unwrap();
    let Outcome::Replayed(body) = again else { panic!("a second key was made") };
    assert_eq!(body, made.credential.reveal().as_bytes());
    let other = scope.create_key(&permit, secret(&["keys:read"]), ask("b")).await;
    assert!(matches!(other, Err(KeyError::KeyReused(_))), "{other:?}");
    assert_eq!(rows_of(test.store(), &acme, "api_keys").await, 1);
    let index = "SELECT count(*) FROM api_key_index";
    assert_eq!(number(test.store(), Place::Control, index, &[]).await, 1, "a repetition left an index entry");
    scan(&test, acme.place(), made.credential.reveal()).await;
    test.remove().await.unwrap();
}

#[tokio::test]
async fn no_credential_is_kept_in_plain_text() {
    let test = TestPlatform::start().await.unwrap();
    let acme = test.tenant("acme").await.unwrap();
    let key = acme.key(KeyKind::Secret, None).await.unwrap();
    key.scope().await.unwrap();
    test.platform.flush_usage().await;
    scan(&test, acme.place(), &key.credential).await;
    scan(&test, acme.place(), test.operator_token()).await;
    let link = test.platform.make_setup_link().await.unwrap();
    scan(&test, acme.place(), link.reveal()).await;
    // The scan itself would find it.
    let hint = std::panic::AssertUnwindSafe(scan(&test, acme.place(), &key.key.hint));
    assert!(futures_util::FutureExt::catch_unwind(hint).await.is_err(), "the scan is blind");
    test.remove().await.unwrap();
}

/// Looks for `secret` in every byte that the databases hold.
async fn scan(test: &TestPlatform, tenant: Place, secret: &str) {
    let store = test.store();
    if let Some(folder) = test.database().folder() {
        let tenants = std::fs::read_dir(folder.join("tenants")).unwrap();
        for file in std::fs::read_dir(folder).unwrap().chain(tenants).map(Result::unwrap) {
            if file.file_type().unwrap().is_file() {
                let bytes = std::fs::read(file.path()).unwrap();
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{} holds it", file.path().display());
            }
        }
        return;
    }
    let columns = "SELECT table_name, column_name, data_type FROM information_schema.columns \
                   WHERE table_schema = %";
    let schema = if store.dialect() == Dialect::Postgres { "current_schema()" } else { "database()" };
    for column in texts(store, tenant, &columns.replace('%', schema), &[], 3).await {
        let [Some(table), Some(column), Some(kind)] = column.as_slice() else { panic!("{column:?}") };
        let matches = match (store.dialect(), kind.as_str()) {
            (Dialect::Postgres, "bytea") => format!("position('{secret}' in encode({column}, 'escape')) > 0"),
            (Dialect::Postgres, _) => format!("position('{secret}' in CAST({column} AS text)) > 0"),
            _ => format!("INSTR({column}, '{secret}') > 0"),
        };
        let sql = format!("SELECT count(*) FROM {table} WHERE {matches}");
        assert_eq!(number(store, tenant, &sql, &[]).await, 0, "{table}.{column} holds it");
    }
}
