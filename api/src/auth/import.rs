//! Users from a file, which is read as it comes.

use std::time::Duration;

use futures_util::StreamExt as _;
use neonex_core::auth::{USERS_AT_ONCE, UserImport};
use neonex_core::records::OnError as DomainOnError;
use poem::http::StatusCode;
use poem::{Body, Request, RequestBody};
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::Type as _;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, OpenApi};

use crate::caller::{Caller, Surface};
use crate::problem::Problem;
use crate::records::{OnError, Report};
use crate::route::body::{check_coding, unsupported};

/// How long a client may send nothing.
const PATIENCE: Duration = Duration::from_mins(1);

/// The import of users.
#[derive(Clone)]
pub struct Imports(pub Surface);

/// NDJSON, as it comes.
struct Lines(Body);

impl<'a> ApiExtractor<'a> for Lines {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        let content =
            vec![MetaMediaType { content_type: "application/x-ndjson", schema: String::schema_ref() }];
        Some(MetaRequest { description: None, content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        check_coding(request)?;
        let essence = request.content_type().and_then(|kind| kind.split(';').next()).unwrap_or_default();
        // One user alone is one line.
        if !["application/x-ndjson", "application/json"].contains(&essence.trim()) {
            return Err(
                unsupported("Users are sent as NDJSON, with `Content-Type: application/x-ndjson`.").into()
            );
        }
        Ok(Self(body.take()?))
    }
}

#[OpenApi]
impl Imports {
    /// Import users
    ///
    /// Makes a user of each line: `{"email", "verified", "password_hash", "profile", "roles", "disabled", "created_at",
    /// "id"}`, all of them optional. Hashes are taken as other systems make them (bcrypt, argon2, scrypt, Firebase's
    /// scrypt, PBKDF2), unless comparing with them would cost too much; with the first sign-in the password is hashed
    /// anew. A line that is wrong is in the report and makes no user; those before it are kept.
    #[oai(
        path = "/v1/users/import",
        method = "post",
        operation_id = "import_users",
        tag = "super::super::Tag::Users"
    )]
    async fn import(
        &self,
        caller: Caller,
        /// What to do after a line that failed.
        on_error: Query<Option<OnError>>,
        /// Try everything and keep nothing. Lines are then tried against who is there and against those around them.
        dry_run: Query<Option<bool>>,
        body: Lines,
    ) -> Result<Json<Report>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let on_error = on_error.0.map_or(DomainOnError::Stop, DomainOnError::from);
        let dry_run = dry_run.0.unwrap_or_default();
        let mut import = scope.import_users(&scope.permit()?, on_error, dry_run).await?;
        let mut parts = body.0.into_bytes_stream();
        let mut charged = 1;
        while !import.report().stopped {
            let next = tokio::time::timeout(PATIENCE, parts.next()).await;
            let Some(part) = next.map_err(|_| broken(&import, too_slow()))? else { break };
            let part = part.map_err(|_| broken(&import, incomplete()))?;
            import.push(&part).await.map_err(|error| broken(&import, error.into()))?;
            let due = handled(&import).div_ceil(USERS_AT_ONCE);
            if due > charged {
                self.0
                    .charge(&caller, &scope, due - charged)
                    .await
                    .map_err(|problem| broken(&import, problem))?;
                charged = due;
            }
        }
        import.finish().await.map_err(|error| broken(&import, error.into()))?;
        Ok(Json(Report::from(import.report())))
    }
}

fn handled(import: &UserImport) -> usize {
    usize::try_from(import.report().created + import.report().failed).unwrap_or(usize::MAX)
}

/// A problem with how far the file had been handled.
fn broken(import: &UserImport, problem: Problem) -> Problem {
    let report = import.report();
    problem.and(&format!(
        "Handled up to line {}: {} created, {} failed.",
        report.last_line, report.created, report.failed
    ))
}

fn incomplete() -> Problem {
    Problem::bad_request("incomplete_body", "The body broke off before its end.")
}

fn too_slow() -> Problem {
    let detail = format!("Nothing of the body came for {} seconds.", PATIENCE.as_secs());
    Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", detail)
}
