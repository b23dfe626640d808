//! What is asked for of records by `fields` and `expand`: some of their fields, and those that they point to.

use std::collections::BTreeMap;

use super::layout::{Column, Layout};
use crate::invalid::{Findings, Invalid};

/// Relations that one request follows, one after another and in all.
const MAX_DEPTH: usize = 4;
const MAX_RELATIONS: usize = 20;

/// What is asked for of records, and of those that they point to.
#[derive(Debug, Default)]
pub(super) struct Wanted<'q> {
    /// Names of fields; `None` where all are shown.
    pub(super) fields: Option<Vec<&'q str>>,
    /// Relations that are followed, by name.
    pub(super) relations: BTreeMap<&'q str, Relation<'q>>,
}

/// A relation that is followed.
#[derive(Debug)]
pub(super) struct Relation<'q> {
    /// The names up to this one, with points between them.
    pub(super) path: &'q str,
    /// What named it first.
    parameter: Parameter,
    pub(super) wanted: Wanted<'q>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parameter {
    Expand,
    Fields,
}

impl Parameter {
    const fn pointer(self) -> &'static str {
        match self {
            Self::Expand => "/expand",
            Self::Fields => "/fields",
        }
    }
}

impl<'q> Wanted<'q> {
    /// Reads both parameters, as far as they name relations: fields of the records themselves are read by
    /// [`named`] alone, and only once for a statement that is kept.
    pub(super) fn read(expand: Option<&'q str>, fields: Option<&'q str>) -> Result<Self, Invalid> {
        let mut all = Self::default();
        let mut count = 0;
        for path in paths(expand).filter(|path| !path.is_empty()) {
            all.follow(path, Parameter::Expand, &mut count)?;
        }
        for path in paths(fields) {
            let Some((way, name)) = path.rsplit_once('.') else { continue };
            let level = all.follow(way, Parameter::Fields, &mut count)?;
            level.fields.get_or_insert_default().push(name);
        }
        Ok(all)
    }

    /// Where the relations of a path lead.
    fn follow(
        &mut self,
        path: &'q str,
        parameter: Parameter,
        count: &mut usize,
    ) -> Result<&mut Self, Invalid> {
        let mut level = self;
        let mut end = 0;
        for (depth, name) in path.split('.').enumerate() {
            if depth == MAX_DEPTH {
                let message = format!("`{path}` follows more than {MAX_DEPTH} relations one after another");
                return Err(Invalid::one(parameter.pointer(), "too_deep", message));
            }
            end += name.len() + usize::from(depth > 0);
            *count += usize::from(!level.relations.contains_key(name));
            if *count > MAX_RELATIONS {
                let message = format!("at most {MAX_RELATIONS} relations are followed");
                return Err(Invalid::one(parameter.pointer(), "too_many", message));
            }
            let path = path.get(..end).unwrap_or(path);
            let new = Relation { path, parameter, wanted: Self::default() };
            level = &mut level.relations.entry(name).or_insert(new).wanted;
            // Of records on the way nothing is shown but what is named.
            if parameter == Parameter::Fields {
                level.fields.get_or_insert_default();
            }
        }
        Ok(level)
    }
}

impl Relation<'_> {
    /// Says that there is none of that name, which is also said of what the actor may not know of.
    pub(super) fn refuse(&self, collection: &str, findings: &mut Findings) {
        let message = format!("`{}` is no relation: there is none of that name in `{collection}`", self.path);
        let code = match self.parameter {
            Parameter::Expand => "unknown_relation",
            Parameter::Fields => "unknown_field",
        };
        findings.add(self.parameter.pointer(), code, message);
    }
}

fn paths(parameter: Option<&str>) -> impl Iterator<Item = &str> {
    parameter.unwrap_or_default().split(',').map(str::trim)
}

/// The columns of these names that are seen, by their places. `*` stands for all; `way` are the relations that lead there.
pub(super) fn named<'n>(
    names: impl Iterator<Item = &'n str>,
    way: &str,
    layout: &Layout,
    sees: &dyn Fn(&Column) -> bool,
    findings: &mut Findings,
) -> Vec<usize> {
    let mut columns = Vec::new();
    for name in names {
        let is_seen = |at: &usize| layout.columns.get(*at).is_some_and(sees);
        let found: Vec<_> = if name == "*" {
            (0..layout.columns.len()).filter(is_seen).collect()
        } else {
            layout.column(name).filter(is_seen).into_iter().collect()
        };
        if found.is_empty() {
            let point = if way.is_empty() { "" } else { "." };
            findings.add("/fields", "unknown_field", format!("there is no field `{way}{point}{name}`"));
        }
        let new = found.into_iter().filter(|column| !columns.contains(column)).collect::<Vec<_>>();
        columns.extend(new);
    }
    columns
}
