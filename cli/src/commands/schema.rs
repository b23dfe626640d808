//! `neonex schema`: the design of a tenant's collections as files.

use neonex_sdk::Client;
use serde_json::json;

use crate::exit::CommandError;
use crate::output;
use crate::remote::{self, SchemaArgs, SchemaCommand};
use crate::schema::{self, Action, Design, Plan};

pub(super) fn run(command: SchemaCommand) -> Result<(), CommandError> {
    match command {
        SchemaCommand::Pull(args) => pull(&args),
        SchemaCommand::Plan { schema, exit_code, json } => plan(&schema, exit_code, json),
        SchemaCommand::Apply { schema, allow_loss, json } => apply(&schema, allow_loss, json),
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
            match &step.action {
                Action::Create(new) => drop(collections.create(new).await?),
                Action::Change(name, patch) => drop(collections.update(name, patch).await?),
                Action::Drop(name) => collections.delete(name).await?,
            }
        }
        Ok(())
    })?;
    tell(&plan, json)
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
