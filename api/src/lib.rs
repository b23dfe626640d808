//! The REST API.
//!
//! [`app`] puts the surface together and has the order in which a request passes it.

pub mod app;
pub mod client_address;
pub mod credentials;
pub mod document;
pub mod gate;
pub mod metrics;
pub mod payload;
pub mod probes;
pub mod problem;
pub mod rate_limit;
pub mod request;
mod route;
pub mod server;

#[cfg(test)]
mod tests;
