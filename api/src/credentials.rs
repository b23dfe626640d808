//! How an operation says which credential it takes.
//!
//! One of these stands among the arguments of every operation, so that the document says for each whether it is
//! open. They read the header and judge nothing; authentication is built on top.

use poem::http::header::AUTHORIZATION;
use poem::{Request, RequestBody};
use poem_openapi::auth::Bearer;
use poem_openapi::registry::Registry;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, SecurityScheme};

/// `Authorization: Bearer …`: an API key, a user's access token or an operator's token. Without it, 401.
#[derive(SecurityScheme)]
#[oai(rename = "bearer", ty = "bearer")]
pub struct BearerToken(pub Bearer);

/// A bearer token, or none: for operations that also serve anonymous callers. What is sent but is no bearer token
/// is refused and not taken for nothing.
pub struct OptionalBearer(pub Option<BearerToken>);

/// No credential: for operations whose purpose is to get one, and for public facts.
pub struct Public;

impl<'a> ApiExtractor<'a> for OptionalBearer {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        BearerToken::register(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        BearerToken::security_schemes()
    }

    fn has_security_fallback() -> bool {
        true
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        if !request.headers().contains_key(AUTHORIZATION) {
            return Ok(Self(None));
        }
        let token = BearerToken::from_request(request, body, ExtractParamOptions::default()).await?;
        Ok(Self(Some(token)))
    }
}

impl<'a> ApiExtractor<'a> for Public {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    /// Nothing is one of the things that may be sent, and there is no other.
    fn has_security_fallback() -> bool {
        true
    }

    async fn from_request(
        _request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(Self)
    }
}
