//! How the process ends: one code for each kind of outcome, so that scripts can tell them apart.

use std::process::ExitCode;

use neonex_core::accounts::{AccountError, TokenError};
use neonex_core::engine::DataFolderError;
use neonex_core::platform::OpenError;
use neonex_core::redis::InvalidRedisUrl;
use neonex_core::secrets::MasterKeyError;
use neonex_core::store::{EmbeddedError, MigrateError, ServerError, StoreError};

use crate::config::Faults;

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It did what was asked.
    Ok = 0,
    /// It failed, and trying again will not help.
    Failure = 1,
    /// It was asked wrongly: arguments or configuration.
    Usage = 2,
    /// Whoever asked may not.
    Auth = 3,
    /// What was named is not there.
    NotFound = 4,
    /// What is there stands in the way.
    Conflict = 5,
    /// A rate or a quota is used up.
    Limited = 6,
    /// It failed, and may well succeed in a moment.
    Transient = 7,
    /// It was interrupted.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command ended without doing what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The configuration is wrong.
    #[error("the configuration is wrong:\n{0}")]
    Config(#[from] Faults),
    /// The arguments are wrong in a way that their parser cannot see.
    #[error("{0}")]
    Usage(String),
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] DataFolderError),
    /// The embedded databases cannot be used.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The database server cannot be used.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The Redis server's address cannot be read.
    #[error(transparent)]
    Redis(#[from] InvalidRedisUrl),
    /// The master key cannot be had.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The platform's schema is not as it should be.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A token could not be made.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// An account could not be made or found.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The server could not start, or a part of it ended.
    #[error("the server could not start")]
    Start(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Whoever was asked for consent did not give it.
    #[error("nothing was changed")]
    Declined,
    /// Something is there that must not be overwritten.
    #[error("{0}")]
    Conflict(String),
    /// A schema could not be brought to where it should be.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// A server refused, or could not be reached.
    #[error(transparent)]
    Remote(#[from] neonex_sdk::Error),
    /// Some lines of a file were refused.
    #[error("{0} lines failed")]
    Lines(u64),
    /// A file, a stream or the operating system failed.
    #[error("{what}")]
    Io {
        /// What was being done.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl CommandError {
    /// For `map_err`: the failure of what was being done.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

impl From<&CommandError> for Exit {
    fn from(error: &CommandError) -> Self {
        match error {
            CommandError::Config(_)
            | CommandError::Usage(_)
            | CommandError::Redis(_)
            | CommandError::Token(TokenError::Name(_))
            | CommandError::Server(ServerError::Scheme(_) | ServerError::Url(_)) => Self::Usage,
            CommandError::Remote(error) => Self::from(error),
            CommandError::Token(TokenError::Store(error))
            | CommandError::Account(AccountError::Store(error)) => Self::from(error),
            CommandError::Account(AccountError::NoAccount) => Self::NotFound,
            CommandError::Conflict(_)
            | CommandError::Account(AccountError::EmailTaken)
            | CommandError::Folder(DataFolderError::InUse { .. } | DataFolderError::Newer { .. })
            | CommandError::Open(OpenError::Unmigrated { .. }) => Self::Conflict,
            CommandError::Server(ServerError::Unreachable(_)) => Self::Transient,
            CommandError::Open(OpenError::Migrate(error)) | CommandError::Migrate(error) => Self::from(error),
            CommandError::Declined
            | CommandError::Account(_)
            | CommandError::Lines(_)
            | CommandError::Io { .. }
            | CommandError::Embedded(_)
            | CommandError::MasterKey(_)
            | CommandError::Start(_)
            | CommandError::Folder(DataFolderError::Unreadable { .. } | DataFolderError::Io { .. })
            | CommandError::Server(ServerError::Pool(_) | ServerError::Role(_))
            | CommandError::Token(TokenError::Randomness(_)) => Self::Failure,
        }
    }
}

impl From<&neonex_sdk::Error> for Exit {
    fn from(error: &neonex_sdk::Error) -> Self {
        match error.status().map(|status| status.as_u16()) {
            None if matches!(error, neonex_sdk::Error::Invalid(_)) => Self::Usage,
            None | Some(408 | 500..) => Self::Transient,
            Some(401 | 403) => Self::Auth,
            Some(404) => Self::NotFound,
            Some(409 | 412) => Self::Conflict,
            Some(429) => Self::Limited,
            Some(_) => Self::Failure,
        }
    }
}

impl From<&MigrateError> for Exit {
    fn from(error: &MigrateError) -> Self {
        match error {
            MigrateError::Newer { .. } => Self::Conflict,
            MigrateError::NothingToRevert { .. } => Self::NotFound,
            MigrateError::Store(error) => Self::from(error),
        }
    }
}

impl From<&StoreError> for Exit {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Unique { .. } | StoreError::ForeignKey => Self::Conflict,
            StoreError::Busy
            | StoreError::Conflict(_)
            | StoreError::Outdated(_)
            | StoreError::Timeout
            | StoreError::Unavailable(_) => Self::Transient,
            StoreError::NotNull { .. }
            | StoreError::Column { .. }
            | StoreError::Waited
            | StoreError::Fault(_) => Self::Failure,
        }
    }
}
