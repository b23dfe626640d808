//! Texts of which the document says what they are, so that clients can give them a type.

use std::borrow::Cow;
use std::fmt;

use neonex_core::clock::Timestamp;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value;

/// An instant: RFC 3339, UTC where it is answered. What a client sends is not looked at until the domain reads it, so
/// that there is one answer to what is no instant.
#[derive(Debug, Clone)]
pub(crate) struct Time(pub(crate) String);

/// What opens something, and is never shown in a log.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) String);

impl From<Timestamp> for Time {
    fn from(instant: Timestamp) -> Self {
        Self(instant.to_string())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

macro_rules! formatted {
    ($type:ident, $format:literal) => {
        impl Type for $type {
            const IS_REQUIRED: bool = true;

            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                concat!("string_", $format).into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", $format)))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl ParseFromJSON for $type {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                match value.unwrap_or_default() {
                    Value::String(text) => Ok(Self(text)),
                    other => Err(ParseError::expected_type(other)),
                }
            }
        }

        impl ToJSON for $type {
            fn to_json(&self) -> Option<Value> {
                Some(Value::String(self.0.clone()))
            }
        }
    };
}

formatted!(Time, "date-time");
formatted!(Secret, "password");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_sent_and_not_logged() {
        let secret = Secret("nx_sec_canary".to_owned());
        assert_eq!(secret.to_json(), Some(Value::from("nx_sec_canary")));
        assert_eq!(format!("{secret:?}"), "[redacted]");
    }
}
