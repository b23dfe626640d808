//! Values of fields: read from JSON against the field's type, and written as JSON.
//!
//! Both ways go without a tree in between: a request's text becomes typed values, a row becomes the response's
//! text. `json` fields keep their text as it was sent, as far as it means the same everywhere.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::str::FromStr as _;

use serde_json::value::RawValue;
use uuid::Uuid;

use super::json;
use super::service::RecordId;
use crate::clock::Timestamp;
use crate::collections::{Field, FieldType, MAX_PRECISION};
use crate::invalid::Invalid;

/// The value of a field.
#[derive(Debug, Clone)]
pub enum FieldValue {
    /// No value.
    Null,
    /// Of `text`, `rich_text`, `select`, `email`, `url`; of `date` as `2026-11-23`.
    Text(String),
    /// Of `int`.
    Int(i64),
    /// Of `float`.
    Float(f64),
    /// Of `decimal`: the number times ten to the field's scale.
    Decimal {
        /// The digits.
        unscaled: i64,
        /// How many of them stand after the point.
        scale: u32,
    },
    /// Of `bool`.
    Bool(bool),
    /// Of `datetime`.
    Datetime(Timestamp),
    /// Of `json` and `multi_select`: the text.
    Json(Box<RawValue>),
    /// Of `uuid`, and of `relation` to one.
    Uuid(Uuid),
    /// Of `relation` to many.
    Ids(Vec<Uuid>),
    /// Of `geo_point`.
    Point {
        /// Degrees north, -90 to 90.
        lat: f64,
        /// Degrees east, -180 to 180.
        lon: f64,
    },
    /// Of `vector`.
    Vector(Vec<f32>),
}

/// A geo point as it is sent.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Point {
    lat: f64,
    lon: f64,
}

impl FieldValue {
    /// Reads what was sent for `field`. The reason for a refusal names what the field takes.
    pub fn read(field: &Field, sent: &RawValue) -> Result<Self, Invalid> {
        let text = sent.get();
        if text == "null" {
            if field.nullable {
                return Ok(Self::Null);
            }
            return Err(Invalid::one("", "null_not_allowed", format!("`{}` cannot be null", field.name)));
        }
        Self::read_kind(&field.kind, text, sent).ok_or_else(|| {
            Invalid::one("", "invalid_value", format!("`{}` takes {}", field.name, describe(&field.kind)))
        })
    }

    /// The same of a value that was parsed, as designs hold them.
    pub(crate) fn read_json(field: &Field, json: &serde_json::Value) -> Result<Self, Invalid> {
        let text = RawValue::from_string(json.to_string())
            .map_err(|error| Invalid::one("", "invalid_value", error.to_string()))?;
        Self::read(field, &text)
    }

    /// Reads a value of that type, which is not null.
    pub(crate) fn read_kind(kind: &FieldType, text: &str, sent: &RawValue) -> Option<Self> {
        match kind {
            FieldType::Int => text.parse().ok().map(Self::Int),
            FieldType::Float => {
                // A text fails for its quotes. SQLite knows no negative zero, so there is none anywhere.
                let number = text.parse::<f64>().ok()? + 0.0;
                number.is_finite().then_some(Self::Float(number))
            }
            FieldType::Bool => text.parse().ok().map(Self::Bool),
            FieldType::Json => json::stored(sent).map(Self::Json),
            FieldType::Decimal { precision, scale } => {
                let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                let unscaled = read_decimal(quoted.unwrap_or(text), *scale)?;
                let fits = unscaled.unsigned_abs() < 10_u64.pow(*precision);
                fits.then_some(Self::Decimal { unscaled, scale: *scale })
            }
            FieldType::MultiSelect { options, max_items } => read_chosen(text, options, *max_items),
            FieldType::Relation { many: Some(many), .. } => read_ids(text, many.max_items),
            FieldType::Relation { many: None, .. } => {
                let id: String = serde_json::from_str(text).ok()?;
                RecordId::parse(&id).map(|id| Self::Uuid(id.as_uuid()))
            }
            FieldType::GeoPoint => Self::read_point(text),
            FieldType::Vector { dimensions } => read_vector(text, *dimensions),
            _ => Self::read_text(kind, serde_json::from_str(text).ok()?),
        }
    }

