//! Random expressions over random rows: SQL and the interpreter must give one answer.

use std::fmt::Write as _;

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

const TEXTS: [&str; 8] = ["", "a", "A", "ab", "ba", "ä", "a%", "_b"];
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
    let dates = (prop::option::of(0_i64..=2), some(&[0, 1, 2, DAY_MICROS / 2, DAY_MICROS]));
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
    pick(&["year", "count", "rating", "size(name)", "record.director.size()"])
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
        (pick(&["day", "at"]), order(), time()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (pick(&["active", "hidden"]), equality(), pick(&["active", "hidden", "true", "false"]))
            .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (equality(), pick(&["'key'", "'user'"])).prop_map(|(op, kind)| format!("auth.kind {op} {kind}")),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    leaf().prop_recursive(4, 24, 3, |inner| {
        // `?:` is refused beside `==`: either of these makes a mere condition of it.
        let plain = (inner.clone(), any::<bool>()).prop_map(|(text, negated)| {
            if negated { format!("!(!({text}))") } else { format!("(true && ({text}))") }
        });
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) || ({b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
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

fn instant(micros: i64) -> Cel {
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
        ("day", or_null(row.day.map(|day| instant(day * DAY_MICROS)))),
        ("at", or_null(row.at.map(instant))),
    ]
}

/// The ids of the rows for which the interpreter answers `true`.
fn interpreted(env: &Arc<Env>, source: &str, rows: &[Row], kind: Option<&str>) -> Vec<i64> {
    let program = env.compile(source).unwrap();
    let holds = |row: &Row| {
        let mut context = Context::with_env(Arc::clone(env));
        let fields = fields(row);
        let record: std::collections::HashMap<String, Cel> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        context.add_variable_from_value("record", record);
        for (name, value) in fields {
            context.add_variable_from_value(name, value);
        }
        let auth = kind.map(|kind| std::collections::HashMap::from([("kind".to_owned(), kind.to_owned())]));
        match auth {
            Some(auth) => context.add_variable_from_value("auth", auth),
            None => context.add_variable_from_value("auth", Cel::Null),
        }
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
        kind in prop::option::of(prop::sample::select(vec!["key", "user"])),
    ) {
        static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));
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
        let (found, truths) = matching(&db, &checked, &Bindings { kind });
        let expected = interpreted(&ENV, &source, &rows, kind);
        let mut shown = String::new();
        let _ = write!(shown, "{:?}", checked.to_sql(Dialect::Sqlite, &Bindings { kind }));
        prop_assert_eq!(&found, &expected, "{}\n{}", source, shown);
        prop_assert_eq!(&truths, &expected, "truth of {}\n{}", source, shown);
    }
}
