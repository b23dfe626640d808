//! Collections as clients see them.

use neonex_core::collections::{
    Collection, CollectionPatch, Field, FieldPatch, Index, IndexKind, NewCollection, NewField, NewIndex,
    Rules,
};
use poem_openapi::{Enum, Object};
use serde_json::Value as Json;

use crate::text::Time;

/// A new collection.
#[derive(Debug, Object)]
#[oai(rename = "NewCollection", deny_unknown_fields)]
pub(super) struct NewCollectionBody {
    /// Its name: a letter, then letters, digits and `_`, 60 at most.
    name: String,
    /// Its fields, in the order in which records show them.
    #[oai(default)]
    fields: Vec<NewFieldBody>,
    /// Its indexes, beside those of unique fields.
    #[oai(default)]
    indexes: Vec<IndexView>,
    /// Its rules.
    #[oai(default)]
    rules: RulesView,
}

/// A new field.
#[derive(Debug, Object)]
#[oai(rename = "NewField", deny_unknown_fields)]
pub(super) struct NewFieldBody {
    /// Its name: a letter, then letters, digits and `_`, 60 at most.
    name: String,
    /// `text`, `rich_text`, `int`, `float`, `decimal`, `bool`, `date`, `datetime`, `json`, `select`, `multi_select`,
    /// `email`, `url`, `uuid`, `relation`, `geo_point` or `vector`.
    #[oai(rename = "type")]
    kind: String,
    /// Whether a new record must give a value.
    #[oai(default)]
    required: bool,
    /// Whether it may be null; by default if it is not required.
    nullable: Option<bool>,
    /// Whether no two records may have the same value.
    #[oai(default)]
    unique: bool,
    /// Whether values that differ in nothing but case are the same, of a unique `text`, `select`, `email` or `url`.
    ignore_case: Option<bool>,
    /// Whether only secret keys, members and operators see it.
    #[oai(default)]
    hidden: bool,
    /// What a new record has where it gives nothing.
    default: Option<Json>,
    /// The least value, of `int`, `float`, `decimal`, `date` and `datetime`.
    min: Option<Json>,
    /// The greatest value, of `int`, `float`, `decimal`, `date` and `datetime`.
    max: Option<Json>,
    /// What may be chosen, of `select` and `multi_select`.
    options: Option<Vec<String>>,
    /// How many at most, of `multi_select` and of `relation` to many.
    max_items: Option<u32>,
    /// To whose records it points, of `relation`: the collection's name, or its id.
    collection: Option<String>,
    /// Whether it points to several records, of `relation`.
    many: Option<bool>,
    /// What becomes of the record when one that it points to is deleted, of `relation`: `restrict` (that one cannot
    /// be), `cascade` (it is deleted, too) or `set_null` (it points there no more). By default `restrict`.
    on_delete: Option<String>,
    /// Characters at least, of `text`.
    min_length: Option<u32>,
    /// Characters at most, of `text` and `rich_text`.
    max_length: Option<u32>,
    /// Of `text`: a regular expression (of Rust's `regex`) that is found in every value.
    pattern: Option<String>,
    /// Digits in all, of `decimal`; 18 by default.
    precision: Option<u32>,
    /// Digits after the point, of `decimal`; 2 by default.
    scale: Option<u32>,
    /// Of `datetime`: `create` or `update`, if the server sets it when a record is made, or whenever it is written.
    auto: Option<String>,
    /// How many numbers, of `vector`.
    dimensions: Option<u32>,
    /// Where a collection is changed: the field's name until now.
    renamed_from: Option<String>,
}

/// For what an index is.
#[derive(Debug, Clone, Copy, Default, Enum)]
#[oai(rename = "IndexKind", rename_all = "snake_case")]
pub(super) enum IndexKindView {
    /// For values and their order.
    #[default]
    Ordered,
    /// For words in fields of the types `text` and `rich_text`. A collection has one at most.
    Search,
}

impl From<IndexKind> for IndexKindView {
    fn from(kind: IndexKind) -> Self {
        match kind {
            IndexKind::Ordered => Self::Ordered,
            IndexKind::Search => Self::Search,
        }
    }
}

