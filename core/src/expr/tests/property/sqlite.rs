//! On SQLite, in memory.

use proptest::prelude::*;
use rusqlite::Connection;

use super::super::{database, matching};
use super::rows::{Room, Row};
use crate::dialect::Dialect;

fn id_of(room: usize) -> Vec<u8> {
    uuid::Uuid::from_u128(room as u128 + 1).as_bytes().to_vec()
}

fn insert(db: &Connection, rows: &[Row], rooms: &[Room]) {
    for (at, room) in rooms.iter().enumerate() {
        let values = rusqlite::params![id_of(at), room.name, room.year, room.active, room.next.map(id_of)];
        db.execute("INSERT INTO rooms (id, name, year, active, next) VALUES (?1, ?2, ?3, ?4, ?5)", values)
            .unwrap();
    }
    for (id, row) in (1_i64..).zip(rows) {
        for room in &row.rooms {
            db.execute("INSERT INTO links VALUES (?1, ?2)", rusqlite::params![id, id_of(*room)]).unwrap();
        }
        let tags = row.tags.as_ref().map(|tags| serde_json::to_string(tags).unwrap());
        let day = row.day.map(|day| format!("1970-01-0{}", day + 1));
        db.execute(
            "INSERT INTO t (id, name, director, year, count, rating, price, active, hidden, day, at, tags, meta, room)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            rusqlite::params![
                id,
                row.name,
                row.director,
                row.year,
                row.count,
                row.rating,
                row.price,
                row.active,
                row.hidden,
                day,
                row.at,
                tags,
                row.meta.as_ref().map(ToString::to_string),
                row.room.map(id_of),
            ],
        )
        .unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sql_and_interpreter_agree(case in super::case()) {
        let Some(checked) = case.checked() else { return Ok(()) };
        let db = database();
        insert(&db, &case.rows, &case.rooms);
        let (found, truths) = case.with_bindings(|bindings| matching(&db, &checked, bindings));
        let (expected, shown) = (case.expected(), checked.to_sql(Dialect::Sqlite));
        prop_assert_eq!(&found, &expected, "{}\n{:?}", case.source, shown);
        prop_assert_eq!(&truths, &expected, "truth of {}\n{:?}", case.source, shown);
    }
}
