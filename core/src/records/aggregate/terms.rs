//! What is computed and by what it is grouped, as clients write it: `count`, `revenue:sum(price)`,
//! `month(created_at)`.

use crate::collections::FieldType;
use crate::invalid::{Findings, Invalid};
use crate::records::layout::Column;

/// Terms of one parameter.
pub(in crate::records) const MAX_TERMS: usize = 16;
const MAX_NAME: usize = 64;

/// What is computed of the records of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::records) enum Function {
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
}

impl Function {
    pub(in crate::records) const NAMES: &'static str = "count, count_distinct, sum, avg, min, max";

    pub(in crate::records) fn read(name: &str) -> Option<Self> {
        Some(match name {
            "count" => Self::Count,
            "count_distinct" => Self::CountDistinct,
            "sum" => Self::Sum,
            "avg" => Self::Avg,
            "min" => Self::Min,
            "max" => Self::Max,
            _ => return None,
        })
    }

    /// Whether it can be computed of values of that type.
    pub(in crate::records) const fn takes(self, kind: &FieldType) -> bool {
        use FieldType::{Date, Datetime, Decimal, Float, Int};
        match self {
            Self::Count => true,
            Self::CountDistinct => kind.is_comparable(),
            Self::Sum | Self::Avg => matches!(kind, Int | Float | Decimal { .. }),
            // No database but some has a greatest truth value or id.
            Self::Min | Self::Max => {
                matches!(kind, Int | Float | Decimal { .. } | Date | Datetime { .. }) || kind.is_text()
            }
        }
    }
}

/// To what a time is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::records) enum Period {
    Day,
    /// From Monday on.
    Week,
    Month,
    Year,
}

impl Period {
    pub(in crate::records) const NAMES: &'static str = "day, week, month, year";

    pub(in crate::records) fn read(name: &str) -> Option<Self> {
        Some(match name {
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "year" => Self::Year,
            _ => return None,
        })
    }
}

/// Something to be computed; `None` stands for whole records.
#[derive(Debug)]
pub(super) struct Computed {
    pub(super) name: String,
    pub(super) function: Function,
    pub(super) column: Option<usize>,
}

/// Something that records are grouped by.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) column: usize,
    pub(super) period: Option<Period>,
}

/// A term as written: `name:function(field)`, of which the name, and either of the others, may be missing.
pub(in crate::records) struct Written<'t> {
    pub(in crate::records) name: &'t str,
    pub(in crate::records) function: Option<&'t str>,
    pub(in crate::records) field: Option<&'t str>,
}

impl<'t> Written<'t> {
    pub(in crate::records) fn read(text: &'t str) -> Option<Self> {
        let (name, call) = match text.split_once(':') {
            Some((name, call)) => (Some(name.trim()), call.trim()),
            None => (None, text),
        };
        let (function, field) = match call.split_once('(') {
            Some((function, rest)) => (Some(function.trim()), Some(rest.strip_suffix(')')?.trim())),
            None => (None, Some(call)),
        };
        let is_name = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_alphabetic())
                && name.len() <= MAX_NAME
                && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        };
        name.is_none_or(is_name).then_some(Self { name: name.unwrap_or(text), function, field })
    }

    /// A function and the field that it is computed of. A count of whole records is written as a name alone.
    pub(in crate::records) fn call(&self) -> (&'t str, Option<&'t str>) {
        match (self.function, self.field) {
            (Some(function), field) => (function, field),
            (None, function) => (function.unwrap_or_default(), None),
        }
    }
}

/// Knows the columns that the actor may know of.
pub(super) type Columns<'c> = dyn Fn(&str) -> Option<(usize, &'c Column)> + 'c;

/// Reads one parameter term by term; what is wrong with one is told of the parameter.
fn read_terms<T>(
    parameter: &str,
    text: &str,
    read: impl Fn(&str, Written<'_>) -> Result<T, Invalid>,
) -> Result<Vec<T>, Invalid> {
    let mut findings = Findings::default();
    let mut terms = Vec::new();
    for term in text.split(',').map(str::trim).filter(|term| !term.is_empty()) {
        let written = Written::read(term).ok_or_else(|| {
            let message =
                format!("`{term}` is none of `field`, `function(field)` and `name:function(field)`");
            Invalid::one(parameter, "invalid_term", message)
        });
        let read = written.and_then(|written| read(parameter, written));
        terms.extend(findings.take("", read));
    }
    if terms.len() > MAX_TERMS {
        findings.add(parameter, "too_many", format!("at most {MAX_TERMS} stand here"));
    }
    findings.finish(Some(terms))
}

fn known<'c>(parameter: &str, field: &str, columns: &Columns<'c>) -> Result<(usize, &'c Column), Invalid> {
    let message = || format!("there is no field `{field}`");
    columns(field).ok_or_else(|| Invalid::one(parameter, "unknown_field", message()))
}

fn not_applicable(parameter: &str, what: &str, column: &Column) -> Invalid {
    let message = format!("`{}` is of type {}, of which there is no {what}", column.name, column.kind.name());
    Invalid::one(parameter, "not_applicable", message)
}

/// Reads what is to be computed.
pub(super) fn computed(text: &str, columns: &Columns<'_>) -> Result<Vec<Computed>, Invalid> {
    read_terms("/calculate", text, |parameter, written| {
        let (function, field) = written.call();
        let known_function = Function::read(function).ok_or_else(|| {
            let message = format!("there is no function `{function}`; there are {}", Function::NAMES);
            Invalid::one(parameter, "unknown_function", message)
        })?;
        let column = match field {
            Some(field) => {
                let (at, column) = known(parameter, field, columns)?;
                if !known_function.takes(&column.kind) {
                    return Err(not_applicable(parameter, function, column));
                }
                Some(at)
            }
            None if known_function == Function::Count => None,
            None => {
                let message = format!("`{function}` is computed of a field: write `{function}(field)`");
                return Err(Invalid::one(parameter, "invalid_term", message));
            }
        };
        Ok(Computed { name: written.name.to_owned(), function: known_function, column })
    })
}

/// Reads what records are grouped by.
pub(super) fn groups(text: &str, columns: &Columns<'_>) -> Result<Vec<Group>, Invalid> {
    read_terms("/group_by", text, |parameter, written| {
        let (at, column) = known(parameter, written.field.unwrap_or_default(), columns)?;
        let period = match written.function {
            None if !column.kind.is_comparable() => {
                return Err(not_applicable(parameter, "grouping", column));
            }
            None => None,
            Some(name) => {
                let period = Period::read(name).ok_or_else(|| {
                    let message = format!("there is no period `{name}`; there are {}", Period::NAMES);
                    Invalid::one(parameter, "unknown_function", message)
                })?;
                if !matches!(column.kind, FieldType::Date | FieldType::Datetime { .. }) {
                    return Err(not_applicable(parameter, name, column));
                }
                Some(period)
            }
        };
        Ok(Group { name: written.name.to_owned(), column: at, period })
    })
}
