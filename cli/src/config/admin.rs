//! The first operator, where nobody is there to follow a setup link.

use std::path::PathBuf;

use super::setting::{Section, Setting, Unset};
use super::values::Values;

/// The first operator of an unattended installation.
#[derive(Debug, Clone)]
pub struct AdminConfig {
    /// Who it is; `None` where the operator is made by the setup link.
    pub operator: Option<FirstOperator>,
}

/// An operator to make at the first start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstOperator {
    /// The e-mail address, as typed.
    pub email: String,
    /// The file that holds the password. It may be gone after the first start.
    pub password_file: PathBuf,
}

const EMAIL: Setting =
    Setting::new("admin.email", "NEONEX_ADMIN_EMAIL", Unset::Means("the first start prints a setup link"))
        .must_be("an e-mail address")
        .about("The first operator's address. Goes with the password file.");
const PASSWORD_FILE: Setting = Setting::new(
    "admin.password_file",
    "NEONEX_ADMIN_PASSWORD_FILE",
    Unset::Means("the first start prints a setup link"),
)
.must_be("the path of a file")
.about(
    "A file with the first operator's password, read at the first start only. There is no setting for the \
     password itself: environments and configuration files get around.",
);

impl AdminConfig {
    pub(super) const SECTION: Section = Section {
        name: "admin",
        about: "The first operator of an unattended installation.",
        settings: &[&EMAIL, &PASSWORD_FILE],
    };

    pub(super) fn read(values: &mut Values<'_>) -> Self {
        let email = values.get(&EMAIL, address);
        let password_file =
            values.get(&PASSWORD_FILE, |path| (!path.is_empty()).then(|| PathBuf::from(path)));
        let config = Self {
            operator: email
                .zip(password_file)
                .map(|(email, password_file)| FirstOperator { email, password_file }),
        };
        Self::validate(values);
        config
    }

    /// One without the other makes nobody, which whoever set it would learn too late.
    fn validate(values: &mut Values<'_>) {
        match (values.is_set(&EMAIL), values.is_set(&PASSWORD_FILE)) {
            (true, false) => {
                values.refuse(&EMAIL, "must go with `admin.password_file` (`NEONEX_ADMIN_PASSWORD_FILE`)");
            }
            (false, true) => {
                values.refuse(&PASSWORD_FILE, "must go with `admin.email` (`NEONEX_ADMIN_EMAIL`)");
            }
            (true, true) | (false, false) => {}
        }
    }
}

/// Catches what is no address at all; the account that is made of it checks in full.
fn address(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let whole = !local.is_empty() && !domain.is_empty() && !text.contains(char::is_whitespace);
    whole.then(|| text.to_owned())
}
