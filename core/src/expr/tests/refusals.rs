//! What is refused, in which words, and where.

use super::*;

fn refused(source: &str) -> (usize, String) {
    let error = parse(source, &vocabulary()).expect_err(source);
    (error.offset, error.message)
}

#[test]
fn refusals_say_what_and_where() {
    for (source, offset, part) in [
        ("yaer > 2000", 0, "no field `yaer`; did you mean `year`?"),
        ("name == 'ÄÖ' && yaer > 1", 16, "did you mean `year`?"),
        ("zzzzzz == 1", 0, "no field `zzzzzz`"),
        ("year == 'x'", 8, "`year`: a whole number cannot be compared with text"),
        ("name == 1", 8, "`name`: text cannot be compared with a number"),
        ("name == year", 5, "cannot be compared"),
        ("year", 0, "a condition is wanted here, and `year` (a whole number) is none"),
        ("active && 1", 10, "a condition is wanted"),
        ("year + 1.0 > 2.0", 5, "a whole number and one with a point do not mix"),
        ("year + 9223372036854775808u > 2", 5, "beyond 64 bits"),
        ("rating * 2.0 > 1.0", 7, "for computed fields"),
        ("-rating > 1.0", 0, "for computed fields"),
        ("price / 2 > 1", 6, "for computed fields"),
        ("price * rating > 1.0", 6, "a decimal and a float do not mix"),
        ("price * 0.0000000000000001 * 0.1 > 0", 27, "19 digits after the point"),
        ("price % 2 == 1", 6, "`%` is there for whole numbers"),
        ("string(year) == '1'", 6, "for computed fields"),
        ("int(active) == 1", 4, "int() makes nothing of `active`"),
        ("active + 1 > 2", 7, "there is no arithmetic on `active` (true or false)"),
        ("name + 1 == 'x'", 5, "`+` beside a text works on text, not on a number"),
        ("day > '2020-13-01'", 6, "is neither a date"),
        ("day > timestamp('nonsense')", 15, "this constant has no value"),
        ("key == 'abc'", 7, "'abc' is not a UUID"),
        ("key < '018f0000-0000-7000-8000-000000000001'", 6, "has no order"),
        ("active < true", 9, "has no order"),
        ("year < null", 7, "null has no order"),
        ("meta == '{}'", 8, "JSON cannot be compared"),
        ("meta == meta", 5, "JSON document can be compared with null only"),
        ("price == year", 6, "decimals of the same scale"),
        ("year.contains('x')", 0, "works on text"),
        ("has(record.year)", 3, "field != null"),
        ("name.matches('x')", 12, "regular expressions mean other things"),
        ("year in [1, count > 2]", 18, "a list may hold"),
        ("year in name", 8, "takes a list"),
        ("year in [1, active ? 1 : 2]", 19, "a list may hold"),
        ("(active ? year : name) == 1", 26, "`name`: text cannot be compared"),
        ("1 / 0 == 1 || active", 6, "has no value"),
        ("input.year == 1", 0, "`input` is known only where"),
        ("auth.name == 'x'", 4, "there are id, email"),
        ("auth.emial == 'x'", 4, "did you mean `auth.email`?"),
        ("auth.email == null", 14, "ask with has()"),
        ("auth.claims.team == null", 20, "ask with has()"),
        ("auth.claims.price == price", 18, "cannot be compared"),
        ("auth.roles == 'x'", 11, "`auth.roles` (a list) cannot be compared"),
        ("request.methd == 'GET'", 7, "did you mean `request.method`?"),
        ("request.headers['cookie'] == 'x'", 15, "the header `cookie` cannot be read"),
        ("request.headers['x-forwarded-for'] == 'x'", 15, "cannot be read"),
        ("request.headers[name] == 'x'", 15, "with a text constant"),
        ("has(auth.roles)", 3, "is always there"),
        ("has(name)", 3, "a name with a dot"),
        ("year in auth.roles", 5, "in no list of texts"),
        ("name in auth.claims", 5, "only text constants"),
        ("other.year == 1", 0, "no field `other`"),
        ("year.other == 1", 4, "has no part `other`"),
        ("size(name) == null", 14, "never null"),
        ("at + duration('1ns') > request.time", 3, "whole in these"),
        ("at + duration('1 h') > request.time", 13, "'1 h' is no duration"),
        ("at + 1 > request.time", 3, "a constant duration is added to a time"),
        ("year + duration('1h') > request.time", 5, "a constant duration is added to a time"),
        ("at - day > 1", 9, "a duration cannot be compared with a number"),
        ("at == '1998-12-31T23:59:60Z'", 6, "leap seconds"),
        ("name.getHours() == 1", 13, "only a time has a clock"),
        ("at.getHours('UTC') == 1", 11, "takes nothing"),
        ("name.substring(2, 1) == 'x'", 15, "ends before it begins"),
        ("name.substring(-1) == 'x'", 16, "whole-number constants"),
        ("name.substring(year) == 'x'", 15, "whole-number constants"),
        ("name.lowerAsci() == 'x'", 14, "did you mean lowerAscii()?"),
        ("name.map(x, x) == 'x'", 8, "exists() and all() are"),
        (r"name == '\u0000'", 8, "U+0000"),
        ("", 0, ""),
        ("name == 'ÄÖ' &&& active", 15, ""),
        ("[1]", 0, "only to the right of `in`"),
        ("auth", 0, "`auth` is none"),
        ("year == ", 8, ""),
        ("year == 1 &&\n active &&& hidden", 23, ""),
    ] {
        let (at, message) = refused(source);
        assert!(message.contains(part), "{source}: {message}");
        assert_eq!(at, offset, "{source}: {message}");
    }
}

