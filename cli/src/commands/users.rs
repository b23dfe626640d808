//! `neonex users`: users who come from elsewhere.

use std::path::Path;

use neonex_core::elsewhere::{pocketbase, supabase};
use neonex_sdk::reqwest::Body;
use neonex_sdk::types::OnError;
use serde_json::Value;

use super::files::{bar, open, parts, tell};
use crate::exit::CommandError;
use crate::remote::{self, UsersCommand, UsersFrom, UsersImportArgs};

pub(super) fn run(command: &UsersCommand) -> Result<(), CommandError> {
    match command {
        UsersCommand::Import(args) => import(args),
    }
}

fn import(args: &UsersImportArgs) -> Result<(), CommandError> {
    remote::run(async {
        let mut import = args.remote.client()?.import_users();
        if let Some(then) = &args.on_error {
            import = import.on_error(OnError::from(then.clone()));
        }
        if args.dry_run {
            import = import.dry_run();
        }
        // The server takes no more than it has written, so what was sent is how far it is.
        let (file, length): (Box<dyn tokio::io::AsyncRead + Send + Unpin>, _) = match args.from {
            UsersFrom::Ndjson => open(&args.file).await?,
            UsersFrom::Pocketbase | UsersFrom::Supabase => {
                let lines = lines(&read(args)?);
                let length = lines.len() as u64;
                (Box::new(std::io::Cursor::new(lines)), Some(length))
            }
        };
        let bar = bar(length);
        let report = import.send(Body::wrap_stream(parts(file, bar.clone()))).await;
        bar.finish_and_clear();
        tell(&report?, args.json, args.dry_run)
    })
}

/// The users of another system's file.
fn read(args: &UsersImportArgs) -> Result<Vec<Value>, CommandError> {
    let users = match args.from {
        UsersFrom::Pocketbase => pocketbase(&args.file, args.collection.as_deref(), &args.fields),
        UsersFrom::Ndjson | UsersFrom::Supabase => supabase(&text(&args.file)?, &args.fields),
    };
    users.map_err(|error| CommandError::Usage(format!("{}: {error}", args.file.display())))
}

fn text(path: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(path).map_err(CommandError::io(format!("{} could not be read", path.display())))
}

fn lines(users: &[Value]) -> Vec<u8> {
    users.iter().flat_map(|user| format!("{user}\n").into_bytes()).collect()
}
