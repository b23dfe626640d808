//! What CEL's own interpreter says.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use cel::{Context, Env, Value as Cel};
use chrono::DateTime;
use serde_json::Value as Json;

use super::super::{DAY_MICROS, NOW};
use super::rows::{Caller, Room, Row};

pub(super) static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    env.add_extension(cel::extensions::strings).unwrap();
    Arc::new(env)
});

pub(super) fn instant_at(micros: i64) -> Cel {
    Cel::Timestamp(DateTime::from_timestamp_micros(micros).unwrap().fixed_offset())
}

/// A room as CEL sees it. One that is not there has fields that are null, as those that point nowhere have, and nothing
/// points to it.
pub(super) fn room(rooms: &[Room], at: Option<usize>, steps: usize) -> Cel {
    let room = at.and_then(|at| rooms.get(at));
    let mut fields = plain(rooms, at);
    if steps > 0 {
        let next = self::room(rooms, room.and_then(|room| room.next), steps - 1);
        fields.insert("next".to_owned(), next);
        let pointing = rooms.iter().enumerate().filter(|(_, room)| at.is_some() && room.next == at);
        let pointing = pointing.map(|(pointing, room)| {
            let mut fields = plain(rooms, Some(pointing));
            fields.insert("next".to_owned(), plain(rooms, room.next).into());
            fields.into()
        });
        fields.insert("rooms_via_next".to_owned(), list(pointing.collect()));
    }
    fields.into()
}

fn plain(rooms: &[Room], at: Option<usize>) -> HashMap<String, Cel> {
    let room = at.and_then(|at| rooms.get(at));
    let or_null = |value: Option<Cel>| value.unwrap_or(Cel::Null);
    HashMap::from([
        ("id".to_owned(), or_null(at.map(|at| Cel::Int(i64::try_from(at).unwrap())))),
        ("name".to_owned(), or_null(room.and_then(|room| room.name.clone()).map(Cel::from))),
        ("year".to_owned(), or_null(room.and_then(|room| room.year).map(Cel::Int))),
        ("active".to_owned(), or_null(room.and_then(|room| room.active).map(Cel::Bool))),
    ])
}

/// A document as CEL sees it: keys that are not there are null.
fn object(found: Option<&Json>, steps: usize) -> Cel {
    let key = |key: &str| found.and_then(|found| found.as_object()?.get(key));
    let mut keys: HashMap<String, Cel> =
        ["a", "b", "k ä"].into_iter().map(|name| (name.to_owned(), within(key(name)))).collect();
    if steps > 0 {
        keys.insert("o".to_owned(), object(key("o"), steps - 1));
    }
    keys.into()
}

fn within(found: Option<&Json>) -> Cel {
    match found {
        None | Some(Json::Null) => Cel::Null,
        Some(Json::Bool(value)) => Cel::Bool(*value),
        Some(Json::Number(number)) => Cel::Float(number.as_f64().unwrap()),
        Some(Json::String(text)) => Cel::from(text.clone()),
        Some(Json::Array(items)) => list(items.iter().map(|item| within(Some(item))).collect()),
        Some(Json::Object(_)) => object(found, 0),
    }
}

pub(super) fn list(items: Vec<Cel>) -> Cel {
    Cel::List(Arc::new(items))
}

#[expect(clippy::cast_precision_loss, reason = "small prices only")]
pub(super) fn fields(row: &Row, rooms: &[Room]) -> Vec<(&'static str, Cel)> {
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
        ("meta", object(row.meta.as_ref(), 1)),
        ("room", room(rooms, row.room, 2)),
        ("rooms", list(own)),
        ("room_ids", list(ids)),
        ("all_rooms", list(all)),
    ]
}

impl Caller {
    pub(super) fn cel(&self) -> Cel {
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
pub(super) fn interpreted(
    source: &str,
    (rows, rooms): (&[Row], &[Room]),
    caller: Option<&Caller>,
    team: Option<&String>,
) -> Vec<i64> {
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
