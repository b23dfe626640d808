//! The admin console: pages rendered by the server, which work without JavaScript.
//!
//! So far it makes the first operator, and says whether that is needed.

mod assets;
mod origin;
mod page;
mod setup;

use neonex_core::platform::Platform;
use poem::{EndpointExt as _, IntoEndpoint, Route, get};

/// Where the console is to be nested.
pub const MOUNT: &str = "/console";

/// The console, to be nested at [`MOUNT`]. `base` is the address under which clients reach the server; it never
/// comes from a request.
pub fn routes(platform: Platform, base: String) -> impl IntoEndpoint {
    Route::new()
        .at("/", get(setup::home))
        .at("/setup", get(setup::show).post(setup::submit))
        .at(assets::style_route(), get(assets::style))
        .data(setup::Console { platform, base })
}

/// The page for people who open the server's own address, `/`: whether it needs setting up, and where things are.
pub fn welcome(platform: Platform) -> impl IntoEndpoint {
    setup::welcome.data(platform)
}

#[cfg(test)]
mod tests;
