//! What a tenant is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::audit::AuditRetention;
use crate::clock::Timestamp;
use crate::ids::TenantId;
use crate::invalid::{Findings, Invalid};
use crate::store::StoreError;
use crate::store::entities::tenants;
use crate::version::ETag;

/// A tenant's name in addresses: 2 to 63 lower-case letters, digits and inner hyphens, so that it fits a host name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Slug {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let inner = text.bytes().all(|byte| plain(byte) || byte == b'-');
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        let ends = text.bytes().last().is_some_and(plain);
        if inner && begins && ends && (2..=63).contains(&text.len()) {
            return Ok(Self(text));
        }
        let message = format!(
            "`{text}` is no slug: it has 2 to 63 lower-case letters, digits and hyphens, begins with a letter and \
             does not end with a hyphen"
        );
        Err(Invalid::one("", "invalid_slug", message))
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A tenant's settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Origins whose pages may call the API; `*` stands for all. Empty: none but pages of the same origin.
    pub cors_origins: Vec<String>,
    /// From how many milliseconds on its queries count as slow; as the server has it where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_query_ms: Option<u32>,
    /// How long the entries of its audit log are kept.
    #[serde(skip_serializing_if = "AuditRetention::is_default")]
    pub audit: AuditRetention,
}

impl Settings {
    /// Whether a page of `origin` may call the API.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.cors_origins.iter().any(|allowed| allowed == "*" || allowed == origin)
    }

    /// Whether `origin` is one of those that are named. That all may call names none.
    pub fn names_origin(&self, origin: &str) -> bool {
        origin != "*" && self.cors_origins.iter().any(|named| named == origin)
    }

    fn check(&self, findings: &mut Findings) {
        if self.cors_origins.len() > 100 {
            findings.add("/settings/cors_origins", "too_many", "at most 100 origins can be named");
        }
        findings.take("/settings/audit", self.audit.check());
        for (at, origin) in self.cors_origins.iter().enumerate() {
            let exact = url::Url::parse(origin)
                .is_ok_and(|url| url.origin().is_tuple() && url.origin().ascii_serialization() == *origin);
            if origin != "*" && !exact {
                let message =
                    format!("`{origin}` is no origin: write `https://app.example.com`, or `*` for all");
                findings.add(format!("/settings/cors_origins/{at}"), "invalid_origin", message);
            }
        }
    }
}

/// Whether a tenant works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TenantStatus {
    /// It does.
    Active,
    /// An operator has stopped it; its data stays.
    Suspended,
    /// It is deleted, which can be undone until then.
    Deleting {
        /// When its data goes.
        after: Timestamp,
    },
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// Its settings.
    pub settings: Settings,
    /// Whether it works.
    pub status: TenantStatus,
    /// Counts changes of its schema, keys and settings.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Tenant {
    /// Its version for clients. [`Tenant::version`] counts more than they see.
    pub fn etag(&self) -> ETag {
        ETag::of(&(&self.slug, &self.name, &self.settings, self.status, self.updated_at))
    }
}

impl TryFrom<tenants::Model> for Tenant {
    type Error = StoreError;

    fn try_from(row: tenants::Model) -> Result<Self, StoreError> {
        let time =
            |micros| Timestamp::from_micros(micros).ok_or(StoreError::Column { column: 0, wanted: "a time" });
        let status = match (row.delete_after, row.suspended_at) {
            (Some(after), _) => TenantStatus::Deleting { after: time(after)? },
            (None, Some(_)) => TenantStatus::Suspended,
            (None, None) => TenantStatus::Active,
        };
        Ok(Self {
            id: TenantId::from_uuid(row.id),
            slug: Slug(row.slug),
            name: row.name,
            settings: serde_json::from_str(&row.settings).map_err(|error| StoreError::Fault(error.into()))?,
            status,
            version: row.version,
            created_at: time(row.created_at)?,
            updated_at: time(row.updated_at)?,
        })
    }
}

/// What a new tenant is to be.
#[derive(Debug, Clone)]
pub struct NewTenant {
    pub(super) slug: Slug,
    pub(super) name: String,
    pub(super) settings: Settings,
}

impl NewTenant {
    /// Reads what was sent, and says of each part what is wrong with it.
    pub fn parse(slug: String, name: String, settings: Settings) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let slug = findings.take("/slug", Slug::try_from(slug));
        let name = findings.take("/name", display_name(name));
        settings.check(&mut findings);
        findings.finish(slug.zip(name).map(|(slug, name)| Self { slug, name, settings }))
    }
}

/// What is to change of a tenant; `None` leaves it.
#[derive(Debug, Clone, Default)]
pub struct TenantPatch {
    pub(super) slug: Option<Slug>,
    pub(super) name: Option<String>,
    pub(super) settings: Option<Settings>,
}

impl TenantPatch {
    /// Reads what was sent, and says of each part what is wrong with it.
    pub fn parse(
        slug: Option<String>,
        name: Option<String>,
        settings: Option<Settings>,
    ) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let slug = slug.and_then(|slug| findings.take("/slug", Slug::try_from(slug)));
        let name = name.and_then(|name| findings.take("/name", display_name(name)));
        if let Some(settings) = &settings {
            settings.check(&mut findings);
        }
        findings.finish(Some(Self { slug, name, settings }))
    }
}

/// A name for people: 1 to 100 characters, without control characters.
pub(crate) fn display_name(text: String) -> Result<String, Invalid> {
    let length = text.chars().count();
    if (1..=100).contains(&length) && !text.chars().any(char::is_control) && !text.trim().is_empty() {
        return Ok(text);
    }
    Err(Invalid::one("", "invalid_name", "a name has 1 to 100 characters, none of them control characters"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_fit_host_names() {
        for good in ["ab", "acme", "a-1", &"a".repeat(63)] {
            assert!(Slug::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "a", "-a", "a-", "Acme", "a_b", "1a", "a.b", "é1", &"a".repeat(64)] {
            assert!(Slug::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn origins_are_exact() {
        let settings =
            |origin: &str| Settings { cors_origins: vec![origin.to_owned()], ..Settings::default() };
        let parse = |origin| NewTenant::parse("acme".into(), "Acme".into(), settings(origin));
        for good in ["*", "https://app.example.com", "http://localhost:3000"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["https://app.example.com/", "app.example.com", "https://x:443", "null", "file:///x"] {
            assert_eq!(parse(bad).unwrap_err().details()[0].pointer, "/settings/cors_origins/0", "{bad}");
        }
        assert!(settings("https://a.example").allows_origin("https://a.example"));
        assert!(!settings("https://a.example").allows_origin("https://a.example.evil"));
    }

    #[test]
    fn every_fault_of_a_new_tenant_is_named() {
        let refused = NewTenant::parse("A".into(), " ".into(), Settings::default()).unwrap_err();
        let places: Vec<_> = refused.details().iter().map(|detail| detail.pointer.as_str()).collect();
        assert_eq!(places, ["/slug", "/name"]);
    }
}
