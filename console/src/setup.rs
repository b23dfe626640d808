//! The first operator, by the link that `serve` printed.

use askama::Template;
use neonex_core::accounts::{Email, MadeToken, SetUp, SetUpError};
use neonex_core::password::Password;
use neonex_core::platform::Platform;
use poem::http::StatusCode;
use poem::web::{Data, Form, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;

use crate::origin;
use crate::page::{fault, page, store_failed, try_again};

/// What pages are made from.
#[derive(Clone)]
pub(crate) struct Console {
    pub(crate) platform: Platform,
    pub(crate) base: String,
}

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct Home {
    pub(crate) needed: bool,
}

#[derive(Template)]
#[template(path = "welcome.html")]
pub(crate) struct Welcome {
    pub(crate) needed: bool,
}

#[derive(Template, Default)]
#[template(path = "setup/form.html")]
pub(crate) struct SetUpForm {
    pub(crate) token: String,
    pub(crate) email: String,
    pub(crate) email_fault: Option<EmailFault>,
    pub(crate) password_unfit: bool,
    pub(crate) again_differs: bool,
    /// The database had too much to do.
    pub(crate) busy: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum EmailFault {
    Malformed,
    Taken,
}

#[derive(Template)]
#[template(path = "setup/done.html")]
pub(crate) struct Done {
    pub(crate) token: String,
    pub(crate) base: String,
}

#[derive(Template)]
#[template(path = "setup/refused.html")]
pub(crate) struct Refused {
    pub(crate) needed: bool,
}

#[derive(Template)]
#[template(path = "setup/foreign.html")]
pub(crate) struct Foreign;

#[derive(Deserialize)]
pub(crate) struct Link {
    #[serde(default)]
    token: String,
}

/// A field that was left out is one that was left empty.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Submitted {
    token: String,
    email: String,
    password: String,
    again: String,
}

/// Says whether the platform needs an operator.
#[handler]
pub(crate) async fn home(console: Data<&Console>) -> Response {
    match console.platform.needs_set_up().await {
        Ok(needed) => page(StatusCode::OK, &Home { needed }),
        Err(error) => store_failed(&error),
    }
}

/// Says the same to who opens the server's own address, and where things are.
#[handler]
pub(crate) async fn welcome(platform: Data<&Platform>) -> Response {
    match platform.needs_set_up().await {
        Ok(needed) => page(StatusCode::OK, &Welcome { needed }),
        Err(error) => store_failed(&error),
    }
}

/// The form, if the link works.
#[handler]
pub(crate) async fn show(console: Data<&Console>, link: Query<Link>) -> Response {
    let token = link.0.token;
    match console.platform.is_setup_link(&token).await {
        Ok(true) => page(StatusCode::OK, &SetUpForm { token, ..SetUpForm::default() }),
        Ok(false) => refused(&console).await,
        Err(error) => store_failed(&error),
    }
}

/// Makes the operator. A page of another origin cannot: it does not know the token, and is refused besides.
#[handler]
pub(crate) async fn submit(console: Data<&Console>, request: &Request, sent: Form<Submitted>) -> Response {
    if !origin::is_ours(request, &console.base) {
        return page(StatusCode::FORBIDDEN, &Foreign);
    }
    let (new, form) = match read(sent.0) {
        Ok(read) => read,
        Err(form) => return page(StatusCode::UNPROCESSABLE_ENTITY, &form),
    };
    match console.platform.set_up(&form.token, new).await {
        Ok(made) => done(&console, &made),
        Err(error) => failed(&console, form, error).await,
    }
}

/// What the operator is to be, and the form as it was filled in; or the form with what is wrong with it.
fn read(sent: Submitted) -> Result<(SetUp, SetUpForm), SetUpForm> {
    let Submitted { token, email, password, again } = sent;
    let again_differs = password != again;
    let (read_email, read_password) = (Email::try_from(email.clone()), Password::try_from(password));
    let form = SetUpForm {
        token,
        email,
        email_fault: read_email.is_err().then_some(EmailFault::Malformed),
        password_unfit: read_password.is_err(),
        again_differs,
        busy: false,
    };
    match (read_email, read_password) {
        (Ok(email), Ok(password)) if !again_differs => Ok((SetUp { email, password }, form)),
        _ => Err(form),
    }
}

fn done(console: &Console, made: &MadeToken) -> Response {
    let token = made.credential.reveal().to_owned();
    page(StatusCode::OK, &Done { token, base: console.base.clone() })
}

async fn failed(console: &Console, mut form: SetUpForm, error: SetUpError) -> Response {
    match error {
        SetUpError::InvalidLink => refused(console).await,
        SetUpError::EmailTaken => {
            form.email_fault = Some(EmailFault::Taken);
            page(StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
        SetUpError::Store(error) if error.is_retryable() => {
            form.busy = true;
            try_again(&form)
        }
        error @ (SetUpError::Store(_) | SetUpError::Password(_) | SetUpError::Randomness(_)) => fault(&error),
    }
}

async fn refused(console: &Console) -> Response {
    match console.platform.needs_set_up().await {
        Ok(needed) => page(StatusCode::FORBIDDEN, &Refused { needed }),
        Err(error) => store_failed(&error),
    }
}
