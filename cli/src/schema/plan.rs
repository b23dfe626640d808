//! What has to be done to a tenant so that it is what the files say, in an order in which it can be done.
//!
//! New collections come first, each after those that it points to; where they point to each other in a circle, the
//! relations that close it follow later. Rules come when every collection is there that they may name. What is
//! dropped comes last, each after what points to it. Views come after all else, but for those that are dropped, which go
//! before what they show changes.

use std::collections::BTreeSet;

use neonex_core::collections::NewField as CoreField;
use neonex_sdk::types::{CollectionPatch, Index, NewCollection, NewField, Rules};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Design;

/// What has to be done, in this order.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
}

/// One call to the server.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) action: Action,
    pub(crate) told: Told,
}

#[derive(Debug)]
pub(crate) enum Action {
    Create(Box<NewCollection>),
    Change(String, Box<CollectionPatch>),
    Drop(String),
}

/// A step for people and programs.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Told {
    action: &'static str,
    collection: String,
    changes: Vec<String>,
    /// What is gone afterwards.
    pub(crate) loses: Vec<String>,
}

impl Plan {
    /// Compares what a tenant has with what it is to have.
    pub(crate) fn new(there: &[Design], wanted: &[Design]) -> Self {
        let mut plan = Self::default();
        let mut there = there.to_vec();
        for design in wanted {
            plan.rename(&mut there, design);
        }
        let is_gone = |known: &Design| wanted.iter().all(|design| design.name != known.name);
        let (views, there): (Vec<_>, Vec<_>) = there.into_iter().partition(Design::is_view);
        for view in views.iter().filter(|view| is_gone(view)) {
            plan.push(Action::Drop(view.name.clone()), Vec::new(), Vec::new());
        }
        let (wanted_views, collections): (Vec<&Design>, Vec<&Design>) =
            wanted.iter().partition(|design| design.is_view());
        let (old, new): (Vec<&Design>, Vec<&Design>) =
            collections.into_iter().partition(|design| there.iter().any(|known| known.name == design.name));
        let mut made = plan.create(&there, &new);
        made.extend(there.iter().cloned());
        for design in old.into_iter().chain(new) {
            if let Some(before) = made.iter().find(|known| known.name == design.name) {
                plan.change(before, design);
            }
        }
        for design in wanted_views {
            plan.view(views.iter().find(|known| known.name == design.name), design);
        }
        let gone = there.into_iter().filter(|known| wanted.iter().all(|design| design.name != known.name));
        plan.drop(gone.collect());
        plan
    }

    /// What would be lost.
    pub(crate) fn losses(&self) -> Vec<&str> {
        self.steps.iter().flat_map(|step| &step.told.loses).map(String::as_str).collect()
    }

    /// As people read it.
    pub(crate) fn text(&self) -> String {
        let mut lines = Vec::new();
        for Step { told, .. } in &self.steps {
            lines.push(format!("{} {}\n", told.action, told.collection));
            lines.extend(told.changes.iter().map(|line| format!("    {line}\n")));
            lines.extend(told.loses.iter().map(|line| format!("    LOST: {line}\n")));
        }
        lines.concat()
    }

    fn push(&mut self, action: Action, changes: Vec<String>, loses: Vec<String>) {
        let (verb, collection) = match &action {
            Action::Create(new) => ("create", new.name.clone()),
            Action::Change(name, _) => ("change", name.clone()),
            Action::Drop(name) => ("drop", name.clone()),
        };
        self.steps.push(Step { action, told: Told { action: verb, collection, changes, loses } });
    }

    fn rename(&mut self, there: &mut [Design], design: &Design) {
        let (Some(from), to) = (&design.renamed_from, &design.name) else { return };
        if there.iter().any(|known| known.name == *to) {
            return;
        }
        let Some(known) = there.iter_mut().find(|known| known.name == *from) else { return };
        known.name.clone_from(to);
        for field in there.iter_mut().flat_map(|known| &mut known.fields) {
            if field.collection.as_ref() == Some(from) {
                field.collection = Some(to.clone());
            }
        }
        for view in there.iter_mut().filter_map(|known| known.view.as_mut()) {
            if view.collection == *from {
                view.collection.clone_from(to);
            }
        }
        let patch = CollectionPatch { name: Some(to.clone()), ..CollectionPatch::default() };
        self.push(Action::Change(from.clone(), Box::new(patch)), vec![format!("rename to {to}")], Vec::new());
    }

