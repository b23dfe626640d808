//! The platform: its databases, its clock, its caches. Everything a process does starts from one of these.
//!
//! # Caches
//!
//! Two things are kept in memory so that a request costs no query but its own: whom a credential belongs to, and each
//! tenant's state (settings, collections). Embedded there is one process, which drops an entry when it changes what
//! lies behind it. On a server there are others: there a credential is looked up again after [`COHERENCE`], and a
//! tenant's version compared, so that a change elsewhere counts at most that much later. Where they share a Redis
//! server they tell each other, and it counts at once.

mod authenticate;
mod shared;
mod tenants;
mod usage;
mod users;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use moka::sync::Cache;
use tracing::Instrument as _;
use uuid::Uuid;

use self::authenticate::Principal;
pub use self::authenticate::{AuthError, Authenticated};
use self::usage::Usage;
use self::users::CheckedToken;
use crate::auth::{Documents, UserState};
use crate::clock::{Clock, Timestamp};
use crate::credential::CredentialDigest;
use crate::egress::HttpEgress;
use crate::ids::{CollectionId, TenantId};
use crate::mail::Outbox;
use crate::records::observed::Observed;
use crate::redis::{Change, Redis};
use crate::rng::Rng;
use crate::secrets::MasterKey;
use crate::slow_queries::SlowQueries;
use crate::store::{MigrateError, Place, Store, StoreError};
use crate::tenants::TenantState;

/// How late a change made by another process may be noticed.
pub const COHERENCE: Duration = Duration::from_secs(1);
const CACHED_CREDENTIALS: u64 = 100_000;
/// Embedded, what is known of a user is forgotten with each change of it; this is for the change that nobody thought of.
const USERS_KEPT: Duration = Duration::from_mins(1);
/// No access token is good for longer.
const TOKENS_KEPT: Duration = Duration::from_hours(1);
const CACHED_TENANTS: u64 = 10_000;
const OBSERVED_COLLECTIONS: u64 = 50_000;

/// The platform. Cheap to clone.
#[derive(Clone)]
pub struct Platform(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    master_key: MasterKey,
    principals: Cache<CredentialDigest, Arc<Principal>>,
    tenants: Cache<TenantId, Arc<TenantState>>,
    slugs: Cache<String, TenantId>,
    /// What lists have looked for: kept when a tenant's state is replaced.
    observed: Cache<CollectionId, Arc<Observed>>,
    /// Access tokens whose signature has been checked.
    tokens: Cache<CredentialDigest, Arc<CheckedToken>>,
    users: Cache<(TenantId, Uuid), Arc<UserState>>,
    public_url: OnceLock<String>,
    egress: OnceLock<HttpEgress>,
    /// What providers of sign-in publish of themselves.
    documents: Documents,
    usage: Usage,
    slow_queries: SlowQueries,
    outbox: Outbox,
    redis: OnceLock<Redis>,
    /// Counts what was forgotten, so that what was read before is not kept after.
    forgotten: AtomicU64,
}

/// Sees a change and the forgetting after it through to their end, even where whoever asked for it goes away in the
/// middle: a change that is kept while memory still has the state before it would go unnoticed.
pub(crate) async fn see_through<T, E>(
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let ended = tokio::spawn(work.in_current_span()).await;
    ended.unwrap_or_else(|error| Err(StoreError::Fault(error.into()).into()))
}

/// What a sweep over several databases came to. One that fails is logged and comes round again; it holds up no other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept<T> {
    /// What was done.
    pub done: T,
    /// In how many databases, or for how many tenants, it could not be.
    pub failed: usize,
}

/// The platform could not be brought up.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A server's database lacks migrations, which are applied there by command only.
    #[error("the database lacks {count} schema migration(s); back it up, then run `neonex migrate up`")]
    Unmigrated {
        /// How many are missing.
        count: usize,
    },
    /// A migration failed, or the database is from a newer version.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
}

