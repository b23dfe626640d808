//! From CEL's syntax tree to the typed form.

mod arithmetic;
mod call;
mod compare;
mod constant;
mod fold;
mod literal;
mod many;
mod name;
mod operand;
mod order;
mod time;
mod value;
mod within;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use cel::common::ast::{Expr, IdedExpr};

use self::literal::Literal;
use self::operand::Operand;
use super::error::ExprError;
use super::ir::{Cond, Row, Term};
use super::limits::{MAX_CONDITIONS, MAX_WEIGHT};
use super::vocabulary::{FieldKind, Model, Vocabulary};

pub(super) type Checked<T> = Result<T, ExprError>;

/// Checks one expression against one vocabulary.
pub(super) struct Checker<'a> {
    vocabulary: &'a Vocabulary<'a>,
    /// A node's position, from its id.
    offset_of: &'a dyn Fn(u64) -> usize,
    /// Conditions that may still be made: `?:` may make more of them than are written.
    left: Cell<usize>,
    /// Rows that `exists()` and `all()` name, the innermost last.
    bound: RefCell<Vec<Bound>>,
    next_row: Cell<u32>,
    /// How often other records are looked into.
    subqueries: Cell<usize>,
    /// Terms that are written out in SQL.
    weight: Cell<usize>,
    /// Whether constants were computed with, or compared with one another.
    folded: Cell<bool>,
}

/// A row with the name that it has in a part of the expression.
struct Bound {
    name: String,
    row: Row,
    model: Arc<Model>,
}

impl<'a> Checker<'a> {
    pub(super) const fn new(vocabulary: &'a Vocabulary<'a>, offset_of: &'a dyn Fn(u64) -> usize) -> Self {
        Self {
            vocabulary,
            offset_of,
            left: Cell::new(MAX_CONDITIONS),
            bound: RefCell::new(Vec::new()),
            next_row: Cell::new(Row::FIRST_BOUND.0),
            subqueries: Cell::new(0),
            weight: Cell::new(0),
            folded: Cell::new(false),
        }
    }

    pub(super) const fn has_folded(&self) -> bool {
        self.folded.get()
    }

    /// How often what has been checked looks into other records.
    pub(super) fn subqueries(&self) -> usize {
        self.subqueries.get()
    }

    /// How many terms are written out in the SQL of what has been checked.
    pub(super) fn weight(&self) -> usize {
        self.weight.get()
    }

    fn refuse<T>(&self, node: &IdedExpr, message: impl Into<String>) -> Checked<T> {
        Err(ExprError::new((self.offset_of)(node.id), message))
    }

    /// The node as a condition.
    pub(super) fn cond(&self, node: &IdedExpr) -> Checked<Cond> {
        let operand = self.operand(node)?;
        self.condition(node, operand)
    }

    /// An operand, which stands at the node, as a condition.
    fn condition(&self, node: &IdedExpr, operand: Operand) -> Checked<Cond> {
        match operand {
            Operand::Cond(cond) => Ok(cond),
            Operand::Literal(Literal::Bool(value)) => Ok(Cond::Const(value)),
            Operand::Term(term, FieldKind::Bool) => self.leaf(node, Cond::Holds(term)),
            Operand::Claim(path) => {
                self.leaf(node, Cond::Holds(Term::Late(super::ir::Late::Claim(path, FieldKind::Bool))))
            }
            Operand::Within(within) => self.leaf(node, Cond::Holds(Term::Within(within, FieldKind::Bool))),
            Operand::Choice(choice) => {
                let [yes, no] = [choice.yes, choice.no].map(|side| self.condition(node, side).map(Box::new));
                Ok(Cond::If(Box::new(choice.test), yes?, no?))
            }
            other => {
                let described = other.described();
                self.refuse(node, format!("a condition is wanted here, and {described} is none"))
            }
        }
    }

    /// A condition that has no other in it, made at the node.
    fn leaf(&self, node: &IdedExpr, cond: Cond) -> Checked<Cond> {
        let Some(left) = self.left.get().checked_sub(1) else {
            let message = "the expression becomes too large: have fewer `?:` beside one another";
            return self.refuse(node, message);
        };
        self.left.set(left);
        self.weigh(node, cond.weight())?;
        Ok(cond)
    }

    /// Counts terms that are written out in SQL, which is made of all but computed fields.
    fn weigh(&self, node: &IdedExpr, more: usize) -> Checked<()> {
        let weight = self.weight.get().saturating_add(more);
        if weight > MAX_WEIGHT && !self.vocabulary.is_computed() {
            let message = "the SQL of the expression becomes too large: some functions write twice what they are called \
                           on, so have fewer of them on one another";
            return self.refuse(node, message);
        }
        self.weight.set(weight);
        Ok(())
    }

    /// The node as a side of an operator.
    fn operand(&self, node: &IdedExpr) -> Checked<Operand> {
        if fold::is_constant(node) {
            return self.fold(node).map(Operand::Literal);
        }
        match &node.expr {
            Expr::Ident(name) => self.name(node, name),
            Expr::Select(select) => self.select(node, select),
            Expr::Call(call) => self.call(node, call),
            Expr::List(_) => self.refuse(node, "a list may stand only to the right of `in`"),
            Expr::Map(_) | Expr::Struct(_) => self.refuse(node, "maps and messages are not supported"),
            Expr::Comprehension(_) | Expr::Literal(_) | Expr::Unspecified => {
                self.refuse(node, "this is not supported")
            }
        }
    }
}