    fn read_text(kind: &FieldType, text: String) -> Option<Self> {
        // Postgres keeps no NUL in text, so none of the databases gets one.
        if text.contains('\0') {
            return None;
        }
        let fits = match kind {
            FieldType::Text { min_length, max_length, pattern } => {
                is_at_most(&text, *max_length)
                    && min_length
                        .is_none_or(|least| text.chars().take(least as usize).count() == least as usize)
                    && pattern.as_ref().is_none_or(|pattern| pattern.is_found_in(&text))
            }
            FieldType::RichText { max_length } => {
                let clean = ammonia::clean(&text);
                return is_at_most(&clean, *max_length).then_some(Self::Text(clean));
            }
            FieldType::Select { options } => options.contains(&text),
            FieldType::Email => text.len() <= 254 && email_address::EmailAddress::is_valid(&text),
            FieldType::Url => text.len() <= 2048 && url::Url::parse(&text).is_ok(),
            FieldType::Datetime { .. } => return Timestamp::parse(&text).map(Self::Datetime),
            FieldType::Uuid => return Uuid::try_parse(&text).ok().map(Self::Uuid),
            FieldType::Date => is_date(&text),
            FieldType::Int
            | FieldType::Float
            | FieldType::Bool
            | FieldType::Json
            | FieldType::Decimal { .. }
            | FieldType::MultiSelect { .. }
            | FieldType::Relation { .. }
            | FieldType::GeoPoint
            | FieldType::Vector { .. } => false,
        };
        fits.then_some(Self::Text(text))
    }

    /// Reads a geo point, as it is sent and as it is stored.
    pub(crate) fn read_point(text: &str) -> Option<Self> {
        let Point { lat, lon } = serde_json::from_str(text).ok()?;
        let on_earth = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        // No negative zero: see floats.
        on_earth.then_some(Self::Point { lat: lat + 0.0, lon: lon + 0.0 })
    }

