//! What was done to a tenant's collections: as people read it, as a file, and as the calls that do it again.

use neonex_sdk::types::{CollectionPatch, NewCollection, SchemaMigration};
use serde::Deserialize;
use serde_json::Value;

use super::Design;
use super::plan::{Action, Plan};
use crate::exit::CommandError;

/// One call to the server, with the number of the change that it is of.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) seq: i64,
    pub(crate) action: Action,
}

#[derive(Deserialize)]
struct Baseline {
    collections: Vec<NewCollection>,
}

/// Reads a file of changes, one on each line. None may be missing: what follows is only right after it.
pub(crate) fn parse(text: &str) -> Result<Vec<SchemaMigration>, CommandError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let mut changes = Vec::new();
    for (at, line) in lines {
        let wrong = |what: &dyn std::fmt::Display| CommandError::Usage(format!("line {}: {what}", at + 1));
        let change: SchemaMigration = serde_json::from_str(line).map_err(|error| wrong(&error))?;
        let due = i64::try_from(changes.len()).unwrap_or(i64::MAX) + 1;
        if change.seq != due {
            return Err(wrong(&format!("this is change {}, and change {due} is due", change.seq)));
        }
        changes.push(change);
    }
    Ok(changes)
}

/// The calls that do it again. A baseline is several: its collections in an order in which they can be made.
pub(crate) fn calls(changes: &[SchemaMigration]) -> Result<Vec<Call>, CommandError> {
    let mut calls = Vec::new();
    for change in changes {
        let seq = change.seq;
        let actions = actions(change)
            .map_err(|error| CommandError::Usage(format!("change {seq} cannot be read: {error}")))?;
        calls.extend(actions.into_iter().map(|action| Call { seq, action }));
    }
    Ok(calls)
}

fn actions(change: &SchemaMigration) -> Result<Vec<Action>, serde_json::Error> {
    let body = || change.change.clone().unwrap_or_default();
    let name = || change.collection.clone().unwrap_or_default();
    Ok(match change.action.to_string().as_str() {
        "create" => vec![Action::Create(Box::new(serde_json::from_value(body())?))],
        "update" => {
            vec![Action::Change(name(), Box::new(serde_json::from_value::<CollectionPatch>(body())?))]
        }
        "delete" => vec![Action::Drop(name())],
        "baseline" => {
            let Baseline { collections } = serde_json::from_value(body())?;
            let designs: Vec<_> = collections.into_iter().map(Design::from).collect();
            Plan::new(&[], &designs).steps.into_iter().map(|step| step.action).collect()
        }
        other => {
            return Err(serde::de::Error::custom(format!("`{other}` is nothing that this version knows")));
        }
    })
}

/// How many of the calls a tenant has behind it, if those that it has are the first of them.
pub(crate) fn done(calls: &[Call], own: &[Call]) -> Result<usize, CommandError> {
    let apart = own.iter().enumerate().find(|(at, call)| calls.get(*at).is_none_or(|other| !call.is(other)));
    match apart {
        None => Ok(own.len()),
        Some((_, call)) => Err(CommandError::Conflict(format!(
            "nothing was done: the tenant's own history is not the beginning of this one, from its change {} on ({call})",
            call.seq
        ))),
    }
}

impl Call {
    /// Whether it is the same call, whatever the number of its change.
    fn is(&self, other: &Self) -> bool {
        self.action.meaning() == other.action.meaning()
    }
}

impl std::fmt::Display for Call {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.action {
            Action::Create(new) => write!(formatter, "create {}", new.name),
            Action::Change(name, _) => write!(formatter, "change {name}"),
            Action::Drop(name) => write!(formatter, "drop {name}"),
        }
    }
}

impl Action {
    fn meaning(&self) -> (&'static str, String, Value) {
        match self {
            Self::Create(new) => {
                let mut new = new.clone();
                // None and no rules at all are the same for what is new.
                new.rules.get_or_insert_default();
                ("create", String::new(), serde_json::to_value(new).unwrap_or_default())
            }
            Self::Change(name, patch) => {
                ("change", name.clone(), serde_json::to_value(patch).unwrap_or_default())
            }
            Self::Drop(name) => ("drop", name.clone(), Value::Null),
        }
    }
}

