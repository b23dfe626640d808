//! Rules of writes, asked of one record.

use super::{Plan, Planner};
use crate::collections::CheckedRules;
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
}

impl WriteRules {
    pub(crate) fn new(rules: &CheckedRules, layout: &Layout, dialect: Dialect) -> Self {
        let planner = Planner { layout, dialect };
        let plan = |rule: &Option<Checked>| {
            rule.as_ref().map(|rule| planner.one(std::slice::from_ref(rule), vec![0], 0))
        };
        Self { create: plan(&rules.create), update: plan(&rules.update), delete: plan(&rules.delete) }
    }

    pub(crate) const fn of(&self, verb: Verb) -> Option<&Plan> {
        match verb {
            Verb::Create => self.create.as_ref(),
            Verb::Update => self.update.as_ref(),
            Verb::Delete => self.delete.as_ref(),
            Verb::List | Verb::View => None,
        }
    }
}
