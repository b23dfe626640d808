//! Identifiers: `UUIDv7` inside, a prefix that names the kind in text, sortable by time in both.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::clock::Clock;
use crate::rng::{RandomnessUnavailable, Rng};

/// A new `UUIDv7` (RFC 9562 §5.7) from a clock and a source of randomness.
pub fn new_uuid(clock: &dyn Clock, rng: &dyn Rng) -> Result<Uuid, RandomnessUnavailable> {
    let mut random = [0_u8; 10];
    rng.fill(&mut random)?;
    let millis = u64::try_from(clock.now().as_micros() / 1000).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// A text that is not an identifier of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind: it starts with `{prefix}` and goes on with 32 hexadecimal digits")]
pub struct InvalidId {
    /// What such an id starts with.
    pub prefix: &'static str,
}

macro_rules! prefixed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What the id starts with in text.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, later in order than those made in earlier milliseconds.
            pub fn generate(clock: &dyn Clock, rng: &dyn Rng) -> Result<Self, RandomnessUnavailable> {
                new_uuid(clock, rng).map(Self)
            }

            /// The id as a database holds it.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The id as a database holds it.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}{}", $prefix, self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Reads exactly what [`fmt::Display`] writes: an id has one spelling, so it can be compared as text.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let invalid = InvalidId { prefix: $prefix };
                let digits = text.strip_prefix($prefix).ok_or(invalid.clone())?;
                let lower = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                if digits.len() != 32 || !lower {
                    return Err(invalid);
                }
                Uuid::try_parse(digits).map(Self).map_err(|_| invalid)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

prefixed_id!(
    /// A tenant.
    TenantId, "ten_"
);
prefixed_id!(
    /// An account of the console.
    AccountId, "acc_"
);
prefixed_id!(
    /// An API key of a tenant.
    KeyId, "key_"
);
prefixed_id!(
    /// A mail.
    MailId, "mail_"
);
prefixed_id!(
    /// A personal access token of an account.
    TokenId, "pat_"
);
prefixed_id!(
    /// A collection; its table is named after it, so that renaming the collection touches no data.
    CollectionId, "col_"
);

prefixed_id!(
    /// A session of an account.
    AccountSessionId, "asn_"
);
prefixed_id!(
    /// An invitation to be a member of a tenant.
    TenantInvitationId, "inv_"
);
prefixed_id!(
    /// A session of a tenant's user.
    SessionId, "ses_"
);
prefixed_id!(
    /// A key that signs the tokens of a tenant's users.
    SigningKeyId, "sig_"
);
prefixed_id!(
    /// A factor of a tenant's user.
    FactorId, "fac_"
);
prefixed_id!(
    /// An entry of a tenant's audit log.
    AuditId, "aud_"
);
prefixed_id!(
    /// A secret that is good once, by which a code that was sent belongs to who asked for it.
    OneTimeId, "one_"
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::rng::SystemRng;

    #[test]
    fn an_id_has_one_spelling() {
        let id = TenantId::generate(&SystemClock, &SystemRng).unwrap();
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        assert!(text.to_uppercase().parse::<TenantId>().is_err());
        assert!(text.replace("ten_", "key_").parse::<TenantId>().is_err());
        assert!(id.as_uuid().to_string().parse::<TenantId>().is_err());
        assert!(format!("ten_{}", id.as_uuid()).parse::<TenantId>().is_err());
    }

    #[test]
    fn ids_are_version_7_and_sort_by_time() {
        struct At(i64);
        impl Clock for At {
            fn now(&self) -> crate::clock::Timestamp {
                crate::clock::Timestamp::from_micros(self.0).unwrap()
            }
        }
        let earlier = KeyId::generate(&At(1_000_000), &SystemRng).unwrap();
        let later = KeyId::generate(&At(1_001_000), &SystemRng).unwrap();
        assert_eq!(earlier.as_uuid().get_version_num(), 7);
        assert!(earlier < later && earlier.to_string() < later.to_string());
    }
}
