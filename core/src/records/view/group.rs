//! Views whose records are groups: what their records have in common, and what is computed of each.
//!
//! The id of a group is a digest of what its records have in common, so that it is the same as long as there is such a
//! group. It was made when the first of its records was, and changed when the last was.

use super::path::{Paths, Reached};
use super::{Names, Shown, as_text, shown};
use crate::collections::{FieldType, View};
use crate::dialect::Dialect;
use crate::invalid::{Findings, Invalid};
use crate::records::aggregate::{Function, MAX_TERMS, Period, Written, first_day};
use crate::records::column::quote;

/// What a view of groups selects.
pub(super) fn groups(view: &View, paths: &mut Paths<'_>, findings: &mut Findings) -> Shown {
    let dialect = paths.dialect();
    let (mut names, mut fields) = (Names::default(), Vec::new());
    let (mut columns, mut groups) = (Vec::new(), Vec::new());
    for (parameter, terms) in [("/group_by", &view.group_by), ("/calculate", &view.calculate)] {
        if terms.len() > MAX_TERMS {
            findings.add(parameter, "too_many", format!("at most {MAX_TERMS} stand here"));
        }
        for (at, term) in terms.iter().enumerate() {
            let is_group = parameter == "/group_by";
            let read = read(term, is_group, paths).and_then(|(name, reached)| {
                let name = names.take(term, &name)?;
                Ok((name, reached))
            });
            let Some((name, reached)) = findings.take(&format!("{parameter}/{at}"), read) else { continue };
            columns.push(format!("{} AS {}", reached.column, quote(name.as_str(), dialect)));
            if is_group {
                groups.push((reached.column, reached.kind.clone()));
            }
            fields.push(shown(name, reached.kind, reached.nullable));
        }
    }
    let table = paths.table();
    let fixed = [
        format!("{} AS id", id(&groups, dialect)),
        format!("min({table}.created_at) AS created_at"),
        format!("max({table}.updated_at) AS updated_at"),
    ];
    let groups: Vec<_> = groups.into_iter().map(|(column, _)| column).collect();
    Shown {
        fields,
        columns: fixed.into_iter().chain(columns).collect(),
        end: format!(" GROUP BY {}", groups.join(", ")),
    }
}

/// A term with the name that it gives itself.
fn read(term: &str, is_group: bool, paths: &mut Paths<'_>) -> Result<(String, Reached), Invalid> {
    let wrong = || {
        let message = format!("`{term}` is none of `field`, `function(field)` and `name:function(field)`");
        Invalid::one("", "invalid_term", message)
    };
    let written = Written::read(term.trim()).ok_or_else(wrong)?;
    let name = written.name.to_owned();
    let reached = if is_group { group(&written, paths)? } else { computed(&written, paths)? };
    Ok((name, reached))
}

fn group(written: &Written<'_>, paths: &mut Paths<'_>) -> Result<Reached, Invalid> {
    let field = written.field.unwrap_or_default();
    let reached = paths.resolve(field)?;
    let Some(period) = written.function else {
        if reached.kind.is_comparable() {
            return Ok(reached);
        }
        return Err(not_applicable(field, &reached.kind, "grouping"));
    };
    let period_of = Period::read(period).ok_or_else(|| {
        let message = format!("there is no period `{period}`; there are {}", Period::NAMES);
        Invalid::one("", "unknown_function", message)
    })?;
    let is_date = matches!(reached.kind, FieldType::Date);
    if !is_date && !matches!(reached.kind, FieldType::Datetime { .. }) {
        return Err(not_applicable(field, &reached.kind, period));
    }
    let column = first_day(period_of, &reached.column, is_date, paths.dialect());
    Ok(Reached { kind: FieldType::Date, nullable: reached.nullable, column, beside: Vec::new() })
}

