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
        ("year + 1 > 2", 5, "arithmetic on fields"),
        ("-year > 2", 0, "arithmetic on fields"),
        ("day > '2020-13-01'", 6, "is neither a date"),
        ("day > timestamp('nonsense')", 15, "this constant has no value"),
        ("key == 'abc'", 7, "'abc' is not a UUID"),
        ("key < '018f0000-0000-7000-8000-000000000001'", 6, "has no order"),
        ("active < true", 9, "has no order"),
        ("year < null", 7, "null has no order"),
        ("meta == '{}'", 8, "JSON cannot be compared"),
        ("meta == meta", 5, "JSON can be compared with null only"),
        ("price == year", 6, "decimals of the same scale"),
        ("year.contains('x')", 0, "works on text"),
        ("has(record.year)", 3, "field != null"),
        ("name.matches('x')", 12, "matches() is not supported"),
        ("year in [1, count]", 12, "constants only"),
        ("year in name", 8, "takes a list"),
        ("(active ? hidden : active) == true", 27, "`?:` cannot be compared"),
        ("1 / 0 == 1 || active", 6, "has no value"),
        ("input.year == 1", 5, "`input` is known only where"),
        ("auth.name == 'x'", 4, "`auth.name` is not supported"),
        ("other.year == 1", 5, "has to follow"),
        ("size(name) == null", 14, "never null"),
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
    assert!(refused(&"((active))".replace('(', &"(".repeat(40))).1.contains("nested deeper than 32"));
}
