//! Types of fields, with the settings that only some of them have.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::field::NewField;
use super::pattern::Pattern;
use crate::ids::CollectionId;
use crate::invalid::{Findings, Invalid};

const MAX_OPTIONS: usize = 200;
const MAX_SCALE: u32 = 15;
/// Digits of a decimal; with 18 of them every number fits 64 bits.
pub(crate) const MAX_PRECISION: u32 = 18;
/// Characters of the longest text that can be a whole index key on MariaDB.
const MAX_VARCHAR: u32 = 768;
/// Numbers of a vector.
const MAX_DIMENSIONS: u32 = 4_096;

/// Records that one field points to.
const MAX_LINKS: u32 = 1_000;

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldType {
    /// Unicode text. Lengths are in characters (Unicode scalar values).
    Text {
        /// The fewest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min_length: Option<u32>,
        /// The most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_length: Option<u32>,
        /// What is found in every value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<Pattern>,
    },
    /// HTML, from which all that could do harm in a page is taken.
    RichText {
        /// Characters, tags included, at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_length: Option<u32>,
    },
    /// A whole number of 64 bits.
    Int,
    /// A number of IEEE 754 double precision, never infinite or NaN.
    Float,
    /// An exact number. Written as text in JSON.
    Decimal {
        /// Digits in all, 1 to 18.
        #[serde(default = "max_precision")]
        precision: u32,
        /// Digits after the point, 0 to 15.
        scale: u32,
    },
    /// True or false.
    Bool,
    /// A day: `2026-11-23`.
    Date,
    /// An instant, kept to the microsecond in UTC.
    Datetime {
        /// When the server sets it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        auto: Option<Auto>,
    },
    /// Any JSON value.
    Json,
    /// One of the options.
    Select {
        /// What may be chosen.
        options: Vec<String>,
    },
    /// Some of the options, each once.
    MultiSelect {
        /// What may be chosen.
        options: Vec<String>,
        /// How many at most.
        max_items: u32,
    },
    /// An e-mail address.
    Email,
    /// An absolute URL.
    Url,
    /// A UUID of any version.
    Uuid,
    /// Records of a collection, by their ids.
    Relation {
        /// The collection.
        collection: CollectionId,
        /// What becomes of this record when one that it points to is deleted.
        on_delete: OnDelete,
        /// Whether it points to several, each once and in an order.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        many: Option<Many>,
    },
    /// A place on earth: `{"lat":52.52,"lon":13.405}`, in degrees of WGS 84.
    GeoPoint,
    /// An array of so many numbers of single precision.
    Vector {
        /// How many.
        dimensions: u32,
    },
}

/// When the server sets a datetime by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auto {
    /// When the record is made.
    Create,
    /// Whenever the record is written.
    Update,
}

/// What becomes of a record when one that it points to is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// That one cannot be deleted.
    Restrict,
    /// It is deleted, too.
    Cascade,
    /// It points there no more.
    SetNull,
}

/// A field that points to several records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Many {
    /// To how many at most.
    pub max_items: u32,
    /// The number of the table in which each of them has a row, apart from those of the collection's other fields. It
    /// stays when the field is renamed.
    #[serde(default)]
    pub(crate) link: u32,
}

const fn max_precision() -> u32 {
    MAX_PRECISION
}

impl FieldType {
    const NAMES: &'static str = "text, rich_text, int, float, decimal, bool, date, datetime, json, select, \
                                 multi_select, email, url, uuid, relation, geo_point, vector";

