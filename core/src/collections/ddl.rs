//! From one design of a collection to the next, as statements.
//!
//! Each statement may be run again after an interruption where the database's DDL is not transactional (MariaDB).
//! Whether a value may be null, and what it is by default, is held by the records service, through which every write
//! goes: SQLite cannot change either of a column without rewriting the table. Types, uniqueness and indexes are the
//! database's.

use std::sync::Arc;

use neonex_migrations::Dialect;
use sea_query::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::definition::{Definition, IndexKind};
use super::field::Field;
use super::field_type::{Auto, FieldType};
use super::name::FieldName;
use super::partial;
use super::relation::link_tables;
use super::rewrite::{Rewrite, Step};
use crate::ids::{CollectionId, TenantId};
use crate::records::column::{bind, quote, type_name};
use crate::records::layout::{FIXED, model};
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
    /// The column of each field, or what stands in its place.
    pub(crate) columns: Vec<String>,
    pub(crate) unique: bool,
    /// Which records stand in it, in CEL.
    pub(crate) condition: Option<String>,
}

/// The indexes of a design: those of unique fields, and those asked for. An index is named after what it covers, so
/// that two designs agree on what they share.
pub(crate) fn indexes(collection: CollectionId, definition: &Definition) -> Vec<PhysicalIndex> {
    let column = |name: &String| {
        let field = definition.fields.iter().find(|field| field.name.as_str() == name);
        field.map_or_else(|| name.clone(), Field::column)
    };
    let indexed = |field: &&Field| field.unique || field.kind.is_indexed();
    let own = definition.fields.iter().filter(indexed).map(|field| {
        if matches!(field.kind, FieldType::GeoPoint) {
            let columns: Vec<_> = Shadow::of(field).into_iter().map(|shadow| shadow.name).collect();
            return (vec![field.name.to_string(); columns.len()], columns, false, None);
        }
        let in_lower_case = field.ignore_case.then(|| Shadow::of(field).pop()).flatten();
        let column = in_lower_case.map_or_else(|| field.column(), |shadow| shadow.name);
        (vec![field.name.to_string()], vec![column], field.unique, None)
    });
    let asked = definition.indexes.iter().filter(|index| index.kind == IndexKind::Ordered).map(|index| {
        let columns = index.fields.iter().map(column).collect();
        (index.fields.clone(), columns, index.unique, index.condition.clone())
    });
    let mut found: Vec<PhysicalIndex> = Vec::new();
    for (fields, columns, unique, condition) in own.chain(asked) {
        let mut covers = format!("{unique} {}", columns.join(","));
        if let Some(condition) = &condition {
            covers.push(' ');
            covers.push_str(condition);
        }
        let digest = Sha256::digest(covers.as_bytes());
        let short = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let name = format!("i_{}_{short:016x}", collection.as_uuid().simple());
        if found.iter().all(|index| index.name != name) {
            found.push(PhysicalIndex { name, fields, columns, unique, condition });
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
        _ => partial::constant(&bound, dialect),
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
    pub(super) fn create(&self, definition: &Definition) -> Vec<Step> {
        let table = self.table();
        let fixed = FIXED.iter().map(|(name, kind)| {
            let key = if *name == "id" { " PRIMARY KEY" } else { "" };
            format!("{} {} NOT NULL{key}", self.quote(name), type_name(kind, self.dialect))
        });
        let own = definition.fields.iter().flat_map(|field| self.columns(field));
        let own = own.map(|(name, kind)| format!("{} {kind}", self.quote(&name)));
        let columns = fixed.chain(own).collect::<Vec<_>>().join(",\n    ");
        let end = self.dialect.render("{table}");
        let mut statements = vec![format!("CREATE TABLE IF NOT EXISTS {table} (\n    {columns}\n){end}")];
        statements.extend(self.isolate(&table));
        for links in link_tables(self.collection, definition) {
            statements.extend(self.create_links(&links));
        }
        let indexes = indexes(self.collection, definition);
        statements.extend(indexes.iter().flat_map(|index| self.create_index(definition, index)));
        statements.extend(self.create_search(definition));
        statements.into_iter().map(Step::from).collect()
    }

    /// Changes the table from one design to the next; `renames` holds old and new names.
    pub(super) fn alter(
        &self,
        before: &Definition,
        after: &Definition,
        renames: &[(String, String)],
        defaults: &[Option<FieldValue>],
    ) -> Vec<Step> {
        let table = self.table();
        // An index is another one, too, where its columns are so long that another part of them is indexed.
        let made = |definition: &Definition| -> Vec<(PhysicalIndex, Vec<String>)> {
            let indexes = indexes(self.collection, definition).into_iter();
            indexes
                .map(|index| {
                    let create = self.create_index(definition, &index);
                    (index, create)
                })
                .collect()
        };
        let (old, new) = (made(before), made(after));
        let gone = old.iter().filter(|(_, create)| new.iter().all(|(_, other)| other != create));
        let mut statements: Vec<String> = gone.flat_map(|(index, _)| self.drop_index(index)).collect();
        let (old_search, new_search) = (self.create_search(before), self.create_search(after));
        if old_search != new_search && !old_search.is_empty() {
            statements.extend(self.drop_search());
        }
        for (from, to) in renames {
            statements.extend(self.rename(before, from, to));
        }
        let (old_links, new_links) =
            (link_tables(self.collection, before), link_tables(self.collection, after));
        for links in new_links.iter().filter(|links| !old_links.contains(links)) {
            statements.extend(self.create_links(links));
        }
        // As the field is called by now.
        let earlier = |field: &Field| -> Option<Field> {
            let name = field.name.as_str();
            let from = renames.iter().find(|(_, to)| to == name).map_or(name, |(from, _)| from);
            let was = before.fields.iter().find(|field| field.name.as_str() == from)?;
            Some(Field { name: field.name.clone(), ..was.clone() })
        };
        let mut rewrites = Vec::new();
        let mut left = Vec::new();
        for (field, default) in after.fields.iter().zip(defaults) {
            let Some(was) = earlier(field) else {
                statements.extend(self.columns(field).into_iter().enumerate().map(|(at, (name, kind))| {
                    let default = self.default(field, at, default.as_ref());
                    self.add_column(&name, &(kind + &default))
                }));
                statements.extend(self.fill_automatic(field));
                continue;
            };
            let (had, has) = (self.columns(&was), self.columns(field));
            left.extend(had.iter().filter(|(name, _)| has.iter().all(|(kept, _)| kept != name)).cloned());
            for (name, kind) in &has {
                match had.iter().find(|(was, _)| was == name) {
                    Some((_, was)) if was != kind => {
                        statements
                            .push(format!("ALTER TABLE {table} MODIFY COLUMN {} {kind}", self.quote(name)));
                    }
                    Some(_) => {}
                    // On the way back the values are still where they were.
                    None if field.generation < was.generation => {}
                    None => {
                        statements.push(self.add_column(name, kind));
                        rewrites.push(Rewrite {
                            table: table.clone(),
                            column: was.column(),
                            was: was.kind.clone(),
                            field: field.clone(),
                        });
                    }
                }
            }
        }
        rewrites.dedup();
        // Whoever wrote meanwhile would write past them; elsewhere the table is locked as it is.
        let locks = self.dialect == Dialect::MariaDb && !rewrites.is_empty();
        if locks {
            statements.push(format!("LOCK TABLES {table} WRITE"));
        }
        let mut steps: Vec<Step> = statements.into_iter().map(Step::from).collect();
        steps.extend(rewrites.into_iter().map(|rewrite| Step::Rewrite(Box::new(rewrite))));
        let made = new.iter().filter(|(_, create)| old.iter().all(|(_, other)| other != create));
        let mut statements: Vec<String> = made.flat_map(|(_, create)| create.clone()).collect();
        if old_search != new_search {
            statements.extend(new_search);
        }
        // Last, because a column that is gone does not come back where DDL is not transactional.
        let gone = |field: &&Field| {
            let name = field.name.as_str();
            let to = renames.iter().find(|(from, _)| from == name).map_or(name, |(_, to)| to);
            after.fields.iter().all(|other| other.name.as_str() != to)
        };
        left.extend(before.fields.iter().filter(gone).flat_map(|field| self.columns(field)));
        let guard = if self.dialect == Dialect::MariaDb { "IF EXISTS " } else { "" };
        statements.extend(
            left.iter()
                .map(|(name, _)| format!("ALTER TABLE {table} DROP COLUMN {guard}{}", self.quote(name))),
        );
        if locks {
            statements.push("UNLOCK TABLES".to_owned());
        }
        for links in old_links.iter().filter(|links| !new_links.contains(links)) {
            statements.push(format!("DROP TABLE IF EXISTS {links}"));
        }
        steps.extend(statements.into_iter().map(Step::from));
        steps
    }

    /// The columns of a field, each with its type.
    fn columns(&self, field: &Field) -> Vec<(String, String)> {
        let own = (field.column(), type_name(&field.kind, self.dialect));
        let shadows = Shadow::of(field).into_iter();
        let shadows = shadows.map(|shadow| {
            let kind = shadow.storage().type_name(self.dialect).to_owned();
            (shadow.name, kind)
        });
        std::iter::once(own).chain(shadows).collect()
    }

    fn add_column(&self, name: &str, kind: &str) -> String {
        let guard = if self.dialect == Dialect::MariaDb { "IF NOT EXISTS " } else { "" };
        format!("ALTER TABLE {} ADD COLUMN {guard}{} {kind}", self.table(), self.quote(name))
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
                let (table, name) = (self.table(), self.quote(&field.column()));
                let values = vec![(*number).into()];
                Some(Sql::new(format!("UPDATE {table} SET {name} = ?"), values))
            }
            _ => None,
        });
        floats.collect()
    }

    /// Drops the table with all records, and those of their links.
    pub(super) fn drop(&self, definition: &Definition) -> Vec<Step> {
        let links = link_tables(self.collection, definition);
        let tables = links.into_iter().chain(self.search_tables(definition)).chain([self.table()]);
        tables.map(|table| Step::Sql(format!("DROP TABLE IF EXISTS {table}"))).collect()
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
        let Ok(name) = FieldName::try_from(to.to_owned()) else { return Vec::new() };
        let renamed = Field { name, ..field.clone() };
        let columns = self.columns(field).into_iter().zip(self.columns(&renamed));
        columns.map(|((from, kind), (to, _))| rename(&from, &to, &kind)).collect()
    }

    /// What a field that the server sets holds in records that are there already.
    fn fill_automatic(&self, field: &Field) -> Option<String> {
        let FieldType::Datetime { auto: Some(auto) } = field.kind else { return None };
        let source = match auto {
            Auto::Create => "created_at",
            Auto::Update => "updated_at",
        };
        let (table, name) = (self.table(), self.quote(&field.column()));
        Some(format!("UPDATE {table} SET {name} = {source} WHERE {name} IS NULL"))
    }

    /// What a new column holds in records that are there already, and in those that a process writes which has not
    /// heard of the column yet. Later defaults are the records service's affair. The field's own column comes first,
    /// those beside it after it.
    fn default(&self, field: &Field, at: usize, default: Option<&FieldValue>) -> String {
        let Some(default) = default else { return String::new() };
        let beside = at.checked_sub(1).and_then(|at| Shadow::of(field).into_iter().nth(at));
        let written = match beside.map(|shadow| shadow.bind(default)) {
            None => literal(&field.kind, default, self.dialect),
            Some(Value::Double(Some(number))) => {
                literal(&FieldType::Float, &FieldValue::Float(number), self.dialect)
            }
            Some(Value::String(Some(text))) => {
                literal(&FieldType::Url, &FieldValue::Text(text), self.dialect)
            }
            Some(_) => return String::new(),
        };
        format!(" DEFAULT {written}")
    }

    fn create_index(&self, definition: &Definition, index: &PhysicalIndex) -> Vec<String> {
        let unique = if index.unique { "UNIQUE " } else { "" };
        let columns = index.fields.iter().zip(&index.columns);
        let mut columns: Vec<_> = columns.map(|named| self.index_column(definition, index, named)).collect();
        let condition = index.condition.as_ref().and_then(|source| {
            let model = Arc::new(model(self.collection, definition, self.dialect));
            partial::written(source, &model, self.dialect)
        });
        let (mut statements, mut suffix) = (Vec::new(), String::new());
        match (condition, self.dialect) {
            (Some(condition), Dialect::Sqlite | Dialect::Postgres) => {
                suffix = format!(" WHERE {condition}");
            }
            (Some(condition), Dialect::MariaDb) if index.unique => {
                let name = partial::column(&index.name);
                let kind = format!("BOOLEAN GENERATED ALWAYS AS (CASE WHEN {condition} THEN 1 END) STORED");
                statements.push(self.add_column(&name, &kind));
                columns.push(self.quote(&name));
            }
            _ => {}
        }
        // Lists end their order with the id. MariaDB has it in every index.
        let tied = index.fields.iter().any(|field| field == "id");
        let tie = !index.unique && !tied && self.dialect != Dialect::MariaDb;
        let (table, columns) = (self.table(), columns.join(", ") + if tie { ", id" } else { "" });
        let name = &index.name;
        statements.push(format!("CREATE {unique}INDEX IF NOT EXISTS {name} ON {table} ({columns}){suffix}"));
        statements
    }

    /// Nulls come first everywhere, as SQLite and MariaDB have it; the columns that every record has know none.
    /// MariaDB has no room for more than the beginning of a long text, except to keep it unique, which it does by a
    /// hash.
    fn index_column(
        &self,
        definition: &Definition,
        index: &PhysicalIndex,
        (name, column): (&String, &String),
    ) -> String {
        let quoted = self.quote(column);
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

    fn drop_index(&self, index: &PhysicalIndex) -> Vec<String> {
        let (table, name) = (self.table(), &index.name);
        match self.dialect {
            Dialect::MariaDb => {
                let column = index.condition.as_ref().map(|_| {
                    format!(
                        "ALTER TABLE {table} DROP COLUMN IF EXISTS {}",
                        self.quote(&partial::column(name))
                    )
                });
                std::iter::once(format!("DROP INDEX IF EXISTS {name} ON {table}")).chain(column).collect()
            }
            Dialect::Sqlite | Dialect::Postgres => vec![format!("DROP INDEX IF EXISTS {name}")],
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
