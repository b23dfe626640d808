//! The surface from outside, over operations that exist here only.

mod errors;
mod gate;
mod observed;
mod payloads;
mod server;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use neonex_core::clock::SystemClock;
use neonex_core::credential::Credential;
use neonex_core::ids::TenantId;
use neonex_core::rng::SystemRng;
use poem::endpoint::{make, make_sync};
use poem::http::StatusCode;
use poem::test::{TestClient, TestResponse};
use poem::{Body, Request, Response, Route};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::{Binary, Json};
use poem_openapi::{Enum, Object, OpenApi};
use serde_json::Value;

use crate::app::{App, Settings};
use crate::credentials::{BearerToken, OptionalBearer, Public};
use crate::gate::Gate;
use crate::payload::{AnyRecord, AnyRecordInput, RawBody, RawJson};
use crate::problem::Problem;
use crate::rate_limit::{Rate, RateLimits};
use crate::request::RequestContext;

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewThing {
    name: String,
    count: Option<i32>,
    colour: Option<Colour>,
    #[oai(default)]
    parts: Vec<Part>,
    #[oai(validator(max_length = 3))]
    short: Option<String>,
}

#[derive(Object)]
#[oai(deny_unknown_fields)]
struct Part {
    label: String,
}

#[derive(Enum)]
#[oai(rename_all = "lowercase")]
enum Colour {
    Red,
    Green,
}

/// A name.
#[derive(Object)]
struct Named {
    name: String,
}

#[derive(Clone)]
struct Things {
    tenant: TenantId,
    limits: Arc<RateLimits>,
}

impl Things {
    fn new() -> Self {
        let tenant = TenantId::generate(&SystemClock, &SystemRng).unwrap();
        let rate =
            |requests| Rate { requests: NonZeroU32::new(requests).unwrap(), per: Duration::from_hours(1) };
        Self { tenant, limits: Arc::new(RateLimits::new(rate(2), rate(1))) }
    }
}

#[expect(clippy::unused_async, reason = "operations are async by their macro")]
#[OpenApi]
impl Things {
    /// List things
    #[oai(path = "/v1/things", method = "get", operation_id = "list_things")]
    async fn list(
        &self,
        _public: Public,
        limit: Query<Option<u32>>,
        sort: Query<Option<String>>,
    ) -> Result<Json<Vec<String>>, Problem> {
        let _ = sort;
        Ok(Json(vec!["thing".to_owned(); limit.0.unwrap_or(1) as usize]))
    }

    /// Create a thing
    #[oai(path = "/v1/things", method = "post", operation_id = "create_thing")]
    async fn create(&self, _public: Public, thing: Json<NewThing>) -> Result<Json<Named>, Problem> {
        Ok(Json(Named { name: thing.0.name }))
    }

    /// Get a part
    #[oai(path = "/v1/things/:thing/parts/:part", method = "get", operation_id = "get_part")]
    async fn part(
        &self,
        _public: Public,
        thing: Path<String>,
        part: Path<u32>,
    ) -> Result<Json<Named>, Problem> {
        Ok(Json(Named { name: format!("{}/{}", thing.0, part.0) }))
    }

    /// Write a record
    #[oai(path = "/v1/records", method = "put", operation_id = "put_record")]
    async fn record(
        &self,
        _public: Public,
        body: RawBody<AnyRecordInput>,
    ) -> Result<RawJson<AnyRecord>, Problem> {
        Ok(RawJson::new(body.into_bytes()))
    }

    /// Upload
    #[oai(path = "/v1/upload", method = "put", operation_id = "upload")]
    async fn upload(&self, _public: Public, body: Binary<Body>) -> Result<Json<u64>, Problem> {
        let bytes = body.0.into_bytes().await.map_err(|error| Problem::internal(&error))?;
        Ok(Json(bytes.len() as u64))
    }

    /// As a tenant whose pages live at one origin
    #[oai(path = "/v1/mine", method = "get", operation_id = "mine")]
    async fn mine(
        &self,
        _token: OptionalBearer,
        context: RequestContext,
        #[oai(name = "X-Count")] count: Header<Option<u32>>,
    ) -> Result<Json<String>, Problem> {
        let _ = count;
        context.set_tenant(self.tenant);
        context.decide_origin(|origin| origin == "https://app.example.com");
        Ok(Json(context.id().as_str().to_owned()))
    }

    /// With a credential, so many times an hour
    #[oai(path = "/v1/limited", method = "get", operation_id = "limited")]
    async fn limited(&self, context: RequestContext, token: BearerToken) -> Result<Json<String>, Problem> {
        let digest = Credential::parse(&token.0.token).map(|credential| credential.digest());
        match digest {
            Some(digest) => self.limits.principal(&context, None, &digest, NonZeroU32::MIN).await?,
            None => self.limits.anonymous(&context, NonZeroU32::MIN).await?,
        }
        Ok(Json(String::new()))
    }

    /// Fail
    #[oai(path = "/v1/fail/:how", method = "get", operation_id = "fail")]
    async fn fail(&self, _public: Public, how: Path<String>) -> poem::Result<Json<String>> {
        match how.0.as_str() {
            "panic" => panic!("hunter2"),
            "fault" => Err(Problem::internal(&std::io::Error::other("hunter2")).into()),
            "poem" => Err(poem::error::InternalServerError(std::io::Error::other("hunter2"))),
            "bare" => Err(StatusCode::CONFLICT.into()),
            "slow" => std::future::pending().await,
            _ => Ok(Json(String::new())),
        }
    }
}

fn settings() -> Settings {
    Settings::new(Arc::new(SystemClock), Arc::new(SystemRng))
}

fn client() -> TestClient<Gate<Route>> {
    client_with(settings())
}

fn client_with(settings: Settings) -> TestClient<Gate<Route>> {
    let app =
        App::new(settings).operations(Things::new()).nest("/console", echo()).nest_streaming("/s3", echo());
    TestClient::new(app.build())
}

/// A part that routes for itself: it gives back what it is sent, and has an error of its own.
fn echo() -> Route {
    let echo = make(|mut request: Request| async move {
        Ok::<_, poem::Error>(request.take_body().into_string().await?)
    });
    let missing = make_sync(|_| {
        Response::builder().status(StatusCode::NOT_FOUND).content_type("application/xml").body("<Error/>")
    });
    Route::new().at("/sign-in", poem::post(echo)).at("/missing", missing)
}

/// The problem in an answer, after looking at what all of them have in common.
async fn problem(response: TestResponse, status: u16, code: &str) -> Value {
    let response = response.0;
    let id = response.header("x-request-id").unwrap().to_owned();
    assert_eq!(response.header("content-type"), Some("application/problem+json"));
    let sent = response.status().as_u16();
    let body: Value = response.into_body().into_json().await.unwrap();
    assert_eq!((sent, body["code"].as_str()), (status, Some(code)), "{body}");
    assert_eq!(body["status"], status);
    assert_eq!(body["request_id"], id);
    assert!(!body.to_string().contains("hunter2"), "{body}");
    body
}

/// Places and codes of what a problem lists.
fn places(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect()
}

const SHORT: Duration = Duration::from_millis(20);
