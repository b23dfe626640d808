//! Other records: by relations, in lists and in other collections.

use super::*;

/// Four films: in hall, next to which is the attic; in the attic, next to which is nothing; nowhere; in hall again.
/// The first and second have both rooms as a list, the fourth has the attic.
fn house() -> Connection {
    let db = database();
    db.execute_batch(
        "INSERT INTO rooms (id, name, year, active, next, key, code) VALUES
         (x'018f0000000070008000000000000001', 'hall', 1900, 1, x'018f0000000070008000000000000002', 'k', 'h'),
         (x'018f0000000070008000000000000002', 'attic', NULL, NULL, NULL, 'k', 'a'),
         (x'018f0000000070008000000000000003', 'secret', 2000, 0, x'018f0000000070008000000000000001', 'k', NULL);
         INSERT INTO t (id, name, year, count, room, tags) VALUES
         (1, 'hall', 1900, 2, x'018f0000000070008000000000000001', '[\"a\",\"B\"]'),
         (2, 'x', 1900, 0, x'018f0000000070008000000000000002', '[]'),
         (3, NULL, NULL, NULL, NULL, NULL),
         (4, 'attic', 7, 1, x'018f0000000070008000000000000001', '[\"%\"]');
         INSERT INTO links VALUES
         (1, x'018f0000000070008000000000000001'), (1, x'018f0000000070008000000000000002'),
         (2, x'018f0000000070008000000000000001'), (2, x'018f0000000070008000000000000002'),
         (4, x'018f0000000070008000000000000002');",
    )
    .unwrap();
    db
}

fn assert_matches(vocabulary: &Vocabulary<'_>, cases: &[(&str, &[i64])]) {
    let db = house();
    for (source, expected) in cases {
        let checked = parse(source, vocabulary).unwrap_or_else(|error| panic!("{source}: {error}"));
        let (found, truths) = matching(&db, &checked, &caller(Some("key")));
        assert_eq!(found, *expected, "{source}\n{:?}", checked.to_sql(Dialect::Sqlite));
        assert_eq!(truths, *expected, "truth of {source}\n{:?}", checked.to_truth(Dialect::Sqlite));
    }
}

#[test]
fn fields_are_read_through_relations() {
    assert_matches(
        &vocabulary(),
        &[
            ("room.name == 'hall'", &[1, 4]),
            ("record.room.name == 'hall'", &[1, 4]),
            ("room.name != 'hall'", &[2, 3]),
            ("!(room.name == 'hall')", &[2, 3]),
            ("room.name == name", &[1, 3]),
            ("room.name == null", &[3]),
            ("room.name != null", &[1, 2, 4]),
            ("room == null", &[3]),
            ("room.id == null", &[3]),
            ("room.id == room", &[1, 2, 3, 4]),
            ("room == '018f0000-0000-7000-8000-000000000002'", &[2]),
            ("room.year > 1800", &[1, 4]),
            ("!(room.year > 1800)", &[]),
            ("room.year == year", &[1, 3]),
            ("room.year == 1900.5 || room.year < 1901.5", &[1, 4]),
            ("room.active", &[1, 4]),
            ("room.active == null", &[2, 3]),
            ("room.active == (year > 10)", &[1]),
            ("room.name in ['attic', 'x']", &[2]),
            ("room.name in ['attic', null]", &[2, 3]),
            ("room.name.startsWith('h') && size(room.name) == 4", &[1, 4]),
            ("size(room.name) == 5 || size(name) == 5", &[2, 4]),
            ("room.next.name == 'attic'", &[1, 4]),
            ("room.next.name != 'attic'", &[2, 3]),
            ("room.next == null", &[2, 3]),
            ("room.next.next == null", &[1, 2, 3, 4]),
            ("room.next.name == room.name", &[3]),
            ("room.name < room.next.name", &[]),
            ("room.name > room.next.name", &[1, 4]),
        ],
    );
}

#[test]
fn a_record_that_is_found_by_a_unique_field_is_found_first() {
    assert_matches(
        &vocabulary(),
        &[
            ("room.code == 'h'", &[1, 4]),
            ("'h' == room.code && year == 1900", &[1]),
            ("!(room.code == 'h')", &[2, 3]),
            ("room.code != 'h'", &[2, 3]),
            ("room.code == null", &[3]),
            ("room.code == 'nowhere'", &[]),
            ("room.code == name", &[3]),
            ("room.code == auth.kind", &[]),
            ("room.code == auth.email || year == 7", &[4]),
            ("room.next.code == 'a'", &[1, 4]),
            ("room.code in ['h', 'x']", &[1, 4]),
            ("rooms.exists(r, r.next.code == 'a')", &[1, 2]),
            ("(room.code == 'h') == active", &[]),
        ],
    );
    let plan = |source: &str| {
        let checked = parse(source, &vocabulary()).unwrap();
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT id FROM t WHERE {} ORDER BY year",
            Dialect::Sqlite.placeholders(checked.to_sql(Dialect::Sqlite).text())
        );
        let db = house();
        let mut statement = db.prepare(&sql).unwrap();
        let lines = statement.query_map(["h"], |row| row.get::<_, String>("detail")).unwrap();
        lines.collect::<Result<Vec<_>, _>>().unwrap().join("\n")
    };
    let found = plan("room.code == 'h'");
    assert!(found.contains("INDEX t_room (room=?)") && !found.contains("ORDER BY"), "{found}");
}

