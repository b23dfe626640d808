//! Files that pages refer to, in the binary. Their paths change with their content, so they are cached for ever.

use poem::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use poem::{Response, handler};

const STYLE: &str = include_str!("../assets/console.css");
/// The number goes up with every change of the file.
pub(crate) const STYLE_ROUTE: &str = "/assets/console-1.css";
pub(crate) const STYLE_PATH: &str = "/console/assets/console-1.css";

#[handler]
pub(crate) fn style() -> Response {
    Response::builder()
        .header(CONTENT_TYPE, "text/css; charset=utf-8")
        .header(CACHE_CONTROL, "public, max-age=31536000, immutable")
        .body(STYLE)
}
