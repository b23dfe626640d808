//! Expressions.

use proptest::prelude::*;

use super::rows::{TEXTS, pick};

pub(super) const NUMBERS: [&str; 18] = [
    "0",
    "1",
    "-1",
    "2",
    "0u",
    "2u",
    "18446744073709551615u",
    "0.5",
    "1.0",
    "-1.5",
    "0.125",
    "1e300",
    "-1e300",
    "9007199254740992.0",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808.0",
    "1 + 1",
];
pub(super) const PRICES: [&str; 8] = ["0", "1", "0.01", "0.015", "-0.01", "-0.015", "1.5", "2u"];
pub(super) const TIMES: [&str; 5] = [
    "1970-01-01T00:00:00Z",
    "1970-01-02T00:00:00Z",
    "1970-01-01T12:00:00Z",
    "1970-01-01T00:00:00.000001Z",
    "1970-01-01T00:00:00.0000015Z",
];

pub(super) fn order() -> impl Strategy<Value = String> {
    pick(&["==", "!=", "<", "<=", ">", ">="])
}

pub(super) fn equality() -> impl Strategy<Value = String> {
    pick(&["==", "!="])
}

pub(super) fn written_list(items: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::collection::vec(items, 0..4).prop_map(|items| format!("[{}]", items.join(", ")))
}

pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(&TEXTS[..]).prop_map(|text| format!("'{text}'")),
        pick(&["name", "director", "record.name", "room.name", "room.next.name"]),
    ]
}

pub(super) fn number_field() -> impl Strategy<Value = String> {
    pick(&[
        "year",
        "count",
        "rating",
        "size(name)",
        "record.director.size()",
        "name.indexOf(director)",
        "at.getFullYear()",
        "(at - duration('1us')).getDayOfYear()",
        "at.getHours()",
        "request.time.getDayOfWeek()",
        "size(auth.roles)",
        "room.year",
        "record.room.next.year",
        "size(rooms)",
        "tags.size()",
        "size(room.name)",
        "year + count",
        "count - year",
        "year * count",
        "year / count",
        "year % count",
        "-year",
        "(year + 1) * 2 - count",
        "size(name) * size(director)",
        "room.year + size(rooms)",
        "size(room.rooms_via_next)",
        "request.time.getHours() / count",
    ])
}

/// A text that is never null, but may be an error.
pub(super) fn made_text() -> impl Strategy<Value = String> {
    pick(&[
        "name.lowerAscii()",
        "director.upperAscii()",
        "name.trim()",
        "name.substring(1)",
        "name.substring(0, 1)",
        "auth.email",
        "auth.claims.team",
        "request.headers['x-team']",
        "room.name.trim()",
        "name + director",
        "' ' + name + 'a'",
        "name.trim() + auth.email",
    ])
}

pub(super) fn duration() -> impl Strategy<Value = String> {
    pick(&["0s", "1us", "-12h", "12h", "24h", "2562047h", "-2562047h"])
        .prop_map(|text| format!("duration('{text}')"))
}

pub(super) fn instant() -> impl Strategy<Value = String> {
    prop_oneof![
        pick(&["at", "day", "request.time"]),
        (pick(&["at", "day", "request.time"]), pick(&["+", "-"]), duration())
            .prop_map(|(at, sign, by)| format!("({at} {sign} {by})")),
    ]
}

