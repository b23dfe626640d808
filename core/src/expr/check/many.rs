//! Other records: those that relations point to, and those of other collections.

use std::sync::Arc;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};

use super::literal::{Literal, Placed, place};
use super::operand::Operand;
use super::{Bound, Checked, Checker};
use crate::expr::ir::{self, Column, Cond, Exists, From, Late, List, Row, Step, Table, Term, Tie, Within};
use crate::expr::limits::{MAX_NESTED, MAX_STEPS, MAX_SUBQUERIES};
use crate::expr::referrers::Referrers;
use crate::expr::vocabulary::{FieldKind, Holds, Model, Reach, Way, nearest};
use crate::ids::CollectionId;

/// Records that point to a record.
#[derive(Clone, Debug)]
pub(super) struct Pointing {
    name: String,
    /// The id of the record.
    owner: Column,
    collection: CollectionId,
    tie: Tie,
}

impl Pointing {
    pub(super) fn new(name: &str, owner: Column, found: &Referrers<'_>) -> Self {
        let tie = match &found.field.holds {
            Holds::Many { links, .. } => Tie::LinksBack(Arc::clone(links)),
            _ => Tie::Column(found.field.column.clone()),
        };
        Self { name: name.to_owned(), owner, collection: found.model.id, tie }
    }

    /// As it is written.
    pub(super) fn written(&self) -> String {
        let steps = self.owner.path.iter().map(|step| step.field.as_str());
        steps.chain([self.name.as_str()]).collect::<Vec<_>>().join(".")
    }
}

/// What a condition about each of many is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    Exists,
    All,
}

impl Quantifier {
    const fn name(self) -> &'static str {
        match self {
            Self::Exists => "exists()",
            Self::All => "all()",
        }
    }
}

