//! What instances share through Redis: limits of rate, and the news of a change. A real server, over a wire that can be
//! cut.

use std::env;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use neonex_api::rate_limit::Rate;
use neonex_core::access::KeysWrite;
use neonex_core::keys::KeyKind;
use neonex_core::platform::{AuthError, Platform};
use neonex_core::redis::Redis;
use neonex_core::version::Precondition;
use neonex_testkit::{Api, Client, RedisWire, TestApp, TestKey, TestPlatform, Wire, enter, redis_url};
use redis::AsyncCommands as _;
use serde_json::json;

use crate::api::{expect, problem};

const LIST: &str = "/v1/collections";
/// What a request may take at most that finds out by itself that Redis is gone.
const BOUND: Duration = Duration::from_secs(2);

fn rate(requests: u32, seconds: u64) -> Rate {
    Rate { requests: NonZeroU32::new(requests).unwrap(), per: Duration::from_secs(seconds) }
}

/// Waits until `known` is what is known of Redis.
async fn until(redis: &Redis, known: bool) {
    wait_for(async || redis.is_up() == known).await;
}

/// Waits for what happens by itself, and soon.
async fn wait_for(mut happened: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !happened().await {
        assert!(started.elapsed() < Duration::from_secs(20), "it does not happen");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// An app, two processes that share a limit over a wire each, and somebody with a key.
struct Two {
    app: TestApp,
    client: Client,
    first: (Api, Redis),
    second: (Api, Redis),
}

impl Two {
    async fn start(rate: Rate, wires: [&RedisWire; 2]) -> Self {
        let app = TestApp::start_alone().await.unwrap();
        let client = app.tenant("acme").await.unwrap().secret().await.unwrap();
        let first = app.sharing_process(wires[0].url(), rate).await.unwrap();
        let second = app.sharing_process(wires[1].url(), rate).await.unwrap();
        Self { app, client, first, second }
    }

    async fn up(&self) {
        until(&self.first.1, true).await;
        until(&self.second.1, true).await;
    }

    async fn end(self) {
        self.app.remove().await.unwrap();
    }
}

#[tokio::test]
async fn instances_count_together_and_every_header_is_exact() {
    let wire = RedisWire::lay(Wire::Whole).await.unwrap();
    let two = Two::start(rate(6, 3600), [&wire, &wire]).await;
    two.up().await;
    for left in (0..6).rev() {
        let api = if left % 2 == 0 { &two.first.0 } else { &two.second.0 };
        let answer = two.client.at(api).get(LIST).await;
        expect(&answer, 200);
        assert_eq!(answer.header("ratelimit-policy"), Some("\"default\";q=6;w=3600"));
        let reset = (6 - left) * 600;
        assert_eq!(answer.header("ratelimit"), Some(format!("\"default\";r={left};t={reset}").as_str()));
    }
    for api in [&two.first.0, &two.second.0] {
        let answer = two.client.at(api).get(LIST).await;
        problem(&answer, 429, "rate_limited");
        assert_eq!(answer.header("ratelimit"), Some("\"default\";r=0;t=600"));
        assert_eq!(answer.header("retry-after"), Some("600"));
    }
    // Others have limits of their own: another key, the operator, an address.
    let other = two.app.tenant("other").await.unwrap();
    for client in [other.secret().await.unwrap(), other.operator()] {
        let answer = client.at(&two.first.0).get(LIST).await;
        assert_eq!((answer.status, answer.header("ratelimit")), (200, Some("\"default\";r=5;t=600")));
    }
    let guess = async |api: &Api| {
        let answer = two.app.nobody().bearer("nx_sec_guess").at(api).get(LIST).await;
        (answer.status, answer.header("ratelimit").unwrap().to_owned())
    };
    assert_eq!(guess(&two.first.0).await, (401, "\"default\";r=5;t=600".to_owned()));
    assert_eq!(guess(&two.second.0).await, (401, "\"default\";r=4;t=1200".to_owned()));
    two.end().await;
}

#[tokio::test]
async fn a_batch_is_charged_as_one_and_all_or_nothing() {
    let wire = RedisWire::lay(Wire::Whole).await.unwrap();
    let two = Two::start(rate(6, 3600), [&wire, &wire]).await;
    two.up().await;
    expect(&two.client.post("/v1/collections", &json!({"name": "plain"})).await, 201);
    let make = json!({"method": "create", "collection": "plain", "record": {}});
    let batch = json!({"operations": vec![make; 4]});
    let answer = two.client.at(&two.first.0).post("/v1/batch", &batch).await;
    expect(&answer, 200);
    assert_eq!(answer.header("ratelimit"), Some("\"default\";r=2;t=2400"));
    // The request itself is charged before it is known what it brings.
    let answer = two.client.at(&two.second.0).post("/v1/batch", &batch).await;
    problem(&answer, 429, "rate_limited");
    assert_eq!(answer.header("ratelimit"), Some("\"default\";r=0;t=1200"));
    let answer = two.client.at(&two.second.0).get(LIST).await;
    assert_eq!((answer.status, answer.header("ratelimit")), (200, Some("\"default\";r=0;t=3600")));
    two.end().await;
}

/// Every key begins with its tenant, or says that it has none; none holds a credential; all go by themselves.
#[tokio::test]
async fn keys_begin_with_the_tenant_and_expire() {
    let wire = RedisWire::lay(Wire::Whole).await.unwrap();
    let two = Two::start(rate(6, 60), [&wire, &wire]).await;
    two.up().await;
    let acme = two.app.tenant("acme-2").await.unwrap();
    let key = acme.tenant.key(KeyKind::Secret, None).await.unwrap();
    expect(&two.client.bearer(&key.credential).at(&two.first.0).get(LIST).await, 200);
    expect(&two.app.operator().at(&two.first.0).get("/v1/tenants").await, 200);
    problem(&two.app.nobody().at(&two.first.0).get(LIST).await, 401, "credential_needed");
    let mut server =
        redis::Client::open(redis_url().unwrap()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let own = format!("{}:*", acme.id());
    let installation = format!("platform:{}:*", two.app.platform.platform.installation());
    for (pattern, count) in [(own, 1), (installation, 2)] {
        let keys: Vec<String> = server.keys(&pattern).await.unwrap();
        assert_eq!(keys.len(), count, "{keys:?}");
        for name in keys {
            assert!(!name.contains("nx_"), "{name}");
            let lives: i64 = server.pttl(&name).await.unwrap();
            assert!((1..=10_000).contains(&lives), "{name} lives for {lives} ms");
        }
    }
    two.end().await;
}

/// Requests per second that are let in, and at once.
const QUOTA: u32 = 20;

/// What came of as many requests as could be made.
struct Rush {
    asked: f64,
    admitted: f64,
    quota: f64,
}

/// Asks both instances at once for so long. `None` where one of them was without Redis for a moment: then two limits
/// held, and that is another test.
async fn rush(two: &Two, seconds: u64) -> Option<Rush> {
    let found = || [&two.first.1, &two.second.1].map(|redis| (redis.is_up(), redis.times_found()));
    let before = found();
    let (asked, admitted) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let started = Instant::now();
    let ask = |api: &Api| {
        let (client, asked, admitted) = (two.client.at(api), Arc::clone(&asked), Arc::clone(&admitted));
        tokio::spawn(async move {
            while started.elapsed() < Duration::from_secs(seconds) {
                let answer = client.get(LIST).await;
                asked.fetch_add(1, Ordering::Relaxed);
                match answer.status {
                    200 => drop(admitted.fetch_add(1, Ordering::Relaxed)),
                    status => assert_eq!(status, 429),
                }
            }
        })
    };
    let askers = (0..8).map(|number| ask(if number % 2 == 0 { &two.first.0 } else { &two.second.0 }));
    for asker in join_all(askers).await {
        asker.unwrap();
    }
    let count = |counter: &AtomicU32| f64::from(counter.load(Ordering::Relaxed));
    let quota = f64::from(QUOTA) * (1.0 + started.elapsed().as_secs_f64());
    let rush = Rush { asked: count(&asked), admitted: count(&admitted), quota };
    (found() == before && before.iter().all(|(up, _)| *up)).then_some(rush)
}

/// Many times the quota, from both instances at once. `NEONEX_LIMIT_SECONDS` is for how long.
#[tokio::test(flavor = "multi_thread")]
async fn two_instances_admit_one_quota() {
    let seconds = env::var("NEONEX_LIMIT_SECONDS").map_or(3, |seconds| seconds.parse().unwrap());
    let wire = RedisWire::lay(Wire::Whole).await.unwrap();
    let mut tries = 0..5;
    let Rush { asked, admitted, quota } = loop {
        tries.next().expect("on this machine Redis does not answer in time");
        let two = Two::start(rate(QUOTA, 1), [&wire, &wire]).await;
        two.up().await;
        let rushed = rush(&two, seconds).await;
        two.end().await;
        if let Some(rush) = rushed {
            break rush;
        }
    };
    println!("{asked} asked, {admitted} of {quota:.1} admitted");
    assert!(asked > 3.0 * quota, "this is no load");
    assert!(admitted <= quota * 1.01);
    assert!(admitted >= quota * 0.9, "they are kept from their quota");
}

/// How often one is let in, of so many times, and how long the slowest took.
async fn admitted(client: &Client, times: u32) -> (u32, Duration) {
    let (mut count, mut slowest) = (0, Duration::ZERO);
    for _ in 0..times {
        let started = Instant::now();
        let answer = client.get(LIST).await;
        slowest = slowest.max(started.elapsed());
        match answer.status {
            200 => count += 1,
            _ => drop(problem(&answer, 429, "rate_limited")),
        }
    }
    (count, slowest)
}

/// However it goes: each process has its own limit then, as charged so far, and no request waits long to learn of it.
/// When Redis is back, what it knows counts again.
#[tokio::test]
async fn without_redis_each_has_its_own_limit_and_with_it_they_share_again() {
    for gone in [Wire::Cut, Wire::Silent] {
        let wire = RedisWire::lay(Wire::Whole).await.unwrap();
        let two = Two::start(rate(10, 3600), [&wire, &wire]).await;
        two.up().await;
        let (first, second) = (two.client.at(&two.first.0), two.client.at(&two.second.0));
        assert_eq!(admitted(&first, 4).await.0, 4);
        assert_eq!(admitted(&second, 1).await.0, 1);

        wire.set(gone);
        let (count, slowest) = admitted(&first, 20).await;
        assert_eq!(count, 6, "{gone:?}: the process's own limit counts what went before");
        assert!(slowest < BOUND, "{gone:?}: {slowest:?}");
        assert_eq!(admitted(&second, 20).await.0, 9, "{gone:?}");
        assert!(!two.first.1.is_up() && !two.second.1.is_up(), "{gone:?}");

        wire.set(Wire::Whole);
        two.up().await;
        // Five have been charged to Redis, and the two that were under way when the wire fell silent.
        assert_eq!(admitted(&first, 3).await.0, 3, "{gone:?}");
        let left = if gone == Wire::Silent { 0..=2 } else { 2..=2 };
        let count = admitted(&second, 10).await.0;
        assert!(left.contains(&count), "{gone:?}: {count}");
        two.end().await;
    }
}

/// A server need not be there at the start, nor an address lead anywhere.
#[tokio::test]
async fn a_server_that_does_not_answer_from_the_start_is_not_waited_for() {
    for gone in [Wire::Cut, Wire::Silent] {
        let wire = RedisWire::lay(gone).await.unwrap();
        let two = Two::start(rate(3, 3600), [&wire, &wire]).await;
        let (count, slowest) = admitted(&two.client.at(&two.first.0), 6).await;
        assert_eq!(count, 3, "{gone:?}");
        assert!(slowest < BOUND, "{gone:?}: {slowest:?}");
        wire.set(Wire::Whole);
        two.up().await;
        assert_eq!(admitted(&two.client.at(&two.first.0), 6).await.0, 3, "{gone:?}");
        two.end().await;
    }
}

/// Two processes over one database that tell each other, and a key that the second has in memory.
async fn telling(test: &TestPlatform, wire: &RedisWire) -> (Platform, TestKey) {
    let key = test.tenant("acme").await.unwrap().key(KeyKind::Secret, None).await.unwrap();
    let elsewhere = test.another_process().await.unwrap();
    for platform in [&test.platform, &elsewhere] {
        let redis = platform.share(wire.url()).unwrap();
        tokio::spawn(platform.clone().keep_shared());
        until(&redis, true).await;
    }
    (elsewhere, key)
}

/// The clock stands still, so that no version is compared: what is noticed has been told.
#[tokio::test]
async fn a_change_of_a_tenant_is_told_to_the_other_process() {
    let test = TestPlatform::start_alone().await.unwrap();
    if test.store().is_embedded() {
        return test.remove().await.unwrap();
    }
    let wire = RedisWire::lay(Wire::Whole).await.unwrap();
    let (elsewhere, key) = telling(&test, &wire).await;
    let suspended = async || {
        let refused = enter(&elsewhere, Some(&key.credential), None).await.err();
        matches!(refused, Some(AuthError::Suspended))
    };
    let operator = test.operator().await.unwrap();
    // The first news may come before the other has begun to listen.
    wait_for(async || {
        operator.resume_tenant("acme").await.unwrap();
        enter(&elsewhere, Some(&key.credential), None).await.ok();
        operator.suspend_tenant("acme").await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        suspended().await
    })
    .await;

    // News that do not arrive are found out by comparing versions.
    wire.set(Wire::Cut);
    operator.resume_tenant("acme").await.unwrap();
    assert!(suspended().await);
    test.clock.advance(1);
    assert!(!suspended().await);

    // Told again, once the wire is mended.
    wire.set(Wire::Whole);
    wait_for(async || {
        operator.resume_tenant("acme").await.unwrap();
        enter(&elsewhere, Some(&key.credential), None).await.ok();
        operator.suspend_tenant("acme").await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        suspended().await
    })
    .await;
    test.remove().await.unwrap();
}

/// A second is what it may take without; whoever is told needs no more than a moment.
#[tokio::test]
async fn a_revoked_key_is_told_to_the_other_process() {
    let test = TestPlatform::start_alone().await.unwrap();
    if test.store().is_embedded() {
        return test.remove().await.unwrap();
    }
    let wire = RedisWire::lay(Wire::Whole).await.unwrap();
    let (elsewhere, _) = telling(&test, &wire).await;
    let acme = test.tenant("other").await.unwrap();
    let scope = acme.as_operator().await.unwrap();
    // On a slow machine a try may take longer than that by itself.
    wait_for(async || {
        let key = acme.key(KeyKind::Secret, None).await.unwrap();
        let known = Instant::now();
        enter(&elsewhere, Some(&key.credential), None).await.unwrap();
        scope
            .revoke_key(&scope.permit::<KeysWrite>().unwrap(), key.key.id, Precondition::None)
            .await
            .unwrap();
        while enter(&elsewhere, Some(&key.credential), None).await.is_ok() {}
        known.elapsed() < Duration::from_millis(500)
    })
    .await;
    test.remove().await.unwrap();
}
