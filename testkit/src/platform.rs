//! A platform over a database of its own, and those who work with it. Scopes come from authentication alone, as they
//! do for requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use neonex_core::access::{KeysWrite, OperatorScope, RequestId, TenantScope};
use neonex_core::clock::Clock as _;
use neonex_core::idempotency::Outcome;
use neonex_core::ids::TenantId;
use neonex_core::keys::{Key, KeyKind, NewKey};
use neonex_core::platform::{AuthError, Authenticated, Platform};
use neonex_core::rng::{Rng as _, SystemRng};
use neonex_core::secrets::MasterKey;
use neonex_core::store::{Place, Store};
use neonex_core::tenants::{NewTenant, Settings};

use crate::database::TestStore;
use crate::world::{ManualClock, SeededRng};

/// Where the clocks of tests start: 2026-11-23T10:13:20Z.
const START_MICROS: i64 = 1_795_428_800_000_000;

/// A platform, with the token of an operator.
pub struct TestPlatform {
    /// The platform.
    pub platform: Platform,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    rng: Arc<SeededRng>,
    master_key: [u8; 32],
    test: TestStore,
    operator: String,
}

/// A tenant of a test.
pub struct TestTenant {
    /// Its id.
    pub id: TenantId,
    /// Its slug.
    pub slug: String,
    platform: Platform,
    operator: String,
}

/// A key of a test's tenant, with its secret.
pub struct TestKey {
    /// The key.
    pub key: Key,
    /// What a client presents.
    pub credential: String,
    platform: Platform,
}

impl TestPlatform {
    /// A platform over an empty database on the back end of this run.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_seeded(0).await
    }

    /// The same, with other ids and secrets than in any other test or run: for what tests have in common, Redis say.
    pub async fn start_alone() -> anyhow::Result<Self> {
        let mut seed = [0; 8];
        SystemRng.fill(&mut seed)?;
        Self::start_seeded(u64::from_be_bytes(seed)).await
    }

    async fn start_seeded(seed: u64) -> anyhow::Result<Self> {
        let test = TestStore::create().await?;
        let (clock, rng) = (Arc::new(ManualClock::at(START_MICROS)), Arc::new(SeededRng::of(seed)));
        if !test.store.is_embedded() {
            for place in [Place::Control, Place::ANY_TENANT] {
                test.store.migrate_up(place, clock.now()).await?;
            }
        }
        let mut master_key = [7; 32];
        rng.fill(&mut master_key)?;
        let platform = open(&test.store, &clock, &rng, &master_key).await?;
        let operator = platform.create_token("test".to_owned()).await?.credential.reveal().to_owned();
        Ok(Self { platform, clock, rng, master_key, test, operator })
    }

    /// What the platform stands on, for looking past it.
    pub fn store(&self) -> &Store {
        &self.test.store
    }

    /// The test's database.
    pub const fn database(&self) -> &TestStore {
        &self.test
    }

    /// Another process over the same databases. Embedded there can be none, so there it stands for a restart.
    pub async fn another_process(&self) -> anyhow::Result<Platform> {
        open(&self.test.store, &self.clock, &self.rng, &self.master_key).await
    }

    /// Its randomness.
    pub fn rng(&self) -> Arc<SeededRng> {
        Arc::clone(&self.rng)
    }

    /// The operator's token.
    pub fn operator_token(&self) -> &str {
        &self.operator
    }

    /// The operator.
    pub async fn operator(&self) -> anyhow::Result<OperatorScope> {
        operator(&self.platform, &self.operator).await
    }

    /// Makes a tenant.
    pub async fn tenant(&self, slug: &str) -> anyhow::Result<TestTenant> {
        let new = NewTenant::parse(slug.to_owned(), slug.to_owned(), Settings::default())?;
        let Outcome::Fresh(tenant) = self.operator().await?.create_tenant(new, None).await? else {
            anyhow::bail!("a tenant made without an idempotency key was a repetition");
        };
        let (platform, operator) = (self.platform.clone(), self.operator.clone());
        Ok(TestTenant { id: tenant.id, slug: slug.to_owned(), platform, operator })
    }

    /// Removes the database. A test that fails leaves it behind to be looked at.
    pub async fn remove(self) -> anyhow::Result<()> {
        self.platform.close().await;
        self.test.remove().await
    }
}

