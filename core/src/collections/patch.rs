//! Changes of a design: what may change, and what a change asks of the records that are there.

use serde::Serialize;

use super::definition::{Definition, NewCollection, NewIndex, Rules};
use super::field::{Field, NewField};
use super::field_type::FieldType;
use super::name::CollectionName;
use super::retention::{NewHistory, carry_on};
use super::rewrite::converts;
use super::users;
use super::values::column_moves;
use super::view::NewView;
use crate::clock::Timestamp;
use crate::invalid::{Findings, Invalid};

/// A field of a changed design.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FieldPatch {
    /// The field as it is to be.
    #[serde(flatten)]
    pub field: NewField,
    /// Its name until now, where that is another.
    pub renamed_from: Option<String>,
}

/// What is to change of a collection; `None` leaves it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CollectionPatch {
    /// A new name.
    pub name: Option<String>,
    /// All fields as they are to be.
    pub fields: Option<Vec<FieldPatch>>,
    /// Fields to be dropped with their values. A field that is neither here nor in `fields` is a fault: nothing is
    /// lost by leaving something out.
    pub drop_fields: Vec<String>,
    /// All indexes as they are to be.
    pub indexes: Option<Vec<NewIndex>>,
    /// All rules as they are to be.
    pub rules: Option<Rules>,
    /// Of a view: what it shows from now on.
    pub view: Option<NewView>,
    /// How long the changes of its records are to be kept.
    pub history: Option<NewHistory>,
}

/// A checked change.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) after: Definition,
    /// Old and new names.
    pub(super) renames: Vec<(String, String)>,
    pub(super) demands: Vec<Demand>,
}

/// What a change asks of the records that are there.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Demand {
    /// No record at all, because a new field would have no value.
    NoRecords { field: String },
    /// A value in each.
    NoNulls { column: String, field: String },
    /// Values that the changed field accepts or that can be made such, in the earlier field's column.
    Values { column: String, was: Box<FieldType>, field: Box<Field> },
    /// No two alike in these fields, whose columns these are, of those that meet the condition in SQL.
    Unique { fields: Vec<String>, columns: Vec<String>, condition: Option<String> },
}

impl CollectionPatch {
    /// Applies the change to a design.
    pub(super) fn apply(self, before: &Definition, now: Timestamp) -> Result<Change, Invalid> {
        if before.view.is_some() {
            return self.apply_to_view(before);
        }
        let mut findings = Findings::default();
        if self.view.is_some() {
            findings.add("/view", "not_applicable", "a collection that has records does not become a view");
        }
        let name = match self.name {
            Some(name) => findings.take("/name", CollectionName::try_from(name)),
            None => Some(before.name.clone()),
        };
        let is_users = |name: &CollectionName| name.as_str() == users::USERS;
        if name.as_ref().is_some_and(|name| is_users(name) != is_users(&before.name)) {
            findings.add(
                "/name",
                "owned_by_auth",
                "`users` is the name of the users' collection, and stays with it",
            );
        }
        for (at, dropped) in self.drop_fields.iter().enumerate() {
            if is_users(&before.name) && users::is_owned(dropped) {
                findings.add(
                    format!("/drop_fields/{at}"),
                    "owned_by_auth",
                    format!("`{dropped}` belongs to auth"),
                );
            }
        }
        let (fields, renames) = if let Some(patches) = self.fields {
            let renames = findings.take("/fields", read_renames(&patches, before)).unwrap_or_default();
            check_dropped(&patches, &self.drop_fields, before, &mut findings);
            (patches.into_iter().map(|patch| patch.field).collect(), renames)
        } else {
            let mut fields = before.fields.clone();
            drop_fields(&mut fields, &self.drop_fields, &mut findings);
            (fields.into_iter().map(NewField::from).collect(), Vec::new())
        };
        let new_name = |field: &String| {
            renames.iter().find(|(from, _)| from == field).map_or_else(|| field.clone(), |(_, to)| to.clone())
        };
        let indexes = self.indexes.unwrap_or_else(|| {
            let kept = before.indexes.iter().map(|index| NewIndex {
                fields: index.fields.iter().map(new_name).collect(),
                unique: index.unique,
                kind: index.kind,
                condition: index.condition.clone(),
            });
            kept.collect()
        });
        let rules = self.rules.unwrap_or_else(|| before.rules.clone());
        let new = NewCollection {
            name: String::from(name.unwrap_or_else(|| before.name.clone())),
            fields,
            indexes,
            rules,
            view: None,
            history: Some(self.history.unwrap_or(NewHistory { days: before.history.days() })),
        };
        let Some(mut after) = findings.take("", Definition::try_from(new)) else {
            return findings.finish(None);
        };
        if !findings.is_empty() {
            return findings.finish(None);
        }
        carry_on(before, &mut after, &renames, now);
        let mut demands = Vec::new();
        let recompute = recomputes(&after, before, &renames);
        for (at, field) in after.fields.iter_mut().enumerate() {
            let checked = compare(field, (before, &renames), recompute, &mut demands);
            findings.take(&format!("/fields/{at}"), checked);
        }
        findings.finish(Some(Change { after, renames, demands }))
    }
}

