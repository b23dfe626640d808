//! Files that pages refer to, in the binary. A file's path changes with its content, so it is cached for ever.

use std::fmt::Write as _;
use std::sync::LazyLock;

use poem::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use poem::{Response, handler};
use sha2::{Digest as _, Sha256};

use crate::MOUNT;

const STYLE: &str = include_str!("../assets/console.css");
static STYLE_ROUTE: LazyLock<String> =
    LazyLock::new(|| format!("/assets/console-{}.css", fingerprint(STYLE)));

/// Where the console serves its style sheet.
pub(crate) fn style_route() -> &'static str {
    &STYLE_ROUTE
}

/// Where pages find it.
pub(crate) fn style_path() -> String {
    format!("{MOUNT}{}", style_route())
}

#[handler]
pub(crate) fn style() -> Response {
    Response::builder()
        .header(CONTENT_TYPE, "text/css; charset=utf-8")
        .header(CACHE_CONTROL, "public, max-age=31536000, immutable")
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(STYLE)
}

/// Tells contents apart: 64 bits of their SHA-256.
fn fingerprint(content: &str) -> String {
    Sha256::digest(content).iter().take(8).fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn another_content_has_another_path() {
        assert_eq!(fingerprint("abc"), "ba7816bf8f01cfea");
        assert_ne!(fingerprint("abc"), fingerprint("abd"));
    }
}