/// A line for each change.
pub(crate) fn text(changes: &[SchemaMigration]) -> String {
    let line = |change: &SchemaMigration| {
        let SchemaMigration { seq, actor, action, .. } = change;
        let at = change.at.format("%Y-%m-%d %H:%M:%S");
        let name = change.collection.as_deref().unwrap_or("-");
        let what = change.change.as_ref().map(|asked| told(name, asked)).unwrap_or_default();
        format!("{seq:>5}  {at}  {actor}  {action} {name}{what}\n")
    };
    changes.iter().map(line).collect()
}

/// What a change of the collection of that name asks for, in a few words.
fn told(collection: &str, change: &Value) -> String {
    let list = |name: &str| change.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let name = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut words = Vec::new();
    words.extend(change.get("name").map(name).filter(|name| name != collection).map(|to| format!("> {to}")));
    words.extend(list("collections").iter().filter_map(|design| design.get("name")).map(name));
    for field in list("fields") {
        let to = field.get("name").map(name).unwrap_or_default();
        words.extend(field.get("renamed_from").map(|from| format!("{} > {to}", name(from))));
    }
    words.extend(list("drop_fields").iter().map(|field| format!("- {}", name(field))));
    let parts = ["fields", "indexes", "rules"].into_iter();
    words.extend(parts.filter(|part| change.get(part).is_some()).map(str::to_owned));
    if words.is_empty() { String::new() } else { format!(": {}", words.join(", ")) }
}

impl From<NewCollection> for Design {
    fn from(new: NewCollection) -> Self {
        let NewCollection { name, fields, indexes, rules } = new;
        Self { name, renamed_from: None, rules: rules.unwrap_or_default(), fields, indexes }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(changes: &[Value]) -> String {
        let line = |(at, change): (usize, &Value)| {
            let mut line = json!({"seq": at + 1, "at": "2026-11-24T10:00:00Z", "actor": "key_1"});
            line.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            format!("{line}\n")
        };
        changes.iter().enumerate().map(line).collect()
    }

    #[test]
    fn a_history_goes_on_where_it_was_left_and_nowhere_else() {
        let point = |name: &str, to: &str| json!({"name": name, "fields": [{"name": "to", "type": "relation", "collection": to}]});
        let file = lines(&[
            json!({"action": "baseline", "change": {"collections": [point("a", "b"), point("b", "a")]}}),
            json!({"action": "update", "collection": "a", "change": {"name": "c", "rules": {}}}),
            json!({"action": "delete", "collection": "c", "change": null}),
        ]);
        let changes = parse(&file).unwrap();
        let all = calls(&changes).unwrap();
        let shown: Vec<_> = all.iter().map(|call| format!("{} {call}", call.seq)).collect();
        assert_eq!(shown, ["1 create a", "1 create b", "1 change a", "2 change a", "3 drop c"]);
        // As the tenant has it that got these calls.
        let own = lines(&[
            json!({"action": "create", "collection": "a", "change": {"name": "a", "rules": {}}}),
            json!({"action": "create", "collection": "b", "change": {"rules": {}, "name": "b",
                "fields": [{"name": "to", "type": "relation", "collection": "a"}]}}),
        ]);
        let own = calls(&parse(&own).unwrap()).unwrap();
        assert_eq!(done(&all, &own).unwrap(), 2);
        assert_eq!(done(&all, &[]).unwrap(), 0);
        assert_eq!(done(&all, &all).unwrap(), 5);
        assert!(done(&own, &all).unwrap_err().to_string().contains("change 1 on (change a)"));
        assert!(done(&all[1..], &own).unwrap_err().to_string().contains("change 1 on (create a)"));
    }

    #[test]
    fn a_file_with_a_gap_is_refused() {
        let file = lines(&[json!({"action": "delete", "collection": "a"}), json!({"action": "burn"})]);
        let second = file.lines().nth(1).unwrap();
        assert!(
            parse(second).unwrap_err().to_string().contains("line 1: this is change 2, and change 1 is due")
        );
        let unknown = calls(&parse(&file).unwrap()).unwrap_err();
        assert!(unknown.to_string().contains("change 2 cannot be read: `burn`"), "{unknown}");
    }
}
