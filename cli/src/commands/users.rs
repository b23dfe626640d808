//! `neonex users`: users who come from elsewhere.

use std::io::Cursor;
use std::path::Path;

use neonex_core::elsewhere::{ElsewhereError, pocketbase, supabase};
use neonex_sdk::reqwest::Body;
use neonex_sdk::types::OnError;
use serde_json::Value;
use tokio::io::AsyncRead;

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
        let wrong = |error: ElsewhereError| CommandError::Usage(format!("{}: {error}", args.file.display()));
        let (file, length) = match args.from {
            UsersFrom::Ndjson => open(&args.file).await?,
            UsersFrom::Pocketbase => {
                in_memory(&pocketbase(&args.file, args.collection.as_deref(), &args.fields).map_err(wrong)?)
            }
            UsersFrom::Supabase => in_memory(&supabase(&text(&args.file)?, &args.fields).map_err(wrong)?),
        };
        // The server takes no more than it has written, so what was sent is how far it is.
        let bar = bar(length);
        let report = import.send(Body::wrap_stream(parts(file, bar.clone()))).await;
        bar.finish_and_clear();
        tell(&report?, args.json, args.dry_run)
    })
}

fn text(path: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(path).map_err(CommandError::io(format!("{} could not be read", path.display())))
}

/// Lines as the API takes them, and how long they are.
fn in_memory(users: &[Value]) -> (Box<dyn AsyncRead + Send + Unpin>, Option<u64>) {
    let lines: Vec<u8> = users.iter().flat_map(|user| format!("{user}\n").into_bytes()).collect();
    let length = lines.len() as u64;
    (Box::new(Cursor::new(lines)), Some(length))
}
