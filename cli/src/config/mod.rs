//! Configuration: one table of settings, one typed struct for each concern.
//!
//! A setting comes from, in this order: a flag, its `NEONEX_…` variable, the file that `NEONEX_…_FILE` names (for
//! secrets), the configuration file, its default. Everything that is wrong is found in one go, and says where it
//! was set and what would be right. A name that is not known is an error, for a mistyped setting is otherwise a
//! default that nobody wanted.

mod admin;
mod cache;
mod data;
mod egress;
mod engine;
mod fault;
mod limits;
mod log;
mod mail;
mod parse;
mod reference;
mod runtime;
mod secret;
mod secrets;
mod server;
mod setting;
mod show;
mod sources;
mod values;

pub use self::admin::{AdminConfig, FirstOperator};
pub use self::cache::CacheConfig;
pub use self::data::{DATABASE_URL, DIR, DataConfig};
pub use self::egress::EgressConfig;
pub use self::engine::EngineConfig;
pub use self::fault::{Fault, Faults};
pub use self::limits::{LimitsConfig, RateLimit};
pub use self::log::{LogConfig, LogFormat};
pub use self::mail::{MailConfig, SmtpConfig};
pub use self::reference::reference;
pub use self::runtime::RuntimeConfig;
pub use self::secret::Secret;
pub use self::secrets::SecretsConfig;
pub use self::server::{LISTEN, ListenAddress, ServerConfig};
pub use self::setting::{Form, MASK, Secrecy, Section, Setting, Unset};
pub use self::show::{Entry, entries, toml};
pub use self::sources::Sources;
use self::values::Values;

/// The variable that names the configuration file.
pub const CONFIG_VARIABLE: &str = "NEONEX_CONFIG";

/// What the clients read: the SDK and programs written with it (`neonex_sdk::env`). A machine may run a client beside a
/// server, so these names are the clients' for good: no setting has one of them, and a server leaves them alone.
pub const CLIENT_VARIABLES: &[&str] = &["NEONEX_URL", "NEONEX_TOKEN", "NEONEX_TENANT"];

/// Every setting there is, in the order in which they are shown.
pub const SECTIONS: &[Section] = &[
    ServerConfig::SECTION,
    DataConfig::SECTION,
    CacheConfig::SECTION,
    LimitsConfig::SECTION,
    EgressConfig::SECTION,
    AdminConfig::SECTION,
    SecretsConfig::SECTION,
    MailConfig::SECTION,
    LogConfig::SECTION,
    EngineConfig::SECTION,
    RuntimeConfig::SECTION,
];

fn settings() -> impl Iterator<Item = &'static Setting> {
    SECTIONS.iter().flat_map(|section| section.settings.iter().copied())
}

/// Variables that start like ours and are none of ours to judge: those of clients, of our tests and of our build, and
/// the addresses that Kubernetes gives to the containers beside a service named `neonex…`.
fn is_foreign(name: &str, value: &str) -> bool {
    let build = ["NEONEX_TARGET_DIR", "NEONEX_TOOLS_DIR"].contains(&name);
    let service = name.ends_with("_SERVICE_HOST") || name.contains("_SERVICE_PORT");
    let link = name.ends_with("_PORT") && value.contains("://");
    let port = |after: &str| after.starts_with(|letter: char| letter.is_ascii_digit());
    CLIENT_VARIABLES.contains(&name)
        || name.starts_with("NEONEX_TEST_")
        || build
        || service
        || link
        || name.split_once("_PORT_").is_some_and(|(_, after)| port(after))
}

/// Everything that is configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// How the server is reached.
    pub server: ServerConfig,
    /// Where data lies.
    pub data: DataConfig,
    /// What several processes share.
    pub cache: CacheConfig,
    /// How much one client may ask for.
    pub limits: LimitsConfig,
    /// Where the platform's own requests may go.
    pub egress: EgressConfig,
    /// The first operator.
    pub admin: AdminConfig,
    /// Encryption of secrets at rest.
    pub secrets: SecretsConfig,
    /// Mails, and where they go out.
    pub mail: MailConfig,
    /// What is logged.
    pub log: LogConfig,
    /// The embedded database.
    pub engine: EngineConfig,
    /// Threads of the process.
    pub runtime: RuntimeConfig,
}

impl Config {
    /// Reads and checks every setting.
    pub fn load(sources: &Sources) -> Result<Self, Faults> {
        let merged = sources.merge();
        let mut values = Values::new(&merged.figment);
        let config = Self::read(&mut values);
        let mut faults = merged.faults;
        faults.extend(values.into_faults());
        match config {
            Some(config) if faults.is_empty() => Ok(config),
            _ => Err(Faults(faults)),
        }
    }

    fn read(values: &mut Values<'_>) -> Option<Self> {
        let server = ServerConfig::read(values);
        let data = DataConfig::read(values);
        let cache = CacheConfig::read(values);
        let limits = LimitsConfig::read(values);
        let egress = EgressConfig::read(values);
        let admin = AdminConfig::read(values);
        let secrets = SecretsConfig::read(values);
        let mail = MailConfig::read(values);
        let log = LogConfig::read(values);
        let engine = EngineConfig::read(values);
        let runtime = RuntimeConfig::read(values);
        Some(Self {
            server: server?,
            data: data?,
            cache,
            limits: limits?,
            egress,
            admin,
            secrets,
            mail,
            log: log?,
            engine: engine?,
            runtime,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_table_is_sound() {
        let mut names = HashSet::new();
        for section in SECTIONS {
            for setting in section.settings {
                let prefix = format!("{}.", section.name);
                assert!(setting.key.starts_with(&prefix), "{} is not in [{}]", setting.key, section.name);
                assert!(setting.variable.starts_with("NEONEX_"), "{}", setting.key);
                assert!(!CLIENT_VARIABLES.contains(&setting.variable), "{} is a client's", setting.variable);
                assert!(!setting.must_be.is_empty() && !setting.about.is_empty(), "{}", setting.key);
                assert!(names.insert(setting.key) && names.insert(setting.variable), "{}", setting.key);
            }
        }
    }

    #[test]
    fn the_defaults_are_right() {
        let mut empty = Sources::default();
        // A file of ours, so that the test does not read whatever lies in the current folder.
        let folder = tempfile::tempdir().unwrap();
        empty.file = Some(folder.path().join("neonex.toml"));
        std::fs::write(folder.path().join("neonex.toml"), "").unwrap();
        Config::load(&empty).unwrap();
    }

    #[test]
    fn addresses_from_kubernetes_are_not_settings() {
        let foreign = [
            ("NEONEX_SERVICE_HOST", "10.0.0.1"),
            ("NEONEX_SERVICE_PORT_HTTP", "8080"),
            ("NEONEX_PORT", "tcp://10.0.0.1:8080"),
            ("NEONEX_PORT_8080_TCP_ADDR", "10.0.0.1"),
            ("NEONEX_POSTGRES_PORT_5432_TCP", "tcp://10.0.0.2:5432"),
        ];
        for (name, value) in foreign {
            assert!(is_foreign(name, value), "{name}");
        }
        assert!(!is_foreign("NEONEX_PORT", "8080"));
        assert!(!is_foreign("NEONEX_ADMIN_PASSWORD", "x"));
    }
}
