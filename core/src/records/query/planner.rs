//! Writes statements.

use sea_query::Value;

use super::plan::{Veils, mark, resolved};
use super::pointing::ByIds;
use super::{By, Plan, Term};
use crate::dialect::Dialect;
use crate::expr::{Bindings, Checked, Param};
use crate::records::column::{quote, selected};
use crate::records::layout::{FIXED, Layout};
use crate::records::service::Access;
use crate::records::special::{Score, Special};
use crate::records::veil::Veiled;
use crate::store::Sql;

/// Writes the statements of one collection.
pub(crate) struct Planner<'p> {
    pub(crate) layout: &'p Layout,
    pub(crate) dialect: Dialect,
    /// Columns that a row shows only where its rule holds.
    pub(crate) veils: &'p [(usize, Checked)],
}

/// Answers that stand beside what they are about.
pub(super) struct Answers {
    /// What computes them, each with its name, as a list goes on.
    pub(super) text: String,
    /// Their names, as a list goes on.
    pub(super) names: String,
    pub(super) params: Vec<Param>,
    /// About which of the columns that are shown.
    pub(super) of: Vec<usize>,
}

impl Planner<'_> {
    /// A page of a list. The last value is the limit. Of the columns the first are shown, and the others read besides.
    pub(in crate::records) fn list(
        &self,
        conditions: &[Checked],
        order: Vec<Term>,
        (mut columns, also): (Vec<usize>, &[usize]),
        cursor: Option<&[bool]>,
        special: &Special,
    ) -> Plan {
        let shown = columns.len();
        for column in order.iter().filter_map(|term| term.by.column()).chain(also.iter().copied()) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        let list: Vec<_> = columns.iter().filter_map(|&at| self.selected(at)).collect();
        let list = list.join(", ");
        let own: Vec<_> = columns.iter().map(|&column| self.name(By::Column(column))).collect();
        let answers = self.answers(columns.get(..shown).unwrap_or_default());
        let Answers { text: answered, names: answers, params: first, of } = answers;
        let own = own.join(", ") + &answered;
        let (mut text, given, params) = match &special.score {
            Some(score) => self.scored((&list, &answers), &own, score, conditions, special),
            None => self.narrowed(&(list.clone() + &answered), "", conditions, special),
        };
        let from = columns.len() + usize::from(special.score.is_some());
        let narrows = !conditions.is_empty() || !special.conditions.is_empty();
        let is_narrowed = narrows && special.score.is_none();
        let taken = first.len() + given.len() + params.len();
        let mut slots = Vec::new();
        let after = cursor.map(|nulls| self.after(&order, nulls, taken, &mut slots));
        let and = if is_narrowed { " AND " } else { " WHERE " };
        let end = format!("{} LIMIT {}", self.ordered(&order), self.mark(taken + slots.len()));
        match after {
            None => text.push_str(&end),
            Some((after, None)) => text.extend([and, after.as_str(), end.as_str()]),
            Some((first, Some(second))) => {
                let (inner, ..) = self.narrowed(&own, "", conditions, special);
                // Each value stands there once, and is called by its number wherever it is needed.
                let end = self.numbered(&end, taken + slots.len());
                let part = |after: &str| self.numbered(&format!("{inner}{and}{after}"), 0) + &end;
                text = format!(
                    "SELECT {list}{answers} FROM (SELECT * FROM ({}) AS first UNION ALL SELECT * FROM ({}) AS second) \
                     AS page{end}",
                    part(&first),
                    part(&second)
                );
            }
        }
        let veils = Veils { of, from };
        Plan { text: text.into(), first, given, params, slots, columns, shown, order, veils, seen: None }
    }

    /// Whether a row shows those of these columns that not every row shows.
    pub(super) fn answers(&self, shown: &[usize]) -> Answers {
        let mut answers =
            Answers { text: String::new(), names: String::new(), params: Vec::new(), of: Vec::new() };
        for (column, rule) in self.veils {
            let Some(at) = shown.iter().position(|shown| shown == column) else { continue };
            let (rule, name) = (rule.to_truth(self.dialect), quote(&format!("$shows{column}"), self.dialect));
            answers.text.extend([", ", rule.text(), " AS ", name.as_str()]);
            answers.names.extend([", ", name.as_str()]);
            answers.params.extend_from_slice(rule.params());
            answers.of.push(at);
        }
        answers
    }

    /// `ORDER BY` as the columns stand in indexes: those that every record has know no nulls.
    fn ordered(&self, order: &[Term]) -> String {
        let terms = order.iter().map(|term| {
            let fixed = term.by.column().is_none_or(|column| column < FIXED.len());
            let way = match (term.descending, self.dialect) {
                (false, Dialect::Postgres) if !fixed => "ASC NULLS FIRST",
                (true, Dialect::Postgres) if !fixed => "DESC NULLS LAST",
                (false, _) => "ASC",
                (true, _) => "DESC",
            };
            format!("{} {way}", self.name(term.by))
        });
        format!(" ORDER BY {}", terms.collect::<Vec<_>>().join(", "))
    }

    /// The same text with a number for each value after so many others. Postgres numbers them anyhow.
    fn numbered(&self, text: &str, before: usize) -> String {
        if self.dialect == Dialect::Postgres {
            return text.to_owned();
        }
        counted(text, before, '?')
    }

    /// The columns of a list with its score as the last of them, as a query that may be narrowed further.
    fn scored(
        &self,
        (list, answers): (&str, &str),
        own: &str,
        score: &Score,
        conditions: &[Checked],
        special: &Special,
    ) -> (String, Vec<Value>, Vec<Param>) {
        let name = self.name(By::Score);
        let inner = format!("{own}, {} AS {name}", score.expression.text);
        let mut given = score.expression.values.clone();
        let mut join = String::new();
        if let Some(found) = &score.join {
            join = format!(" JOIN ({}) AS found ON \"$record\" = id", found.text);
            given.extend_from_slice(&found.values);
        }
        let (text, narrowing, params) = self.narrowed(&inner, &join, conditions, special);
        given.extend(narrowing);
        let text = format!("SELECT {list}, {name}{answers} FROM ({text}) AS scored");
        // Marks were counted without those that come before.
        (self.dialect.placeholders(&text), given, params)
    }

    /// A query with its own conditions and others, whose values come first. On Postgres its marks are still `?` where it
    /// is a part of another.
    fn narrowed(
        &self,
        list: &str,
        join: &str,
        conditions: &[Checked],
        special: &Special,
    ) -> (String, Vec<Value>, Vec<Param>) {
        let mut text = String::new();
        let mut given = Vec::new();
        let mut params = Vec::new();
        let mut and = |condition: &str| {
            text.push_str(if text.is_empty() { " WHERE " } else { " AND " });
            text.push_str(condition);
        };
        for condition in &special.conditions {
            and(&condition.text);
            given.extend_from_slice(&condition.values);
        }
        for condition in conditions {
            let condition = condition.to_sql(self.dialect);
            and(condition.text());
            params.extend_from_slice(condition.params());
        }
        let text = format!("{join}{text}");
        let source = &self.layout.source;
        // Where it is a part of another, that numbers them all.
        if special.score.is_some() {
            return (format!("SELECT {list} FROM {source}{text}"), given, params);
        }
        let before = list.matches('?').count();
        let (list, text) = (self.marked(list, 0), self.marked(&text, before));
        (format!("SELECT {list} FROM {source}{text}"), given, params)
    }

    /// The same text with the database's marks of values, which have so many before them.
    fn marked(&self, text: &str, before: usize) -> String {
        if self.dialect == Dialect::Postgres { counted(text, before, '$') } else { text.to_owned() }
    }

    /// The id of each record, and the vector in that column.
    pub(in crate::records) fn vectors(
        &self,
        column: &str,
        conditions: &[Checked],
        special: &Special,
        bindings: &Bindings<'_>,
    ) -> Sql {
        let list = format!("id, {}", quote(column, self.dialect));
        let (text, mut values, params) = self.narrowed(&list, "", conditions, special);
        values.extend(resolved(&params, bindings));
        Sql::new(text, values)
    }

    /// How many there are; with a limit as the last value, no more than that.
    pub(in crate::records) fn count(&self, conditions: &[Checked], capped: bool, special: &Special) -> Plan {
        let list = if capped { "1" } else { "count(*)" };
        let (mut text, given, params) = self.narrowed(list, "", conditions, special);
        if capped {
            let limit = self.mark(given.len() + params.len());
            text = format!("SELECT count(*) FROM ({text} LIMIT {limit}) AS capped");
        }
        Plan {
            text: text.into(),
            first: Vec::new(),
            given,
            params,
            slots: Vec::new(),
            columns: Vec::new(),
            shown: 0,
            order: Vec::new(),
            veils: Veils::default(),
            seen: None,
        }
    }

    /// What is selected of all records, or of groups of them, with no more rows than a limit.
    pub(in crate::records) fn aggregate(
        &self,
        list: &str,
        conditions: &[Checked],
        groups_and_order: &str,
        bindings: &Bindings<'_>,
        limit: Value,
    ) -> Sql {
        let (mut text, params) = self.select(list, conditions);
        let mut values = resolved(&params, bindings);
        text.push_str(groups_and_order);
        text.push_str(" LIMIT ");
        text.push_str(&self.mark(values.len()));
        values.push(limit);
        Sql::new(text, values)
    }

    /// The record of an id, which is the last value.
    pub(crate) fn one(&self, conditions: &[Checked], columns: Vec<usize>, hidden: usize) -> Plan {
        let shown = columns.len() - hidden;
        let list: Vec<_> = columns.iter().filter_map(|&at| self.selected(at)).collect();
        let Answers { text: answers, params: first, of, .. } =
            self.answers(columns.get(..shown).unwrap_or_default());
        let (mut text, params) = self.select(&(list.join(", ") + &answers), conditions);
        text.push_str(if conditions.is_empty() { " WHERE id = " } else { " AND id = " });
        text.push_str(&self.mark(first.len() + params.len()));
        Plan {
            text: text.into(),
            first,
            veils: Veils { of, from: columns.len() },
            given: Vec::new(),
            params,
            slots: Vec::new(),
            columns,
            shown,
            order: Vec::new(),
            seen: None,
        }
    }

    /// The query for records of ids, up to where these stand, which come last. The first of the columns are shown.
    pub(in crate::records) fn by_ids(
        &self,
        conditions: &[Checked],
        (columns, shown): (&[usize], usize),
        bindings: &Bindings<'_>,
    ) -> ByIds {
        let list: Vec<_> = columns.iter().filter_map(|&at| self.selected(at)).collect();
        let answers = self.answers(columns.get(..shown).unwrap_or_default());
        let (mut text, params) = self.select(&(list.join(", ") + &answers.text), conditions);
        text.push_str(if conditions.is_empty() { " WHERE id IN (" } else { " AND id IN (" });
        let values = resolved(&[answers.params, params].concat(), bindings);
        let veils = Veils { of: answers.of, from: columns.len() };
        ByIds { text, at: values.len(), values, veils }
    }

    /// The columns of every record, as a statement lists them.
    pub(in crate::records) fn every_column(&self) -> String {
        let columns = 0..self.layout.columns.len();
        columns.filter_map(|at| self.selected(at)).collect::<Vec<_>>().join(", ")
    }

    pub(in crate::records) fn select(&self, list: &str, conditions: &[Checked]) -> (String, Vec<Param>) {
        let (text, _, params) = self.narrowed(list, "", conditions, &Special::default());
        (text, params)
    }

    pub(super) fn nullable(&self, by: By) -> bool {
        by.kind(self.layout).is_none_or(|(_, nullable)| nullable)
    }

    pub(super) fn name(&self, by: By) -> String {
        let column = match by {
            By::Column(column) => column,
            By::Score => return quote("$score", self.dialect),
            By::Random => return self.dialect.random().to_owned(),
        };
        self.layout.columns.get(column).map(|column| quote(&column.stored, self.dialect)).unwrap_or_default()
    }

    pub(super) fn selected(&self, column: usize) -> Option<String> {
        let column = self.layout.columns.get(column)?;
        Some(selected(&column.stored, &column.kind, self.dialect))
    }

    pub(super) fn mark(&self, before: usize) -> String {
        mark(self.dialect, before)
    }
}

