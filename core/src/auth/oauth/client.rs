//! The code flow itself (RFC 6749 §4.1, RFC 7636), by the crate `oauth2`, through our own way out.

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AccessToken, AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardRevocableToken, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::super::error::UserError;
use super::super::signing::SigningError;
use super::endpoints::Endpoints;
use super::error::OAuthError;
use super::presets::ClientAuth;
use super::provider::Provider;
use crate::access::TenantScope;

/// How long Apple takes a token for the app's secret: it is used at once.
const APPLE_SECONDS: i64 = 300;
const APPLE: &str = "https://appleid.apple.com";

type CodeClient = Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What a provider gives for a code, as far as it is needed. Providers do not agree on the rest: Twitch sends its scopes
/// as a list, Facebook at times no type.
#[derive(Serialize, Deserialize)]
pub(super) struct Tokens {
    access_token: AccessToken,
    #[serde(skip, default = "bearer")]
    kind: BasicTokenType,
    pub(super) id_token: Option<String>,
}

fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

impl Tokens {
    pub(super) fn access_token(&self) -> &str {
        self.access_token.secret()
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tokens(…)")
    }
}

impl TokenResponse for Tokens {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.kind
    }

    fn expires_in(&self) -> Option<std::time::Duration> {
        None
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// What belongs to one flow and is known to nobody but us: what proves to the provider that the code is ours, and what
/// an ID token has to say.
pub(super) struct Own {
    pub(super) verifier: String,
    pub(super) nonce: String,
}

impl TenantScope {
    /// Where providers send browsers back to. By the tenant's id, which does not change, and apart for each provider:
    /// an answer of one is never taken for another's (RFC 9700 §4.4).
    pub(super) fn callback(&self, provider: &str) -> Option<String> {
        let tenant = self.tenant().id();
        let url = self.platform().public_url()?;
        Some(format!("{url}/v1/auth/oauth/callback/{tenant}/{provider}"))
    }

    /// Where the browser is sent to sign in.
    pub(super) fn authorize_url(
        &self,
        provider: &Provider,
        endpoints: &Endpoints,
        state: String,
        own: &Own,
    ) -> Result<Url, OAuthError> {
        let verifier = PkceCodeVerifier::new(own.verifier.clone());
        let client = self.client(provider, endpoints)?;
        let mut request = client
            .authorize_url(|| CsrfToken::new(state))
            .add_scopes(provider.scopes().into_iter().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if endpoints.issuer.is_some() {
            request = request.add_extra_param("nonce", own.nonce.clone());
        }
        for (name, value) in provider.preset.parameters {
            request = request.add_extra_param(*name, *value);
        }
        Ok(request.url().0)
    }

    /// What the provider gives for its code.
    pub(super) async fn redeem(
        &self,
        provider: &Provider,
        endpoints: &Endpoints,
        code: String,
        own: &Own,
    ) -> Result<Tokens, OAuthError> {
        let mut client = self.client(provider, endpoints)?;
        if let Some(secret) = self.secret(provider)? {
            client = client.set_client_secret(ClientSecret::new(secret));
        }
        let egress = self.platform().egress().clone();
        let send = |request: oauth2::HttpRequest| {
            let egress = egress.clone();
            async move { egress.send(request).await }
        };
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(own.verifier.clone()))
            .request_async(&send)
            .await;
        answer.map_err(|error| match error {
            RequestTokenError::Request(error) => error.into(),
            // Its name is one of RFC 6749 §5.2; what else is said there is for nobody's eyes but the provider's own.
            RequestTokenError::ServerResponse(answer) => OAuthError::Exchange(answer.error().to_string()),
            RequestTokenError::Parse(..) => OAuthError::Answer("has no tokens"),
            RequestTokenError::Other(_) => OAuthError::Answer("cannot be asked for"),
        })
    }

    fn client(&self, provider: &Provider, endpoints: &Endpoints) -> Result<CodeClient, OAuthError> {
        let callback = self.callback(&provider.name).ok_or(OAuthError::NoPublicUrl)?;
        let callback = RedirectUrl::new(callback).map_err(|_| OAuthError::NoPublicUrl)?;
        let auth = match endpoints.auth {
            ClientAuth::Discovered | ClientAuth::Basic => AuthType::BasicAuth,
            ClientAuth::Post | ClientAuth::AppleToken => AuthType::RequestBody,
        };
        Ok(Client::new(ClientId::new(provider.client_id.clone()))
            .set_auth_type(auth)
            .set_auth_uri(AuthUrl::from_url(endpoints.authorize.clone()))
            .set_token_uri(TokenUrl::from_url(endpoints.token.clone()))
            .set_redirect_uri(callback))
    }

    /// What the provider knows us by.
    fn secret(&self, provider: &Provider) -> Result<Option<String>, OAuthError> {
        let Some(sealed) = &provider.client_secret else { return Ok(None) };
        let context = secret_context(self, &provider.name);
        let secret = self.platform().master_key().open(&context, sealed)?;
        let secret = String::from_utf8(secret).map_err(|_| OAuthError::Answer("has no secret"))?;
        match provider.preset.auth {
            ClientAuth::AppleToken => self.apple_token(provider, &secret).map(Some),
            _ => Ok(Some(secret)),
        }
    }

    /// Signs what Apple takes for a secret.
    fn apple_token(&self, provider: &Provider, key: &str) -> Result<String, OAuthError> {
        #[derive(Serialize)]
        struct Claims<'c> {
            iss: &'c str,
            sub: &'c str,
            aud: &'static str,
            iat: i64,
            exp: i64,
        }
        let iat = self.platform().now().as_micros().div_euclid(1_000_000);
        let claims = Claims {
            iss: provider.definition.team_id.as_deref().unwrap_or_default(),
            sub: &provider.client_id,
            aud: APPLE,
            iat,
            exp: iat + APPLE_SECONDS,
        };
        let header = Header { kid: provider.definition.key_id.clone(), ..Header::new(Algorithm::ES256) };
        let key = EncodingKey::from_ec_der(&apple_key(key).unwrap_or_default());
        let signed = jsonwebtoken::encode(&header, &claims, &key).map_err(SigningError::Sign);
        Ok(signed.map_err(UserError::from)?)
    }
}

