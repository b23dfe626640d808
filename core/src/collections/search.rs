//! The index of the words in a collection's texts.
//!
//! Every database keeps it by itself from the columns of the texts, so that nothing that writes can forget it.
//!
//! | | where the words lie | index |
//! |---|---|---|
//! | SQLite | nowhere | FTS5 without content, `f_…`, filled by triggers; `s_…` numbers the records for it, because a table's own numbers do not survive `VACUUM` |
//! | Postgres | `$words`, a generated `TSVECTOR` | GIN |
//! | MariaDB | `$words`, a generated text that ignores case and accents | FULLTEXT |
//!
//! MariaDB leaves out words of one or two letters, and frequent English ones: each word has `nx` before it there.

use neonex_migrations::Dialect;

use super::ddl::Ddl;
use super::definition::{Definition, IndexKind};
use super::field::Field;
use super::field_type::FieldType;
use crate::records::search::FOLDED;
use crate::records::storage::Storage;

/// The tables that SQLite has for the index of the table of a collection: of words, and of the records' numbers.
pub(crate) fn tables(table: &str) -> (String, String) {
    (table.replacen("c_", "f_", 1), table.replacen("c_", "s_", 1))
}

/// The texts whose words are indexed.
pub(crate) fn searched(definition: &Definition) -> &[String] {
    let index = definition.indexes.iter().find(|index| index.kind == IndexKind::Search);
    index.map(|index| index.fields.as_slice()).unwrap_or_default()
}

impl Ddl {
    /// Makes the index, of the records that are there, too. Nothing where there is none.
    pub(super) fn create_search(&self, definition: &Definition) -> Vec<String> {
        let fields = searched(definition);
        if fields.is_empty() {
            return Vec::new();
        }
        let table = self.table();
        match self.dialect {
            Dialect::Sqlite => self.create_fts5(definition, fields),
            Dialect::Postgres => {
                let (from, to) = folding();
                let text = self.joined(definition, fields, "");
                vec![
                    format!(
                        "ALTER TABLE {table} ADD COLUMN \"$words\" TSVECTOR GENERATED ALWAYS AS \
                         (to_tsvector('simple'::regconfig, translate({text}, '{from}', '{to}'))) STORED"
                    ),
                    format!("CREATE INDEX {} ON {table} USING gin (\"$words\")", tables(&table).0),
                ]
            }
            Dialect::MariaDb => {
                let text = self.joined(definition, fields, "");
                let words =
                    format!("regexp_replace({text}, '(*UCP)[[:alnum:]]+', concat('nx', char(92), '0'))");
                vec![
                    format!(
                        "ALTER TABLE {table} ADD COLUMN IF NOT EXISTS `$words` LONGTEXT CHARACTER SET utf8mb4 \
                         COLLATE utf8mb4_uca1400_ai_ci GENERATED ALWAYS AS ({words}) STORED"
                    ),
                    format!("ALTER TABLE {table} ADD FULLTEXT INDEX IF NOT EXISTS `$words` (`$words`)"),
                ]
            }
        }
    }

    /// Drops it.
    pub(super) fn drop_search(&self) -> Vec<String> {
        let table = self.table();
        let (words, numbers) = tables(&table);
        match self.dialect {
            Dialect::Sqlite => {
                let triggers = ["insert", "update", "delete"].map(|on| format!("DROP TRIGGER {words}_{on}"));
                let tables = [words, numbers].map(|table| format!("DROP TABLE {table}"));
                triggers.into_iter().chain(tables).collect()
            }
            Dialect::Postgres => vec![format!("ALTER TABLE {table} DROP COLUMN \"$words\"")],
            Dialect::MariaDb => vec![
                format!("DROP INDEX IF EXISTS `$words` ON {table}"),
                format!("ALTER TABLE {table} DROP COLUMN IF EXISTS `$words`"),
            ],
        }
    }

    /// The tables that go with the collection's.
    pub(super) fn search_tables(&self, definition: &Definition) -> Vec<String> {
        if self.dialect != Dialect::Sqlite || searched(definition).is_empty() {
            return Vec::new();
        }
        let (words, numbers) = tables(&self.table());
        vec![words, numbers]
    }

