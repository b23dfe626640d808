//! From one design of a collection to the next, as statements.
//!
//! Each statement may be run again after an interruption where the database's DDL is not transactional (MariaDB).
//! Whether a value may be null, and what it is by default, is held by the records service, through which every write
//! goes: SQLite cannot change either of a column without rewriting the table. Types, uniqueness and indexes are the
//! database's.

use neonex_migrations::Dialect;
use sea_query::{MysqlQueryBuilder, PostgresQueryBuilder, QueryBuilder as _, SqliteQueryBuilder};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::definition::{Definition, IndexKind};
use super::field::Field;
use super::field_type::{Auto, FieldType};
use super::relation::link_tables;
use crate::ids::{CollectionId, TenantId};
use crate::records::column::{bind, quote, type_name};
use crate::records::layout::FIXED;
use crate::records::storage::{Shadow, Storage};
use crate::records::value::FieldValue;
use crate::store::Sql;

/// The table that a collection's records lie in.
pub(crate) fn table_name(collection: Uuid) -> String {
    format!("c_{}", collection.simple())
}

/// An index as it stands in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PhysicalIndex {
    pub(crate) name: String,
    pub(crate) fields: Vec<String>,
    pub(crate) unique: bool,
}

/// The indexes of a design: those of unique fields, and those asked for. An index is named after what it covers, so
/// that two designs agree on what they share.
pub(crate) fn indexes(collection: CollectionId, definition: &Definition) -> Vec<PhysicalIndex> {
    let indexed = |field: &&Field| field.unique || field.kind.is_indexed();
    let own = definition.fields.iter().filter(indexed);
    let own = own.map(|field| (vec![field.name.to_string()], field.unique));
    let ordered = definition.indexes.iter().filter(|index| index.kind == IndexKind::Ordered);
    let asked = ordered.map(|index| (index.fields.clone(), index.unique));
    let mut found: Vec<PhysicalIndex> = Vec::new();
    for (fields, unique) in own.chain(asked) {
        let covers = format!("{unique} {}", fields.join(","));
        let digest = Sha256::digest(covers.as_bytes());
        let short = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let name = format!("i_{}_{short:016x}", collection.as_uuid().simple());
        if found.iter().all(|index| index.name != name) {
            found.push(PhysicalIndex { name, fields, unique });
        }
    }
    found
}

/// How many characters of text an index of so many columns has room for on MariaDB: 3,072 bytes, four for each
/// character, with a little for columns that are no text.
fn mariadb_key_length(columns: usize) -> u32 {
    const WHOLE: u32 = 3072 / 4;
    match u32::try_from(columns) {
        Ok(1) => WHOLE,
        Ok(columns) => WHOLE.saturating_sub(columns * 5),
        Err(_) => 0,
    }
}

/// A value written out, escaped, for what is kept as text.
fn literal(kind: &FieldType, value: &FieldValue, dialect: Dialect) -> String {
    let bound = bind(kind, value, dialect);
    match (value, dialect) {
        (FieldValue::Uuid(uuid), Dialect::Sqlite | Dialect::MariaDb) => format!("x'{}'", uuid.simple()),
        // The fewest digits, which every database reads back as the same number.
        (FieldValue::Float(number), _) => format!("{number:e}"),
        (_, Dialect::Sqlite) => SqliteQueryBuilder.value_to_string(&bound),
        (_, Dialect::Postgres) => PostgresQueryBuilder.value_to_string(&bound),
        (_, Dialect::MariaDb) => MysqlQueryBuilder.value_to_string(&bound),
    }
}

/// Writes statements for one collection.
pub(super) struct Ddl {
    pub(super) dialect: Dialect,
    pub(super) tenant: TenantId,
    pub(super) collection: CollectionId,
}