impl TestTenant {
    /// The part of the databases that is the tenant's.
    pub const fn place(&self) -> Place {
        Place::Tenant(self.id)
    }

    /// The operator inside this tenant.
    pub async fn as_operator(&self) -> anyhow::Result<TenantScope> {
        Ok(enter(&self.platform, Some(&self.operator), Some(&self.slug)).await?)
    }

    /// Somebody without any key.
    pub async fn anonymous(&self) -> Result<TenantScope, AuthError> {
        enter(&self.platform, None, Some(&self.slug)).await
    }

    /// A key made by the operator; a secret one without scopes has all of them.
    pub async fn key(&self, kind: KeyKind, scopes: Option<&[&str]>) -> anyhow::Result<TestKey> {
        let scopes: Option<Vec<String>> =
            scopes.map(|scopes| scopes.iter().map(|&scope| scope.to_owned()).collect());
        self.key_until(kind, scopes.as_deref(), None).await
    }

    /// The same, with an instant from which on it is refused.
    pub async fn key_until(
        &self,
        kind: KeyKind,
        scopes: Option<&[String]>,
        expires_at: Option<&str>,
    ) -> anyhow::Result<TestKey> {
        let new = NewKey::parse("test".to_owned(), kind, scopes, expires_at, self.platform.now())?;
        let scope = self.as_operator().await?;
        let Outcome::Fresh(made) = scope.create_key(&scope.permit::<KeysWrite>()?, new, None).await? else {
            anyhow::bail!("a key made without an idempotency key was a repetition");
        };
        let credential = made.credential.reveal().to_owned();
        Ok(TestKey { key: made.key, credential, platform: self.platform.clone() })
    }

    /// Who holds a secret key with every scope.
    pub async fn developer(&self) -> anyhow::Result<TenantScope> {
        Ok(self.key(KeyKind::Secret, None).await?.scope().await?)
    }
}

impl TestKey {
    /// Who presents the key.
    pub async fn scope(&self) -> Result<TenantScope, AuthError> {
        enter(&self.platform, Some(&self.credential), None).await
    }
}

/// The operator on any platform over the same databases.
pub async fn operator(platform: &Platform, token: &str) -> anyhow::Result<OperatorScope> {
    match platform.authenticate(Some(token), None, request()?).await? {
        Authenticated::Operator(scope) => Ok(scope),
        Authenticated::Account(_) => anyhow::bail!("an operator is none"),
        Authenticated::Tenant(_) => anyhow::bail!("an operator who named no tenant got into one"),
    }
}

/// Who presents that credential, in that tenant.
pub async fn enter(
    platform: &Platform,
    credential: Option<&str>,
    tenant: Option<&str>,
) -> Result<TenantScope, AuthError> {
    let request = request().map_err(|_| AuthError::Missing)?;
    match platform.authenticate(credential, tenant, request).await? {
        Authenticated::Tenant(scope) => Ok(scope),
        Authenticated::Operator(_) | Authenticated::Account(_) => Err(AuthError::Missing),
    }
}

async fn open(
    store: &Store,
    clock: &Arc<ManualClock>,
    rng: &Arc<SeededRng>,
    master_key: &[u8; 32],
) -> anyhow::Result<Platform> {
    let key = MasterKey::from_bytes(master_key);
    let (clock, rng) = (Arc::clone(clock), Arc::clone(rng));
    let platform = Platform::open(store.clone(), clock, rng, key).await?;
    // How long something takes here is nothing to be tested.
    platform.set_slow_query(None);
    Ok(platform)
}

/// A new one for each request.
fn request() -> anyhow::Result<RequestId> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    RequestId::parse(&format!("test-{}", NEXT.fetch_add(1, Ordering::Relaxed))).context("no request id")
}
