//! Counts, sums and the like of a collection's records, by groups.
//!
//! They are of the records that a list would show, and only of fields that it would show.

mod sql;
mod terms;

use futures_util::FutureExt as _;
use sea_query::Value;

pub(super) use self::sql::first_day;
use self::sql::{Form, Selected, TooLarge};
use self::terms::{Computed, Group};
pub(super) use self::terms::{Function, MAX_TERMS, Period, Written};
use super::error::RecordError;
use super::observed::Sent;
use super::query::Planner;
use super::service::{Access, Records, Verb};
use super::value::write_string;
use crate::dialect::Dialect;
use crate::invalid::{Findings, Invalid};
use crate::slow_queries::{Asked, Operation};
use crate::store::{Row, Sql, StoreError};

/// Groups in an answer at most.
pub const MAX_GROUPS: u32 = 1_000;
const DEFAULT_GROUPS: u32 = 100;

/// What is to be computed, as sent.
#[derive(Debug, Clone, Default)]
pub struct AggregateQuery {
    /// `count`, `count(field)`, `count_distinct(field)`, `sum(field)`, `avg(field)`, `min(field)` and `max(field)`,
    /// apart by commas, each with a name before it if wanted (`revenue:sum(price)`). `count` where nothing is said;
    /// where it is empty, groups alone are shown, each once.
    pub calculate: Option<String>,
    /// Fields apart by commas, and periods of times: `day(field)`, `week`, `month`, `year`.
    pub group_by: Option<String>,
    /// A condition in CEL.
    pub filter: Option<String>,
    /// Names of what is shown, apart by commas, `-` before one for the other way around.
    pub sort: Option<String>,
    /// Groups that are shown, 1 to [`MAX_GROUPS`]; 100 where nothing is said.
    pub limit: Option<u32>,
}

/// A term of the answer.
struct Output {
    /// `"name":`
    key: Vec<u8>,
    form: Form,
    /// Where its columns begin.
    at: usize,
}

/// A statement, and how its rows are read.
struct Plan {
    sql: Sql,
    outputs: Vec<Output>,
}

