//! `neonex migrate`: the schema of the databases.

mod create;
mod schema;

use std::env;
use std::path::PathBuf;

use neonex_core::clock::{Clock as _, SystemClock};

use super::load;
use crate::args::{DownArgs, MigrateCommand};
use crate::exit::CommandError;
use crate::output;
use crate::process;

pub(super) fn run(command: MigrateCommand, file: Option<PathBuf>) -> Result<(), CommandError> {
    match command {
        MigrateCommand::Up { database, dry_run } => {
            let config = load(file, database.flags())?;
            process::run(&config, schema::up(&config, dry_run))
        }
        MigrateCommand::Down(args) => {
            let config = load(file, args.database.flags())?;
            consent(&args, &config.data.target())?;
            process::run(&config, schema::down(&config, args.dry_run))
        }
        MigrateCommand::Status { database, json } => {
            let config = load(file, database.flags())?;
            process::run(&config, schema::status(&config, json))
        }
        MigrateCommand::Create(args) => {
            let here = env::current_dir().map_err(CommandError::io("the current folder is not there"))?;
            create::run(&args, &here, SystemClock.now())
        }
    }
}

/// Taking a migration back deletes what its tables hold, so it is never done by accident.
fn consent(args: &DownArgs, target: &str) -> Result<(), CommandError> {
    if args.dry_run || args.yes {
        return Ok(());
    }
    let what =
        format!("This takes back the newest migration of `{target}` and deletes all data in its tables.");
    let answer = if args.no_input { None } else { output::confirm(&format!("{what} Continue?")) };
    match answer {
        Some(true) => Ok(()),
        Some(false) => Err(CommandError::Declined),
        None => Err(CommandError::Usage(format!("{what} Where nobody can be asked it needs `--yes`."))),
    }
}
