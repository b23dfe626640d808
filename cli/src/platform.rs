//! The platform as it is configured: its data folder, its databases, its master key.

use std::sync::Arc;

use neonex_core::clock::SystemClock;
use neonex_core::egress::HttpEgress;
use neonex_core::engine::{DataFolder, DataFolderError};
use neonex_core::mail::{InvalidSmtpServer, SmtpMailer, SmtpServer};
use neonex_core::platform::Platform;
use neonex_core::redis::Redis;
use neonex_core::rng::SystemRng;
use neonex_core::secrets::MasterKey;
use neonex_core::store::Store;

use crate::config::Config;
use crate::exit::CommandError;

/// The format of data folders that this version writes.
const FORMAT: u32 = 1;
const CONTROL: &str = "neonex.db";
const KEY_FILE: &str = "master.key";

/// A platform, and the lock on its data folder where it has one.
pub(crate) struct Opened {
    pub(crate) platform: Platform,
    /// Keeps other processes out until it is dropped.
    _folder: Option<DataFolder>,
}

/// Opens the platform for this process alone (embedded), or beside others (on a database server).
pub(crate) async fn open(config: &Config) -> Result<Opened, CommandError> {
    let folder = lock(config)?;
    Ok(Opened { platform: platform(config).await?, _folder: folder })
}

/// Keeps in touch with the other instances, where a Redis server is configured for that.
pub(crate) fn share(platform: &Platform, config: &Config) -> Result<Option<Redis>, CommandError> {
    let Some(url) = &config.cache.redis_url else { return Ok(None) };
    let redis = platform.share(url.reveal())?;
    tokio::spawn(platform.clone().keep_shared());
    Ok(Some(redis))
}

/// Has mails carried away by the SMTP server that is configured, by the worker of this process.
pub(crate) fn send_mails(platform: &Platform, config: &Config) -> Result<(), CommandError> {
    let Some(smtp) = &config.mail.smtp else {
        tracing::info!("no SMTP server is configured (NEONEX_SMTP_URL): mails stay in the outbox");
        return Ok(());
    };
    let authorities = smtp.authorities.as_ref().map(|path| {
        let failed = CommandError::io(format!("cannot read the certificates in {}", path.display()));
        std::fs::read(path).map_err(failed)
    });
    let wrong = |error: InvalidSmtpServer| CommandError::Usage(format!("the SMTP server: {error}"));
    let server = SmtpServer::parse(smtp.url.reveal(), authorities.transpose()?.as_deref()).map_err(wrong)?;
    platform.set_mailer(Arc::new(SmtpMailer::new(server, &smtp.from).map_err(wrong)?));
    Ok(())
}

/// Opens the platform for a moment, beside a server that may be running.
pub(crate) async fn join(config: &Config) -> Result<Opened, CommandError> {
    let folder = lock_if_free(config)?;
    Ok(Opened { platform: platform(config).await?, _folder: folder })
}

/// Locks the data folder for this process alone. What lies on a database server needs no lock.
pub(crate) fn lock(config: &Config) -> Result<Option<DataFolder>, CommandError> {
    match config.data.database_url {
        Some(_) => Ok(None),
        None => Ok(Some(DataFolder::open(&config.data.dir, FORMAT)?)),
    }
}

/// The same, unless a server uses the folder: SQLite allows a short write beside it. A folder that is only just being
/// set up stays that server's.
pub(crate) fn lock_if_free(config: &Config) -> Result<Option<DataFolder>, CommandError> {
    match lock(config) {
        Err(CommandError::Folder(DataFolderError::InUse { .. })) if !is_empty(config) => Ok(None),
        locked => locked,
    }
}

/// Whether there is no database yet: only the embedded ones are made by themselves.
pub(crate) fn is_empty(config: &Config) -> bool {
    config.data.database_url.is_none() && !config.data.dir.join(CONTROL).exists()
}

/// The databases.
pub(crate) async fn store(config: &Config) -> Result<Store, CommandError> {
    let data = &config.data;
    match &data.database_url {
        Some(url) => {
            let opened = Store::server(url.reveal(), data.database_max_connections, data.statement_timeout);
            Ok(opened.await?)
        }
        None => Ok(Store::embedded(&data.dir, config.engine.options(data))?),
    }
}

async fn platform(config: &Config) -> Result<Platform, CommandError> {
    let key = master_key(config)?;
    let store = store(config).await?;
    let platform = Platform::open(store, Arc::new(SystemClock), Arc::new(SystemRng), key).await?;
    platform.set_slow_query(config.data.slow_query);
    platform.set_egress(HttpEgress::new(config.egress.allowed.clone()));
    Ok(platform)
}

/// The configured key, else the one in the data folder. Instances that share a database server must share the key,
/// so there it is never made on the quiet.
fn master_key(config: &Config) -> Result<MasterKey, CommandError> {
    if let Some(key) = &config.secrets.master_key {
        return Ok(MasterKey::from_bytes(key.reveal()));
    }
    let file = config.data.dir.join(KEY_FILE);
    if config.data.database_url.is_some() && !file.exists() {
        let message = format!(
            "a database server needs a master key that all instances share: set NEONEX_MASTER_KEY to what \
             `openssl rand -base64 32` makes, or put it into {}",
            file.display()
        );
        return Err(CommandError::Usage(message));
    }
    Ok(MasterKey::from_file(&file, &SystemRng)?)
}
