//! The names an expression may use: a tenant's collections, and how the column behind each field is stored.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::Checked;
use crate::ids::CollectionId;

/// How a field's column is typed and stored.
///
/// Fields of kind email, URL and select are [`Text`](Self::Text) here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldKind {
    /// Text, binary-collated.
    Text,
    /// A 64-bit integer.
    Int,
    /// A 64-bit float; never NaN.
    Float,
    /// A decimal, stored as a 64-bit integer: the value times 10 to the power of `scale`.
    Decimal {
        /// Digits after the point.
        scale: u32,
    },
    /// True or false: 0 and 1 in SQLite and MariaDB, `boolean` in PostgreSQL.
    Bool,
    /// A day: text `YYYY-MM-DD` in SQLite, `date` elsewhere.
    Date,
    /// An instant to the microsecond: microseconds since 1970 in SQLite, `timestamptz` in PostgreSQL,
    /// `DATETIME(6)` in UTC in MariaDB.
    DateTime,
    /// A JSON document; it can be compared with null only, and what stands within it by its keys.
    Json,
    /// A UUID: 16 bytes in SQLite and MariaDB, `uuid` in PostgreSQL.
    Uuid,
}

impl FieldKind {
    /// The kind in words, with its article.
    pub(super) const fn described(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int => "a whole number",
            Self::Float => "a number",
            Self::Decimal { .. } => "a decimal number",
            Self::Bool => "true or false",
            Self::Date => "a date",
            Self::DateTime => "a date and time",
            Self::Json => "JSON",
            Self::Uuid => "a UUID",
        }
    }

    pub(super) const fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Float | Self::Decimal { .. })
    }
}

/// A field as expressions know it.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each says something else of a field")]
pub struct Field {
    /// Its column.
    pub column: String,
    /// How its column is typed.
    pub kind: FieldKind,
    /// What it holds besides, if anything.
    pub holds: Holds,
    /// Whether filters of those whom rules bind may not name it.
    pub hidden: bool,
    /// Whether a rule of its own says who reads it.
    pub ruled: bool,
    /// Whether the server computes it from the others.
    pub computed: bool,
    /// Whether an index finds the one record that has a value of it.
    pub unique: bool,
}

/// What a field holds besides a value.
#[derive(Clone, PartialEq, Debug)]
pub enum Holds {
    /// Nothing.
    Value,
    /// The id of a record of that collection.
    One(CollectionId),
    /// The ids of records of that collection.
    Many {
        /// The collection.
        target: CollectionId,
        /// The table that has a row for each, of `record_id` and `target_id`.
        links: Arc<str>,
    },
    /// A JSON list of texts.
    Texts,
    /// A JSON document of any form.
    Document,
}

/// A collection as expressions know it.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its id.
    pub id: CollectionId,
    /// Its name.
    pub name: String,
    /// Its table, by whose name columns are told apart from those of others.
    pub table: Arc<str>,
    /// The table as a statement's `FROM` names it.
    pub source: Arc<str>,
    /// Its fields by their names.
    pub fields: BTreeMap<String, Field>,
}

/// The collections of a tenant, as they stand together.
#[derive(Clone, Debug, Default)]
pub struct Catalogue(HashMap<CollectionId, Arc<Model>>);

impl FromIterator<Arc<Model>> for Catalogue {
    fn from_iter<I: IntoIterator<Item = Arc<Model>>>(models: I) -> Self {
        Self(models.into_iter().map(|model| (model.id, model)).collect())
    }
}

impl Catalogue {
    /// The collection of that id.
    pub fn get(&self, id: CollectionId) -> Option<&Arc<Model>> {
        self.0.get(&id)
    }

    /// The same collections, but for that one, which is added or takes the place of what it was.
    #[must_use]
    pub fn with(&self, model: Arc<Model>) -> Self {
        let mut models = self.0.clone();
        models.insert(model.id, model);
        Self(models)
    }

    pub(super) fn named(&self, name: &str) -> Option<&Arc<Model>> {
        self.0.values().find(|model| model.name == name)
    }

    pub(super) fn models(&self) -> impl Iterator<Item = &Arc<Model>> {
        self.0.values()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.models().map(|model| model.name.as_str())
    }
}

/// How an expression comes to the records of another collection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// By their ids: what may be viewed.
    Forth,
    /// By what they point to: what may be listed.
    Back,
}

/// What a filter may ask about of those whom rules bind.
#[derive(Clone, Copy)]
pub struct Seen<'v> {
    /// Which records of a collection: those that meet the rule, and none where there is none.
    pub records: &'v dyn Fn(CollectionId, Way) -> Option<Checked>,
    /// Whether a field that has a rule of its own is shown of every record.
    pub field: &'v dyn Fn(CollectionId, &str) -> bool,
}

/// Who may ask what.
#[derive(Clone, Copy)]
enum Sight<'v> {
    /// A rule: everything, with what comes in where that is known.
    Rule { input: bool },
    /// A filter of somebody who sees everything.
    All,
    /// A filter of somebody whom rules bind.
    Ruled(Seen<'v>),
    /// A computed field: the fields of its own record.
    Own,
    /// The condition of an index: the record alone, whoever asks and whenever.
    Index,
    /// The filter of a view: everything, whoever asks and whenever.
    View,
}

