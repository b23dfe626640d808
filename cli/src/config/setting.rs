//! What a setting is. The one table of them is made of these; errors, `config show` and the reference read it.

use url::Url;

/// What stands in place of a secret.
pub const MASK: &str = "********";

/// One thing that can be configured.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its place in the configuration file: `section.name`.
    pub key: &'static str,
    /// Its environment variable.
    pub variable: &'static str,
    /// The command line flag that sets it, where there is one.
    pub flag: Option<&'static str>,
    /// How it is written in the configuration file.
    pub form: Form,
    /// What holds when nobody sets it.
    pub default: Unset,
    /// How much of it may be shown. What is secret can also be read from a file (`NEONEX_…_FILE`).
    pub secrecy: Secrecy,
    /// What a value must be, to complete "must be …".
    pub must_be: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// How a value is written in TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// In quotes.
    Text,
    /// Bare digits.
    Number,
    /// An array of texts; separated by commas in the environment.
    List,
}

/// What holds for a setting that nobody sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unset {
    /// This value.
    Value(&'static str),
    /// No value, which has this effect.
    Means(&'static str),
}

/// How much of a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    /// All of it.
    Open,
    /// A URL without its password and parameters.
    Url,
    /// Nothing.
    Whole,
}

impl Setting {
    /// A setting of open text without a flag.
    pub(super) const fn new(key: &'static str, variable: &'static str, default: Unset) -> Self {
        Self {
            key,
            variable,
            flag: None,
            form: Form::Text,
            default,
            secrecy: Secrecy::Open,
            must_be: "",
            about: "",
        }
    }

    pub(super) const fn flag(mut self, flag: &'static str) -> Self {
        self.flag = Some(flag);
        self
    }

    pub(super) const fn form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    pub(super) const fn secret(mut self, secrecy: Secrecy) -> Self {
        self.secrecy = secrecy;
        self
    }

    pub(super) const fn must_be(mut self, must_be: &'static str) -> Self {
        self.must_be = must_be;
        self
    }

    pub(super) const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// The variable that names a file holding the value, for what should not lie in the environment.
    pub fn file_variable(&self) -> Option<String> {
        (self.secrecy != Secrecy::Open).then(|| format!("{}_FILE", self.variable))
    }

    /// `value` as it may be shown. A URL may carry a password where none belongs.
    pub fn masked(&self, value: &str) -> String {
        match self.secrecy {
            Secrecy::Open if value.contains("://") && value.contains('@') => mask_url(value),
            Secrecy::Open => value.to_owned(),
            Secrecy::Url => mask_url(value),
            Secrecy::Whole => MASK.to_owned(),
        }
    }
}

/// A group of settings: a table of the configuration file.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The table's name.
    pub name: &'static str,
    /// What the settings have in common.
    pub about: &'static str,
    /// The settings.
    pub settings: &'static [&'static Setting],
}

/// A URL with scheme, user, host and path, so that one knows which server it is, and nothing that opens it. A user
/// without a password may be a token, and a parameter a password: neither is shown.
fn mask_url(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else { return MASK.to_owned() };
    if url.cannot_be_a_base() || url.host_str().is_none_or(str::is_empty) {
        return MASK.to_owned();
    }
    let hidden = if url.password().is_some() {
        url.set_password(Some(MASK))
    } else if url.username().is_empty() {
        Ok(())
    } else {
        url.set_username(MASK)
    };
    if hidden.is_err() {
        return MASK.to_owned();
    }
    if url.query().is_some() {
        url.set_query(Some(MASK));
    }
    if url.fragment().is_some() {
        url.set_fragment(Some(MASK));
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_url_names_the_server_and_opens_nothing() {
        let shown = |url| mask_url(url).replace("%2A", "*");
        assert_eq!(shown("postgres://app:hunter2@db:5432/neonex"), "postgres://app:********@db:5432/neonex");
        assert_eq!(shown("redis://:hunter2@cache/1"), "redis://:********@cache/1");
        assert_eq!(shown("redis://hunter2@cache/1"), "redis://********@cache/1");
        assert_eq!(shown("postgres://db/neonex?password=hunter2"), "postgres://db/neonex?********");
        assert_eq!(shown("postgres://db/neonex#hunter2"), "postgres://db/neonex#********");
        assert_eq!(shown("postgres://app:hunter2@/neonex"), "********");
        assert_eq!(shown("mailto:hunter2"), "********");
        assert_eq!(shown("hunter2"), "********");
    }
}
