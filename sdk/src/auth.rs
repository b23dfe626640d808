//! Signing users in, and sessions that keep themselves alive.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use reqwest::StatusCode;
use reqwest::header::HeaderValue;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::answer::Answer;
use crate::client::bearer;
use crate::transport::Transport;
use crate::types::{Refresh, SignIn, SignUp, SignedIn};
use crate::{AnyRecord, Client, Error, Secret};

/// How long before its end an access token is renewed: clocks differ, and a request takes a while.
const AHEAD: Duration = Duration::from_secs(30);

/// Signing up and in, for an app's users.
///
/// ```
/// use neonex_sdk::Client;
/// use neonex_sdk::types::SignUp;
/// # #[tokio::main]
/// # async fn main() -> anyhow::Result<()> {
/// # let url = std::env::var(neonex_sdk::env::URL)?;
/// # let tenant = std::env::var(neonex_sdk::env::TENANT)?;
///
/// // An app has the tenant's publishable key as its credential, or names the tenant.
/// let app = Client::builder(url).tenant(tenant).build()?;
/// let auth = app.auth();
/// auth.sign_up(&SignUp::new("ann@example.com", "correct horse battery staple")).await?;
/// let session = auth.sign_in("ann@example.com", "correct horse battery staple").await?;
/// println!("signed in: {:?}", session.user().await?);
///
/// // Whatever this client does, it does as the user, for as long as the session lasts.
/// let ann = session.client();
/// let sessions = ann.call(|api| async move { api.list_sessions().await }).await?;
/// assert_eq!(sessions.items.len(), 1);
///
/// // To be kept in a safe place, and to go on with after a restart.
/// let kept = session.refresh_token().await.expect("the session lasts");
/// let session = auth.resume(kept).await?;
/// session.sign_out().await?;
/// assert!(session.user().await.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Auth(Client);

/// A user who is signed in. Cheap to clone; all clones are the same session.
///
/// The access token is renewed shortly before it is over, and where the server refuses it: once, however many requests
/// wait for it. What is refused after that is refused to the caller. [`Session::user`] shows whether a session lasts.
#[derive(Clone)]
pub struct Session(Arc<State>);

/// What a session's clients share.
pub(crate) struct State {
    /// The app's own way to the server, on which tokens are renewed.
    app: Client,
    tokens: Arc<Mutex<Tokens>>,
}

struct Tokens {
    /// `Bearer …`, marked sensitive.
    authorization: HeaderValue,
    ends: Instant,
    /// For the next ones; none where the session is over.
    refresh: Option<Secret>,
}

impl Client {
    /// Signing up and in, for the users of the tenant.
    pub fn auth(&self) -> Auth {
        Auth(self.clone())
    }
}

impl SignUp {
    /// Somebody with an address and a password.
    pub fn new(email: impl Into<String>, password: impl Into<String>) -> Self {
        let password = Some(Secret::from(password.into()));
        Self { email: email.into(), password, profile: None, redirect_url: None, locale: None }
    }
}

impl Auth {
    /// Makes a user. Whether the address has one already is not told.
    pub async fn sign_up(&self, new: &SignUp) -> Result<(), Error> {
        self.0.call(|api| async move { api.sign_up(None, new).await }).await.map(drop)
    }

    /// Begins a session. Refused with the code `second_factor_needed`, where there is one: [`Error::problem`] has what is
    /// shown it with.
    pub async fn sign_in(
        &self,
        email: impl Into<String>,
        password: impl Into<String>,
    ) -> Result<Session, Error> {
        let who = &SignIn { email: email.into(), password: password.into().into() };
        self.session(self.0.call(|api| async move { api.sign_in(who).await }).await?)
    }

    /// Goes on with the session of a refresh token, which is used up by it.
    pub async fn resume(&self, refresh_token: Secret) -> Result<Session, Error> {
        self.session(renewed(&self.0, refresh_token).await?)
    }

    /// A session that began in another way: by a link, a code, a provider, a passkey, a second factor.
    pub fn session(&self, signed_in: SignedIn) -> Result<Session, Error> {
        let tokens = Arc::new(Mutex::new(Tokens::of(signed_in)?));
        Ok(Session(Arc::new(State { app: self.0.clone(), tokens })))
    }
}

impl Session {
    /// A client that acts as the user.
    pub fn client(&self) -> Client {
        self.0.app.within(Arc::clone(&self.0))
    }

