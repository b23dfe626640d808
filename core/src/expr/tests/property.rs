//! Random expressions over random rows: SQL and the interpreter must give one answer.

use std::collections::HashMap;

use cel::{Context, Value as Cel};
use chrono::DateTime;
use proptest::prelude::*;

use super::*;

/// A row, in the order of the table's columns.
#[derive(Clone, Debug)]
struct Row {
    name: Option<String>,
    director: Option<String>,
    year: Option<i64>,
    count: Option<i64>,
    rating: Option<f64>,
    price: Option<i64>,
    active: Option<bool>,
    hidden: Option<bool>,
    day: Option<i64>,
    at: Option<i64>,
}

const TEXTS: [&str; 10] = ["", "a", "A", "ab", "ba", "ä", "a%", "_b", " Äb\u{3000}", "\u{2028}a "];
const INTS: [i64; 9] =
    [0, 1, -1, 2, 9_007_199_254_740_992, 9_007_199_254_740_993, 9_007_199_254_740_994, i64::MAX, i64::MIN];
const FLOATS: [f64; 9] = [0.0, -0.0, 0.5, 1.0, -1.0, 2.0, 9_007_199_254_740_992.0, 9.3e18, -9.3e18];
const NUMBERS: [&str; 18] = [
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
const PRICES: [&str; 8] = ["0", "1", "0.01", "0.015", "-0.01", "-0.015", "1.5", "2u"];
const TIMES: [&str; 5] = [
    "1970-01-01T00:00:00Z",
    "1970-01-02T00:00:00Z",
    "1970-01-01T12:00:00Z",
    "1970-01-01T00:00:00.000001Z",
    "1970-01-01T00:00:00.0000015Z",
];

fn some<T: Clone + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = Option<T>> {
    prop::option::of(prop::sample::select(values))
}

fn row() -> impl Strategy<Value = Row> {
    let text = || some(&TEXTS).prop_map(|text| text.map(str::to_owned));
    let left = (text(), text(), some(&INTS), some(&INTS), some(&FLOATS));
    let right = (prop::option::of(-2_i64..=2), any::<Option<bool>>(), any::<Option<bool>>());
    let dates = (
        prop::option::of(0_i64..=2),
        some(&[0, 1, 2, -1, DAY_MICROS / 2, DAY_MICROS, 253_402_300_799_999_999, -62_135_596_800_000_000]),
    );
    (left, right, dates).prop_map(
        |((name, director, year, count, rating), (price, active, hidden), (day, at))| Row {
            name,
            director,
            year,
            count,
            rating,
            price,
            active,
            hidden,
            day,
            at,
        },
    )
}

fn pick(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(values).prop_map(str::to_owned)
}

fn order() -> impl Strategy<Value = String> {
    pick(&["==", "!=", "<", "<=", ">", ">="])
}

fn equality() -> impl Strategy<Value = String> {
    pick(&["==", "!="])
}

fn list(items: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::collection::vec(items, 0..4).prop_map(|items| format!("[{}]", items.join(", ")))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(&TEXTS[..]).prop_map(|text| format!("'{text}'")),
        pick(&["name", "director", "record.name"]),
    ]
}

fn number_field() -> impl Strategy<Value = String> {
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
    ])
}

/// A text that is never null, but may be an error.
fn made_text() -> impl Strategy<Value = String> {
    pick(&[
        "name.lowerAscii()",
        "director.upperAscii()",
        "name.trim()",
        "name.substring(1)",
        "name.substring(0, 1)",
        "auth.email",
        "auth.claims.team",
        "request.headers['x-team']",
    ])
}

fn duration() -> impl Strategy<Value = String> {
    pick(&["0s", "1us", "-12h", "12h", "24h", "2562047h", "-2562047h"])
        .prop_map(|text| format!("duration('{text}')"))
}

fn instant() -> impl Strategy<Value = String> {
    prop_oneof![
        pick(&["at", "day", "request.time"]),
        (pick(&["at", "day", "request.time"]), pick(&["+", "-"]), duration())
            .prop_map(|(at, sign, by)| format!("({at} {sign} {by})")),
    ]
}

/// A condition without conditions inside.
fn leaf() -> impl Strategy<Value = String> {
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
        (order(), pick(&PRICES)).prop_map(|(op, b)| format!("price {op} {b}")),
        (number_field(), list(pick(&NUMBERS))).prop_map(|(a, b)| format!("{a} in {b}")),
        list(pick(&["0", "0.01", "null"])).prop_map(|list| format!("price in {list}")),
        (text(), order(), text()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (pick(&["name", "director"]), list(pick(&["'a'", "'ab'", "null"])))
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
        (equality(), pick(&["'key'", "'user'"])).prop_map(|(op, kind)| format!("auth.kind {op} {kind}")),
    ]
}

fn condition() -> impl Strategy<Value = String> {
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

fn insert(db: &Connection, rows: &[Row]) {
    for row in rows {
        let day = row.day.map(|day| format!("1970-01-0{}", day + 1));
        db.execute(
            "INSERT INTO t (name, director, year, count, rating, price, active, hidden, day, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            rusqlite::params![
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
            ],
        )
        .unwrap();
    }
}

fn instant_at(micros: i64) -> Cel {
    Cel::Timestamp(DateTime::from_timestamp_micros(micros).unwrap().fixed_offset())
}

