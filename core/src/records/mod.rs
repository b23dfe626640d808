//! Records: the rows of collections.

mod value;

pub use self::value::FieldValue;
