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
    tags: Option<Vec<String>>,
    /// Places among the rooms.
    room: Option<usize>,
    rooms: Vec<usize>,
}

/// What a row may point to.
#[derive(Clone, Debug)]
struct Room {
    name: Option<String>,
    year: Option<i64>,
    active: Option<bool>,
    next: Option<usize>,
}

const ROOMS: usize = 3;

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
    let lists = (
        prop::option::of(prop::collection::vec(pick(&TEXTS), 0..3)),
        prop::option::of(0..ROOMS),
        prop::sample::subsequence((0..ROOMS).collect::<Vec<_>>(), 0..=ROOMS),
    );
    (left, right, dates, lists).prop_map(
        |((name, director, year, count, rating), (price, active, hidden), (day, at), (tags, room, rooms))| {
            Row { name, director, year, count, rating, price, active, hidden, day, at, tags, room, rooms }
        },
    )
}

fn rooms() -> impl Strategy<Value = Vec<Room>> {
    let text = some(&TEXTS).prop_map(|text| text.map(str::to_owned));
    let room = (text, some(&INTS), any::<Option<bool>>(), prop::option::of(0..ROOMS))
        .prop_map(|(name, year, active, next)| Room { name, year, active, next });
    prop::collection::vec(room, ROOMS)
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

fn written_list(items: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::collection::vec(items, 0..4).prop_map(|items| format!("[{}]", items.join(", ")))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(&TEXTS[..]).prop_map(|text| format!("'{text}'")),
        pick(&["name", "director", "record.name", "room.name", "room.next.name"]),
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
        "room.year",
        "record.room.next.year",
        "size(rooms)",
        "tags.size()",
        "size(room.name)",
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
        "room.name.trim()",
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
        (equality(), pick(&["'key'", "'user'"])).prop_map(|(op, kind)| format!("auth.kind {op} {kind}")),
    ]
}

/// Rooms that are asked one by one.
fn rows() -> impl Strategy<Value = String> {
    pick(&["rooms", "@ROOMS"])
}

/// A condition about the room `r`.
fn of_room() -> impl Strategy<Value = String> {
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

fn id_of(room: usize) -> Vec<u8> {
    uuid::Uuid::from_u128(room as u128 + 1).as_bytes().to_vec()
}

fn insert(db: &Connection, rows: &[Row], rooms: &[Room]) {
    for (at, room) in rooms.iter().enumerate() {
        let values = rusqlite::params![id_of(at), room.name, room.year, room.active, room.next.map(id_of)];
        db.execute("INSERT INTO rooms (id, name, year, active, next) VALUES (?1, ?2, ?3, ?4, ?5)", values)
            .unwrap();
    }
    for (id, row) in (1_i64..).zip(rows) {
        for room in &row.rooms {
            db.execute("INSERT INTO links VALUES (?1, ?2)", rusqlite::params![id, id_of(*room)]).unwrap();
        }
        let tags = row.tags.as_ref().map(|tags| serde_json::to_string(tags).unwrap());
        let day = row.day.map(|day| format!("1970-01-0{}", day + 1));
        db.execute(
            "INSERT INTO t (id, name, director, year, count, rating, price, active, hidden, day, at, tags, room)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            rusqlite::params![
                id,
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
                tags,
                row.room.map(id_of),
            ],
        )
        .unwrap();
    }
}

fn instant_at(micros: i64) -> Cel {
    Cel::Timestamp(DateTime::from_timestamp_micros(micros).unwrap().fixed_offset())
}

/// A room as CEL sees it. One that is not there has fields that are null, as those that point nowhere have.
fn room(rooms: &[Room], at: Option<usize>, steps: usize) -> Cel {
    let room = at.and_then(|at| rooms.get(at));
    let or_null = |value: Option<Cel>| value.unwrap_or(Cel::Null);
    let mut fields = HashMap::from([
        ("id".to_owned(), or_null(at.map(|at| Cel::Int(i64::try_from(at).unwrap())))),
        ("name".to_owned(), or_null(room.and_then(|room| room.name.clone()).map(Cel::from))),
        ("year".to_owned(), or_null(room.and_then(|room| room.year).map(Cel::Int))),
        ("active".to_owned(), or_null(room.and_then(|room| room.active).map(Cel::Bool))),
    ]);
    if steps > 0 {
        let next = self::room(rooms, room.and_then(|room| room.next), steps - 1);
        fields.insert("next".to_owned(), next);
    }
    fields.into()
}

fn list(items: Vec<Cel>) -> Cel {
    Cel::List(Arc::new(items))
}

#[expect(clippy::cast_precision_loss, reason = "small prices only")]
fn fields(row: &Row, rooms: &[Room]) -> Vec<(&'static str, Cel)> {
    let or_null = |value: Option<Cel>| value.unwrap_or(Cel::Null);
    let tags = row.tags.iter().flatten().cloned().map(Cel::from).collect();
    let own = row.rooms.iter().map(|at| room(rooms, Some(*at), 1)).collect();
    let ids = row.rooms.iter().map(|at| Cel::Int(i64::try_from(*at).unwrap())).collect();
    let all = (0..rooms.len()).map(|at| room(rooms, Some(at), 1)).collect();
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
        ("tags", list(tags)),
        ("room", room(rooms, row.room, 2)),
        ("rooms", list(own)),
        ("room_ids", list(ids)),
        ("all_rooms", list(all)),
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
fn interpreted(
    source: &str,
    (rows, rooms): (&[Row], &[Room]),
    caller: Option<&Caller>,
    team: Option<&String>,
) -> Vec<i64> {
    static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
        let mut env = Env::stdlib();
        env.add_extension(cel::extensions::strings).unwrap();
        Arc::new(env)
    });
    // There a relation is the record that it points to, and an id only where it is asked for.
    let ids = [("(room in @IDS)", "(room.id in @IDS)"), ("(room.next in @IDS)", "(room.next.id in @IDS)")];
    let source =
        ids.into_iter().fold(source.to_owned(), |source, (ours, theirs)| source.replace(ours, theirs));
    let source = source.replace("@IDS", "room_ids").replace("@ROOMS", "all_rooms");
    let program = ENV.compile(&source).unwrap();
    let holds = |row: &Row| {
        let mut context = Context::with_env(Arc::clone(&ENV));
        let fields = fields(row, rooms);
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
        rooms in rooms(),
        rows in prop::collection::vec(row(), 1..8),
        caller in caller_of_any_kind(),
        team in some(&TEXTS).prop_map(|text| text.map(str::to_owned)),
    ) {
        let ours = source.replace("@IDS", "rooms").replace("@ROOMS", "collection('rooms')");
        let checked = match parse(&ours, &vocabulary()) {
            Ok(checked) => checked,
            Err(error) => {
                // The bounds, and nothing else, may refuse what is generated.
                let mut bound = ["nested deeper", "looks into other records"].into_iter();
                prop_assert!(bound.any(|bound| error.message.contains(bound)), "{}: {}", source, error);
                return Ok(());
            }
        };
        let db = database();
        insert(&db, &rows, &rooms);
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
        let expected = interpreted(&source, (&rows, &rooms), caller.as_ref(), team.as_ref());
        let shown = checked.to_sql(Dialect::Sqlite);
        prop_assert_eq!(&found, &expected, "{}\n{:?}", source, shown);
        prop_assert_eq!(&truths, &expected, "truth of {}\n{:?}", source, shown);
    }
}
