//! What is known of a user's factors.

use std::fmt;

use crate::clock::Timestamp;
use crate::ids::FactorId;
use crate::store::entities::factors::Model;

/// What a factor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorKind {
    /// An app that shows one-time passwords.
    Totp,
    /// A key that signs, in a device or kept by one.
    Passkey,
}

impl FactorKind {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
        }
    }

    pub(super) fn of(name: &str) -> Self {
        if name == Self::Totp.name() { Self::Totp } else { Self::Passkey }
    }
}

/// A factor of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Its id.
    pub id: FactorId,
    /// What it is.
    pub kind: FactorKind,
    /// What its user calls it.
    pub name: String,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was shown to work; until then nobody is asked for it.
    pub confirmed_at: Option<Timestamp>,
    /// When it was last shown.
    pub last_used_at: Option<Timestamp>,
}

/// What a user can show beside a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factors {
    /// Their factors, oldest first.
    pub items: Vec<Factor>,
    /// Recovery codes that they have not used.
    pub recovery_codes_left: usize,
}

/// A sign-in that waits for a second factor.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactorNeeded {
    /// Under what the second factor is shown, or set up.
    pub token: String,
    /// What can be shown, or set up.
    pub methods: Vec<&'static str>,
    /// Seconds for which the sign-in waits.
    pub expires_in: u32,
    /// Whether the user has no second factor yet, and has to set one up.
    pub enrolment: bool,
}

impl fmt::Debug for SecondFactorNeeded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SecondFactorNeeded({})", self.methods.join(" "))
    }
}

impl From<Model> for Factor {
    fn from(row: Model) -> Self {
        let time = |micros| Timestamp::from_micros(micros).unwrap_or(Timestamp::MIN);
        Self {
            id: FactorId::from_uuid(row.id),
            kind: FactorKind::of(&row.kind),
            name: row.name,
            created_at: time(row.created_at),
            confirmed_at: row.confirmed_at.map(time),
            last_used_at: row.last_used_at.map(time),
        }
    }
}
