//! Randomness, and where it comes from.

/// A source of random bytes fit for keys. Tests hold a seeded one.
pub trait Rng: Send + Sync + 'static {
    /// Fills `bytes`, or says that the source has failed; nothing may be made from a buffer that was not filled.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessUnavailable>;
}

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct RandomnessUnavailable(#[source] getrandom::Error);

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

impl Rng for SystemRng {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where ambient randomness is read")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessUnavailable> {
        getrandom::fill(bytes).map_err(RandomnessUnavailable)
    }
}
