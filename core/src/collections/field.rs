//! Fields of a collection: what one holds, what it asks of its values, and how it is read from what was sent.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::field_rules::FieldRules;
use super::field_type::FieldType;
use super::name::FieldName;
use super::retention::Former;
use crate::invalid::{Findings, Invalid};
use crate::records::value::FieldValue;

/// A field of a collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own, as developers write it")]
pub struct Field {
    /// Its name, in JSON, in expressions and as a column.
    pub name: FieldName,
    /// What it holds.
    #[serde(flatten)]
    pub kind: FieldType,
    /// Whether a new record must give a value (or null, where that is allowed).
    pub required: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether no two records may have the same value; nulls are never the same.
    pub unique: bool,
    /// Whether values that differ in nothing but case are the same, of a unique text.
    #[serde(default, skip_serializing_if = "is_unset")]
    pub ignore_case: bool,
    /// How often it got another column, because its values were to lie there in another way.
    #[serde(default, skip_serializing_if = "is_unset")]
    pub(crate) generation: u32,
    /// The names that it had before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) formerly: Vec<Former>,
    /// Whether it is shown only to those who read past the rules: secret keys, members and operators.
    #[serde(default)]
    pub hidden: bool,
    /// Who reads and writes it.
    #[serde(default, skip_serializing_if = "is_unset")]
    pub rules: FieldRules,
    /// The expression that its values are computed by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<String>,
    /// What a new record has where it gives nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
    /// The least value, of a field whose values have an order and are no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Json>,
    /// The greatest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Json>,
}

fn is_unset<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Field {
    /// Whether clients cannot write it.
    pub const fn is_set_by_server(&self) -> bool {
        self.kind.is_automatic() || self.computed.is_some()
    }

    /// What its column is called. `$` stands in no field's name.
    pub(crate) fn column(&self) -> String {
        match self.generation {
            0 => self.name.to_string(),
            generation => format!("{}${generation}", self.name),
        }
    }
}

/// A field as sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own, as developers write it")]
pub struct NewField {
    /// Its name.
    pub name: String,
    /// The name of its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Defaults to false.
    pub required: bool,
    /// Defaults to the opposite of `required`.
    pub nullable: Option<bool>,
    /// Defaults to false.
    pub unique: bool,
    /// For a unique `text`, `select`, `email` or `url`; defaults to false.
    pub ignore_case: bool,
    /// Defaults to false.
    pub hidden: bool,
    /// Defaults to whoever may read and write the record.
    #[serde(skip_serializing_if = "is_unset")]
    pub rules: FieldRules,
    /// An expression, of a field that the server computes.
    pub computed: Option<String>,
    /// Defaults to none.
    pub default: Option<Json>,
    /// For `int`, `float`, `decimal`, `date` and `datetime`.
    pub min: Option<Json>,
    /// For `int`, `float`, `decimal`, `date` and `datetime`.
    pub max: Option<Json>,
    /// For `select` and `multi_select`.
    pub options: Option<Vec<String>>,
    /// For `multi_select`, where it defaults to as many as there are options, and for `relation`.
    pub max_items: Option<u32>,
    /// For `relation`: the collection's name or id.
    pub collection: Option<String>,
    /// For `relation`; defaults to false.
    pub many: bool,
    /// For `relation`: `restrict` (the default), `cascade` or `set_null`.
    pub on_delete: Option<String>,
    /// For `text`.
    pub min_length: Option<u32>,
    /// For `text` and `rich_text`.
    pub max_length: Option<u32>,
    /// For `text`: a regular expression that is found in every value.
    pub pattern: Option<String>,
    /// For `decimal`; defaults to 18.
    pub precision: Option<u32>,
    /// For `decimal`; defaults to 2.
    pub scale: Option<u32>,
    /// For `datetime`: `create` or `update`.
    pub auto: Option<String>,
    /// For `vector`.
    pub dimensions: Option<u32>,
}

impl NewField {
    /// A value of such a field as records show it. `None` if it is none, or if the field is none.
    pub fn read_value(&self, value: &Json) -> Option<Json> {
        let field = Field::try_from(self.clone()).ok()?;
        let read = FieldValue::read_json(&field, value).ok()?;
        serde_json::from_str(&read.to_json()).ok()
    }
}

