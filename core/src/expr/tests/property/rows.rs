//! Rows, what they point to, and who asks.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::super::DAY_MICROS;

/// A row, in the order of the table's columns.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: Option<String>,
    pub(super) director: Option<String>,
    pub(super) year: Option<i64>,
    pub(super) count: Option<i64>,
    pub(super) rating: Option<f64>,
    pub(super) price: Option<i64>,
    pub(super) active: Option<bool>,
    pub(super) hidden: Option<bool>,
    pub(super) day: Option<i64>,
    pub(super) at: Option<i64>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) meta: Option<Json>,
    /// Places among the rooms.
    pub(super) room: Option<usize>,
    pub(super) rooms: Vec<usize>,
}

/// What a row may point to.
#[derive(Clone, Debug)]
pub(super) struct Room {
    pub(super) name: Option<String>,
    pub(super) year: Option<i64>,
    pub(super) active: Option<bool>,
    pub(super) next: Option<usize>,
}

pub(super) const ROOMS: usize = 3;

pub(super) const TEXTS: [&str; 10] = ["", "a", "A", "ab", "ba", "ä", "a%", "_b", " Äb\u{3000}", "\u{2028}a "];
pub(super) const INTS: [i64; 9] =
    [0, 1, -1, 2, 9_007_199_254_740_992, 9_007_199_254_740_993, 9_007_199_254_740_994, i64::MAX, i64::MIN];
pub(super) const FLOATS: [f64; 9] =
    [0.0, -0.0, 0.5, 1.0, -1.0, 2.0, 9_007_199_254_740_992.0, 9.3e18, -9.3e18];
pub(super) fn some<T: Clone + std::fmt::Debug + 'static>(
    values: &'static [T],
) -> impl Strategy<Value = Option<T>> {
    prop::option::of(prop::sample::select(values))
}

pub(super) fn row() -> impl Strategy<Value = Row> {
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
        prop::option::of(document()),
    );
    (left, right, dates, lists).prop_map(
        |(
            (name, director, year, count, rating),
            (price, active, hidden),
            (day, at),
            (tags, room, rooms, meta),
        )| {
            Row {
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
                tags,
                meta,
                room,
                rooms,
            }
        },
    )
}

/// A document: most have some of the keys `a`, `b` and `k ä`, and by `o` another with some of them.
fn document() -> impl Strategy<Value = Json> {
    prop_oneof![
        4 => (object(), prop::option::of(prop_oneof![object(), within()])).prop_map(|(mut object, inner)| {
            if let (Some(object), Some(inner)) = (object.as_object_mut(), inner) {
                object.insert("o".to_owned(), inner);
            }
            object
        }),
        1 => within(),
    ]
}

fn object() -> impl Strategy<Value = Json> {
    let key = || prop::option::of(within());
    (key(), key(), key()).prop_map(|(a, b, k)| {
        let keys = [("a", a), ("b", b), ("k ä", k)];
        keys.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
    })
}

fn within() -> impl Strategy<Value = Json> {
    prop_oneof![
        2 => prop::sample::select(&TEXTS[..]).prop_map(Json::from),
        1 => prop::sample::select(&INTS[..]).prop_map(Json::from),
        1 => prop::sample::select(&FLOATS[..]).prop_map(Json::from),
        1 => prop::sample::select(vec![Json::Null, true.into(), false.into(), u64::MAX.into()]),
        1 => prop::sample::select(vec![json!(["a", 1]), json!({"a": 1}), json!([]), "\"\\\n\u{1}".into()]),
    ]
}

pub(super) fn rooms() -> impl Strategy<Value = Vec<Room>> {
    let text = some(&TEXTS).prop_map(|text| text.map(str::to_owned));
    let room = (text, some(&INTS), any::<Option<bool>>(), prop::option::of(0..ROOMS))
        .prop_map(|(name, year, active, next)| Room { name, year, active, next });
    prop::collection::vec(room, ROOMS)
}

pub(super) fn pick(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(values).prop_map(str::to_owned)
}

/// Who asks; `None` for the anonymous.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) kind: &'static str,
    pub(super) email: Option<String>,
    pub(super) verified: Option<bool>,
    pub(super) roles: Vec<String>,
    pub(super) team: Option<String>,
    pub(super) level: Option<i64>,
    pub(super) teams: Option<Vec<String>>,
}

pub(super) fn caller_of_any_kind() -> impl Strategy<Value = Option<Caller>> {
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
    pub(super) fn claims(&self) -> serde_json::Map<String, serde_json::Value> {
        let claims = [
            ("team", self.team.clone().map(Into::into)),
            ("level", self.level.map(Into::into)),
            ("teams", self.teams.clone().map(Into::into)),
        ];
        claims.into_iter().filter_map(|(name, claim)| Some((name.to_owned(), claim?))).collect()
    }
}

impl Caller {
    /// As expressions are told of who asks.
    pub(super) fn auth<'c>(
        &'c self,
        claims: Option<&'c serde_json::Map<String, serde_json::Value>>,
    ) -> super::super::Auth<'c> {
        super::super::Auth {
            kind: self.kind,
            id: None,
            email: self.email.as_deref(),
            verified: self.verified,
            roles: &self.roles,
            claims,
        }
    }
}
