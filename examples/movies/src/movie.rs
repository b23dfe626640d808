//! A movie, and how one is read from the ragged data.

use jiff::civil::Date;
use neonex_sdk::types::{NewCollection, NewField};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// How the data writes a day: `Jun 12 1998`.
const DAY: &str = "%b %d %Y";
/// The ratings that the data has.
const RATINGS: [&str; 7] = ["G", "PG", "PG-13", "R", "NC-17", "Not Rated", "Open"];

/// A movie as the collection holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Movie {
    position: usize,
    title: Option<String>,
    us_gross: Option<i64>,
    worldwide_gross: Option<i64>,
    us_dvd_sales: Option<i64>,
    production_budget: Option<i64>,
    release_date: Option<Date>,
    mpaa_rating: Option<String>,
    running_time_min: Option<i64>,
    distributor: Option<String>,
    source: Option<String>,
    major_genre: Option<String>,
    creative_type: Option<String>,
    director: Option<String>,
    rotten_tomatoes_rating: Option<i64>,
    imdb_rating: Option<f64>,
    imdb_votes: Option<i64>,
    /// What no other field holds as it was.
    original: Option<Map<String, Value>>,
}

impl Movie {
    /// The collection that holds movies.
    pub(crate) fn collection(name: &str) -> NewCollection {
        let fields = [
            ("title", "text"),
            ("us_gross", "int"),
            ("worldwide_gross", "int"),
            ("us_dvd_sales", "int"),
            ("production_budget", "int"),
            ("release_date", "date"),
            ("running_time_min", "int"),
            ("distributor", "text"),
            ("source", "text"),
            ("major_genre", "text"),
            ("creative_type", "text"),
            ("director", "text"),
            ("rotten_tomatoes_rating", "int"),
            ("imdb_rating", "float"),
            ("imdb_votes", "int"),
            ("original", "json"),
        ];
        let collection = NewCollection::new(name)
            .field(NewField::new("position", "int").required().unique())
            .field(NewField::select("mpaa_rating", RATINGS))
            .index(["director", "release_date"])
            .index(["imdb_rating"]);
        fields
            .into_iter()
            .fold(collection, |collection, (name, kind)| collection.field(NewField::new(name, kind)))
    }

    /// The movie at that place of the data.
    pub(crate) fn read(position: usize, movie: Map<String, Value>) -> Self {
        let mut left = Left(movie);
        Self {
            position,
            title: left.title(),
            us_gross: left.take("US Gross", Value::as_i64),
            worldwide_gross: left.take("Worldwide Gross", Value::as_i64),
            us_dvd_sales: left.take("US DVD Sales", Value::as_i64),
            production_budget: left.take("Production Budget", Value::as_i64),
            release_date: left.take("Release Date", day),
            mpaa_rating: left
                .take("MPAA Rating", |value| text(value).filter(|text| RATINGS.contains(&text.as_str()))),
            running_time_min: left.take("Running Time min", Value::as_i64),
            distributor: left.take("Distributor", text),
            source: left.take("Source", text),
            major_genre: left.take("Major Genre", text),
            creative_type: left.take("Creative Type", text),
            director: left.take("Director", text),
            rotten_tomatoes_rating: left.take("Rotten Tomatoes Rating", Value::as_i64),
            imdb_rating: left.take("IMDB Rating", Value::as_f64),
            imdb_votes: left.take("IMDB Votes", Value::as_i64),
            original: Some(left.0).filter(|left| !left.is_empty()),
        }
    }

    /// The record's id: the same in each run, so that a run writes over the one before.
    pub(crate) fn id(&self) -> Uuid {
        let digest = Sha256::digest(format!("neonex-example-movies/{}", self.position));
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(byte, from)| *byte = from);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

/// What has not found a field yet.
struct Left(Map<String, Value>);

impl Left {
    /// Takes a member if its value is of the type; one that is not stays.
    fn take<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.0.get(name)?;
        let read = read(value);
        if read.is_some() || value.is_null() {
            self.0.remove(name);
        }
        read
    }

    /// The title as text. One that is a number stays too, so that it is known to have been one.
    fn title(&mut self) -> Option<String> {
        let number = self.0.get("Title").filter(|title| title.is_number()).map(Value::to_string);
        number.or_else(|| self.take("Title", text))
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A day that is written as the data writes days, so that it can be written so again.
fn day(value: &Value) -> Option<Date> {
    let text = value.as_str()?;
    let day = Date::strptime(DAY, text).ok()?;
    (day.strftime(DAY).to_string() == text).then_some(day)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn movie(value: Value) -> Movie {
        Movie::read(7, serde_json::from_value(value).unwrap())
    }

    #[test]
    fn what_fits_no_field_stays_as_it_was() {
        let read = movie(json!({
            "Title": 1941, "Release Date": "Dec 14 1979", "IMDB Rating": 6, "Director": null, "US Gross": "much",
            "MPAA Rating": "X", "Colour": true,
        }));
        assert_eq!(read.title.as_deref(), Some("1941"));
        assert_eq!(read.release_date, Some(jiff::civil::date(1979, 12, 14)));
        assert_eq!((read.imdb_rating, read.director), (Some(6.0), None));
        let left = json!({"Title": 1941, "US Gross": "much", "MPAA Rating": "X", "Colour": true});
        assert_eq!(read.original.map(Value::Object), Some(left));
    }

    #[test]
    fn a_day_is_read_only_if_it_can_be_written_again() {
        for odd in ["Jun 6 1998", "June 06 1998", "1998", "Feb 30 1998", ""] {
            let read = movie(json!({ "Release Date": odd }));
            assert_eq!(read.release_date, None, "{odd}");
            assert_eq!(read.original.map(Value::Object), Some(json!({ "Release Date": odd })));
        }
    }

    #[test]
    fn an_id_follows_from_the_place() {
        let (first, again) = (movie(json!({"Title": "A"})), movie(json!({"Title": "B"})));
        assert_eq!(first.id(), again.id());
        assert_ne!(first.id(), Movie::read(8, Map::new()).id());
    }
}
