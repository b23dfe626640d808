//! Other records: subqueries that go by primary keys and links.
//!
//! A field reached by relations is a subquery of one value, NULL where there is no such record. Where a condition can
//! hold only if there is one, it is asked within an EXISTS instead, which databases turn into joins where it serves.

use std::sync::Arc;

use super::{Compiler, Condition, Null, fill, parameter, text};
use crate::dialect::Dialect;
use crate::expr::ir::{Column, Cond, Exists, List, Pointing, Row, Step, Table, Term, Tie};
use crate::expr::sql::condition::{InputPart, Param};
use crate::expr::vocabulary::FieldKind;
use crate::records::column::quote;

/// What a row is called in the statement.
#[derive(Clone)]
pub(super) struct Named {
    row: Row,
    path: Vec<Step>,
    alias: Arc<str>,
}

/// Tables beneath FROM, what binds their rows, and the compiler that knows these by name.
struct Rows<'c> {
    from: String,
    binding: Condition,
    inside: Compiler<'c>,
}

impl Rows<'_> {
    /// `SELECT … FROM … WHERE …`, with what else is asked of the rows.
    fn select(self, what: &str, cond: Option<Condition>) -> Condition {
        let template = format!("(SELECT {what} FROM {} WHERE {{}}", self.from);
        match cond {
            Some(cond) => fill(&format!("{template} AND {{}})"), [self.binding, cond]),
            None => fill(&format!("{template})"), [self.binding]),
        }
    }
}

impl<'c> Compiler<'c> {
    pub(super) fn column(&self, column: &Column) -> Condition {
        let Column { row, path, name, stored, kind, .. } = column;
        if let Some(alias) = self.alias(*row, path) {
            return text(format!("{alias}.{}", quote(stored, self.dialect)));
        }
        if let Some((last, before)) = path.split_last() {
            // A relation points to a record that is there.
            if name == "id" && last.to.guard.is_none() {
                return self.column(&Column::first_of(last, *row, before));
            }
            let rows = self.follow(*row, path);
            let value = rows.inside.column(column);
            return rows.select(&value.text, None);
        }
        if *row != Row::INPUT {
            return text(quote(stored, self.dialect));
        }
        let replaced = self.column(&Column { row: Row::RECORD, ..column.clone() });
        let part = |part| parameter(Param::input(name, part));
        let template = match (kind, self.dialect) {
            (FieldKind::Json, Dialect::Postgres) => "CASE WHEN {} THEN CAST({} AS json) ELSE {} END",
            _ => "CASE WHEN {} THEN {} ELSE {} END",
        };
        fill(template, [part(InputPart::Replaces), part(InputPart::Value), replaced])
    }

    /// Whether a field is null, or with `IS NOT NULL` is not: of what comes in, without reading it as its column's type.
    pub(super) fn is_null(&self, column: &Column, test: &str) -> Condition {
        if column.row != Row::INPUT || !column.path.is_empty() {
            return fill(&format!("({{}} {test})"), [self.column(column)]);
        }
        let stored = self.column(&Column { row: Row::RECORD, ..column.clone() });
        let part = |part| parameter(Param::input(&column.name, part));
        let template = format!("CASE WHEN {{}} THEN {{}} {test} ELSE {{}} {test} END");
        fill(&template, [part(InputPart::Replaces), part(InputPart::Value), stored])
    }

    fn alias(&self, row: Row, path: &[Step]) -> Option<&str> {
        let found = self.named.iter().rev().find(|named| named.row == row && named.path == path);
        found.map(|named| named.alias.as_ref())
    }

    /// A name that no other row in the condition has.
    fn new_alias(&self) -> Arc<str> {
        self.aliases.set(self.aliases.get() + 1);
        format!("r{}", self.aliases.get()).into()
    }

    /// The same inside a subquery, where the record's own columns go by its table's name.
    fn inside(&self) -> Self {
        let mut inside = self.clone();
        if self.alias(Row::RECORD, &[]).is_none() {
            inside.name(Row::RECORD, &[], Arc::clone(self.table));
        }
        inside
    }

    /// The same, where the record's own columns always go by its table's name.
    pub(in crate::expr) fn by_table(self) -> Self {
        self.inside()
    }

    fn name(&mut self, row: Row, path: &[Step], alias: Arc<str>) {
        self.named.push(Named { row, path: path.to_vec(), alias });
    }

    /// What a record called so must meet to be seen.
    fn guard(&self, table: &Table, alias: &Arc<str>) -> Option<Condition> {
        let guard = table.guard.as_ref()?;
        let mut alone = self.clone();
        alone.named.clear();
        alone.name(Row::RECORD, &[], Arc::clone(alias));
        Some(alone.cond(guard, Null::IsFalse))
    }

