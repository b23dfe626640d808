//! Fields that a view names: of the record, or of one that it points to by relations.

use super::Designs;
use crate::collections::{Definition, FieldType};
use crate::dialect::Dialect;
use crate::expr::MAX_STEPS;
use crate::ids::CollectionId;
use crate::invalid::Invalid;
use crate::records::column::quote;
use crate::records::layout::FIXED;
use crate::records::storage::Shadow;

/// Records that are joined to one.
const MAX_JOINS: usize = 20;

/// A field that was found.
pub(super) struct Reached {
    pub(super) kind: FieldType,
    pub(super) nullable: bool,
    /// As the query has it.
    pub(super) column: String,
    /// Columns beside it, each with what its name has at its end.
    pub(super) beside: Vec<(String, String)>,
}

/// A record that is joined, by the relations that lead to it.
struct Join {
    path: Vec<String>,
    alias: String,
    text: String,
}

/// The records that a view's query joins to each of its collection.
pub(super) struct Paths<'d> {
    designs: &'d Designs<'d>,
    source: &'d Definition,
    table: String,
    joins: Vec<Join>,
}

impl<'d> Paths<'d> {
    pub(super) fn new(designs: &'d Designs<'d>, source: &'d Definition, table: &str) -> Self {
        Self { designs, source, table: table.to_owned(), joins: Vec::new() }
    }

    pub(super) const fn dialect(&self) -> Dialect {
        self.designs.dialect
    }

    /// The collection's own table.
    pub(super) fn table(&self) -> String {
        self.table.clone()
    }

    /// What stands after that table.
    pub(super) fn joins(&self) -> String {
        self.joins.iter().map(|join| join.text.as_str()).collect()
    }

    /// The field at the end of a path.
    pub(super) fn resolve(&mut self, path: &str) -> Result<Reached, Invalid> {
        let mut steps: Vec<&str> = path.split('.').map(str::trim).collect();
        let name = steps.pop().unwrap_or_default();
        if steps.len() > MAX_STEPS {
            let message = format!("`{path}` follows more than {MAX_STEPS} relations one after another");
            return Err(Invalid::one("", "too_deep", message));
        }
        let (mut design, mut alias, mut nullable) = (self.source, self.table.clone(), false);
        for (at, step) in steps.iter().enumerate() {
            let field = find(design, step)?;
            let FieldType::Relation { collection, many: None, .. } = &field.kind else {
                let message = format!("`{step}` points to no single record, so it has no `{name}`");
                return Err(Invalid::one("", "not_applicable", message));
            };
            nullable |= field.nullable;
            let key = format!("{alias}.{}", quote(&field.column(), self.dialect()));
            alias = self.join(steps.get(..=at).unwrap_or_default(), &key, *collection)?;
            design = self.designs.each.get(collection).copied().ok_or_else(|| gone(step))?;
        }
        if let Some((_, kind)) = FIXED.iter().find(|(fixed, _)| *fixed == name) {
            let column = format!("{alias}.{name}");
            return Ok(Reached { kind: kind.clone(), nullable, column, beside: Vec::new() });
        }
        let field = find(design, name)?;
        if field.rules.read.is_some() {
            let message = format!(
                "`{path}` has a rule that says of which records it is shown, which a view does not ask"
            );
            return Err(Invalid::one("", "not_applicable", message));
        }
        if !steps.is_empty() && matches!(field.kind, FieldType::Relation { many: Some(_), .. }) {
            let message = format!("`{path}` is a list of other records' records, which a view does not show");
            return Err(Invalid::one("", "not_applicable", message));
        }
        let column = |stored: &str| format!("{alias}.{}", quote(stored, self.dialect()));
        let own = field.column();
        // Of a geo point; what keeps a text unique is no matter of the view's.
        let shadows = Shadow::of(field).into_iter().filter(|_| matches!(field.kind, FieldType::GeoPoint));
        let beside = shadows.filter_map(|shadow| {
            let suffix = shadow.name.strip_prefix(&own)?.to_owned();
            Some((suffix, column(&shadow.name)))
        });
        let beside = beside.collect();
        let (kind, nullable) = (field.kind.clone(), nullable || field.nullable);
        Ok(Reached { kind, nullable, column: column(&own), beside })
    }

    /// What the record at the end of the steps is called, which is joined by its id.
    fn join(&mut self, steps: &[&str], key: &str, target: CollectionId) -> Result<String, Invalid> {
        if let Some(known) = self.joins.iter().find(|join| join.path == steps) {
            return Ok(known.alias.clone());
        }
        let step = steps.last().copied().unwrap_or_default();
        let model = self.designs.catalogue.get(target).ok_or_else(|| gone(step))?;
        if self.joins.len() == MAX_JOINS {
            let message = format!("a view shows at most {MAX_JOINS} records beside each of its own");
            return Err(Invalid::one("", "too_many", message));
        }
        let alias = format!("j{}", self.joins.len() + 1);
        let text = format!(" LEFT JOIN {} AS {alias} ON {alias}.id = {key}", model.source);
        let path = steps.iter().map(|step| (*step).to_owned()).collect();
        self.joins.push(Join { path, alias: alias.clone(), text });
        Ok(alias)
    }
}

fn find<'d>(design: &'d Definition, name: &str) -> Result<&'d crate::collections::Field, Invalid> {
    let found = design.fields.iter().find(|field| field.name.as_str() == name);
    found.ok_or_else(|| {
        let message = format!("there is no field `{name}` in `{}`", design.name);
        Invalid::one("", "unknown_field", message)
    })
}

fn gone(step: &str) -> Invalid {
    Invalid::one("", "unknown_collection", format!("what `{step}` points to is gone"))
}
