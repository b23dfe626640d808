//! Mails over SMTP (RFC 5321), with TLS unless it is asked to do without.
//!
//! Connections are kept for the next mail. One on which anything went wrong, or whose time was over in the middle of
//! something, is closed: what was left unsaid there would become part of the next mail.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use lettre::address::{Address, Envelope};
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Category;
use percent_encoding::percent_decode_str;
use tokio::time::timeout;
use url::Url;

use super::mailer::{Mail, Mailer, SendError};

/// How long a connection may take to be ready.
const CONNECT: Duration = Duration::from_secs(20);
/// How long a mail may take.
const SEND: Duration = Duration::from_mins(1);
/// How long it may take to find out whether a connection that was kept still works.
const CHECK: Duration = Duration::from_secs(5);
/// Connections at once, and so mails that are under way.
const CONNECTIONS: usize = 8;

/// Where mails go out.
#[derive(Clone)]
pub struct SmtpServer {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
}

#[derive(Clone)]
enum Security {
    /// The connection begins with TLS.
    Wrapped(TlsParameters),
    /// TLS begins with `STARTTLS`, or nothing is sent.
    StartTls(TlsParameters),
    /// What is sent can be read by whoever is between.
    None,
}

/// A connection that is kept.
pub struct Kept {
    connection: AsyncSmtpConnection,
    /// Whether nothing was begun on it that was not ended.
    is_whole: bool,
}

/// A URL that names no SMTP server, or a certificate that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSmtpServer {
    /// The URL is another.
    #[error("not the URL of an SMTP server: write it as `smtp://user:password@host:587` or `smtps://…`")]
    Url,
    /// A password, and no TLS, on the way to another machine.
    #[error("a password is not sent to another machine without TLS: leave out `tls=none`")]
    Bare,
    /// The certificate is none.
    #[error("the file holds no certificates in PEM")]
    Certificate,
    /// The sender is no address.
    #[error("not an address to send from: write it as `mail@example.com` or `Example <mail@example.com>`")]
    From,
}

/// Sends mails through one SMTP server.
pub struct SmtpMailer {
    pool: Pool<SmtpServer>,
    from: Mailbox,
}

impl SmtpServer {
    /// Reads `smtp://user:password@host:port` (with `STARTTLS`; with `?tls=none` without TLS) or `smtps://…`. The
    /// server's certificate is to be one that the system trusts, or one of `authorities` (PEM).
    pub fn parse(url: &str, authorities: Option<&[u8]>) -> Result<Self, InvalidSmtpServer> {
        let url = Url::parse(url).map_err(|_| InvalidSmtpServer::Url)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(InvalidSmtpServer::Url)?;
        // An IPv6 address stands in brackets in a URL, and nowhere else.
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(InvalidSmtpServer::Url);
        }
        let options: Vec<_> = url.query_pairs().collect();
        let bare = match options.as_slice() {
            [] => false,
            [(name, value)] if name == "tls" && value == "required" => false,
            [(name, value)] if name == "tls" && value == "none" && url.scheme() == "smtp" => true,
            _ => return Err(InvalidSmtpServer::Url),
        };
        let (port, security) = match (url.scheme(), bare) {
            ("smtps", _) => (465, Security::Wrapped(tls(&host, authorities)?)),
            ("smtp", false) => (587, Security::StartTls(tls(&host, authorities)?)),
            ("smtp", true) => (25, Security::None),
            _ => return Err(InvalidSmtpServer::Url),
        };
        let decoded = |text: &str| {
            let decoded = percent_decode_str(text).decode_utf8().map(Cow::into_owned);
            decoded.map_err(|_| InvalidSmtpServer::Url)
        };
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => {
                Some(Credentials::new(decoded(user)?, decoded(password.unwrap_or_default())?))
            }
        };
        let local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if bare && credentials.is_some() && !local {
            return Err(InvalidSmtpServer::Bare);
        }
        Ok(Self { host, port: url.port().unwrap_or(port), security, credentials })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, lettre::transport::smtp::Error> {
        let hello = ClientId::default();
        let wrapped = match &self.security {
            Security::Wrapped(tls) => Some(tls.clone()),
            Security::StartTls(_) | Security::None => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT), &hello, wrapped, None).await?;
        if let Security::StartTls(tls) = &self.security {
            // It fails where the server does not offer it: then nothing is said that another may read.
            connection.starttls(tls.clone(), &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// It holds a password.
impl std::fmt::Debug for SmtpServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SmtpServer({}:{})", self.host, self.port)
    }
}