impl TryFrom<NewField> for Field {
    type Error = Invalid;

    fn try_from(new: NewField) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let kind = findings.take("", FieldType::read(&new));
        let name = findings.take("/name", FieldName::try_from(new.name.clone()));
        let auto = kind.as_ref().is_some_and(FieldType::is_automatic);
        let nullable = new.nullable.unwrap_or(!new.required && !auto);
        if auto {
            check_automatic(new.default.is_some(), new.required, nullable, &mut findings);
        }
        if new.computed.is_some() {
            check_computed(&new, kind.as_ref(), &mut findings);
        } else if !auto && !nullable && !new.required && new.default.is_none() {
            let message = "a field that is neither required nor nullable needs a default";
            findings.add("/nullable", "needs_default", message);
        }
        check_rules(&new, auto, &mut findings);
        if let Some(kind) = &kind {
            if new.unique && !kind.is_comparable() {
                let message =
                    format!("values of type {} are not compared, so they cannot be unique", kind.name());
                findings.add("/unique", "not_comparable", message);
            }
            if new.ignore_case && !(new.unique && kind.is_text()) {
                let message = "only a unique `text`, `select`, `email` or `url` can ignore case";
                findings.add("/ignore_case", "not_applicable", message);
            }
            for (setting, limit) in [("min", &new.min), ("max", &new.max)] {
                if limit.is_some() && !kind.has_limits() {
                    let message = format!("only numbers, dates and datetimes have `{setting}`");
                    findings.add(format!("/{setting}"), "not_applicable", message);
                }
            }
        }
        let field = name.zip(kind).map(|(name, kind)| Self {
            name,
            kind,
            required: new.required,
            nullable,
            unique: new.unique,
            ignore_case: new.ignore_case,
            generation: 0,
            formerly: Vec::new(),
            hidden: new.hidden,
            rules: new.rules,
            computed: new.computed,
            default: new.default,
            min: new.min,
            max: new.max,
        });
        findings.finish(field)
    }
}

/// The server sets such a field, so nothing that concerns a client's value applies.
fn check_automatic(default: bool, required: bool, nullable: bool, findings: &mut Findings) {
    let mut stray = |setting: &str, set: bool| {
        if set {
            let message = format!("the server sets this field, so `{setting}` means nothing");
            findings.add(format!("/{setting}"), "not_applicable", message);
        }
    };
    stray("default", default);
    stray("required", required);
    stray("nullable", nullable);
}

fn check_rules(new: &NewField, auto: bool, findings: &mut Findings) {
    if new.hidden && new.rules != FieldRules::default() {
        let message = "a hidden field is for those alone whom no rules bind, so `rules` mean nothing";
        findings.add("/rules", "not_applicable", message);
    } else if new.rules.write.is_some() && (auto || new.computed.is_some()) {
        let message = "the server sets this field, so a rule of who writes it means nothing";
        findings.add("/rules/write", "not_applicable", message);
    }
}

fn check_computed(new: &NewField, kind: Option<&FieldType>, findings: &mut Findings) {
    if let Some(kind) = kind.filter(|kind| !kind.is_computable()) {
        let message = match kind {
            FieldType::Datetime { .. } => "the server sets this field already, by `auto`".to_owned(),
            kind => format!("fields of type {} cannot be computed", kind.name()),
        };
        findings.add("/computed", "not_applicable", message);
    }
    if new.default.is_some() {
        let message = "the server computes this field, so `default` means nothing";
        findings.add("/default", "not_applicable", message);
    }
}

impl From<Field> for NewField {
    fn from(field: Field) -> Self {
        let mut new = Self {
            name: field.name.to_string(),
            kind: field.kind.name().to_owned(),
            required: field.required,
            nullable: Some(field.nullable),
            unique: field.unique,
            ignore_case: field.ignore_case,
            hidden: field.hidden,
            rules: field.rules,
            computed: field.computed,
            default: field.default,
            min: field.min,
            max: field.max,
            ..Self::default()
        };
        field.kind.settings(&mut new);
        new
    }
}