    /// Creates the new ones, and says what they are then: without rules, and perhaps without some relations.
    fn create(&mut self, there: &[Design], new: &[&Design]) -> Vec<Design> {
        let mut known: BTreeSet<&str> = there.iter().map(|design| design.name.as_str()).collect();
        let mut left = new.to_vec();
        let mut made = Vec::new();
        while !left.is_empty() {
            let ready = left.iter().position(|design| design.targets().all(|target| known.contains(target)));
            let design = left.remove(ready.unwrap_or(0));
            let can_be = |field: &&NewField| {
                field
                    .collection
                    .as_deref()
                    .is_none_or(|target| target == design.name || known.contains(target))
            };
            let fields: Vec<NewField> = design.fields.iter().filter(can_be).map(sent).collect();
            let has = |name: &String| {
                matches!(name.as_str(), "created_at" | "updated_at")
                    || fields.iter().any(|field| field.name == *name)
            };
            // Of which fields a condition speaks only the server knows.
            let whole = fields.len() == design.fields.len();
            let can_stand =
                |index: &&Index| index.fields.iter().all(has) && (whole || index.where_.is_none());
            let indexes: Vec<Index> = design.indexes.iter().filter(can_stand).cloned().collect();
            known.insert(&design.name);
            let changes = fields.iter().map(|field| format!("+ field {} ({})", field.name, field.type_));
            let changes =
                changes.chain(indexes.iter().map(|index| format!("+ index {}", shown(index)))).collect();
            let created = NewCollection {
                name: design.name.clone(),
                fields: fields.clone(),
                indexes: indexes.clone(),
                rules: None,
                view: None,
                history: Some(design.history.clone()),
            };
            self.push(Action::Create(Box::new(created)), changes, Vec::new());
            made.push(Design { fields, indexes, rules: Rules::default(), ..design.clone() });
        }
        made
    }

    fn view(&mut self, before: Option<&Design>, after: &Design) {
        let Some(before) = before else {
            let created = NewCollection {
                name: after.name.clone(),
                fields: Vec::new(),
                indexes: Vec::new(),
                rules: Some(after.rules.clone()),
                view: after.view.clone(),
                history: None,
            };
            let of = after.view.as_ref().map(|view| format!("view of {}", view.collection));
            self.push(Action::Create(Box::new(created)), of.into_iter().collect(), Vec::new());
            return;
        };
        let (mut patch, mut changes) = (CollectionPatch::default(), Vec::new());
        let json = |design: &Design| serde_json::to_value(&design.view).unwrap_or_default();
        if json(before) != json(after) {
            changes.push("~ what it shows".to_owned());
            patch.view.clone_from(&after.view);
        }
        patch.rules = changed_rules(before, after, &mut changes);
        if !changes.is_empty() {
            self.push(Action::Change(after.name.clone(), Box::new(patch)), changes, Vec::new());
        }
    }

