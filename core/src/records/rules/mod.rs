//! Rules looked at from outside: what they say of somebody and a record and why, and what is to be said against them.

mod asked;
mod explain;
mod lint;
mod subject;

pub use self::asked::{Answer, Because, RuleAnswer, RulePart};
pub use self::explain::{RuleQuestion, RulesExplanation};
pub use self::lint::{Finding, FindingCode, Severity};
pub use self::subject::{SeenAuth, Subject};
use crate::access::{RecordsRead, RecordsWrite, TenantScope};
use crate::collections::Collection;
use crate::expr::{Checked, Vocabulary};

/// Which rule of a collection, or of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleName {
    /// Which records a list shows.
    List,
    /// Which record is shown by its id.
    View,
    /// Which records are made.
    Create,
    /// Which are changed.
    Update,
    /// Which are deleted.
    Delete,
    /// Of which records a field is shown.
    Read,
    /// Of which records a field is written.
    Write,
}

impl RuleName {
    /// What people call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::View => "view",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// Whether it says who reads.
    const fn is_of_reading(self) -> bool {
        matches!(self, Self::List | Self::View | Self::Read)
    }

    /// Whether it knows `input`.
    const fn has_input(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Write)
    }

    /// Whether rules of that name bind whoever acts in the scope.
    fn binds(self, scope: &TenantScope) -> bool {
        if self.is_of_reading() {
            scope.permit::<RecordsRead>().is_err()
        } else {
            scope.permit::<RecordsWrite>().is_err()
        }
    }

    /// What it may speak of.
    fn vocabulary(self, collection: &Collection) -> Vocabulary<'static> {
        let vocabulary = Vocabulary::of_rule(collection.catalogue.clone(), collection.model.clone());
        if self.has_input() { vocabulary.with_input() } else { vocabulary }
    }
}

/// A rule as it stands in a design.
struct Standing<'c> {
    name: RuleName,
    /// The field that it is of.
    field: Option<&'c str>,
    source: Option<&'c str>,
    checked: Option<&'c Checked>,
}

/// Every rule of a collection and each of its fields; of the collection also those that are not there.
fn standing(collection: &Collection) -> Vec<Standing<'_>> {
    let (written, checked) = (&collection.definition().rules, &collection.rules);
    let mut all =
        vec![(RuleName::List, &written.list, &checked.list), (RuleName::View, &written.view, &checked.view)];
    if !collection.is_view() {
        all.extend([
            (RuleName::Create, &written.create, &checked.create),
            (RuleName::Update, &written.update, &checked.update),
            (RuleName::Delete, &written.delete, &checked.delete),
        ]);
    }
    let own = all.into_iter().map(|(name, source, checked)| Standing {
        name,
        field: None,
        source: source.as_deref(),
        checked: checked.as_ref(),
    });
    let of_fields = collection.definition().fields.iter().enumerate().flat_map(|(place, field)| {
        let rules = &collection.field_rules;
        let read = rules.read.iter().find(|(at, _)| *at == place).map(|(_, rule)| rule);
        let write = rules.write.iter().find(|(name, _)| name == field.name.as_str()).map(|(_, rule)| rule);
        [
            (RuleName::Read, field.rules.read.as_deref(), read),
            (RuleName::Write, field.rules.write.as_deref(), write),
        ]
        .into_iter()
        .filter(|(_, source, _)| source.is_some())
        .map(move |(name, source, checked)| Standing {
            name,
            field: Some(field.name.as_str()),
            source,
            checked,
        })
    });
    own.chain(of_fields).collect()
}
