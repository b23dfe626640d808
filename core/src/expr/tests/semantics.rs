//! What matches, case by case.

use super::*;

/// Three films: all fields set; other values; all null.
fn films() -> Connection {
    let db = database();
    db.execute_batch(
        "INSERT INTO t (id, name, director, year, count, rating, price, active, hidden, day, at, meta, key) VALUES
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
        let (found, truths) = matching(&db, &checked, &caller(Some("key")));
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
        ("'x' in [name, director]", &[2]),
        ("null in [name, 'a']", &[3]),
        ("name in [director, 'Solaris']", &[1, 3]),
        ("name in ['Solaris', auth.kind]", &[1]),
        // An item that is an error is an error of the whole.
        ("name in ['Solaris', auth.email]", &[]),
        ("!(name in ['Solaris', auth.email])", &[]),
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
fn functions_of_text_count_characters() {
    assert_matches(&[
        ("name.lowerAscii() == 'solaris'", &[1]),
        ("name.lowerAscii() == 'ÄÖ_100%'", &[2]),
        ("name.upperAscii() == 'SOLARIS'", &[1]),
        ("name.lowerAscii() != 'solaris'", &[2]),
        ("' Solaris\\n'.trim() == name", &[1]),
        ("name.trim() == 'Solaris'", &[1]),
        ("name.substring(1, 3) == 'ol'", &[1]),
        ("name.substring(1, 3) != 'ol'", &[2]),
        ("name.substring(2) == '_100%'", &[2]),
        ("name.substring(7) == ''", &[1, 2]),
        ("name.substring(8) == ''", &[]),
        ("name.substring(8) == '' || true", &[1, 2, 3]),
        ("name.indexOf('_') == 2", &[2]),
        ("name.indexOf('') == 0", &[1, 2]),
        ("name.indexOf('nowhere') == -1", &[1, 2]),
        ("name.indexOf(director) >= 0", &[]),
        ("size(name.trim()) == 7", &[1, 2]),
        ("(active ? name : director) == 'x'", &[2]),
        ("(active ? name : director).startsWith('S')", &[1]),
        ("(active ? hidden : active) == false", &[1, 2]),
        ("'x' == (active ? 'y' : 'x')", &[2]),
        ("(active ? 1 : 2) < (hidden ? 2 : 3)", &[1]),
    ]);
}

#[test]
fn the_clock_is_read_in_utc() {
    assert_matches(&[
        ("at.getFullYear() == 2020", &[1, 2]),
        ("day.getMonth() == 0 && day.getDayOfMonth() == 1 && day.getDate() == 2", &[2]),
        ("day.getDayOfWeek() == 3", &[1]),
        ("day.getDayOfYear() == 1", &[2]),
        ("at.getHours() == 0 && at.getMinutes() == 0 && at.getSeconds() == 0", &[1, 2]),
        ("at.getMilliseconds() != 0", &[]),
        ("(at - duration('1us')).getMilliseconds() == 999", &[1]),
        ("(at - duration('1us')).getFullYear() == 2019", &[1]),
        ("at + duration('1us') == timestamp('2020-01-01T00:00:00.000001Z')", &[1]),
        ("duration('1us') + at == '2020-01-01T00:00:00.000001Z'", &[1]),
        ("at - day > duration('0s')", &[]),
        ("day - at > duration('0s')", &[2]),
        ("at - day == duration('0')", &[1]),
        ("at == day", &[1, 3]),
        ("at < day", &[2]),
        ("at - request.time > duration('438000h')", &[1, 2]),
        ("request.time < at", &[1, 2]),
        ("request.time + duration('1h') == timestamp('1970-01-01T13:00:00Z')", &[1, 2, 3]),
        ("request.time.getHours() == 12", &[1, 2, 3]),
        ("at - timestamp('2020-01-01T00:00:00Z') <= duration('1ns')", &[1]),
        ("at - timestamp('2020-01-01T00:00:00Z') == duration('1ns')", &[]),
        ("at + duration('-2562047h') < timestamp('1800-01-01T00:00:00Z')", &[1, 2]),
        ("at - timestamp('0001-01-01T00:00:00Z') > duration('0s')", &[]),
        ("!(at - timestamp('0001-01-01T00:00:00Z') > duration('0s'))", &[]),
    ]);
    let db = database();
    db.execute("INSERT INTO t (id, at) VALUES (1, 253402300799999999), (2, -62135596800000000), (3, -1)", [])
        .unwrap();
    for (source, expected) in [
        ("at + duration('1us') > at", vec![2, 3]),
        ("at - duration('1us') < at", vec![1, 3]),
        ("at.getFullYear() == 9999", vec![1]),
        ("at.getFullYear() == 1 && at.getDayOfWeek() == 1", vec![2]),
        ("at.getHours() == 23 && at.getSeconds() == 59 && at.getMilliseconds() == 999", vec![1, 3]),
    ] {
        let checked = parse(source, &vocabulary()).unwrap();
        assert_eq!(matching(&db, &checked, &anonymous()).0, expected, "{source}");
    }
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
            let (found, truths) = matching(&db, &checked, &caller(kind));
            assert_eq!((found.len(), truths.len()), (expected, expected), "{source} for {kind:?}");
        }
    }
}

