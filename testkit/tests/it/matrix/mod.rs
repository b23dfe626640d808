//! Who may do what, and that nobody sees what is another tenant's: every operation of the document, by every kind of
//! credential, for everything that a request can name.
//!
//! [`operations`] is the table to which a new operation adds a row; without it every test here fails. What there is
//! to be seen is in the snapshots. `docs/reference/isolation.md` says what all this holds the server to.

mod authorisation;
mod bodies;
mod caches;
mod call;
mod credentials;
mod document;
mod foreign;
mod names;
mod operations;
mod own;
mod probes;
mod roles;
mod unchanged;
mod world;
