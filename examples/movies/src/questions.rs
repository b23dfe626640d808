//! Questions about the movies.

use std::fmt::Write as _;

use neonex_sdk::types::CountMode;
use neonex_sdk::{AnyRecord, Client, Error};
use serde_json::{Map, Value};

use crate::{COLLECTION, table};

struct Question {
    about: &'static str,
    filter: &'static str,
    sort: &'static str,
    columns: &'static [&'static str],
}

const QUESTIONS: [Question; 4] = [
    Question {
        about: "Liked best, of those that many have seen",
        filter: "imdb_rating >= 8.5 && imdb_votes >= 100000",
        sort: "-imdb_rating,title",
        columns: &["title", "release_date", "director", "imdb_rating"],
    },
    Question {
        about: "Directed by Steven Spielberg since 2000",
        filter: "director == 'Steven Spielberg' && release_date >= timestamp('2000-01-01T00:00:00Z')",
        sort: "release_date",
        columns: &["title", "release_date", "worldwide_gross"],
    },
    Question {
        about: "Cheap horror that paid",
        filter: "major_genre == 'Horror' && production_budget < 1000000 && worldwide_gross > 20000000",
        sort: "-worldwide_gross",
        columns: &["title", "production_budget", "worldwide_gross"],
    },
    Question {
        about: "Titles that are numbers in the data",
        filter: "original != null",
        sort: "title",
        columns: &["title", "release_date", "original"],
    },
];

/// How much of an answer is shown.
const ROWS: u32 = 10;

/// Asks them all; returns the answers as text.
pub(crate) async fn ask(client: &Client) -> Result<String, Error> {
    let mut text = String::new();
    for Question { about, filter, sort, columns } in QUESTIONS {
        let list = client.records::<Map<String, Value>>(COLLECTION).list().filter(filter).sort(sort);
        let list = list.fields(columns.iter().copied()).limit(ROWS).count(CountMode::Exact);
        let page = list.send().await?;
        let total = page.total.unwrap_or_default();
        let _ = writeln!(text, "\n{about}: {total} movies\n  filter={filter}\n  sort={sort}\n");
        let rows = page.items.iter().map(|movie| columns.iter().map(|column| cell(movie, column)).collect());
        text.push_str(&table::render(columns, rows.collect()));
    }
    Ok(text)
}

fn cell(movie: &AnyRecord, column: &str) -> String {
    match movie.fields.get(column) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}