    /// How two values of a field that has an order stand to each other; `None` for other fields, and for null.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(one), Self::Int(other)) => Some(one.cmp(other)),
            (Self::Float(one), Self::Float(other)) => one.partial_cmp(other),
            (Self::Decimal { unscaled: one, .. }, Self::Decimal { unscaled: other, .. }) => {
                Some(one.cmp(other))
            }
            (Self::Datetime(one), Self::Datetime(other)) => Some(one.cmp(other)),
            // Dates, whose text sorts as they do.
            (Self::Text(one), Self::Text(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }

    /// The value as JSON.
    pub(crate) fn to_json(&self) -> String {
        let mut out = Vec::new();
        self.write_json(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Appends the value as JSON.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Text(text) => write_string(text, out),
            Self::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Self::Float(number) => write_float(*number, out),
            Self::Decimal { unscaled, scale } => write_decimal((*unscaled).into(), *scale, out),
            Self::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Self::Datetime(instant) => {
                out.push(b'"');
                instant.write_rfc3339(out);
                out.push(b'"');
            }
            Self::Json(text) => out.extend_from_slice(text.get().as_bytes()),
            Self::Uuid(uuid) => write_uuid(*uuid, out),
            Self::Ids(ids) => write_list(ids, out, |id, out| write_uuid(*id, out)),
            Self::Point { lat, lon } => {
                out.extend_from_slice(b"{\"lat\":");
                write_float(*lat, out);
                out.extend_from_slice(b",\"lon\":");
                write_float(*lon, out);
                out.push(b'}');
            }
            Self::Vector(numbers) => write_list(numbers, out, write_number),
        }
    }
}

/// What a field of the type takes, for people.
fn describe(kind: &FieldType) -> String {
    match kind {
        FieldType::Text { min_length, max_length, pattern } => {
            let least = min_length.map(|least| format!(", at least {least} characters")).unwrap_or_default();
            let most = max_length.map(|most| format!(", at most {most} characters")).unwrap_or_default();
            let pattern = pattern
                .as_ref()
                .map(|pattern| format!(", that matches {}", pattern.as_str()))
                .unwrap_or_default();
            format!("a text without NUL characters{least}{most}{pattern}")
        }
        FieldType::RichText { max_length: None } => "HTML without NUL characters".to_owned(),
        FieldType::RichText { max_length: Some(most) } => {
            format!("HTML of at most {most} characters, none of them NUL")
        }
        FieldType::Int => "a whole number of 64 bits, written without point or exponent".to_owned(),
        FieldType::Float => "a finite number".to_owned(),
        FieldType::Decimal { precision, scale } => {
            format!(
                "a number of at most {precision} digits, {scale} of them after the point, as \"12.50\" or 12.50"
            )
        }
        FieldType::Bool => "true or false".to_owned(),
        FieldType::Date => "a date of the years 0001 to 9999, as \"2026-11-23\"".to_owned(),
        FieldType::Datetime { .. } => {
            "an instant of the years 0001 to 9999, as \"2026-11-23T12:00:00Z\" (RFC 3339)".to_owned()
        }
        FieldType::Json => "JSON of at most 31 levels, whose texts are Unicode without NUL, whose numbers are no larger than \
                            doubles, and whose objects have each key once"
            .to_owned(),
        FieldType::Select { options } => format!("one of {}", options.join(", ")),
        FieldType::MultiSelect { options, max_items } => {
            format!("an array of at most {max_items} of {}, each once", options.join(", "))
        }
        FieldType::Relation { many: None, .. } => "the id of a record".to_owned(),
        FieldType::Relation { many: Some(many), .. } => {
            format!("an array of at most {} ids of records, each once", many.max_items)
        }
        FieldType::GeoPoint => {
            "a place as {\"lat\": 52.52, \"lon\": 13.405}, in degrees: -90 to 90 and -180 to 180".to_owned()
        }
        FieldType::Vector { dimensions } => format!("an array of {dimensions} numbers"),
        FieldType::Email => "an e-mail address".to_owned(),
        FieldType::Url => "an absolute URL of at most 2048 bytes".to_owned(),
        FieldType::Uuid => "a UUID, as \"01890a5d-ac96-774b-bcce-b302099a8057\"".to_owned(),
    }
}

fn is_at_most(text: &str, most: Option<u32>) -> bool {
    most.is_none_or(|most| text.chars().take(most as usize + 1).count() <= most as usize)
}

/// Options that were chosen, in the order in which they were.
fn read_chosen(text: &str, options: &[String], max_items: u32) -> Option<FieldValue> {
    let chosen: Vec<String> = serde_json::from_str(text).ok()?;
    let each_once = chosen.iter().collect::<HashSet<_>>().len() == chosen.len();
    let known = chosen.iter().all(|choice| options.contains(choice));
    if !each_once || !known || chosen.len() > max_items as usize {
        return None;
    }
    serde_json::value::to_raw_value(&chosen).ok().map(FieldValue::Json)
}

/// Ids of records, each once, in their order.
fn read_ids(text: &str, max_items: u32) -> Option<FieldValue> {
    let ids: Vec<String> = serde_json::from_str(text).ok()?;
    let ids: Option<Vec<_>> = ids.iter().map(|id| RecordId::parse(id).map(RecordId::as_uuid)).collect();
    let ids = ids?;
    let each_once = ids.iter().collect::<HashSet<_>>().len() == ids.len();
    (each_once && ids.len() <= max_items as usize).then_some(FieldValue::Ids(ids))
}

fn read_vector(text: &str, dimensions: u32) -> Option<FieldValue> {
    let numbers: Vec<f32> = serde_json::from_str(text).ok()?;
    let fits = numbers.len() == dimensions as usize && numbers.iter().all(|number| number.is_finite());
    fits.then_some(FieldValue::Vector(numbers))
}

fn is_date(text: &str) -> bool {
    let shaped = text.len() == 10 && text.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    shaped && jiff::civil::Date::from_str(text).is_ok_and(|date| (1..=9999).contains(&date.year()))
}

/// Reads `-12.5` as its digits at `scale`, where no digit is lost by that.
fn read_decimal(text: &str, scale: u32) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let fraction_digits = fraction.trim_end_matches('0');
    if !numeric(whole) || !numeric(fraction) || fraction_digits.len() > scale as usize {
        return None;
    }
    let padded = format!("{whole}{fraction_digits:0<width$}", width = scale as usize);
    let unscaled: i64 = padded.parse().ok()?;
    let within = unscaled < 10_i64.pow(MAX_PRECISION);
    within.then_some(if negative { -unscaled } else { unscaled })
}

