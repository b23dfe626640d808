//! JSON that passes through as bytes.
//!
//! A record goes from its row into the response buffer and from the request straight to the domain's reader, with
//! no tree in between; the document still says what it looks like. [`RawJson`] is such an answer, [`RawBody`]
//! such a body, and [`AnyRecord`] and [`AnyRecordInput`] are the shapes that only a collection fills in.

use std::borrow::Cow;
use std::marker::PhantomData;

use bytes::Bytes;
use poem::http::header::{CONTENT_TYPE, HeaderValue};
use poem::{Body, IntoResponse, Request, RequestBody, Response};
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{
    MetaMediaType, MetaRequest, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions, Object};

use crate::text::Time;

/// An answer whose JSON is ready, with the schema of `T`. On its own it is a 200; as the field of a derived
/// `ApiResponse` it has that variant's status and headers.
#[derive(Debug, Clone)]
pub struct RawJson<T> {
    bytes: Bytes,
    schema: PhantomData<fn() -> T>,
}

impl<T> RawJson<T> {
    /// Takes bytes that are JSON of the schema of `T`.
    pub fn new(json: impl Into<Bytes>) -> Self {
        Self { bytes: json.into(), schema: PhantomData }
    }
}

impl<T: Type> Payload for RawJson<T> {
    const CONTENT_TYPE: &'static str = <Json<T> as Payload>::CONTENT_TYPE;

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T> IntoResponse for RawJson<T> {
    fn into_response(self) -> Response {
        let mut response = Response::from(Body::from_bytes(self.bytes));
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        response
    }
}

impl<T: Type> ApiResponse for RawJson<T> {
    fn meta() -> MetaResponses {
        let content = vec![MetaMediaType { content_type: Self::CONTENT_TYPE, schema: Self::schema_ref() }];
        let ok = MetaResponse {
            description: "",
            status: Some(200),
            status_range: None,
            content,
            headers: Vec::new(),
        };
        MetaResponses { responses: vec![ok] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// A body's bytes as they came, with the schema of `T`. Type, size and depth have been checked; that they are
/// JSON has not.
#[derive(Debug, Clone)]
pub struct RawBody<T> {
    bytes: Bytes,
    schema: PhantomData<fn() -> T>,
}

impl<T> RawBody<T> {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, shared and not copied.
    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }
}

impl<'a, T: Type> ApiExtractor<'a> for RawBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    /// Declared as JSON, which is why the checks have run before [`from_request`](Self::from_request).
    fn request_meta() -> Option<MetaRequest> {
        let content =
            vec![MetaMediaType { content_type: <Json<T> as Payload>::CONTENT_TYPE, schema: T::schema_ref() }];
        Some(MetaRequest { description: None, content, required: true })
    }

    async fn from_request(
        _request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(Self { bytes: body.take()?.into_bytes().await?, schema: PhantomData })
    }
}

/// What each record has whatever its collection.
#[derive(Object)]
#[oai(rename = "RecordBase")]
struct RecordBase {
    /// The record's id: a UUID, version 7 unless the client chose its own.
    #[oai(validator(pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"))]
    id: String,
    /// When it was made: RFC 3339, UTC.
    created_at: Time,
    /// When it was last changed: RFC 3339, UTC.
    updated_at: Time,
}

/// The schema of a record as it is read: `id`, `created_at`, `updated_at`, and the fields of its collection.
/// It exists in the document only.
#[derive(Debug)]
pub enum AnyRecord {}

/// The schema of a record as it is written: the fields of its collection. It exists in the document only.
#[derive(Debug)]
pub enum AnyRecordInput {}

/// The schema of a group of records: what was asked for, by its names. It exists in the document only.
#[derive(Debug)]
pub enum AnyGroup {}

macro_rules! schema_only {
    ($type:ty, $name:literal, $schema:expr) => {
        impl Type for $type {
            const IS_REQUIRED: bool = true;

            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                $name.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Reference($name.to_owned())
            }

            fn register(registry: &mut Registry) {
                registry.create_schema::<Self, _>($name.to_owned(), $schema);
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }
    };
}

/// So that these may stand in the schema of something larger; there is never a value to be written or read.
impl ToJSON for AnyRecord {
    fn to_json(&self) -> Option<serde_json::Value> {
        match *self {}
    }
}

impl ParseFromJSON for AnyRecord {
    fn parse_from_json(_: Option<serde_json::Value>) -> ParseResult<Self> {
        Err(ParseError::custom("a record is not read from a tree"))
    }
}

impl ToJSON for AnyGroup {
    fn to_json(&self) -> Option<serde_json::Value> {
        match *self {}
    }
}

impl ParseFromJSON for AnyGroup {
    fn parse_from_json(_: Option<serde_json::Value>) -> ParseResult<Self> {
        Err(ParseError::custom("a group is not read from a tree"))
    }
}

impl ToJSON for AnyRecordInput {
    fn to_json(&self) -> Option<serde_json::Value> {
        match *self {}
    }
}

impl ParseFromJSON for AnyRecordInput {
    fn parse_from_json(_: Option<serde_json::Value>) -> ParseResult<Self> {
        Err(ParseError::custom("a record is not read from a tree"))
    }
}

schema_only!(AnyRecord, "Record", |registry| MetaSchema {
    description: Some("A record: what all records have, and the fields of its collection."),
    additional_properties: Some(Box::new(any())),
    ..registry.create_fake_schema::<RecordBase>()
});

schema_only!(AnyGroup, "Group", |_| MetaSchema {
    description: Some("The values by which a group's records are grouped, and what was computed of them."),
    additional_properties: Some(Box::new(any())),
    ..MetaSchema::new("object")
});

schema_only!(AnyRecordInput, "RecordInput", |_| MetaSchema {
    description: Some("The fields of a record, as its collection defines them."),
    additional_properties: Some(Box::new(any())),
    ..MetaSchema::new("object")
});

/// The schema of a record, or null where there is none any more. It exists in the document only.
#[derive(Debug)]
pub enum RecordOrNull {}

impl Type for RecordOrNull {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "RecordOrNull".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        let record = AnyRecord::schema_ref();
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            nullable: true,
            all_of: vec![record],
            ..MetaSchema::new("object")
        }))
    }

    fn register(registry: &mut Registry) {
        AnyRecord::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ToJSON for RecordOrNull {
    fn to_json(&self) -> Option<serde_json::Value> {
        match *self {}
    }
}

impl ParseFromJSON for RecordOrNull {
    fn parse_from_json(_: Option<serde_json::Value>) -> ParseResult<Self> {
        Err(ParseError::custom("a record is not read from a tree"))
    }
}

fn any() -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema::ANY))
}
