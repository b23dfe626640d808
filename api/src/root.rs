//! `/`, where people end up who know nothing but the server's address.

use neonex_core::platform::Platform;
use poem::endpoint::BoxEndpoint;
use poem::http::HeaderMap;
use poem::http::header::{ACCEPT, HeaderValue, VARY};
use poem::{Endpoint, EndpointExt as _, IntoEndpoint, Request, Response};

use crate::problem::Problem;

/// A page for who asks for one, and a problem that says where to go for everybody else.
pub(crate) struct Root {
    platform: Platform,
    page: BoxEndpoint<'static>,
}

impl Root {
    pub(crate) fn new<E>(platform: Platform, page: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        Self { platform, page: page.map_to_response().boxed() }
    }

    /// The link itself is for whoever started the server.
    async fn problem(&self) -> Problem {
        let places = "There is nothing at this path: the API is under /v1 and described at /openapi.json and /docs, \
                      health is at /livez and /readyz.";
        match self.platform.needs_set_up().await {
            Ok(true) => Problem::not_found(format!(
                "{places} Set-up is needed: open the link that the server printed when it started."
            )),
            Ok(false) => Problem::not_found(places),
            Err(error) => error.into(),
        }
    }
}

impl Endpoint for Root {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let depends = HeaderValue::from_static("Accept");
        if !wants_page(request.headers()) {
            return Err(self.problem().await.header(VARY, depends).into());
        }
        let mut response = self.page.call(request).await?;
        response.headers_mut().append(VARY, depends);
        Ok(response)
    }
}

/// Browsers name HTML; a client that takes anything is a program.
fn wants_page(headers: &HeaderMap) -> bool {
    let ranges = headers.get_all(ACCEPT).iter().flat_map(|line| line.to_str().unwrap_or("").split(','));
    let (mut html, mut json) = (0.0, 0.0);
    for range in ranges {
        let mut parts = range.split(';').map(str::trim);
        let weight = match parts.next().unwrap_or("").to_ascii_lowercase().as_str() {
            "text/html" | "application/xhtml+xml" => &mut html,
            "application/json" | "application/problem+json" => &mut json,
            _ => continue,
        };
        let quality =
            parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
        *weight = f32::max(*weight, quality);
    }
    html > json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_the_page_and_programs_the_problem() {
        let wants = |accept: &str| {
            wants_page(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_str(accept).unwrap())]))
        };
        for page in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
            "Text/HTML",
            "application/json;q=0.5, text/html;q=0.6",
        ] {
            assert!(wants(page), "{page}");
        }
        for problem in [
            "*/*",
            "",
            "application/json",
            "text/html;q=0, */*",
            "text/html;q=0.5, application/json",
            "text/htmlx",
            "text/html;q=nonsense",
        ] {
            assert!(!wants(problem), "{problem}");
        }
        assert!(!wants_page(&HeaderMap::new()));
    }
}
