//! Rules, checked against the collections that they speak of.

use std::collections::HashMap;
use std::sync::Arc;

use super::definition::{Definition, Rules};
use super::field_rules::CheckedFieldRules;
use super::service::CollectionError;
use super::view;
use crate::dialect::Dialect;
use crate::expr::{self, Catalogue, Checked, Model, Vocabulary};
use crate::ids::CollectionId;
use crate::invalid::{Findings, Invalid};
use crate::records::layout::model;

/// Rules that have been checked.
#[derive(Debug, Default)]
pub(crate) struct CheckedRules {
    pub(crate) list: Option<Checked>,
    pub(crate) view: Option<Checked>,
    pub(crate) create: Option<Checked>,
    pub(crate) update: Option<Checked>,
    pub(crate) delete: Option<Checked>,
}

impl CheckedRules {
    /// Checks the rules of a collection, which speak of the catalogue's.
    pub(super) fn new(
        rules: &Rules,
        catalogue: &Arc<Catalogue>,
        model: &Arc<Model>,
    ) -> Result<Self, Invalid> {
        let vocabulary = Vocabulary::of_rule(Arc::clone(catalogue), Arc::clone(model));
        let writing = vocabulary.clone().with_input();
        let mut findings = Findings::default();
        let mut check = |name: &str, rule: &Option<String>, vocabulary: &Vocabulary<'_>| {
            let checked = expr::parse(rule.as_deref()?, vocabulary)
                .map_err(|error| Invalid::one(format!("/{name}"), "invalid_rule", error.to_string()));
            findings.take("", checked)
        };
        let checked = Self {
            list: check("list", &rules.list, &vocabulary),
            view: check("view", &rules.view, &vocabulary),
            create: check("create", &rules.create, &writing),
            update: check("update", &rules.update, &writing),
            delete: check("delete", &rules.delete, &vocabulary),
        };
        findings.finish(Some(checked))
    }
}

/// What people call the rule: `list`, or `read` of a field.
fn name_of_rule(design: &Definition, pointer: &str) -> String {
    let mut steps = pointer.trim_start_matches('/').split('/');
    let (first, last) = (steps.next().unwrap_or_default(), steps.next_back());
    let field = first.parse::<usize>().ok().and_then(|place| design.fields.get(place));
    match (field, last) {
        (Some(field), Some(rule)) => format!("`{}` {rule}", field.name),
        _ => first.to_owned(),
    }
}

/// Refuses a change of one collection after which a view, or a rule of another, would speak of what is gone.
pub(super) fn check_others(
    mut designs: HashMap<CollectionId, Definition>,
    changed: CollectionId,
    after: Option<&Definition>,
    dialect: Dialect,
) -> Result<(), CollectionError> {
    designs.remove(&changed);
    designs.extend(after.map(|after| (changed, after.clone())));
    let each = designs.iter_mut().map(|(id, design)| (*id, design));
    view::complete_all(each, dialect).map_err(|(collection, invalid)| CollectionError::UsedByView {
        collection,
        reason: invalid.to_string(),
    })?;
    let model = |(id, design): (&CollectionId, &Definition)| Arc::new(model(*id, design, dialect));
    let catalogue: Arc<Catalogue> = Arc::new(designs.iter().map(model).collect());
    for (id, design) in designs.iter().filter(|(id, _)| **id != changed) {
        let Some(own) = catalogue.get(*id) else { continue };
        let of_fields = || CheckedFieldRules::new(&design.fields, &catalogue, own).map(drop);
        let checked = CheckedRules::new(&design.rules, &catalogue, own).map(drop);
        let Err(invalid) = checked.and_then(|()| of_fields()) else { continue };
        let Some(finding) = invalid.details().first() else { continue };
        let rule = name_of_rule(design, &finding.pointer);
        let (collection, reason) = (design.name.to_string(), finding.message.clone());
        return Err(CollectionError::UsedByRule { collection, rule, reason });
    }
    Ok(())
}
