//! Randomness.

/// Random bytes; `None` where the system has none to give.
#[expect(
    clippy::disallowed_methods,
    reason = "a client's randomness: the server's source is none of its parts"
)]
pub(crate) fn bytes<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).ok().map(|()| bytes)
}

/// A key that nobody else uses; `None` where there is no randomness.
pub(crate) fn key() -> Option<String> {
    bytes().map(|bytes| uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
}