pub(crate) fn write_decimal(unscaled: i128, scale: u32, out: &mut Vec<u8>) {
    let scale = scale as usize;
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    let point = if scale == 0 { "" } else { "." };
    out.extend_from_slice(format!("\"{sign}{whole}{point}{fraction}\"").as_bytes());
}

/// Writes the shortest text that reads back as the same number. What is not a number in JSON cannot be stored,
/// so it is not met here.
pub(crate) fn write_float(number: f64, out: &mut Vec<u8>) {
    write_number(&number, out);
}

fn write_number(number: &impl serde::Serialize, out: &mut Vec<u8>) {
    let before = out.len();
    if serde_json::to_writer(&mut *out, number).is_err() {
        out.truncate(before);
        out.extend_from_slice(b"null");
    }
}

fn write_uuid(uuid: Uuid, out: &mut Vec<u8>) {
    let mut buffer = Uuid::encode_buffer();
    out.push(b'"');
    out.extend_from_slice(uuid.hyphenated().encode_lower(&mut buffer).as_bytes());
    out.push(b'"');
}

fn write_list<T>(items: &[T], out: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>)) {
    out.push(b'[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(b']');
}

/// Writes a JSON string. Runs of characters that need no escape are copied whole.
pub(crate) fn write_string(text: &str, out: &mut Vec<u8>) {
    let before = out.len();
    if serde_json::to_writer(&mut *out, text).is_err() {
        out.truncate(before);
        out.extend_from_slice(b"null");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn field(kind: &serde_json::Value) -> Field {
        let mut field = json!({"name": "x"});
        field.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
        Field::try_from(serde_json::from_value::<crate::collections::NewField>(field).unwrap()).unwrap()
    }

    fn round(field: &Field, sent: &str) -> Result<String, Invalid> {
        let raw = RawValue::from_string(sent.to_owned()).unwrap();
        let mut out = Vec::new();
        FieldValue::read(field, &raw)?.write_json(&mut out);
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn what_a_type_takes_comes_back_in_one_spelling() {
        let cases = [
            (json!({"type": "text"}), r#""a\u00e9\n""#, r#""aé\n""#),
            (json!({"type": "text", "max_length": 2}), r#""éé""#, r#""éé""#),
            (json!({"type": "int"}), "-9223372036854775808", "-9223372036854775808"),
            (json!({"type": "float"}), "1e3", "1000.0"),
            (json!({"type": "decimal"}), "12.5", r#""12.50""#),
            (json!({"type": "decimal"}), r#""-0.05""#, r#""-0.05""#),
            (json!({"type": "decimal", "scale": 0}), r#""999999999999999999""#, r#""999999999999999999""#),
            (json!({"type": "decimal"}), "1.500", r#""1.50""#),
            (json!({"type": "bool"}), "true", "true"),
            (json!({"type": "date"}), r#""2024-02-29""#, r#""2024-02-29""#),
            (
                json!({"type": "datetime"}),
                r#""2026-11-23T13:00:00+01:00""#,
                r#""2026-11-23T12:00:00.000000Z""#,
            ),
            (json!({"type": "json"}), r#"{"b":1,"a":[null]}"#, r#"{"b":1,"a":[null]}"#),
            (json!({"type": "select", "options": ["G", "PG"]}), r#""PG""#, r#""PG""#),
            (json!({"type": "email"}), r#""a@example.com""#, r#""a@example.com""#),
            (json!({"type": "url"}), r#""https://example.com/""#, r#""https://example.com/""#),
            (
                json!({"type": "uuid"}),
                r#""01890A5D-AC96-774B-BCCE-B302099A8057""#,
                r#""01890a5d-ac96-774b-bcce-b302099a8057""#,
            ),
            (json!({"type": "int"}), "null", "null"),
            (json!({"type": "text", "pattern": "^[a-z]+$"}), r#""abc""#, r#""abc""#),
            (
                json!({"type": "rich_text"}),
                r#""<p onclick='x()'>Hi <script>alert(1)</script><b>there</b></p>""#,
                r#""<p>Hi <b>there</b></p>""#,
            ),
            (json!({"type": "multi_select", "options": ["a", "b"]}), r#"[ "b", "a" ]"#, r#"["b","a"]"#),
            (json!({"type": "multi_select", "options": ["a"]}), "[]", "[]"),
            (json!({"type": "geo_point"}), r#"{"lon": 13.405, "lat": -0.0}"#, r#"{"lat":0.0,"lon":13.405}"#),
            (json!({"type": "vector", "dimensions": 3}), "[1, -0.1, 1e-7]", "[1.0,-0.1,1e-7]"),
        ];
        for (kind, sent, expected) in cases {
            assert_eq!(round(&field(&kind), sent).as_deref(), Ok(expected), "{kind} {sent}");
        }
    }

    #[test]
    fn what_a_type_does_not_take_is_refused_with_what_it_does() {
        let cases = [
            (json!({"type": "text"}), r#""a\u0000b""#),
            (json!({"type": "json"}), r#"{"a":1,"a":2}"#),
            (json!({"type": "text"}), "5"),
            (json!({"type": "text", "max_length": 2}), r#""ééé""#),
            (json!({"type": "int"}), "1.0"),
            (json!({"type": "int"}), "9223372036854775808"),
            (json!({"type": "int"}), r#""1""#),
            (json!({"type": "float"}), "1e999"),
            (json!({"type": "decimal"}), "1.005"),
            (json!({"type": "decimal"}), "1e2"),
            (json!({"type": "decimal"}), "10000000000000000"),
            (json!({"type": "decimal"}), r#"".5""#),
            (json!({"type": "bool"}), "1"),
            (json!({"type": "date"}), r#""2023-02-29""#),
            (json!({"type": "date"}), r#""0000-01-01""#),
            (json!({"type": "datetime"}), r#""2026-11-23 12:00""#),
            (json!({"type": "json"}), r#""a\u0000""#),
            (json!({"type": "select", "options": ["G"]}), r#""g""#),
            (json!({"type": "email"}), r#""nobody""#),
            (json!({"type": "url"}), r#""/path""#),
            (json!({"type": "uuid"}), r#""x""#),
            (json!({"type": "int", "required": true}), "null"),
            (json!({"type": "text", "min_length": 2}), r#""é""#),
            (json!({"type": "text", "pattern": "^[a-z]+$"}), r#""ab1""#),
            (json!({"type": "rich_text", "max_length": 7}), r#""<b>x</b>""#),
            (json!({"type": "decimal", "precision": 4}), "100.00"),
            (json!({"type": "multi_select", "options": ["a", "b"]}), r#"["a","a"]"#),
            (json!({"type": "multi_select", "options": ["a", "b"]}), r#"["c"]"#),
            (json!({"type": "multi_select", "options": ["a", "b"], "max_items": 1}), r#"["a","b"]"#),
            (json!({"type": "geo_point"}), r#"{"lat": 91, "lon": 0}"#),
            (json!({"type": "geo_point"}), r#"{"lat": 1}"#),
            (json!({"type": "geo_point"}), r#"{"lat": 1, "lon": 2, "alt": 3}"#),
            (json!({"type": "vector", "dimensions": 2}), "[1]"),
            (json!({"type": "vector", "dimensions": 1}), "[1e39]"),
        ];
        for (kind, sent) in cases {
            let refused = round(&field(&kind), sent);
            assert!(
                refused.as_ref().is_err_and(|invalid| invalid.to_string().contains("`x`")),
                "{kind} {refused:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn decimals_keep_every_digit(unscaled in -999_999_999_999_999_999_i64..=999_999_999_999_999_999, scale in 0_u32..=15) {
            let mut text = Vec::new();
            write_decimal(unscaled.into(), scale, &mut text);
            let text = String::from_utf8(text).unwrap();
            prop_assert_eq!(read_decimal(text.trim_matches('"'), scale), Some(unscaled));
        }

        #[test]
        fn floats_and_texts_read_back(number in proptest::num::f64::NORMAL, text in "\\PC*") {
            let mut out = Vec::new();
            write_float(number, &mut out);
            prop_assert_eq!(std::str::from_utf8(&out).unwrap().parse::<f64>().unwrap().to_bits(), number.to_bits());
            out.clear();
            write_string(&text, &mut out);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
