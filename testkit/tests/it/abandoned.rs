//! Changes whose asker goes away in the middle: a client hangs up, or its time is over.

use std::task::Poll;
use std::time::Duration;

use neonex_core::access::{CollectionsWrite, KeysWrite};
use neonex_core::collections::NewCollection;
use neonex_core::keys::KeyKind;
use neonex_core::platform::AuthError;
use neonex_core::version::Precondition;
use neonex_testkit::{TestKey, TestPlatform};
use serde_json::json;

/// Begins something, and goes away when it is under way.
async fn abandon<T>(work: impl Future<Output = T>) {
    let mut work = Box::pin(work);
    std::future::poll_fn(|context| {
        assert!(work.as_mut().poll(context).is_pending(), "it was over at once");
        Poll::Ready(())
    })
    .await;
}

/// Asks again and again, until there is an answer.
async fn eventually<T>(ask: impl AsyncFn() -> Option<T>) -> T {
    let asking = async {
        loop {
            match ask().await {
                Some(answer) => return answer,
                None => tokio::task::yield_now().await,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asking).await.unwrap()
}

/// Why the key is refused; it may take a while until it is.
async fn refusal(key: &TestKey) -> AuthError {
    eventually(async || key.scope().await.err()).await
}

#[tokio::test]
async fn changes_count_though_nobody_waits_for_them() {
    let test = TestPlatform::start().await.unwrap();
    let acme = test.tenant("acme").await.unwrap();
    let developer = acme.developer().await.unwrap();
    let (key, other) =
        (acme.key(KeyKind::Secret, None).await.unwrap(), acme.key(KeyKind::Secret, None).await.unwrap());
    key.scope().await.unwrap();
    abandon(developer.revoke_key(&developer.permit::<KeysWrite>().unwrap(), key.key.id, Precondition::None))
        .await;
    assert!(matches!(refusal(&key).await, AuthError::InvalidCredential));

    let new: NewCollection = serde_json::from_value(json!({"name": "posts"})).unwrap();
    abandon(developer.create_collection(&developer.permit::<CollectionsWrite>().unwrap(), new, None)).await;
    eventually(async || other.scope().await.unwrap().records("posts").ok().map(drop)).await;

    abandon(test.operator().await.unwrap().suspend_tenant(&acme.id.to_string())).await;
    assert!(matches!(refusal(&other).await, AuthError::Suspended));
    test.remove().await.unwrap();
}