impl Manager for SmtpServer {
    type Type = Kept;
    type Error = SendError;

    async fn create(&self) -> Result<Kept, SendError> {
        match timeout(CONNECT, self.connect()).await {
            Ok(Ok(connection)) => Ok(Kept { connection, is_whole: true }),
            // Whatever it is, it is no fault of the mail's.
            Ok(Err(error)) => Err(SendError::NotNow(words(&error))),
            Err(_) => Err(SendError::NotNow("the mail server took too long to be ready".to_owned())),
        }
    }

    async fn recycle(&self, kept: &mut Kept, _: &Metrics) -> RecycleResult<SendError> {
        if !kept.is_whole {
            return Err(RecycleError::message("a mail was given up on the way"));
        }
        match timeout(CHECK, kept.connection.test_connected()).await {
            Ok(true) => Ok(()),
            _ => Err(RecycleError::message("the connection is gone")),
        }
    }
}

impl SmtpMailer {
    /// Through that server, from that address. Connects when there is something to send.
    pub fn new(server: SmtpServer, from: &str) -> Result<Self, InvalidSmtpServer> {
        let from = from.parse().map_err(|_| InvalidSmtpServer::From)?;
        let pool = Pool::builder(server).max_size(CONNECTIONS).build().map_err(|_| InvalidSmtpServer::Url)?;
        Ok(Self { pool, from })
    }

    async fn hand_over(&self, mail: &Mail) -> Result<(), SendError> {
        let (envelope, message) = self.message(mail)?;
        let mut kept = Box::pin(self.pool.get()).await.map_err(|error| match error {
            PoolError::Backend(error) => error,
            error => SendError::NotNow(error.to_string()),
        })?;
        // Also where whoever waits for this goes away in the middle.
        kept.is_whole = false;
        let sent = match timeout(SEND, kept.connection.send(&envelope, &message)).await {
            Ok(Ok(_)) => {
                kept.is_whole = true;
                return Ok(());
            }
            Ok(Err(error)) if is_final(&error) => Err(SendError::Refused(words(&error))),
            Ok(Err(error)) => Err(SendError::NotNow(words(&error))),
            Err(_) => Err(SendError::NotNow("the mail server took too long to take the mail".to_owned())),
        };
        drop(Object::take(kept));
        sent
    }

    fn message(&self, mail: &Mail) -> Result<(Envelope, Vec<u8>), SendError> {
        let refused = |error: &dyn std::error::Error| SendError::Refused(error.to_string());
        let to: Address = mail.to.parse().map_err(|error| refused(&error))?;
        let micros = u64::try_from(mail.at.as_micros()).unwrap_or_default();
        let builder = lettre::Message::builder()
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.clone())
            .header(AutoSubmitted);
        let message = match &mail.html {
            Some(html) => {
                builder.multipart(MultiPart::alternative_plain_html(mail.text.clone(), html.clone()))
            }
            None => builder.singlepart(SinglePart::plain(mail.text.clone())),
        };
        let message = message.map_err(|error| refused(&error))?;
        Ok((message.envelope().clone(), message.formatted()))
    }
}

impl Mailer for SmtpMailer {
    fn send<'m>(&'m self, mail: &'m Mail) -> BoxFuture<'m, Result<(), SendError>> {
        self.hand_over(mail).boxed()
    }
}

