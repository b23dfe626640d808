//! The OpenAPI document of the operations.
//!
//! It comes from the types alone: no operation is made for it, so `openapi.yaml` can be written and compared
//! without a server. The text is the same each time; maps in it are ordered.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::LazyLock;

use bytes::Bytes;
use poem::endpoint::{BoxEndpoint, make_sync};
use poem::http::Method;
use poem::http::header::CONTENT_SECURITY_POLICY;
use poem::middleware::SetHeader;
use poem::{Endpoint, EndpointExt as _, Response};
use poem_openapi::registry::{MetaApi, Registry};
use poem_openapi::{LicenseObject, OpenApi, OpenApiService};

/// The document as YAML.
pub fn yaml<T: OpenApi>() -> String {
    service::<T>().spec_yaml()
}

/// The document as JSON.
pub fn json<T: OpenApi>() -> String {
    service::<T>().spec()
}

/// A form of the document, written when it is first asked for: most servers never are, and it takes some megabytes.
pub(crate) fn endpoint(content_type: &'static str, write: fn() -> String) -> impl Endpoint + 'static {
    let text = LazyLock::new(move || Bytes::from(write()));
    make_sync(move |_| Response::builder().content_type(content_type).body(text.clone()))
}

/// The document as a page to try the operations on. All of the page is in one answer; its policy lets it talk to
/// this server only.
pub(crate) fn page<T: OpenApi>() -> impl Endpoint + 'static {
    const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                          img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
    let page = endpoint("text/html; charset=utf-8", || service::<T>().swagger_ui_html());
    page.with(SetHeader::new().overriding(CONTENT_SECURITY_POLICY, POLICY))
}

fn service<T: OpenApi>() -> OpenApiService<Described<T>, ()> {
    let license = LicenseObject::new("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0");
    OpenApiService::new(Described(PhantomData), "Neonex", env!("CARGO_PKG_VERSION"))
        .description("A backend as a service for many tenants.")
        .server("/")
        .license(license)
}

/// What `T` declares, without a `T`.
struct Described<T>(PhantomData<fn() -> T>);

impl<T: OpenApi> OpenApi for Described<T> {
    fn meta() -> Vec<MetaApi> {
        T::meta()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn add_routes(self, _routes: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}
