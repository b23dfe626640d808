//! Relations between collections, as a design has them and as requests use them.
//!
//! A relation to one is a column with the id. A relation to many is a column with the ids in their order, from which
//! records are read, and a table of links beside it, by which they are found. Both are written by the records service
//! alone, which also sees to it that the records pointed to are there: it locks them while it writes (see
//! `docs/decisions/0007`).

use uuid::Uuid;

use super::definition::Definition;
use super::field::NewField;
use super::field_type::{FieldType, OnDelete};
use crate::ids::CollectionId;
use crate::invalid::{Findings, Invalid};

/// A relation, with what its statements need.
#[derive(Debug, Clone)]
pub(crate) struct Relation {
    /// The field's name.
    pub(crate) field: String,
    /// Its column.
    pub(crate) stored: String,
    /// The field's place among the fields.
    pub(crate) place: usize,
    pub(crate) target: CollectionId,
    /// The target's name.
    pub(crate) target_name: String,
    pub(crate) on_delete: OnDelete,
    /// The table of its links, where it points to many.
    pub(crate) links: Option<String>,
}

/// The table of links of a field.
pub(crate) fn link_table(collection: Uuid, link: u32) -> String {
    format!("l_{}_{link}", collection.simple())
}

impl Relation {
    /// Those of a design. A target that `name` does not know is called by its id.
    pub(super) fn of(
        collection: CollectionId,
        definition: &Definition,
        name: impl Fn(CollectionId) -> Option<String>,
    ) -> Vec<Self> {
        let fields = definition.fields.iter().enumerate();
        let linked = definition.view.as_ref().map_or(collection, |view| view.collection);
        let relations = fields.filter_map(|(place, field)| match &field.kind {
            FieldType::Relation { collection: target, on_delete, many } => Some(Self {
                field: field.name.to_string(),
                stored: field.column(),
                place,
                target: *target,
                target_name: name(*target).unwrap_or_else(|| target.to_string()),
                on_delete: *on_delete,
                links: many.map(|many| link_table(linked.as_uuid(), many.link)),
            }),
            _ => None,
        });
        relations.collect()
    }
}

/// The tables of links that a design has.
pub(crate) fn link_tables(collection: CollectionId, definition: &Definition) -> Vec<String> {
    let links = definition.fields.iter().filter_map(|field| link_of(&field.kind));
    links.map(|link| link_table(collection.as_uuid(), link)).collect()
}

/// A collection that is named.
pub(super) struct Target {
    pub(super) id: CollectionId,
    pub(super) is_view: bool,
}

/// Puts ids where fields name collections, and refuses names that `find` does not know.
pub(super) fn resolve<'f>(
    fields: impl Iterator<Item = &'f mut NewField>,
    find: impl Fn(&str) -> Option<Target>,
) -> Result<(), Invalid> {
    let mut findings = Findings::default();
    for (at, field) in fields.enumerate() {
        let Some(named) = &mut field.collection else { continue };
        let pointer = format!("/fields/{at}/collection");
        match find(named) {
            Some(Target { is_view: true, .. }) => {
                let message = format!("`{named}` is a view, and relations point to records of collections");
                findings.add(pointer, "not_applicable", message);
            }
            Some(Target { id, .. }) => *named = id.to_string(),
            None => findings.add(pointer, "unknown_collection", format!("there is no collection `{named}`")),
        }
    }
    findings.finish(Some(()))
}

/// Numbers the tables of links: one that was there keeps its number, whatever its field is called now, and a new one
/// gets one that no earlier has had.
pub(super) fn number_links(definition: &mut Definition, before: Option<(&Definition, &[(String, String)])>) {
    let earlier = |name: &str| {
        let (before, renames) = before?;
        let from = renames.iter().find(|(_, to)| to == name).map_or(name, |(from, _)| from);
        let field = before.fields.iter().find(|field| field.name.as_str() == from)?;
        link_of(&field.kind)
    };
    let used = before.iter().flat_map(|(before, _)| &before.fields).filter_map(|field| link_of(&field.kind));
    let mut next = used.max().unwrap_or_default() + 1;
    for field in &mut definition.fields {
        let kept = earlier(field.name.as_str());
        if let FieldType::Relation { many: Some(many), .. } = &mut field.kind {
            many.link = kept.unwrap_or(next);
            next += u32::from(kept.is_none());
        }
    }
}

const fn link_of(kind: &FieldType) -> Option<u32> {
    match kind {
        FieldType::Relation { many: Some(many), .. } => Some(many.link),
        _ => None,
    }
}
