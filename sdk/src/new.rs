//! Constructors for what has few parts that must be given and many that may.

use serde_json::Value;

use crate::types::{Index, KeyKind, NewCollection, NewField, NewKey, NewTenant};

impl NewTenant {
    /// A tenant with the default settings.
    pub fn new(slug: impl Into<String>, name: impl Into<String>) -> Self {
        Self { slug: slug.into(), name: name.into(), settings: None }
    }
}

impl NewKey {
    /// A secret key with all scopes.
    pub fn secret(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: KeyKind::Secret, scopes: Vec::new(), expires_at: None }
    }

    /// A publishable key.
    pub fn publishable(name: impl Into<String>) -> Self {
        Self { kind: KeyKind::Publishable, ..Self::secret(name) }
    }
}

impl NewCollection {
    /// A collection without fields, which none but secret keys and members may use.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), fields: Vec::new(), indexes: Vec::new(), rules: None }
    }

    /// With a field.
    #[must_use]
    pub fn field(mut self, field: NewField) -> Self {
        self.fields.push(field);
        self
    }

    /// With an index over these fields, most significant first.
    #[must_use]
    pub fn index<S: Into<String>>(mut self, fields: impl IntoIterator<Item = S>) -> Self {
        let fields = fields.into_iter().map(Into::into).collect();
        self.indexes.push(Index { fields, unique: false });
        self
    }
}

impl NewField {
    /// An optional field of that type, as `text`.
    pub fn new(name: impl Into<String>, type_: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            type_: type_.into(),
            required: false,
            nullable: None,
            unique: false,
            hidden: false,
            default: None,
            min: None,
            max: None,
            options: Vec::new(),
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

    /// A choice among `options`.
    pub fn select<S: Into<String>>(name: impl Into<String>, options: impl IntoIterator<Item = S>) -> Self {
        Self { options: options.into_iter().map(Into::into).collect(), ..Self::new(name, "select") }
    }

    /// The id of a record of another collection, which cannot be deleted as long as this one is there.
    pub fn relation(name: impl Into<String>, collection: impl Into<String>) -> Self {
        Self { collection: Some(collection.into()), ..Self::new(name, "relation") }
    }

    /// A new record must give a value.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// No two records may have the same value.
    #[must_use]
    pub fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    /// What a new record has where it gives nothing.
    #[must_use]
    pub fn default_value(self, value: impl Into<Value>) -> Self {
        Self { default: Some(value.into()), ..self }
    }
}