fn computed(written: &Written<'_>, paths: &mut Paths<'_>) -> Result<Reached, Invalid> {
    let (name, field) = written.call();
    let function = Function::read(name).ok_or_else(|| {
        let message = format!("there is no function `{name}`; there are {}", Function::NAMES);
        Invalid::one("", "unknown_function", message)
    })?;
    let Some(field) = field else {
        if function == Function::Count {
            return Ok(value("count(*)".to_owned(), FieldType::Int, false));
        }
        let message = format!("`{name}` is computed of a field: write `{name}(field)`");
        return Err(Invalid::one("", "invalid_term", message));
    };
    let Reached { kind, column, .. } = paths.resolve(field)?;
    if !function.takes(&kind) {
        return Err(not_applicable(field, &kind, name));
    }
    let dialect = paths.dialect();
    Ok(match function {
        Function::Count => value(format!("count({column})"), FieldType::Int, false),
        Function::CountDistinct => value(format!("count(DISTINCT {column})"), FieldType::Int, false),
        Function::Sum => value(sum(&column, &kind, dialect), kind, true),
        Function::Avg => value(average(&column, &kind, dialect), FieldType::Float, true),
        Function::Min => value(format!("min({column})"), kind, true),
        Function::Max => value(format!("max({column})"), kind, true),
    })
}

const fn value(column: String, kind: FieldType, nullable: bool) -> Reached {
    Reached { kind, nullable, column, beside: Vec::new() }
}

fn not_applicable(field: &str, kind: &FieldType, what: &str) -> Invalid {
    let message = format!("`{field}` is of type {}, of which there is no {what}", kind.name());
    Invalid::one("", "not_applicable", message)
}

/// A sum in 64 bits. Each database is made to fail where it does not fit: MariaDB would answer the greatest number
/// that does, so one more is added to that.
fn sum(column: &str, kind: &FieldType, dialect: Dialect) -> String {
    let sum = format!("sum({column})");
    match (kind, dialect) {
        (FieldType::Float, _) => finite(&sum),
        (_, Dialect::Sqlite) => sum,
        (_, Dialect::Postgres) => format!("CAST({sum} AS BIGINT)"),
        (_, Dialect::MariaDb) => format!(
            "(CAST({sum} AS SIGNED) + CASE WHEN {sum} > {} THEN 1 WHEN {sum} < {} THEN -1 ELSE 0 END)",
            i64::MAX,
            i64::MIN
        ),
    }
}

/// An average, as a float.
fn average(column: &str, kind: &FieldType, dialect: Dialect) -> String {
    let average = match dialect {
        Dialect::Sqlite => format!("avg({column})"),
        Dialect::Postgres => format!("CAST(avg({column}) AS DOUBLE PRECISION)"),
        Dialect::MariaDb => format!("CAST(sum({column}) AS DOUBLE) / nullif(count({column}), 0)"),
    };
    match kind {
        FieldType::Decimal { scale, .. } => format!("{average} / 1e{scale}"),
        FieldType::Float => finite(&average),
        _ => average,
    }
}

/// Null in the place of what is beyond all floats, where a database has that for a number.
fn finite(float: &str) -> String {
    format!("CASE WHEN abs({float}) <= {:e} THEN {float} END", f64::MAX)
}

/// The digest of what the records of a group have in common.
fn id(groups: &[(String, FieldType)], dialect: Dialect) -> String {
    // Each text has its length before it, so that no two lists of them are one text.
    let parts = groups.iter().map(|(column, kind)| {
        let text = as_text(column, kind, dialect);
        let written = match dialect {
            Dialect::Sqlite => format!("length({text}) || ':' || {text}"),
            Dialect::Postgres => format!("char_length({text}) || ':' || {text}"),
            Dialect::MariaDb => format!("concat(char_length({text}), ':', {text})"),
        };
        format!("CASE WHEN {column} IS NULL THEN '-' ELSE {written} END")
    });
    let parts: Vec<_> = parts.collect();
    match dialect {
        Dialect::Sqlite => format!("neonex_group({})", parts.join(" || ")),
        Dialect::Postgres => format!("CAST(md5({}) AS UUID)", parts.join(" || ")),
        Dialect::MariaDb => format!("CAST(unhex(md5(concat({}))) AS BINARY(16))", parts.join(", ")),
    }
}
