//! A flow, from the app to the provider and back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use super::super::error::UserError;
use super::super::one_time::{NewSecret, Purpose};
use super::super::redirect::Reach;
use super::client::{Own, Tokens};
use super::documents::{KEPT_SECONDS, SOONEST_SECONDS};
use super::endpoints::{Endpoints, Issuer};
use super::error::OAuthError;
use super::id_token::{Expected, Fault, Signed, read};
use super::presets::EmailTrust;
use super::profile::Profile;
use super::provider::Provider;
use crate::access::TenantScope;
use crate::engine::Undo;
use crate::invalid::{Findings, Invalid};

/// What a provider is sent as `state`.
const FLOW: Purpose = Purpose("oauth_flow");
/// What an app exchanges.
pub(super) const CODE: Purpose = Purpose("oauth_code");
/// How long somebody may take at the provider.
const FLOW_MINUTES: i64 = 10;
const CODE_MINUTES: i64 = 1;

/// What an app begins with.
#[derive(Debug)]
pub struct Beginning {
    /// Where the browser is to come out: one of the tenant's `redirect_urls`.
    pub redirect_url: String,
    /// The SHA-256 of a secret that stays with the app (RFC 7636), in base64url.
    pub code_challenge: String,
    /// What the app gets back beside the code.
    pub state: Option<String>,
}

/// What a browser brings back from a provider.
#[derive(Debug, Default)]
pub struct Back {
    /// What was sent along.
    pub state: String,
    /// For the provider's tokens.
    pub code: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// Who says so (RFC 9207).
    pub iss: Option<String>,
    /// Apple's word on the user's name, as JSON.
    pub user: Option<String>,
}

/// A flow that is under way. It is kept sealed.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Flow {
    provider: String,
    redirect_url: String,
    state: Option<String>,
    challenge: String,
    verifier: String,
    nonce: String,
    /// Who wants to link, where nobody is to sign in.
    link: Option<Uuid>,
}

/// What came of a flow, until the app asks for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Grant {
    pub(super) provider: String,
    pub(super) profile: Profile,
    pub(super) challenge: String,
    pub(super) link: Option<Uuid>,
}

impl TenantScope {
    /// Begins to sign somebody in: the address that their browser is to go to.
    pub async fn begin_oauth(&self, provider: &str, begin: Beginning) -> Result<Url, OAuthError> {
        self.begin_flow(provider, begin, None).await
    }

    pub(super) async fn begin_flow(
        &self,
        provider: &str,
        begin: Beginning,
        link: Option<Uuid>,
    ) -> Result<Url, OAuthError> {
        self.check_beginning(&begin)?;
        let provider = self.enabled_provider(provider).await?;
        if self.callback(&provider.name).is_none() {
            return Err(OAuthError::NoPublicUrl);
        }
        let endpoints = self.endpoints(&provider).await?;
        let own = Own { verifier: self.random()?, nonce: self.random()? };
        let flow = Flow {
            provider: provider.name.clone(),
            redirect_url: begin.redirect_url,
            state: begin.state,
            challenge: begin.code_challenge,
            verifier: own.verifier.clone(),
            nonce: own.nonce.clone(),
            link,
        };
        let state = self.keep(FLOW, link, &flow, FLOW_MINUTES).await?;
        self.authorize_url(&provider, &endpoints, state, &own)
    }

    fn check_beginning(&self, begin: &Beginning) -> Result<(), Invalid> {
        let mut findings = Findings::default();
        let settings = self.tenant().auth().settings();
        findings.take("/redirect_url", settings.named(&begin.redirect_url, Reach::Exactly));
        let challenge = URL_SAFE_NO_PAD.decode(&begin.code_challenge);
        if challenge.map_or(0, |bytes| bytes.len()) != 32 {
            let message = "this is the SHA-256 of the verifier, in base64url without padding: 43 characters";
            findings.add("/code_challenge", "invalid", message);
        }
        if begin.state.as_ref().is_some_and(|state| state.len() > 500) {
            findings.add("/state", "too_long", "500 bytes are carried through");
        }
        findings.finish(Some(()))
    }