impl CollectionPatch {
    /// Nothing lies in a view, so it changes without asking records.
    fn apply_to_view(self, before: &Definition) -> Result<Change, Invalid> {
        let mut findings = Findings::default();
        if !self.drop_fields.is_empty() {
            findings.add("/drop_fields", "not_applicable", "the fields of a view are those that it names");
        }
        let new = NewCollection {
            name: self.name.unwrap_or_else(|| before.name.to_string()),
            fields: self.fields.unwrap_or_default().into_iter().map(|patch| patch.field).collect(),
            indexes: self.indexes.unwrap_or_default(),
            rules: self.rules.unwrap_or_else(|| before.rules.clone()),
            view: self.view.or_else(|| before.view.clone().map(NewView::from)),
            history: None,
        };
        let after = findings.take("", Definition::try_from(new));
        findings.finish(after.map(|after| Change { after, renames: Vec::new(), demands: Vec::new() }))
    }
}

fn read_renames(patches: &[FieldPatch], before: &Definition) -> Result<Vec<(String, String)>, Invalid> {
    let mut findings = Findings::default();
    let mut renames: Vec<(String, String)> = Vec::new();
    for (at, patch) in patches.iter().enumerate() {
        let Some(from) = &patch.renamed_from else { continue };
        let to = &patch.field.name;
        let pointer = format!("/{at}/renamed_from");
        if !has(before, from) {
            findings.add(pointer, "unknown_field", format!("there is no field `{from}` to rename"));
        } else if renames.iter().any(|(other, _)| other == from) {
            findings.add(pointer, "duplicate", format!("`{from}` cannot become two fields"));
        } else if let Some(taken) = spelt(before, to).filter(|taken| taken != from) {
            let message = format!("there is a field `{taken}` already; rename or drop that one first");
            findings.add(pointer, "duplicate", message);
        } else if from != to {
            renames.push((from.clone(), to.clone()));
        }
    }
    for (at, patch) in patches.iter().enumerate().filter(|(_, patch)| patch.renamed_from.is_none()) {
        let name = &patch.field.name;
        let Some(taken) = spelt(before, name) else { continue };
        if taken != name || renames.iter().any(|(from, _)| from == name) {
            let message =
                format!("`{taken}` is gone only after this change; add a field of that name by another one");
            findings.add(format!("/{at}/name"), "duplicate", message);
        }
    }
    findings.finish(Some(renames))
}

