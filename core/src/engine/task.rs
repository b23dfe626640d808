//! A caller's closure on its way to a thread and its result on the way back.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::EngineError;

/// How a closure ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ran {
    Done,
    /// It returned an error of its own.
    Failed,
    Panicked,
}

/// Running and answering are two steps, because a write is answered only after the commit.
pub(super) trait Task: Send {
    fn run(&mut self, conn: &mut Connection) -> Ran;
    /// `Ok` hands over what the closure returned.
    fn answer(self: Box<Self>, verdict: Result<(), EngineError>);
    /// Nobody waits for the answer any more.
    fn abandoned(&self) -> bool;
}

/// What the caller waits for.
pub(super) type Answer<T, E> = Result<Result<T, E>, EngineError>;

struct Typed<T, E, F> {
    closure: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Answer<T, E>>,
}

/// Boxes `closure`, and gives the end on which its answer arrives.
pub(super) fn task<T, E, F>(closure: F) -> (Box<dyn Task>, oneshot::Receiver<Answer<T, E>>)
where
    T: Send + 'static,
    E: Send + 'static,
    F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Typed { closure: Some(closure), result: None, reply }), answer)
}

impl<T, E, F> Task for Typed<T, E, F>
where
    T: Send,
    E: Send,
    F: FnOnce(&mut Connection) -> Result<T, E> + Send,
{
    fn run(&mut self, conn: &mut Connection) -> Ran {
        let Some(closure) = self.closure.take() else { return Ran::Panicked };
        // What a panic leaves half done is in the transaction, which the caller of `run` undoes.
        match catch_unwind(AssertUnwindSafe(|| closure(conn))) {
            Ok(result) => {
                let ran = if result.is_ok() { Ran::Done } else { Ran::Failed };
                self.result = Some(result);
                ran
            }
            Err(_) => Ran::Panicked,
        }
    }

    fn answer(self: Box<Self>, verdict: Result<(), EngineError>) {
        let Self { result, reply, .. } = *self;
        // The receiver may have gone with its request.
        drop(reply.send(verdict.and_then(|()| result.ok_or(EngineError::UnitPanicked))));
    }

    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }
}
