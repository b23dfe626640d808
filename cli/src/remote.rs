//! Commands that call a server: what can be typed after them, and the way there.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use neonex_sdk::{Client, ClientBuilder, env};
use tokio::runtime::Builder;

use crate::exit::CommandError;

/// Which server, and who calls.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub struct RemoteArgs {
    /// Address of the server
    #[arg(long, value_name = "URL", env = env::URL, default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// API key, or an operator's token
    #[arg(long, value_name = "TOKEN", env = env::TOKEN, hide_env_values = true, conflicts_with = "token_file")]
    pub token: Option<String>,
    /// File that holds the key or token
    #[arg(long, value_name = "FILE", env = "NEONEX_TOKEN_FILE")]
    pub token_file: Option<PathBuf>,
    /// Tenant by id or slug, for an operator's token
    #[arg(long, value_name = "TENANT", env = env::TENANT)]
    pub tenant: Option<String>,
}

/// How records are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FileFormat {
    /// A JSON object on each line
    Ndjson,
    /// An array of JSON objects
    Json,
    /// RFC 4180
    Csv,
}

/// `neonex import`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  neonex import movies movies.csv --upsert-by id
  neonex import movies export.csv --columns '{\"Name\":\"title\",\"Comment\":null}' --dry-run
  zcat movies.ndjson.gz | neonex import movies - --format ndjson --on-error skip")]
pub struct ImportArgs {
    /// Name or id of the collection
    pub collection: String,
    /// The file; `-` for standard input
    pub file: PathBuf,
    /// How it is written [default: as its name ends]
    #[arg(long, value_enum)]
    pub format: Option<FileFormat>,
    /// JSON object from names in the file to fields, or to null for what is left out
    #[arg(long, value_name = "JSON")]
    pub columns: Option<String>,
    /// Character between cells of a CSV file, or `tab` [default: ,]
    #[arg(long, value_name = "CHARACTER")]
    pub delimiter: Option<String>,
    /// What to do with rows that have other numbers of cells than the first line [default: refuse]
    #[arg(long, value_name = "refuse|pad")]
    pub ragged: Option<String>,
    /// Change records that are there: those with the same value in `id`, in a field that is unique, or in all fields of
    /// a unique index, apart by commas
    #[arg(long, value_name = "FIELDS")]
    pub upsert_by: Option<String>,
    /// What to do after a line that failed [default: stop]
    #[arg(long, value_name = "stop|skip")]
    pub on_error: Option<String>,
    /// Try everything and keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write the report as JSON
    #[arg(long)]
    pub json: bool,
    /// Which server.
    #[command(flatten)]
    pub remote: RemoteArgs,
}

/// `neonex users …`
#[derive(Debug, Subcommand)]
pub enum UsersCommand {
    /// Make users of those that another system has, with their passwords
    #[command(after_help = "\
Examples:
  neonex users import users.ndjson --dry-run
  neonex users import --from pocketbase pb_data/data.db --fields name
  neonex users import --from supabase auth_users.json --on-error skip")]
    Import(UsersImportArgs),
}

/// `neonex users import`
#[derive(Debug, Args)]
pub struct UsersImportArgs {
    /// The file; `-` for standard input, of NDJSON
    pub file: PathBuf,
    /// Whose file it is
    #[arg(long, value_enum, default_value = "ndjson")]
    pub from: UsersFrom,
    /// Of PocketBase: which collection of users [default: the only one, or `users`]
    #[arg(long, value_name = "NAME")]
    pub collection: Option<String>,
    /// Fields of a user's own to be kept, apart by commas; of NDJSON all that are there
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// What to do after a line that failed [default: stop]
    #[arg(long, value_name = "stop|skip")]
    pub on_error: Option<String>,
    /// Try everything and keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write the report as JSON
    #[arg(long)]
    pub json: bool,
    /// Which server.
    #[command(flatten)]
    pub remote: RemoteArgs,
}

/// Whose file of users it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UsersFrom {
    /// Lines as the API takes them
    Ndjson,
    /// The database of a PocketBase, `data.db`
    Pocketbase,
    /// The table `auth.users` of a Supabase, as JSON or CSV
    Supabase,
}

/// `neonex export`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  neonex export movies --format csv --output movies.csv
  neonex export movies --filter 'year >= 1990' --fields title,year | jq .title")]
pub struct ExportArgs {
    /// Name or id of the collection
    pub collection: String,
    /// How to write [default: as the name of --output ends, else ndjson]
    #[arg(long, value_enum)]
    pub format: Option<FileFormat>,
    /// Condition in CEL
    #[arg(long, value_name = "CEL")]
    pub filter: Option<String>,
    /// Fields apart by commas [default: all]
    #[arg(long, value_name = "FIELDS")]
    pub fields: Option<String>,
    /// File to write [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Which server.
    #[command(flatten)]
    pub remote: RemoteArgs,
}

