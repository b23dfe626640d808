//! A collection as requests use it: its design, and all that can be prepared from it.

use std::sync::{Arc, OnceLock};

use moka::sync::Cache;

use super::definition::Definition;
use super::field::Field;
use super::field_rules::CheckedFieldRules;
use super::relation::Relation;
use super::rules::CheckedRules;
use super::users::UserFields;
use crate::clock::Timestamp;
use crate::dialect::Dialect;
use crate::expr::{Catalogue, Checked, Model};
use crate::ids::CollectionId;
use crate::invalid::{Findings, Invalid};
use crate::records::computed::Computed;
use crate::records::layout::{Layout, model};
use crate::records::limits::Limits;
use crate::records::observed::Observed;
use crate::records::query::{Plan, PlanKey, WriteRules};
use crate::records::value::FieldValue;
use crate::version::ETag;

/// Lists whose statements are kept.
const CACHED_PLANS: u64 = 500;

/// A collection.
#[derive(Debug)]
pub struct Collection {
    id: CollectionId,
    definition: Definition,
    created_at: Timestamp,
    updated_at: Timestamp,
    pub(crate) layout: Layout,
    pub(crate) model: Arc<Model>,
    /// The tenant's collections, this one among them.
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) rules: CheckedRules,
    pub(crate) field_rules: CheckedFieldRules,
    pub(crate) write_rules: WriteRules,
    /// What each field has where a new record gives nothing.
    pub(crate) defaults: Vec<Option<FieldValue>>,
    limits: Vec<Limits>,
    /// Fields that the server computes, each after those that it is computed from.
    pub(crate) computed: Vec<Computed>,
    pub(crate) relations: Vec<Relation>,
    /// What its lists looked for, where it belongs to a tenant that is in use.
    pub(crate) observed: OnceLock<Arc<Observed>>,
    /// What auth owns of it, if it is the users'.
    pub(crate) users: Option<UserFields>,
    /// `None` for a shape whose filters differ in more than constants.
    pub(crate) plans: Cache<PlanKey, Option<Arc<Plan>>>,
}

impl Collection {
    /// Prepares a design, and says what is wrong with its rules and defaults. The catalogue has the design too.
    pub(crate) fn new(
        id: CollectionId,
        definition: Definition,
        (created_at, updated_at): (Timestamp, Timestamp),
        dialect: Dialect,
        catalogue: &Arc<Catalogue>,
    ) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        if definition.view.is_none() {
            findings.take("/fields", check_width(&definition.fields, dialect));
        }
        let model = catalogue.get(id).cloned().unwrap_or_else(|| Arc::new(model(id, &definition, dialect)));
        let rules = findings.take("/rules", CheckedRules::new(&definition.rules, catalogue, &model));
        let field_rules = CheckedFieldRules::new(&definition.fields, catalogue, &model);
        let field_rules = findings.take("/fields", field_rules).unwrap_or_default();
        findings.take("/indexes", super::partial::check(&definition, &model));
        let limits = findings.take("/fields", Limits::of_each(&definition.fields));
        let limits = limits.unwrap_or_default();
        let defaults = findings.take("/fields", read_defaults(&definition.fields, &limits));
        let computed = findings.take("/fields", Computed::of(&definition.fields, &limits, &model));
        let layout = Layout::new(super::table_name(id.as_uuid()), &definition, dialect);
        let relations = Relation::of(id, &definition, |target| Some(catalogue.get(target)?.name.clone()));
        let users = UserFields::of(&definition);
        let newcomers = users.map(|_| Checked::always(&model.table));
        let made = rules.zip(defaults).zip(computed).map(|((rules, defaults), computed)| Self {
            id,
            users,
            definition,
            created_at,
            updated_at,
            write_rules: WriteRules::new(&rules, &field_rules, &layout, dialect, newcomers),
            field_rules,
            layout,
            model,
            catalogue: Arc::clone(catalogue),
            rules,
            defaults,
            limits,
            computed,
            relations,
            observed: OnceLock::new(),
            plans: Cache::new(CACHED_PLANS),
        });
        findings.finish(made)
    }

    /// Its id.
    pub const fn id(&self) -> CollectionId {
        self.id
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.definition.name.as_str()
    }

    /// Its design.
    pub const fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Whether it is a view, which has no records of its own.
    pub const fn is_view(&self) -> bool {
        self.definition.view.is_some()
    }

    /// The name of the collection of that id, if it is this tenant's.
    pub fn name_of(&self, collection: CollectionId) -> Option<&str> {
        self.catalogue.get(collection).map(|model| model.name.as_str())
    }

    /// The name of the collection to whose records a field points.
    pub fn target(&self, field: &str) -> Option<&str> {
        let relation = self.relations.iter().find(|relation| relation.field == field)?;
        Some(&relation.target_name)
    }

    /// The least and the greatest value of the field at that place.
    pub(crate) fn limits(&self, place: usize) -> &Limits {
        self.limits.get(place).unwrap_or(&Limits::NONE)
    }

    /// When it was made.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Its version: another once its design was changed, or a collection that it points to renamed.
    pub fn etag(&self) -> ETag {
        version(&self.definition, self.updated_at, &self.relations)
    }

    /// When its design was last changed.
    pub const fn updated_at(&self) -> Timestamp {
        self.updated_at
    }
}

/// The version of a design. The names that it shows of others are part of it.
pub(super) fn version(definition: &Definition, updated_at: Timestamp, relations: &[Relation]) -> ETag {
    let targets: Vec<&str> = relations.iter().map(|relation| relation.target_name.as_str()).collect();
    ETag::of(&(definition, updated_at, targets))
}

/// A row of MariaDB has room for 65,535 bytes of texts that are no longer than an index key, and four bytes are kept
/// for each character that such a text may have.
fn check_width(fields: &[Field], dialect: Dialect) -> Result<(), Invalid> {
    const ROOM: u32 = 60_000 / 4;
    let width: u32 = fields.iter().filter_map(|field| field.kind.key_length()).sum();
    if dialect != Dialect::MariaDb || width <= ROOM {
        return Ok(());
    }
    let message = format!(
        "the texts of a record may have at most {ROOM} characters together, where `max_length` is no more than 768 \
         (e-mails and selects count for 255); let some have no `max_length`"
    );
    Err(Invalid::one("", "too_wide", message))
}

/// What each field has where a new record gives nothing.
pub(super) fn defaults(definition: &Definition) -> Result<Vec<Option<FieldValue>>, Invalid> {
    let limits = Limits::of_each(&definition.fields)?;
    read_defaults(&definition.fields, &limits)
}

fn read_defaults(fields: &[Field], limits: &[Limits]) -> Result<Vec<Option<FieldValue>>, Invalid> {
    let mut findings = Findings::default();
    let mut defaults = Vec::with_capacity(fields.len());
    for (at, field) in fields.iter().enumerate() {
        let limits = limits.get(at).unwrap_or(&Limits::NONE);
        let default = field.default.as_ref().map(|default| {
            let read = FieldValue::read_json(field, default).and_then(|value| limits.check(field, value));
            findings.take(&format!("/{at}/default"), read)
        });
        defaults.push(default.flatten());
    }
    findings.finish(Some(defaults))
}
