//! When a call is made again, and after how long.

use std::time::Duration;

use reqwest::header::{IF_MATCH, IF_NONE_MATCH};
use reqwest::{Method, Request, StatusCode};

use crate::answer::Answer;
use crate::random;

/// What says that a `POST` was sent before.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// How often and how soon a failed call is made again.
///
/// A call that the server did not begin (429, no connection) is always worth another try. One that may have been
/// carried out (408, 502, 503, 504, a broken connection, a timeout) is made again only if doing it twice comes to the
/// same: reads, what has an idempotency key, as each `POST` and each change of records does, and `PUT` and `DELETE`
/// without a precondition, which their own success would break.
///
/// ```
/// use std::time::Duration;
///
/// use neonex_sdk::{Client, RetryPolicy};
///
/// // For a job that has all night: ten retries, and an hour's pause if the server asks for it.
/// let mut patient = RetryPolicy::times(10);
/// patient.patience = Duration::from_secs(3600);
/// let client = Client::builder("https://api.example.com").retry(patient).build()?;
/// # Ok::<_, neonex_sdk::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Tries after the first one.
    pub retries: u32,
    /// The longest wait before the second try; it doubles with each. What is waited is a random part of it, half at
    /// least, so that clients that failed together do not come back together.
    pub base: Duration,
    /// The longest wait that a server can ask for with `Retry-After`; if it asks for more, the call fails.
    pub patience: Duration,
}

impl Default for RetryPolicy {
    /// Three retries, after 0.2 s, 0.4 s and 0.8 s at most; a server's wish is granted up to 30 s.
    fn default() -> Self {
        Self { retries: 3, base: Duration::from_millis(200), patience: Duration::from_secs(30) }
    }
}

impl RetryPolicy {
    /// One try.
    pub fn never() -> Self {
        Self { retries: 0, ..Self::default() }
    }

    /// The default, with that many retries.
    pub fn times(retries: u32) -> Self {
        Self { retries, ..Self::default() }
    }

    /// How long to wait before the next try; `None` for no other try.
    pub(crate) fn wait(
        &self,
        retries_made: u32,
        repeatable: bool,
        outcome: &Result<Answer, reqwest::Error>,
    ) -> Option<Duration> {
        if retries_made >= self.retries {
            return None;
        }
        let (worth_it, asked) = match outcome {
            Ok(answer) => {
                (is_unbegun(answer.status) || repeatable && is_transient(answer.status), answer.retry_after())
            }
            Err(error) => (!error.is_builder() && (repeatable || error.is_connect()), None),
        };
        if !worth_it || asked.is_some_and(|asked| asked > self.patience) {
            return None;
        }
        let longest = self.base.saturating_mul(2_u32.saturating_pow(retries_made)).min(self.patience);
        // Never earlier than asked, and not all at that moment either.
        Some(asked.unwrap_or_default() + jittered(longest))
    }
}

/// Whether trying again can help at all.
pub(crate) fn is_transient(status: StatusCode) -> bool {
    is_unbegun(status)
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT
                | StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT
        )
}

/// Whether the server says that it did nothing. 503 does not: a database that was lost while it committed is one.
fn is_unbegun(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
}

/// Whether the request may have been carried out although that was not answered.
pub(crate) fn may_have_been_done(outcome: &Result<Answer, reqwest::Error>) -> bool {
    match outcome {
        Ok(answer) => is_transient(answer.status) && !is_unbegun(answer.status),
        Err(error) => !error.is_builder() && !error.is_connect(),
    }
}

/// Whether sending the request twice comes to the same as sending it once.
pub(crate) fn is_repeatable(request: &Request) -> bool {
    let headers = request.headers();
    if headers.contains_key(IDEMPOTENCY_KEY) {
        return true;
    }
    match *request.method() {
        Method::GET | Method::HEAD => true,
        Method::PUT | Method::DELETE => {
            !headers.contains_key(IF_MATCH) && !headers.contains_key(IF_NONE_MATCH)
        }
        _ => false,
    }
}

/// From half of the wait to all of it.
fn jittered(longest: Duration) -> Duration {
    let share =
        random::bytes().map_or(1.0, |bytes| f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX));
    longest.mul_f64(0.5 + share / 2.0)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use reqwest::header::{HeaderMap, RETRY_AFTER};

    use super::*;

    fn answer(status: u16, retry_after: Option<u64>) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, headers, body: Bytes::new(), doubtful: false }
    }

    #[test]
    fn what_may_have_been_done_is_not_done_again_by_chance() {
        let policy = RetryPolicy::default();
        let retried = |status, repeatable| policy.wait(0, repeatable, &Ok(answer(status, None))).is_some();
        assert!(retried(429, false) && retried(429, true));
        for unknown in [408, 502, 503, 504] {
            assert!(!retried(unknown, false) && retried(unknown, true), "{unknown}");
        }
        for settled in [200, 304, 400, 401, 404, 409, 412, 422, 500] {
            assert!(!retried(settled, true), "{settled}");
        }
    }

    #[test]
    fn waits_grow_and_grant_what_the_server_asks() {
        let policy = RetryPolicy::default();
        for made in 0..3 {
            let longest = policy.base * 2_u32.pow(made);
            let wait = policy.wait(made, true, &Ok(answer(503, None))).unwrap();
            assert!(wait >= longest / 2 && wait <= longest, "{made}: {wait:?}");
        }
        assert_eq!(policy.wait(3, true, &Ok(answer(503, None))), None);
        assert!(policy.wait(0, true, &Ok(answer(503, Some(5)))).unwrap() >= Duration::from_secs(5));
        assert_eq!(policy.wait(0, true, &Ok(answer(503, Some(31)))), None);
    }

    #[test]
    fn a_precondition_makes_a_change_unrepeatable() {
        let http = reqwest::Client::new();
        let request = |method: Method| http.request(method, "http://localhost/");
        let repeatable = |request: reqwest::RequestBuilder| is_repeatable(&request.build().unwrap());
        assert!(repeatable(request(Method::GET).header(IF_NONE_MATCH, "\"a\"")));
        assert!(repeatable(request(Method::DELETE)) && repeatable(request(Method::PUT)));
        assert!(!repeatable(request(Method::DELETE).header(IF_MATCH, "\"a\"")));
        assert!(!repeatable(request(Method::PUT).header(IF_NONE_MATCH, "*")));
        assert!(!repeatable(request(Method::PATCH)) && !repeatable(request(Method::POST)));
        for method in [Method::POST, Method::PATCH, Method::PUT] {
            let request = request(method).header(IDEMPOTENCY_KEY, "a").header(IF_MATCH, "\"a\"");
            assert!(repeatable(request));
        }
    }
}
