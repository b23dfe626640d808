//! The loop, over a platform on a folder of its own. What the sweeps themselves do is tested with the platform.

use std::future::ready;
use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusBuilder;
use neonex_core::access::{KeysRead, KeysWrite, RequestId, TenantScope};
use neonex_core::clock::SystemClock;
use neonex_core::engine::EngineOptions;
use neonex_core::idempotency::Outcome;
use neonex_core::keys::{KeyKind, NewKey};
use neonex_core::platform::Authenticated;
use neonex_core::rng::SystemRng;
use neonex_core::secrets::MasterKey;
use neonex_core::store::Store;
use neonex_core::tenants::{NewTenant, Settings};
use tokio::time::sleep;

use super::*;

async fn platform(folder: &tempfile::TempDir) -> Platform {
    let store = Store::embedded(folder.path(), EngineOptions::default()).unwrap();
    let key = MasterKey::from_bytes(&[7; 32]);
    Platform::open(store, Arc::new(SystemClock), Arc::new(SystemRng), key).await.unwrap()
}

async fn enter(platform: &Platform, credential: &str, tenant: Option<&str>) -> Authenticated {
    platform.authenticate(Some(credential), tenant, RequestId::parse("test").unwrap()).await.unwrap()
}

async fn tenant(platform: &Platform, credential: &str) -> TenantScope {
    match enter(platform, credential, Some("acme")).await {
        Authenticated::Tenant(scope) => scope,
        Authenticated::Operator(_) | Authenticated::Account(_) => panic!("a tenant was named"),
    }
}

/// The databases are closed, so that each purge fails. What has not been used needs no writing, so `usage` succeeds.
#[tokio::test(start_paused = true)]
async fn a_sweep_that_fails_comes_round_again() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = metrics::set_default_local_recorder(&recorder);
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(&folder).await;
    platform.close().await;
    run(platform, sleep(2 * PURGE + USAGE / 2)).await;
    let metrics = recorder.handle().render();
    for line in [
        "neonex_worker_sweeps_total{sweep=\"purge\",outcome=\"failed\"} 2",
        // At 30, 60, 90 and 120 seconds, and at the end.
        "neonex_worker_sweeps_total{sweep=\"usage\",outcome=\"ok\"} 5",
        "neonex_worker_sweeps_total{sweep=\"slow_queries\",outcome=\"ok\"} 5",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is not in:\n{metrics}");
    }
    assert!(metrics.contains("# HELP neonex_worker_sweeps_total Sweeps"), "{metrics}");
}

#[tokio::test]
async fn what_has_been_used_is_written_before_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(&folder).await;
    let operator = platform.create_token("test".to_owned()).await.unwrap().credential;
    let Authenticated::Operator(scope) = enter(&platform, operator.reveal(), None).await else {
        panic!("no tenant was named")
    };
    let new = NewTenant::parse("acme".to_owned(), "Acme".to_owned(), Settings::default()).unwrap();
    scope.create_tenant(new, None).await.unwrap();
    let scope = tenant(&platform, operator.reveal()).await;
    let new = NewKey::parse("test".to_owned(), KeyKind::Secret, None, None, platform.now()).unwrap();
    let Outcome::Fresh(made) =
        scope.create_key(&scope.permit::<KeysWrite>().unwrap(), new, None).await.unwrap()
    else {
        panic!("no idempotency key was given")
    };
    let last_used = || async {
        let key = scope.key(&scope.permit::<KeysRead>().unwrap(), made.key.id).await.unwrap();
        key.last_used_at
    };

    tenant(&platform, made.credential.reveal()).await;
    assert_eq!(last_used().await, None, "a request must not wait for this to be written");
    // As a server does whose other work is done elsewhere.
    keep_notes(platform.clone(), ready(())).await;
    assert!(last_used().await.is_some());
    platform.close().await;
}
