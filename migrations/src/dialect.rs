//! The databases that Neonex runs on, as far as their schema language differs.

/// A database's SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite 3.51.3 or later.
    Sqlite,
    /// PostgreSQL 14 or later.
    Postgres,
    /// MariaDB 10.6 or later.
    MariaDb,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::MariaDb];

    /// Fills in the words that differ.
    ///
    /// | Word | Meaning |
    /// |---|---|
    /// | `{uuid}` | 16 bytes or the database's uuid type |
    /// | `{digest}` | 32 bytes |
    /// | `{bytes}` | bytes of any length |
    /// | `{name}` | text of at most 255 characters that may be a key |
    /// | `{text}` | text of any length |
    /// | `{bool}` | truth value |
    /// | `{sequence}` | the primary key's column, numbered by the database in the order of insertion |
    /// | `{table}` | what stands after the closing bracket of a table |
    ///
    /// Text compares by its bytes on every database, so that equality, order and uniqueness agree.
    pub fn render(self, sql: &str) -> String {
        let words: [(&str, &str); 8] = match self {
            Self::Sqlite => [
                ("{uuid}", "BLOB"),
                ("{digest}", "BLOB"),
                ("{bytes}", "BLOB"),
                ("{name}", "TEXT"),
                ("{text}", "TEXT"),
                ("{bool}", "INTEGER"),
                ("{sequence}", "INTEGER PRIMARY KEY AUTOINCREMENT"),
                ("{table}", ""),
            ],
            Self::Postgres => [
                ("{uuid}", "UUID"),
                ("{digest}", "BYTEA"),
                ("{bytes}", "BYTEA"),
                ("{name}", "VARCHAR(255) COLLATE \"C\""),
                ("{text}", "TEXT COLLATE \"C\""),
                ("{bool}", "BOOLEAN"),
                ("{sequence}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
                ("{table}", ""),
            ],
            Self::MariaDb => [
                ("{uuid}", "BINARY(16)"),
                ("{digest}", "BINARY(32)"),
                ("{bytes}", "LONGBLOB"),
                ("{name}", "VARCHAR(255)"),
                ("{text}", "LONGTEXT"),
                ("{bool}", "BOOLEAN"),
                ("{sequence}", "BIGINT AUTO_INCREMENT PRIMARY KEY"),
                ("{table}", " ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"),
            ],
        };
        words.iter().fold(sql.to_owned(), |sql, (word, meaning)| sql.replace(word, meaning))
    }

    /// Numbers the places of values (`?`) as this database writes them. No quoted question mark may be in `sql`.
    pub fn placeholders(self, sql: &str) -> String {
        if self != Self::Postgres {
            return sql.to_owned();
        }
        let mut pieces = sql.split('?');
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.enumerate().fold(first, |text, (at, piece)| format!("{text}${}{piece}", at + 1))
    }

    /// What gives another number for each row.
    pub const fn random(self) -> &'static str {
        match self {
            Self::Sqlite | Self::Postgres => "random()",
            Self::MariaDb => "rand()",
        }
    }

    /// Statements that put a table with a `tenant_id` under row-level security: whoever runs a query sees and
    /// writes only rows of the tenant named by the setting `neonex.tenant`, and none at all where it is not set.
    /// `FORCE` makes that hold for the table's owner, who is the role the server runs as. Empty where the
    /// database has no such thing.
    pub fn isolate(self, table: &str) -> Vec<String> {
        if self != Self::Postgres {
            return Vec::new();
        }
        let own = "tenant_id = nullif(current_setting('neonex.tenant', true), '')::uuid";
        vec![
            format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"),
            format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY"),
            format!("DROP POLICY IF EXISTS tenant ON {table}"),
            format!("CREATE POLICY tenant ON {table} USING ({own}) WITH CHECK ({own})"),
        ]
    }
}
