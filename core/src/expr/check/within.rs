//! What stands within JSON documents. Of which type that is, a record alone knows; an expression takes it for the type of
//! what stands beside it, and where it is of another type, it is equal to nothing and in no order.

use cel::common::ast::IdedExpr;

use super::operand::Operand;
use super::{Checked, Checker};
use crate::expr::ir::{Cond, Term, Within};
use crate::expr::limits::{MAX_KEY, MAX_KEYS};
use crate::expr::vocabulary::FieldKind;

impl Checker<'_> {
    /// What stands by a key in what stands there.
    pub(super) fn within(&self, node: &IdedExpr, mut within: Within, key: &str) -> Checked<Operand> {
        if self.vocabulary.is_index() {
            return self.refuse(node, "the condition of an index does not look into JSON");
        }
        // The databases' paths write these in ways of their own, if at all.
        if key.is_empty()
            || key.len() > MAX_KEY
            || key.contains(['"', '\\'])
            || key.contains(char::is_control)
        {
            let message = format!(
                "a key of JSON has 1 to {MAX_KEY} bytes here, and neither quotes nor backslashes nor control characters"
            );
            return self.refuse(node, message);
        }
        if within.keys.len() == MAX_KEYS {
            let message = format!("JSON is looked into at most {MAX_KEYS} keys deep");
            return self.refuse(node, message);
        }
        within.keys.push(key.to_owned());
        Ok(Operand::Within(Box::new(within)))
    }
}

/// What it is taken for beside a value of that kind, if there is anything in JSON that is equal to one.
pub(super) const fn kind_beside(kind: FieldKind) -> Option<FieldKind> {
    match kind {
        FieldKind::Text => Some(FieldKind::Text),
        FieldKind::Int | FieldKind::Float => Some(FieldKind::Float),
        FieldKind::Bool => Some(FieldKind::Bool),
        _ => None,
    }
}

/// Null-safe equality of two values of one kind. What is of another kind within JSON reads as null, and is not equal to
/// null all the same.
pub(super) fn equal(left: Term, right: Term) -> Cond {
    let guard = match (&left, &right) {
        (Term::Within(within, _), other) | (other, Term::Within(within, _)) if other.is_nullable() => {
            let mut column = None;
            other.each_column(&mut |found| column = Some(found.clone()));
            column.map(|column| Cond::Any(vec![Cond::Absent(within.clone()), Cond::IsNull(column).negated()]))
        }
        _ => None,
    };
    let equal = Cond::Equal(left, right);
    match guard {
        Some(guard) => Cond::All(vec![equal, guard]),
        None => equal,
    }
}
