//! Refresh tokens: opaque to clients, good once.
//!
//! A token is `nx_ref_` and in base64url the tenant's id, the session's, a counter, and an HMAC-SHA256 over these
//! under a secret of the session. So one that was given out can be told for ever from one that was made up: the one
//! that was used already says that somebody else has it, the other says nothing. A database holds neither tokens nor,
//! unsealed, what they are made with.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::ids::{SessionId, TenantId};

const PREFIX: &str = "nx_ref_";
const SIGNED: usize = 16 + 16 + 8;
const LENGTH: usize = SIGNED + 32;

/// A refresh token.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    signed: [u8; SIGNED],
    tag: [u8; 32],
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "RefreshToken({} {} …)", self.session(), self.counter())
    }
}

impl RefreshToken {
    pub(super) fn new(tenant: TenantId, session: SessionId, counter: i64, secret: &[u8]) -> Self {
        let (tenant, session) = (tenant.as_uuid().into_bytes(), session.as_uuid().into_bytes());
        let parts = tenant.into_iter().chain(session).chain(counter.to_be_bytes());
        let mut signed = [0; SIGNED];
        signed.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        let made = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), &signed);
        let mut tag = [0; 32];
        tag.iter_mut().zip(made.as_ref()).for_each(|(to, from)| *to = *from);
        Self { signed, tag }
    }

    /// Reads what a client presents. `None` where it has not the shape of one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        let bytes: [u8; LENGTH] = bytes.try_into().ok()?;
        let (signed, tag) = bytes.split_first_chunk::<SIGNED>()?;
        Some(Self { signed: *signed, tag: tag.try_into().ok()? })
    }

    /// The whole, for the client alone.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode([&self.signed[..], &self.tag].concat()))
    }

    /// The tenant that it names.
    pub fn tenant(&self) -> TenantId {
        TenantId::from_uuid(self.uuid(0))
    }

    /// The session that it names.
    pub(super) fn session(&self) -> SessionId {
        SessionId::from_uuid(self.uuid(16))
    }

    pub(super) fn counter(&self) -> i64 {
        self.signed.last_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
    }

    /// Whether it was given out by the session of that secret. The comparison takes as long whatever the tag.
    pub(super) fn is_of(&self, secret: &[u8]) -> bool {
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, secret), &self.signed, &self.tag).is_ok()
    }

    fn uuid(&self, at: usize) -> Uuid {
        let bytes = self.signed.get(at..).and_then(|rest| rest.first_chunk::<16>());
        bytes.map_or(Uuid::nil(), |bytes| Uuid::from_bytes(*bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(counter: i64) -> RefreshToken {
        let session = SessionId::from_uuid(Uuid::from_u128(2));
        RefreshToken::new(TenantId::from_uuid(Uuid::from_u128(1)), session, counter, b"secret")
    }

    #[test]
    fn a_token_reads_back_and_belongs_to_its_session_alone() {
        let made = token(3);
        let read = RefreshToken::parse(&made.reveal()).unwrap();
        assert_eq!(read, made);
        assert_eq!((read.tenant().as_uuid(), read.counter()), (Uuid::from_u128(1), 3));
        assert_eq!(read.session().as_uuid(), Uuid::from_u128(2));
        assert!(read.is_of(b"secret") && !read.is_of(b"another"));
    }

    #[test]
    fn what_was_changed_or_cut_is_none_of_the_session() {
        let text = token(3).reveal();
        assert!(!RefreshToken { tag: token(3).tag, ..token(4) }.is_of(b"secret"));
        for cut in 0..text.len() {
            assert!(RefreshToken::parse(&text[..cut]).is_none(), "{cut}");
        }
        assert!(RefreshToken::parse(&format!("{text}AA")).is_none());
    }

    #[test]
    fn debug_output_hides_the_tag() {
        let shown = format!("{:?}", token(3));
        assert!(shown.ends_with("…)") && !shown.contains(&token(3).reveal()[60..]), "{shown}");
    }
}
