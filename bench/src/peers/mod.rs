//! Other products under test, each with the same posts.

pub(crate) mod directus;
pub(crate) mod parse;
pub(crate) mod pocketbase;
