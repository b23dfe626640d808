//! Views: collections without records of their own, which show those of another.
//!
//! What a view shows is a part of each statement that reads it (see [`crate::records::view`]), and nothing lies in the
//! database. Its fields follow from the collections that it names, so they are computed whenever these are loaded; a
//! change after which a view would have no meaning is refused.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::definition::{Definition, MAX_FIELDS, Rules};
use super::name::FieldName;
use super::relation::Target;
use crate::dialect::Dialect;
use crate::expr::Catalogue;
use crate::ids::CollectionId;
use crate::invalid::{Findings, Invalid};
use crate::records::layout::model;
use crate::records::view::{Designs, derive};
use crate::tenants::TenantState;

/// What a view shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The collection whose records it shows, or groups of them.
    pub collection: CollectionId,
    /// Which of them, in CEL; all where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Its fields, where it shows records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<ViewField>,
    /// By what it groups, as aggregates have it: `city`, `month:month(created_at)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<String>,
    /// What it computes of each group, as aggregates have it: `count`, `revenue:sum(price)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calculate: Vec<String>,
    /// The query in brackets whose rows are its records.
    #[serde(skip)]
    pub(crate) select: Arc<str>,
}

/// A field of a view that shows records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewField {
    /// What it is called.
    pub name: FieldName,
    /// The field that it shows, of the record or of one that it points to: `room.name`.
    pub path: String,
}

/// A view as sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// The collection's name or id.
    pub collection: String,
    /// All records by default.
    #[serde(default)]
    pub filter: Option<String>,
    /// Names of fields, or `{"name", "path"}`.
    #[serde(default)]
    pub fields: Vec<Json>,
    /// Nothing by default: records are shown.
    #[serde(default)]
    pub group_by: Vec<String>,
    /// Nothing by default.
    #[serde(default)]
    pub calculate: Vec<String>,
}

impl From<View> for NewView {
    fn from(view: View) -> Self {
        Self {
            collection: view.collection.to_string(),
            filter: view.filter,
            fields: view.fields.iter().map(ViewField::to_json).collect(),
            group_by: view.group_by,
            calculate: view.calculate,
        }
    }
}

impl ViewField {
    /// As it is sent: the name alone where it is that of the field shown.
    pub fn to_json(&self) -> Json {
        if self.name.as_str() == self.path {
            return Json::String(self.path.clone());
        }
        serde_json::json!({"name": self.name.as_str(), "path": self.path})
    }

    fn read(sent: Json) -> Result<Self, Invalid> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Named {
            name: String,
            path: String,
        }
        let (name, path, pointer) = match sent {
            Json::String(name) => (name.clone(), name, ""),
            sent => {
                let Ok(Named { name, path }) = serde_json::from_value(sent) else {
                    let message = "a field is its name, or an object of `name` and `path`";
                    return Err(Invalid::one("", "invalid_field", message));
                };
                (name, path, "/name")
            }
        };
        let name = FieldName::try_from(name).map_err(|invalid| invalid.below(pointer))?;
        Ok(Self { name, path })
    }
}

impl TryFrom<NewView> for View {
    type Error = Invalid;

    /// The collection is named by its id here: names are resolved before.
    fn try_from(new: NewView) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let collection = new.collection.parse().map_err(|_| unknown(&new.collection));
        let collection = findings.take("/collection", collection);
        if new.group_by.is_empty() {
            if !new.calculate.is_empty() {
                let message = "a view computes of groups: say by what in `group_by`";
                findings.add("/group_by", "required", message);
            } else if new.fields.is_empty() || new.fields.len() > MAX_FIELDS {
                findings.add("/fields", "out_of_range", format!("a view shows 1 to {MAX_FIELDS} fields"));
            }
        } else if !new.fields.is_empty() {
            let message = "a view of groups shows what is in `group_by` and `calculate`";
            findings.add("/fields", "not_applicable", message);
        }
        let mut names = HashSet::new();
        let mut fields = Vec::with_capacity(new.fields.len());
        for (at, field) in new.fields.into_iter().enumerate() {
            let Some(field) = findings.take(&format!("/fields/{at}"), ViewField::read(field)) else {
                continue;
            };
            if !names.insert(field.name.as_str().to_ascii_lowercase()) {
                let message = format!("there is a field `{}` already", field.name);
                findings.add(format!("/fields/{at}"), "duplicate", message);
            }
            fields.push(field);
        }
        let (filter, group_by, calculate) = (new.filter, new.group_by, new.calculate);
        let select = Arc::from("");
        let view =
            collection.map(|collection| Self { collection, filter, fields, group_by, calculate, select });
        findings.finish(view)
    }
}