#[expect(clippy::cast_precision_loss, reason = "small prices only")]
fn fields(row: &Row) -> Vec<(&'static str, Cel)> {
    let or_null = |value: Option<Cel>| value.unwrap_or(Cel::Null);
    vec![
        ("name", or_null(row.name.clone().map(Cel::from))),
        ("director", or_null(row.director.clone().map(Cel::from))),
        ("year", or_null(row.year.map(Cel::Int))),
        ("count", or_null(row.count.map(Cel::Int))),
        ("rating", or_null(row.rating.map(Cel::Float))),
        ("price", or_null(row.price.map(|price| Cel::Float(price as f64 / 100.0)))),
        ("active", or_null(row.active.map(Cel::Bool))),
        ("hidden", or_null(row.hidden.map(Cel::Bool))),
        ("day", or_null(row.day.map(|day| instant_at(day * DAY_MICROS)))),
        ("at", or_null(row.at.map(instant_at))),
    ]
}

/// Who asks; `None` for the anonymous.
#[derive(Clone, Debug)]
struct Caller {
    kind: &'static str,
    email: Option<String>,
    verified: Option<bool>,
    roles: Vec<String>,
    team: Option<String>,
    level: Option<i64>,
    teams: Option<Vec<String>>,
}

fn caller_of_any_kind() -> impl Strategy<Value = Option<Caller>> {
    let text = || some(&TEXTS).prop_map(|text| text.map(str::to_owned));
    let texts = || prop::collection::vec(pick(&TEXTS), 0..3);
    let claims = (text(), prop::option::of(0_i64..5), prop::option::of(texts()));
    let kind = prop::sample::select(vec!["key", "user"]);
    prop::option::of((kind, text(), any::<Option<bool>>(), texts(), claims).prop_map(
        |(kind, email, verified, roles, (team, level, teams))| Caller {
            kind,
            email,
            verified,
            roles,
            team,
            level,
            teams,
        },
    ))
}

impl Caller {
    fn claims(&self) -> serde_json::Map<String, serde_json::Value> {
        let claims = [
            ("team", self.team.clone().map(Into::into)),
            ("level", self.level.map(Into::into)),
            ("teams", self.teams.clone().map(Into::into)),
        ];
        claims.into_iter().filter_map(|(name, claim)| Some((name.to_owned(), claim?))).collect()
    }

    fn cel(&self) -> Cel {
        let list = |texts: &[String]| Cel::List(Arc::new(texts.iter().cloned().map(Cel::from).collect()));
        let claims = [
            ("team", self.team.clone().map(Cel::from)),
            ("level", self.level.map(Cel::Int)),
            ("teams", self.teams.as_deref().map(list)),
        ];
        let claims: HashMap<_, _> =
            claims.into_iter().filter_map(|(name, claim)| Some((name.to_owned(), claim?))).collect();
        let auth = [
            ("kind", Some(Cel::from(self.kind))),
            ("email", self.email.clone().map(Cel::from)),
            ("verified", self.verified.map(Cel::Bool)),
            ("roles", Some(list(&self.roles))),
            ("claims", Some(claims.into())),
        ];
        let auth: HashMap<_, _> =
            auth.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?))).collect();
        auth.into()
    }
}

/// The ids of the rows for which the interpreter answers `true`.
fn interpreted(source: &str, rows: &[Row], caller: Option<&Caller>, team: Option<&String>) -> Vec<i64> {
    static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
        let mut env = Env::stdlib();
        env.add_extension(cel::extensions::strings).unwrap();
        Arc::new(env)
    });
    let program = ENV.compile(source).unwrap();
    let holds = |row: &Row| {
        let mut context = Context::with_env(Arc::clone(&ENV));
        let fields = fields(row);
        let record: HashMap<String, Cel> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        context.add_variable_from_value("record", record);
        for (name, value) in fields {
            context.add_variable_from_value(name, value);
        }
        context.add_variable_from_value("auth", caller.map_or(Cel::Null, Caller::cel));
        let headers: HashMap<String, Cel> =
            team.map(|team| ("x-team".to_owned(), Cel::from(team.clone()))).into_iter().collect();
        let request: HashMap<String, Cel> =
            HashMap::from([("headers".to_owned(), headers.into()), ("time".to_owned(), instant_at(NOW))]);
        context.add_variable_from_value("request", request);
        program.execute(&context) == Ok(Cel::Bool(true))
    };
    (1..).zip(rows).filter(|(_, row)| holds(row)).map(|(id, _)| id).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sql_and_interpreter_agree(
        source in condition(),
        rows in prop::collection::vec(row(), 1..8),
        caller in caller_of_any_kind(),
        team in some(&TEXTS).prop_map(|text| text.map(str::to_owned)),
    ) {
        let checked = match parse(&source, &vocabulary()) {
            Ok(checked) => checked,
            Err(error) => {
                // The bounds, and nothing else, may refuse what is generated.
                prop_assert!(error.message.contains("nested deeper"), "{}: {}", source, error);
                return Ok(());
            }
        };
        let db = database();
        insert(&db, &rows);
        let claims = caller.as_ref().map(Caller::claims);
        let auth = caller.as_ref().map(|caller| Auth {
            kind: caller.kind,
            id: None,
            email: caller.email.as_deref(),
            verified: caller.verified,
            roles: &caller.roles,
            claims: claims.as_ref(),
        });
        let headers: Vec<_> = team.iter().map(|team| ("x-team".to_owned(), team.clone())).collect();
        let bindings = Bindings { auth, request: Request { headers: &headers, ..anonymous().request } };
        let (found, truths) = matching(&db, &checked, &bindings);
        let expected = interpreted(&source, &rows, caller.as_ref(), team.as_ref());
        let shown = checked.to_sql(Dialect::Sqlite);
        prop_assert_eq!(&found, &expected, "{}\n{:?}", source, shown);
        prop_assert_eq!(&truths, &expected, "truth of {}\n{:?}", source, shown);
    }
}