/// The text with a number at each mark.
fn counted(text: &str, before: usize, sign: char) -> String {
    let mut pieces = text.split('?');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.enumerate().fold(first, |text, (at, piece)| format!("{text}{sign}{}{piece}", before + at + 1))
}

impl Access {
    pub(in crate::records) fn conditions(&self) -> Vec<Checked> {
        match self {
            Self::All => Vec::new(),
            Self::Ruled(rule, _) if rule.is_true() => Vec::new(),
            Self::Ruled(rule, _) => vec![rule.clone()],
        }
    }

    /// What is veiled.
    pub(in crate::records) fn veiled(&self) -> Veiled {
        match self {
            Self::All => Veiled::default(),
            Self::Ruled(_, veiled) => veiled.clone(),
        }
    }

    /// Whether the rule binds.
    pub(in crate::records) const fn is_ruled(&self) -> bool {
        matches!(self, Self::Ruled(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collections::{Definition, NewCollection};

    /// However a list is sorted, and wherever a page begins, SQLite starts there in the index and sorts nothing but
    /// the page itself.
    #[test]
    fn a_page_begins_in_the_index() {
        let design = serde_json::json!({"name": "movies", "fields": [{"name": "year", "type": "int"}]});
        let design = Definition::try_from(serde_json::from_value::<NewCollection>(design).unwrap()).unwrap();
        let layout = Layout::new("t".to_owned(), &design, Dialect::Sqlite);
        let planner = Planner { layout: &layout, dialect: Dialect::Sqlite, veils: &[] };
        let base = rusqlite::Connection::open_in_memory().unwrap();
        let table = "CREATE TABLE t (id BLOB PRIMARY KEY, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, \
                     year INTEGER); CREATE INDEX i ON t (year, id)";
        base.execute_batch(table).unwrap();
        let cases: [(bool, bool, &[&str]); 4] = [
            (false, false, &["SEARCH t USING INDEX i (year>?)"]),
            (false, true, &["SEARCH t USING INDEX i (year=? AND id>?)", "SEARCH t USING INDEX i (year>?)"]),
            (true, false, &["SEARCH t USING INDEX i (year<?)", "SEARCH t USING INDEX i (year=?)"]),
            (true, true, &["SEARCH t USING INDEX i (year=? AND id<?)"]),
        ];
        for (descending, null, searches) in cases {
            let order = [3, 0].map(|column| Term { by: By::Column(column), descending }).to_vec();
            let shown = (vec![0, 3], [].as_slice());
            let plan = planner.list(&[], order, shown, Some(&[null, false]), &Special::default());
            let mut explain = base.prepare(&format!("EXPLAIN QUERY PLAN {}", plan.text)).unwrap();
            let count = explain.parameter_count();
            let values = rusqlite::params_from_iter(std::iter::repeat_n(1, count));
            let steps = explain.query_map(values, |row| row.get::<_, String>(3)).unwrap();
            let steps: Vec<_> = steps.map(|step| step.unwrap().replace("COVERING ", "")).collect();
            let found: Vec<_> = steps.iter().filter(|step| step.contains(" t ")).collect();
            assert_eq!(found, searches, "{descending} {null}: {steps:?} {}", plan.text);
            let sorts = steps.iter().filter(|step| step.contains("TEMP B-TREE")).count();
            // Of two parts each is a page at most when it is sorted, to be put together.
            let pages = steps.iter().filter(|step| step.starts_with("SCAN ")).count();
            assert!(sorts <= pages, "{descending} {null}: {steps:?}");
        }
    }

    /// Postgres walks an index for an order only where both say the same of nulls.
    #[test]
    fn an_order_says_of_nulls_what_indexes_say() {
        let design = serde_json::json!({"name": "movies", "fields": [{"name": "year", "type": "int"}]});
        let design = Definition::try_from(serde_json::from_value::<NewCollection>(design).unwrap()).unwrap();
        let layout = Layout::new("t".to_owned(), &design, Dialect::Postgres);
        let planner = Planner { layout: &layout, dialect: Dialect::Postgres, veils: &[] };
        let order = |column: usize, descending: bool| {
            let term = |column| Term { by: By::Column(column), descending };
            let order = vec![term(column), term(0)];
            let order = if column == 0 { order[..1].to_vec() } else { order };
            planner
                .list(&[], order, (vec![0], &[]), None, &Special::default())
                .text
                .split_once(" ORDER BY ")
                .unwrap()
                .1
                .to_owned()
        };
        assert_eq!(order(0, false), "\"id\" ASC LIMIT $1");
        assert_eq!(order(1, true), "\"created_at\" DESC, \"id\" DESC LIMIT $1");
        assert_eq!(order(3, false), "\"year\" ASC NULLS FIRST, \"id\" ASC LIMIT $1");
        assert_eq!(order(3, true), "\"year\" DESC NULLS LAST, \"id\" DESC LIMIT $1");
    }
}
