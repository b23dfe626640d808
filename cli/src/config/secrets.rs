//! The key that secrets at rest are encrypted with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::secret::Secret;
use super::setting::{Secrecy, Section, Setting, Unset};
use super::values::Values;

/// The key that secrets at rest are encrypted with.
#[derive(Debug, Clone)]
pub struct SecretsConfig {
    /// 256 bits; `None` where a key file in the data folder is used.
    pub master_key: Option<Secret<[u8; 32]>>,
}

const MASTER_KEY: Setting = Setting::new(
    "secrets.master_key",
    "NEONEX_MASTER_KEY",
    Unset::Means("a key file in the data folder, made at the first start"),
)
.secret(Secrecy::Whole)
.must_be("32 bytes in base64, such as `openssl rand -base64 32` makes")
.about("The key that secrets in the database are encrypted with. Losing it loses them.");

impl SecretsConfig {
    pub(super) const SECTION: Section =
        Section { name: "secrets", about: "Encryption of secrets at rest.", settings: &[&MASTER_KEY] };

    pub(super) fn read(values: &mut Values<'_>) -> Self {
        Self { master_key: values.get(&MASTER_KEY, master_key) }
    }
}

fn master_key(text: &str) -> Option<Secret<[u8; 32]>> {
    STANDARD.decode(text).ok()?.try_into().ok().map(Secret::new)
}
