//! Where a provider is asked: what is known of its kind, what the tenant has written, or what the issuer says itself
//! (OpenID Connect Discovery 1.0).

use serde::Deserialize;
use url::Url;

use super::documents::KEPT_SECONDS;
use super::error::OAuthError;
use super::presets::{ClientAuth, Protocol};
use super::provider::Provider;
use crate::access::TenantScope;

/// Where a provider is asked.
#[derive(Debug, Clone)]
pub(super) struct Endpoints {
    pub(super) authorize: Url,
    pub(super) token: Url,
    pub(super) userinfo: Option<Url>,
    pub(super) auth: ClientAuth,
    /// Who signs; `None` where nobody does.
    pub(super) issuer: Option<Issuer>,
}

/// Who signs.
#[derive(Debug, Clone)]
pub(super) struct Issuer {
    /// Its name. `{tenantid}` in it stands for the claim `tid`: Microsoft's, which has an issuer for each directory.
    pub(super) name: String,
    pub(super) keys: Url,
    /// Whether it names itself when it sends a browser back (RFC 9207).
    pub(super) names_itself: bool,
}

/// What an issuer says of itself, as far as it is looked at.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    userinfo_endpoint: Option<Url>,
    jwks_uri: Url,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    pub(super) id_token_signing_alg_values_supported: Vec<String>,
    #[serde(default)]
    pub(super) response_types_supported: Vec<String>,
    #[serde(default)]
    pub(super) code_challenge_methods_supported: Vec<String>,
}

/// What the issuers of Microsoft's directories begin with.
pub(super) const MICROSOFT: &str = "https://login.microsoftonline.com/";

impl TenantScope {
    /// Where a provider is asked, as far as its issuer has to be asked for it.
    pub(super) async fn endpoints(&self, provider: &Provider) -> Result<Endpoints, OAuthError> {
        let definition = &provider.definition;
        let addresses = match provider.preset.protocol {
            Protocol::OAuth2 { authorize, token, userinfo } => Some((authorize, token, userinfo)),
            Protocol::Custom => definition
                .authorization_url
                .as_deref()
                .zip(definition.token_url.as_deref())
                .zip(definition.userinfo_url.as_deref())
                .map(|((authorize, token), userinfo)| (authorize, token, userinfo)),
            Protocol::Oidc { .. } => None,
        };
        let Some((authorize, token, userinfo)) = addresses else {
            let metadata = self.metadata(provider, KEPT_SECONDS).await?;
            return Ok(metadata.endpoints(provider.preset.auth));
        };
        let url = |text: &str| Url::parse(text).map_err(|_| OAuthError::Answer("is no address"));
        let (authorize, token, userinfo) = (url(authorize)?, url(token)?, url(userinfo)?);
        Ok(Endpoints { authorize, token, userinfo: Some(userinfo), auth: provider.preset.auth, issuer: None })
    }

    /// What the issuer of a provider said of itself at most so many seconds ago.
    pub(super) async fn metadata(&self, provider: &Provider, seconds: i64) -> Result<Metadata, OAuthError> {
        let issuer = provider.issuer().ok_or(OAuthError::Answer("has no issuer"))?;
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let url = Url::parse(&url).map_err(|_| OAuthError::Answer("is no address"))?;
        let document = self.document(&url, seconds).await?;
        let metadata = Metadata::deserialize(&*document)
            .map_err(|_| OAuthError::Answer("is no description of an OpenID provider"))?;
        // Whoever is asked must not speak for somebody else.
        let of_directory = issuer.starts_with(MICROSOFT)
            && metadata.issuer.starts_with(MICROSOFT)
            && metadata.issuer.ends_with("/v2.0");
        // A browser goes there, and an app may take it there by script.
        if !matches!(metadata.authorization_endpoint.scheme(), "http" | "https") {
            return Err(OAuthError::Answer("names no page to sign in on"));
        }
        if metadata.issuer != issuer && !of_directory {
            return Err(OAuthError::Answer("is of another issuer than the one that was asked"));
        }
        Ok(metadata)
    }
}

impl Metadata {
    fn endpoints(self, auth: ClientAuth) -> Endpoints {
        let methods = &self.token_endpoint_auth_methods_supported;
        let has = |name: &str| methods.iter().any(|method| method == name);
        let auth = match auth {
            ClientAuth::Discovered if has("client_secret_post") && !has("client_secret_basic") => {
                ClientAuth::Post
            }
            auth => auth,
        };
        Endpoints {
            authorize: self.authorization_endpoint,
            token: self.token_endpoint,
            userinfo: self.userinfo_endpoint,
            auth,
            issuer: Some(Issuer {
                name: self.issuer,
                keys: self.jwks_uri,
                names_itself: self.authorization_response_iss_parameter_supported,
            }),
        }
    }

    /// Where its keys are.
    pub(super) const fn keys(&self) -> &Url {
        &self.jwks_uri
    }
}
