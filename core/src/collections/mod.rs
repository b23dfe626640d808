//! Collections: tables designed at run time.

mod backfill;
mod collection;
mod ddl;
mod definition;
mod field;
mod field_rules;
mod field_type;
mod history;
mod name;
pub(crate) mod partial;
mod patch;
mod pattern;
mod relation;
mod retention;
mod rewrite;
mod rules;
mod schema;
mod search;
mod service;
mod steps;
pub(crate) mod users;
mod values;
mod view;

pub use self::collection::Collection;
pub(crate) use self::ddl::{PhysicalIndex, indexes, table_name};
pub use self::definition::{
    Definition, Index, IndexKind, MAX_FIELDS, MAX_INDEXES, NewCollection, NewIndex, Rules,
};
pub use self::field::{Field, NewField};
pub(crate) use self::field_rules::CheckedFieldRules;
pub use self::field_rules::FieldRules;
pub(crate) use self::field_type::MAX_PRECISION;
pub use self::field_type::{Auto, FieldType, Many, OnDelete};
pub use self::history::{SchemaAction, SchemaChange, SchemaChanges};
pub use self::name::{CollectionName, FieldName, RESERVED_FIELDS};
pub use self::patch::{CollectionPatch, FieldPatch};
pub use self::pattern::Pattern;
pub(crate) use self::relation::{Relation, link_table, link_tables};
pub(crate) use self::retention::LEAST_SECONDS;
pub use self::retention::{History, NewHistory};
pub(crate) use self::rewrite::convert;
pub(crate) use self::rules::CheckedRules;
pub(crate) use self::search::{searched as searched_fields, tables as search_tables};
pub(crate) use self::service::load;
pub use self::service::{CollectionError, MAX_COLLECTIONS};
pub use self::view::{NewView, View, ViewField};
