//! Statements that read many records or one, built once for a question and kept with the collection.

mod after;
mod order;
mod plan;
mod planner;
mod pointing;
mod write_rules;

pub(super) use self::order::{By, Term};
pub(crate) use self::plan::{Plan, PlanKey, Shape};
pub(super) use self::plan::{mark, resolved};
pub(crate) use self::planner::Planner;
pub(super) use self::pointing::{ByIds, MOST_POINTING, MOST_POINTING_IN_ALL};
pub(crate) use self::write_rules::WriteRules;