fn unknown(named: &str) -> Invalid {
    Invalid::one("", "unknown_collection", format!("there is no collection `{named}`"))
}

/// What a collection has and a view has not.
pub(super) fn check_alone(fields: bool, indexes: bool, rules: &Rules, findings: &mut Findings) {
    let mut stray = |pointer: &str, given: bool, message: &str| {
        if given {
            findings.add(pointer, "not_applicable", message);
        }
    };
    stray("/fields", fields, "the fields of a view stand in `view`");
    stray("/indexes", indexes, "a view uses the indexes of what it shows");
    for (name, rule) in [("create", &rules.create), ("update", &rules.update), ("delete", &rules.delete)] {
        stray(&format!("/rules/{name}"), rule.is_some(), "nothing is written to a view");
    }
}

/// Puts the id where a view names its collection.
pub(super) fn resolve(
    view: Option<&mut NewView>,
    find: impl Fn(&str) -> Option<Target>,
) -> Result<(), Invalid> {
    const POINTER: &str = "/view/collection";
    let Some(view) = view else { return Ok(()) };
    match find(&view.collection) {
        Some(Target { is_view: true, .. }) => {
            let message = format!("`{}` is a view, and a view shows a collection", view.collection);
            Err(Invalid::one(POINTER, "not_applicable", message))
        }
        Some(Target { id, .. }) => {
            view.collection = id.to_string();
            Ok(())
        }
        None => Err(unknown(&view.collection).below(POINTER)),
    }
}

/// Computes the fields and the query of a view that is to be; nothing of a collection.
pub(super) fn complete_in(
    tenant: &TenantState,
    definition: &mut Definition,
    dialect: Dialect,
) -> Result<(), Invalid> {
    let plain = || tenant.collections().filter(|collection| !collection.is_view());
    let catalogue = plain().map(|collection| Arc::clone(&collection.model)).collect::<Catalogue>();
    let each = plain().map(|collection| (collection.id(), collection.definition())).collect();
    complete(definition, &Designs { each, catalogue: Arc::new(catalogue), dialect })
}

/// The same for each view of a tenant's designs. Names the one that has no meaning.
pub(super) fn complete_all<'d>(
    all: impl Iterator<Item = (CollectionId, &'d mut Definition)>,
    dialect: Dialect,
) -> Result<(), (String, Invalid)> {
    let (views, plain): (Vec<_>, Vec<_>) = all.partition(|(_, design)| design.view.is_some());
    if views.is_empty() {
        return Ok(());
    }
    let plain: HashMap<CollectionId, &Definition> =
        plain.into_iter().map(|(id, design)| (id, &*design)).collect();
    let models = plain.iter().map(|(id, design)| Arc::new(model(*id, design, dialect)));
    let catalogue = Arc::new(models.collect::<Catalogue>());
    let designs = Designs { each: plain, catalogue, dialect };
    for (_, view) in views {
        complete(view, &designs).map_err(|invalid| (view.name.to_string(), invalid))?;
    }
    Ok(())
}

fn complete(definition: &mut Definition, designs: &Designs<'_>) -> Result<(), Invalid> {
    if let Some(view) = &mut definition.view {
        let derived = derive(view, designs).map_err(|invalid| invalid.below("/view"))?;
        (definition.fields, view.select) = derived;
    }
    Ok(())
}
