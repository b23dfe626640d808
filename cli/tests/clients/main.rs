//! What stands outside and calls the server: the SDK, its documentation, the examples, the tutorial; each against the
//! real program on SQLite.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests; a failure is the test's")]
#![expect(clippy::indexing_slicing, reason = "the same")]

#[path = "../../../testkit/tests/it/browser.rs"]
#[expect(dead_code, clippy::panic, reason = "it belongs to other tests, which do more with it")]
mod browser;
mod cargo;
mod definitions;
mod documentation;
mod environment;
mod errors;
mod history;
mod movies;
mod notes;
mod pages;
mod programs;
mod relay;
mod retries;
mod sessions;
mod site;
mod tutorial;
mod writes;