impl Ddl {
    /// Makes the table.
    pub(super) fn create(&self, definition: &Definition) -> Vec<String> {
        let table = self.table();
        let fixed = FIXED.iter().map(|(name, kind)| {
            let key = if *name == "id" { " PRIMARY KEY" } else { "" };
            format!("{} {} NOT NULL{key}", self.quote(name), type_name(kind, self.dialect))
        });
        let own = definition.fields.iter().flat_map(|field| {
            let shadows = Shadow::of(field.name.as_str(), &field.kind);
            let shadows: Vec<_> = shadows.iter().map(|shadow| self.shadow(shadow)).collect();
            std::iter::once(self.column(field)).chain(shadows)
        });
        let columns = fixed.chain(own).collect::<Vec<_>>().join(",\n    ");
        let end = self.dialect.render("{table}");
        let mut statements = vec![format!("CREATE TABLE IF NOT EXISTS {table} (\n    {columns}\n){end}")];
        statements.extend(self.isolate(&table));
        for links in link_tables(self.collection, definition) {
            statements.extend(self.create_links(&links));
        }
        let indexes = indexes(self.collection, definition);
        statements.extend(indexes.iter().map(|index| self.create_index(definition, index)));
        statements.extend(self.create_search(definition));
        statements
    }

    /// Changes the table from one design to the next; `renames` holds old and new names.
    pub(super) fn alter(
        &self,
        before: &Definition,
        after: &Definition,
        renames: &[(String, String)],
        defaults: &[Option<FieldValue>],
    ) -> Vec<String> {
        let table = self.table();
        // An index is another one, too, where its columns are so long that another part of them is indexed.
        let made = |definition: &Definition| -> Vec<(PhysicalIndex, String)> {
            let indexes = indexes(self.collection, definition).into_iter();
            indexes
                .map(|index| {
                    let create = self.create_index(definition, &index);
                    (index, create)
                })
                .collect()
        };
        let (old, new) = (made(before), made(after));
        let gone = old.iter().filter(|index| !new.contains(index));
        let mut statements: Vec<String> = gone.map(|(index, _)| self.drop_index(index)).collect();
        let (old_search, new_search) = (self.create_search(before), self.create_search(after));
        if old_search != new_search && !old_search.is_empty() {
            statements.extend(self.drop_search());
        }
        for (from, to) in renames {
            statements.extend(self.rename(before, from, to));
        }
        let earlier = |name: &str| -> Option<&Field> {
            let from = renames.iter().find(|(_, to)| to == name).map_or(name, |(from, _)| from);
            before.fields.iter().find(|field| field.name.as_str() == from)
        };
        for (field, default) in after.fields.iter().zip(defaults) {
            match earlier(field.name.as_str()) {
                None => {
                    let guard = if self.dialect == Dialect::MariaDb { "IF NOT EXISTS " } else { "" };
                    let column = self.column(field) + &self.default(field, default.as_ref());
                    statements.push(format!("ALTER TABLE {table} ADD COLUMN {guard}{column}"));
                    for shadow in Shadow::of(field.name.as_str(), &field.kind) {
                        let column = self.shadow(&shadow) + &self.shadow_default(&shadow, default.as_ref());
                        statements.push(format!("ALTER TABLE {table} ADD COLUMN {guard}{column}"));
                    }
                    statements.extend(self.fill_automatic(field));
                }
                Some(was) if type_name(&was.kind, self.dialect) != type_name(&field.kind, self.dialect) => {
                    statements.push(format!("ALTER TABLE {table} MODIFY COLUMN {}", self.column(field)));
                }
                Some(_) => {}
            }
        }
        let made = new.iter().filter(|index| !old.contains(index));
        statements.extend(made.map(|(_, create)| create.clone()));
        if old_search != new_search {
            statements.extend(new_search);
        }
        let (old, new) = (link_tables(self.collection, before), link_tables(self.collection, after));
        for links in new.iter().filter(|links| !old.contains(links)) {
            statements.extend(self.create_links(links));
        }
        // Last, because a column that is gone does not come back where DDL is not transactional.
        for links in old.iter().filter(|links| !new.contains(links)) {
            statements.push(format!("DROP TABLE IF EXISTS {links}"));
        }
        let gone = |field: &&Field| {
            let name = field.name.as_str();
            let to = renames.iter().find(|(from, _)| from == name).map_or(name, |(_, to)| to);
            after.fields.iter().all(|other| other.name.as_str() != to)
        };
        let guard = if self.dialect == Dialect::MariaDb { "IF EXISTS " } else { "" };
        for field in before.fields.iter().filter(gone) {
            let shadows = Shadow::of(field.name.as_str(), &field.kind);
            let own = std::iter::once(field.name.as_str());
            for name in own.chain(shadows.iter().map(|shadow| shadow.name.as_str())) {
                statements.push(format!("ALTER TABLE {table} DROP COLUMN {guard}{}", self.quote(name)));
            }
        }
        statements
    }

