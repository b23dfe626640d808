//! Records that point to others, of many of these at once.

use sea_query::Value;

use super::Planner;
use super::plan::{Veils, resolved};
use super::planner::Answers;
use crate::collections::Relation;
use crate::dialect::Dialect;
use crate::expr::{Bindings, Checked};
use crate::records::column::quote;

/// Records that are shown of those that point to one.
pub(in crate::records) const MOST_POINTING: usize = 100;
/// Records that are shown of those that point to all of a page.
pub(in crate::records) const MOST_POINTING_IN_ALL: usize = 10_000;

/// A query by ids.
#[derive(Debug)]
pub(in crate::records) struct ByIds {
    pub(in crate::records) text: String,
    /// What it takes beside the ids.
    pub(in crate::records) values: Vec<Value>,
    /// How many of the values come before the ids.
    pub(in crate::records) at: usize,
    pub(in crate::records) veils: Veils,
}

impl Planner<'_> {
    /// The query for the records that point to others, the ids of which are one value, a JSON list. The first of the columns
    /// are shown; after them all stands the id that is pointed to. For each of these there are the newest only, and one
    /// more than there may be in all.
    pub(in crate::records) fn pointing(
        &self,
        relation: &Relation,
        conditions: &[Checked],
        (columns, shown): (&[usize], usize),
        bindings: &Bindings<'_>,
    ) -> ByIds {
        let name = |name: &str| quote(name, self.dialect);
        let (id, to, of) = (name("id"), name("$to"), name("$of"));
        let list: Vec<_> = columns.iter().filter_map(|&at| self.selected(at)).collect();
        let (list, source) = (list.join(", "), &self.layout.source);
        let (links, by) = match &relation.links {
            None => (String::new(), name(&relation.stored)),
            Some(links) => {
                let linked = format!("SELECT record_id AS {of}, target_id AS {to} FROM {links}");
                (format!(" JOIN ({linked}) AS linked ON {of} = {id}"), to)
            }
        };
        let Answers { text: answered, names: answers, mut params, of: veiled } =
            self.answers(columns.get(..shown).unwrap_or_default());
        // On Postgres the ids stand before what the veils take, elsewhere after.
        let at = if self.dialect == Dialect::Postgres { 0 } else { params.len() };
        let mut further = String::new();
        for condition in conditions {
            let condition = condition.to_sql(self.dialect);
            further.push_str(" AND ");
            further.push_str(condition.text());
            params.extend_from_slice(condition.params());
        }
        let ids = self.ids();
        let pointed = name("$pointed");
        let found = if self.dialect == Dialect::Postgres {
            // It stops at the last of each that is wanted.
            let own: Vec<_> = columns.iter().map(|&at| self.name(super::By::Column(at))).collect();
            format!(
                "({ids}) AS pointed CROSS JOIN LATERAL (SELECT {}{answered} FROM {source}{links} WHERE {by} = \
                 {pointed}{further} ORDER BY {id} DESC LIMIT {MOST_POINTING}) AS pointing",
                own.join(", ")
            )
        } else {
            let (of, place) = (name("$record"), name("$place"));
            format!(
                "{source} JOIN (SELECT {id} AS {of}, {by} AS {pointed}{answered}, row_number() OVER (PARTITION BY {by} ORDER BY \
                 {id} DESC) AS {place} FROM {source}{links} WHERE {by} IN ({ids}){further}) AS pointing ON {of} = {id} \
                 AND {place} <= {MOST_POINTING}"
            )
        };
        let most = MOST_POINTING_IN_ALL + 1;
        let text = format!("SELECT {list}, {pointed}{answers} FROM {found} ORDER BY {id} DESC LIMIT {most}");
        let veils = Veils { of: veiled, from: columns.len() + 1 };
        ByIds { text: self.dialect.placeholders(&text), values: resolved(&params, bindings), at, veils }
    }

    /// The ids of a JSON list, as rows.
    fn ids(&self) -> String {
        match self.dialect {
            Dialect::Sqlite => {
                "SELECT unhex(replace(item.value, '-', '')) FROM json_each(?) AS item".to_owned()
            }
            Dialect::Postgres => {
                let pointed = quote("$pointed", self.dialect);
                format!(
                    "SELECT CAST(item AS uuid) AS {pointed} FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS item"
                )
            }
            Dialect::MariaDb => {
                "SELECT UNHEX(REPLACE(item.value, '-', '')) FROM JSON_TABLE(?, '$[*]' COLUMNS (value \
                                 VARCHAR(36) PATH '$')) AS item"
                    .to_owned()
            }
        }
    }
}