    /// What nobody can guess: 32 bytes in base64url, which is what a verifier may be made of.
    fn random(&self) -> Result<String, OAuthError> {
        let mut bytes = [0; 32];
        self.platform().rng().fill(&mut bytes)?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    async fn keep<P: Serialize + Sync>(
        &self,
        purpose: Purpose,
        user: Option<Uuid>,
        payload: &P,
        minutes: i64,
    ) -> Result<String, OAuthError> {
        let (token, row) = self.one_time().token(NewSecret { purpose, user, payload, minutes })?;
        self.platform()
            .store()
            .write_again::<_, UserError, _>(self.place(), Undo::Savepoint, move |tx| {
                async move { Ok(row.write(tx).await?) }.boxed()
            })
            .await?;
        Ok(token.reveal().to_owned())
    }

    /// Takes what a browser brings back, and says where it is to go: to the app, with a code or with what went wrong.
    /// Where it is not known which flow it belongs to, there is nowhere to go.
    pub async fn finish_oauth(&self, provider: &str, back: Back) -> Result<Url, OAuthError> {
        let (one_time, state) = (self.one_time(), back.state.clone());
        let flow = self
            .platform()
            .store()
            .write_again::<_, UserError, _>(self.place(), Undo::Savepoint, move |tx| {
                async move { one_time.take::<Flow>(tx, FLOW, &state).await }.boxed()
            })
            .await
            .map(|(taken, _)| taken.map(|taken| taken.payload))?;
        let flow = flow.filter(|flow| flow.provider == provider).ok_or(OAuthError::NoFlow)?;
        let mut url = Url::parse(&flow.redirect_url).map_err(|_| OAuthError::NoFlow)?;
        let code = self.granted(&flow, back).await;
        let mut query = url.query_pairs_mut();
        match &code {
            Ok(code) => query.append_pair("code", code),
            Err(error) => {
                tracing::info!(
                    provider,
                    error = error as &dyn std::error::Error,
                    "a sign-in by a provider failed"
                );
                query.append_pair("error", error.code())
            }
        };
        if let Some(state) = &flow.state {
            query.append_pair("state", state);
        }
        drop(query);
        Ok(url)
    }

    /// The code for what came of a flow.
    async fn granted(&self, flow: &Flow, back: Back) -> Result<String, OAuthError> {
        let provider = self.enabled_provider(&flow.provider).await?;
        let endpoints = self.endpoints(&provider).await?;
        if let Some(issuer) = &endpoints.issuer {
            check_issuer(issuer, back.iss.as_deref())?;
        }
        let code = match (back.error, back.code) {
            (None, Some(code)) => code,
            (Some(error), _) if error != "access_denied" => return Err(OAuthError::Answer("is an error")),
            _ => return Err(OAuthError::Refused),
        };
        let own = Own { verifier: flow.verifier.clone(), nonce: flow.nonce.clone() };
        let tokens = self.redeem(&provider, &endpoints, code, &own).await?;
        let mut profile = self.profile(&provider, &endpoints, &tokens, &own).await?;
        profile.name = profile.name.or_else(|| apples_name(back.user.as_deref()?));
        let grant =
            Grant { provider: provider.name, profile, challenge: flow.challenge.clone(), link: flow.link };
        self.keep(CODE, flow.link, &grant, CODE_MINUTES).await
    }

    /// Who the provider says the user is: what it has signed, and what it says if it is asked, where that is needed.
    async fn profile(
        &self,
        provider: &Provider,
        endpoints: &Endpoints,
        tokens: &Tokens,
        own: &Own,
    ) -> Result<Profile, OAuthError> {
        let Some(issuer) = &endpoints.issuer else {
            let url =
                endpoints.userinfo.as_ref().ok_or(OAuthError::Answer("does not say who the user is"))?;
            let profile = self.asked_profile(provider, url, tokens).await?;
            let EmailTrust::List(list) = provider.preset.email else { return Ok(profile) };
            let url = Url::parse(list).map_err(|_| OAuthError::Answer("is no address"))?;
            let (addresses, _) = self.get_json(&url, Some(tokens.access_token())).await?;
            return Ok(profile.with_primary(&addresses));
        };
        let token = tokens.id_token.as_deref().ok_or(OAuthError::IdToken("there is none"))?;
        let Signed { claims, directory } = self.id_token(provider, issuer, token, own).await?;
        let mut profile = Profile::read(provider, &claims)?;
        if let (None, Some(url)) = (&profile.email, &endpoints.userinfo) {
            profile = profile.or(self.asked_profile(provider, url, tokens).await?)?;
        }
        if let Some(directory) = directory {
            profile.subject = format!("{directory}.{}", profile.subject);
        }
        Ok(profile)
    }

    async fn asked_profile(
        &self,
        provider: &Provider,
        url: &Url,
        tokens: &Tokens,
    ) -> Result<Profile, OAuthError> {
        let (said, _) = self.get_json(url, Some(tokens.access_token())).await?;
        Profile::read(provider, &said)
    }

    /// What an ID token says. Keys that are not known yet are looked for again, once a minute at most.
    async fn id_token(
        &self,
        provider: &Provider,
        issuer: &Issuer,
        token: &str,
        own: &Own,
    ) -> Result<Signed, OAuthError> {
        let expected = Expected {
            issuer,
            client_id: &provider.client_id,
            nonce: (&own.nonce, provider.preset.nonce),
            now: self.platform().now(),
        };
        for seconds in [KEPT_SECONDS, SOONEST_SECONDS] {
            let keys = self.document(&issuer.keys, seconds).await?;
            match read(token, &keys, &expected) {
                Ok(signed) => return Ok(signed),
                Err(Fault::Wrong(fault)) => return Err(OAuthError::IdToken(fault)),
                Err(Fault::UnknownKey) => {}
            }
        }
        Err(OAuthError::IdToken("its key is none of the issuer's"))
    }
}

/// Who sends a browser back is who it was sent to (RFC 9207).
fn check_issuer(issuer: &Issuer, named: Option<&str>) -> Result<(), OAuthError> {
    match named {
        None if issuer.names_itself => Err(OAuthError::Answer("does not say whose it is")),
        Some(named) if named != issuer.name && !issuer.name.contains("{tenantid}") => {
            Err(OAuthError::Answer("is of another issuer"))
        }
        _ => Ok(()),
    }
}

/// Apple tells a name once, beside the code and unsigned; so it is a name to be shown and nothing else.
fn apples_name(json: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Name {
        #[serde(default)]
        first_name: String,
        #[serde(default)]
        last_name: String,
    }
    #[derive(Deserialize)]
    struct User {
        name: Name,
    }
    let User { name } = serde_json::from_str(json).ok()?;
    let whole = format!("{} {}", name.first_name.trim(), name.last_name.trim());
    let whole: String = whole.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    (!whole.is_empty()).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apple_names_somebody_once() {
        let name = |json: &str| apples_name(json);
        let both = r#"{"name": {"firstName": "Ann", "lastName": "Lee"}, "email": "victim@example.com"}"#;
        assert_eq!(name(both).as_deref(), Some("Ann Lee"));
        assert_eq!(name(r#"{"name": {"firstName": "Ann"}}"#).as_deref(), Some("Ann"));
        for none in ["", "{}", r#"{"name": {}}"#, r#"{"name": "Ann"}"#] {
            assert_eq!(name(none), None, "{none}");
        }
    }

    #[test]
    fn who_sends_back_is_who_was_asked() {
        let issuer = |name: &str, names_itself| {
            let keys = "https://idp.example/keys".parse().unwrap();
            Issuer { name: name.to_owned(), keys, names_itself }
        };
        let own = "https://idp.example";
        assert!(check_issuer(&issuer(own, true), Some(own)).is_ok());
        assert!(check_issuer(&issuer(own, false), None).is_ok());
        assert!(check_issuer(&issuer(own, true), None).is_err());
        for names_itself in [true, false] {
            assert!(check_issuer(&issuer(own, names_itself), Some("https://evil.example")).is_err());
        }
    }
}
