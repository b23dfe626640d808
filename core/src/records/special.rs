//! What narrows and orders a list beside its filter and its fields: words that are searched for, and distances.

use sea_query::Value;

use super::layout::Layout;
use super::list::ListQuery;
use super::scan::Scan;
use super::search::{Highlighter, Search};
use super::service::{Access, Records};
use crate::collections::{FieldType, search_tables, searched_fields};
use crate::dialect::Dialect;
use crate::invalid::Invalid;

/// A part of a statement, with `?` for each of its values.
#[derive(Debug, Clone, Default)]
pub(super) struct Fragment {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

/// By what a list is ordered that no column holds. The least comes first.
#[derive(Debug, Clone)]
pub(super) struct Score {
    pub(super) expression: Fragment,
    /// A query with the columns `$record` and whatever the expression needs, which narrows the list, too.
    pub(super) join: Option<Fragment>,
    /// What it is called in records, and whether it is shown the other way around.
    pub(super) shown: (&'static str, bool),
}

/// An order by how near something is.
pub(super) struct Near {
    /// Holds where there is something to be near.
    pub(super) known: Fragment,
    pub(super) score: Score,
    pub(super) scan: Option<Scan>,
}

/// All of it for one list.
#[derive(Debug, Clone, Default)]
pub(super) struct Special {
    pub(super) conditions: Vec<Fragment>,
    pub(super) score: Option<Score>,
    /// How the score is found where the database cannot compute it.
    pub(super) scan: Option<Scan>,
    /// Marks what was found in the columns at these places.
    pub(super) highlight: Option<(Highlighter, Vec<usize>)>,
}

impl Special {
    pub(super) const fn is_none(&self) -> bool {
        self.conditions.is_empty() && self.score.is_none()
    }

    /// The conditions alone, which are enough to count.
    pub(super) fn unordered(self) -> Self {
        Self { highlight: None, ..self.unordered_with_highlight() }
    }

    fn unordered_with_highlight(self) -> Self {
        let mut conditions = self.conditions;
        if let Some(join) = self.score.and_then(|score| score.join) {
            let text = format!("id IN (SELECT \"$record\" FROM ({}) AS found)", join.text);
            conditions.push(Fragment { text, values: join.values });
        }
        Self { conditions, score: None, scan: None, highlight: self.highlight }
    }
}

/// What was sent, if it says something.
fn set(sent: Option<&String>) -> Option<&str> {
    sent.map(String::as_str).filter(|text| !text.trim().is_empty())
}

impl Records<'_> {
    /// Reads what is special of a list.
    pub(super) fn special(&self, query: &ListQuery, access: &Access) -> Result<Special, Invalid> {
        let mut special = Special::default();
        if let Some(text) = set(query.search.as_ref()) {
            self.search(text, query, access, &mut special)?;
        } else if query.highlight {
            let message = "there is something to be marked only where something is searched for";
            return Err(Invalid::one("/highlight", "not_applicable", message));
        }
        if let Some(text) = set(query.within.as_ref()) {
            special.conditions.extend(self.within(text, access)?);
        }
        let distance = match (set(query.near.as_ref()), set(query.nearest.as_ref())) {
            (None, None) => return Ok(special),
            (Some(near), None) => self.near(near, access)?,
            (None, Some(nearest)) => self.nearest(nearest, query.metric, access)?,
            (Some(_), Some(_)) => {
                let message = "one order is asked for by `near` and another one by `nearest`";
                return Err(Invalid::one("/nearest", "not_applicable", message));
            }
        };
        if set(query.sort.as_ref()).is_some() {
            let message = "what is nearest comes first: there is no other order beside that";
            return Err(Invalid::one("/sort", "not_applicable", message));
        }
        let Special { conditions, highlight, .. } = special.unordered_with_highlight();
        let Near { known, score, scan } = distance;
        let conditions = conditions.into_iter().chain([known]).collect();
        Ok(Special { conditions, score: Some(score), scan, highlight })
    }

    fn search(
        &self,
        text: &str,
        query: &ListQuery,
        access: &Access,
        special: &mut Special,
    ) -> Result<(), Invalid> {
        let search = Search::read(text)?;
        let layout = self.layout();
        let places: Vec<_> = searched_fields(self.collection.definition())
            .iter()
            .filter_map(|name| layout.column(name))
            .collect();
        // Whoever could search what is hidden could find out what stands there.
        let hidden = |at: &usize| layout.columns.get(*at).is_none_or(|column| !access.asks(*at, column));
        if places.is_empty() || places.iter().any(hidden) {
            let message = "the collection has no search index over fields that are seen";
            return Err(Invalid::one("/search", "no_search_index", message));
        }
        let (condition, score) = found(&search, layout, self.dialect());
        let is_sorted = set(query.sort.as_ref()).is_some();
        if is_sorted {
            *special = Special { score: Some(score), ..Special::default() }.unordered();
            special.conditions.extend(condition);
        } else {
            special.conditions.extend(condition);
            special.score = Some(score);
        }
        special.highlight = query.highlight.then(|| (Highlighter::new(&search), places));
        Ok(())
    }
}

/// How records are found, and how well each fits.
fn found(search: &Search, layout: &Layout, dialect: Dialect) -> (Option<Fragment>, Score) {
    let query = Value::String(Some(search.as_query(dialect)));
    let with_query = |text: &str| Fragment { text: text.to_owned(), values: vec![query.clone()] };
    let (condition, expression, join) = match dialect {
        Dialect::Sqlite => {
            let (words, numbers) = search_tables(&layout.table);
            let join = format!(
                "SELECT \"$record\", rank AS \"$rank\" FROM {words} JOIN {numbers} ON \"$number\" = {words}.rowid \
                 WHERE {words} MATCH ?"
            );
            (None, Fragment { text: "\"$rank\"".to_owned(), values: Vec::new() }, Some(with_query(&join)))
        }
        Dialect::Postgres => (
            Some(with_query("\"$words\" @@ to_tsquery('simple', ?)")),
            with_query("CAST(-ts_rank(\"$words\", to_tsquery('simple', ?)) AS DOUBLE PRECISION)"),
            None,
        ),
        Dialect::MariaDb => (
            Some(with_query("MATCH (`$words`) AGAINST (? IN BOOLEAN MODE)")),
            with_query("-MATCH (`$words`) AGAINST (? IN BOOLEAN MODE)"),
            None,
        ),
    };
    (condition, Score { expression, join, shown: ("_score", true) })
}

/// What a score is.
pub(super) const SCORE: FieldType = FieldType::Float;
