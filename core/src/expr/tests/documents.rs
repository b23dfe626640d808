//! What stands within JSON documents.

use super::*;

fn documents() -> Connection {
    let db = database();
    db.execute_batch(
        r#"INSERT INTO t (id, name, year, active, meta) VALUES
           (1, 'x', 3, 1, '{"a":"x","n":3,"b":true,"o":{"p":{"q":"deep"}},"k ä":1,"nil":null,"list":["x",2]}'),
           (2, 'y', NULL, NULL, '{"a":3,"n":"3","b":"true","o":[{"p":1}],"k ä":1.5}'),
           (3, NULL, 4, 0, NULL),
           (4, NULL, NULL, NULL, '"a"'),
           (5, 'x', 9007199254740993, 0, '{"a":false,"n":9007199254740993,"b":false,"o":{"p":null}}');"#,
    )
    .unwrap();
    db
}

#[test]
fn documents_are_looked_into() {
    let db = documents();
    for (source, expected) in [
        ("meta.a == 'x'", &[1][..]),
        ("'x' != meta.a", &[2, 3, 4, 5]),
        ("!(meta.a == 'x')", &[2, 3, 4, 5]),
        ("meta.a == 3", &[2]),
        ("meta.a == 3.0 || meta.n == 3u", &[1, 2]),
        ("meta.a == false", &[5]),
        ("meta.n > 2", &[1, 5]),
        ("!(meta.n > 3)", &[1]),
        ("meta.n < '4'", &[2]),
        ("meta.b", &[1]),
        ("!meta.b", &[5]),
        ("meta.b == active", &[1, 4, 5]),
        ("meta.b != active", &[2, 3]),
        ("meta.o.p.q == 'deep'", &[1]),
        ("meta.o.p == null", &[2, 3, 4, 5]),
        ("meta.o.p != null", &[1]),
        ("meta.nil == null", &[1, 2, 3, 4, 5]),
        ("has(meta.nil)", &[1]),
        ("!has(meta.o)", &[3, 4]),
        ("has(meta.o.p) && !has(meta.o.p.q)", &[5]),
        ("meta['k ä'] >= 1", &[1, 2]),
        ("meta['o']['p'].q.contains('ee')", &[1]),
        // Null is equal to null, and what is of another type to nothing.
        ("meta.a == name", &[1, 3, 4]),
        ("meta.a != name", &[2, 5]),
        ("meta.n == year", &[1, 4, 5]),
        ("meta.a in ['x', 3, null]", &[1, 2, 3, 4]),
        ("meta.a in ['y', true]", &[]),
        ("name in [meta.a, 'y']", &[1, 2, 3, 4]),
        ("(meta.n > 2) == meta.b", &[1]),
        ("(meta.n > 2) != meta.b", &[5]),
        ("meta.list == null", &[2, 3, 4, 5]),
        ("meta.list == 'x'", &[]),
        ("auth.kind == meta.a", &[]),
        ("meta == null", &[3]),
    ] {
        let checked = parse(source, &vocabulary()).unwrap_or_else(|error| panic!("{source}: {error}"));
        let (found, truths) = matching(&db, &checked, &caller(Some("key")));
        assert_eq!(found, expected, "{source}\n{:?}", checked.to_sql(Dialect::Sqlite));
        assert_eq!(truths, expected, "truth of {source}\n{:?}", checked.to_truth(Dialect::Sqlite));
    }
}

#[test]
fn refusals_say_what_and_where() {
    let deep = format!("meta{} == 1", ".a".repeat(MAX_KEYS + 1));
    let long = format!("meta['{}'] == 1", "a".repeat(MAX_KEY + 1));
    for (source, part) in [
        ("meta.a == meta.n", "has the type of what it is compared with"),
        ("meta.a == day", "`meta.a` (of JSON) cannot be compared with `day` (a date)"),
        ("meta.a == price", "cannot be compared with `price` (a decimal number)"),
        ("meta.a == key", "cannot be compared with `key` (a UUID)"),
        ("meta.a == timestamp('2020-01-01T00:00:00Z')", "cannot be compared with a timestamp"),
        ("meta.a < null", "null has no order"),
        ("meta.b < true", "has no order"),
        ("size(meta.list) == 1", "its size is not known"),
        ("'x' in meta.list", "`in` takes a list"),
        ("meta.list.exists(x, true)", "is asked of a relation to many"),
        ("meta.n + 1 == 2", "`meta.n` (of JSON)"),
        ("meta == 'x'", "cannot be compared with text"),
        ("meta['a\"b'] == 1", "neither quotes"),
        (r"meta['a\\b'] == 1", "neither quotes"),
        ("meta[''] == 1", "1 to 100 bytes"),
        ("meta[0] == 1", "cannot be indexed"),
        ("meta[name] == 1", "cannot be indexed"),
        ("tags['a'] == 1", "cannot be indexed"),
        (&*deep, "8 keys deep"),
        (&*long, "1 to 100 bytes"),
    ] {
        let error = parse(source, &vocabulary()).expect_err(source);
        assert!(error.message.contains(part), "{source}: {error}");
    }
    let (_, films) = catalogue();
    let error = parse("meta.a == 'x'", &Vocabulary::of_index(films)).unwrap_err();
    assert!(error.message.contains("does not look into JSON"), "{error}");
}

/// A key is a value of the statement, and never a part of its text.
#[test]
fn keys_are_values() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::MariaDb] {
        let checked = parse("meta['?) --'].x == '1' && has(meta[\"'\"].x)", &vocabulary()).unwrap();
        let condition = checked.to_sql(dialect);
        assert_eq!(condition.text().matches('?').count(), condition.params().len(), "{}", condition.text());
        assert!(
            !condition.text().contains("--") && !condition.text().contains("'.x"),
            "{}",
            condition.text()
        );
    }
}
