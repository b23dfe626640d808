//! How a write is made: once for its idempotency key, again where it met another's, and from fresh state where it met a
//! change of the schema.

use std::time::Duration;

use futures_util::FutureExt as _;

use super::batch::BatchError;
use super::error::RecordError;
use super::service::Precondition;
use crate::access::TenantScope;
use crate::engine::Undo;
use crate::idempotency::{IdempotencyKey, KeyReused, Outcome};
use crate::platform::see_through;
use crate::slow_queries::Asked;
use crate::store::{OfStore, StoreError, Tx};

/// A write, ready to be made.
pub(crate) trait Write: Clone + Send + 'static {
    type Done: Send + 'static;
    type Error: OfStore + From<KeyReused> + From<StoreError> + Send + 'static;

    /// Makes it.
    fn apply(self, tx: &mut Tx<'_>) -> impl Future<Output = Result<Self::Done, Self::Error>> + Send;

    /// Whether users may be gone after it, of whom no more may be known then.
    fn ends_users(&self) -> bool {
        false
    }

    /// The answer, as it is kept for those who ask again.
    fn answer(done: &Self::Done) -> Vec<u8>;

    /// What was done, by the answer that was kept. `None` if it is none.
    fn replay(answer: Vec<u8>) -> Option<Self::Done>;
}

/// What a client asks of a write beside the change itself.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Of the version that it writes over.
    pub precondition: Precondition,
    /// That it is done once, however often it is sent.
    pub once: Option<IdempotencyKey>,
}

impl From<Precondition> for Terms {
    fn from(precondition: Precondition) -> Self {
        Self { precondition, once: None }
    }
}

impl TenantScope {
    /// Makes a write, or finds the answer of the one that was made under the same key. `asked` is what it is for, if it is
    /// to be noted when it takes too long.
    pub(super) async fn make<W: Write>(
        &self,
        write: W,
        undo: Undo,
        once: Option<IdempotencyKey>,
        asked: Option<Asked<'_>>,
    ) -> Result<Outcome<W::Done>, W::Error> {
        let done = if write.ends_users() {
            let scope = self.clone();
            see_through(async move {
                let done = scope.make_now(write, undo, once).await;
                scope.platform().forget_users(scope.tenant().id());
                done
            })
            .await
        } else {
            self.make_now(write, undo, once).await
        };
        match asked {
            Some(asked) => self.timed(&asked, done),
            None => done.map(|(done, _)| done),
        }
    }

    /// Also says how long the database took.
    async fn make_now<W: Write>(
        &self,
        write: W,
        undo: Undo,
        once: Option<IdempotencyKey>,
    ) -> Result<(Outcome<W::Done>, Duration), W::Error> {
        let (place, now) = (self.place(), self.platform().now());
        let undo = if once.is_some() { Undo::Savepoint } else { undo };
        let store = self.platform().store();
        store
            .write_again(place, undo, move |tx| {
                async move {
                    if let Some(key) = &once
                        && let Some(answer) = key.take::<W::Error>(tx, place, now).await?
                    {
                        return Ok(Outcome::Replayed(answer));
                    }
                    let done = write.apply(tx).await?;
                    if let Some(key) = once {
                        key.keep(tx, place, W::answer(&done)).await?;
                    }
                    Ok(Outcome::Fresh(done))
                }
                .boxed()
            })
            .await
    }

    /// The same, where the answer of then says all that the one of now would.
    pub(super) async fn make_once<W: Write>(
        &self,
        write: W,
        undo: Undo,
        once: Option<IdempotencyKey>,
        asked: Asked<'_>,
    ) -> Result<W::Done, W::Error> {
        let unreadable = || StoreError::Fault("an answer that was kept cannot be read".into()).into();
        match self.make(write, undo, once, Some(asked)).await? {
            Outcome::Fresh(done) => Ok(done),
            Outcome::Replayed(answer) => W::replay(answer).ok_or_else(unreadable),
        }
    }

    /// Does `work` in this scope, and where it met a change of the collections that this scope does not know of yet, once
    /// more in one that does.
    pub async fn renewing<T, E, F>(&self, work: impl Fn(Self) -> F) -> Result<T, E>
    where
        E: Outdated,
        F: Future<Output = Result<T, E>>,
    {
        match work(self.clone()).await {
            Err(error) if error.is_outdated() => match self.renewed().await? {
                Some(scope) => work(scope).await,
                None => Err(error),
            },
            done => done,
        }
    }
}

/// What may come of work that was prepared with collections as they were a moment ago.
pub trait Outdated: From<StoreError> {
    /// Whether it may come of the collections being others by now.
    fn is_outdated(&self) -> bool;
}

impl Outdated for RecordError {
    /// What was sent has been checked: a null or a duplicate that nobody expects breaks a rule which is newer.
    fn is_outdated(&self) -> bool {
        use StoreError::{NotNull, Outdated, Unique};
        matches!(self, Self::Store(Outdated(_) | NotNull { .. } | Unique { .. }))
    }
}

impl Outdated for BatchError {
    fn is_outdated(&self) -> bool {
        matches!(self, Self::Operation { error, .. } if error.is_outdated())
    }
}
