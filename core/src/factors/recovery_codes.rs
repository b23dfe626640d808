//! Recovery codes: what is written down for the day on which a telephone is lost. Each is good once.
//!
//! A code is 80 random bits, so a plain hash of it gives nothing away, and nobody guesses one.

use sha2::{Digest as _, Sha256};

use crate::rng::{RandomnessUnavailable, Rng};

/// How many there are in a set.
const COUNT: usize = 10;
const LENGTH: usize = 16;
/// Crockford's base32, in which nothing looks like anything else.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A new set.
pub struct RecoveryCodes(Vec<RecoveryCode>);

/// One code, without the lines between its parts.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCodes {
    /// A new set.
    pub fn generate(rng: &dyn Rng) -> Result<Self, RandomnessUnavailable> {
        let code = |_| {
            let mut bytes = [0; LENGTH];
            rng.fill(&mut bytes)?;
            // 256 is a multiple of 32: every letter comes up as often as the others.
            let letters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
            Ok(RecoveryCode(letters.map(|&letter| char::from(letter)).collect()))
        };
        (0..COUNT).map(code).collect::<Result<_, _>>().map(Self)
    }

    /// What is stored.
    pub fn digests(&self) -> impl Iterator<Item = [u8; 32]> {
        self.0.iter().map(RecoveryCode::digest)
    }

    /// What is shown, once.
    pub fn reveal(&self) -> Vec<String> {
        self.0.iter().map(RecoveryCode::reveal).collect()
    }
}

impl RecoveryCode {
    /// Reads what somebody has typed, in any case, with or without lines, and with what is taken for another letter.
    /// `None` where it has not the shape of one.
    pub fn parse(text: &str) -> Option<Self> {
        let letters = text.chars().filter(|c| !matches!(c, '-' | ' '));
        let letter = |c: char| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        };
        let code: String = letters.take(LENGTH + 1).map(letter).collect();
        let known = code.bytes().all(|byte| ALPHABET.contains(&byte));
        (code.len() == LENGTH && known).then_some(Self(code))
    }

    /// What is stored of it.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    fn reveal(&self) -> String {
        let parts = self.0.as_bytes().chunks(4).map(String::from_utf8_lossy);
        parts.collect::<Vec<_>>().join("-")
    }
}

impl std::fmt::Debug for RecoveryCodes {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RecoveryCodes(…)")
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SystemRng;

    #[test]
    fn a_code_is_read_as_it_is_shown_and_as_people_type_it() {
        let codes = RecoveryCodes::generate(&SystemRng).unwrap();
        let shown = codes.reveal();
        assert_eq!((shown.len(), shown[0].len()), (10, 19));
        for (code, shown) in codes.0.iter().zip(&shown) {
            let typed = shown.replace('-', " ").to_uppercase().replace('0', "O").replace('1', "l");
            assert_eq!(RecoveryCode::parse(&typed).as_ref(), Some(code), "{typed}");
        }
        let mut digests: Vec<_> = codes.digests().collect();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), 10);
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let whole = "0123-4567-89ab-cdef";
        assert!(RecoveryCode::parse(whole).is_some());
        for wrong in
            ["", "0123-4567-89ab-cde", "0123-4567-89ab-cdef0", "0123-4567-89ab-cdeu", "0123-4567-89ab-cdé"]
        {
            assert!(RecoveryCode::parse(wrong).is_none(), "{wrong}");
        }
        assert!(!format!("{:?}", RecoveryCode::parse(whole)).contains("0123"));
    }
}
