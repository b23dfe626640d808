//! Where data lies, and how safe an answered write is.

use std::path::PathBuf;
use std::time::Duration;

use neonex_core::engine::Durability;

use super::parse;
use super::secret::Secret;
use super::setting::{Form, Secrecy, Section, Setting, Unset};
use super::values::Values;

/// Where data lies.
#[derive(Debug, Clone)]
pub struct DataConfig {
    /// The folder of everything that is kept on this machine.
    pub dir: PathBuf,
    /// A PostgreSQL or MariaDB server in place of SQLite files.
    pub database_url: Option<Secret<String>>,
    /// Connections to that server, at most.
    pub database_max_connections: usize,
    /// How long one statement may run.
    pub statement_timeout: Duration,
    /// From how long on a query counts as slow; none does where that is `None`.
    pub slow_query: Option<Duration>,
    /// When an embedded write is answered.
    pub durability: Durability,
}

/// `data.dir`
pub const DIR: Setting = Setting::new("data.dir", "NEONEX_DATA", Unset::Value("./data"))
    .flag("--data")
    .must_be("a folder")
    .about("The folder that holds databases and files. Made if it is missing.");
/// `data.database_url`
pub const DATABASE_URL: Setting =
    Setting::new("data.database_url", "NEONEX_DATABASE_URL", Unset::Means("SQLite files in the data folder"))
        .flag("--database")
        .secret(Secrecy::Url)
        .must_be(
            "a PostgreSQL or MariaDB URL, such as `postgres://user:password@host:5432/name` or `mysql://…`",
        )
        .about(
            "A database server to use in place of SQLite files. A password on a command line can be read by \
     others on the machine: prefer the variable or its file.",
        );
const MAX_CONNECTIONS: Setting =
    Setting::new("data.database_max_connections", "NEONEX_DATABASE_MAX_CONNECTIONS", Unset::Value("20"))
        .form(Form::Number)
        .must_be("a whole number from 1 to 10000")
        .about("Connections to the database server, at most, for each process.");
const STATEMENT_TIMEOUT: Setting =
    Setting::new("data.statement_timeout", "NEONEX_STATEMENT_TIMEOUT", Unset::Value("5s"))
        .must_be("a duration of up to 24h, such as `5s`")
        .about("How long one statement may run.");
const SLOW_QUERY: Setting = Setting::new("data.slow_query", "NEONEX_SLOW_QUERY", Unset::Value("200ms"))
    .must_be("a duration of up to 24h, such as `200ms`, or `off`")
    .about(
        "From how long on a query is kept among the slow ones of its tenant, which may have a setting of its own.",
    );
const DURABILITY: Setting = Setting::new("data.durability", "NEONEX_DURABILITY", Unset::Value("full"))
    .must_be("`full` or `normal`")
    .about(
        "`full`: an answered write is on disk. `normal`: a power cut may lose the last writes, never the \
         file's consistency. SQLite only.",
    );

impl DataConfig {
    pub(super) const SECTION: Section = Section {
        name: "data",
        about: "Where data lies, and how safe an answered write is.",
        settings: &[&DIR, &DATABASE_URL, &MAX_CONNECTIONS, &STATEMENT_TIMEOUT, &SLOW_QUERY, &DURABILITY],
    };

    pub(super) fn read(values: &mut Values<'_>) -> Option<Self> {
        let dir = values.get(&DIR, |text| (!text.is_empty()).then(|| PathBuf::from(text)));
        let database_url = values.get(&DATABASE_URL, |text| {
            parse::server_url(text, &["postgres", "postgresql", "mysql", "mariadb"])
        });
        let database_max_connections = values.get(&MAX_CONNECTIONS, |text| parse::number(text, 1..=10_000));
        let statement_timeout = values.get(&STATEMENT_TIMEOUT, parse::duration);
        let slow_query = values.get(&SLOW_QUERY, OrOff::read);
        let durability = values.get(&DURABILITY, durability);
        Some(Self {
            dir: dir?,
            database_url,
            database_max_connections: database_max_connections?,
            statement_timeout: statement_timeout?,
            slow_query: slow_query?.duration(),
            durability: durability?,
        })
    }

    /// The database that commands work on, in full but for its password.
    pub fn target(&self) -> String {
        match &self.database_url {
            Some(url) => DATABASE_URL.masked(url.reveal()),
            None => std::path::absolute(&self.dir).unwrap_or_else(|_| self.dir.clone()).display().to_string(),
        }
    }
}

/// A duration, or none at all.
enum OrOff {
    Off,
    From(Duration),
}

impl OrOff {
    fn read(text: &str) -> Option<Self> {
        if text == "off" { Some(Self::Off) } else { parse::duration(text).map(Self::From) }
    }

    const fn duration(self) -> Option<Duration> {
        match self {
            Self::Off => None,
            Self::From(duration) => Some(duration),
        }
    }
}

fn durability(text: &str) -> Option<Durability> {
    match text {
        "full" => Some(Durability::Full),
        "normal" => Some(Durability::Normal),
        _ => None,
    }
}