    /// Its name in a design.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::RichText { .. } => "rich_text",
            Self::Int => "int",
            Self::Float => "float",
            Self::Decimal { .. } => "decimal",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Datetime { .. } => "datetime",
            Self::Json => "json",
            Self::Select { .. } => "select",
            Self::MultiSelect { .. } => "multi_select",
            Self::Email => "email",
            Self::Url => "url",
            Self::Uuid => "uuid",
            Self::Relation { .. } => "relation",
            Self::GeoPoint => "geo_point",
            Self::Vector { .. } => "vector",
        }
    }

    /// Whether the server sets it.
    pub const fn is_automatic(&self) -> bool {
        matches!(self, Self::Datetime { auto: Some(_) })
    }

    /// Whether an expression can come to its values.
    pub(crate) const fn is_computable(&self) -> bool {
        matches!(
            self,
            Self::Text { .. }
                | Self::Int
                | Self::Float
                | Self::Decimal { .. }
                | Self::Bool
                | Self::Date
                | Self::Datetime { auto: None }
                | Self::Select { .. }
                | Self::Email
                | Self::Url
        )
    }

    /// Whether values can be equal, be sorted and be indexed.
    pub(crate) const fn is_comparable(&self) -> bool {
        !matches!(
            self,
            Self::Json
                | Self::MultiSelect { .. }
                | Self::Relation { many: Some(_), .. }
                | Self::GeoPoint
                | Self::Vector { .. }
                | Self::RichText { .. }
        )
    }

    /// Whether an index is made for it without being asked for: records are found by those that they point to, and by
    /// where they are.
    pub(crate) const fn is_indexed(&self) -> bool {
        matches!(self, Self::Relation { many: None, .. } | Self::GeoPoint)
    }

    /// Whether there can be a least and a greatest value.
    pub(crate) const fn has_limits(&self) -> bool {
        matches!(
            self,
            Self::Int | Self::Float | Self::Decimal { .. } | Self::Date | Self::Datetime { auto: None }
        )
    }

    /// Whether a column holds it as text that can be indexed.
    pub(crate) const fn is_text(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::Select { .. } | Self::Email | Self::Url)
    }

    /// How many characters a text may have, where that is few enough for a key of an index.
    pub(crate) const fn key_length(&self) -> Option<u32> {
        match self {
            Self::Text { max_length: Some(most), .. } if *most <= MAX_VARCHAR => Some(*most),
            Self::Select { .. } | Self::Email => Some(255),
            _ => None,
        }
    }

    pub(super) fn read(new: &NewField) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let options = || new.options.clone().unwrap_or_default();
        let kind = match new.kind.as_str() {
            "text" => Some(Self::Text {
                min_length: new.min_length,
                max_length: new.max_length,
                pattern: new
                    .pattern
                    .as_ref()
                    .and_then(|pattern| findings.take("/pattern", Pattern::try_from(pattern.clone()))),
            }),
            "rich_text" => Some(Self::RichText { max_length: new.max_length }),
            "int" => Some(Self::Int),
            "float" => Some(Self::Float),
            "decimal" => Some(Self::Decimal {
                precision: new.precision.unwrap_or(MAX_PRECISION),
                scale: new.scale.unwrap_or(2),
            }),
            "bool" => Some(Self::Bool),
            "date" => Some(Self::Date),
            "datetime" => Some(Self::Datetime { auto: read_auto(new.auto.as_deref(), &mut findings) }),
            "json" => Some(Self::Json),
            "select" => Some(Self::Select { options: options() }),
            "multi_select" => {
                let all = u32::try_from(options().len()).unwrap_or(u32::MAX);
                Some(Self::MultiSelect { options: options(), max_items: new.max_items.unwrap_or(all) })
            }
            "email" => Some(Self::Email),
            "url" => Some(Self::Url),
            "uuid" => Some(Self::Uuid),
            "relation" => read_relation(new, &mut findings),
            "geo_point" => Some(Self::GeoPoint),
            "vector" => Some(Self::Vector { dimensions: new.dimensions.unwrap_or_default() }),
            other => {
                let message = format!("there is no field type `{other}`; there are {}", Self::NAMES);
                findings.add("/type", "unknown_type", message);
                None
            }
        };
        if let Some(kind) = &kind {
            kind.check_applicable(new, &mut findings);
            kind.check_settings(&mut findings);
        }
        findings.finish(kind)
    }

    /// Every setting that was sent belongs to the type.
    fn check_applicable(&self, new: &NewField, findings: &mut Findings) {
        let settings: [(&str, bool, &[&str]); 12] = [
            ("options", new.options.is_some(), &["select", "multi_select"]),
            ("max_items", new.max_items.is_some(), &["multi_select", "relation"]),
            ("collection", new.collection.is_some(), &["relation"]),
            ("many", new.many, &["relation"]),
            ("on_delete", new.on_delete.is_some(), &["relation"]),
            ("min_length", new.min_length.is_some(), &["text"]),
            ("max_length", new.max_length.is_some(), &["text", "rich_text"]),
            ("pattern", new.pattern.is_some(), &["text"]),
            ("precision", new.precision.is_some(), &["decimal"]),
            ("scale", new.scale.is_some(), &["decimal"]),
            ("auto", new.auto.is_some(), &["datetime"]),
            ("dimensions", new.dimensions.is_some(), &["vector"]),
        ];
        for (setting, sent, owners) in settings {
            if sent && !owners.contains(&self.name()) {
                let message = format!("only a {} field has `{setting}`", owners.join(" or "));
                findings.add(format!("/{setting}"), "not_applicable", message);
            }
        }
    }

    fn check_settings(&self, findings: &mut Findings) {
        match self {
            Self::Text { max_length: Some(0), .. } | Self::RichText { max_length: Some(0) } => {
                findings.add("/max_length", "out_of_range", "a text must have room for a character");
            }
            Self::Text { min_length: Some(least), max_length: Some(most), .. } if least > most => {
                findings.add("/min_length", "out_of_range", "`min_length` is more than `max_length`");
            }
            Self::Decimal { precision, scale } => {
                if !(1..=MAX_PRECISION).contains(precision) {
                    let message = format!("a decimal has 1 to {MAX_PRECISION} digits");
                    findings.add("/precision", "out_of_range", message);
                }
                if *scale > MAX_SCALE || scale > precision {
                    let message = format!(
                        "at most {MAX_SCALE} digits can stand after the point, and no more than there are"
                    );
                    findings.add("/scale", "out_of_range", message);
                }
            }
            Self::Select { options } => check_options(options, findings),
            Self::MultiSelect { options, max_items } => {
                check_options(options, findings);
                if *max_items == 0 || *max_items as usize > options.len() {
                    findings.add("/max_items", "out_of_range", "from 1 to as many as there are options");
                }
            }
            Self::Relation { many: Some(many), .. } if !(1..=MAX_LINKS).contains(&many.max_items) => {
                findings.add("/max_items", "out_of_range", format!("1 to {MAX_LINKS}"));
            }
            Self::Vector { dimensions } if !(1..=MAX_DIMENSIONS).contains(dimensions) => {
                let message = format!("a vector field says its `dimensions`, 1 to {MAX_DIMENSIONS}");
                findings.add("/dimensions", "out_of_range", message);
            }
            _ => {}
        }
    }

    /// Writes the settings to where they are sent.
    pub(super) fn settings(self, new: &mut NewField) {
        match self {
            Self::Text { min_length, max_length, pattern } => {
                (new.min_length, new.max_length) = (min_length, max_length);
                new.pattern = pattern.map(String::from);
            }
            Self::RichText { max_length } => new.max_length = max_length,
            Self::Decimal { precision, scale } => {
                (new.precision, new.scale) = (Some(precision), Some(scale));
            }
            Self::Datetime { auto } => new.auto = auto.map(|auto| auto.name().to_owned()),
            Self::Select { options } => new.options = Some(options),
            Self::MultiSelect { options, max_items } => {
                (new.options, new.max_items) = (Some(options), Some(max_items));
            }
            Self::Relation { collection, on_delete, many } => {
                new.collection = Some(collection.to_string());
                new.on_delete = Some(on_delete.name().to_owned());
                (new.many, new.max_items) = (many.is_some(), many.map(|many| many.max_items));
            }
            Self::Vector { dimensions } => new.dimensions = Some(dimensions),
            Self::Int
            | Self::Float
            | Self::Bool
            | Self::Date
            | Self::Json
            | Self::Email
            | Self::Url
            | Self::Uuid
            | Self::GeoPoint => {}
        }
    }
}

