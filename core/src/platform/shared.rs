//! What this process shares with the installation's others through Redis.

use futures_util::future::join;

use super::Platform;
use crate::redis::{Change, InvalidRedisUrl, Redis};

impl Platform {
    /// Tells the other instances of changes through the Redis server at `url`, and hears of theirs, as long as
    /// [`Platform::keep_shared`] runs. Once, at the start.
    pub fn share(&self, url: &str) -> Result<Redis, InvalidRedisUrl> {
        let redis = Redis::open(url, self.installation())?;
        Ok(self.0.redis.get_or_init(|| redis).clone())
    }

    /// Names the installation among those that may share a Redis server.
    pub fn installation(&self) -> String {
        self.master_key().installation()
    }

    /// Keeps up the connection to what has been named by [`Platform::share`], for ever; run it as a task.
    pub async fn keep_shared(self) {
        let Some(redis) = self.0.redis.get().cloned() else { return };
        let connected = redis.clone().keep_connected();
        // Embedded there is nobody else.
        if self.0.store.is_embedded() {
            return connected.await;
        }
        join(connected, redis.listen(|change| self.forget(change))).await;
    }

    pub(super) async fn tell(&self, change: Change) {
        if let Some(redis) = self.0.redis.get()
            && !self.0.store.is_embedded()
        {
            redis.tell(change).await;
        }
    }
}
