//! `neonex account`: accounts made on the machine itself, and secrets by which their owners set passwords. No password
//! passes through here: command lines and environments get around.

use std::path::PathBuf;

use neonex_core::accounts::{Email, MadeReset, NewAccount};
use neonex_core::invalid::Invalid;

use super::load;
use crate::args::AccountCommand;
use crate::config::Config;
use crate::exit::CommandError;
use crate::output;
use crate::platform;
use crate::process;

pub(super) fn run(command: AccountCommand, file: Option<PathBuf>) -> Result<(), CommandError> {
    let (database, json) = match &command {
        AccountCommand::Create { database, json, .. }
        | AccountCommand::ResetPassword { database, json, .. } => (database, *json),
    };
    let config = load(file, database.flags())?;
    let made = process::run(&config, make(&config, command))?;
    let token = made.credential.reveal();
    let expires_at = made.expires_at.to_string();
    if json {
        return output::json(&serde_json::json!({ "token": token, "expires_at": expires_at }));
    }
    output::text(&format!("{token}\n"))
}

/// Makes the account or the secret, whether or not the server is running.
async fn make(config: &Config, command: AccountCommand) -> Result<MadeReset, CommandError> {
    let wrong = |error: Invalid| CommandError::Usage(error.to_string());
    let (email, new) = match command {
        AccountCommand::Create { email, operator, .. } => (email, Some(operator)),
        AccountCommand::ResetPassword { email, .. } => (email, None),
    };
    let email = Email::try_from(email).map_err(wrong)?;
    let opened = platform::join(config).await?;
    let made = match new {
        Some(operator) => {
            let made = opened.platform.create_account(NewAccount { email, operator }).await;
            made.map(|(_, made)| made)
        }
        None => opened.platform.make_reset(&email).await,
    };
    opened.platform.close().await;
    Ok(made?)
}