/// `neonex advice`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  neonex advice
  neonex advice movies --json | jq .slow_queries")]
pub struct AdviceArgs {
    /// Names or ids of collections [default: all]
    pub collections: Vec<String>,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
    /// Which server.
    #[command(flatten)]
    pub remote: RemoteArgs,
}

/// `neonex schema …`
#[derive(Debug, Subcommand)]
pub enum SchemaCommand {
    /// Write the collections of a tenant to files, one each
    #[command(after_help = "\
Examples:
  neonex schema pull --dir schema
  neonex schema pull --url https://staging.example.com --token-file staging.key")]
    Pull(SchemaArgs),
    /// Say how the tenant differs from the files, and what would be lost
    #[command(after_help = "\
Examples:
  neonex schema plan
  neonex schema plan --exit-code || echo 'the tenant has drifted'")]
    Plan {
        /// Where.
        #[command(flatten)]
        schema: SchemaArgs,
        /// Exit with 5 where the tenant differs from the files
        #[arg(long)]
        exit_code: bool,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Make the tenant what the files say
    #[command(after_help = "\
Examples:
  neonex schema apply
  neonex schema apply --url https://api.example.com --token-file production.key --allow-loss")]
    Apply {
        /// Where.
        #[command(flatten)]
        schema: SchemaArgs,
        /// Also drop fields and collections with all that is in them
        #[arg(long)]
        allow_loss: bool,
        /// Write what was done as JSON
        #[arg(long)]
        json: bool,
    },
    /// List what was done to the collections of a tenant, oldest first
    History {
        /// Write JSON
        #[arg(long)]
        json: bool,
        /// Which server.
        #[command(flatten)]
        remote: RemoteArgs,
    },
    /// Write what was done to the collections of a tenant as NDJSON, to be done again elsewhere
    #[command(after_help = "\
Examples:
  neonex schema export-history > history.ndjson")]
    ExportHistory {
        /// Which server.
        #[command(flatten)]
        remote: RemoteArgs,
    },
    /// Do again what a file of `export-history` tells, in a tenant that has no collections or the first of them
    #[command(after_help = "\
Examples:
  neonex schema replay history.ndjson --url https://api.example.com --token-file production.key")]
    Replay {
        /// The file; `-` for standard input
        file: PathBuf,
        /// Write what was done as JSON
        #[arg(long)]
        json: bool,
        /// Which server.
        #[command(flatten)]
        remote: RemoteArgs,
    },
}

/// `neonex generate …`
#[derive(Debug, Subcommand)]
pub enum GenerateCommand {
    /// Write a type for the records of each collection
    #[command(after_help = "\
Examples:
  neonex generate types --lang typescript > src/neonex.ts
  neonex generate types --lang rust > src/records.rs")]
    Types {
        /// In which language
        #[arg(long, value_enum)]
        lang: Language,
        /// Which server.
        #[command(flatten)]
        remote: RemoteArgs,
    },
}

/// A language to write code in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// For the Rust SDK
    Rust,
    /// Interfaces
    Typescript,
}

/// Which files, and which server.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Folder of the files, one for each collection
    #[arg(long, value_name = "DIR", default_value = "schema")]
    pub dir: PathBuf,
    /// Which server.
    #[command(flatten)]
    pub remote: RemoteArgs,
}

impl RemoteArgs {
    /// A client of that server.
    pub fn client(&self) -> Result<Client, CommandError> {
        let token = match (&self.token, &self.token_file) {
            (Some(token), _) => Some(token.clone()),
            (None, Some(path)) => {
                let what = format!("{} could not be read", path.display());
                let text = std::fs::read_to_string(path).map_err(CommandError::io(what))?;
                Some(text.trim().to_owned())
            }
            (None, None) => None,
        };
        let agent = concat!("neonex/", env!("CARGO_PKG_VERSION"));
        let builder = Client::builder(&self.url).user_agent(agent);
        let builder = token.into_iter().fold(builder, ClientBuilder::credential);
        Ok(self.tenant.iter().fold(builder, ClientBuilder::tenant).build()?)
    }
}

impl FileFormat {
    /// The format that a file's name tells.
    pub fn of(name: &std::path::Path) -> Option<Self> {
        Self::from_str(name.extension()?.to_str()?, true).ok()
    }
}

impl From<FileFormat> for neonex_sdk::types::FileFormat {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::Ndjson => Self::Ndjson,
            FileFormat::Json => Self::Json,
            FileFormat::Csv => Self::Csv,
        }
    }
}

/// Runs what waits for a server most of the time.
pub(crate) fn run<T>(work: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(CommandError::io("the threads could not be started"))?.block_on(work)
}
