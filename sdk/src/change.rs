//! Changes of a value by what is to be done to it, for [`Records::update`](crate::Records::update) and its like. The
//! server computes them where it holds the record, so that no other write is lost.
//!
//! ```
//! use neonex_sdk::change;
//! use serde_json::json;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), neonex_sdk::Error> {
//! # use serde_json::{Map, Value};
//! # let posts = neonex_sdk::Client::from_env()?.records::<Map<String, Value>>("posts");
//! let post = posts.create(&json!({ "title": "Seen" })).await?;
//! let post = posts.update(post.id, &json!({ "views": change::increment(2) })).await?;
//! assert_eq!(post.fields["views"], 2);
//! # Ok(())
//! # }
//! ```

use serde::Serialize;

/// What is to be done to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Change<B, A, R> {
    #[serde(rename = "$increment", skip_serializing_if = "Option::is_none")]
    increment: Option<B>,
    #[serde(rename = "$append", skip_serializing_if = "Option::is_none")]
    append: Option<A>,
    #[serde(rename = "$remove", skip_serializing_if = "Option::is_none")]
    remove: Option<R>,
}

/// A number is so much more, or less. Null counts as zero.
pub const fn increment<B: Serialize>(by: B) -> Change<B, (), ()> {
    Change { increment: Some(by), append: None, remove: None }
}

/// These come to the end of an array; to one that holds each once, those that are not there yet. Null counts as empty.
pub const fn append<A: Serialize>(items: A) -> Change<(), A, ()> {
    Change { increment: None, append: Some(items), remove: None }
}

/// These leave an array.
pub const fn remove<R: Serialize>(items: R) -> Change<(), (), R> {
    Change { increment: None, append: None, remove: Some(items) }
}

impl<A> Change<(), A, ()> {
    /// And these leave it first.
    pub fn and_remove<R: Serialize>(self, items: R) -> Change<(), A, R> {
        Change { increment: None, append: self.append, remove: Some(items) }
    }
}
