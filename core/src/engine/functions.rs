//! Functions that statements on SQLite may call, beside SQLite's own.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use crate::plain_text::words_of;

/// Gives them to a connection. Triggers may call them, too: they do nothing but compute.
pub(super) fn install(conn: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function("neonex_words", 1, flags, |context| {
        let html = context.get::<Option<String>>(0)?;
        Ok(html.map(|html| words_of(&html)))
    })
}