fn check_dropped(patches: &[FieldPatch], dropped: &[String], before: &Definition, findings: &mut Findings) {
    for name in before.fields.iter().map(|field| field.name.as_str()) {
        let kept =
            patches.iter().any(|patch| patch.renamed_from.as_deref().unwrap_or(&patch.field.name) == name);
        if kept == dropped.iter().any(|dropped| dropped == name) {
            let message = if kept {
                format!("`{name}` is both kept and dropped")
            } else {
                format!("`{name}` is missing here; name it in `drop_fields` to drop it with all its values")
            };
            findings.add("/fields", "dropped_field", message);
        }
    }
    unknown_drops(dropped, before, findings);
}

fn drop_fields(fields: &mut Vec<Field>, dropped: &[String], findings: &mut Findings) {
    for (at, name) in dropped.iter().enumerate() {
        let count = fields.len();
        fields.retain(|field| field.name.as_str() != name);
        if fields.len() == count {
            findings.add(
                format!("/drop_fields/{at}"),
                "unknown_field",
                format!("there is no field `{name}`"),
            );
        }
    }
}

fn unknown_drops(dropped: &[String], before: &Definition, findings: &mut Findings) {
    for (at, name) in dropped.iter().enumerate().filter(|(_, name)| !has(before, name)) {
        findings.add(format!("/drop_fields/{at}"), "unknown_field", format!("there is no field `{name}`"));
    }
}

/// What the field was, if it was there.
fn earlier<'d>(field: &Field, before: &'d Definition, renames: &[(String, String)]) -> Option<&'d Field> {
    let name = field.name.as_str();
    let from = renames.iter().find(|(_, to)| to == name).map_or(name, |(from, _)| from);
    before.fields.iter().find(|field| field.name.as_str() == from)
}

/// Whether the computed fields that were there are to be computed anew: one has another expression, or the values of a
/// field are others, from which any may be computed.
fn recomputes(after: &Definition, before: &Definition, renames: &[(String, String)]) -> bool {
    after.fields.iter().any(|field| {
        earlier(field, before, renames).is_some_and(|was| {
            let other = field.computed.is_some() && field.computed != was.computed;
            other || column_moves(&was.kind, &field.kind)
        })
    })
}

/// What the change from the earlier field asks for, and where the field's values are to lie.
fn compare(
    field: &mut Field,
    (before, renames): (&Definition, &[(String, String)]),
    recompute: bool,
    demands: &mut Vec<Demand>,
) -> Result<(), Invalid> {
    let name = field.name.as_str().to_owned();
    let Some(was) = earlier(field, before, renames) else {
        if !field.nullable && field.default.is_none() && !field.is_set_by_server() {
            demands.push(Demand::NoRecords { field: name });
        }
        return Ok(());
    };
    if field.computed.is_some() && recompute {
        // In another column, so that nothing is lost of what was there until the change is through.
        field.generation = was.generation + 1;
        return Ok(());
    }
    if was.nullable && !field.nullable {
        demands.push(Demand::NoNulls { column: was.column(), field: was.name.to_string() });
    }
    field.generation = was.generation;
    if column_moves(&was.kind, &field.kind) {
        if !converts(&was.kind, &field.kind) {
            let (was, is) = (was.kind.name(), field.kind.name());
            let message =
                format!("`{name}` cannot change from {was} to {is}: add a field of the new type instead");
            return Err(Invalid::one("/type", "type_change", message));
        }
        field.generation += 1;
    }
    if was.kind != field.kind || was.min != field.min || was.max != field.max {
        let (column, was) = (was.column(), Box::new(was.kind.clone()));
        demands.push(Demand::Values { column, was, field: Box::new(field.clone()) });
    }
    Ok(())
}

/// The field that has the column of that name. Columns are one whatever their case.
fn spelt<'d>(definition: &'d Definition, name: &str) -> Option<&'d str> {
    let names = definition.fields.iter().map(|field| field.name.as_str());
    names.into_iter().find(|field| field.eq_ignore_ascii_case(name))
}

fn has(definition: &Definition, name: &str) -> bool {
    definition.fields.iter().any(|field| field.name.as_str() == name)
}
