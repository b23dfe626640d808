//! The Rust SDK of Neonex.
//!
//! A [`Client`] speaks for one credential. Records are read into and written from types of your own; tenants, keys
//! and collections have the types of the API document.
//!
//! ```no_run
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
//! # async fn run() -> Result<(), neonex_sdk::Error> {
//! let client = Client::builder("http://127.0.0.1:8080").credential("nx_sec_0").build()?;
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
//! # What goes wrong
//!
//! Every call fails with [`Error`], which keeps what the server answered: status, code, request id, what is wrong
//! place by place, and the body, readable or not.
//!
//! # Trying again
//!
//! A call that met a busy server or a broken connection is made again, after a random and growing wait, if that can
//! do no harm: see [`RetryPolicy`]. Each `POST` gets an `Idempotency-Key` of its own, so that it is carried out once
//! however often it is sent.
//!
//! # Everything else
//!
//! [`Client::call`] calls any operation of the API document, with the same retries and the same errors.

mod answer;
mod call;
mod client;
mod collections;
mod error;
mod keys;
mod new;
mod open_enum;
mod paging;
mod random;
mod records;
mod retry;
mod tenants;
mod transport;

#[expect(
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::pedantic,
    clippy::unwrap_used,
    missing_docs,
    reason = "the generator's code is the generator's to keep tidy"
)]
pub mod generated;

pub use client::{Client, ClientBuilder};
pub use collections::Collections;
pub use error::{Error, Refusal, Unreadable};
pub use keys::Keys;
pub(crate) use open_enum::open_enum;
pub use records::{AnyRecord, ETag, List, Page, Pending, Record, Records};
pub use retry::RetryPolicy;
pub use tenants::Tenants;

/// The types of the API document.
pub mod types {
    pub use crate::generated::enums::*;
    pub use crate::generated::types::*;
}
