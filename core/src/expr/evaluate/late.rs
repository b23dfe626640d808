//! What is known of the caller and the request.

use chrono::{DateTime, Datelike as _, NaiveDate};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{Evaluator, Failed, term};
use crate::clock::Timestamp;
use crate::expr::bindings::Auth;
use crate::expr::ir::{Late, LateList, Scalar};
use crate::expr::vocabulary::FieldKind;

impl Evaluator<'_> {
    pub(super) fn late(&self, late: &Late) -> Result<Scalar, Failed> {
        let request = &self.bindings.request;
        let text = |text: &str| Scalar::Text(text.to_owned());
        match late {
            Late::Kind => Ok(text(self.auth()?.kind)),
            Late::Id => self.auth()?.id.map(Scalar::Uuid).ok_or(Failed),
            Late::IdText => self.auth()?.id.map(|id| Scalar::Text(id.to_string())).ok_or(Failed),
            Late::Email => self.auth()?.email.map(text).ok_or(Failed),
            Late::Verified => self.auth()?.verified.map(Scalar::Bool).ok_or(Failed),
            Late::Claim(path, kind) => read(self.claim(path)?, *kind).ok_or(Failed),
            Late::Method => request.method.map(text).ok_or(Failed),
            Late::Ip => request.ip.map(|ip| Scalar::Text(ip.to_string())).ok_or(Failed),
            Late::Time => instant(request.time).ok_or(Failed),
            Late::Header(name) => self.header(name).map(text).ok_or(Failed),
        }
    }

    pub(super) fn present(&self, late: &Late) -> Result<bool, Failed> {
        match late {
            // A claim within one that is not there is an error, as CEL has it.
            Late::Claim(path, _) => {
                let auth = self.auth()?;
                let (last, before) = path.split_last().ok_or(Failed)?;
                let within = match before {
                    [] => auth.claims,
                    before => self.claim(before)?.as_object(),
                };
                Ok(within.is_some_and(|claims| claims.get(last).is_some_and(|claim| !claim.is_null())))
            }
            Late::Header(name) => Ok(self.header(name).is_some()),
            late => {
                self.auth()?;
                Ok(self.late(late).is_ok())
            }
        }
    }

    pub(super) fn list(&self, list: &LateList) -> Result<Vec<String>, Failed> {
        match list {
            LateList::Roles => Ok(self.auth()?.roles.to_vec()),
            LateList::Claim(path) => {
                let items = self.claim(path)?.as_array().ok_or(Failed)?;
                let texts = items.iter().map(|item| match read(item, FieldKind::Text) {
                    Some(Scalar::Text(text)) => Ok(text),
                    _ => Err(Failed),
                });
                texts.collect()
            }
        }
    }

    /// The items that a value of that kind, text or UUID, can be equal to, each in its one spelling.
    pub(in crate::expr) fn items(&self, list: &LateList, kind: FieldKind) -> Result<Vec<String>, Failed> {
        let texts = self.list(list)?;
        if kind == FieldKind::Text {
            return Ok(texts);
        }
        Ok(texts.iter().filter_map(|text| Some(text.parse::<Uuid>().ok()?.to_string())).collect())
    }

    fn auth(&self) -> Result<&Auth<'_>, Failed> {
        self.bindings.auth.as_ref().ok_or(Failed)
    }

    fn claim(&self, path: &[String]) -> Result<&Json, Failed> {
        let claims: &Map<String, Json> = self.auth()?.claims.ok_or(Failed)?;
        let (first, rest) = path.split_first().ok_or(Failed)?;
        let first = claims.get(first).ok_or(Failed)?;
        rest.iter().try_fold(first, |claim, name| claim.as_object()?.get(name)).ok_or(Failed)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.bindings.request.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }
}

fn instant(time: Timestamp) -> Option<Scalar> {
    DateTime::from_timestamp_micros(time.as_micros()).map(Scalar::DateTime)
}

/// A claim as a value of that kind, where it is one. Text that holds the character U+0000, which no field holds and
/// PostgreSQL cannot be sent, is none.
fn read(claim: &Json, kind: FieldKind) -> Option<Scalar> {
    let text = || claim.as_str().filter(|text| !text.contains('\0'));
    match kind {
        FieldKind::Text => text().map(|text| Scalar::Text(text.to_owned())),
        FieldKind::Bool => claim.as_bool().map(Scalar::Bool),
        FieldKind::Int => claim.as_i64().map(Scalar::Int),
        FieldKind::Float => {
            let exact = claim.as_i64().map(term::nearest_float);
            exact.or_else(|| claim.as_f64()).map(Scalar::Float)
        }
        FieldKind::Uuid => text()?.parse::<Uuid>().ok().map(Scalar::Uuid),
        FieldKind::Date => {
            let day = text()?.parse::<NaiveDate>().ok();
            day.filter(|day| (1..=9999).contains(&day.year())).map(Scalar::Date)
        }
        FieldKind::DateTime => Timestamp::parse(text()?).and_then(instant),
        FieldKind::Decimal { .. } | FieldKind::Json => None,
    }
}