/// Which records of a collection are seen.
pub(super) enum Reach {
    None,
    All,
    /// Those that meet the rule.
    Meeting(Checked),
}

/// The names an expression may use.
///
/// A field is written `year` or `record.year`, and with [`with_input`](Self::with_input) also `input.year`.
/// `auth`, `request`, `record` and `input` are always the roots of that name; a field so called is written
/// `record.auth`.
#[derive(Clone)]
pub struct Vocabulary<'v> {
    catalogue: Arc<Catalogue>,
    model: Arc<Model>,
    sight: Sight<'v>,
}

impl<'v> Vocabulary<'v> {
    /// For a rule of the collection: every field and every collection.
    pub const fn of_rule(catalogue: Arc<Catalogue>, model: Arc<Model>) -> Self {
        Self { catalogue, model, sight: Sight::Rule { input: false } }
    }

    /// For a filter of somebody who sees everything.
    pub const fn of_filter(catalogue: Arc<Catalogue>, model: Arc<Model>) -> Self {
        Self { catalogue, model, sight: Sight::All }
    }

    /// For a filter of somebody whom rules bind: no hidden field, and through relations only what is seen.
    pub const fn of_ruled_filter(catalogue: Arc<Catalogue>, model: Arc<Model>, seen: Seen<'v>) -> Self {
        Self { catalogue, model, sight: Sight::Ruled(seen) }
    }

    /// For a computed field of the collection: the fields of its own record.
    pub fn of_computed(model: Arc<Model>) -> Self {
        Self { catalogue: Arc::default(), model, sight: Sight::Own }
    }

    /// For the condition of an index: the record's own fields, and neither caller nor request.
    pub fn of_index(model: Arc<Model>) -> Self {
        Self { catalogue: Arc::default(), model, sight: Sight::Index }
    }

    /// For the filter of a view: every field and every collection, and neither caller nor request.
    pub const fn of_view(catalogue: Arc<Catalogue>, model: Arc<Model>) -> Self {
        Self { catalogue, model, sight: Sight::View }
    }

    /// A rule's, with `input.…` for what a record is going to be.
    #[must_use]
    pub fn with_input(self) -> Self {
        Self { sight: Sight::Rule { input: true }, ..self }
    }

    pub(super) fn has_input(&self) -> bool {
        matches!(self.sight, Sight::Rule { input: true })
    }

    fn is_rule(&self) -> bool {
        matches!(self.sight, Sight::Rule { .. })
    }

    pub(super) const fn is_computed(&self) -> bool {
        matches!(self.sight, Sight::Own)
    }

    /// Whether other collections may be asked by their names.
    pub(super) fn asks_others(&self) -> bool {
        self.is_rule() || matches!(self.sight, Sight::View)
    }

    /// Whether nothing is known of the caller and the request.
    pub(super) const fn is_impersonal(&self) -> bool {
        matches!(self.sight, Sight::Index | Sight::View)
    }

    pub(super) const fn is_index(&self) -> bool {
        matches!(self.sight, Sight::Index)
    }

    pub(super) fn own(&self) -> &Arc<Model> {
        &self.model
    }

    pub(super) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The field of that name, where the author of the expression may know of it.
    pub(super) fn find<'m>(&self, model: &'m Model, name: &str) -> Option<&'m Field> {
        model.fields.get(name).filter(|field| self.shows(model, name, field))
    }

    /// Which records of that collection are seen from others.
    pub(super) fn reach(&self, target: CollectionId, way: Way) -> Reach {
        match self.sight {
            Sight::Rule { .. } | Sight::All | Sight::Own | Sight::Index | Sight::View => Reach::All,
            Sight::Ruled(seen) => match (seen.records)(target, way) {
                None => Reach::None,
                Some(rule) if rule.is_true() => Reach::All,
                Some(rule) => Reach::Meeting(rule),
            },
        }
    }

    /// Whether the author of the expression may ask for that field of a collection.
    pub(super) fn shows(&self, model: &Model, name: &str, field: &Field) -> bool {
        match self.sight {
            Sight::Ruled(seen) => !field.hidden && (!field.ruled || (seen.field)(model.id, name)),
            _ => true,
        }
    }

    /// Whether it is a field that is known of, and shown of some records only.
    pub(super) fn veils(&self, model: &Model, name: &str) -> bool {
        let field = model.fields.get(name);
        field.is_some_and(|field| !field.hidden && field.ruled && !self.shows(model, name, field))
    }
}

/// The name that is nearest, if one is near enough to have been meant.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let near = name.chars().count() / 3 + 1;
    known
        .map(|known| (distance(name, known), known))
        .min()
        .filter(|(distance, _)| *distance <= near)
        .map(|(_, known)| known)
}

/// Levenshtein distance, in characters, by the two-row method.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut last = i + 1;
        for (cell, r) in row.iter_mut().skip(1).zip(right.chars()) {
            let next = (*cell + 1).min(last + 1).min(diagonal + usize::from(l != r));
            diagonal = *cell;
            *cell = next;
            last = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
