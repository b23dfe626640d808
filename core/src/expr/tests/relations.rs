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
fn records_that_point_here_are_asked() {
    assert_matches(
        &vocabulary(),
        &[
            ("room.films_via_room.exists(f, f.name == 'x')", &[2]),
            ("room.films_via_room.exists(f, f.name != record.name)", &[1, 4]),
            ("room.films_via_room.all(f, f.year == 1900)", &[2, 3]),
            ("!room.films_via_room.exists(f, f.year == 7)", &[2, 3]),
            ("size(room.films_via_room) == 2", &[1, 4]),
            ("room.films_via_room.size() == 0", &[3]),
            ("size(room.films_via_rooms) == 3", &[2]),
            ("room.films_via_rooms.exists(f, f.name == 'attic')", &[2]),
            ("room.rooms_via_next.exists(r, r.name == 'secret')", &[1, 4]),
            ("room.rooms_via_next.exists(r, r.rooms_via_next.exists(q, q.name == 'secret'))", &[2]),
            ("room.rooms_via_next.exists(r, r.year > 1)", &[1, 2, 4]),
            ("!room.rooms_via_next.exists(r, r.year < 1)", &[1, 2, 3, 4]),
            ("room in room.next.rooms_via_next", &[1, 4]),
            ("'018f0000-0000-7000-8000-000000000003' in room.rooms_via_next", &[1, 4]),
            ("!(auth.id in room.rooms_via_next)", &[]),
            ("rooms.exists(r, r.films_via_room.exists(f, f.name == record.name))", &[1, 2]),
        ],
    );
}

/// What points to a record is there as far as a list of it would show it; `in` and `size()` count nothing else.
#[test]
fn what_is_not_listed_does_not_point_here() {
    let (catalogue, films) = catalogue();
    let rooms = Arc::clone(catalogue.get(collection(2)).unwrap());
    let rule = |source: &str, model: &Arc<Model>| {
        parse(source, &Vocabulary::of_rule(Arc::clone(&catalogue), Arc::clone(model))).unwrap()
    };
    let (listed, viewed) = (rule("name != 'hall' && next.name != 'x'", &rooms), rule("true", &rooms));
    let films_listed = rule("year > 1000", &films);
    let seen = |of: CollectionId, way: Way| match way {
        Way::Forth => Some(viewed.clone()),
        Way::Back if of == collection(2) => Some(listed.clone()),
        Way::Back => Some(films_listed.clone()),
    };
    let vocabulary = Vocabulary::of_ruled_filter(Arc::clone(&catalogue), Arc::clone(&films), seen_by(&seen));
    assert_matches(
        &vocabulary,
        &[
            ("room.name == 'hall'", &[1, 4]),
            ("room.rooms_via_next.exists(r, true)", &[1, 4]),
            ("size(room.rooms_via_next) == 1", &[1, 4]),
            ("room.rooms_via_next.exists(r, r.name == 'hall')", &[]),
            ("room in room.next.rooms_via_next", &[]),
            ("size(room.films_via_room) == 1", &[1, 2, 4]),
            ("room.films_via_rooms.all(f, f.year == 1900)", &[1, 2, 3, 4]),
        ],
    );
    let nobody = |_, way| (way == Way::Forth).then(|| viewed.clone());
    let vocabulary = Vocabulary::of_ruled_filter(catalogue, films, seen_by(&nobody));
    for source in ["room.rooms_via_next.exists(r, true)", "size(room.films_via_room) == 1"] {
        assert!(parse(source, &vocabulary).unwrap_err().message.contains("may not see"), "{source}");
    }
    let near = parse("room.rooms_via_nxt.exists(r, true)", &vocabulary).unwrap_err();
    assert_eq!(near.message, "there is no field `rooms_via_nxt` in `rooms`");
}

/// A field has its name for itself, a name that may be two is refused, and a hidden field points nowhere.
#[test]
fn records_that_point_here_have_one_name() {
    let value = || Field {
        column: String::new(),
        kind: FieldKind::Text,
        holds: Holds::Value,
        hidden: false,
        ruled: false,
        computed: false,
        unique: false,
    };
    let to = |target, hidden| Field {
        kind: FieldKind::Uuid,
        holds: Holds::One(collection(target)),
        hidden,
        ..value()
    };
    let own = model(1, "own", "o", &[("a_via_x", value()), ("b_via_x", Field { hidden: true, ..value() })]);
    let a = model(2, "a", "a", &[("x", to(1, false)), ("b_via_c", to(1, false)), ("h", to(1, true))]);
    let b = model(3, "b", "b", &[("x", to(1, false))]);
    let ambiguous = model(4, "a_via_b", "ab", &[("c", to(1, false))]);
    let catalogue: Arc<Catalogue> = Arc::new([Arc::clone(&own), a, b, ambiguous].into_iter().collect());
    let anybody = parse("true", &Vocabulary::of_rule(Arc::clone(&catalogue), Arc::clone(&own))).unwrap();
    let seen = |_, _| Some(anybody.clone());
    let rule = Vocabulary::of_rule(Arc::clone(&catalogue), Arc::clone(&own));
    let filter = Vocabulary::of_ruled_filter(Arc::clone(&catalogue), Arc::clone(&own), seen_by(&seen));
    assert!(parse("a_via_x == 'text' && b_via_x == 'text'", &rule).is_ok());
    for (source, vocabulary, part) in [
        ("a_via_x.exists(a, true)", &rule, "not of `a_via_x` (text)"),
        ("b_via_x.exists(b, true)", &filter, "there is no field `b_via_x`"),
        ("a_via_b_via_c.exists(a, true)", &rule, "may be two fields"),
        ("a_via_h.exists(a, true)", &filter, "there is no field `a_via_h`"),
    ] {
        let error = parse(source, vocabulary).expect_err(source);
        assert!(error.message.contains(part), "{source}: {error}");
    }
    assert!(parse("a_via_h.exists(a, true)", &rule).is_ok());
    for of in [Vocabulary::of_computed(Arc::clone(&own)), Vocabulary::of_index(own)] {
        assert!(parse("size(a_via_h) > 1", &of).unwrap_err().message.contains("no field `a_via_h`"));
    }
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
    let seen = |_, _| Some(rule.clone());
    let vocabulary = Vocabulary::of_ruled_filter(catalogue, Arc::clone(&films), seen_by(&seen));
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
    let nobody = |_, _| None;
    let vocabulary = Vocabulary::of_ruled_filter(catalogue, films, seen_by(&nobody));
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
        ("films_via_room.exists(f, true)", 0, "there is no field `films_via_room`"),
        ("room.films_via_rom.exists(f, true)", 4, "did you mean `films_via_room`?"),
        ("room.films_via_room.name == 'x'", 19, "is a list, which has no part `name`"),
        ("room.films_via_room == null", 20, "`room.films_via_room` (records that point to it)"),
        ("room.films_via_name.exists(f, true)", 4, "no field `films_via_name`"),
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
    let seen = |_, _| Some(rule.clone());
    let vocabulary = Vocabulary::of_ruled_filter(catalogue, films, seen_by(&seen));
    assert!(parse(&many(5), &vocabulary).is_ok());
    assert!(parse(&many(6), &vocabulary).is_err());
}
