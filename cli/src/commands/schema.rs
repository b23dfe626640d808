//! `neonex schema`: the design of a tenant's collections as files.

use std::io::Read as _;
use std::path::Path;

use futures_util::TryStreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use neonex_sdk::types::SchemaMigration;
use neonex_sdk::{Client, Collections};
use serde_json::json;

use crate::exit::CommandError;
use crate::output;
use crate::remote::{self, RemoteArgs, SchemaArgs, SchemaCommand};
use crate::schema::{self, Action, Design, Plan, history};

pub(super) fn run(command: SchemaCommand) -> Result<(), CommandError> {
    match command {
        SchemaCommand::Pull(args) => pull(&args),
        SchemaCommand::Plan { schema, exit_code, json } => plan(&schema, exit_code, json),
        SchemaCommand::Apply { schema, allow_loss, json } => apply(&schema, allow_loss, json),
        SchemaCommand::History { json, remote } => list(&remote, json),
        SchemaCommand::ExportHistory { remote } => export(&remote),
        SchemaCommand::Replay { file, json, remote } => replay(&remote, &file, json),
    }
}

fn pull(args: &SchemaArgs) -> Result<(), CommandError> {
    let designs = remote::run(designs(&args.remote.client()?))?;
    let said = schema::write(&args.dir, &designs)?;
    for line in &said {
        output::note(line);
    }
    output::note(&format!("{} collections are in {}", designs.len(), args.dir.display()));
    Ok(())
}

fn plan(args: &SchemaArgs, exit_code: bool, json: bool) -> Result<(), CommandError> {
    let plan = compare(args, &args.remote.client()?)?;
    tell(&plan, json)?;
    if exit_code && !plan.steps.is_empty() {
        return Err(CommandError::Conflict("the tenant differs from the files".to_owned()));
    }
    Ok(())
}

fn apply(args: &SchemaArgs, allow_loss: bool, json: bool) -> Result<(), CommandError> {
    let client = args.remote.client()?;
    let plan = compare(args, &client)?;
    let losses = plan.losses();
    if !losses.is_empty() && !allow_loss {
        tell(&plan, false)?;
        let message = format!("nothing was changed: this would lose {}; say --allow-loss", losses.join(", "));
        return Err(CommandError::Conflict(message));
    }
    let collections = client.collections();
    remote::run(async {
        for step in &plan.steps {
            call(&collections, &step.action).await?;
        }
        Ok(())
    })?;
    tell(&plan, json)
}

fn list(remote: &RemoteArgs, json: bool) -> Result<(), CommandError> {
    let changes = remote::run(changes(&remote.client()?))?;
    if json { output::json(&json!({ "items": changes })) } else { output::text(&history::text(&changes)) }
}

fn export(remote: &RemoteArgs) -> Result<(), CommandError> {
    remote::run(changes(&remote.client()?))?.iter().try_for_each(output::json)
}

/// What the tenant has behind it is passed over, so that a replay that was broken off goes on when it is run again.
fn replay(remote: &RemoteArgs, file: &Path, json: bool) -> Result<(), CommandError> {
    let client = remote.client()?;
    let calls = history::calls(&history::parse(&read(file)?)?)?;
    let there = remote::run(async {
        let own = history::calls(&changes(&client).await?)?;
        let there = history::done(&calls, &own)?;
        let collections = client.collections();
        let bar = ProgressBar::new(calls.len() as u64);
        bar.set_style(
            ProgressStyle::with_template("{bar:40} {pos} of {len}, {msg}")
                .unwrap_or(ProgressStyle::default_bar()),
        );
        for (at, next) in calls.iter().enumerate().skip(there) {
            bar.set_position(at as u64);
            bar.set_message(next.to_string());
            if let Err(error) = call(&collections, &next.action).await {
                bar.finish_and_clear();
                output::note(&format!(
                    "stopped at change {} ({next}); run it again to go on from there",
                    next.seq
                ));
                return Err(error);
            }
        }
        bar.finish_and_clear();
        Ok(there)
    })?;
    let made = calls.len() - there;
    if json {
        return output::json(&json!({ "made": made, "there_already": there }));
    }
    output::note(&format!("{made} changes were made, {there} were there already"));
    Ok(())
}

fn read(file: &Path) -> Result<String, CommandError> {
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.map_err(CommandError::io(format!("{} could not be read", file.display())))?;
    Ok(text)
}

async fn changes(client: &Client) -> Result<Vec<SchemaMigration>, CommandError> {
    Ok(client.collections().history().try_collect().await?)
}

async fn call(collections: &Collections, action: &Action) -> Result<(), CommandError> {
    match action {
        Action::Create(new) => drop(collections.create(new).await?),
        Action::Change(name, patch) => drop(collections.update(name, patch).await?),
        Action::Drop(name) => collections.delete(name).await?,
    }
    Ok(())
}

fn compare(args: &SchemaArgs, client: &Client) -> Result<Plan, CommandError> {
    let wanted = schema::read(&args.dir)?;
    Ok(Plan::new(&remote::run(designs(client))?, &wanted))
}

async fn designs(client: &Client) -> Result<Vec<Design>, CommandError> {
    client.collections().list().await?.iter().map(Design::of).collect()
}

fn tell(plan: &Plan, json: bool) -> Result<(), CommandError> {
    if json {
        let steps: Vec<_> = plan.steps.iter().map(|step| &step.told).collect();
        return output::json(&json!({ "steps": steps }));
    }
    if plan.steps.is_empty() {
        output::note("the tenant is what the files say");
    }
    output::text(&plan.text())
}