impl Platform {
    /// A platform over databases whose schema is as it should be: see [`Platform::open`].
    pub fn new(store: Store, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>, master_key: MasterKey) -> Self {
        let mut principals = Cache::builder().max_capacity(CACHED_CREDENTIALS);
        let mut slugs = Cache::builder().max_capacity(CACHED_TENANTS);
        let users = Cache::builder().max_capacity(CACHED_CREDENTIALS).support_invalidation_closures();
        let users = users.time_to_live(if store.is_embedded() { USERS_KEPT } else { COHERENCE });
        if !store.is_embedded() {
            principals = principals.time_to_live(COHERENCE);
            slugs = slugs.time_to_live(COHERENCE);
        }
        Self(Arc::new(Inner {
            store,
            clock,
            rng,
            master_key,
            principals: principals.build(),
            tenants: Cache::new(CACHED_TENANTS),
            slugs: slugs.build(),
            observed: Cache::new(OBSERVED_COLLECTIONS),
            tokens: Cache::builder().max_capacity(CACHED_CREDENTIALS).time_to_live(TOKENS_KEPT).build(),
            users: users.build(),
            public_url: OnceLock::new(),
            egress: OnceLock::new(),
            documents: Documents::default(),
            usage: Usage::default(),
            slow_queries: SlowQueries::default(),
            outbox: Outbox::default(),
            redis: OnceLock::new(),
            forgotten: AtomicU64::new(0),
        }))
    }

    /// The same, after the control database (embedded) has been migrated, or all that a server shares has been found
    /// to be migrated.
    pub async fn open(
        store: Store,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
        master_key: MasterKey,
    ) -> Result<Self, OpenError> {
        if store.is_embedded() {
            store.migrate_up(Place::Control, clock.now()).await?;
        } else {
            let mut missing = 0;
            for place in [Place::Control, Place::ANY_TENANT] {
                let status = store.migration_status(place).await?;
                missing += status.iter().filter(|migration| migration.applied_at.is_none()).count();
            }
            if missing > 0 {
                return Err(OpenError::Unmigrated { count: missing });
            }
        }
        Ok(Self::new(store, clock, rng, master_key))
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Says under which address the platform is reached, without a slash at its end: a part of what names a tenant as
    /// an issuer of tokens. Once, at the start.
    pub fn set_public_url(&self, url: &str) {
        self.0.public_url.get_or_init(|| url.trim_end_matches('/').to_owned());
    }

    /// Under which address the platform is reached, if that was said.
    pub fn public_url(&self) -> Option<&str> {
        self.0.public_url.get().map(String::as_str)
    }

    /// Says how requests go out. Once, at the start.
    pub fn set_egress(&self, egress: HttpEgress) {
        self.0.egress.get_or_init(|| egress);
    }

    /// The way out.
    pub(crate) fn egress(&self) -> &HttpEgress {
        self.0.egress.get_or_init(HttpEgress::default)
    }

    pub(crate) fn documents(&self) -> &Documents {
        &self.0.documents
    }

    /// Where time comes from.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// Where randomness comes from.
    pub fn rng(&self) -> &dyn Rng {
        &*self.0.rng
    }

    /// Whether the databases answer.
    pub async fn is_ready(&self) -> bool {
        self.0.store.ping().await.is_ok()
    }

    /// Brings the metrics of what is not counted as it changes up to date; to be called before they are read.
    pub fn observe(&self) {
        self.0.store.observe();
    }

    /// Ends all work that has been accepted, then closes the databases.
    pub async fn close(&self) {
        self.flush_usage().await;
        self.flush_slow_queries().await;
        self.0.store.close().await;
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn slow_queries(&self) -> &SlowQueries {
        &self.0.slow_queries
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    pub(crate) fn master_key(&self) -> &MasterKey {
        &self.0.master_key
    }

    /// Forgets whom a credential belongs to, here and elsewhere; the next request looks it up.
    pub(crate) async fn forget_credential(&self, digest: &CredentialDigest) {
        self.forget(Change::Credential(*digest));
        self.tell(Change::Credential(*digest)).await;
    }

    /// Forgets a tenant's state, here and elsewhere; the next request loads it.
    pub(crate) async fn forget_tenant(&self, tenant: TenantId) {
        self.forget(Change::Tenant(tenant));
        self.tell(Change::Tenant(tenant)).await;
    }

    fn forget(&self, change: Change) {
        self.0.forgotten.fetch_add(1, Ordering::SeqCst);
        match change {
            Change::Credential(digest) => self.0.principals.invalidate(&digest),
            Change::Tenant(tenant) => {
                self.0.tenants.invalidate(&tenant);
                self.0.slugs.invalidate_all();
            }
        }
    }

    /// To be compared before and after: a difference means that what was read in between may be out of date.
    fn forgotten(&self) -> u64 {
        self.0.forgotten.load(Ordering::SeqCst)
    }
}
