//! Pages: limits as sent, and the link to the next one.

use poem::http::Uri;

use crate::problem::Problem;

/// What fits on a page where the client does not say.
const DEFAULT_LIMIT: u32 = 50;
/// What fits on a page at most.
pub(crate) const MAX_LIMIT: u32 = 200;

/// The page's size.
pub(crate) fn limit(sent: Option<u32>) -> Result<u64, Problem> {
    let limit = sent.unwrap_or(DEFAULT_LIMIT);
    if (1..=MAX_LIMIT).contains(&limit) {
        return Ok(limit.into());
    }
    let problem = Problem::bad_request("invalid_parameter", "A parameter cannot be accepted as it is.");
    Err(problem.error("?limit", "out_of_range", format!("a page has 1 to {MAX_LIMIT} items")))
}

/// Where the page begins: after the item of that id.
pub(crate) fn after<I: std::str::FromStr>(cursor: Option<&str>) -> Result<Option<I>, Problem> {
    let read = cursor.map(str::parse).transpose();
    read.map_err(|_| {
        let problem = Problem::bad_request("invalid_parameter", "A parameter cannot be accepted as it is.");
        problem.error("?cursor", "invalid_cursor", "this is no cursor of a page before")
    })
}

/// `Link: <…>; rel="next"` (RFC 8288): the same request with the next cursor, relative to this server.
pub(crate) fn next_link(uri: &Uri, cursor: Option<&str>) -> Option<String> {
    let cursor = cursor?;
    let rest = uri.query().unwrap_or_default().split('&');
    let kept = rest.filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let query: String = kept.flat_map(|pair| [pair, "&"]).collect();
    Some(format!("<{}?{query}cursor={cursor}>; rel=\"next\"", uri.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_keeps_all_but_the_cursor() {
        let uri: Uri = "/v1/tenants?limit=2&cursor=old&sort=-a".parse().unwrap();
        let link = next_link(&uri, Some("new"));
        assert_eq!(link.as_deref(), Some("</v1/tenants?limit=2&sort=-a&cursor=new>; rel=\"next\""));
        assert_eq!(next_link(&uri, None), None);
        let bare: Uri = "/v1/tenants".parse().unwrap();
        assert_eq!(next_link(&bare, Some("x")).as_deref(), Some("</v1/tenants?cursor=x>; rel=\"next\""));
    }
}
