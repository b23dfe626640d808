//! What stands within JSON documents.
//!
//! Of what it is, each database has its own word; a key is a parameter, and no part of the text.

use super::condition::Param;
use super::{Compiler, Condition, fill, parameter, text};
use crate::dialect::Dialect;
use crate::expr::ir::Within;
use crate::expr::vocabulary::FieldKind;

impl Compiler<'_> {
    /// The value where it is of that kind; NULL where it is anything else.
    pub(super) fn within(&self, within: &Within, kind: FieldKind) -> Condition {
        let template = match (self.dialect, kind) {
            (Dialect::Sqlite, FieldKind::Text) => "CASE {} WHEN 'text' THEN {} END",
            (Dialect::Sqlite, FieldKind::Float) => {
                "CASE WHEN {} IN ('integer', 'real') THEN CAST({} AS real) END"
            }
            (Dialect::Sqlite, _) => "CASE WHEN {} IN ('true', 'false') THEN {} END",
            (Dialect::Postgres, FieldKind::Text) => "CASE {} WHEN 'string' THEN {} COLLATE \"C\" END",
            (Dialect::Postgres, FieldKind::Float) => {
                "CASE {} WHEN 'number' THEN CAST({} AS double precision) END"
            }
            (Dialect::Postgres, _) => "CASE {} WHEN 'boolean' THEN CAST({} AS boolean) END",
            (Dialect::MariaDb, FieldKind::Text) => "CASE {} WHEN 'STRING' THEN {} END",
            (Dialect::MariaDb, FieldKind::Float) => {
                "CASE WHEN {} IN ('INTEGER', 'DOUBLE') THEN CAST({} AS double) END"
            }
            (Dialect::MariaDb, _) => "CASE {} WHEN 'BOOLEAN' THEN ({} = 'true') END",
        };
        fill(&format!("({template})"), [self.type_within(within), self.text_within(within)])
    }

    pub(super) fn absent(&self, within: &Within) -> Condition {
        let null = if self.dialect == Dialect::MariaDb { "NULL" } else { "null" };
        fill(&format!("coalesce({{}} = '{null}', TRUE)"), [self.type_within(within)])
    }

    pub(super) fn has(&self, within: &Within) -> Condition {
        fill("({} IS NOT NULL)", [self.type_within(within)])
    }

    /// What it is called that stands there; NULL where nothing does.
    fn type_within(&self, within: &Within) -> Condition {
        let column = self.column(&within.column);
        match self.dialect {
            Dialect::Sqlite => fill("json_type({}, {})", [column, path(within)]),
            Dialect::Postgres => fill("json_typeof({})", [steps(column, &within.keys)]),
            Dialect::MariaDb => fill("JSON_TYPE(JSON_EXTRACT({}, {}))", [column, path(within)]),
        }
    }

    /// What stands there, as text or, on SQLite, as what it is.
    fn text_within(&self, within: &Within) -> Condition {
        let column = self.column(&within.column);
        match (self.dialect, within.keys.split_last()) {
            (Dialect::Sqlite, _) => fill("json_extract({}, {})", [column, path(within)]),
            (Dialect::Postgres, Some((last, before))) => {
                fill("({} ->> CAST({} AS text))", [steps(column, before), parameter(Param::text(last))])
            }
            // There is one key at least.
            (Dialect::Postgres, None) => text("NULL"),
            (Dialect::MariaDb, _) => {
                fill("(JSON_UNQUOTE(JSON_EXTRACT({}, {})) COLLATE utf8mb4_nopad_bin)", [column, path(within)])
            }
        }
    }
}

/// Keys are of characters that need no escape: see the checker.
fn path(within: &Within) -> Condition {
    let keys = within.keys.iter().map(|key| format!(".\"{key}\""));
    parameter(Param::text(&format!("${}", keys.collect::<String>())))
}

fn steps(document: Condition, keys: &[String]) -> Condition {
    let step = |from, key: &String| fill("({} -> CAST({} AS text))", [from, parameter(Param::text(key))]);
    keys.iter().fold(document, step)
}