    /// SQLite is off by a bit for some numbers that it reads from text, as it does a column's default.
    pub(super) fn fills(
        &self,
        before: &Definition,
        after: &Definition,
        renames: &[(String, String)],
        defaults: &[Option<FieldValue>],
    ) -> Vec<Sql> {
        let new = |field: &Field| {
            before.fields.iter().all(|earlier| earlier.name != field.name)
                && renames.iter().all(|(_, to)| to != field.name.as_str())
        };
        let floats = after.fields.iter().zip(defaults).filter_map(|(field, default)| match default {
            Some(FieldValue::Float(number)) if new(field) && self.dialect == Dialect::Sqlite => {
                let (table, name) = (self.table(), self.quote(field.name.as_str()));
                let values = vec![(*number).into()];
                Some(Sql::new(format!("UPDATE {table} SET {name} = ?"), values))
            }
            _ => None,
        });
        floats.collect()
    }

    /// Drops the table with all records, and those of their links.
    pub(super) fn drop(&self, definition: &Definition) -> Vec<String> {
        let links = link_tables(self.collection, definition);
        let search = self.search_tables(definition);
        let tables = links.into_iter().chain(search).chain([self.table()]);
        tables.map(|table| format!("DROP TABLE IF EXISTS {table}")).collect()
    }

    /// Makes the table of a field's links.
    fn create_links(&self, table: &str) -> Vec<String> {
        let id = Storage::Uuid.type_name(self.dialect);
        let (end, index) = (self.dialect.render("{table}"), table.replacen("l_", "t_", 1));
        let mut statements = vec![format!(
            "CREATE TABLE IF NOT EXISTS {table} (\n    record_id {id} NOT NULL,\n    target_id {id} NOT NULL,\n    \
             PRIMARY KEY (record_id, target_id)\n){end}"
        )];
        statements.extend(self.isolate(table));
        statements.push(format!("CREATE INDEX IF NOT EXISTS {index} ON {table} (target_id, record_id)"));
        statements
    }

