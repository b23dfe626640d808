//! Imports the movies of the npm package `vega-datasets` into a Neonex server and asks a few questions about them.
//!
//! It may be run again: a movie's id follows from its place in the file, so that it is written over with itself.

mod dataset;
mod import;
mod movie;
mod questions;
mod table;

use std::io::Write as _;
use std::path::PathBuf;

use clap::Parser;
use neonex_sdk::types::NewTenant;
use neonex_sdk::{Client, Error};

use crate::movie::Movie;

/// The collection that the movies go into.
const COLLECTION: &str = "movies";

/// Imports 3,201 movies into a Neonex server and asks a few questions about them.
#[derive(Parser)]
struct Args {
    /// Where the server is
    #[arg(long, env = neonex_sdk::env::URL, default_value = "http://127.0.0.1:8080")]
    url: String,

    /// An operator's token, as `neonex token create` prints it
    #[arg(long, env = neonex_sdk::env::TOKEN, hide_env_values = true)]
    token: String,

    /// Slug of the tenant, which is made if it is not there
    #[arg(long, default_value = "movies")]
    tenant: String,

    /// The movies, instead of those of the npm package
    #[arg(long)]
    file: Option<PathBuf>,

    /// Folder that keeps what was downloaded [default: neonex in the user's cache folder]
    #[arg(long)]
    cache: Option<PathBuf>,

    /// Movies that are written at the same time
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let movies = dataset::load(args.file, args.cache).await?;
    let operator = Client::builder(args.url).credential(args.token).build()?;
    let client = tenant(&operator, &args.tenant).await?;
    collection(&client).await?;
    import::all(&client, &movies, usize::from(args.concurrency)).await?;
    let answers = questions::ask(&client).await?;
    write!(std::io::stdout(), "{} movies imported\n{answers}", movies.len())?;
    Ok(())
}

/// A client for the tenant, which is made if there is none.
async fn tenant(operator: &Client, slug: &str) -> Result<Client, Error> {
    match operator.tenants().get(slug).await {
        Err(error) if error.is_not_found() => {
            operator.tenants().create(&NewTenant::new(slug, "Movies")).await?;
        }
        found => drop(found?),
    }
    operator.with_tenant(slug)
}

async fn collection(client: &Client) -> Result<(), Error> {
    match client.collections().get(COLLECTION).await {
        Err(error) if error.is_not_found() => {
            client.collections().create(&Movie::collection(COLLECTION)).await.map(drop)
        }
        found => found.map(drop),
    }
}