    fn change(&mut self, before: &Design, after: &Design) {
        let mut patch = CollectionPatch::default();
        let (mut changes, mut loses) = (Vec::new(), Vec::new());
        let has = |fields: &[NewField], name: &str| fields.iter().any(|field| field.name == name);
        let renamed = |field: &NewField| {
            let from = field.renamed_from.as_ref()?;
            let open =
                has(&before.fields, from) && !has(&before.fields, &field.name) && !has(&after.fields, from);
            open.then(|| from.clone())
        };
        let fields =
            after.fields.iter().map(|field| NewField { renamed_from: renamed(field), ..field.clone() });
        let fields: Vec<NewField> = fields.collect();
        for field in &fields {
            let name = &field.name;
            let from = field.renamed_from.as_ref().unwrap_or(name);
            let Some(was) = before.fields.iter().find(|was| was.name == *from) else {
                changes.push(format!("+ field {name} ({})", field.type_));
                continue;
            };
            if from != name {
                changes.push(format!("> field {from} is renamed to {name}"));
            }
            changes.extend(differences(was, field).into_iter().map(|line| format!("~ field {name}: {line}")));
        }
        for was in &before.fields {
            let kept =
                fields.iter().any(|field| field.renamed_from.as_ref().unwrap_or(&field.name) == &was.name);
            if !kept {
                loses.push(format!("field {} with all its values", was.name));
                patch.drop_fields.push(was.name.clone());
            }
        }
        let order = |fields: &[NewField]| fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
        if changes.is_empty() && loses.is_empty() && order(&before.fields) != order(&fields) {
            changes.push("~ order of the fields".to_owned());
        }
        if !(changes.is_empty() && loses.is_empty()) {
            patch.fields = Some(fields.clone());
        }
        let new_name = |name: &String| {
            let to = fields.iter().find(|field| field.renamed_from.as_ref() == Some(name));
            to.map_or_else(|| name.clone(), |field| field.name.clone())
        };
        let indexes = |design: &Design, name: &dyn Fn(&String) -> String| -> BTreeSet<String> {
            let named =
                |index: &Index| Index { fields: index.fields.iter().map(name).collect(), ..index.clone() };
            design.indexes.iter().map(|index| shown(&named(index))).collect()
        };
        let (was, is) = (indexes(before, &new_name), indexes(after, &Clone::clone));
        changes.extend(is.difference(&was).map(|index| format!("+ index {index}")));
        changes.extend(was.difference(&is).map(|index| format!("- index {index}")));
        if was != is || (!patch.drop_fields.is_empty() && !was.is_empty()) {
            patch.indexes = Some(after.indexes.clone());
        }
        patch.rules = changed_rules(before, after, &mut changes);
        let (was, is) = (before.history.days, after.history.days);
        if was != is {
            let text =
                |days: Option<u32>| days.map_or_else(|| "for ever".to_owned(), |days| format!("{days} days"));
            changes.push(format!("~ history: {} → {}", text(was), text(is)));
            if let Some(days) = is.filter(|is| was.is_none_or(|was| *is < was)) {
                loses.push(format!("changes of {} that are older than {days} days", after.name));
            }
            patch.history = Some(after.history.clone());
        }
        if !(changes.is_empty() && loses.is_empty()) {
            self.push(Action::Change(after.name.clone(), Box::new(patch)), changes, loses);
        }
    }

    /// Drops what is no more. Where such collections point to each other in a circle, their relations go first.
    fn drop(&mut self, mut gone: Vec<Design>) {
        while !gone.is_empty() {
            let pointed_to =
                |name: &str| gone.iter().any(|other| other.targets().any(|target| target == name));
            if let Some(at) = gone.iter().position(|design| !pointed_to(&design.name)) {
                let name = gone.remove(at).name;
                let loses = vec![format!("collection {name} with all its records")];
                self.push(Action::Drop(name), Vec::new(), loses);
                continue;
            }
            let Some(design) = gone.first_mut() else { return };
            let (kept, dropped): (Vec<_>, Vec<_>) =
                std::mem::take(&mut design.fields).into_iter().partition(|field| field.collection.is_none());
            design.fields = kept;
            let drop_fields: Vec<_> = dropped.into_iter().map(|field| field.name).collect();
            let loses = drop_fields.iter().map(|name| format!("field {name} with all its values")).collect();
            let patch =
                CollectionPatch { drop_fields, indexes: Some(Vec::new()), ..CollectionPatch::default() };
            self.push(Action::Change(design.name.clone(), Box::new(patch)), Vec::new(), loses);
        }
    }
}

/// A field as it is sent where nothing is renamed.
fn sent(field: &NewField) -> NewField {
    NewField { renamed_from: None, ..field.clone() }
}

/// What is said of a field, but for what every field of its type has unless something else is said.
pub(super) fn settings(field: &NewField) -> Map<String, Value> {
    let Ok(Value::Object(mut all)) = serde_json::to_value(sent(field)) else { return Map::new() };
    let options = field.options.as_ref().map_or(1_000, Vec::len);
    all.retain(|name, value| match name.as_str() {
        "required" | "unique" | "hidden" | "many" | "ignore_case" => value.as_bool() == Some(true),
        "nullable" => value.as_bool() != Some(!field.required),
        "precision" => value.as_u64() != Some(18),
        "scale" => value.as_u64() != Some(2),
        "max_items" => value.as_u64() != Some(options as u64),
        "on_delete" => value.as_str() != Some("restrict"),
        _ => !value.is_null(),
    });
    all
}

/// The same with values as the field's type reads them, so that one value is one, however it is written.
fn meaning(field: &NewField) -> Map<String, Value> {
    let mut said = settings(field);
    let known: Option<CoreField> =
        serde_json::to_value(sent(field)).ok().and_then(|field| serde_json::from_value(field).ok());
    for name in ["default", "min", "max"] {
        if let (Some(known), Some(value)) = (&known, said.get_mut(name))
            && let Some(read) = known.read_value(value)
        {
            *value = read;
        }
    }
    said
}