    /// The record at the end of the path, bound by the primary keys on its way.
    fn follow(&self, row: Row, path: &[Step]) -> Rows<'c> {
        let mut inside = self.inside();
        let (mut from, mut binding) = (Vec::new(), Vec::new());
        for (at, step) in path.iter().enumerate() {
            let (before, after) = (path.get(..at).unwrap_or_default(), path.get(..=at).unwrap_or_default());
            if inside.alias(row, after).is_some() {
                continue;
            }
            let key = inside.column(&Column::first_of(step, row, before));
            let alias = self.new_alias();
            from.push(format!("{} AS {alias}", step.to.source));
            binding.push(fill(&format!("{alias}.id = {{}}"), [key]));
            binding.extend(inside.guard(&step.to, &alias));
            inside.name(row, after, alias);
        }
        let template = vec!["{}"; binding.len()].join(" AND ");
        Rows { from: from.join(", "), binding: fill(&template, binding), inside }
    }

    /// The rows that are asked, each called so in the condition.
    fn rows(&self, exists: &Exists) -> Rows<'c> {
        let Exists { row, from, .. } = exists;
        let only = from.only.as_ref().map(|(owner, tie)| (owner, tie));
        let (mut rows, alias) = self.tied(&from.table, only);
        rows.inside.name(*row, &[], alias);
        rows
    }

    /// The rows of a table, or only those that are tied to the record of an id, and what they are called.
    fn tied(&self, table: &Table, only: Option<(&Column, &Tie)>) -> (Rows<'c>, Arc<str>) {
        let inside = self.inside();
        let alias = self.new_alias();
        let mut from = vec![format!("{} AS {alias}", table.source)];
        let mut binding = Vec::new();
        if let Some((owner, tie)) = only {
            let owner = inside.column(owner);
            let mut linked = |links: &str, of: &str, to: &str| {
                let link = self.new_alias();
                from.push(format!("{links} AS {link}"));
                binding.push(fill(&format!("{link}.{of} = {{}}"), [owner.clone()]));
                binding.push(text(format!("{alias}.id = {link}.{to}")));
            };
            match tie {
                Tie::Links(links) => linked(links, "record_id", "target_id"),
                Tie::LinksBack(links) => linked(links, "target_id", "record_id"),
                Tie::Column(stored) => {
                    let template = format!("{alias}.{} = {{}}", quote(stored, self.dialect));
                    binding.push(fill(&template, [owner]));
                }
            }
        }
        binding.extend(inside.guard(table, &alias));
        if binding.is_empty() {
            binding.push(text("1 = 1"));
        }
        let template = vec!["{}"; binding.len()].join(" AND ");
        (Rows { from: from.join(", "), binding: fill(&template, binding), inside }, alias)
    }

    fn pointing(&self, pointing: &Pointing) -> (Rows<'c>, Arc<str>) {
        self.tied(&pointing.table, Some((&pointing.owner, &pointing.tie)))
    }

    pub(super) fn exists(&self, exists: &Exists, null: Null) -> Condition {
        let asked = |null: Null, template: &str| {
            let rows = self.rows(exists);
            let cond = fill(template, [rows.inside.cond(&exists.cond, null)]);
            fill("EXISTS {}", [rows.select("1", Some(cond))])
        };
        let found = asked(Null::IsFalse, "{}");
        if null == Null::IsFalse {
            return found;
        }
        fill(
            "CASE WHEN {} THEN TRUE WHEN {} THEN NULL ELSE FALSE END",
            [found, asked(Null::IsError, "({} IS NULL)")],
        )
    }

    /// That there is none, not even one of which it is an error.
    pub(super) fn exists_none(&self, exists: &Exists) -> Condition {
        let rows = self.rows(exists);
        // One `NOT` less for what `all()` asks of each.
        let cond = match &exists.cond {
            Cond::Not(each) => fill("({} IS NOT TRUE)", [rows.inside.cond(each, Null::IsFalse)]),
            other => fill("({} IS NOT FALSE)", [rows.inside.cond(other, Null::IsError)]),
        };
        fill("(NOT EXISTS {})", [rows.select("1", Some(cond))])
    }

    /// A condition that holds only where the record at the end of a path is there, asked of that record.
    pub(super) fn of_reached(&self, cond: &Cond) -> Option<Condition> {
        let mut reached = strict_in(cond).into_iter().filter_map(first_column);
        let reached = reached.find(|column| {
            !column.path.is_empty() && column.name != "id" && self.alias(column.row, &column.path).is_none()
        })?;
        if let Some(pointed) = self.of_pointed(cond) {
            return Some(pointed);
        }
        let rows = self.follow(reached.row, &reached.path);
        let cond = rows.inside.cond(cond, Null::IsFalse);
        Some(fill("EXISTS {}", [rows.select("1", Some(cond))]))
    }

    /// The same of one record at most, which is looked up once: a relation to it can then be found by an index, which
    /// an EXISTS of each record cannot.
    fn of_pointed(&self, cond: &Cond) -> Option<Condition> {
        let column = match cond {
            Cond::Equal(Term::Column(column), value) | Cond::Equal(value, Term::Column(column))
                if column.unique && is_given(value) =>
            {
                column
            }
            _ => return None,
        };
        let [step] = column.path.as_slice() else { return None };
        let mut inside = self.inside();
        let alias = self.new_alias();
        let guard = inside.guard(&step.to, &alias);
        let from = format!("(SELECT {alias}.id FROM {} AS {alias} WHERE {{}}", step.to.source);
        let key = inside.column(&Column::first_of(step, column.row, &[]));
        inside.name(column.row, &column.path, alias);
        let cond = inside.cond(cond, Null::IsFalse);
        Some(match guard {
            Some(guard) => fill(&format!("({{}} = {from} AND {{}}))"), [key, cond, guard]),
            None => fill(&format!("({{}} = {from}))"), [key, cond]),
        })
    }

    pub(super) fn member(&self, term: &Term, list: &List) -> Condition {
        let inside = self.inside();
        let item = inside.term(term);
        match list {
            List::Links { owner, links } => {
                let alias = self.new_alias();
                let template = format!(
                    "EXISTS (SELECT 1 FROM {links} AS {alias} WHERE {alias}.record_id = {{}} AND {alias}.target_id = {{}})"
                );
                fill(&template, [inside.column(owner), item])
            }
            List::Pointing(pointing) => {
                let (rows, alias) = self.pointing(pointing);
                let is_it = fill(&format!("{alias}.id = {{}}"), [item]);
                fill("EXISTS {}", [rows.select("1", Some(is_it))])
            }
            List::Texts(column) => {
                let template = match self.dialect {
                    Dialect::Sqlite => "EXISTS (SELECT 1 FROM json_each({}) AS item WHERE item.value = {})",
                    Dialect::Postgres => {
                        "EXISTS (SELECT 1 FROM json_array_elements_text({}) AS item(value) WHERE item.value = {})"
                    }
                    Dialect::MariaDb => {
                        "EXISTS (SELECT 1 FROM JSON_TABLE({}, '$[*]' COLUMNS (value LONGTEXT CHARACTER SET utf8mb4 \
                         COLLATE utf8mb4_nopad_bin PATH '$')) AS item WHERE item.value = {})"
                    }
                };
                fill(template, [inside.column(column), item])
            }
        }
    }

    pub(super) fn length(&self, list: &List) -> Condition {
        match list {
            List::Links { owner, links } => {
                let alias = self.new_alias();
                let template =
                    format!("(SELECT count(*) FROM {links} AS {alias} WHERE {alias}.record_id = {{}})");
                fill(&template, [self.inside().column(owner)])
            }
            List::Pointing(pointing) => self.pointing(pointing).0.select("count(*)", None),
            List::Texts(column) => {
                let template = match self.dialect {
                    Dialect::Sqlite => "coalesce(json_array_length({}), 0)",
                    Dialect::Postgres => "CAST(coalesce(json_array_length({}), 0) AS bigint)",
                    Dialect::MariaDb => "coalesce(JSON_LENGTH({}), 0)",
                };
                fill(template, [self.column(column)])
            }
        }
    }
}

