//! What is wrong with an input, place by place, so that a client can mend all of it at once.

use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// Where: a JSON Pointer (RFC 6901) into the input.
    pub pointer: String,
    /// What kind of wrong, for programs.
    pub code: &'static str,
    /// What kind of wrong, for people.
    pub message: String,
}

/// An input that cannot be accepted, with at least one reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.summary())]
pub struct Invalid(Vec<Detail>);

impl Invalid {
    /// A single reason.
    pub fn one(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self(vec![Detail { pointer: pointer.into(), code, message: message.into() }])
    }

    /// The same reasons, of what stands at `pointer` in a larger input.
    #[must_use]
    pub fn below(self, pointer: &str) -> Self {
        let below = |detail: Detail| Detail { pointer: format!("{pointer}{}", detail.pointer), ..detail };
        Self(self.0.into_iter().map(below).collect())
    }

    /// All the reasons.
    pub fn details(&self) -> &[Detail] {
        &self.0
    }

    fn summary(&self) -> String {
        let first = self.0.first().map_or("invalid input", |detail| detail.message.as_str());
        match self.0.len() {
            0 | 1 => first.to_owned(),
            count => format!("{first} (and {} more)", count - 1),
        }
    }
}

/// More reasons than these help nobody, and would make an answer larger than what it answers.
const MOST: usize = 20;

/// Gathers reasons while an input is read, the first of them if there are many.
#[derive(Debug, Default)]
pub struct Findings(Vec<Detail>);

impl Findings {
    /// Notes a reason.
    pub fn add(&mut self, pointer: impl Into<String>, code: &'static str, message: impl fmt::Display) {
        if self.0.len() < MOST {
            self.0.push(Detail { pointer: pointer.into(), code, message: message.to_string() });
        }
    }

    /// Notes everything that is wrong with a part, under the part's place.
    pub fn within(&mut self, pointer: &str, part: Invalid) {
        let room = MOST.saturating_sub(self.0.len());
        let details = part.0.into_iter().take(room);
        self.0.extend(
            details.map(|detail| Detail { pointer: format!("{pointer}{}", detail.pointer), ..detail }),
        );
    }

    /// Takes the value out of a part, or notes what is wrong with it.
    pub fn take<T>(&mut self, pointer: &str, part: Result<T, Invalid>) -> Option<T> {
        part.map_err(|invalid| self.within(pointer, invalid)).ok()
    }

    /// Whether nothing was noted.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `value`, if nothing was noted.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Invalid> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Invalid(self.0)),
        }
    }
}