/// RFC 3834: so that nobody's holiday answers it.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn tls(host: &str, authorities: Option<&[u8]>) -> Result<TlsParameters, InvalidSmtpServer> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = authorities {
        // What is no certificate at all would be read as none.
        if !String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err(InvalidSmtpServer::Certificate);
        }
        let certificate = Certificate::from_pem(pem).map_err(|_| InvalidSmtpServer::Certificate)?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|_| InvalidSmtpServer::Certificate)
}

/// Whether the mail would be refused again. That a server wants to know who sends (53x) is no fault of the mail's.
fn is_final(error: &lettre::transport::smtp::Error) -> bool {
    let about_us = error.status().is_some_and(|code| code.category == Category::Unspecified3);
    error.is_client() || error.is_permanent() && !about_us
}

/// What an error says, with what lies behind it.
fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::MailId;

    #[test]
    fn a_server_is_named_by_its_url() {
        let parse = |url: &str| SmtpServer::parse(url, None);
        let server = parse("smtp://ann%40example.com:p%20w@mail.example.com").unwrap();
        assert_eq!((server.host.as_str(), server.port), ("mail.example.com", 587));
        assert!(matches!(server.security, Security::StartTls(_)));
        let expected = Credentials::new("ann@example.com".to_owned(), "p w".to_owned());
        assert_eq!(server.credentials, Some(expected));
        assert!(!format!("{server:?}").contains("p w"));
        assert!(matches!(parse("smtps://mail.example.com:2465").unwrap().security, Security::Wrapped(_)));
        let bare = parse("smtp://127.0.0.1:1025?tls=none").unwrap();
        assert!(matches!(bare.security, Security::None) && bare.port == 1025);
        assert!(parse("smtp://user:pw@localhost?tls=none").is_ok());
        for wrong in [
            "mail.example.com",
            "http://mail.example.com",
            "smtp://",
            "smtp://a?tls=maybe",
            "smtps://a?tls=none",
            "smtp://a/b",
        ] {
            assert_eq!(parse(wrong).unwrap_err(), InvalidSmtpServer::Url, "{wrong}");
        }
        let bare = parse("smtp://user:pw@mail.example.com?tls=none").unwrap_err();
        assert_eq!(bare, InvalidSmtpServer::Bare);
        let authority = SmtpServer::parse("smtp://a", Some(b"no certificate"));
        assert_eq!(authority.unwrap_err(), InvalidSmtpServer::Certificate);
    }

    #[test]
    fn a_message_has_one_recipient_whatever_its_parts_say() {
        let mailer =
            SmtpMailer::new(SmtpServer::parse("smtp://localhost", None).unwrap(), "Acme <a@example.com>");
        let mailer = mailer.unwrap();
        let mail = Mail {
            id: MailId::from_uuid(uuid::Uuid::from_u128(1)),
            at: crate::clock::Timestamp::from_micros(1_795_428_800_000_000).unwrap(),
            to: "ann@example.com".to_owned(),
            subject: "Grüße\r\nBcc: eve@example.com".to_owned(),
            text: "text".to_owned(),
            html: Some("<p>html</p>".to_owned()),
        };
        let (envelope, message) = mailer.message(&mail).unwrap();
        assert_eq!(envelope.to().len(), 1);
        let message = String::from_utf8(message).unwrap();
        let headers: Vec<&str> = message.split("\r\n\r\n").next().unwrap().lines().collect();
        assert!(headers.contains(&"Auto-Submitted: auto-generated"), "{message}");
        assert!(headers.contains(&"Date: Mon, 23 Nov 2026 10:13:20 +0000"), "{message}");
        assert!(headers.contains(&format!("Message-ID: <{}@example.com>", mail.id).as_str()), "{message}");
        assert!(!headers.iter().any(|line| line.starts_with("Bcc")), "{message}");
        for to in ["nobody", "a@b\r\nRCPT TO:<c@d>", "a@b, c@d"] {
            let mail = Mail { to: to.to_owned(), ..mail.clone() };
            assert!(matches!(mailer.message(&mail), Err(SendError::Refused(_))), "{to}");
        }
    }
}