/// The terms without whose values a condition does not hold.
fn strict_in(cond: &Cond) -> Vec<&Term> {
    match cond {
        Cond::Holds(term) | Cond::Known(term, true) | Cond::OneOf(term, _) | Cond::Listed(term, _) => {
            vec![term]
        }
        Cond::Ordered(left, _, right) | Cond::TextAt(_, left, right) => vec![left, right],
        Cond::Equal(left, right) => match (left.is_nullable(), right.is_nullable()) {
            (true, false) => vec![left],
            (false, true) => vec![right],
            (false, false) => vec![left, right],
            (true, true) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Whether a term is the same for all records. It is then not null, but an error at most.
fn is_given(term: &Term) -> bool {
    let mut given = true;
    term.each_column(&mut |_| given = false);
    given
}

/// The first field that a term is made from, without which it has no value.
fn first_column(term: &Term) -> Option<&Column> {
    match term {
        Term::Column(column) => Some(column),
        Term::Within(within, _) => Some(&within.column),
        Term::AsFloat(inner)
        | Term::Size(inner)
        | Term::Cased(_, inner)
        | Term::Trimmed(inner)
        | Term::Part(inner, ..)
        | Term::Midnight(inner)
        | Term::Moved(inner, _)
        | Term::Clock(_, inner)
        | Term::Scaled(inner, _)
        | Term::Converted(_, inner) => first_column(inner),
        Term::Place(left, right)
        | Term::Between(left, right)
        | Term::Joined(left, right)
        | Term::Arithmetic(_, left, right) => first_column(left).or_else(|| first_column(right)),
        Term::Literal(_) | Term::Decimal(..) | Term::Late(_) | Term::Count(_) | Term::Length(_) => None,
    }
}
