//! Where settings come from, merged: flag, variable, file named by a variable, configuration file, default.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider, util};

use super::fault::{Fault, nearest};
use super::setting::{Setting, Unset};
use super::{CONFIG_VARIABLE, SECTIONS, is_foreign, settings};

/// The configuration file that is read if nobody names one.
const DEFAULT_FILE: &str = "neonex.toml";

/// What the process was given.
#[derive(Debug, Default)]
pub struct Sources {
    /// The configuration file named on the command line.
    pub file: Option<PathBuf>,
    /// Settings given as flags.
    pub flags: Vec<(&'static Setting, String)>,
    /// The environment.
    pub environment: BTreeMap<String, OsString>,
}

/// One source with the name that errors and `config show --origin` give it.
struct Layer {
    origin: String,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

/// The sources laid over each other.
pub(super) struct Merged {
    pub(super) figment: Figment,
    pub(super) faults: Vec<Fault>,
}

impl Sources {
    /// The process's own environment, with `file` and `flags` from its command line.
    pub fn of_process(file: Option<PathBuf>, flags: Vec<(&'static Setting, String)>) -> Self {
        let environment =
            env::vars_os().map(|(name, value)| (name.to_string_lossy().into_owned(), value)).collect();
        Self { file, flags, environment }
    }

    /// Lays the sources over each other, and notes what cannot be read or is not known.
    pub(super) fn merge(&self) -> Merged {
        let mut merged = Merged { figment: Figment::new(), faults: Vec::new() };
        for setting in settings() {
            if let Unset::Value(value) = setting.default {
                merged.set(setting, "default", value);
            }
        }
        self.merge_file(&mut merged);
        for setting in settings() {
            self.merge_variable(setting, &mut merged);
        }
        for (setting, value) in &self.flags {
            merged.set(setting, setting.flag.unwrap_or(setting.key), value);
        }
        self.refuse_unknown_variables(&mut merged.faults);
        merged
    }

    /// What a variable says. One that is not UTF-8 is a fault: a path that is guessed at is another path.
    fn variable(&self, name: &str, merged: &mut Merged) -> Option<&str> {
        let value = self.environment.get(name).filter(|value| !value.is_empty())?;
        let text = value.to_str();
        if text.is_none() {
            merged.fault(name, "the environment", "must be UTF-8".to_owned());
        }
        text
    }

    /// A variable that is set but empty counts as not set: that is how Compose and CI pass on what is missing.
    fn merge_variable(&self, setting: &Setting, merged: &mut Merged) {
        if let Some(value) = self.variable(setting.variable, merged) {
            merged.set(setting, setting.variable, value);
            return;
        }
        let Some(name) = setting.file_variable() else { return };
        let Some(path) = self.variable(&name, merged) else { return };
        match fs::read_to_string(path) {
            Ok(text) => merged.set(setting, &format!("{name}, {path}"), text.trim_end_matches(['\r', '\n'])),
            Err(error) => merged.fault(
                setting.key,
                &name,
                format!("must be in the file that the variable names; `{path}` could not be read: {error}"),
            ),
        }
    }

    fn merge_file(&self, merged: &mut Merged) {
        let (path, named_by) = match (&self.file, self.variable(CONFIG_VARIABLE, merged)) {
            (Some(path), _) => (path.as_path(), "--config"),
            (None, Some(path)) => (Path::new(path), CONFIG_VARIABLE),
            (None, None) => (Path::new(DEFAULT_FILE), ""),
        };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && named_by.is_empty() => return,
            Err(error) => {
                let origin = if named_by.is_empty() { "the current folder" } else { named_by };
                merged.fault(&path.display().to_string(), origin, format!("could not be read: {error}"));
                return;
            }
        };
        merged.toml(&path.display().to_string(), &text);
    }

    fn refuse_unknown_variables(&self, faults: &mut Vec<Fault>) {
        let files: Vec<String> = settings().filter_map(Setting::file_variable).collect();
        let known: Vec<&str> = settings()
            .map(|setting| setting.variable)
            .chain(files.iter().map(String::as_str))
            .chain([CONFIG_VARIABLE])
            .collect();
        for (name, value) in &self.environment {
            if !name.starts_with("NEONEX_")
                || known.contains(&name.as_str())
                || is_foreign(name, &value.to_string_lossy())
            {
                continue;
            }
            faults.push(unknown("variable", name, "the environment", known.iter().copied()));
        }
    }
}

impl Merged {
    fn set(&mut self, setting: &Setting, origin: &str, value: &str) {
        if let Value::Dict(_, values) = util::nest(setting.key, Value::from(value)) {
            self.lay(Layer { origin: origin.to_owned(), values });
        }
    }

    fn lay(&mut self, layer: Layer) {
        let below = std::mem::take(&mut self.figment);
        self.figment = below.merge(layer);
    }

    fn fault(&mut self, setting: &str, origin: &str, message: String) {
        self.faults.push(Fault { setting: setting.to_owned(), origin: origin.to_owned(), message });
    }

    /// Of a syntax error only place and message are passed on: the parser's full text quotes the line, which may
    /// hold a secret.
    fn toml(&mut self, origin: &str, text: &str) {
        let values: Dict = match <Toml as Format>::from_str(text) {
            Ok(values) => values,
            Err(error) => {
                let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                let what = error.message().replace('\n', "; ");
                self.fault(origin, &format!("line {line}"), format!("is not TOML: {what}"));
                return;
            }
        };
        let mut kept = Dict::new();
        for (section, value) in values {
            if !SECTIONS.iter().any(|known| known.name == section) {
                let names = SECTIONS.iter().map(|known| known.name);
                self.faults.push(unknown("section", &section, origin, names));
                continue;
            }
            let Value::Dict(tag, values) = value else {
                self.fault(&section, origin, format!("must be a table of settings: `[{section}]`"));
                continue;
            };
            let (known, strange): (Dict, Dict) =
                values.into_iter().partition(|(name, _)| is_key(&format!("{section}.{name}")));
            let strange = strange.keys().map(|name| format!("{section}.{name}"));
            self.faults.extend(strange.map(|key| unknown_key(&key, origin)));
            kept.insert(section, Value::Dict(tag, known));
        }
        self.lay(Layer { origin: origin.to_owned(), values: kept });
    }
}

fn is_key(key: &str) -> bool {
    settings().any(|setting| setting.key == key)
}

fn unknown_key(key: &str, origin: &str) -> Fault {
    unknown("setting", key, origin, settings().map(|setting| setting.key))
}

fn unknown<'a>(kind: &str, name: &str, origin: &str, known: impl Iterator<Item = &'a str>) -> Fault {
    let hint = nearest(name, known).unwrap_or_default();
    Fault {
        setting: name.to_owned(),
        origin: origin.to_owned(),
        message: format!("is not a known {kind}; the nearest is `{hint}`"),
    }
}