/// A condition without conditions inside.
pub(super) fn leaf() -> impl Strategy<Value = String> {
    // `size(…)` and null are not compared: the checker refuses that.
    let nullable =
        pick(&["name", "director", "year", "count", "rating", "price", "active", "day", "at", "auth"]);
    let time = || pick(&TIMES).prop_map(|time| format!("timestamp('{time}')"));
    prop_oneof![
        pick(&["true", "false", "active", "hidden", "record.active"]),
        (nullable, equality()).prop_map(|(field, op)| format!("{field} {op} null")),
        (number_field(), order(), pick(&NUMBERS)).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (pick(&NUMBERS), order(), number_field()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (number_field(), order(), number_field()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (pick(&["price", "price * 2.0", "price + price", "-price"]), order(), pick(&PRICES))
            .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (number_field(), written_list(pick(&NUMBERS))).prop_map(|(a, b)| format!("{a} in {b}")),
        written_list(pick(&["0", "0.01", "null"])).prop_map(|list| format!("price in {list}")),
        (text(), order(), text()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (pick(&["name", "director"]), written_list(pick(&["'a'", "'ab'", "null"])))
            .prop_map(|(a, b)| format!("{a} in {b}")),
        (text(), pick(&["contains", "startsWith", "endsWith"]), text())
            .prop_map(|(a, call, b)| format!("{a}.{call}({b})")),
        (made_text(), order(), text()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (text(), pick(&["contains", "startsWith", "endsWith"]), made_text())
            .prop_map(|(a, call, b)| format!("{a}.{call}({b})")),
        (
            pick(&["name", "director", "'a'", "auth.email", "name.trim()"]),
            pick(&["auth.roles", "auth.claims.teams"])
        )
            .prop_map(|(a, list)| format!("{a} in {list}")),
        (text(), prop::collection::vec(prop_oneof![text(), made_text()], 1..4))
            .prop_map(|(a, list)| format!("{a} in [{}]", list.join(", "))),
        (instant(), order(), prop_oneof![instant(), time()]).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (instant(), instant(), order(), duration()).prop_map(|(a, b, op, by)| format!("{a} - {b} {op} {by}")),
        pick(&["has(auth.email)", "has(auth.claims.team)", "auth.verified", "auth.claims.level > 2"]),
        (pick(&["day", "at"]), order(), time()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (pick(&["active", "hidden"]), equality(), pick(&["active", "hidden", "true", "false"]))
            .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (pick(&["room.name", "room.year", "room.active", "room.next.year"]), equality())
            .prop_map(|(field, op)| format!("{field} {op} null")),
        pick(&["room.active", "room.next.active"]),
        (made_text(), pick(&["tags"])).prop_map(|(a, list)| format!("{a} in {list}")),
        text().prop_map(|a| format!("{a} in tags")),
        (pick(&["room", "room.next", "null"]), equality(), any::<bool>())
            .prop_map(|(a, op, value)| format!("({a} in @IDS) {op} {value}")),
        (rows(), pick(&["exists", "all"]), of_room(), any::<bool>()).prop_map(|(of, call, cond, negated)| {
            let call = format!("{of}.{call}(r, {cond})");
            if negated { format!("!{call}") } else { call }
        }),
        (rows(), rows(), of_room(), pick(&["exists", "all"])).prop_map(|(outer, inner, cond, call)| format!(
            "{outer}.{call}(q, q.active || {inner}.exists(r, r.year == q.year && ({cond})))"
        )),
        of_json(),
        (equality(), pick(&["'key'", "'user'"])).prop_map(|(op, kind)| format!("auth.kind {op} {kind}")),
    ]
}

/// What stands in JSON, of whichever type that is.
fn json() -> impl Strategy<Value = String> {
    pick(&["meta.a", "meta.b", "record.meta.o.a", "meta['k ä']", "meta.o['b']", "meta['o'].a"])
}

/// A condition about what stands in JSON.
fn of_json() -> impl Strategy<Value = String> {
    let scalar = || pick(&["'a'", "''", "0", "1.0", "true", "false", "null", "9007199254740993"]);
    prop_oneof![
        json(),
        (json(), equality(), scalar()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (scalar(), equality(), json()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (json(), order(), pick(&NUMBERS)).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (number_field(), order(), json()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (json(), order(), text()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (pick(&["name.trim()", "auth.email", "name + director", "' ' + name"]), order(), json())
            .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (json(), equality(), pick(&["active", "hidden", "auth.verified", "room.active"]))
            .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (json(), pick(&["contains", "startsWith", "endsWith"]), text())
            .prop_map(|(a, call, b)| format!("{a}.{call}({b})")),
        (json(), written_list(scalar()))
            .prop_filter("nothing is in an empty list", |(_, list)| list != "[]")
            .prop_map(|(a, list)| format!("{a} in {list}")),
        (json(), pick(&["auth.roles", "auth.claims.teams", "tags"]))
            .prop_map(|(a, list)| format!("{a} in {list}")),
        (json(), any::<bool>()).prop_map(|(a, value)| format!("({a} == 'a') == {value}")),
    ]
}

/// Rooms that are asked one by one.
pub(super) fn rows() -> impl Strategy<Value = String> {
    pick(&["rooms", "@ROOMS", "room.rooms_via_next", "room.next.rooms_via_next"])
}

/// A condition about the room `r`.
pub(super) fn of_room() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        pick(&["r.active", "r.next.active", "true", "active", "has(auth.email)"]),
        (pick(&["r.name", "r.next.name", "room.name"]), order(), text())
            .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (pick(&["r.year", "size(r.name)"]), order(), number_field())
            .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (pick(&["r.name", "r.year", "r.next.name"]), equality()).prop_map(|(a, op)| format!("{a} {op} null")),
        equality().prop_map(|op| format!("r.id {op} room.id")),
        made_text().prop_map(|a| format!("r.name.contains({a})")),
        pick(&["r.name in tags", "r.name in auth.roles"]),
    ];
    (leaf.clone(), pick(&["&&", "||"]), leaf, any::<bool>())
        .prop_map(|(a, op, b, negated)| format!("{}({a}) {op} ({b})", if negated { "!" } else { "" }))
}

pub(super) fn condition() -> impl Strategy<Value = String> {
    leaf().prop_recursive(4, 24, 3, |inner| {
        let plain = (inner.clone(), any::<bool>()).prop_map(|(text, negated)| {
            if negated { format!("!(!({text}))") } else { format!("(true && ({text}))") }
        });
        let chosen = (inner.clone(), text(), prop_oneof![text(), made_text()])
            .prop_map(|(test, yes, no)| format!("(({test}) ? {yes} : {no})"));
        let flag = (inner.clone(), pick(&["active", "true", "auth.verified"]), pick(&["hidden", "false"]))
            .prop_map(|(test, yes, no)| format!("(({test}) ? {yes} : {no})"));
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) || ({b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (chosen, order(), text()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            (flag, equality(), plain.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            (plain.clone(), equality(), plain.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            (plain.clone(), equality()).prop_map(|(a, op)| format!("active {op} {a}")),
            (plain, equality(), any::<bool>()).prop_map(|(a, op, value)| format!("{a} {op} {value}")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("(({a}) ? ({b}) : ({c}))")),
        ]
    })
}