/// Who calls and how, in full: how many of the three films match.
#[test]
fn what_is_missing_of_the_request_is_an_error() {
    let db = films();
    let claims = serde_json::json!({"team": "Solaris", "level": 3, "admin": true, "ratio": 0.5, "gone": null,
        "org": {"id": "018f0000-0000-7000-8000-000000000001"}, "teams": ["x", "Solaris"], "mixed": ["x", 1],
        "ids": ["018F0000-0000-7000-8000-000000000001", "no id"], "zero": "\u{0}"});
    let roles = ["admin".to_owned(), "x".to_owned()];
    let headers = [("x-team".to_owned(), "x".to_owned())];
    let known = Bindings {
        auth: Some(Auth {
            kind: "user",
            id: Some(uuid::Uuid::parse_str("018f0000-0000-7000-8000-000000000001").unwrap()),
            email: Some("a@example.com"),
            verified: Some(true),
            roles: &roles,
            claims: claims.as_object(),
        }),
        request: Request {
            method: Some("GET"),
            ip: Some("10.0.0.1".parse().unwrap()),
            headers: &headers,
            ..anonymous().request
        },
    };
    for (source, of_known, of_anonymous) in [
        ("key == auth.id", 1, 0),
        ("!(key == auth.id)", 2, 0),
        ("auth.id == '018F0000-0000-7000-8000-000000000001'", 3, 0),
        ("name != auth.id", 3, 0),
        ("auth.id.startsWith('018f')", 3, 0),
        ("auth.email.endsWith('@example.com') && auth.verified", 3, 0),
        ("auth.verified == active", 1, 0),
        ("(year < 2000) == auth.verified", 1, 0),
        ("auth.verified ? active : hidden", 1, 0),
        ("'admin' in auth.roles", 3, 0),
        ("!('nobody' in auth.roles)", 3, 0),
        ("director in auth.roles", 1, 0),
        ("!(director in auth.roles)", 2, 0),
        ("director.lowerAscii() in auth.roles", 1, 0),
        ("!(director.lowerAscii() in auth.roles)", 1, 0),
        ("size(auth.roles) == 2", 3, 0),
        ("count > size(auth.roles)", 1, 0),
        ("rating > size(auth.roles)", 1, 0),
        ("auth.claims.team == name", 1, 0),
        ("auth.claims['team'] != name", 2, 0),
        ("auth.claims.level >= 3 && auth.claims.level < 3.5", 3, 0),
        ("auth.claims.ratio < rating", 1, 0),
        ("auth.claims.level < count", 1, 0),
        // Of another type, null and not there: an error, whatever is asked.
        ("auth.claims.ratio < count", 0, 0),
        ("auth.claims.team != 3", 0, 0),
        ("auth.claims.gone != 'x'", 0, 0),
        ("auth.claims.none != 'x'", 0, 0),
        ("auth.claims.zero != name", 0, 0),
        ("auth.claims.none != 'x' || true", 3, 3),
        ("auth.claims.admin && active", 1, 0),
        ("auth.claims.org.id == key", 1, 0),
        ("name in auth.claims.teams", 1, 0),
        ("'x' in auth.claims.teams", 3, 0),
        ("'x' in auth.claims.mixed", 0, 0),
        ("key in auth.claims.ids", 1, 0),
        ("!(key in auth.claims.ids)", 2, 0),
        ("'team' in auth.claims && !('none' in auth.claims)", 3, 0),
        ("has(auth.claims.org.id) && !has(auth.claims.gone)", 3, 0),
        ("!has(auth.claims.none.id)", 0, 0),
        ("has(auth.email)", 3, 0),
        ("!has(auth.email)", 0, 0),
        ("request.method == 'GET'", 3, 0),
        ("request.ip.startsWith('10.')", 3, 0),
        ("request.headers['X-Team'] == director", 1, 0),
        ("request.headers['x-other'] != director", 0, 0),
        ("'x-team' in request.headers", 3, 0),
        ("!('x-other' in request.headers)", 3, 3),
        ("has(request.headers.origin)", 0, 0),
        ("auth == null || year == 1972", 1, 3),
    ] {
        let checked = parse(source, &vocabulary()).unwrap_or_else(|error| panic!("{source}: {error}"));
        for (bindings, expected) in [(known, of_known), (anonymous(), of_anonymous)] {
            let (found, truths) = matching(&db, &checked, &bindings);
            assert_eq!((found.len(), truths.len()), (expected, expected), "{source} for {:?}", bindings.auth);
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
        let condition = parse(source, &vocabulary()).unwrap().to_sql(Dialect::Sqlite);
        let sql = format!("EXPLAIN QUERY PLAN SELECT id FROM t WHERE {}", condition.text());
        let values = rusqlite::params_from_iter(values(&condition, &anonymous()));
        let plan: String = db.query_row(&sql, values, |row| row.get(3)).unwrap();
        assert!(plan.contains("t_year"), "{source}: {plan}");
    }
}
