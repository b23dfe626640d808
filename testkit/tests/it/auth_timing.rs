//! Whether an address is somebody's is not to be told from the time that an answer takes.
//!
//! Samples of somebody and of nobody are taken in turn, so that whatever else the machine does meets both, and medians
//! are compared. `NEONEX_TIMING_SAMPLES` says how many; `make soak` takes 500, of which security.md asks 5 %.

use std::time::{Duration, Instant};

use neonex_testkit::{AppTenant, Client, TestApp};
use poem::http::Method;
use serde_json::{Value, json};

use crate::api::expect;
use crate::auth::{PASSWORD, user};
use crate::support::{FORGIVEN, texts};

/// At full length.
const SAMPLES: usize = 500;
/// The first ones fill caches.
const WARM_UP: usize = 3;

/// What is asked about an address.
struct Question {
    path: &'static str,
    body: fn(&str) -> Value,
    status: u16,
}

const QUESTIONS: [Question; 4] = [
    Question {
        path: "/v1/auth/sign-in",
        body: |email| json!({"email": email, "password": "not the one that it is"}),
        status: 401,
    },
    Question {
        path: "/v1/auth/sign-up",
        body: |email| json!({"email": email, "password": PASSWORD}),
        status: 202,
    },
    Question { path: "/v1/auth/password-reset", body: |email| json!({"email": email}), status: 202 },
    Question { path: "/v1/auth/magic-link", body: |email| json!({"email": email}), status: 202 },
];

/// Makes users of these addresses who have a password, without hashing it for each.
async fn import(app: &TestApp, acme: &AppTenant, emails: &[String]) {
    user(acme, "first@example.com").await;
    let sql = "SELECT password_hash FROM user_secrets WHERE tenant_id = ?";
    let found = texts(app.platform.store(), acme.tenant.place(), sql, &[acme.tenant.id.as_uuid()], 1).await;
    let hash = found[0][0].clone().unwrap();
    let line = |email| json!({"email": email, "verified": true, "password_hash": hash}).to_string();
    let file: Vec<String> = emails.iter().map(line).collect();
    let developer = acme.secret().await.unwrap().with("content-type", "application/x-ndjson");
    let made = developer.send(Method::POST, "/v1/users/import", Some(file.join("\n"))).await;
    assert_eq!(expect(&made, 200)["created"], emails.len());
}

async fn time(client: &Client, question: &Question, email: &str) -> Duration {
    let body = (question.body)(email);
    let started = Instant::now();
    let answer = client.post(question.path, &body).await;
    let elapsed = started.elapsed();
    expect(&answer, question.status);
    elapsed
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_long_it_takes_does_not_tell_who_is_there() {
    let samples = std::env::var("NEONEX_TIMING_SAMPLES").map_or(60, |samples| samples.parse().unwrap());
    let tolerance = if samples >= SAMPLES { 0.05 } else { 0.25 };
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let all = samples + WARM_UP;
    // As long as those that nobody has, and each asked about once, so that nobody's count of tries is another.
    let email = |who: &str, question: usize, at: usize| format!("{who}-{question}-{at:04}@example.com");
    let known: Vec<String> = (0..QUESTIONS.len())
        .flat_map(|question| (0..all).map(move |at| email("one", question, at)))
        .collect();
    import(&app, &acme, &known).await;
    let client = acme.anonymous();
    for (at, question) in QUESTIONS.iter().enumerate() {
        let mut times = [Vec::new(), Vec::new()];
        for sample in 0..all {
            let turn = [0, 1].map(|side| (side + sample) % 2);
            for side in turn {
                let email = email(["one", "two"][side], at, sample);
                let taken = time(&client, question, &email).await;
                if sample >= WARM_UP {
                    times[side].push(taken);
                }
            }
            app.platform.clock.advance(FORGIVEN);
        }
        let [known, unknown] = times.map(median);
        let ratio = known.as_secs_f64() / unknown.as_secs_f64();
        println!("{}: {known:?} where there is a user, {unknown:?} where not: {ratio:.3}", question.path);
        assert!((ratio - 1.0).abs() <= tolerance, "{} tells who is there: {ratio:.3}", question.path);
    }
    app.remove().await.unwrap();
}
