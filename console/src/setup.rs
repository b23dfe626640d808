//! The first operator, by the link that `serve` printed.

use askama::Template;
use neonex_core::accounts::{Email, Password, SetUp, SetUpError};
use neonex_core::platform::Platform;
use poem::http::StatusCode;
use poem::web::{Data, Form, Query};
use poem::{Request, Response, handler};
use serde::Deserialize;

use crate::page::{fault, page};

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

#[derive(Template, Default)]
#[template(path = "setup/form.html")]
pub(crate) struct SetUpForm {
    pub(crate) token: String,
    pub(crate) email: String,
    pub(crate) problem: Option<String>,
    pub(crate) email_error: Option<String>,
    pub(crate) password_error: Option<String>,
    pub(crate) again_error: Option<String>,
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

#[derive(Deserialize)]
pub(crate) struct Link {
    #[serde(default)]
    token: String,
}

#[derive(Deserialize)]
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
        Err(error) => fault(&error),
    }
}

/// The form, if the link works.
#[handler]
pub(crate) async fn show(console: Data<&Console>, link: Query<Link>) -> Response {
    let token = link.0.token;
    match console.platform.is_setup_link(&token).await {
        Ok(true) => page(StatusCode::OK, &SetUpForm { token, ..SetUpForm::default() }),
        Ok(false) => refused(&console).await,
        Err(error) => fault(&error),
    }
}

/// Makes the operator. A page of another origin cannot: it does not know the token, and is refused besides.
#[handler]
pub(crate) async fn submit(console: Data<&Console>, request: &Request, sent: Form<Submitted>) -> Response {
    let site = request.headers().get("sec-fetch-site").map(poem::http::HeaderValue::as_bytes);
    if !matches!(site, None | Some(b"same-origin" | b"none")) {
        return refused(&console).await;
    }
    let Submitted { token, email, password, again } = sent.0;
    let mut form = SetUpForm { token, email: email.clone(), ..SetUpForm::default() };
    if password != again {
        form.again_error = Some("This is not the same password.".to_owned());
    }
    let email = Email::try_from(email).map_err(|invalid| form.email_error = Some(invalid.to_string()));
    let password =
        Password::try_from(password).map_err(|invalid| form.password_error = Some(invalid.to_string()));
    let (Ok(email), Ok(password), None) = (email, password, &form.again_error) else {
        return page(StatusCode::UNPROCESSABLE_ENTITY, &form);
    };
    match console.platform.set_up(&form.token, SetUp { email, password }).await {
        Ok(made) => {
            let token = made.credential.reveal().to_owned();
            page(StatusCode::OK, &Done { token, base: console.base.clone() })
        }
        Err(SetUpError::InvalidLink) => refused(&console).await,
        Err(error @ SetUpError::EmailTaken) => {
            form.email_error = Some(error.to_string());
            page(StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
        Err(SetUpError::Store(error)) if error.is_retryable() => {
            form.problem = Some("The database has too much to do. Try again in a moment.".to_owned());
            page(StatusCode::SERVICE_UNAVAILABLE, &form)
        }
        Err(error @ (SetUpError::Store(_) | SetUpError::Password(_) | SetUpError::Randomness(_))) => {
            fault(&error)
        }
    }
}

async fn refused(console: &Console) -> Response {
    match console.platform.needs_set_up().await {
        Ok(needed) => page(StatusCode::FORBIDDEN, &Refused { needed }),
        Err(error) => fault(&error),
    }
}
