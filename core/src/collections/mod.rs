//! Collections: tables designed at run time.

mod collection;
mod ddl;
mod definition;
mod name;
mod patch;
mod schema;
mod service;
mod steps;

pub(crate) use self::collection::CheckedRules;
pub use self::collection::Collection;
pub(crate) use self::ddl::{indexes, table_name};
pub use self::definition::{
    Definition, Field, FieldType, Index, MAX_FIELDS, MAX_INDEXES, NewCollection, NewField, NewIndex, Rules,
};
pub use self::name::{CollectionName, FieldName, RESERVED_FIELDS};
pub use self::patch::{CollectionPatch, FieldPatch};
pub(crate) use self::service::load;
pub use self::service::{CollectionError, MAX_COLLECTIONS};