#[test]
fn lists_are_asked() {
    assert_matches(
        &vocabulary(),
        &[
            ("rooms.exists(r, r.name == 'hall')", &[1, 2]),
            ("!rooms.exists(r, r.name == 'hall')", &[3, 4]),
            ("rooms.all(r, r.name == 'attic')", &[3, 4]),
            ("!rooms.all(r, r.name == 'attic')", &[1, 2]),
            // Errors are as with `||` and `&&`.
            ("rooms.exists(r, r.year > 1)", &[1, 2]),
            ("!rooms.exists(r, r.year > 1)", &[3]),
            ("rooms.exists(r, r.year < 1)", &[]),
            ("!rooms.exists(r, r.year < 1)", &[3]),
            ("rooms.all(r, r.year > 1)", &[3]),
            ("!rooms.all(r, r.year > 1)", &[]),
            ("!rooms.all(r, r.year < 1)", &[1, 2]),
            ("rooms.exists(r, r == record.room)", &[1, 2]),
            ("rooms.exists(r, r == '018f0000-0000-7000-8000-000000000002')", &[1, 2, 4]),
            ("rooms.exists(r, r.name == name)", &[1, 4]),
            ("rooms.exists(r, r.next.name == 'attic' && r.year == year)", &[1, 2]),
            ("rooms.exists(r, rooms.exists(q, q.next == r))", &[1, 2]),
            ("rooms.exists(r, true)", &[1, 2, 4]),
            ("rooms.exists(name, name.name == 'hall')", &[1, 2]),
            ("rooms.exists(r, auth.kind == 'key')", &[1, 2, 4]),
            ("size(rooms) == 2", &[1, 2]),
            ("size(rooms) < count", &[]),
            ("size(rooms) == count", &[1, 4]),
            ("rooms.size() == 0", &[3]),
            ("room in rooms", &[1, 2]),
            ("!(room in rooms)", &[3, 4]),
            ("null in rooms", &[]),
            ("'018f0000-0000-7000-8000-000000000001' in rooms", &[1, 2]),
            ("!(auth.id in rooms)", &[]),
            ("'a' in tags", &[1]),
            ("!('a' in tags)", &[2, 3, 4]),
            ("'b' in tags || '%' in tags", &[4]),
            ("name in tags", &[]),
            ("auth.kind in tags", &[]),
            ("!(auth.email in tags)", &[]),
            ("size(tags) == 2", &[1]),
            ("size(tags) == 0", &[2, 3]),
            ("tags == null", &[3]),
        ],
    );
}

#[test]
fn rules_ask_other_collections() {
    assert_matches(
        &vocabulary(),
        &[
            ("collection('rooms').exists(r, r.name == record.name)", &[1, 4]),
            ("collection('rooms').exists(r, r.next == record.room && r.active)", &[2]),
            ("collection('rooms').exists(r, r.next == room)", &[1, 2, 3, 4]),
            ("collection('rooms').exists(r, r.next == room && room != null)", &[1, 2, 4]),
            ("collection('rooms').all(r, r.name != name)", &[2, 3]),
            ("collection('films').exists(f, f.room == record.room && f.name != record.name)", &[1, 4]),
            ("collection('films').exists(f, f.rooms.exists(r, r.name == record.name))", &[1, 4]),
            ("collection('rooms').exists(r, auth.kind == r.key)", &[]),
        ],
    );
}

