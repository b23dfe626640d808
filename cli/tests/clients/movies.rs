//! The movies example: the real import of the real data, and what its README says about both.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use futures_util::TryStreamExt as _;
use neonex_sdk::types::CountMode;
use neonex_sdk::{Client, env};
use serde_json::{Map, Value};

use crate::cargo::{self, root};
use crate::site::program;

const MOVIES: usize = 3201;
const FILE: &str = "vega-datasets-3.2.1-movies.json";

/// A row of a table in the README, cell by cell and without its marks.
type Row = Vec<String>;

/// The rows of the README's table whose first column has that head.
fn table(head: &str) -> Vec<Row> {
    let text = fs::read_to_string(root().join("examples/movies/README.md")).unwrap();
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&format!("| {head} |")));
    lines.next().expect("the README has the table");
    let rows = lines.skip(1).take_while(|line| line.starts_with('|'));
    rows.map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

fn code(cell: &str) -> &str {
    cell.split('`').nth(1).expect(cell)
}

/// Where the example keeps what it downloaded: outside the clone, so that it is downloaded once.
fn cache() -> PathBuf {
    let folder = |name| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let cache = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    cache.expect("the machine has a cache folder").join("neonex")
}

/// Runs the example as its README says; returns what it writes.
fn import(url: &str, token: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(&cargo::programs()["neonex-example-movies"]);
    command.args(arguments).env(env::URL, url).env(env::TOKEN, token).stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[tokio::test]
async fn every_movie_arrives_as_it_was() {
    let (_folder, program) = program();
    // With the limit it takes a second for each 100 movies, as the README says.
    let program = program.with("NEONEX_RATE_LIMIT", "off");
    let server = program.serve().await.unwrap();
    let token = program.token().unwrap();
    let said = import(server.url(), &token, &[]);
    assert!(said.starts_with(&format!("{MOVIES} movies imported\n")), "{said}");
    answers_are_those_of_the_data(&said);

    let operator = Client::builder(server.url()).credential(&token).tenant("movies").build().unwrap();
    let records = operator.records::<Map<String, Value>>("movies");
    let stored = || records.list().sort("position").limit(200).stream().try_collect::<Vec<_>>();
    let first = stored().await.unwrap();
    let data = data();
    assert_eq!((first.len(), data.len()), (MOVIES, MOVIES));
    let mapping = mapping();
    for (movie, was) in first.iter().zip(&data) {
        same(&mapping, &movie.fields, was);
    }
    counts_are_those_of_the_readme(&first.iter().map(|movie| &movie.fields).collect::<Vec<_>>());

    // Interrupted and run again: from a file that ends early, then all of it.
    let early = program.folder().join("early.json");
    fs::write(&early, serde_json::to_vec(&data[..100]).unwrap()).unwrap();
    let said = import(server.url(), &token, &["--file", early.to_str().unwrap()]);
    assert!(said.starts_with("100 movies imported\n"), "{said}");
    let again = stored().await.unwrap();
    assert_eq!(again.len(), MOVIES);
    let ids = |movies: &[neonex_sdk::AnyRecord]| movies.iter().map(|movie| movie.id).collect::<Vec<_>>();
    assert_eq!(ids(&first), ids(&again));
    let total = records.list().count(CountMode::Exact).limit(1).send().await.unwrap().total;
    assert_eq!(total, Some(MOVIES.try_into().unwrap()));
}

fn data() -> Vec<Map<String, Value>> {
    serde_json::from_slice(&fs::read(cache().join(FILE)).unwrap()).unwrap()
}

/// Field and type by the data's names, as the README has them.
fn mapping() -> HashMap<String, (String, String)> {
    let rows = table("In the data").into_iter().filter(|row| row[0].starts_with('`'));
    rows.map(|row| (code(&row[0]).to_owned(), (code(&row[2]).to_owned(), code(&row[3]).to_owned()))).collect()
}

/// Whether a movie says what the data says: each member in its field, or in `original` as it was.
fn same(mapping: &HashMap<String, (String, String)>, stored: &Map<String, Value>, was: &Map<String, Value>) {
    for (name, value) in was {
        let (field, kind) = &mapping[name];
        let kept = stored["original"].get(name).cloned();
        let told = kept.unwrap_or_else(|| match (kind.as_str(), &stored[field]) {
            ("date", Value::String(day)) => Value::from(as_the_data_writes_days(day)),
            (_, stored) => stored.clone(),
        });
        let equal = if value.is_number() { told.as_f64() == value.as_f64() } else { told == *value };
        assert!(equal, "`{name}` was {value} and is {told} in {stored:?}");
    }
    let mut left = stored["original"].as_object().into_iter().flatten();
    assert!(left.all(|(name, _)| was.contains_key(name)), "{stored:?} has what the data has not");
    if was["Title"].is_number() {
        assert_eq!(stored["title"], was["Title"].to_string());
    }
}

/// `1998-06-12` as `Jun 12 1998`.
fn as_the_data_writes_days(day: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<_> = day.split('-').collect();
    format!("{} {} {}", MONTHS[parts[1].parse::<usize>().unwrap() - 1], parts[2], parts[0])
}

/// How many values there are and how many are null, field by field.
fn counts_are_those_of_the_readme(stored: &[&Map<String, Value>]) {
    let counted = |text: &str, what: &str| {
        let words: Vec<_> = text.split([' ', ';']).collect();
        let at = words.windows(2).position(|pair| pair[1].trim_end_matches(',') == what)?;
        Some(words[at].replace(',', "").parse::<usize>().unwrap())
    };
    for row in table("In the data").iter().filter(|row| row[0].starts_with('`')) {
        let field = code(&row[2]);
        let null = stored.iter().filter(|movie| movie[field].is_null()).count();
        assert_eq!(null, counted(&row[1], "null").unwrap_or(0), "{row:?}");
    }
    let original = stored.iter().filter(|movie| !movie["original"].is_null()).count();
    let titles = table("In the data").iter().find_map(|row| counted(&row[1], "titles"));
    assert_eq!(Some(original), titles);
}

/// The answers, counted in the data by other means than a filter.
fn answers_are_those_of_the_data(said: &str) {
    for question in table("Question") {
        let (filter, sort) = (code(&question[1]), code(&question[2]));
        assert!(said.contains(&format!("  filter={filter}\n  sort={sort}\n")), "{filter} {sort}: {said}");
    }
    let number = |movie: &Map<String, Value>, name: &str| movie[name].as_f64().unwrap_or(f64::NAN);
    let year =
        |movie: &Map<String, Value>| movie["Release Date"].as_str().unwrap()[7..].parse::<u32>().unwrap();
    let liked = |movie: &&Map<String, Value>| {
        number(movie, "IMDB Rating") >= 8.5 && number(movie, "IMDB Votes") >= 100_000.0
    };
    let spielberg =
        |movie: &&Map<String, Value>| movie["Director"] == "Steven Spielberg" && year(movie) >= 2000;
    let horror = |movie: &&Map<String, Value>| {
        movie["Major Genre"] == "Horror"
            && number(movie, "Production Budget") < 1_000_000.0
            && number(movie, "Worldwide Gross") > 20_000_000.0
    };
    let data = data();
    for (question, count) in [
        ("Liked best, of those that many have seen", data.iter().filter(liked).count()),
        ("Directed by Steven Spielberg since 2000", data.iter().filter(spielberg).count()),
        ("Cheap horror that paid", data.iter().filter(horror).count()),
        (
            "Titles that are numbers in the data",
            data.iter().filter(|movie| movie["Title"].is_number()).count(),
        ),
    ] {
        assert!(
            count > 0 && said.contains(&format!("{question}: {count} movies\n")),
            "{question}: {count}: {said}"
        );
    }
}