impl From<IndexKindView> for IndexKind {
    fn from(kind: IndexKindView) -> Self {
        match kind {
            IndexKindView::Ordered => Self::Ordered,
            IndexKindView::Search => Self::Search,
        }
    }
}

/// An index.
#[derive(Debug, Object)]
#[oai(rename = "Index", deny_unknown_fields)]
pub(super) struct IndexView {
    /// The fields, most significant first; also `created_at` and `updated_at`.
    fields: Vec<String>,
    /// Whether no two records may have the same values in all of them.
    #[oai(default)]
    unique: bool,
    /// For what it is.
    #[oai(default)]
    kind: IndexKindView,
    /// Which records stand in it, and are unique among themselves: a condition in CEL over their own fields.
    #[oai(rename = "where", skip_serializing_if_is_none)]
    condition: Option<String>,
}

/// Who may do what without a secret key, as conditions in CEL. A rule that is not there allows nobody, `true`
/// everybody.
#[derive(Debug, Default, Object)]
#[oai(rename = "Rules", deny_unknown_fields)]
pub(super) struct RulesView {
    /// Which records a list shows.
    list: Option<String>,
    /// Which records can be read by id.
    view: Option<String>,
    /// What may be created.
    create: Option<String>,
    /// What may be changed.
    update: Option<String>,
    /// What may be deleted.
    delete: Option<String>,
}

/// What is to change of a collection.
#[derive(Debug, Object)]
#[oai(rename = "CollectionPatch", deny_unknown_fields)]
pub(super) struct CollectionPatchBody {
    /// A new name. Records and their ids stay.
    name: Option<String>,
    /// All fields as they are to be.
    fields: Option<Vec<NewFieldBody>>,
    /// Fields to be dropped with all their values.
    #[oai(default)]
    drop_fields: Vec<String>,
    /// All indexes as they are to be.
    indexes: Option<Vec<IndexView>>,
    /// All rules as they are to be.
    rules: Option<RulesView>,
}

impl From<NewFieldBody> for FieldPatch {
    fn from(body: NewFieldBody) -> Self {
        let field = NewField {
            name: body.name,
            kind: body.kind,
            required: body.required,
            nullable: body.nullable,
            unique: body.unique,
            ignore_case: body.ignore_case.unwrap_or_default(),
            hidden: body.hidden,
            default: body.default,
            min: body.min,
            max: body.max,
            options: body.options,
            max_items: body.max_items,
            collection: body.collection,
            many: body.many.unwrap_or_default(),
            on_delete: body.on_delete,
            min_length: body.min_length,
            max_length: body.max_length,
            pattern: body.pattern,
            precision: body.precision,
            scale: body.scale,
            auto: body.auto,
            dimensions: body.dimensions,
        };
        Self { field, renamed_from: body.renamed_from }
    }
}

impl From<IndexView> for NewIndex {
    fn from(body: IndexView) -> Self {
        Self { fields: body.fields, unique: body.unique, kind: body.kind.into(), condition: body.condition }
    }
}

impl From<RulesView> for Rules {
    fn from(body: RulesView) -> Self {
        let RulesView { list, view, create, update, delete } = body;
        Self { list, view, create, update, delete }
    }
}

impl From<NewCollectionBody> for NewCollection {
    fn from(body: NewCollectionBody) -> Self {
        Self {
            name: body.name,
            fields: body.fields.into_iter().map(|field| FieldPatch::from(field).field).collect(),
            indexes: body.indexes.into_iter().map(Into::into).collect(),
            rules: body.rules.into(),
        }
    }
}

impl From<CollectionPatchBody> for CollectionPatch {
    fn from(body: CollectionPatchBody) -> Self {
        Self {
            name: body.name,
            fields: body.fields.map(|fields| fields.into_iter().map(Into::into).collect()),
            drop_fields: body.drop_fields,
            indexes: body.indexes.map(|indexes| indexes.into_iter().map(Into::into).collect()),
            rules: body.rules.map(Into::into),
        }
    }
}

