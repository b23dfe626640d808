//! What is compiled, run on SQLite in memory and held to CEL's interpreter.

mod property;
mod refusals;
mod semantics;
mod snapshots;

use rusqlite::Connection;
use rusqlite::types::Value as Stored;
use sea_query::{Alias, Query, SqliteQueryBuilder, Value};

use super::*;

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
        other => panic!("a parameter SQLite has no type for: {other:?}"),
    }
}

/// The ids of the rows for which a condition holds in WHERE, and those for which its truth is 1.
pub(super) fn matching(db: &Connection, checked: &Checked, bindings: &Bindings<'_>) -> (Vec<i64>, Vec<i64>) {
    let condition = checked.to_sql(Dialect::Sqlite, bindings);
    let found = Query::select()
        .column("id")
        .from("t")
        .and_where(condition)
        .order_by("id", sea_query::Order::Asc)
        .to_owned();
    let (sql, values) = found.build(SqliteQueryBuilder);
    let mut statement = db.prepare(&sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    let found = statement
        .query_map(rusqlite::params_from_iter(values.into_iter().map(stored)), |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let truth = checked.to_truth(Dialect::Sqlite, bindings);
    let all = Query::select()
        .column("id")
        .expr_as(truth, Alias::new("truth"))
        .from("t")
        .order_by("id", sea_query::Order::Asc)
        .to_owned();
    let (sql, values) = all.build(SqliteQueryBuilder);
    let mut statement = db.prepare(&sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    let truths = statement
        .query_map(rusqlite::params_from_iter(values.into_iter().map(stored)), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))
        })
        .unwrap()
        .map(Result::unwrap)
        .filter_map(|(id, truth)| truth.then_some(id))
        .collect();
    (found, truths)
}
