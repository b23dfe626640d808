//! CEL expressions: checked against a collection, compiled to SQL.
