//! Why an expression is refused, in words for the client who wrote it.

/// An expression that does not parse, does not type-check or has no SQL.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message} (at character {offset})")]
pub struct ExprError {
    /// What is wrong and, where known, what to write instead.
    pub message: String,
    /// Where it is wrong: characters (not bytes) from the start of the source.
    pub offset: usize,
}

impl ExprError {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), offset }
    }
}