    /// MariaDB's `RENAME COLUMN` has no guard against being run again, but `CHANGE COLUMN` has.
    fn rename(&self, before: &Definition, from: &str, to: &str) -> Vec<String> {
        let Some(field) = before.fields.iter().find(|field| field.name.as_str() == from) else {
            return Vec::new();
        };
        let rename = |from: &str, to: &str, kind: &str| {
            let (table, old, new) = (self.table(), self.quote(from), self.quote(to));
            if self.dialect == Dialect::MariaDb {
                format!("ALTER TABLE {table} CHANGE COLUMN IF EXISTS {old} {new} {kind}")
            } else {
                format!("ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
            }
        };
        let own = rename(from, to, &type_name(&field.kind, self.dialect));
        let shadows = Shadow::of(from, &field.kind).into_iter().zip(Shadow::of(to, &field.kind));
        let shadows =
            shadows.map(|(from, to)| rename(&from.name, &to.name, Shadow::STORAGE.type_name(self.dialect)));
        std::iter::once(own).chain(shadows).collect()
    }

    /// What a field that the server sets holds in records that are there already.
    fn fill_automatic(&self, field: &Field) -> Option<String> {
        let FieldType::Datetime { auto: Some(auto) } = field.kind else { return None };
        let source = match auto {
            Auto::Create => "created_at",
            Auto::Update => "updated_at",
        };
        let (table, name) = (self.table(), self.quote(field.name.as_str()));
        Some(format!("UPDATE {table} SET {name} = {source} WHERE {name} IS NULL"))
    }

    fn column(&self, field: &Field) -> String {
        format!("{} {}", self.quote(field.name.as_str()), type_name(&field.kind, self.dialect))
    }

    fn shadow(&self, shadow: &Shadow) -> String {
        format!("{} {}", self.quote(&shadow.name), Shadow::STORAGE.type_name(self.dialect))
    }

    /// What a new column holds in records that are there already, and in those that a process writes which has not
    /// heard of the column yet. Later defaults are the records service's affair.
    fn default(&self, field: &Field, default: Option<&FieldValue>) -> String {
        default.map_or_else(String::new, |value| {
            format!(" DEFAULT {}", literal(&field.kind, value, self.dialect))
        })
    }

    fn shadow_default(&self, shadow: &Shadow, default: Option<&FieldValue>) -> String {
        let Some(default) = default else { return String::new() };
        let bound = shadow.bind(default);
        match bound {
            sea_query::Value::Double(Some(number)) => {
                format!(" DEFAULT {}", literal(&FieldType::Float, &FieldValue::Float(number), self.dialect))
            }
            _ => String::new(),
        }
    }

    fn create_index(&self, definition: &Definition, index: &PhysicalIndex) -> String {
        let unique = if index.unique { "UNIQUE " } else { "" };
        let columns: Vec<_> =
            index.fields.iter().map(|name| self.index_column(definition, index, name)).collect();
        // Lists end their order with the id. MariaDB has it in every index.
        let tied = index.fields.iter().any(|field| field == "id");
        let tie = !index.unique && !tied && self.dialect != Dialect::MariaDb;
        let (table, columns) = (self.table(), columns.join(", ") + if tie { ", id" } else { "" });
        format!("CREATE {unique}INDEX IF NOT EXISTS {} ON {table} ({columns})", index.name)
    }

    /// Nulls come first everywhere, as SQLite and MariaDB have it; the columns that every record has know none.
    /// MariaDB has no room for more than the beginning of a long text, except to keep it unique, which it does by a
    /// hash.
    fn index_column(&self, definition: &Definition, index: &PhysicalIndex, name: &str) -> String {
        let quoted = self.quote(name);
        let field = |name: &str| definition.fields.iter().find(|field| field.name.as_str() == name);
        match self.dialect {
            Dialect::Postgres if field(name).is_some() => format!("{quoted} ASC NULLS FIRST"),
            Dialect::MariaDb if !index.unique => {
                let is_text = |name: &String| field(name).is_some_and(|field| field.kind.is_text());
                let texts = index.fields.iter().filter(|name| is_text(name)).count();
                let room = mariadb_key_length(index.fields.len()) / u32::try_from(texts.max(1)).unwrap_or(1);
                match field(name).map(|field| &field.kind) {
                    Some(kind) if kind.is_text() && kind.key_length().is_none_or(|length| length > room) => {
                        format!("{quoted}({room})")
                    }
                    _ => quoted,
                }
            }
            Dialect::Sqlite | Dialect::Postgres | Dialect::MariaDb => quoted,
        }
    }

    fn drop_index(&self, index: &PhysicalIndex) -> String {
        match self.dialect {
            Dialect::MariaDb => format!("DROP INDEX IF EXISTS {} ON {}", index.name, self.table()),
            Dialect::Sqlite | Dialect::Postgres => format!("DROP INDEX IF EXISTS {}", index.name),
        }
    }

    /// A table belongs to one tenant, so the policy compares the connection's tenant with a constant: it costs once
    /// for a statement and not for each row.
    fn isolate(&self, table: &str) -> Vec<String> {
        if self.dialect != Dialect::Postgres {
            return Vec::new();
        }
        let tenant = self.tenant.as_uuid();
        let own = format!("nullif(current_setting('neonex.tenant', true), '')::uuid = '{tenant}'::uuid");
        vec![
            format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"),
            format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY"),
            format!("CREATE POLICY tenant ON {table} USING ({own}) WITH CHECK ({own})"),
        ]
    }

    pub(super) fn table(&self) -> String {
        table_name(self.collection.as_uuid())
    }

    pub(super) fn quote(&self, name: &str) -> String {
        quote(name, self.dialect)
    }
}
