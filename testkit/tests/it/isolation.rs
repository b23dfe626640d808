//! Two tenants that have everything alike share nothing.

use neonex_core::idempotency::Outcome;
use neonex_core::keys::KeyKind;
use neonex_core::records::{Count, ListQuery, Precondition, RecordId, Records};
use neonex_core::store::{Dialect, Place};
use neonex_testkit::{TestPlatform, TestTenant};
use serde_json::{Value as Json, json};

use crate::support::{number, once};

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A tenant with a collection, and a record that says whose it is.
async fn fill(test: &TestPlatform, slug: &str) -> (TestTenant, neonex_testkit::TestKey) {
    let tenant = test.tenant(slug).await.unwrap();
    let key = tenant.key(KeyKind::Secret, None).await.unwrap();
    let scope = key.scope().await.unwrap();
    let new = json!({"name": "notes", "fields": [{"name": "owner", "type": "text", "unique": true}],
        "rules": {"list": "true", "view": "true"}});
    let new = serde_json::from_value(new).unwrap();
    scope.create_collection(&scope.permit().unwrap(), new, None).await.unwrap();
    (tenant, key)
}

async fn create(
    records: &Records<'_>,
    body: Json,
    key: Option<&str>,
    actor: &neonex_core::access::Actor,
) -> String {
    let input = records.input(body.to_string().as_bytes()).unwrap();
    let key = key.map(|key| once(actor, key, "same"));
    match records.create(input, key).await.unwrap() {
        Outcome::Fresh(body) => String::from_utf8(body.json).unwrap(),
        Outcome::Replayed(body) => String::from_utf8(body).unwrap(),
    }
}

#[tokio::test]
async fn nothing_crosses() {
    let test = TestPlatform::start().await.unwrap();
    let tenants = [fill(&test, "acme").await, fill(&test, "other").await];
    for (tenant, _) in &tenants {
        // By the operator, who is one actor in both; with one idempotency key.
        let scope = tenant.as_operator().await.unwrap();
        let records = scope.records("notes").unwrap();
        let body = json!({"id": ID, "owner": "same"});
        assert!(create(&records, body, Some("key"), scope.actor()).await.contains(ID));
        create(&records, json!({"owner": tenant.slug}), None, scope.actor()).await;
    }
    let id = RecordId::parse(ID).unwrap();
    for (at, (tenant, key)) in tenants.iter().enumerate() {
        let foreign = &tenants[1 - at].0;
        for scope in [key.scope().await.unwrap(), tenant.anonymous().await.unwrap()] {
            let records = scope.records("notes").unwrap();
            for filter in [None, Some("true"), Some("owner != null || owner == null")] {
                let query = ListQuery {
                    count: Count::Exact,
                    filter: filter.map(str::to_owned),
                    ..ListQuery::default()
                };
                let page = String::from_utf8(records.list(&query).await.unwrap().json).unwrap();
                assert!(page.contains("\"total\":2}") && page.contains(&tenant.slug), "{page}");
                assert!(!page.contains(&foreign.slug), "{page}");
            }
            records.read(id, None, None).await.unwrap();
            // A foreign collection is not there by its id either.
            let hidden = foreign.as_operator().await.unwrap();
            let hidden = hidden.tenant().collection("notes").unwrap().id().to_string();
            assert!(scope.records(&hidden).is_err());
        }
    }
    // Deleted in one, it is there in the other.
    let scope = tenants[0].1.scope().await.unwrap();
    scope.records("notes").unwrap().delete(id, Precondition::None).await.unwrap();
    let other = tenants[1].1.scope().await.unwrap();
    other.records("notes").unwrap().read(id, None, None).await.unwrap();
    looked_at_directly(&test, &tenants[0].0, &tenants[1].0).await;
    test.remove().await.unwrap();
}

/// On Postgres even a query that names the other tenant's table sees nothing, with any tenant's connection or none.
async fn looked_at_directly(test: &TestPlatform, acme: &TestTenant, other: &TestTenant) {
    if test.store().dialect() != Dialect::Postgres {
        return;
    }
    let scope = other.as_operator().await.unwrap();
    let table = scope.tenant().collection("notes").unwrap().id().as_uuid().simple().to_string();
    let count = format!("SELECT count(*) FROM c_{table}");
    assert_eq!(number(test.store(), other.place(), &count, &[]).await, 2);
    assert_eq!(number(test.store(), acme.place(), &count, &[]).await, 0);
    assert_eq!(number(test.store(), Place::Control, &count, &[]).await, 0);
    for table in ["collections", "schema_migrations", "schema_history", "api_keys", "changes", "requests"] {
        let foreign = format!("SELECT count(*) FROM {table} WHERE tenant_id = ?");
        let id = [other.id.as_uuid()];
        assert_eq!(number(test.store(), acme.place(), &foreign, &id).await, 0, "{table}");
        assert!(number(test.store(), other.place(), &foreign, &id).await > 0, "{table}");
    }
}
