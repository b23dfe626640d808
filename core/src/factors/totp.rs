//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, 30 seconds, for that is all that every app agrees on.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qrcodegen::{QrCode, QrCodeEcc};
use totp_rs::{Builder, Secret};

use super::FactorError;
use crate::clock::Timestamp;
use crate::rng::{RandomnessUnavailable, Rng};

/// As many bytes as the hash function gives (RFC 4226 §4).
const SECRET_LENGTH: usize = 20;
const STEP_SECONDS: u64 = 30;
/// Steps before and after the present one whose code is taken: a clock is a little wrong, and typing takes a while.
const SKEW: u16 = 1;
/// Characters of a name in an app's list; more would not be shown, and makes the picture hard to read.
const LONGEST_NAME: usize = 100;

/// What makes one-time passwords.
pub struct Totp([u8; SECRET_LENGTH]);

/// What somebody's app learns, once.
#[derive(Clone)]
pub struct Enrolment {
    /// The secret in base32, to be typed.
    pub secret: String,
    /// The same with all that belongs to it, as apps read it.
    pub otpauth_url: String,
    /// The address as a picture to be scanned: an SVG as a `data:` URL.
    pub qr: String,
}

impl Totp {
    /// A new secret.
    pub fn generate(rng: &dyn Rng) -> Result<Self, RandomnessUnavailable> {
        let mut secret = [0; SECRET_LENGTH];
        rng.fill(&mut secret)?;
        Ok(Self(secret))
    }

    /// The one that was made before. `None` where it is not of the length that they are made with.
    pub fn from_secret(secret: &[u8]) -> Option<Self> {
        secret.try_into().map(Self).ok()
    }

    /// The secret itself, to be sealed.
    pub const fn secret(&self) -> &[u8] {
        &self.0
    }

    /// What an app learns of it; `issuer` and `account` are how the app names it.
    pub fn enrolment(&self, issuer: &str, account: &str) -> Result<Enrolment, FactorError> {
        // The one character that the format gives a meaning.
        let name = |text: &str| text.replace(':', " ").chars().take(LONGEST_NAME).collect::<String>();
        let totp = self.builder().with_account_name(name(account)).with_issuer(Some(name(issuer)));
        let totp = totp.build().map_err(FactorError::Totp)?;
        let otpauth_url = totp.to_url().map_err(FactorError::Totp)?;
        let picture = QrCode::encode_text(&otpauth_url, QrCodeEcc::Medium).map_err(FactorError::Picture)?;
        let qr = format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg(&picture)));
        Ok(Enrolment { secret: totp.secret().to_base32(), otpauth_url, qr })
    }

    /// The step that the code is of, if it is of one about now. A code is good once: whoever asks must have seen no
    /// later step, nor this one.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Result<Option<i64>, FactorError> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let plain = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let now = u64::try_from(now.as_micros() / 1_000_000).ok().filter(|_| plain);
        let Some(now) = now else { return Ok(None) };
        let totp = self.builder().build().map_err(FactorError::Totp)?;
        Ok(totp.check(&digits, now).and_then(|step| i64::try_from(step).ok()))
    }

    fn builder(&self) -> Builder {
        let secret = Secret::new_stack(self.0);
        Builder::new().with_secret(secret).with_step_duration(STEP_SECONDS).with_skew(SKEW)
    }
}

/// Black squares on white, with the margin that the standard asks for.
fn svg(code: &QrCode) -> String {
    const MARGIN: i32 = 4;
    let size = code.size();
    let dark = (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(|&(x, y)| code.get_module(x, y));
    let mut path = String::new();
    for (x, y) in dark {
        // Text takes whatever is written to it.
        let _ = write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
    }
    let whole = size + 2 * MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{whole}v{whole}H0z\"/><path d=\"{path}\"/></svg>"
    )
}

impl std::fmt::Debug for Totp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Totp(…)")
    }
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Enrolment(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SystemRng;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    /// RFC 6238, appendix B, in the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let totp = Totp(*b"12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp.step_of(code, at(seconds)).unwrap(), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_of_its_step_and_taken_one_step_before_and_after() {
        let totp = Totp(*b"12345678901234567890");
        let step = 1_234_567_890 / 30;
        for (offset, taken) in [(-60, false), (-30, true), (0, true), (29, true), (30, true), (60, false)] {
            let found = totp.step_of("005924", at(step * 30 + offset)).unwrap();
            assert_eq!(found, taken.then_some(step), "{offset}");
        }
        for wrong in ["", "05924", "0059245", "００５９２４", "-05924", "5924", "+05924"] {
            assert_eq!(totp.step_of(wrong, at(step * 30)).unwrap(), None, "{wrong}");
        }
        assert_eq!(totp.step_of("005 924", at(step * 30)).unwrap(), Some(step));
    }

    #[test]
    fn an_app_learns_what_it_needs() {
        let totp = Totp(*b"12345678901234567890");
        let learnt = totp.enrolment("Acme: notes", "ann@example.com").unwrap();
        assert_eq!(learnt.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let expected = "otpauth://totp/Acme%20%20notes:ann%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20%20notes";
        assert_eq!(learnt.otpauth_url, expected);
        let picture = STANDARD.decode(learnt.qr.strip_prefix("data:image/svg+xml;base64,").unwrap()).unwrap();
        // A corner of the finder pattern, past the margin.
        assert!(String::from_utf8(picture).unwrap().contains("<path d=\"M4 4h1v1h-1zM5 4h1v1h-1z"));
        assert!(!format!("{totp:?}{learnt:?}").contains("GEZ"));
    }

    #[test]
    fn a_secret_reads_back() {
        let totp = Totp::generate(&SystemRng).unwrap();
        assert_eq!(Totp::from_secret(totp.secret()).unwrap().0, totp.0);
        assert!(Totp::from_secret(b"short").is_none());
    }
}
