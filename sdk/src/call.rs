//! The generated code's way to the server.
//!
//! It sends with the client's retries, and keeps the answer: the generated errors drop it where its body is not what
//! the document says.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use progenitor_client::{ClientHooks, ClientInfo as _, OperationInfo};

use crate::answer::Answer;
use crate::error::{Error, Refusal, Unreadable};
use crate::generated;
use crate::transport::Transport;

/// What a generated client carries along.
#[derive(Clone)]
pub struct Call {
    transport: Arc<Transport>,
    answer: Arc<Mutex<Option<Answer>>>,
}

impl Call {
    pub(crate) fn new(transport: Arc<Transport>) -> Self {
        Self { transport, answer: Arc::default() }
    }

    /// The error of the generated code as ours.
    pub(crate) fn error<E>(&self, error: generated::Error<E>) -> Error {
        use generated::Error as Generated;
        let answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (error, answer) {
            (
                Generated::CommunicationError(error)
                | Generated::ResponseBodyError(error)
                | Generated::InvalidUpgrade(error),
                _,
            ) => error.into(),
            (Generated::InvalidResponsePayload(_, source), Some(answer)) if answer.status.is_success() => {
                Unreadable::new(answer, source).into()
            }
            (_, Some(answer)) => Refusal::from(answer).into(),
            (Generated::InvalidRequest(reason) | Generated::Custom(reason), None) => Error::Invalid(reason),
            (_, None) => Error::Invalid("nothing was sent".to_owned()),
        }
    }
}

impl ClientHooks<Call> for generated::Client {
    async fn exec(
        &self,
        request: reqwest::Request,
        _operation: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        let call = self.inner();
        let answer = call.transport.send(request).await?;
        let response = answer.to_response();
        *call.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        Ok(response)
    }
}

/// Without the answer, in which a new key may stand.
impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Call").field(&self.transport).finish()
    }
}
