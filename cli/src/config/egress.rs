//! Where the platform's own requests may go.

use neonex_core::egress::Allowed;

use super::parse;
use super::setting::{Form, Section, Setting, Unset};
use super::values::Values;

/// Where the platform's own requests may go.
#[derive(Debug, Clone, Default)]
pub struct EgressConfig {
    /// Hosts that are called wherever they are.
    pub allowed: Allowed,
}

const ALLOW: Setting = Setting::new(
    "egress.allow",
    "NEONEX_EGRESS_ALLOW",
    Unset::Means("nothing but public addresses is called, by HTTPS alone"),
)
.form(Form::List)
.must_be("a list of hosts, such as `idp.internal` or `10.0.0.5:8443`")
.about(
    "Hosts, with or without a port, that are called although they are in a private network or speak plain HTTP: \
     tenants choose which providers of sign-in are asked, and reach through the server what is named here.",
);

impl EgressConfig {
    pub(super) const SECTION: Section =
        Section { name: "egress", about: "Where the server's own requests may go.", settings: &[&ALLOW] };

    pub(super) fn read(values: &mut Values<'_>) -> Self {
        let allowed = values.get(&ALLOW, |text| parse::list(text, Allowed::parse));
        Self { allowed: allowed.unwrap_or_default().into_iter().collect() }
    }
}