    fn create_fts5(&self, definition: &Definition, fields: &[String]) -> Vec<String> {
        let table = self.table();
        let (words, numbers) = tables(&table);
        let id = Storage::Uuid.type_name(self.dialect);
        let columns: Vec<_> = fields.iter().map(|field| self.quote(&column(definition, field))).collect();
        let (columns, new) = (columns.join(", "), self.joined(definition, fields, "new."));
        let add = format!(
            "INSERT INTO {words} (rowid, words) SELECT \"$number\", {new} FROM {numbers} WHERE \"$record\" = new.id"
        );
        let remove = format!(
            "DELETE FROM {words} WHERE rowid = (SELECT \"$number\" FROM {numbers} WHERE \"$record\" = old.id)"
        );
        let number = format!("INSERT INTO {numbers} (\"$record\")");
        vec![
            format!(
                "CREATE TABLE {numbers} (\"$number\" INTEGER PRIMARY KEY, \"$record\" {id} NOT NULL UNIQUE)"
            ),
            format!(
                "CREATE VIRTUAL TABLE {words} USING fts5(words, content='', contentless_delete=1, \
                 tokenize='unicode61 remove_diacritics 2')"
            ),
            format!(
                "CREATE TRIGGER {words}_insert AFTER INSERT ON {table} BEGIN {number} VALUES (new.id); {add}; END"
            ),
            format!(
                "CREATE TRIGGER {words}_update AFTER UPDATE OF {columns} ON {table} BEGIN {remove}; {add}; END"
            ),
            format!(
                "CREATE TRIGGER {words}_delete AFTER DELETE ON {table} BEGIN {remove}; \
                 DELETE FROM {numbers} WHERE \"$record\" = old.id; END"
            ),
            format!("{number} SELECT id FROM {table}"),
            format!(
                "INSERT INTO {words} (rowid, words) SELECT \"$number\", {} FROM {table} JOIN {numbers} \
                 ON \"$record\" = id",
                self.joined(definition, fields, "")
            ),
        ]
    }

    /// The texts one after another.
    fn joined(&self, definition: &Definition, fields: &[String], before: &str) -> String {
        let texts = fields.iter().map(|name| {
            let text = format!("{before}{}", self.quote(&column(definition, name)));
            let field = definition.fields.iter().find(|field| field.name.as_str() == name);
            let is_rich = field.is_some_and(|field| matches!(field.kind, FieldType::RichText { .. }));
            match (self.dialect, is_rich) {
                (_, false) => format!("coalesce({text}, '')"),
                (Dialect::Sqlite, true) => format!("coalesce(neonex_words({text}), '')"),
                (Dialect::Postgres, true) => format!(
                    "regexp_replace(regexp_replace(coalesce({text}, ''), '<[^>]*>', ' ', 'g'), \
                     '&[a-zA-Z0-9#]+;', ' ', 'g')"
                ),
                (Dialect::MariaDb, true) => format!(
                    "regexp_replace(regexp_replace(coalesce({text}, ''), '<[^>]*>', ' '), \
                     '&[a-zA-Z0-9#]+;', ' ')"
                ),
            }
        });
        let texts: Vec<_> = texts.collect();
        match self.dialect {
            Dialect::Sqlite | Dialect::Postgres => texts.join(" || ' ' || "),
            Dialect::MariaDb => format!("concat_ws(' ', {})", texts.join(", ")),
        }
    }
}

/// What a field is called in the table.
fn column(definition: &Definition, field: &str) -> String {
    let found = definition.fields.iter().find(|known| known.name.as_str() == field);
    found.map(Field::column).unwrap_or_default()
}

/// What `translate` takes on Postgres: letters with accents become plain, and what stands between words a blank, which
/// its parser would else take for addresses, numbers and the like.
fn folding() -> (String, String) {
    let marks = (' '..='~').filter(|mark| !mark.is_ascii_alphanumeric() && *mark != '\'');
    let (mut from, mut to): (String, String) = marks.map(|mark| (mark, ' ')).unzip();
    from.push_str("''");
    to.push(' ');
    for (plain, accented) in FOLDED {
        for letter in accented.chars().chain(accented.to_uppercase().chars()) {
            from.push(letter);
            to.push(*plain);
        }
    }
    (from, to)
}
