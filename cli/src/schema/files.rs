//! One TOML file for each collection.

use std::collections::BTreeMap;
use std::path::Path;

use neonex_sdk::types::HistorySettings;
use serde_json::Value;

use super::plan::settings;
use super::{Design, usual_history};
use crate::exit::CommandError;

/// Reads every `*.toml` of a folder.
pub(crate) fn read(folder: &Path) -> Result<Vec<Design>, CommandError> {
    let failed = || CommandError::io(format!("{} could not be read", folder.display()));
    let mut designs: BTreeMap<String, Design> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(failed())? {
        let path = entry.map_err(failed())?.path();
        if path.extension().is_none_or(|suffix| suffix != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path)
            .map_err(CommandError::io(format!("{} could not be read", path.display())))?;
        let design =
            parse(&text).map_err(|error| CommandError::Usage(format!("{}: {error}", path.display())))?;
        let name = design.name.clone();
        if designs.insert(name.clone(), design).is_some() {
            return Err(CommandError::Usage(format!("two files of {} are `{name}`", folder.display())));
        }
    }
    Ok(designs.into_values().collect())
}

/// Reads a file. A name that means nothing is an error, wherever it stands.
fn parse(text: &str) -> Result<Design, String> {
    let sent: Value = toml::from_str(text).map_err(|error| error.to_string())?;
    let design: Design = toml::from_str(text).map_err(|error| error.to_string())?;
    let known = serde_json::to_value(&design).map_err(|error| error.to_string())?;
    match unknown(&sent, &known, "") {
        Some(place) => Err(format!("there is no `{place}`")),
        None => Ok(design),
    }
}

/// The place of something that was sent and not understood. Below a default and limits anything may stand.
fn unknown(sent: &Value, known: &Value, place: &str) -> Option<String> {
    match (sent, known) {
        (Value::Object(sent), Value::Object(known)) => sent.iter().find_map(|(name, value)| {
            let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
            match known.get(name) {
                Some(_) if matches!(name.as_str(), "default" | "min" | "max") => None,
                Some(known) => unknown(value, known, &place),
                None => Some(place),
            }
        }),
        (Value::Array(sent), Value::Array(known)) => {
            let mut pairs = sent.iter().zip(known).enumerate();
            pairs.find_map(|(at, (sent, known))| unknown(sent, known, &format!("{place}[{at}]")))
        }
        _ => None,
    }
}

/// Writes a file for each, and takes away those of collections that are no more. Says what it did.
pub(crate) fn write(folder: &Path, designs: &[Design]) -> Result<Vec<String>, CommandError> {
    let failed = |path: &Path| CommandError::io(format!("{} could not be written", path.display()));
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let mut said = Vec::new();
    for design in designs {
        let path = folder.join(format!("{}.toml", design.name));
        let text = render(design).map_err(|error| {
            CommandError::Usage(format!("`{}` cannot be written as TOML: {error}", design.name))
        })?;
        if std::fs::read_to_string(&path).is_ok_and(|before| before == text) {
            continue;
        }
        std::fs::write(&path, text).map_err(failed(&path))?;
        said.push(format!("wrote {}", path.display()));
    }
    for design in read(folder)? {
        let path = folder.join(format!("{}.toml", design.name));
        if designs.iter().all(|kept| kept.name != design.name) && path.exists() {
            std::fs::remove_file(&path).map_err(failed(&path))?;
            said.push(format!("removed {}", path.display()));
        }
    }
    Ok(said)
}

/// With only those settings that are not the usual ones, in the order in which one reads them.
fn render(design: &Design) -> Result<String, toml::ser::Error> {
    #[derive(serde::Serialize)]
    struct File<'d> {
        name: &'d str,
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        rules: BTreeMap<String, Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        view: Option<&'d neonex_sdk::types::View>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        fields: Vec<toml::Table>,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        indexes: &'d [neonex_sdk::types::Index],
        #[serde(skip_serializing_if = "Option::is_none")]
        history: Option<&'d HistorySettings>,
    }
    let rules = serde_json::to_value(&design.rules).ok().and_then(|rules| serde_json::from_value(rules).ok());
    let fields = design.fields.iter().map(|field| toml::Table::try_from(settings(field)));
    toml::to_string(&File {
        name: &design.name,
        rules: rules.unwrap_or_default(),
        view: design.view.as_ref(),
        fields: fields.collect::<Result<_, _>>()?,
        indexes: &design.indexes,
        history: Some(&design.history).filter(|history| history.days != usual_history().days),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
name = \"notes\"

[rules]
list = \"true\"

[[fields]]
name = \"title\"
required = true
type = \"text\"

[[fields]]
collection = \"rooms\"
name = \"room\"
type = \"relation\"

[[indexes]]
fields = [\"title\"]
unique = true
";

    #[test]
    fn a_file_is_written_as_it_is_read() {
        for history in ["", "\n[history]\n", "\n[history]\ndays = 7\n"] {
            let file = format!("{FILE}{history}");
            assert_eq!(render(&parse(&file).unwrap()).unwrap(), file);
        }
        let usual = format!("{FILE}\n[history]\ndays = 90\n");
        assert_eq!(render(&parse(&usual).unwrap()).unwrap(), FILE);
    }

    #[test]
    fn a_view_is_written_as_it_is_read() {
        let file = "\
name = \"open_notes\"

[view]
collection = \"notes\"
fields = [\"title\", { name = \"room_name\", path = \"room.name\" }]
filter = \"!done\"
";
        let written = render(&parse(file).unwrap()).unwrap();
        let again = render(&parse(&written).unwrap()).unwrap();
        assert_eq!(written, again);
        assert!(written.contains("room.name") && written.contains("!done"), "{written}");
    }

    #[test]
    fn what_means_nothing_is_named() {
        for (from, to, place) in [
            ("list =", "lists =", "rules.lists"),
            ("required", "requires", "fields[0].requires"),
            ("unique", "uniq", "indexes[0].uniq"),
        ] {
            let refused = parse(&FILE.replace(from, to)).unwrap_err();
            assert!(refused.contains(place), "{refused}");
        }
    }
}
