//! What commands write: data to stdout, everything else to stderr.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use serde::Serialize;

use crate::exit::CommandError;

/// Writes `text` to stdout as it is. A reader that has seen enough and closed the pipe is no failure.
pub fn text(text: &str) -> Result<(), CommandError> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CommandError::io("the output could not be written")(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes `value` to stdout as one line of JSON.
pub fn json<T: Serialize>(value: &T) -> Result<(), CommandError> {
    let line = serde_json::to_string(value)
        .map_err(|error| CommandError::io("the output could not be written")(error.into()))?;
    text(&format!("{line}\n"))
}

/// Writes a line to stderr. There is nobody to tell where that fails.
pub fn note(line: &str) {
    let _nobody_to_tell = writeln!(io::stderr().lock(), "{line}");
}

/// Writes an error with its causes to stderr.
pub fn error(error: &dyn Error) {
    note(&format!("error: {}", chain(error)));
}

/// An error with its causes. A cause that its parent quotes already is not repeated.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            let _infallible = write!(text, ": {words}");
        }
        source = cause.source();
    }
    text
}

/// Whether whoever sits at the terminal answers `question` with yes. `None` where nobody does.
pub fn confirm(question: &str) -> Option<bool> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return None;
    }
    let mut stderr = io::stderr().lock();
    write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush()).ok()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).ok()?;
    Some(matches!(answer.trim(), "y" | "Y" | "yes"))
}