    /// Who is signed in.
    pub async fn user(&self) -> Result<AnyRecord, Error> {
        self.client().call(|api| async move { api.get_signed_in_user().await }).await
    }

    /// Renews the tokens now.
    pub async fn refresh(&self) -> Result<(), Error> {
        let tokens = Arc::clone(&self.0.tokens).lock_owned().await;
        self.0.renew(tokens).await.map(drop)
    }

    /// Ends the session.
    pub async fn sign_out(&self) -> Result<(), Error> {
        self.client().call(|api| async move { api.sign_out().await }).await?;
        self.0.tokens.lock().await.refresh = None;
        Ok(())
    }

    /// What the session can be [resumed](Auth::resume) with. It is another after each renewal; none where the session is
    /// known to be over.
    pub async fn refresh_token(&self) -> Option<Secret> {
        self.0.tokens.lock().await.refresh.clone()
    }
}

impl State {
    /// What a request carries: tokens that are about to be over are renewed before.
    pub(crate) async fn authorization(&self) -> HeaderValue {
        let tokens = Arc::clone(&self.tokens).lock_owned().await;
        let before = tokens.authorization.clone();
        if tokens.refresh.is_none() || tokens.ends > Instant::now() + AHEAD {
            return before;
        }
        // Where that fails, the server has the last word on the token of before.
        self.renew(tokens).await.unwrap_or(before)
    }

    /// What a request is sent with again that was refused with `refused`, if there is something else.
    pub(crate) async fn after(&self, refused: &HeaderValue) -> Option<HeaderValue> {
        let tokens = Arc::clone(&self.tokens).lock_owned().await;
        if tokens.authorization != *refused {
            // Another request has had it renewed.
            return Some(tokens.authorization.clone());
        }
        tokens.refresh.as_ref()?;
        self.renew(tokens).await.ok()
    }

    /// Renews the tokens, for which all others wait. It goes on where whoever asked for it goes away: a refresh token is
    /// good once, and its answer must not be lost.
    async fn renew(&self, mut tokens: OwnedMutexGuard<Tokens>) -> Result<HeaderValue, Error> {
        let app = self.app.clone();
        let renewing = tokio::spawn(async move {
            let over = || Error::Invalid("the session is over".to_owned());
            let refresh = tokens.refresh.clone().ok_or_else(over)?;
            match renewed(&app, refresh).await {
                Ok(signed_in) => *tokens = Tokens::of(signed_in)?,
                Err(error) => {
                    if error.status() == Some(StatusCode::UNAUTHORIZED) {
                        tokens.refresh = None;
                    }
                    return Err(error);
                }
            }
            Ok(tokens.authorization.clone())
        });
        renewing.await.map_err(|_| Error::Invalid("the renewal of the tokens was cut off".to_owned()))?
    }
}

impl Tokens {
    fn of(signed_in: SignedIn) -> Result<Self, Error> {
        let SignedIn { access_token, refresh_token, expires_in, .. } = signed_in;
        let access =
            access_token.ok_or_else(|| Error::Invalid("the session is one of cookies".to_owned()))?;
        let ends = Instant::now() + Duration::from_secs(expires_in.into());
        Ok(Self { authorization: bearer(access.reveal())?, ends, refresh: refresh_token })
    }
}

/// The next tokens. In a box, for it is sent on a way that may itself be waiting for them.
fn renewed(app: &Client, refresh_token: Secret) -> BoxFuture<'static, Result<SignedIn, Error>> {
    let app = app.clone();
    async move {
        let refresh = &Refresh { refresh_token: Some(refresh_token) };
        app.call(|api| async move { api.refresh_tokens(refresh).await }).await
    }
    .boxed()
}

/// Whether the server has refused who calls, and not what they ask for.
pub(crate) fn is_refused(answer: &Answer) -> bool {
    answer.status == StatusCode::UNAUTHORIZED
}

/// Without the tokens.
impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("app", &self.0.app).finish_non_exhaustive()
    }
}

impl Transport {
    /// The same way, for whoever is signed in.
    fn within(&self, session: Arc<State>) -> Self {
        Self { authorization: None, session: Some(session), ..self.clone() }
    }
}

impl Client {
    fn within(&self, session: Arc<State>) -> Self {
        Self::over(Arc::new(self.transport().within(session)))
    }
}
