//! What is compiled, run on SQLite in memory and held to CEL's interpreter.

mod documents;
mod property;
mod refusals;
mod relations;
mod semantics;
mod snapshots;

use rusqlite::Connection;
use rusqlite::types::Value as Stored;
use sea_query::Value;

use super::*;
use crate::clock::Timestamp;
use crate::ids::CollectionId;

pub(super) const DAY_MICROS: i64 = 86_400_000_000;

pub(super) fn collection(number: u128) -> CollectionId {
    CollectionId::from_uuid(uuid::Uuid::from_u128(number))
}

fn model(number: u128, name: &str, table: &str, fields: &[(&str, Field)]) -> Arc<Model> {
    let fields = fields.iter().map(|(name, field)| {
        let column = (*name).to_owned();
        (column.clone(), Field { column, ..field.clone() })
    });
    Arc::new(Model {
        id: collection(number),
        name: name.to_owned(),
        table: table.into(),
        source: table.into(),
        fields: fields.collect(),
    })
}

/// Films in `t`; rooms, which films point to, in `rooms`.
pub(super) fn catalogue() -> (Arc<Catalogue>, Arc<Model>) {
    let value = |kind| Field {
        column: String::new(),
        kind,
        holds: Holds::Value,
        hidden: false,
        ruled: false,
        computed: false,
        unique: false,
    };
    let one = |target| Field { holds: Holds::One(collection(target)), ..value(FieldKind::Uuid) };
    let many = |target, links: &str| Field {
        holds: Holds::Many { target: collection(target), links: links.into() },
        ..value(FieldKind::Json)
    };
    let films = model(
        1,
        "films",
        "t",
        &[
            ("id", value(FieldKind::Uuid)),
            ("name", value(FieldKind::Text)),
            ("director", value(FieldKind::Text)),
            ("year", value(FieldKind::Int)),
            ("count", value(FieldKind::Int)),
            ("rating", value(FieldKind::Float)),
            ("price", value(FieldKind::Decimal { scale: 2 })),
            ("active", value(FieldKind::Bool)),
            ("hidden", value(FieldKind::Bool)),
            ("day", value(FieldKind::Date)),
            ("at", value(FieldKind::DateTime)),
            ("meta", Field { holds: Holds::Document, ..value(FieldKind::Json) }),
            ("key", value(FieldKind::Uuid)),
            ("tags", Field { holds: Holds::Texts, ..value(FieldKind::Json) }),
            ("room", one(2)),
            ("rooms", many(2, "links")),
        ],
    );
    let rooms = model(
        2,
        "rooms",
        "rooms",
        &[
            ("id", value(FieldKind::Uuid)),
            ("name", value(FieldKind::Text)),
            ("year", value(FieldKind::Int)),
            ("active", value(FieldKind::Bool)),
            ("next", one(2)),
            ("key", Field { hidden: true, ..value(FieldKind::Text) }),
            ("code", Field { unique: true, ..value(FieldKind::Text) }),
        ],
    );
    (Arc::new([rooms, Arc::clone(&films)].into_iter().collect()), films)
}

/// Records that meet what is said, and of their fields those that have no rules.
pub(super) fn seen_by(records: &dyn Fn(CollectionId, Way) -> Option<Checked>) -> Seen<'_> {
    Seen { records, field: &|_, _| false }
}

pub(super) fn vocabulary() -> Vocabulary<'static> {
    let (catalogue, films) = catalogue();
    Vocabulary::of_rule(catalogue, films)
}

pub(super) fn database() -> Connection {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, director TEXT, year INTEGER, count INTEGER,
         rating REAL, price INTEGER, active INTEGER, hidden INTEGER, day TEXT, at INTEGER, meta TEXT, key BLOB,
         tags TEXT, room BLOB);
         CREATE INDEX t_year ON t (year);
         CREATE INDEX t_room ON t (room, year);
         CREATE TABLE rooms (id BLOB PRIMARY KEY, name TEXT, year INTEGER, active INTEGER, next BLOB, key TEXT,
         code TEXT UNIQUE);
         CREATE TABLE links (record_id INTEGER, target_id BLOB, PRIMARY KEY (record_id, target_id));",
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