fn differences(was: &NewField, is: &NewField) -> Vec<String> {
    let (read_was, read_is) = (meaning(was), meaning(is));
    let (was, is) = (settings(was), settings(is));
    let names: BTreeSet<_> = was.keys().chain(is.keys()).filter(|name| *name != "name").collect();
    let text = |value: Option<&Value>| value.map_or_else(|| "unset".to_owned(), Value::to_string);
    let changed = names.into_iter().filter(|name| read_was.get(*name) != read_is.get(*name));
    changed.map(|name| format!("{name}: {} → {}", text(was.get(name)), text(is.get(name)))).collect()
}

fn shown(index: &Index) -> String {
    let kind = index.kind.as_ref().map(ToString::to_string).filter(|kind| kind != "ordered");
    let kind = kind.map(|kind| format!(" {kind}")).unwrap_or_default();
    let unique = if index.unique { " unique" } else { "" };
    let condition = index.where_.as_ref().map(|condition| format!(" where {condition}"));
    format!("({}){kind}{unique}{}", index.fields.join(", "), condition.unwrap_or_default())
}

/// The rules as they are to be, where they are others.
fn changed_rules(before: &Design, after: &Design, changes: &mut Vec<String>) -> Option<Rules> {
    let (was, is) = (rules(&before.rules), rules(&after.rules));
    let lines = was.iter().zip(&is).filter(|(was, is)| was != is).map(|((name, was), (_, is))| {
        format!("~ rule {name}: {} → {}", was.unwrap_or("nobody"), is.unwrap_or("nobody"))
    });
    let lines: Vec<_> = lines.collect();
    let is_other = !lines.is_empty();
    changes.extend(lines);
    is_other.then(|| after.rules.clone())
}