impl Checker<'_> {
    /// A field of the record that a field points to: `column.name`.
    pub(super) fn through(&self, node: &IdedExpr, column: Column, name: &str) -> Checked<Operand> {
        let target = match self.holds(&column) {
            Holds::One(target) => target,
            Holds::Many { .. } | Holds::Texts => {
                return self.no_part_of_list(node, &column.written(), name);
            }
            Holds::Document => return self.within(node, Within { column, keys: Vec::new() }, name),
            Holds::Value => {
                let operand = Operand::Term(Term::Column(column.clone()), column.kind);
                return self.refuse(node, format!("{} has no part `{name}`", operand.described()));
            }
        };
        let Column { row, mut path, name: field, stored, .. } = column;
        if path.len() == MAX_STEPS {
            let message = format!("more than {MAX_STEPS} relations are followed here, one after another");
            return self.refuse(node, message);
        }
        let (model, to) = self.table(node, target, &field, Way::Forth)?;
        path.push(Step { field, stored, to });
        self.field_of(node, &model, name, (row, path))
    }

    pub(super) fn no_part_of_list<T>(&self, node: &IdedExpr, list: &str, name: &str) -> Checked<T> {
        let message = format!(
            "`{list}` is a list, which has no part `{name}`; ask it with exists(), all(), size() or `in`"
        );
        self.refuse(node, message)
    }

    /// `of.exists(name, body)` or `of.all(name, body)`.
    pub(super) fn quantified(
        &self,
        node: &IdedExpr,
        quantifier: Quantifier,
        of: &IdedExpr,
        (name, body): (&IdedExpr, &IdedExpr),
    ) -> Checked<Operand> {
        let Expr::Ident(bound) = &name.expr else {
            let what = quantifier.name();
            let message =
                format!("{what} takes a name and a condition, as in members.exists(m, m.name == 'x')");
            return self.refuse(name, message);
        };
        if ["record", "input", "auth", "request"].contains(&bound.as_str()) {
            return self.refuse(name, format!("`{bound}` means something else; take another name"));
        }
        let (model, from) = self.rows(of, quantifier)?;
        if self.bound.borrow().len() == MAX_NESTED {
            let message = format!("exists() and all() stand within one another at most {MAX_NESTED} deep");
            return self.refuse(node, message);
        }
        let row = Row(self.next_row.get());
        self.next_row.set(row.0 + 1);
        self.bound.borrow_mut().push(Bound { name: bound.clone(), row, model });
        let cond = self.cond(body);
        self.bound.borrow_mut().pop();
        // All are so where none is not.
        let all = quantifier == Quantifier::All;
        let exists = Exists { row, from, cond: cond?.negated_if(all) };
        let found = self.leaf(node, Cond::Exists(Box::new(exists)))?;
        Ok(Operand::Cond(found.negated_if(all)))
    }

    /// The rows that are asked.
    fn rows(&self, of: &IdedExpr, quantifier: Quantifier) -> Checked<(Arc<Model>, From)> {
        if let Expr::Call(CallExpr { func_name, target: None, args, .. }) = &of.expr
            && func_name == "collection"
        {
            return self.others(of, args);
        }
        let what = quantifier.name();
        match self.operand(of)? {
            Operand::Term(Term::Column(column), FieldKind::Json) => {
                let Holds::Many { target, links } = self.holds(&column) else {
                    let message = format!(
                        "{what} asks records, and `{}` holds none; `in` looks for a text in it",
                        column.written()
                    );
                    return self.refuse(of, message);
                };
                let (model, table) = self.table(of, target, &column.name, Way::Forth)?;
                let owner = self.stored_owner(of, &column)?;
                Ok((model, From { table, only: Some((owner, Tie::Links(links))) }))
            }
            Operand::Pointing(pointing) => {
                let (model, table) = self.pointing(of, &pointing)?;
                Ok((model, From { table, only: Some((pointing.owner, pointing.tie)) }))
            }
            other => {
                let message = format!(
                    "{what} is asked of a relation to many, of records that point here or of collection('…'), not of {}",
                    other.described()
                );
                self.refuse(of, message)
            }
        }
    }

    /// `collection("name")`.
    fn others(&self, of: &IdedExpr, args: &[IdedExpr]) -> Checked<(Arc<Model>, From)> {
        self.beyond_the_record(of)?;
        if !self.vocabulary.asks_others() {
            return self.refuse(of, "only rules ask other collections; a filter follows relations");
        }
        let [IdedExpr { expr: Expr::Literal(LiteralValue::String(name)), .. }] = args else {
            return self.refuse(of, "collection() takes a name, as in collection('members')");
        };
        let name = name.inner();
        let catalogue = self.vocabulary.catalogue();
        let Some(model) = catalogue.named(name) else {
            let hint = nearest(name, catalogue.names()).map(|near| format!("; did you mean `{near}`?"));
            let message = format!("there is no collection `{name}`{}", hint.unwrap_or_default());
            return self.refuse(of, message);
        };
        // What is asked by its name is asked by rules, which see everything.
        let (model, table) = self.table(of, model.id, name, Way::Back)?;
        Ok((model, From { table, only: None }))
    }

    /// `item in list`, where a record holds the list.
    pub(super) fn member(&self, node: &IdedExpr, item: Operand, column: &Column) -> Checked<Cond> {
        let Some(list) = self.list(node, column)? else {
            let message = format!("`in` takes a list, and `{}` is none", column.written());
            return self.refuse(node, message);
        };
        self.subquery(node, 1)?;
        self.member_of(node, item, list, &column.written())
    }

    /// `item in list` of what a record holds, or of the ids of those that point to it.
    pub(super) fn member_of(
        &self,
        node: &IdedExpr,
        item: Operand,
        list: List,
        written: &str,
    ) -> Checked<Cond> {
        let kind = match list {
            List::Links { .. } | List::Pointing(_) => FieldKind::Uuid,
            List::Texts(_) => FieldKind::Text,
        };
        let term = match item {
            Operand::Literal(Literal::Null) => return self.leaf(node, Cond::Const(false)),
            Operand::Literal(literal) => match place(&literal, kind) {
                Ok(Placed::Exact(scalar)) => Term::Literal(scalar),
                Ok(Placed::Between { .. }) => return self.no_item(node, &Operand::Literal(literal), kind),
                Err(reason) => return self.refuse(node, format!("`{written}`: {reason}")),
            },
            Operand::Term(Term::Late(Late::Id), _) if kind == FieldKind::Text => Term::Late(Late::IdText),
            Operand::Term(term, found) if found == kind => term,
            Operand::Claim(path) => Term::Late(Late::Claim(path, kind)),
            Operand::Within(within) if kind == FieldKind::Text => Term::Within(within, kind),
            other => return self.no_item(node, &other, kind),
        };
        let cond = self.leaf(node, Cond::Member(term.clone(), list))?;
        Ok(cond.guarded([&term]))
    }

    fn no_item<T>(&self, node: &IdedExpr, item: &Operand, kind: FieldKind) -> Checked<T> {
        let items = if kind == FieldKind::Uuid { "ids" } else { "texts" };
        self.refuse(node, format!("{} is in no list of {items}", item.described()))
    }

    /// The list that a field holds, if it holds one.
    pub(super) fn list(&self, node: &IdedExpr, column: &Column) -> Checked<Option<List>> {
        Ok(match self.holds(column) {
            Holds::Many { .. } if self.vocabulary.is_computed() => {
                let message =
                    format!("a computed field does not look into `{}`, a relation to many", column.name);
                return self.refuse(node, message);
            }
            Holds::Many { links, .. } => Some(List::Links { owner: self.stored_owner(node, column)?, links }),
            Holds::Texts => Some(List::Texts(column.clone())),
            Holds::One(_) | Holds::Value | Holds::Document => None,
        })
    }

    /// The ids of the records that point to a record, as far as they are seen.
    pub(super) fn list_of(&self, node: &IdedExpr, pointing: Pointing) -> Checked<List> {
        let (_, table) = self.pointing(node, &pointing)?;
        let Pointing { owner, tie, .. } = pointing;
        Ok(List::Pointing(Box::new(ir::Pointing { owner, table, tie })))
    }

    fn pointing(&self, node: &IdedExpr, pointing: &Pointing) -> Checked<(Arc<Model>, Table)> {
        self.is_stored(node, &pointing.owner, &pointing.name)?;
        self.table(node, pointing.collection, &pointing.name, Way::Back)
    }

    /// The record that links are stored of.
    fn stored_owner(&self, node: &IdedExpr, column: &Column) -> Checked<Column> {
        self.is_stored(node, column, &column.name)?;
        Ok(column.owner())
    }

    /// Refuses to ask of what comes in for what is known of stored records alone.
    fn is_stored(&self, node: &IdedExpr, column: &Column, name: &str) -> Checked<()> {
        if column.row == Row::INPUT && column.path.is_empty() {
            let message = format!(
                "`input.{name}` cannot be asked; `record.{name}` can, which a create rule finds as it will be"
            );
            return self.refuse(node, message);
        }
        Ok(())
    }

    /// The records of a collection, as far as they are seen in that way; `field` leads there.
    fn table(
        &self,
        node: &IdedExpr,
        target: CollectionId,
        field: &str,
        way: Way,
    ) -> Checked<(Arc<Model>, Table)> {
        self.beyond_the_record(node)?;
        // A relation's target is there as long as it is pointed to.
        let Some(model) = self.vocabulary.catalogue().get(target) else {
            return self.refuse(node, format!("what `{field}` points to is gone"));
        };
        let guard = match self.vocabulary.reach(target, way) {
            Reach::All => None,
            Reach::Meeting(rule) => Some(rule),
            Reach::None => {
                let message =
                    format!("`{field}` leads to records of `{}`, which you may not see", model.name);
                return self.refuse(node, message);
            }
        };
        self.subquery(node, 1 + guard.as_ref().map_or(0, |guard| guard.0.subqueries))?;
        self.weigh(node, guard.as_ref().map_or(0, |guard| guard.0.weight))?;
        let guard = guard.map(|guard| Arc::clone(&guard.0.cond));
        Ok((Arc::clone(model), Table { collection: target, source: Arc::clone(&model.source), guard }))
    }

    /// Refuses to look past the record's own row where that is all there is.
    fn beyond_the_record(&self, node: &IdedExpr) -> Checked<()> {
        if self.vocabulary.is_index() {
            let message =
                "an index knows the fields of its own record alone: neither other records nor lists of them";
            return self.refuse(node, message);
        }
        if self.vocabulary.is_computed() {
            return self.refuse(node, "a computed field is made of its own record, not of others");
        }
        Ok(())
    }

    pub(super) fn subquery(&self, node: &IdedExpr, more: usize) -> Checked<()> {
        // The texts of a list are in the record, and a computed field needs no subquery for them.
        if !self.vocabulary.is_computed() {
            self.beyond_the_record(node)?;
        }
        let asked = self.subqueries.get() + more;
        if asked > MAX_SUBQUERIES {
            let message = format!(
                "the expression looks into other records more than {MAX_SUBQUERIES} times, those rules included that \
                 say who sees them"
            );
            return self.refuse(node, message);
        }
        self.subqueries.set(asked);
        Ok(())
    }

    pub(super) fn holds(&self, column: &Column) -> Holds {
        let model = self.model_of(column);
        let field = model.as_ref().and_then(|model| self.vocabulary.find(model, &column.name));
        field.map_or(Holds::Value, |field| field.holds.clone())
    }

    fn model_of(&self, column: &Column) -> Option<Arc<Model>> {
        if let Some(step) = column.path.last() {
            return self.vocabulary.catalogue().get(step.to.collection).cloned();
        }
        let bound = self.bound.borrow();
        let bound = bound.iter().find(|bound| bound.row == column.row);
        Some(Arc::clone(bound.map_or_else(|| self.vocabulary.own(), |bound| &bound.model)))
    }
}

/// The id of a row that `exists()` names, which is what the name alone stands for.
pub(super) fn id_of(row: Row) -> Operand {
    Operand::Term(Term::Column(Column::id(row, Vec::new())), FieldKind::Uuid)
}
