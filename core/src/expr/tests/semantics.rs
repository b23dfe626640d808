//! What matches, case by case.

use super::*;

/// Three films: all fields set; other values; all null.
fn films() -> Connection {
    let db = database();
    db.execute_batch(
        "INSERT INTO t VALUES
         (1, 'Solaris', 'Tarkovsky', 1972, 7, 8.5, 1050, 1, 0, '2020-01-01', 1577836800000000, '{}', x'018f0000000070008000000000000001'),
         (2, 'ÄÖ_100%', 'x', 9007199254740993, -3, -0.5, -1, 0, 1, '2020-01-02', 1577836800000001, NULL, NULL),
         (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    )
    .unwrap();
    db
}

fn assert_matches(cases: &[(&str, &[i64])]) {
    let db = films();
    for (source, expected) in cases {
        let checked = parse(source, &vocabulary()).unwrap_or_else(|error| panic!("{source}: {error}"));
        let (found, truths) = matching(&db, &checked, &Bindings { kind: Some("key") });
        assert_eq!(found, *expected, "{source}");
        assert_eq!(truths, *expected, "truth of {source}");
    }
}

#[test]
fn equality_is_null_safe_and_order_is_not() {
    assert_matches(&[
        ("director == 'x'", &[2]),
        ("director != 'x'", &[1, 3]),
        ("!(director == 'x')", &[1, 3]),
        ("!(director != 'x')", &[2]),
        ("director == null", &[3]),
        ("null != director", &[1, 2]),
        ("name == director", &[3]),
        ("name != director", &[1, 2]),
        ("year < 2000", &[1]),
        ("!(year < 2000)", &[2]),
        ("2000 > year", &[1]),
        ("year < 2000 || true", &[1, 2, 3]),
        ("!(year < 2000 && false)", &[1, 2, 3]),
        ("(year < 2000) == false", &[2]),
        ("meta == null", &[2, 3]),
    ]);
}

#[test]
fn conditions_absorb_errors_as_cel_does() {
    assert_matches(&[
        ("active", &[1]),
        ("!active", &[2]),
        ("active && !hidden", &[1]),
        ("active == hidden", &[3]),
        ("active == (year < 2000)", &[1, 2]),
        ("active != (1 == 1)", &[2, 3]),
        ("active != true", &[2, 3]),
        ("(count > 0) == active", &[1, 2]),
        ("(count > 0) == (year < 2000)", &[1, 2]),
        ("active ? year < 2000 : hidden", &[1, 2]),
        ("(active ? hidden : false) || director == null", &[3]),
        ("true", &[1, 2, 3]),
        ("1 + 1 == 3", &[]),
    ]);
}

#[test]
fn numbers_compare_by_value() {
    assert_matches(&[
        ("year > 1971.5", &[1, 2]),
        ("year == 1972.0", &[1]),
        ("year == 1972u", &[1]),
        ("year == 1972.5", &[]),
        ("year != 1972.5", &[1, 2, 3]),
        ("year == 9007199254740992.0", &[2]),
        ("year != 9007199254740992.0", &[1, 3]),
        ("year < 1e300", &[1, 2]),
        ("!(year > 18446744073709551615u)", &[1, 2]),
        ("year >= 18446744073709551615u || director == null", &[3]),
        ("rating == 8.5", &[1]),
        ("rating < 0", &[2]),
        ("rating > count", &[1, 2]),
    ]);
    assert_matches(&[
        ("price == 10.5", &[1]),
        ("price == 10.505", &[]),
        ("price < 10.505", &[1, 2]),
        ("price > 10.495", &[1]),
        ("price >= -0.01", &[1, 2]),
        ("price > -0.015", &[1, 2]),
        ("price < -0.005", &[2]),
        ("price > -1", &[1, 2]),
    ]);
}

#[test]
fn lists_are_null_safe() {
    assert_matches(&[
        ("director in ['x', 'y']", &[2]),
        ("!(director in ['x', 'y'])", &[1, 3]),
        ("director in ['x', null]", &[2, 3]),
        ("director in []", &[]),
        ("!(director in [])", &[1, 2, 3]),
        ("year in [1972.0, 3.5]", &[1]),
        ("!(year in [9007199254740992.0])", &[1, 3]),
        ("!(size(name) in [7])", &[]),
        ("!(size(name) in [])", &[1, 2]),
        ("active in [true]", &[1]),
        ("'a' in ['a', 'b']", &[1, 2, 3]),
    ]);
}

#[test]
fn text_is_case_sensitive_and_knows_no_wildcards() {
    assert_matches(&[
        ("name.contains('LAR')", &[]),
        ("name.contains('lar')", &[1]),
        ("name.contains('_100%')", &[2]),
        ("name.contains('o_a')", &[]),
        ("name.contains('')", &[1, 2]),
        ("name.startsWith('Sol')", &[1]),
        ("name.startsWith('sol')", &[]),
        ("name.startsWith('ÄÖ')", &[2]),
        ("name.endsWith('is')", &[1]),
        ("name.endsWith('')", &[1, 2]),
        ("name.endsWith('a very long ending')", &[]),
        ("!name.endsWith('is')", &[2]),
        ("'Solaris!'.startsWith(name)", &[1]),
        ("size(name) == 7", &[1, 2]),
        ("name.size() != 7", &[]),
        ("size(name) == count", &[1]),
        ("size(name) != count", &[2]),
        ("size(name) < 7.5", &[1, 2]),
    ]);
}

#[test]
fn dates_times_and_uuids() {
    assert_matches(&[
        ("day == '2020-01-01'", &[1]),
        ("day > timestamp('2020-01-01T12:00:00Z')", &[2]),
        ("day >= timestamp('2020-01-01T00:00:00Z')", &[1, 2]),
        ("day == '2020-01-01T12:00:00Z'", &[]),
        ("day <= '9999-12-31T12:00:00Z'", &[1, 2]),
        ("day < '9999-12-31T12:00:00Z'", &[1, 2]),
        ("at == '2020-01-01'", &[1]),
        ("at == '2020-01-01T01:00:00+01:00'", &[1]),
        ("at > timestamp('2020-01-01T00:00:00.0000005Z')", &[2]),
        ("at in ['2020-01-01', null]", &[1, 3]),
        ("key == '018F0000-0000-7000-8000-000000000001'", &[1]),
        ("key != '018f0000-0000-7000-8000-000000000001'", &[2, 3]),
    ]);
}

#[test]
fn the_actor_is_bound_late() {
    let db = films();
    for (source, anonymous, key) in [
        ("auth == null", 3, 0),
        ("auth != null", 0, 3),
        ("auth.kind == 'key'", 0, 3),
        ("auth.kind != 'key'", 0, 0),
        ("!(auth.kind == 'user')", 0, 3),
        ("auth.kind in ['user', 'key']", 0, 3),
        ("auth.kind == 'key' || record.year == 1972", 1, 3),
    ] {
        let checked = parse(source, &vocabulary()).unwrap();
        for (kind, expected) in [(None, anonymous), (Some("key"), key)] {
            let (found, truths) = matching(&db, &checked, &Bindings { kind });
            assert_eq!((found.len(), truths.len()), (expected, expected), "{source} for {kind:?}");
        }
    }
}

#[test]
fn fields_read_are_named_once() {
    let checked = parse("year > 1 && (record.year < 9 || size(name) == 1)", &vocabulary()).unwrap();
    assert_eq!(checked.fields().collect::<Vec<_>>(), ["name", "year"]);
}

#[test]
fn a_comparison_with_a_constant_uses_the_index() {
    let db = films();
    for source in ["year == 1972", "active && year == 1972", "year == null", "year in [1, 2]", "year > 5"] {
        let condition = parse(source, &vocabulary()).unwrap().to_sql(Dialect::Sqlite, &Bindings::default());
        let query = Query::select().column("id").from("t").and_where(condition).to_owned();
        let (sql, values) = query.build(SqliteQueryBuilder);
        let plan: String = db
            .query_row(
                &format!("EXPLAIN QUERY PLAN {sql}"),
                rusqlite::params_from_iter(values.into_iter().map(stored)),
                |row| row.get(3),
            )
            .unwrap();
        assert!(plan.contains("t_year"), "{source}: {plan}");
    }
}
