//! Reading settings one by one, so that every fault is found and not only the first.

use figment::Figment;
use figment::value::{Num, Value};

use super::fault::Fault;
use super::setting::Setting;

/// A setting's value, as text, and where it comes from.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) origin: String,
}

/// The merged values and what has been found wrong with them.
pub(super) struct Values<'a> {
    merged: &'a Figment,
    faults: Vec<Fault>,
}

impl<'a> Values<'a> {
    pub(super) const fn new(merged: &'a Figment) -> Self {
        Self { merged, faults: Vec::new() }
    }

    /// The value of `setting`; `None` where it is not set or wrong. What is wrong is noted, so that the caller
    /// may take `None` as absence and leave the rest to [`Values::into_faults`].
    pub(super) fn get<T>(&mut self, setting: &Setting, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let found = match find(self.merged, setting) {
            Ok(found) => found?,
            Err(origin) => {
                self.note(setting, origin, format!("must be {}; it is a table", setting.must_be));
                return None;
            }
        };
        let value = parse(&found.text);
        if value.is_none() {
            let is = setting.masked(&found.text);
            self.note(setting, found.origin, format!("must be {}; it is `{is}`", setting.must_be));
        }
        value
    }

    /// Whether anybody set it, rightly or not.
    pub(super) fn is_set(&self, setting: &Setting) -> bool {
        self.merged.contains(setting.key)
    }

    /// Notes that the value of `setting` does not go with others.
    pub(super) fn refuse(&mut self, setting: &Setting, message: impl Into<String>) {
        self.note(setting, origin(self.merged, setting.key), message.into());
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    fn note(&mut self, setting: &Setting, origin: String, message: String) {
        self.faults.push(Fault { setting: setting.key.to_owned(), origin, message });
    }
}

/// The value of `setting`, or the origin of a table that stands in its place.
pub(super) fn find(merged: &Figment, setting: &Setting) -> Result<Option<Found>, String> {
    let Ok(value) = merged.find_value(setting.key) else { return Ok(None) };
    let origin = origin(merged, setting.key);
    match text(&value) {
        Some(text) => Ok(Some(Found { text, origin })),
        None => Err(origin),
    }
}

fn origin(merged: &Figment, key: &str) -> String {
    merged
        .find_metadata(key)
        .map_or_else(|| "nothing".to_owned(), |metadata| metadata.name.clone().into_owned())
}

/// A value as it would be written in the environment.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(_, text) => Some(text.clone()),
        Value::Char(_, letter) => Some(letter.to_string()),
        Value::Bool(_, truth) => Some(truth.to_string()),
        Value::Num(_, number) => Some(digits(*number)),
        Value::Array(_, items) => {
            let items: Option<Vec<String>> = items.iter().map(text).collect();
            items.map(|items| items.join(","))
        }
        Value::Dict(..) | Value::Empty(..) => None,
    }
}

fn digits(number: Num) -> String {
    match (number.to_u128(), number.to_i128(), number.to_f64()) {
        (Some(whole), ..) => whole.to_string(),
        (_, Some(whole), _) => whole.to_string(),
        (_, _, fraction) => fraction.unwrap_or(f64::NAN).to_string(),
    }
}
