//! Requests that may be sent again.

use neonex_core::access::TenantScope;
use neonex_core::idempotency::{IdempotencyKey, KEPT_SECONDS, Outcome};
use neonex_core::keys::KeyKind;
use neonex_core::records::RecordError;
use neonex_testkit::enter;
use serde_json::json;

use crate::collections::Workshop;
use crate::support::{once, rows_of};

async fn create(
    scope: &TenantScope,
    title: &str,
    key: IdempotencyKey,
) -> Result<Outcome<neonex_core::records::RecordBody>, RecordError> {
    let records = scope.records("movies").unwrap();
    let body = json!({"title": title}).to_string();
    records.create(records.input(body.as_bytes()).unwrap(), Some(key)).await
}

async fn movies() -> Workshop {
    let shop = Workshop::open().await;
    let fields = json!([{"name": "title", "type": "text", "unique": true}]);
    let rules = json!({"create": "title != 'no'"});
    shop.create(json!({"name": "movies", "fields": fields, "rules": rules})).await.unwrap();
    shop
}

#[tokio::test]
async fn an_answer_outlives_the_process_and_the_record() {
    let shop = movies().await;
    let scope = shop.scope().await;
    let Outcome::Fresh(made) = create(&scope, "Heat", once(scope.actor(), "k", "b")).await.unwrap() else {
        panic!("the first is no repetition")
    };
    shop.test.clock.advance(KEPT_SECONDS - 1);
    let records = scope.records("movies").unwrap();
    records.delete(made.id, neonex_core::records::Precondition::None).await.unwrap();
    let elsewhere = shop.test.another_process().await.unwrap();
    let key = shop.acme.key(KeyKind::Secret, None).await.unwrap();
    let theirs = enter(&elsewhere, Some(&key.credential), None).await.unwrap();
    let again = create(&theirs, "Heat", once(scope.actor(), "k", "b")).await.unwrap();
    assert!(matches!(again, Outcome::Replayed(body) if body == made.json));
    // The same key is another actor's own.
    let other = create(&theirs, "Ali", once(theirs.actor(), "k", "other")).await.unwrap();
    assert!(matches!(other, Outcome::Fresh(_)));
    let reused = create(&scope, "Heat", once(scope.actor(), "k", "another")).await;
    assert!(matches!(reused, Err(RecordError::KeyReused(_))), "{reused:?}");
    shop.close().await;
}

#[tokio::test]
async fn an_answer_is_let_go_after_a_day() {
    let shop = movies().await;
    let scope = shop.scope().await;
    for number in 0..3 {
        let key = once(scope.actor(), &format!("k{number}"), "b");
        create(&scope, &format!("t{number}"), key).await.unwrap();
    }
    assert_eq!(rows_of(shop.test.store(), &shop.acme, "requests").await, 3);
    shop.test.clock.advance(KEPT_SECONDS + 1);
    create(&scope, "t3", once(scope.actor(), "k3", "b")).await.unwrap();
    assert_eq!(rows_of(shop.test.store(), &shop.acme, "requests").await, 1);
    let again = create(&scope, "t4", once(scope.actor(), "k0", "b")).await.unwrap();
    assert!(matches!(again, Outcome::Fresh(_)));
    shop.close().await;
}

#[tokio::test]
async fn a_request_that_failed_keeps_no_answer() {
    let shop = movies().await;
    let scope = shop.scope().await;
    create(&scope, "Heat", once(scope.actor(), "k0", "b")).await.unwrap();
    let refused = create(&scope, "Heat", once(scope.actor(), "k", "b")).await;
    assert!(matches!(refused, Err(RecordError::NotUnique { .. })), "{refused:?}");
    let anonymous = shop.acme.anonymous().await.unwrap();
    let refused = create(&anonymous, "no", once(anonymous.actor(), "k", "b")).await;
    assert!(matches!(refused, Err(RecordError::Forbidden)), "{refused:?}");
    assert_eq!(rows_of(shop.test.store(), &shop.acme, "requests").await, 1);
    let next = create(&scope, "Ali", once(scope.actor(), "k", "another")).await.unwrap();
    assert!(matches!(next, Outcome::Fresh(_)));
    shop.close().await;
}

#[tokio::test]
async fn keys_are_printable_and_of_bounded_length() {
    let actor = neonex_core::access::Actor::Anonymous { key: None };
    for good in ["k", &"k".repeat(255), "a b~!"] {
        assert!(IdempotencyKey::parse(good, &actor, "POST /", b"").is_ok(), "{good}");
    }
    for bad in ["", &"k".repeat(256), "a\nb", "é", "\u{7f}"] {
        let refused = IdempotencyKey::parse(bad, &actor, "POST /", b"").unwrap_err();
        assert_eq!(refused.details()[0].code, "invalid_idempotency_key", "{bad}");
    }
    let parse = |text: &str, route: &str| IdempotencyKey::parse(text, &actor, route, b"").unwrap();
    assert_ne!(parse("k", "POST /a"), parse("k", "POST /b"));
    assert_eq!(parse("k", "POST /a"), parse("k", "POST /a"));
}