#[test]
fn bounds_are_kept() {
    let list = |items: usize| format!("year in [{}]", vec!["1"; items].join(", "));
    assert!(parse(&list(MAX_LIST), &vocabulary()).is_ok());
    assert!(refused(&list(MAX_LIST + 1)).1.contains("a list may hold 200"));
    assert!(refused(&vec!["active"; 600].join("||")).1.contains("bytes long"));
    assert!(refused(&vec!["true"; 501].join("||")).1.contains("more than 500 terms"));
    assert!(parse(&vec!["active"; 200].join("||"), &vocabulary()).is_ok());
    for deep in [
        format!("{}active{}", "(".repeat(2000), ")".repeat(2000)),
        format!("{}active", "!".repeat(4000)),
        format!("year == {}1", "1+".repeat(2000)),
        format!("year == {}1", "-".repeat(2000)),
        format!("record{} == 1", ".year".repeat(700)),
        format!("{}active", "active?active:".repeat(250)),
        format!("active{}", "[0]".repeat(1000)),
        format!("active{}", "()".repeat(2000)),
        format!("{}a{}", "(".repeat(300), ")+1+1".repeat(300)),
        "[".repeat(4000),
        "{".repeat(4000),
        format!("'\\'' == '''{}", "(".repeat(3000)),
    ] {
        assert!(parse(&deep, &vocabulary()).is_err(), "{deep}");
    }
    let many = |sides: usize| format!("({} : hidden)", vec!["active ? hidden"; sides].join(" : "));
    assert!(parse(&format!("{0} == {0}", many(10)), &vocabulary()).is_ok());
    assert!(refused(&format!("({0} == {0}) == {0}", many(8))).1.contains("becomes too large"));
    assert!(refused(&"((active))".replace('(', &"(".repeat(40))).1.contains("nested deeper than 32"));
}

#[test]
fn sql_does_not_double_without_end() {
    for (start, link, end) in [
        ("name", ".substring(1)", " == 'x'"),
        ("at", " + duration('1h')", " > request.time"),
        ("year", " + 1", " > 2"),
        ("'x'.startsWith(name", ".substring(1)", ")"),
    ] {
        let chain = |links: usize| format!("{start}{}{end}", link.repeat(links));
        assert!(parse(&chain(4), &vocabulary()).is_ok(), "{}", chain(4));
        assert!(
            refused(&chain(13)).1.contains("the SQL of the expression becomes too large"),
            "{}",
            chain(13)
        );
    }
    let often = vec![format!("name{} == 'x'", ".substring(1)".repeat(6)); 20].join(" || ");
    assert!(refused(&often).1.contains("becomes too large"));
}
