//! `neonex-bench bare`: what Neonex on a database server is held against. The same statements, on the same tables,
//! through a pool of the same size, behind a bare route of the same HTTP library: no credentials, no rules, no limits,
//! no middleware.

mod mariadb;
mod postgres;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use poem::http::StatusCode;
use poem::listener::TcpListener;
use poem::web::{Data, Json, Path};
use poem::{EndpointExt as _, Response, Route, Server, get, handler};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::types::chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::neonex::RECORDS;

/// Connections, as many as Neonex has by default.
const CONNECTIONS: u32 = 20;

/// Where the records lie.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The database server.
    #[arg(long)]
    database: String,
    #[arg(long)]
    listen: SocketAddr,
    /// The collection's table.
    #[arg(long)]
    table: String,
    #[arg(long)]
    tenant: Uuid,
    #[arg(long)]
    collection: Uuid,
}

enum Pool {
    Postgres(postgres::Pool),
    MariaDb(mariadb::Pool),
}

/// A post as it is sent.
#[derive(Deserialize)]
struct NewPost {
    title: String,
    body: Option<String>,
    views: Option<i64>,
    author: Option<String>,
}

/// A post as it is kept.
#[derive(Serialize)]
struct Post {
    id: Uuid,
    created_at: String,
    updated_at: String,
    title: Option<String>,
    body: Option<String>,
    views: Option<i64>,
    author: Option<String>,
}

/// What an insert into the change log holds besides the record.
struct Change {
    tenant: Uuid,
    collection: Uuid,
    record: String,
    request: String,
    at: DateTime<Utc>,
}

impl Change {
    const ACTOR: &str = "bare";
}

struct State {
    pool: Pool,
    place: Place,
    numbers: AtomicU64,
}

/// Serves until it is killed.
pub(crate) async fn serve(place: Place) -> anyhow::Result<()> {
    let pool = if place.database.starts_with("postgres") {
        Pool::Postgres(postgres::Pool::open(&place).await?)
    } else {
        Pool::MariaDb(mariadb::Pool::open(&place).await?)
    };
    let listener = TcpListener::bind(place.listen);
    let state = Arc::new(State { pool, place, numbers: AtomicU64::new(0) });
    let routes = Route::new()
        .at("/livez", get(livez))
        .at(RECORDS, get(count).post(create))
        .at(format!("{RECORDS}/:id"), get(read))
        .data(state);
    Ok(Server::new(listener).run(routes).await?)
}

#[handler]
fn livez() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

#[handler]
async fn count(Data(state): Data<&Arc<State>>) -> poem::Result<Json<Value>> {
    let total = match &state.pool {
        Pool::Postgres(pool) => pool.count().await,
        Pool::MariaDb(pool) => pool.count().await,
    };
    Ok(Json(json!({ "total": total.map_err(fault)? })))
}

#[handler]
async fn read(Data(state): Data<&Arc<State>>, Path(id): Path<Uuid>) -> poem::Result<Json<Post>> {
    let post = match &state.pool {
        Pool::Postgres(pool) => pool.read(id).await,
        Pool::MariaDb(pool) => pool.read(id).await,
    };
    Ok(Json(post.map_err(fault)?.ok_or(StatusCode::NOT_FOUND)?))
}

#[handler]
async fn create(Data(state): Data<&Arc<State>>, Json(new): Json<NewPost>) -> poem::Result<Response> {
    let at = now();
    // Unique in this process, and this process alone makes ids of this shape.
    let number = state.numbers.fetch_add(1, Ordering::Relaxed);
    let mut random = [0; 10];
    for (byte, number) in random.iter_mut().skip(2).zip(number.to_be_bytes()) {
        *byte = number;
    }
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    let time = at.to_rfc3339();
    let NewPost { title, body, views, author } = new;
    let title = Some(title);
    let post = Post { id, created_at: time.clone(), updated_at: time, title, body, views, author };
    let json = serde_json::to_string(&post).map_err(fault)?;
    let change = Change {
        tenant: state.place.tenant,
        collection: state.place.collection,
        record: json.clone(),
        request: number.to_string(),
        at,
    };
    match &state.pool {
        Pool::Postgres(pool) => pool.create(post, change).await,
        Pool::MariaDb(pool) => pool.create(post, change).await,
    }
    .map_err(fault)?;
    Ok(Response::builder().status(StatusCode::CREATED).content_type("application/json").body(json))
}

fn fault<E: std::error::Error + Send + Sync + 'static>(error: E) -> poem::Error {
    poem::error::InternalServerError(error)
}

#[expect(clippy::disallowed_methods, reason = "nothing is tested with this time")]
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(jiff::Timestamp::now().as_microsecond()).unwrap_or_default()
}
