//! `neonex config`: what is wrong with the configuration, and what is in force.

use std::path::PathBuf;

use serde_json::json;

use crate::args::ConfigCommand;
use crate::config::{Config, Faults, Sources, entries, reference, toml};
use crate::exit::CommandError;
use crate::output;

pub(super) fn run(command: &ConfigCommand, file: Option<PathBuf>) -> Result<(), CommandError> {
    let sources = Sources::of_process(file, Vec::new());
    match command {
        ConfigCommand::Check { json } => check(&sources, *json),
        ConfigCommand::Show { origin, json } => show(&sources, *origin, *json),
        ConfigCommand::Reference => output::text(&reference()),
    }
}

fn check(sources: &Sources, json: bool) -> Result<(), CommandError> {
    let faults = Config::load(sources).err();
    if json {
        let list = faults.as_ref().map_or(&[][..], |faults| &faults.0);
        output::json(&json!({ "ok": list.is_empty(), "faults": list }))?;
    } else if faults.is_none() {
        output::note("The configuration is right.");
    }
    refuse(faults)
}

/// A wrong configuration is shown as well: that is when one needs to see it most.
fn show(sources: &Sources, origin: bool, json: bool) -> Result<(), CommandError> {
    let entries = entries(sources);
    if json {
        output::json(&json!({ "items": entries }))?;
    } else {
        output::text(&toml(&entries, origin))?;
    }
    refuse(Config::load(sources).err())
}

fn refuse(faults: Option<Faults>) -> Result<(), CommandError> {
    faults.map_or(Ok(()), |faults| Err(faults.into()))
}
