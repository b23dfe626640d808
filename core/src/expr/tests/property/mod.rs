//! Random expressions over random rows: SQL and the interpreter must give one answer, on every database.

mod expressions;
mod interpreter;
mod rows;
mod servers;
mod sqlite;
mod values;

use proptest::prelude::*;

use self::rows::{Caller, Room, Row};
use super::{anonymous, vocabulary};
use crate::expr::{Bindings, Checked, Request, parse};

/// An expression, and what it is asked about.
#[derive(Clone, Debug)]
struct Case {
    source: String,
    rooms: Vec<Room>,
    rows: Vec<Row>,
    caller: Option<Caller>,
    team: Option<String>,
}

fn case() -> impl Strategy<Value = Case> {
    let rows = prop::collection::vec(rows::row(), 1..8);
    let team = rows::some(&rows::TEXTS).prop_map(|text| text.map(str::to_owned));
    (expressions::condition(), rows::rooms(), rows, rows::caller_of_any_kind(), team)
        .prop_map(|(source, rooms, rows, caller, team)| Case { source, rooms, rows, caller, team })
}

impl Case {
    /// The expression; `None` where a bound refuses it. Nothing else may refuse what is generated.
    fn checked(&self) -> Option<Checked> {
        let ours = self.source.replace("@IDS", "rooms").replace("@ROOMS", "collection('rooms')");
        match parse(&ours, &vocabulary()) {
            Ok(checked) => Some(checked),
            Err(error) => {
                let bounds = ["nested deeper", "looks into other records", "becomes too large"];
                let bounded = bounds.iter().any(|bound| error.message.contains(bound));
                assert!(bounded, "{}: {error}", self.source);
                None
            }
        }
    }

    /// Calls `with` with what is known of the caller and the request.
    fn with_bindings<T>(&self, with: impl FnOnce(&Bindings<'_>) -> T) -> T {
        let claims = self.caller.as_ref().map(Caller::claims);
        let auth = self.caller.as_ref().map(|caller| caller.auth(claims.as_ref()));
        let headers: Vec<_> = self.team.iter().map(|team| ("x-team".to_owned(), team.clone())).collect();
        with(&Bindings { auth, request: Request { headers: &headers, ..anonymous().request } })
    }

    /// The ids of the rows for which CEL's interpreter says that it holds.
    fn expected(&self) -> Vec<i64> {
        let known = (self.rows.as_slice(), self.rooms.as_slice());
        interpreter::interpreted(&self.source, known, self.caller.as_ref(), self.team.as_ref())
    }
}