impl Records<'_> {
    /// What is computed of the records that a list shows, as `{"items":[…],"has_more":…}` with an item for each group.
    pub async fn aggregate(&self, query: &AggregateQuery) -> Result<Vec<u8>, RecordError> {
        let limit = query.limit.unwrap_or(DEFAULT_GROUPS);
        if !(1..=MAX_GROUPS).contains(&limit) {
            let message = format!("1 to {MAX_GROUPS} groups can be shown");
            return Err(Invalid::one("/limit", "out_of_range", message).into());
        }
        let Plan { sql, outputs } = self.aggregate_plan(query, limit)?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let store = self.scope.platform().store();
        let done = store
            .read_timed(self.scope.place(), move |tx| {
                async move {
                    let (mut out, mut found) = (b"{\"items\":[".to_vec(), 0_usize);
                    let mut too_large = None;
                    let add = |row: &Row<'_>| {
                        found += 1;
                        if found > wanted {
                            return Ok(());
                        }
                        out.extend_from_slice(if found > 1 { b",{" } else { b"{" });
                        for (at, output) in outputs.iter().enumerate() {
                            if at > 0 {
                                out.push(b',');
                            }
                            out.extend_from_slice(&output.key);
                            if let Err(TooLarge) = output.form.write(row, output.at, &mut out)? {
                                too_large = Some(TooLarge);
                            }
                        }
                        out.push(b'}');
                        Ok(())
                    };
                    tx.query(&sql, add).await.map_err(overflow)?;
                    if too_large.is_some() {
                        return Err(beyond());
                    }
                    out.extend_from_slice(b"],\"has_more\":");
                    out.extend_from_slice(if found > wanted { b"true}" } else { b"false}" });
                    Ok(out)
                }
                .boxed()
            })
            .await;
        let ruled = self.access(Verb::List).is_ok_and(|access| access.is_ruled());
        let asked = Asked::new(Operation::Aggregate, self.collection.id());
        self.scope.timed(&Asked { ruled, ..asked.filtered(query.filter.as_deref()) }, done)
    }

    fn aggregate_plan(&self, query: &AggregateQuery, limit: u32) -> Result<Plan, RecordError> {
        let access = self.access(Verb::List)?;
        let (groups, computed) = self.terms(query, &access)?;
        let (layout, dialect) = (self.layout(), self.dialect());
        let count = groups.len();
        let names = groups.iter().map(|group| &group.name).chain(computed.iter().map(|term| &term.name));
        let names: Vec<_> = names.map(String::as_str).collect();
        let selected = groups.iter().map(|group| group.select(layout, dialect));
        let selected = selected.chain(computed.iter().map(|term| term.select(layout, dialect)));
        let selected: Vec<Selected> = selected.flatten().collect();

        let conditions = self.conditions(query.filter.as_deref(), &access)?;
        let sent = Sent { filter: query.filter.as_deref(), sort: None, ruled: access.is_ruled() };
        if let Some(seen) = self.observe(&conditions, &[], &self.words(query), sent) {
            seen.count();
        }
        let order = order(query.sort.as_deref(), &names, &selected, count, dialect)?;
        let planner = Planner { layout, dialect, veils: &[] };
        let columns: Vec<_> = selected.iter().flat_map(|term| &term.columns).map(String::as_str).collect();
        let mut text = String::new();
        if count > 0 {
            let groups: Vec<_> = selected.iter().take(count).map(|term| term.order.as_str()).collect();
            text = format!(" GROUP BY {}", groups.join(", "));
        }
        text.push_str(&order);
        let limit = Value::BigInt(Some(i64::from(limit) + 1));
        let sql = planner.aggregate(&columns.join(", "), &conditions, &text, &self.scope.bindings(), limit);
        let mut outputs = Vec::with_capacity(selected.len());
        let mut at = 0;
        for (name, term) in names.into_iter().zip(selected) {
            let mut key = Vec::with_capacity(name.len() + 3);
            write_string(name, &mut key);
            key.push(b':');
            outputs.push(Output { key, form: term.form, at });
            at += term.columns.len();
        }
        Ok(Plan { sql, outputs })
    }

    /// The fields of which something is computed, and those by which records are grouped: an index may have them in order.
    fn words(&self, query: &AggregateQuery) -> Vec<String> {
        let texts = [query.calculate.as_deref(), query.group_by.as_deref()];
        let is_word = |c: char| c == '_' || c.is_alphanumeric();
        let words = texts.into_iter().flatten().flat_map(|text| text.split(|c| !is_word(c)));
        words.filter(|word| self.layout().column(word).is_some()).map(str::to_owned).collect()
    }

    fn terms(&self, query: &AggregateQuery, access: &Access) -> Result<(Vec<Group>, Vec<Computed>), Invalid> {
        let columns = |name: &str| self.column(name, access);
        let mut findings = Findings::default();
        let groups = terms::groups(query.group_by.as_deref().unwrap_or_default(), &columns);
        let groups = findings.take("", groups).unwrap_or_default();
        let calculate = query.calculate.as_deref().unwrap_or("count");
        let computed = findings.take("", terms::computed(calculate, &columns)).unwrap_or_default();
        let mut names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        for term in &computed {
            names.push(&term.name);
        }
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() < all {
            findings.add("/calculate", "duplicate", "two of what is shown have the same name");
        }
        if all == 0 && findings.is_empty() {
            findings.add("/calculate", "required", "there is nothing to be computed or grouped by");
        }
        findings.finish(Some((groups, computed)))
    }
}

/// By what is asked for, then by the groups, so that the order is total.
fn order(
    sort: Option<&str>,
    names: &[&str],
    selected: &[Selected],
    groups: usize,
    dialect: Dialect,
) -> Result<String, Invalid> {
    if groups == 0 {
        // There is one row.
        return Ok(String::new());
    }
    let mut findings = Findings::default();
    let mut terms: Vec<(usize, bool)> = Vec::new();
    for name in sort.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let (name, descending) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
        match names.iter().position(|known| *known == name) {
            Some(at) if terms.iter().any(|(known, _)| *known == at) => {
                findings.add("/sort", "duplicate", format!("`{name}` stands there twice"));
            }
            Some(at) => terms.push((at, descending)),
            None => findings.add("/sort", "unknown_field", format!("`{name}` is not among what is shown")),
        }
    }
    for at in 0..groups {
        if terms.iter().all(|(known, _)| *known != at) {
            terms.push((at, false));
        }
    }
    let text = terms.iter().filter_map(|(at, descending)| {
        let way = match (descending, dialect) {
            (false, Dialect::Postgres) => "ASC NULLS FIRST",
            (true, Dialect::Postgres) => "DESC NULLS LAST",
            (false, _) => "ASC",
            (true, _) => "DESC",
        };
        Some(format!("{} {way}", selected.get(*at)?.order))
    });
    let text = format!(" ORDER BY {}", text.collect::<Vec<_>>().join(", "));
    findings.finish(Some(text))
}

fn beyond() -> RecordError {
    let message = "a sum or an average is beyond the numbers of 64 bits; narrow it by a filter or by groups";
    Invalid::one("/calculate", "out_of_range", message).into()
}

/// A sum that is too large for the database itself is the request's fault.
fn overflow(error: StoreError) -> RecordError {
    if error.is_out_of_range() { beyond() } else { error.into() }
}
