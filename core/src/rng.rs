//! Randomness, and where it comes from.

use std::cell::RefCell;

/// A source of random bytes fit for keys. Tests hold a seeded one.
pub trait Rng: Send + Sync + 'static {
    /// Fills `bytes`, or says that the source has failed; nothing may be made from a buffer that was not filled.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessUnavailable>;
}

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct RandomnessUnavailable(#[source] getrandom::Error);

/// The operating system's generator, asked for some bytes ahead: an id takes ten of them, and a system call for each
/// is felt on the path of a write.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

const AHEAD: usize = 512;

thread_local! {
    /// Bytes that nobody has had yet.
    static POOL: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessUnavailable> {
        POOL.with_borrow_mut(|pool| {
            if pool.len() < bytes.len() {
                pool.resize(AHEAD.max(bytes.len()), 0);
                if let Err(error) = ask(pool) {
                    pool.clear();
                    return Err(error);
                }
            }
            // Taken from the end and wiped, so that what became a key is in one place only.
            let given = pool.len() - bytes.len();
            if let Some(taken) = pool.get_mut(given..) {
                bytes.copy_from_slice(taken);
                taken.fill(0);
            }
            pool.truncate(given);
            Ok(())
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place where ambient randomness is read")]
fn ask(bytes: &mut [u8]) -> Result<(), RandomnessUnavailable> {
    getrandom::fill(bytes).map_err(RandomnessUnavailable)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_bytes_are_given_twice() {
        let draw = |_| {
            let mut bytes = [0; 10];
            SystemRng.fill(&mut bytes).unwrap();
            bytes
        };
        let drawn: HashSet<[u8; 10]> = (0..1_000).map(draw).collect();
        assert_eq!(drawn.len(), 1_000);
    }

    #[test]
    fn more_than_the_pool_holds_is_filled_whole() {
        let mut bytes = [0; AHEAD * 3];
        SystemRng.fill(&mut bytes).unwrap();
        assert!(bytes.chunks(64).all(|chunk| chunk.iter().any(|byte| *byte != 0)));
    }
}
