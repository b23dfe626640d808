//! Rules of writes, asked of one record.

use super::{Plan, Planner};
use crate::collections::{CheckedFieldRules, CheckedRules};
use crate::dialect::Dialect;
use crate::expr::Checked;
use crate::records::layout::Layout;
use crate::records::service::Verb;

/// The statements that ask the rules of writes: each finds a row where the record of an id meets the rule.
#[derive(Debug, Default)]
pub(crate) struct WriteRules {
    create: Option<Plan>,
    update: Option<Plan>,
    delete: Option<Plan>,
    /// With the rules of fields that are sent.
    create_with_fields: Option<Plan>,
    update_with_fields: Option<Plan>,
}

impl WriteRules {
    /// `newcomers` is what is asked of those who make users of themselves where there is no rule for that.
    pub(crate) fn new(
        rules: &CheckedRules,
        fields: &CheckedFieldRules,
        layout: &Layout,
        dialect: Dialect,
        newcomers: Option<Checked>,
    ) -> Self {
        let planner = Planner { layout, dialect, veils: &[] };
        let plan = |rule: &Option<Checked>| {
            rule.as_ref().map(|rule| planner.one(std::slice::from_ref(rule), vec![0], 0))
        };
        let with_fields = |rule: &Option<Checked>| {
            let rule = rule.as_ref().filter(|_| !fields.write.is_empty());
            plan(&rule.map(|rule| rule.with_fields(&fields.write)))
        };
        Self {
            create: plan(&rules.create),
            update: plan(&rules.update),
            delete: plan(&rules.delete),
            create_with_fields: with_fields(&rules.create.clone().or(newcomers)),
            update_with_fields: with_fields(&rules.update),
        }
    }

    /// What asks the collection's rule, and nothing else.
    pub(crate) const fn alone(&self, verb: Verb) -> Option<&Plan> {
        match verb {
            Verb::Create => self.create.as_ref(),
            Verb::Update => self.update.as_ref(),
            Verb::Delete => self.delete.as_ref(),
            Verb::List | Verb::View => None,
        }
    }

    /// What asks all that is to be asked.
    pub(crate) const fn of(&self, verb: Verb) -> Option<&Plan> {
        match verb {
            Verb::Create if self.create_with_fields.is_some() => self.create_with_fields.as_ref(),
            Verb::Update if self.update_with_fields.is_some() => self.update_with_fields.as_ref(),
            verb => self.alone(verb),
        }
    }
}