impl Auto {
    const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
        }
    }
}

impl OnDelete {
    const fn name(self) -> &'static str {
        match self {
            Self::Restrict => "restrict",
            Self::Cascade => "cascade",
            Self::SetNull => "set_null",
        }
    }
}

/// The collection is named by its id here: names are resolved before.
fn read_relation(new: &NewField, findings: &mut Findings) -> Option<FieldType> {
    let on_delete = match new.on_delete.as_deref() {
        None | Some("restrict") => OnDelete::Restrict,
        Some("cascade") => OnDelete::Cascade,
        Some("set_null") => OnDelete::SetNull,
        Some(other) => {
            let message = format!("`{other}` is no such thing: write `restrict`, `cascade` or `set_null`");
            findings.add("/on_delete", "unknown_value", message);
            return None;
        }
    };
    if !new.many && new.max_items.is_some() {
        findings.add("/max_items", "not_applicable", "only a relation to many has `max_items`");
    }
    if !new.many && on_delete == OnDelete::SetNull && new.nullable == Some(false) {
        findings.add("/on_delete", "not_nullable", "a field that cannot be null cannot become null");
    }
    if new.default.is_some() {
        findings.add(
            "/default",
            "not_applicable",
            "a relation has no default: the record may be gone one day",
        );
    }
    let Some(named) = &new.collection else {
        findings.add("/collection", "required", "a relation says to records of which `collection` it points");
        return None;
    };
    let Ok(collection) = named.parse() else {
        findings.add("/collection", "unknown_collection", format!("there is no collection `{named}`"));
        return None;
    };
    let many = new.many.then(|| Many { max_items: new.max_items.unwrap_or(MAX_LINKS), link: 0 });
    Some(FieldType::Relation { collection, on_delete, many })
}

fn read_auto(sent: Option<&str>, findings: &mut Findings) -> Option<Auto> {
    match sent? {
        "create" => Some(Auto::Create),
        "update" => Some(Auto::Update),
        other => {
            let message = format!("`{other}` is no moment: write `create` or `update`");
            findings.add("/auto", "unknown_value", message);
            None
        }
    }
}

fn check_options(options: &[String], findings: &mut Findings) {
    if options.is_empty() || options.len() > MAX_OPTIONS {
        findings.add("/options", "out_of_range", format!("there are 1 to {MAX_OPTIONS} options"));
    }
    let mut seen = HashSet::new();
    for (at, option) in options.iter().enumerate() {
        let length = option.chars().count();
        if length == 0 || length > 255 || option.contains('\0') {
            let message = "an option has 1 to 255 characters, none of them NUL";
            findings.add(format!("/options/{at}"), "out_of_range", message);
        }
        if !seen.insert(option) {
            findings.add(format!("/options/{at}"), "duplicate", format!("`{option}` stands there already"));
        }
    }
}
