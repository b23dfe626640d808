//! Where a page begins.

use super::{Planner, Term};
use crate::dialect::Dialect;

impl Planner<'_> {
    /// The rows that come after the cursor's, in one part or in two that follow one another, each with a bound on the
    /// first column from which the database can start in an index. None can where nulls are one end of a range and
    /// values the other, but MariaDB. The values that it needs are noted in `slots`.
    pub(super) fn after(
        &self,
        order: &[Term],
        nulls: &[bool],
        taken: usize,
        slots: &mut Vec<usize>,
    ) -> (String, Option<String>) {
        let (Some(first), Some(&null)) = (order.first(), nulls.first()) else {
            return ("1 = 0".to_owned(), None);
        };
        let (name, splits) = (self.name(first.by), self.dialect != Dialect::MariaDb);
        match (first.descending, null) {
            (true, false) if self.nullable(first.by) && splits => {
                let bound = format!("{name} <= {}", self.slot(0, taken, slots));
                let past = format!("{name} < {}", self.slot(0, taken, slots));
                let same = format!("{name} = {}", self.slot(0, taken, slots));
                let rest = self.beyond(order, nulls, 1, (taken, slots));
                let values = format!("({bound} AND ({past} OR ({same} AND {rest})))");
                (values, Some(format!("{name} IS NULL")))
            }
            (true, true) => {
                (format!("({name} IS NULL AND {})", self.beyond(order, nulls, 1, (taken, slots))), None)
            }
            (false, true) if splits => {
                let same = format!("({name} IS NULL AND {})", self.beyond(order, nulls, 1, (taken, slots)));
                (same, Some(format!("{name} IS NOT NULL")))
            }
            (false, true) => (self.beyond(order, nulls, 0, (taken, slots)), None),
            (descending, false) => {
                let sign = if descending { "<=" } else { ">=" };
                let bound = format!("{name} {sign} {}", self.slot(0, taken, slots));
                let or_null = if descending && self.nullable(first.by) {
                    format!(" OR {name} IS NULL")
                } else {
                    String::new()
                };
                let beyond = self.beyond(order, nulls, 0, (taken, slots));
                (format!("(({bound}{or_null}) AND {beyond})"), None)
            }
        }
    }

    /// `a > x OR a = x AND (b > y OR …)`, from the term at `at` on.
    fn beyond(
        &self,
        order: &[Term],
        nulls: &[bool],
        at: usize,
        (taken, slots): (usize, &mut Vec<usize>),
    ) -> String {
        let (Some(term), Some(&null)) = (order.get(at), nulls.get(at)) else { return "1 = 0".to_owned() };
        let name = self.name(term.by);
        let past = match (term.descending, null) {
            (false, true) => format!("{name} IS NOT NULL"),
            // Nulls are the end.
            (true, true) => "1 = 0".to_owned(),
            (false, false) => format!("{name} > {}", self.slot(at, taken, slots)),
            (true, false) if self.nullable(term.by) => {
                format!("{name} < {} OR {name} IS NULL", self.slot(at, taken, slots))
            }
            (true, false) => format!("{name} < {}", self.slot(at, taken, slots)),
        };
        if at + 1 == order.len() {
            return format!("({past})");
        }
        let same = if null {
            format!("{name} IS NULL")
        } else {
            format!("{name} = {}", self.slot(at, taken, slots))
        };
        let rest = self.beyond(order, nulls, at + 1, (taken, slots));
        format!("({past} OR ({same} AND {rest}))")
    }

    /// The place of the cursor's value at `at`.
    fn slot(&self, at: usize, taken: usize, slots: &mut Vec<usize>) -> String {
        slots.push(at);
        self.mark(taken + slots.len() - 1)
    }
}
