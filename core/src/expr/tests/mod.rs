//! What is compiled, run on SQLite in memory and held to CEL's interpreter.

mod property;
mod refusals;
mod semantics;
mod snapshots;

use rusqlite::Connection;
use rusqlite::types::Value as Stored;
use sea_query::Value;

use super::*;
use crate::clock::Timestamp;

pub(super) const DAY_MICROS: i64 = 86_400_000_000;

pub(super) fn vocabulary() -> Vocabulary {
    let fields = [
        ("name", FieldKind::Text),
        ("director", FieldKind::Text),
        ("year", FieldKind::Int),
        ("count", FieldKind::Int),
        ("rating", FieldKind::Float),
        ("price", FieldKind::Decimal { scale: 2 }),
        ("active", FieldKind::Bool),
        ("hidden", FieldKind::Bool),
        ("day", FieldKind::Date),
        ("at", FieldKind::DateTime),
        ("meta", FieldKind::Json),
        ("key", FieldKind::Uuid),
    ];
    Vocabulary::new(fields.map(|(name, kind)| (name.to_owned(), kind)))
}

pub(super) fn database() -> Connection {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, director TEXT, year INTEGER, count INTEGER,
         rating REAL, price INTEGER, active INTEGER, hidden INTEGER, day TEXT, at INTEGER, meta TEXT, key BLOB);
         CREATE INDEX t_year ON t (year);",
    )
    .unwrap();
    db
}

pub(super) fn stored(value: Value) -> Stored {
    match value {
        Value::Bool(Some(value)) => Stored::Integer(value.into()),
        Value::BigInt(Some(value)) => Stored::Integer(value),
        Value::Double(Some(value)) => Stored::Real(value),
        Value::String(Some(value)) => Stored::Text(value),
        Value::Bytes(Some(value)) => Stored::Blob(value),
        Value::Bool(None)
        | Value::BigInt(None)
        | Value::Double(None)
        | Value::String(None)
        | Value::Bytes(None) => Stored::Null,
        other => panic!("a parameter SQLite has no type for: {other:?}"),
    }
}

/// The condition's parameters on SQLite.
pub(super) fn values(condition: &Condition, bindings: &Bindings<'_>) -> Vec<Stored> {
    let input = |field: &str, _| panic!("`{field}` is not incoming here");
    condition.params().iter().map(|param| stored(param.resolve(bindings, &input))).collect()
}

/// Noon of 1970-01-01.
pub(super) const NOW: i64 = DAY_MICROS / 2;

pub(super) fn anonymous() -> Bindings<'static> {
    Bindings::anonymous(Timestamp::from_micros(NOW).unwrap())
}

/// The same for a caller of whom only the kind is known.
pub(super) fn caller(kind: Option<&str>) -> Bindings<'_> {
    Bindings { auth: kind.map(|kind| Auth { kind, ..Auth::default() }), ..anonymous() }
}

/// The ids of the rows for which a condition holds in WHERE, and those for which its truth is 1.
pub(super) fn matching(db: &Connection, checked: &Checked, bindings: &Bindings<'_>) -> (Vec<i64>, Vec<i64>) {
    let condition = checked.to_sql(Dialect::Sqlite);
    let sql = format!("SELECT id FROM t WHERE {} ORDER BY id", condition.text());
    let mut statement = db.prepare(&sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    let found = statement
        .query_map(rusqlite::params_from_iter(values(&condition, bindings)), |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let truth = checked.to_truth(Dialect::Sqlite);
    let sql = format!("SELECT id, {} AS truth FROM t ORDER BY id", truth.text());
    let mut statement = db.prepare(&sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    let truths = statement
        .query_map(rusqlite::params_from_iter(values(&truth, bindings)), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))
        })
        .unwrap()
        .map(Result::unwrap)
        .filter_map(|(id, truth)| truth.then_some(id))
        .collect();
    (found, truths)
}
