//! `neonex schema`: the design of a tenant's collections as files.

use neonex_sdk::Client;
use serde_json::json;

use crate::exit::CommandError;
use crate::output;
use crate::remote::{self, SchemaArgs, SchemaCommand};
use crate::schema::{self, Action, Design, Plan, Seen};

pub(super) fn run(command: SchemaCommand) -> Result<(), CommandError> {
    match command {
        SchemaCommand::Pull(args) => pull(&args),
        SchemaCommand::Plan { schema, exit_code, json } => plan(&schema, exit_code, json),
        SchemaCommand::Apply { schema, allow_loss, json } => apply(&schema, allow_loss, json),
    }
}

fn pull(args: &SchemaArgs) -> Result<(), CommandError> {
    let (designs, _) = remote::run(designs(&args.remote.client()?))?;
    let said = schema::write(&args.dir, &designs)?;
    for line in &said {
        output::note(line);
    }
    output::note(&format!("{} collections are in {}", designs.len(), args.dir.display()));
    Ok(())
}

fn plan(args: &SchemaArgs, exit_code: bool, json: bool) -> Result<(), CommandError> {
    let (plan, _) = compare(args, &args.remote.client()?)?;
    tell(&plan, json)?;
    if exit_code && !plan.steps.is_empty() {
        return Err(CommandError::Conflict("the tenant differs from the files".to_owned()));
    }
    Ok(())
}

fn apply(args: &SchemaArgs, allow_loss: bool, json: bool) -> Result<(), CommandError> {
    let client = args.remote.client()?;
    let (plan, seen) = compare(args, &client)?;
    let losses = plan.losses();
    if !losses.is_empty() && !allow_loss {
        tell(&plan, false)?;
        let message = format!("nothing was changed: this would lose {}; say --allow-loss", losses.join(", "));
        return Err(CommandError::Conflict(message));
    }
    remote::run(carry_out(&plan, seen, &client))?;
    tell(&plan, json)
}

/// Carries a plan out, on the collections that it was made from and no others: each is asked for its version, and
/// changed in that alone.
async fn carry_out(plan: &Plan, mut seen: Seen, client: &Client) -> Result<(), CommandError> {
    let collections = client.collections();
    for step in &plan.steps {
        match &step.action {
            Action::Create(new) => seen.note(&collections.create(new).await?),
            Action::Change(name, patch) => {
                let current = collections.get_versioned(name).await?;
                seen.check(&current)?;
                seen.note(&collections.update(name, patch).if_match(&current.etag).await?);
            }
            Action::Drop(name) => {
                let current = collections.get_versioned(name).await?;
                seen.check(&current)?;
                collections.delete(name).if_match(&current.etag).await?;
            }
        }
    }
    Ok(())
}

fn compare(args: &SchemaArgs, client: &Client) -> Result<(Plan, Seen), CommandError> {
    let wanted = schema::read(&args.dir)?;
    let (there, seen) = remote::run(designs(client))?;
    Ok((Plan::new(&there, &wanted), seen))
}

async fn designs(client: &Client) -> Result<(Vec<Design>, Seen), CommandError> {
    let mut seen = Seen::default();
    let mut designs = Vec::new();
    for collection in client.collections().list().await? {
        seen.note(&collection);
        designs.push(Design::of(&collection)?);
    }
    Ok((designs, seen))
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
