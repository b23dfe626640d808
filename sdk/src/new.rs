//! Constructors for what has few parts that must be given and many that may.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::types::{
    HistorySettings, Index, IndexKind, KeyKind, NewCollection, NewField, NewKey, NewTenant, Rules,
};

impl NewTenant {
    /// A tenant with the default settings.
    pub fn new(slug: impl Into<String>, name: impl Into<String>) -> Self {
        Self { slug: slug.into(), name: name.into(), settings: None }
    }
}

impl NewKey {
    /// A secret key with all scopes.
    pub fn secret(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: KeyKind::Secret, scopes: None, expires_at: None }
    }

    /// A publishable key.
    pub fn publishable(name: impl Into<String>) -> Self {
        Self { kind: KeyKind::Publishable, ..Self::secret(name) }
    }

    /// With these scopes only, as `records:read`.
    #[must_use]
    pub fn scopes<S: Into<String>>(self, scopes: impl IntoIterator<Item = S>) -> Self {
        Self { scopes: Some(scopes.into_iter().map(Into::into).collect()), ..self }
    }

    /// Refused from then on.
    #[must_use]
    pub fn expires_at(self, at: DateTime<Utc>) -> Self {
        Self { expires_at: Some(at), ..self }
    }
}

impl NewCollection {
    /// A collection without fields, which none but secret keys and members may use.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            fields: Vec::new(),
            indexes: Vec::new(),
            rules: None,
            view: None,
            history: None,
        }
    }

    /// With a field.
    #[must_use]
    pub fn field(mut self, field: NewField) -> Self {
        self.fields.push(field);
        self
    }

    /// With an index over these fields, most significant first.
    #[must_use]
    pub fn index<S: Into<String>>(self, fields: impl IntoIterator<Item = S>) -> Self {
        self.indexed(fields, false, IndexKind::Ordered)
    }

    /// With an index over these fields, in all of which no two records may have the same values.
    #[must_use]
    pub fn unique_index<S: Into<String>>(self, fields: impl IntoIterator<Item = S>) -> Self {
        self.indexed(fields, true, IndexKind::Ordered)
    }

    /// With these rules for whoever has no secret key.
    #[must_use]
    pub fn rules(self, rules: Rules) -> Self {
        Self { rules: Some(rules), ..self }
    }

    /// With a history of so many days; `None` for as long as the collection is there. 90 if not given.
    #[must_use]
    pub fn history(self, days: Option<u32>) -> Self {
        Self { history: Some(HistorySettings { days }), ..self }
    }

    /// With an index of the words in these fields, which are texts.
    #[must_use]
    pub fn search_index<S: Into<String>>(self, fields: impl IntoIterator<Item = S>) -> Self {
        self.indexed(fields, false, IndexKind::Search)
    }

    fn indexed<S: Into<String>>(
        mut self,
        fields: impl IntoIterator<Item = S>,
        unique: bool,
        kind: IndexKind,
    ) -> Self {
        self.indexes.push(Index {
            fields: fields.into_iter().map(Into::into).collect(),
            unique,
            kind: Some(kind),
            where_: None,
        });
        self
    }
}

impl NewField {
    /// An optional field of that type, as `text`, which may be null.
    pub fn new(name: impl Into<String>, type_: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            type_: type_.into(),
            required: false,
            nullable: None,
            unique: false,
            ignore_case: None,
            hidden: false,
            rules: None,
            computed: None,
            default: None,
            min: None,
            max: None,
            options: None,
            max_items: None,
            collection: None,
            many: None,
            on_delete: None,
            min_length: None,
            max_length: None,
            pattern: None,
            precision: None,
            scale: None,
            auto: None,
            dimensions: None,
            renamed_from: None,
        }
    }

    /// A decimal number with that many digits after the point, which is read and written as text.
    pub fn decimal(name: impl Into<String>, scale: u32) -> Self {
        Self { scale: Some(scale), ..Self::new(name, "decimal") }
    }

    /// Text.
    pub fn text(name: impl Into<String>) -> Self {
        Self::new(name, "text")
    }

    /// Text with formatting, as HTML.
    pub fn rich_text(name: impl Into<String>) -> Self {
        Self::new(name, "rich_text")
    }

    /// A whole number.
    pub fn int(name: impl Into<String>) -> Self {
        Self::new(name, "int")
    }

    /// A number.
    pub fn float(name: impl Into<String>) -> Self {
        Self::new(name, "float")
    }

    /// True or false.
    pub fn bool(name: impl Into<String>) -> Self {
        Self::new(name, "bool")
    }

    /// A day.
    pub fn date(name: impl Into<String>) -> Self {
        Self::new(name, "date")
    }

    /// An instant.
    pub fn datetime(name: impl Into<String>) -> Self {
        Self::new(name, "datetime")
    }

    /// Any JSON.
    pub fn json(name: impl Into<String>) -> Self {
        Self::new(name, "json")
    }

    /// An e-mail address.
    pub fn email(name: impl Into<String>) -> Self {
        Self::new(name, "email")
    }

    /// An address of the web.
    pub fn url(name: impl Into<String>) -> Self {
        Self::new(name, "url")
    }

    /// A UUID.
    pub fn uuid(name: impl Into<String>) -> Self {
        Self::new(name, "uuid")
    }

    /// A place on the earth.
    pub fn geo_point(name: impl Into<String>) -> Self {
        Self::new(name, "geo_point")
    }

    /// So many numbers.
    pub fn vector(name: impl Into<String>, dimensions: u32) -> Self {
        Self { dimensions: Some(dimensions), ..Self::new(name, "vector") }
    }

    /// A choice among `options`.
    pub fn select<S: Into<String>>(name: impl Into<String>, options: impl IntoIterator<Item = S>) -> Self {
        Self { options: Some(options.into_iter().map(Into::into).collect()), ..Self::new(name, "select") }
    }

    /// Any number of choices among `options`.
    pub fn multi_select<S: Into<String>>(
        name: impl Into<String>,
        options: impl IntoIterator<Item = S>,
    ) -> Self {
        Self { type_: "multi_select".to_owned(), ..Self::select(name, options) }
    }

    /// The id of a record of another collection, which cannot be deleted as long as this one is there.
    pub fn relation(name: impl Into<String>, collection: impl Into<String>) -> Self {
        Self { collection: Some(collection.into()), ..Self::new(name, "relation") }
    }

    /// The ids of records of another collection, none of which can be deleted as long as this one is there.
    pub fn relations(name: impl Into<String>, collection: impl Into<String>) -> Self {
        Self { many: Some(true), ..Self::relation(name, collection) }
    }

    /// A new record must give a value.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The server computes it by that expression over the record's other fields, whenever the record is written.
    #[must_use]
    pub fn computed(self, expression: impl Into<String>) -> Self {
        Self { computed: Some(expression.into()), ..self }
    }

    /// No two records may have the same value.
    #[must_use]
    pub fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    /// With that many characters at most. For text.
    #[must_use]
    pub fn max_length(self, characters: u32) -> Self {
        Self { max_length: Some(characters), ..self }
    }

    /// What a new record has where it gives nothing.
    #[must_use]
    pub fn default_value(self, value: impl Into<Value>) -> Self {
        Self { default: Some(value.into()), ..self }
    }
}
