//! `neonex serve`: API, console and worker in one process.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use neonex_api::app::{App, Settings};
use neonex_api::caller::Surface;
use neonex_api::client_address::TrustedProxies;
use neonex_api::metrics::{self, Exposition};
use neonex_api::probes::{NotReady, Readiness};
use neonex_api::rate_limit::{Rate, RateLimits};
use neonex_api::server::{self, Timing};
use neonex_api::{Operations, operations};
use neonex_core::accounts::{Email, SetUp};
use neonex_core::clock::SystemClock;
use neonex_core::password::Password;
use neonex_core::platform::Platform;
use neonex_core::redis::Redis;
use neonex_core::rng::SystemRng;
use tokio::net::TcpListener;

use super::load;
use crate::address::addresses;
use crate::args::ServeArgs;
use crate::config::{Config, FirstOperator, LimitsConfig};
use crate::exit::CommandError;
use crate::platform;
use crate::process::{self, Notifier, Shutdown};

pub(super) fn run(args: &ServeArgs, file: Option<PathBuf>) -> Result<(), CommandError> {
    let config = load(file, args.flags())?;
    let with_worker = !args.no_worker;
    process::run_until_told(&config, |shutdown| serve(&config, with_worker, shutdown))
}

/// Runs the server until `shutdown`.
async fn serve(config: &Config, with_worker: bool, shutdown: Shutdown) -> Result<(), CommandError> {
    let recorder = metrics::install_recorder().map_err(|error| CommandError::Start(error.into()))?;
    tokio::spawn(metrics::keep_up(recorder.clone()));
    let opened = platform::open(config).await?;
    let platform = &opened.platform;
    let listener = TcpListener::bind(config.server.listen.to_string())
        .await
        .map_err(CommandError::io(format!("cannot listen on {}", config.server.listen)))?;
    if let Some(operator) = &config.admin.operator {
        first_operator(platform, operator).await?;
    }
    let local = listener.local_addr().map_err(CommandError::io("the port has no address"))?;
    if let Some(url) = &config.server.public_url {
        platform.set_public_url(url.as_str());
    }
    let addresses = addresses(config.server.public_url.as_ref(), local);
    let base = addresses.first().cloned().unwrap_or_default();
    let readiness = readiness(platform.clone());
    let observed = platform.clone();
    let exposition = Exposition::new(recorder, move || observed.observe());
    let redis = platform::share(platform, config)?;
    let surface = Surface::new(platform.clone(), limits(&config.limits, redis));
    let app = App::new(settings(config)?)
        .operations(operations(&surface))
        .document::<Operations>()
        .probes(Arc::clone(&readiness), exposition)
        .nest(neonex_console::MOUNT, neonex_console::routes(platform.clone(), base))
        .root(platform.clone(), neonex_console::welcome(platform.clone()))
        .build();
    greet(platform, &addresses).await?;
    let told = shutdown.clone();
    let told = async move { told.told().await };
    let worker = if with_worker {
        platform::send_mails(platform, config)?;
        tokio::spawn(neonex_worker::run(platform.clone(), told))
    } else {
        tokio::spawn(neonex_worker::keep_notes(platform.clone(), told))
    };
    let notifier = Notifier::of_process();
    notifier.ready();
    let told = async {
        shutdown.told().await;
        notifier.stopping();
    };
    let timing = Timing { drain: config.server.shutdown_grace, ..Timing::default() };
    let served = tokio::select! {
        served = server::serve(listener, app, &readiness, told, timing) => served,
        never = alive(&notifier) => never,
    };
    worker.await.map_err(|error| CommandError::Start(error.into()))?;
    platform.close().await;
    served.map_err(CommandError::io("the server ended"))
}

/// Keeps the watchdog content for ever.
async fn alive(notifier: &Notifier) -> std::io::Result<()> {
    notifier.keep_alive().await;
    std::future::pending().await
}

fn settings(config: &Config) -> Result<Settings, CommandError> {
    let proxies: Vec<_> = config.server.trusted_proxies.iter().map(ToString::to_string).collect();
    let trusted_proxies: TrustedProxies = proxies
        .join(",")
        .parse()
        .map_err(|error: neonex_api::client_address::InvalidNetwork| CommandError::Start(error.into()))?;
    let mut settings = Settings::new(Arc::new(SystemClock), Arc::new(SystemRng));
    settings.trusted_proxies = trusted_proxies;
    settings.max_body = config.limits.max_body;
    settings.timeout = config.server.request_timeout;
    Ok(settings)
}

fn limits(config: &LimitsConfig, redis: Option<Redis>) -> Option<Arc<RateLimits>> {
    let limit = config.rate?;
    let refill = |burst: NonZeroU32| Duration::from_secs(u64::from(burst.get())) / limit.per_second.get();
    let rate = Rate { requests: limit.burst, per: refill(limit.burst) };
    let limits = RateLimits::new(rate, rate);
    let limits = Arc::new(match redis {
        Some(redis) => limits.shared_through(redis),
        None => limits,
    });
    tokio::spawn(Arc::clone(&limits).keep_swept());
    Some(limits)
}

fn readiness(platform: Platform) -> Arc<Readiness> {
    Readiness::new(move || {
        let platform = platform.clone();
        async move {
            if platform.is_ready().await {
                return Vec::new();
            }
            vec![NotReady { part: "database", reason: "it does not answer".to_owned() }]
        }
    })
}

/// Makes the operator that the environment names. The password is read once and not kept.
async fn first_operator(platform: &Platform, operator: &FirstOperator) -> Result<(), CommandError> {
    let wrong = |error: neonex_core::invalid::Invalid| CommandError::Usage(error.to_string());
    let email = Email::try_from(operator.email.clone()).map_err(wrong)?;
    if !platform.needs_set_up().await.map_err(|error| CommandError::Start(error.into()))? {
        return Ok(());
    }
    let file = &operator.password_file;
    let text = std::fs::read_to_string(file)
        .map_err(CommandError::io(format!("cannot read the password in {}", file.display())))?;
    let password = Password::try_from(text.trim_end_matches(['\r', '\n']).to_owned()).map_err(wrong)?;
    let made = platform
        .ensure_operator(SetUp { email, password })
        .await
        .map_err(|error| CommandError::Start(error.into()))?;
    if made {
        tracing::info!(email = operator.email, "the first operator has been made");
    }
    Ok(())
}

/// Says where the server is and, while nobody can sign in, how to make the first operator.
async fn greet(platform: &Platform, addresses: &[String]) -> Result<(), CommandError> {
    let mut text = format!("Neonex is running at {}\n", addresses.join(" and "));
    if platform.needs_set_up().await.map_err(|error| CommandError::Start(error.into()))? {
        let link = platform.make_setup_link().await.map_err(|error| CommandError::Start(error.into()))?;
        text += "Make the first operator (this link works once, for 30 minutes):\n";
        for address in addresses {
            text.extend(["  ", address, "/console/setup?token=", link.reveal(), "\n"]);
        }
    }
    crate::output::text(&text)
}
