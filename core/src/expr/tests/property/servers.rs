//! On PostgreSQL and MariaDB, with fewer expressions: each takes some round trips. Tables are temporary, so that nothing
//! is left of them.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta};
use futures_util::FutureExt as _;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, TestRunner};
use sea_query::Value;
use uuid::Uuid;

use super::Case;
use super::rows::{Room, Row};
use crate::dialect::Dialect;
use crate::engine::Undo;
use crate::expr::{Checked, Condition};
use crate::records::storage::Storage;
use crate::store::{Place, Sql, Store, StoreError, Tx};

const CASES: usize = 250;
/// The columns of `t`, in the order in which rows are inserted.
const COLUMNS: [(&str, Storage); 14] = [
    ("id", Storage::Int),
    ("name", Storage::Text),
    ("director", Storage::Text),
    ("year", Storage::Int),
    ("count", Storage::Int),
    ("rating", Storage::Float),
    ("price", Storage::Int),
    ("active", Storage::Bool),
    ("hidden", Storage::Bool),
    ("day", Storage::Date),
    ("at", Storage::Time),
    ("tags", Storage::Json),
    ("meta", Storage::Json),
    ("room", Storage::Uuid),
];
const ROOM_COLUMNS: [(&str, Storage); 5] = [
    ("id", Storage::Uuid),
    ("name", Storage::Text),
    ("year", Storage::Int),
    ("active", Storage::Bool),
    ("next", Storage::Uuid),
];
const LINK_COLUMNS: [(&str, Storage); 2] = [("record_id", Storage::Int), ("target_id", Storage::Uuid)];

#[test]
fn postgres_and_interpreter_agree() {
    agree("NEONEX_TEST_POSTGRES_URL");
}

#[test]
fn mariadb_and_interpreter_agree() {
    agree("NEONEX_TEST_MARIADB_URL");
}

fn agree(variable: &str) {
    let url = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set; run the tests through `make test`"));
    let mut runner = TestRunner::new(Config::default());
    let cases: Vec<Case> =
        (0..CASES).map(|_| super::case().new_tree(&mut runner).unwrap().current()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::server(&url, 1, Duration::from_secs(30)).await.unwrap();
        let held = store.write::<_, StoreError, _>(Place::Control, Undo::Savepoint, move |tx| {
            async move {
                let dialect = tx.dialect();
                tx.define(&tables(dialect)).await?;
                for case in cases {
                    if let Some(checked) = case.checked() {
                        hold(tx, &case, &checked).await?;
                    }
                }
                Ok(())
            }
            .boxed()
        });
        held.await.unwrap();
        store.close().await;
    });
}

fn tables(dialect: Dialect) -> Vec<String> {
    let table = |name: &str, columns: &[(&str, Storage)]| {
        let columns: Vec<_> = columns
            .iter()
            .map(|(name, storage)| format!("{} {}", quoted(name, dialect), storage.type_name(dialect)))
            .collect();
        format!("CREATE TEMPORARY TABLE {name} ({}){}", columns.join(", "), dialect.render("{table}"))
    };
    let more = [("key", Storage::Uuid)];
    vec![
        table("t", &[&COLUMNS[..], &more].concat()),
        table("rooms", &[&ROOM_COLUMNS[..], &[("key", Storage::Text)]].concat()),
        table("links", &LINK_COLUMNS),
    ]
}

/// Holds the database to the interpreter.
async fn hold(tx: &mut Tx<'_>, case: &Case, checked: &Checked) -> Result<(), StoreError> {
    let dialect = tx.dialect();
    tx.define(&["DELETE FROM t", "DELETE FROM rooms", "DELETE FROM links"].map(str::to_owned)).await?;
    for (table, columns, rows) in contents(&case.rows, &case.rooms, dialect) {
        if !rows.is_empty() {
            tx.execute(&insert(table, columns, &rows, dialect)).await?;
        }
    }
    let expected = case.expected();
    for (condition, what) in [(checked.to_sql(dialect), "found"), (checked.to_truth(dialect), "truths")] {
        let text = format!("SELECT id FROM t WHERE {} ORDER BY id", condition.text());
        let sql = Sql::new(dialect.placeholders(&text), values(case, &condition));
        let found = tx.query(&sql, |row| row.int(0)).await;
        let found = found.unwrap_or_else(|error| panic!("{}: {error:?}\n{text}", case.source));
        let found: Vec<_> = found.into_iter().flatten().collect();
        assert_eq!(found, expected, "{what} of {}\n{text}\n{case:?}", case.source);
    }
    Ok(())
}

fn values(case: &Case, condition: &Condition) -> Vec<Value> {
    let input = |field: &str, _| panic!("`{field}` is not incoming here");
    case.with_bindings(|bindings| {
        condition.params().iter().map(|param| param.resolve(bindings, &input)).collect()
    })
}

type Table = (&'static str, &'static [(&'static str, Storage)], Vec<Vec<Value>>);

fn contents(rows: &[Row], rooms: &[Room], dialect: Dialect) -> [Table; 3] {
    let id = |at: usize| Uuid::from_u128(at as u128 + 1);
    let text = |text: &Option<String>| Value::String(text.clone());
    let of_room = |(at, room): (usize, &Room)| {
        let next = Value::Uuid(room.next.map(id));
        vec![id(at).into(), text(&room.name), Value::BigInt(room.year), Value::Bool(room.active), next]
    };
    let of_row = |(number, row): (i64, &Row)| {
        let day = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        let at = row.at.map(|at| DateTime::from_timestamp_micros(at).unwrap());
        vec![
            number.into(),
            text(&row.name),
            text(&row.director),
            Value::BigInt(row.year),
            Value::BigInt(row.count),
            Value::Double(row.rating),
            Value::BigInt(row.price),
            Value::Bool(row.active),
            Value::Bool(row.hidden),
            Value::ChronoDate(row.day.map(|days| day + TimeDelta::days(days))),
            if dialect == Dialect::Postgres {
                Value::ChronoDateTimeUtc(at)
            } else {
                Value::ChronoDateTime(at.map(|at| at.naive_utc()))
            },
            Value::String(row.tags.as_ref().map(|tags| serde_json::to_string(tags).unwrap())),
            Value::String(row.meta.as_ref().map(ToString::to_string)),
            Value::Uuid(row.room.map(id)),
        ]
    };
    let links = (1_i64..).zip(rows).flat_map(|(number, row)| {
        row.rooms.iter().map(move |at| vec![number.into(), Value::Uuid(Some(id(*at)))])
    });
    [
        ("rooms", &ROOM_COLUMNS, rooms.iter().enumerate().map(of_room).collect()),
        ("t", &COLUMNS, (1_i64..).zip(rows).map(of_row).collect()),
        ("links", &LINK_COLUMNS, links.collect()),
    ]
}

fn insert(table: &str, columns: &[(&str, Storage)], rows: &[Vec<Value>], dialect: Dialect) -> Sql {
    let names: Vec<_> = columns.iter().map(|(name, _)| quoted(name, dialect)).collect();
    let marks: Vec<_> = columns.iter().map(|(_, storage)| storage.placeholder(dialect)).collect();
    let marks = vec![format!("({})", marks.join(", ")); rows.len()].join(", ");
    let text = format!("INSERT INTO {table} ({}) VALUES {marks}", names.join(", "));
    Sql::new(dialect.placeholders(&text), rows.concat())
}

fn quoted(name: &str, dialect: Dialect) -> String {
    crate::records::column::quote(name, dialect)
}
