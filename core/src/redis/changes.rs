//! What one instance tells the others: that something they may have in memory has changed.
//!
//! Only that, and not how: who hears it reads the database. A message that is lost costs a second, until versions are
//! compared; one that is forged costs a query.

use std::time::Duration;

use futures_util::StreamExt as _;
use redis::aio::{PubSubSink, PubSubStream};
use redis::{Msg, RedisResult};

use super::{ANSWER, CONNECT, LONGEST_PAUSE, PAUSE, Redis, within};
use crate::credential::CredentialDigest;
use crate::ids::TenantId;

/// After so much silence the connection is asked for a sign of life.
const SILENCE: Duration = Duration::from_secs(10);

/// What has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// A tenant: its settings, collections, status or slug.
    Tenant(TenantId),
    /// What a credential may do.
    Credential(CredentialDigest),
}

impl Change {
    fn write(self) -> String {
        match self {
            Self::Tenant(tenant) => format!("tenant {tenant}"),
            Self::Credential(digest) => {
                digest.iter().fold("credential ".to_owned(), |text, byte| text + &format!("{byte:02x}"))
            }
        }
    }

    /// What a newer version may send as well is not understood and passed over.
    fn read(text: &str) -> Option<Self> {
        match text.split_once(' ')? {
            ("tenant", id) => id.parse().ok().map(Self::Tenant),
            ("credential", digest) => bytes(digest).map(Self::Credential),
            _ => None,
        }
    }
}

fn bytes(text: &str) -> Option<CredentialDigest> {
    let mut digest = CredentialDigest::default();
    if text.len() != 2 * digest.len() || !text.is_ascii() {
        return None;
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(digest)
}

impl Redis {
    fn channel(&self) -> String {
        format!("platform:{}:changes", self.0.installation)
    }

    /// Tells the others. Where Redis is gone they find out by themselves, a second late.
    pub(crate) async fn tell(&self, change: Change) {
        let mut publish = redis::cmd("PUBLISH");
        publish.arg(self.channel()).arg(change.write());
        let _heard_by_so_many: Option<i64> =
            self.ask(async |connection| publish.query_async(connection).await).await;
    }

    /// Calls `heard` with what others tell, and with what this instance tells itself, for ever.
    pub(crate) async fn listen(self, heard: impl Fn(Change)) {
        let mut pause = PAUSE;
        loop {
            match within(CONNECT, self.subscribe()).await {
                Ok((mut sink, mut stream)) => {
                    pause = PAUSE;
                    while let Some(message) = next(&mut sink, &mut stream).await {
                        let text: RedisResult<String> = message.get_payload();
                        if let Some(change) = text.ok().and_then(|text| Change::read(&text)) {
                            heard(change);
                        }
                    }
                    tracing::debug!("Redis does not tell of changes any more");
                }
                Err(error) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "Redis tells of no changes");
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn subscribe(&self) -> RedisResult<(PubSubSink, PubSubStream)> {
        let (mut sink, stream) = self.0.client.get_async_pubsub().await?.split();
        sink.subscribe(self.channel()).await?;
        Ok((sink, stream))
    }
}

/// The next message; `None` where the connection has gone, whether or not it said so.
async fn next(sink: &mut PubSubSink, stream: &mut PubSubStream) -> Option<Msg> {
    loop {
        match tokio::time::timeout(SILENCE, stream.next()).await {
            Ok(message) => return message,
            Err(_) => within(ANSWER, sink.ping::<redis::Value>()).await.ok()?,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_reads_back_and_nonsense_is_passed_over() {
        let tenant = TenantId::from_uuid(uuid::Uuid::from_u128(7));
        let mut digest = [0xab; 32];
        digest[0] = 1;
        for change in [Change::Tenant(tenant), Change::Credential(digest)] {
            assert_eq!(Change::read(&change.write()), Some(change));
        }
        let long = "ab".repeat(33);
        let accented = "é".repeat(32);
        for nonsense in ["", "tenant", "tenant x", "credential ab", "user 7", &long, &accented] {
            assert_eq!(Change::read(nonsense), None, "{nonsense}");
            assert_eq!(Change::read(&format!("credential {nonsense}")), None, "{nonsense}");
        }
    }
}