/// A field.
#[derive(Debug, Object)]
#[oai(rename = "Field", skip_serializing_if_is_none)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own, as developers write it")]
pub(super) struct FieldView {
    /// Its name.
    name: String,
    /// The name of its type.
    #[oai(rename = "type")]
    kind: String,
    /// Whether a new record must give a value.
    required: bool,
    /// Whether it may be null.
    nullable: bool,
    /// Whether no two records may have the same value.
    unique: bool,
    /// Whether values that differ in nothing but case are the same.
    ignore_case: Option<bool>,
    /// Whether only secret keys, members and operators see it.
    hidden: bool,
    /// What a new record has where it gives nothing.
    default: Option<Json>,
    /// The least value, of `int`, `float`, `decimal`, `date` and `datetime`.
    min: Option<Json>,
    /// The greatest value, of `int`, `float`, `decimal`, `date` and `datetime`.
    max: Option<Json>,
    /// What may be chosen, of `select` and `multi_select`.
    options: Option<Vec<String>>,
    /// How many at most, of `multi_select` and of `relation` to many.
    max_items: Option<u32>,
    /// To whose records it points, of `relation`: the collection's name, or its id.
    collection: Option<String>,
    /// Whether it points to several records, of `relation`.
    many: Option<bool>,
    /// What becomes of the record when one that it points to is deleted, of `relation`: `restrict` (that one cannot
    /// be), `cascade` (it is deleted, too) or `set_null` (it points there no more). By default `restrict`.
    on_delete: Option<String>,
    /// Characters at least, of `text`.
    min_length: Option<u32>,
    /// Characters at most, of `text` and `rich_text`.
    max_length: Option<u32>,
    /// Of `text`: a regular expression (of Rust's `regex`) that is found in every value.
    pattern: Option<String>,
    /// Digits in all, of `decimal`.
    precision: Option<u32>,
    /// Digits after the point, of `decimal`.
    scale: Option<u32>,
    /// Of `datetime`: `create` or `update`, if the server sets it when a record is made, or whenever it is written.
    auto: Option<String>,
    /// How many numbers, of `vector`.
    dimensions: Option<u32>,
}

impl FieldView {
    fn new(collection: &Collection, field: &Field) -> Self {
        let sent = NewField::from(field.clone());
        Self {
            name: sent.name,
            kind: sent.kind,
            required: field.required,
            nullable: field.nullable,
            unique: field.unique,
            ignore_case: field.ignore_case.then_some(true),
            hidden: field.hidden,
            default: sent.default,
            min: sent.min,
            max: sent.max,
            options: sent.options,
            max_items: sent.max_items,
            collection: collection.target(field.name.as_str()).map(str::to_owned),
            many: sent.many.then_some(true),
            on_delete: sent.on_delete,
            min_length: sent.min_length,
            max_length: sent.max_length,
            pattern: sent.pattern,
            precision: sent.precision,
            scale: sent.scale,
            auto: sent.auto,
            dimensions: sent.dimensions,
        }
    }
}

/// A collection.
#[derive(Debug, Object)]
#[oai(rename = "Collection")]
pub(super) struct CollectionView {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Its fields, in the order in which records show them.
    fields: Vec<FieldView>,
    /// Its indexes, beside those of unique fields.
    indexes: Vec<IndexView>,
    /// Its rules.
    rules: RulesView,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

impl From<&Collection> for CollectionView {
    fn from(collection: &Collection) -> Self {
        let definition = collection.definition();
        let Rules { list, view, create, update, delete } = definition.rules.clone();
        let index = |index: &Index| IndexView {
            fields: index.fields.clone(),
            unique: index.unique,
            kind: index.kind.into(),
            condition: index.condition.clone(),
        };
        Self {
            id: collection.id().to_string(),
            name: collection.name().to_owned(),
            fields: definition.fields.iter().map(|field| FieldView::new(collection, field)).collect(),
            indexes: definition.indexes.iter().map(index).collect(),
            rules: RulesView { list, view, create, update, delete },
            created_at: collection.created_at().into(),
            updated_at: collection.updated_at().into(),
        }
    }
}

/// All collections.
#[derive(Debug, Object)]
pub(super) struct CollectionList {
    /// The collections.
    pub(super) items: Vec<CollectionView>,
    /// Always null: all are on one page.
    pub(super) next_cursor: Option<String>,
}