/// Who is bound by rules reaches through relations only what the rules show.
#[test]
fn what_is_not_seen_is_not_there() {
    let (catalogue, films) = catalogue();
    let rooms = Arc::clone(catalogue.get(collection(2)).unwrap());
    let rule = Vocabulary::of_rule(Arc::clone(&catalogue), rooms);
    let rule = parse("name != 'hall' && next.name != 'hall' && auth.kind == 'key'", &rule).unwrap();
    let seen = |_| Some(rule.clone());
    let vocabulary = Vocabulary::of_ruled_filter(catalogue, Arc::clone(&films), &seen);
    assert_matches(
        &vocabulary,
        &[
            ("room.name == 'hall'", &[]),
            ("room.name == null", &[1, 3, 4]),
            ("room.id == null", &[1, 3, 4]),
            ("room == null", &[3]),
            ("room.name == 'attic'", &[2]),
            ("room.next.name == 'attic'", &[]),
            ("rooms.exists(r, r.name == 'hall')", &[]),
            ("rooms.exists(r, r.name != 'x')", &[1, 2, 4]),
            ("rooms.all(r, r.name == 'attic')", &[1, 2, 3, 4]),
            // The ids are those of the record itself, which may be seen.
            ("size(rooms) == 2", &[1, 2]),
        ],
    );
    for (source, part) in [
        ("room.key == 'k'", "there is no field `key` in `rooms`"),
        ("rooms.exists(r, r.key == 'k')", "there is no field `key` in `rooms`"),
        ("collection('rooms').exists(r, true)", "only rules ask other collections"),
    ] {
        assert!(parse(source, &vocabulary).unwrap_err().message.contains(part), "{source}");
    }
    let (catalogue, films) = self::catalogue();
    let nobody = |_| None;
    let vocabulary = Vocabulary::of_ruled_filter(catalogue, films, &nobody);
    for source in ["room.name == 'x'", "rooms.exists(r, true)", "room.next.name == 'x'"] {
        assert!(parse(source, &vocabulary).unwrap_err().message.contains("may not see"), "{source}");
    }
    assert!(parse("room == null && room in rooms", &vocabulary).is_ok());
}

#[test]
fn refusals_say_what_and_where() {
    for (source, offset, part) in [
        ("room.nmae == 'x'", 4, "no field `nmae` in `rooms`; did you mean `name`?"),
        ("year == 1 && room.next.zzz == 'x'", 22, "no field `zzz` in `rooms`"),
        ("rooms.name == 'x'", 5, "is a list, which has no part `name`"),
        ("tags.name == 'x'", 4, "is a list"),
        ("name.name == 'x'", 4, "has no part `name`"),
        ("room.next.next.next.next.name == 'x'", 24, "more than 4 relations"),
        ("room.exists(r, true)", 0, "is asked of a relation to many"),
        ("tags.exists(t, t == 'a')", 0, "`tags` holds none; `in` looks for a text"),
        ("rooms.exists(r.x, true)", 14, "takes a name and a condition"),
        ("rooms.exists(auth, true)", 13, "means something else"),
        ("rooms.exists(r, r.name)", 17, "a condition is wanted here"),
        ("rooms.exists(r, r.nam == 'x')", 17, "did you mean `name`?"),
        ("rooms.exists(r, true) && r.name == 'x'", 25, "no field `r`"),
        ("rooms.map(r, r.name) == 1", 9, "exists() and all() are"),
        ("rooms.exists_one(r, true)", 16, "exists() and all() are"),
        ("collection('romos').exists(r, true)", 10, "did you mean `rooms`?"),
        ("collection(name).exists(r, true)", 10, "takes a name"),
        ("collection('rooms') == 1", 10, "asked with exists()"),
        ("1 in rooms", 2, "cannot be compared with a number"),
        ("'x' in rooms", 4, "'x' is not a UUID"),
        ("name in rooms", 5, "is in no list of ids"),
        ("year in tags", 5, "is in no list of texts"),
        ("name in meta", 5, "`meta` is none"),
        ("size(meta) == 1", 5, "has no size"),
    ] {
        let error = parse(source, &vocabulary()).expect_err(source);
        assert!(error.message.contains(part), "{source}: {}", error.message);
        assert_eq!(error.offset, offset, "{source}: {}", error.message);
    }
}

#[test]
fn looks_into_other_records_are_bounded() {
    let many = |count: usize| vec!["room.name == 'x'"; count].join(" || ");
    assert!(parse(&many(MAX_SUBQUERIES), &vocabulary()).is_ok());
    let error = parse(&many(MAX_SUBQUERIES + 1), &vocabulary()).unwrap_err();
    assert!(error.message.contains("more than 20 times"), "{error}");
    let nested = "rooms.exists(a, rooms.exists(b, rooms.exists(c, rooms.exists(d, true))))";
    assert!(parse(nested, &vocabulary()).unwrap_err().message.contains("at most 3 deep"));
    // The rules that say who sees a room count, too.
    let (catalogue, films) = catalogue();
    let rooms = Arc::clone(catalogue.get(collection(2)).unwrap());
    let rule = Vocabulary::of_rule(Arc::clone(&catalogue), rooms);
    let rule = parse("next.name != 'hall' && next.next.name != 'hall'", &rule).unwrap();
    let seen = |_| Some(rule.clone());
    let vocabulary = Vocabulary::of_ruled_filter(catalogue, films, &seen);
    assert!(parse(&many(5), &vocabulary).is_ok());
    assert!(parse(&many(6), &vocabulary).is_err());
}
