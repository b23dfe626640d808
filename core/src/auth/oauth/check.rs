//! Whether a provider can be relied on, before users find out.

use serde_json::Value;

use super::endpoints::Metadata;
use super::error::OAuthError;
use super::id_token::is_taken;
use super::provider::Provider;
use crate::access::{AuthWrite, Permit, TenantScope};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub message: String,
}

impl Check {
    fn new(name: &'static str, found: Result<String, String>) -> Self {
        let ok = found.is_ok();
        Self { name, ok, message: found.unwrap_or_else(|wrong| wrong) }
    }
}

impl TenantScope {
    /// Looks at what can be known of a provider without signing anybody in. That the secret is right only the provider
    /// knows, and only when it is used.
    pub async fn test_auth_provider(
        &self,
        _: &Permit<AuthWrite>,
        name: &str,
    ) -> Result<Vec<Check>, OAuthError> {
        let provider = self.provider(name).await?;
        let callback = self.callback(&provider.name).map(|url| format!("browsers come back to {url}"));
        let mut checks =
            vec![Check::new("callback", callback.ok_or_else(|| OAuthError::NoPublicUrl.to_string()))];
        if provider.preset.is_oidc() {
            self.test_issuer(&provider, &mut checks).await;
        } else {
            self.test_addresses(&provider, &mut checks).await;
        }
        Ok(checks)
    }

    async fn test_issuer(&self, provider: &Provider, checks: &mut Vec<Check>) {
        // Now, for what was wrong a moment ago is what somebody has just mended.
        let metadata = match self.metadata(provider, 0).await {
            Ok(metadata) => metadata,
            Err(error) => return checks.push(Check::new("discovery", Err(error.to_string()))),
        };
        checks.push(Check::new("discovery", Ok("the issuer says where things are".to_owned())));
        checks.extend(metadata.checks());
        let keys = self.document(metadata.keys(), 0).await;
        checks
            .push(Check::new("keys", keys.map_err(|error| error.to_string()).and_then(|keys| count(&keys))));
    }

    async fn test_addresses(&self, provider: &Provider, checks: &mut Vec<Check>) {
        let found = match self.endpoints(provider).await {
            Ok(endpoints) => {
                let egress = self.platform().egress();
                let mut addresses = std::iter::once(&endpoints.token).chain(&endpoints.userinfo);
                let refused = addresses.find_map(|url| egress.check(url).err());
                refused.map_or(Ok("addresses can be called".to_owned()), |error| Err(error.to_string()))
            }
            Err(error) => Err(error.to_string()),
        };
        checks.push(Check::new("addresses", found));
    }
}

impl Metadata {
    fn checks(&self) -> Vec<Check> {
        let code = self.response_types_supported.iter().any(|kind| kind == "code");
        let algorithms = &self.id_token_signing_alg_values_supported;
        let taken = algorithms.iter().filter(|name| is_taken(name)).cloned().collect::<Vec<_>>().join(", ");
        let pkce = self.code_challenge_methods_supported.iter().any(|method| method == "S256");
        let said = |ok: bool, right: &str, wrong: &str| {
            if ok { Ok(right.to_owned()) } else { Err(wrong.to_owned()) }
        };
        vec![
            Check::new("flow", said(code, "codes are given", "the issuer does not say that it gives codes")),
            Check::new(
                "algorithms",
                said(
                    !taken.is_empty(),
                    &format!("signed with {taken}"),
                    "the issuer signs with none of RS256, PS256, ES256, EdDSA",
                ),
            ),
            // One that does not know it passes over it: nothing is lost but a second defence.
            Check::new(
                "pkce",
                Ok(if pkce {
                    "codes are bound to us"
                } else {
                    "the issuer does not say that it binds codes"
                }
                .to_owned()),
            ),
        ]
    }
}

fn count(keys: &Value) -> Result<String, String> {
    match keys.get("keys").and_then(Value::as_array).map_or(0, Vec::len) {
        0 => Err("the issuer publishes no keys".to_owned()),
        count => Ok(format!("{count} keys")),
    }
}
