//! What a database can look up in an index for a condition.

use super::Checked;
use super::ir::{Cond, Row, Term};

/// The fields of a record by which an index finds those that may meet a condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sought {
    /// Those that have one value, or one of a few.
    pub(crate) equal: Vec<String>,
    /// Those that lie in a range.
    pub(crate) ranged: Vec<String>,
}

impl Sought {
    /// What all of these conditions look for.
    pub(crate) fn of(conditions: &[Checked]) -> Self {
        let mut sought = Self::default();
        for condition in conditions {
            sought.add(condition);
        }
        sought
    }

    /// Fields of other records that the conditions compare, by which these may be found.
    pub(crate) fn elsewhere(conditions: &[Checked]) -> Vec<String> {
        let mut names = Vec::new();
        for condition in conditions {
            condition.0.cond.each_column(&mut |column| {
                if column.row >= Row::FIRST_BOUND && column.path.is_empty() {
                    note(&mut names, &column.name);
                }
            });
        }
        names
    }

    /// Adds what the condition looks for.
    pub(crate) fn add(&mut self, condition: &Checked) {
        self.visit(&condition.0.cond);
    }

    /// Only what all of the condition depends on.
    fn visit(&mut self, cond: &Cond) {
        match cond {
            Cond::All(parts) => parts.iter().for_each(|part| self.visit(part)),
            Cond::Guarded(guard, inner) => [guard, inner].into_iter().for_each(|part| self.visit(part)),
            Cond::Truth(inner) => self.visit(inner),
            // One of a few values.
            Cond::Any(parts) => {
                let mut each = parts.iter().map(|part| {
                    let mut sought = Self::default();
                    sought.visit(part);
                    sought.equal
                });
                if let Some(first) = each.next()
                    && let [name] = first.as_slice()
                    && each.all(|other| other == first)
                {
                    note(&mut self.equal, name);
                }
            }
            Cond::Equal(left, right) => match (field(left), field(right)) {
                (Some(name), None) | (None, Some(name)) => note(&mut self.equal, name),
                _ => {}
            },
            Cond::OneOf(term, _) | Cond::Listed(term, _) | Cond::Holds(term) => {
                if let Some(name) = field(term) {
                    note(&mut self.equal, name);
                }
            }
            Cond::IsNull(column) if column.row == Row::RECORD => note(&mut self.equal, &column.name),
            Cond::Ordered(left, _, right) => match (field(left), field(right)) {
                (Some(name), None) | (None, Some(name)) => note(&mut self.ranged, name),
                _ => {}
            },
            _ => {}
        }
    }
}

fn field(term: &Term) -> Option<&str> {
    match term {
        Term::Column(column) if column.row == Row::RECORD => Some(&column.name),
        _ => None,
    }
}

fn note(names: &mut Vec<String>, name: &str) {
    if names.iter().all(|noted| noted != name) {
        names.push(name.to_owned());
    }
}