/// For what a provider's secret is sealed.
pub(super) fn secret_context(scope: &TenantScope, provider: &str) -> Vec<u8> {
    format!("secret at provider {provider} of {}", scope.tenant().id()).into_bytes()
}

/// The key in a file of Apple's (PKCS #8 in PEM), if it is one that signs with ES256.
pub(super) fn apple_key(pem: &str) -> Option<Vec<u8>> {
    let inside = pem.trim().strip_prefix("-----BEGIN PRIVATE KEY-----")?;
    let inside = inside.strip_suffix("-----END PRIVATE KEY-----")?;
    let packed: String = inside.split_whitespace().collect();
    let der = STANDARD.decode(packed).ok()?;
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).ok().map(|_| der)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apples_key_is_read_from_its_file() {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let der = pair.to_pkcs8v1().unwrap();
        let packed = STANDARD.encode(der.as_ref());
        let (first, second) = packed.split_at(64);
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{first}\n{second}\n-----END PRIVATE KEY-----\n");
        assert_eq!(apple_key(&pem).as_deref(), Some(der.as_ref()));
        let header = Header::new(Algorithm::ES256);
        let key = EncodingKey::from_ec_der(&apple_key(&pem).unwrap());
        assert!(jsonwebtoken::encode(&header, &serde_json::json!({}), &key).is_ok());
        assert!(apple_key(&pem.replace("PRIVATE", "PUBLIC")).is_none() && apple_key(&packed).is_none());
    }

    /// Providers that do not keep to the letter are understood.
    #[test]
    fn tokens_are_read_as_providers_send_them() {
        let answers = [
            r#"{"access_token": "a", "token_type": "bearer", "scope": ["openid"], "id_token": "i"}"#,
            r#"{"access_token": "a", "expires_in": "soon"}"#,
        ];
        let read = answers.map(|answer| serde_json::from_str::<Tokens>(answer).unwrap());
        assert_eq!(read[0].id_token.as_deref(), Some("i"));
        assert!(read.iter().all(|tokens| tokens.access_token() == "a"));
        assert!(serde_json::from_str::<Tokens>(r#"{"error": "bad_verification_code"}"#).is_err());
    }
}
