//! Collections as clients see them.

use neonex_core::collections::{
    Collection, CollectionPatch, Field, FieldPatch, FieldRules, Index, IndexKind, NewCollection, NewField,
    NewHistory, NewIndex, NewView, Rules, View, ViewField,
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
    /// What it shows of another collection, where it is a view. It has no `fields`, no `indexes` and no rules of writes
    /// then.
    view: Option<ViewBody>,
    /// How long the changes of its records are kept: 90 days by default.
    history: Option<HistoryView>,
}

/// What a view shows.
#[derive(Debug, Object)]
#[oai(rename = "View", deny_unknown_fields)]
pub(super) struct ViewBody {
    /// The collection whose records it shows, or groups of them: its name, or its id.
    collection: String,
    /// Which of them, as a condition in CEL; all where nothing is said.
    #[oai(skip_serializing_if_is_none)]
    filter: Option<String>,
    /// Its fields, where it shows records: names of fields, or objects of a `name` and a `path` such as `room.name`.
    #[oai(default, skip_serializing_if_is_empty)]
    fields: Vec<Json>,
    /// By what it groups, as in aggregates: `city`, `month:month(created_at)`. Where it is empty, records are shown.
    #[oai(default, skip_serializing_if_is_empty)]
    group_by: Vec<String>,
    /// What it computes of each group, as in aggregates: `count`, `revenue:sum(price)`.
    #[oai(default, skip_serializing_if_is_empty)]
    calculate: Vec<String>,
}

impl ViewBody {
    fn new(collection: &Collection, view: &View) -> Self {
        let name = collection.name_of(view.collection).map(str::to_owned);
        Self {
            collection: name.unwrap_or_else(|| view.collection.to_string()),
            filter: view.filter.clone(),
            fields: view.fields.iter().map(ViewField::to_json).collect(),
            group_by: view.group_by.clone(),
            calculate: view.calculate.clone(),
        }
    }
}

impl From<ViewBody> for NewView {
    fn from(body: ViewBody) -> Self {
        let ViewBody { collection, filter, fields, group_by, calculate } = body;
        Self { collection, filter, fields, group_by, calculate }
    }
}

/// How long the changes of a collection's records are kept, which its history is made of.
#[derive(Debug, Clone, Copy, Object)]
#[oai(rename = "HistorySettings", deny_unknown_fields)]
pub(super) struct HistoryView {
    /// Days: 1 to 36,500. As long as the collection is there if null or not given.
    days: Option<u32>,
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
    /// Who reads and writes it, of those whom the collection's rules let read and write the record.
    rules: Option<FieldRulesView>,
    /// An expression in CEL over the record's other fields, of a field that the server computes whenever the record is
    /// written: `record.price * record.quantity`. Not of `rich_text`, `json`, `multi_select`, `uuid`, `relation`,
    /// `geo_point` and `vector`. Clients cannot write such a field.
    computed: Option<String>,
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

/// Who may read and write a field without a secret key, as conditions in CEL. Where there is none, it is whoever may read
/// and write the record.
#[derive(Debug, Default, Object)]
#[oai(rename = "FieldRules", deny_unknown_fields, skip_serializing_if_is_none)]
pub(super) struct FieldRulesView {
    /// Of which records the field is shown. Nobody asks for such a field in filters, orders, groups and the like to whom
    /// it is not shown of all.
    read: Option<String>,
    /// Of which records it may be written, when they are made and when they are changed.
    write: Option<String>,
}

impl From<FieldRulesView> for FieldRules {
    fn from(FieldRulesView { read, write }: FieldRulesView) -> Self {
        Self { read, write }
    }
}

impl From<FieldRules> for FieldRulesView {
    fn from(FieldRules { read, write }: FieldRules) -> Self {
        Self { read, write }
    }
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
    /// Of a view: what it shows from now on.
    view: Option<ViewBody>,
    /// How long the changes of its records are to be kept. Those that are older go within a day.
    history: Option<HistoryView>,
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
            rules: body.rules.map(FieldRules::from).unwrap_or_default(),
            computed: body.computed,
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

impl From<HistoryView> for NewHistory {
    fn from(HistoryView { days }: HistoryView) -> Self {
        Self { days }
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
            view: body.view.map(Into::into),
            history: body.history.map(Into::into),
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
            view: body.view.map(Into::into),
            history: body.history.map(Into::into),
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
    /// Who reads and writes it, of those whom the collection's rules let read and write the record.
    rules: Option<FieldRulesView>,
    /// The expression by which the server computes it.
    computed: Option<String>,
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
            rules: (field.rules != FieldRules::default()).then(|| field.rules.clone().into()),
            computed: sent.computed,
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
    /// What it shows, where it is a view; `fields` are then what its records have.
    #[oai(skip_serializing_if_is_none)]
    view: Option<ViewBody>,
    /// How long the changes of its records are kept.
    history: HistoryView,
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
            view: definition.view.as_ref().map(|view| ViewBody::new(collection, view)),
            history: HistoryView { days: definition.history.days() },
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
