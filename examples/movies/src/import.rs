//! Writes the movies, several at a time.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use neonex_sdk::{Client, Error};
use serde_json::{Map, Value};

use crate::COLLECTION;
use crate::movie::Movie;

/// Writes all of them, `at_once` at the same time. The bar shows on a terminal only.
pub(crate) async fn all(
    client: &Client,
    movies: &[Map<String, Value>],
    at_once: usize,
) -> anyhow::Result<()> {
    let records = client.records::<Movie>(COLLECTION);
    let bar = ProgressBar::new(movies.len().try_into()?);
    bar.set_style(ProgressStyle::with_template(
        "{bar:40} {human_pos}/{human_len} movies, {per_sec}, {eta} left",
    )?);
    stream::iter(movies.iter().cloned().enumerate())
        .map(|(position, movie)| {
            let movie = Movie::read(position, movie);
            let write = records.upsert(movie.id(), &movie).into_future();
            let bar = &bar;
            async move {
                write.await?;
                bar.inc(1);
                Ok::<_, Error>(())
            }
        })
        .buffer_unordered(at_once)
        .try_collect::<()>()
        .await?;
    bar.finish_and_clear();
    Ok(())
}
