//! The Rust SDK of Neonex.
//!
//! A [`Client`] speaks for one credential. Records are read into and written from types of your own; tenants, keys
//! and collections have the types of the API document.
//!
//! ```
//! use futures_util::TryStreamExt as _;
//! use neonex_sdk::Client;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Post {
//!     title: String,
//!     views: i64,
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), neonex_sdk::Error> {
//! // NEONEX_URL says where the server is, NEONEX_TOKEN who calls; `Client::builder` takes both from elsewhere.
//! let client = Client::from_env()?;
//! let posts = client.records::<Post>("posts");
//!
//! let post = posts.create(&Post { title: "Hello".to_owned(), views: 1 }).await?;
//! println!("{} is {}", post.id, post.fields.title);
//!
//! let read = posts.list().filter("views >= 1").sort("-views").stream();
//! let all: Vec<_> = read.try_collect().await?;
//! println!("{} posts were read", all.len());
//! # Ok(())
//! # }
//! ```
//!
//! The streams are those of [`futures_util`](https://docs.rs/futures-util), whose `TryStreamExt` has what one does with
//! them. The examples in this documentation are run against a server.
//!
//! # What goes wrong
//!
//! Every call that fails does so with [`Error`], which keeps what the server answered: status, code, request id, what
//! is wrong place by place, and the body, readable or not.
//!
//! # Trying again
//!
//! A call that met a busy server or a broken connection is made again, after a random and growing wait, if that can
//! do no harm: see [`RetryPolicy`]. Each `POST`, and each change of records, gets an `Idempotency-Key` of its own, so that it is carried out once
//! however often it is sent.
//!
//! # Everything else
//!
//! [`Client::call`] calls any operation of the API document, with the same retries and the same errors.

mod answer;
mod auth;
mod batch;
mod call;
pub mod change;
mod client;
mod collections;
pub mod env;
mod error;
mod keys;
mod new;
mod open_enum;
mod paging;
mod random;
mod records;
mod retry;
mod secret;
mod tenants;
mod transport;
mod users;
mod versioned;

#[expect(
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::pedantic,
    clippy::unwrap_used,
    reason = "the generator's code is the generator's to keep tidy"
)]
pub mod generated;

pub use auth::{Auth, Session};
pub use batch::{Batch, BatchResults, Made, Target};
pub use client::{Client, ClientBuilder};
pub use collections::Collections;
pub use error::{Error, Refusal, Unreadable};
pub use keys::Keys;
pub(crate) use open_enum::open_enum;
pub use records::{
    Aggregate, AnyRecord, Deleted, Distinct, ETag, Export, Groups, Import, List, Page, Pending, Record,
    Records, RevisionState,
};
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use tenants::Tenants;
pub use users::UserImport;
pub use versioned::Versioned;

// Their types stand in this API. Who names them through it has the same version.
pub use {chrono, reqwest, uuid};

/// The types of the API document.
pub mod types {
    pub use crate::generated::enums::*;
    pub use crate::generated::types::*;
}

/// The tutorial's program, which is run with the examples of this documentation.
#[cfg(doctest)]
#[doc = include_str!("../../docs/tutorial/quickstart.md")]
struct Tutorial;