fn rules(rules: &Rules) -> [(&'static str, Option<&str>); 5] {
    [
        ("list", rules.list.as_deref()),
        ("view", rules.view.as_deref()),
        ("create", rules.create.as_deref()),
        ("update", rules.update.as_deref()),
        ("delete", rules.delete.as_deref()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design(json: Value) -> Design {
        serde_json::from_value(json).unwrap()
    }

    fn text(there: &[Design], wanted: &[Design]) -> String {
        Plan::new(there, wanted).text()
    }

    fn points(name: &str, to: &[&str]) -> Design {
        let field =
            |to: &&str| serde_json::json!({"name": format!("to_{to}"), "type": "relation", "collection": to});
        design(serde_json::json!({"name": name, "fields": to.iter().map(field).collect::<Vec<_>>()}))
    }

    #[test]
    fn what_is_pointed_to_comes_first_and_a_circle_is_closed_later() {
        let wanted = [points("a", &["b"]), points("b", &["c", "b"]), points("c", &[])];
        assert_eq!(
            text(&[], &wanted),
            "create c\ncreate b\n    + field to_c (relation)\n    + field to_b (relation)\n\
             create a\n    + field to_b (relation)\n"
        );
        let circle = [points("a", &["b"]), points("b", &["a"])];
        assert_eq!(
            text(&[], &circle),
            "create a\ncreate b\n    + field to_a (relation)\nchange a\n    + field to_b (relation)\n"
        );
        assert_eq!(text(&circle, &circle), "");
        assert_eq!(
            text(&circle, &[]),
            "change a\n    LOST: field to_b with all its values\ndrop b\n    LOST: collection b with all its records\n\
             drop a\n    LOST: collection a with all its records\n"
        );
    }

    #[test]
    fn a_shorter_history_is_a_loss() {
        let kept = |days: Option<u32>| {
            let mut notes = design(serde_json::json!({"name": "notes"}));
            notes.history.days = days;
            notes
        };
        let plan = |was, is| text(&[kept(was)], &[kept(is)]);
        assert_eq!(plan(Some(90), None), "change notes\n    ~ history: 90 days → for ever\n");
        assert_eq!(
            plan(None, Some(7)),
            "change notes\n    ~ history: for ever → 7 days\n    \
             LOST: changes of notes that are older than 7 days\n"
        );
        assert_eq!(plan(None, None), "");
    }

    #[test]
    fn a_value_is_the_same_however_it_is_written() {
        for (kind, one, same, other) in [
            ("decimal", r#""1.50""#, "1.5", r#""1.51""#),
            ("decimal", r#""1.50""#, r#""1.5""#, r#""15""#),
            (
                "datetime",
                r#""2026-01-01T00:00:00Z""#,
                r#""2026-01-01T01:00:00.000+01:00""#,
                r#""2026-01-01T00:00:01Z""#,
            ),
            ("float", "1", "1.0", "1.5"),
            ("text", r#""1.50""#, r#""1.50""#, r#""1.5""#),
        ] {
            let field = |value: &str| {
                let value: Value = serde_json::from_str(value).unwrap();
                let mut field = serde_json::json!({"name": "f", "type": kind, "default": value});
                if kind != "text" {
                    field["min"] = value;
                }
                design(serde_json::json!({"name": "a", "fields": [field]}))
            };
            assert_eq!(text(&[field(one)], &[field(same)]), "", "{kind}: {one} and {same}");
            let said = text(&[field(one)], &[field(other)]);
            assert!(said.contains(&format!("default: {one} → {other}")), "{kind}: {said}");
        }
    }

    #[test]
    fn indexes_differ_by_their_conditions_and_wait_for_every_field() {
        let pages = |condition: &str| {
            let index = serde_json::json!({"fields": ["slug"], "unique": true, "where": condition});
            let field = serde_json::json!({"name": "slug", "type": "text"});
            design(serde_json::json!({"name": "pages", "fields": [field], "indexes": [index]}))
        };
        assert_eq!(
            text(&[pages("live")], &[pages("draft")]),
            "change pages\n    + index (slug) unique where draft\n    - index (slug) unique where live\n"
        );
        let mut circle = [points("a", &["b"]), points("b", &["a"])];
        circle[0].indexes = vec![
            serde_json::from_value(serde_json::json!({"fields": ["to_b"], "where": "to_b != null"})).unwrap(),
        ];
        assert_eq!(
            text(&[], &circle),
            "create a\ncreate b\n    + field to_a (relation)\n\
             change a\n    + field to_b (relation)\n    + index (to_b) where to_b != null\n"
        );
    }

    #[test]
    fn views_follow_what_they_show() {
        let view = |filter: &str| {
            let view = serde_json::json!({"collection": "notes", "fields": ["title"], "filter": filter});
            design(serde_json::json!({"name": "a_view", "view": view, "rules": {"list": "true"}}))
        };
        let notes = |fields: Value| design(serde_json::json!({"name": "notes", "fields": fields}));
        let title = serde_json::json!([{"name": "title", "type": "text"}]);
        let there = [notes(title.clone()), view("title != ''")];
        assert_eq!(
            text(&[], &there),
            "create notes\n    + field title (text)\ncreate a_view\n    view of notes\n"
        );
        assert_eq!(text(&there, &there), "");
        assert_eq!(text(&there, &[notes(title), view("true")]), "change a_view\n    ~ what it shows\n");
        assert_eq!(
            text(&there, &[notes(serde_json::json!([]))]),
            "drop a_view\nchange notes\n    LOST: field title with all its values\n"
        );
    }

    #[test]
    fn what_is_renamed_keeps_what_it_has() {
        let before = design(serde_json::json!({"name": "films", "fields": [
            {"name": "name", "type": "text", "required": true, "nullable": false},
            {"name": "old", "type": "int"},
        ], "indexes": [{"fields": ["name"]}], "rules": {"list": "true"}}));
        let after = design(serde_json::json!({"name": "movies", "renamed_from": "films", "fields": [
            {"name": "title", "type": "text", "renamed_from": "name"},
            {"name": "year", "type": "int"},
        ], "indexes": [{"fields": ["title"]}], "rules": {"list": "title != ''"}}));
        let plan = Plan::new(std::slice::from_ref(&before), std::slice::from_ref(&after));
        assert_eq!(
            plan.text(),
            "change films\n    rename to movies\n\
             change movies\n    > field name is renamed to title\n    ~ field title: required: true → unset\n    \
             + field year (int)\n    ~ rule list: true → title != ''\n    LOST: field old with all its values\n"
        );
        assert_eq!(plan.losses(), ["field old with all its values"]);
        assert_eq!(text(std::slice::from_ref(&after), std::slice::from_ref(&after)), "");
    }
}
