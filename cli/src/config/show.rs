//! The configuration in force, as far as it may be shown.

use std::fmt::Write as _;

use serde::Serialize;

use super::setting::{Form, Section, Setting, Unset};
use super::values::find;
use super::{SECTIONS, Sources};

/// A setting with its value and origin.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Its place in the configuration file.
    pub key: &'static str,
    /// Its value, without what is secret in it; `None` where it is not set.
    pub value: Option<String>,
    /// Where it comes from: a flag, a variable, a file, `default`, or `not set`.
    pub origin: String,
    #[serde(skip)]
    setting: &'static Setting,
}

/// Every setting as the sources leave it, right or wrong.
pub fn entries(sources: &Sources) -> Vec<Entry> {
    let merged = sources.merge();
    let entry = |setting: &'static Setting| {
        let (value, origin) = match find(&merged.figment, setting) {
            Ok(Some(found)) => (Some(setting.masked(&found.text)), found.origin),
            Ok(None) => (None, "not set".to_owned()),
            Err(origin) => (None, origin),
        };
        Entry { key: setting.key, value, origin, setting }
    };
    super::settings().map(entry).collect()
}

/// `entries` as a configuration file, each line with its origin if asked.
pub fn toml(entries: &[Entry], origin: bool) -> String {
    let mut out = String::new();
    for section in SECTIONS {
        let _infallible = writeln!(out, "{}[{}]", if out.is_empty() { "" } else { "\n" }, section.name);
        for entry in entries.iter().filter(|entry| belongs(entry, section)) {
            let line = entry.toml();
            let _infallible = if origin && entry.value.is_some() {
                writeln!(out, "{line:<44} # {}", entry.origin)
            } else {
                writeln!(out, "{line}")
            };
        }
    }
    out
}

fn belongs(entry: &Entry, section: &Section) -> bool {
    section.settings.iter().any(|setting| setting.key == entry.key)
}

impl Entry {
    fn toml(&self) -> String {
        let name = self.key.rsplit('.').next().unwrap_or(self.key);
        match (&self.value, self.setting.default) {
            (Some(value), _) => format!("{name} = {}", literal(self.setting.form, value)),
            (None, Unset::Means(effect)) => format!("# {name} is not set: {effect}"),
            (None, Unset::Value(_)) => format!("# {name} cannot be read"),
        }
    }
}

/// `value` as TOML. JSON's strings are strings of TOML too.
fn literal(form: Form, value: &str) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match form {
        Form::Number if value.bytes().all(|digit| digit.is_ascii_digit()) => value.to_owned(),
        Form::Number | Form::Text => quoted(value),
        Form::List => {
            let items: Vec<String> = value.split(',').map(|item| quoted(item.trim())).collect();
            format!("[{}]", items.join(", "))
        }
    }
}
