//! `neonex token`: credentials made on the machine itself.

use std::path::PathBuf;

use neonex_core::accounts::MadeToken;

use super::load;
use crate::args::TokenCommand;
use crate::config::Config;
use crate::exit::CommandError;
use crate::output;
use crate::platform;
use crate::process;

pub(super) fn run(command: TokenCommand, file: Option<PathBuf>) -> Result<(), CommandError> {
    let TokenCommand::Create { database, name, json } = command;
    let config = load(file, database.flags())?;
    let made = process::run(&config, create(&config, name))?;
    let token = made.credential.reveal();
    if json {
        output::json(&serde_json::json!({ "token": token, "id": made.id, "name": made.name }))
    } else {
        output::text(&format!("{token}\n"))
    }
}

/// Makes an operator's token, whether or not the server is running.
async fn create(config: &Config, name: String) -> Result<MadeToken, CommandError> {
    let opened = platform::join(config).await?;
    let made = opened.platform.create_token(name).await;
    opened.platform.close().await;
    Ok(made?)
}
