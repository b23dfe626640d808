//! Functions that statements on SQLite may call, beside SQLite's own.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use sha2::{Digest as _, Sha256};

use crate::geo;
use crate::plain_text::words_of;

/// Gives them to a connection. Triggers may call them, too: they do nothing but compute.
pub(super) fn install(conn: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function("neonex_words", 1, flags, |context| {
        let html = context.get::<Option<String>>(0)?;
        Ok(html.map(|html| words_of(&html)))
    })?;
    conn.create_scalar_function("neonex_distance", 4, flags, |context| {
        let place = |at: usize| -> rusqlite::Result<Option<(f64, f64)>> {
            let (lat, lon) = (context.get::<Option<f64>>(at)?, context.get::<Option<f64>>(at + 1)?);
            Ok(lat.zip(lon))
        };
        Ok(place(0)?.zip(place(2)?).map(|(one, other)| geo::distance(one, other)))
    })?;
    // The id of a group of a view, from what its records have in common.
    conn.create_scalar_function("neonex_group", 1, flags, |context| {
        let digest = Sha256::digest(context.get::<String>(0)?.as_bytes());
        Ok(digest.get(..16).unwrap_or_default().to_vec())
    })?;
    for (name, distance) in [("neonex_cosine", geo::cosine as Distance), ("neonex_l2", geo::l2)] {
        conn.create_scalar_function(name, 2, flags, move |context| {
            let vectors = (context.get_raw(0).as_blob_or_null()?, context.get_raw(1).as_blob_or_null()?);
            Ok(vectors.0.zip(vectors.1).map(|(one, other)| distance(one, other)))
        })?;
    }
    Ok(())
}

/// Between two vectors.
type Distance = fn(&[u8], &[u8]) -> f64;
