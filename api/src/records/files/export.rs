//! A collection as a file that comes as it is made.

use std::io;

use bytes::Bytes;
use futures_util::stream::{StreamExt as _, once, try_unfold};
use neonex_core::records::Export;
use poem::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use poem::{Body, IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponse, MetaResponses, Registry};

use super::Format;
use crate::payload::AnyRecord;

/// A file that comes as it is made.
pub(super) struct File {
    pub(super) format: Format,
    pub(super) name: String,
    pub(super) body: Body,
}

impl IntoResponse for File {
    fn into_response(self) -> Response {
        let mut response = Response::from(self.body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.format.media_type()));
        let name = format!("attachment; filename=\"{}.{}\"", self.name, self.format.suffix());
        headers.extend(HeaderValue::try_from(name).ok().map(|name| (CONTENT_DISPOSITION, name)));
        response
    }
}

impl ApiResponse for File {
    fn meta() -> MetaResponses {
        let ok = MetaResponse {
            description: "The records, in the order of their ids.",
            status: Some(200),
            status_range: None,
            content: Format::content(),
            headers: Vec::new(),
        };
        MetaResponses { responses: vec![ok] }
    }

    fn register(registry: &mut Registry) {
        <AnyRecord as poem_openapi::types::Type>::register(registry);
    }
}

/// The first bytes, then what the export still has.
pub(super) fn body(first: Vec<u8>, export: Export) -> Body {
    let rest = try_unfold(export, |mut export| async move {
        match export.next().await {
            Ok(chunk) => Ok(chunk.map(|chunk| (Bytes::from(chunk), export))),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "an export broke off");
                Err(io::Error::other(error))
            }
        }
    });
    Body::from_bytes_stream(once(async { Ok(Bytes::from(first)) }).chain(rest))
}
