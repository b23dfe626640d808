//! What can be typed after `neonex`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::{DATABASE_URL, DIR, LISTEN, Setting};
use crate::remote::{AdviceArgs, ExportArgs, GenerateCommand, ImportArgs, SchemaCommand, UsersCommand};

/// A multi-tenant backend in one binary
#[derive(Debug, Parser)]
#[command(
    name = "neonex",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  neonex serve                              Start with ./data on 127.0.0.1:8080
  neonex token create --json                Make a token to call the API with
  neonex config show --origin               See what is in force, and why

Exit codes: 0 done, 1 failure, 2 usage, 3 not allowed, 4 not found, 5 conflict,
6 rate or quota, 7 try again, 130 interrupted."
)]
pub struct Cli {
    /// Configuration file [default: neonex.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the API, the console and the worker
    Serve(ServeArgs),
    /// Run the worker alone, beside servers started with --no-worker
    Worker(DatabaseArgs),
    /// Bring the databases to this version's schema, or back
    #[command(subcommand)]
    Migrate(MigrateCommand),
    /// Make credentials on the machine itself
    #[command(subcommand)]
    Token(TokenCommand),
    /// Make accounts on the machine itself, and let their owners set passwords
    #[command(subcommand)]
    Account(AccountCommand),
    /// Check or show the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Write the records of a file into a collection
    Import(ImportArgs),
    /// Write the records of a collection to a file
    Export(ExportArgs),
    /// Bring users along from elsewhere
    #[command(subcommand)]
    Users(UsersCommand),
    /// Keep the design of a tenant's collections in files
    #[command(subcommand)]
    Schema(SchemaCommand),
    /// Say which indexes a tenant lacks or does without, and what was slow
    Advice(AdviceArgs),
    /// Write code that follows from a tenant's collections
    #[command(subcommand)]
    Generate(GenerateCommand),
    /// Write the OpenAPI document of this version's API
    Openapi,
}

/// Which database to work on.
#[derive(Debug, Args)]
pub struct DatabaseArgs {
    /// Folder that holds databases and files [default: ./data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<String>,
    /// PostgreSQL or MariaDB server to use in place of SQLite files; prefer `NEONEX_DATABASE_URL`
    #[arg(long, value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
}

/// `neonex serve`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  neonex serve --data /var/lib/neonex --listen 0.0.0.0:8080
  NEONEX_DATABASE_URL=postgres://app:secret@db/neonex neonex serve --no-worker")]
pub struct ServeArgs {
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "HOST:PORT")]
    pub listen: Option<String>,
    /// Leave background work to `neonex worker`
    #[arg(long)]
    pub no_worker: bool,
}

/// `neonex migrate …`
#[derive(Debug, Subcommand)]
pub enum MigrateCommand {
    /// Apply what is missing
    Up {
        /// Which database.
        #[command(flatten)]
        database: DatabaseArgs,
        /// Say what would be applied, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Take the newest migration back, with all data in the tables that it made
    Down(DownArgs),
    /// List migrations and when they were applied
    Status {
        /// Which database.
        #[command(flatten)]
        database: DatabaseArgs,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the skeleton of a new migration, in a checkout of Neonex
    Create(CreateArgs),
}

/// `neonex migrate down`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  neonex migrate down --dry-run             See what would be taken back
  neonex migrate down --data ./data --yes   Do not ask")]
pub struct DownArgs {
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Say what would be taken back, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask; needed where there is no terminal to ask on
    #[arg(long)]
    pub yes: bool,
    /// Never ask: without --yes, fail
    #[arg(long)]
    pub no_input: bool,
}

/// `neonex migrate create`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  neonex migrate create webhooks                    In tenant databases
  neonex migrate create invitations --scope control")]
pub struct CreateArgs {
    /// Subject of the migration: a to z, 0 to 9 and underscores
    pub name: String,
    /// Which databases it is for
    #[arg(long, value_enum, default_value_t = MigrationScope::Tenant)]
    pub scope: MigrationScope,
    /// Say what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Which databases a migration is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum MigrationScope {
    /// The control database
    Control,
    /// Every tenant database
    Tenant,
}

/// `neonex token …`
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make an operator's token; whoever can write the data folder may
    #[command(after_help = "\
Examples:
  neonex token create --name laptop
  TOKEN=$(neonex token create --json | jq -r .token)")]
    Create {
        /// Which database.
        #[command(flatten)]
        database: DatabaseArgs,
        /// Name under which the token is listed
        #[arg(long, default_value = "cli")]
        name: String,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
}

/// `neonex account …`
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Make an account, and print what its owner sets a password with
    #[command(after_help = "\
The password is set by POST /v1/account/reset-password with what is printed, once, for a day.

Examples:
  neonex account create --email ada@example.com --operator")]
    Create {
        /// Which database.
        #[command(flatten)]
        database: DatabaseArgs,
        /// Address to sign in with
        #[arg(long)]
        email: String,
        /// Let the account run the platform
        #[arg(long)]
        operator: bool,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Print what the owner of an account sets another password with
    #[command(after_help = "\
The password is set by POST /v1/account/reset-password with what is printed, once, for a day.

Examples:
  neonex account reset-password --email ada@example.com")]
    ResetPassword {
        /// Which database.
        #[command(flatten)]
        database: DatabaseArgs,
        /// Address of the account
        #[arg(long)]
        email: String,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
}

/// `neonex config …`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Name everything that is wrong with the configuration
    Check {
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the configuration in force, secrets masked
    Show {
        /// Say where each value comes from
        #[arg(long)]
        origin: bool,
        /// Write JSON, which always names the origin
        #[arg(long)]
        json: bool,
    },
    /// Write the reference of all settings as Markdown
    #[command(hide = true)]
    Reference,
}

impl DatabaseArgs {
    /// The settings that were given as flags.
    pub fn flags(&self) -> Vec<(&'static Setting, String)> {
        let data = self.data.iter().map(|value| (&DIR, value.clone()));
        data.chain(self.database.iter().map(|value| (&DATABASE_URL, value.clone()))).collect()
    }
}

impl ServeArgs {
    /// The settings that were given as flags.
    pub fn flags(&self) -> Vec<(&'static Setting, String)> {
        let mut flags = self.database.flags();
        flags.extend(self.listen.iter().map(|value| (&LISTEN, value.clone())));
        flags
    }
}
