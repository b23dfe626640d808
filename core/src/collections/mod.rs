//! Collections: tables designed at run time.

mod definition;
mod name;

pub use self::definition::{
    Definition, Field, FieldType, Index, MAX_FIELDS, MAX_INDEXES, NewCollection, NewField, NewIndex, Rules,
};
pub use self::name::{CollectionName, FieldName, RESERVED_FIELDS};
