//! The REST API.
//!
//! [`app`] puts the surface together and has the order in which a request passes it. An operation is a method
//! with a path; what holds for all of them is no concern of its:
//!
//! ```
//! use neonex_api::app::{App, Settings};
//! use neonex_api::credentials::Public;
//! use neonex_api::problem::Problem;
//! use poem_openapi::param::Path;
//! use poem_openapi::payload::Json;
//! use poem_openapi::{Object, OpenApi};
//!
//! /// A greeting.
//! #[derive(Object)]
//! struct Greeting {
//!     /// What is said.
//!     text: String,
//! }
//!
//! struct Greetings;
//!
//! #[OpenApi]
//! impl Greetings {
//!     /// Greet somebody
//!     #[oai(path = "/v1/greetings/:name", method = "get", operation_id = "greet")]
//!     async fn greet(&self, _credential: Public, name: Path<String>) -> Result<Json<Greeting>, Problem> {
//!         if name.0 == "nobody" {
//!             return Err(Problem::not_found("There is nobody to greet."));
//!         }
//!         Ok(Json(Greeting { text: format!("Hello, {}!", name.0) }))
//!     }
//! }
//!
//! # use std::sync::Arc;
//! # use neonex_core::{clock::SystemClock, rng::SystemRng};
//! let settings = Settings::new(Arc::new(SystemClock), Arc::new(SystemRng));
//! let app = App::new(settings).operations(Greetings).document::<Greetings>().build();
//! # let client = poem::test::TestClient::new(app);
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! #     let response = client.get("/v1/greetings/nobody").send().await;
//! #     response.assert_status(poem::http::StatusCode::NOT_FOUND);
//! #     response.assert_content_type("application/problem+json");
//! # });
//! ```

pub mod accounts;
pub mod app;
pub mod audit;
pub mod auth;
pub mod caller;
pub mod client_address;
pub mod collections;
mod cookies;
pub mod credentials;
pub mod document;
mod errors;
pub mod gate;
pub mod keys;
pub mod mails;
pub mod members;
pub mod metrics;
mod paging;
pub mod payload;
mod precondition;
pub mod probes;
pub mod problem;
pub mod rate_limit;
pub mod records;
pub mod request;
mod root;
mod route;
pub mod rules;
pub mod server;
pub mod slow_queries;
pub mod tenants;
mod text;

#[cfg(test)]
mod tests;

use self::caller::Surface;

/// Every operation.
pub type Operations = (
    tenants::Tenants,
    keys::Keys,
    collections::Collections,
    auth::Operations,
    (accounts::Accounts, accounts::Tokens, members::Members, members::Roles),
    mails::Mails,
    records::Records,
    records::Record,
    records::Question,
    records::Aggregate,
    records::Batch,
    records::Explain,
    records::Advice,
    records::Files,
    slow_queries::SlowQueries,
    (records::History, rules::Rules, audit::Audit),
);

/// Every operation, over a platform.
pub fn operations(surface: &Surface) -> Operations {
    (
        tenants::Tenants(surface.clone()),
        keys::Keys(surface.clone()),
        collections::Collections(surface.clone()),
        auth::operations(surface),
        (
            accounts::Accounts(surface.clone()),
            accounts::Tokens(surface.clone()),
            members::Members(surface.clone()),
            members::Roles(surface.clone()),
        ),
        mails::Mails(surface.clone()),
        records::Records(surface.clone()),
        records::Record(surface.clone()),
        records::Question(surface.clone()),
        records::Aggregate(surface.clone()),
        records::Batch(surface.clone()),
        records::Explain(surface.clone()),
        records::Advice(surface.clone()),
        records::Files(surface.clone()),
        slow_queries::SlowQueries(surface.clone()),
        (records::History(surface.clone()), rules::Rules(surface.clone()), audit::Audit(surface.clone())),
    )
}

/// How the document groups operations.
#[derive(poem_openapi::Tags)]
enum Tag {
    /// Isolated backends. For operators.
    Tenants,
    /// API keys of a tenant.
    Keys,
    /// Tables designed at run time.
    Collections,
    /// Rows of a collection.
    Records,
    /// How the users of an app sign up and in.
    Auth,
    /// The users of an app, for those who administer them.
    Users,
    /// Mails to users, and what is written in them.
    Mails,
    /// People who work with the console and the command line.
    Accounts,
    /// Accounts that may do something in a tenant, and by which roles.
    Members,
    /// Who has done what.
    Audit,
}
