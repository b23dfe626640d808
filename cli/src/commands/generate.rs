//! `neonex generate`: code from a tenant's own document.

use crate::exit::CommandError;
use crate::output;
use crate::remote::{self, GenerateCommand, Language};
use crate::types;

pub(super) fn run(command: &GenerateCommand) -> Result<(), CommandError> {
    let GenerateCommand::Types { lang, remote } = command;
    let client = remote.client()?;
    let document = remote::run(async { Ok(client.collections().document().await?) })?;
    let code = match lang {
        Language::Rust => types::rust(&document),
        Language::Typescript => types::typescript(&document),
    };
    output::text(&code.map_err(CommandError::Conflict)?)
}
