//! `serve` and `demo`: from the first check to the last answer.

use std::net::SocketAddr;
use std::time::Duration;

use access::oidc::Oidc;
use access::{Access, setup};
use anyhow::Context;
use edge::{Server, Tls};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use stock::Ledger;
use stock::reservations::expire_reservations;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::stop::StopSignals;
use crate::Origins;
use crate::database::Database;
use crate::failure::Failure;
use crate::policy::Policy;
use crate::settings::Settings;

/// How long the last requests may take once we are told to stop; none may take longer than this anyway.
const DRAIN_WITHIN: Duration = Duration::from_secs(30);

/// Open files besides those of clients and the pool: the log, the runtime, connections that are told to come back.
const FILES_BESIDES: u64 = 200;

pub(super) async fn serve(settings: &Settings) -> Result<(), Failure> {
    run(settings, Mode::Serve).await
}

pub(super) async fn demo(settings: &Settings) -> Result<(), Failure> {
    if !settings.listen.ip().is_loopback() {
        return Err(Failure::Usage(format!(
            "{} can be reached from other machines: a demo listens on 127.0.0.1 only; use serve",
            settings.listen
        )));
    }
    run(settings, Mode::Demo).await
}

/// For whom a server is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// For everybody on this machine, with sample data.
    Demo,
    /// For those who sign in or have a key.
    Serve,
}

/// What holds for the requests of this run.
fn policy(settings: &Settings, mode: Mode) -> Policy {
    let is_demo = mode == Mode::Demo;
    Policy {
        // Where everybody on this machine may do everything, a page in a browser must not become one of them.
        only_local_names: is_demo,
        requests_per_second: settings.rate_limit.filter(|_| !is_demo),
        origins: if is_demo { Origins::default() } else { settings.origins.clone() },
    }
}

async fn run(settings: &Settings, mode: Mode) -> Result<(), Failure> {
    allow_files(settings);
    let signals = StopSignals::listen().context("listen for signals")?;
    let tls = tls(settings).await?;
    let listener = bind(settings.listen).await?; // early, because it is soon done and often fails
    let database = Database::open(settings).await?;
    let served = serve_database(settings, mode, listener, tls, &database, signals).await;
    let stopped = database.stop().await;
    served.and(stopped)
}

async fn tls(settings: &Settings) -> Result<Option<Tls>, Failure> {
    let Some((certificate, key)) = &settings.tls else { return Ok(None) };
    let loaded = Tls::load(certificate, key).await;
    loaded.map(Some).map_err(|error| Failure::Usage(format!("HTTPS: {error}")))
}

/// It asks the provider nothing yet: who signs in with a password does not need it.
async fn oidc(settings: &Settings) -> Result<Option<Oidc>, Failure> {
    let Some(provider) = &settings.oidc else { return Ok(None) };
    let made = Oidc::new(provider.with_secret().await?);
    made.map(Some).map_err(|fault| Failure::Usage(format!("OpenID Connect: {fault}")))
}

async fn bind(listen: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(listen).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::Other(anyhow::anyhow!(
            "{listen} is taken by another program, perhaps another Stockbook: stop it, or choose another address \
             with --listen"
        )),
        _ => Failure::Other(anyhow::Error::from(error).context(format!("cannot listen on {listen}"))),
    })
}

/// Every connection is a file. Many systems allow a process 1024 of them until it asks for more.
fn allow_files(settings: &Settings) {
    let needed = settings.max_connections as u64 + u64::from(settings.pool_size) + FILES_BESIDES;
    let allowed = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(soft, hard)| {
        let wanted = needed.min(hard);
        if soft < wanted {
            setrlimit(Resource::RLIMIT_NOFILE, wanted, hard)?;
        }
        Ok(soft.max(wanted))
    });
    match allowed {
        Ok(allowed) if allowed < needed => tracing::warn!(
            allowed,
            needed,
            "too few open files are allowed for --max-connections: raise the limit (ulimit -n, LimitNOFILE)"
        ),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the limit on open files cannot be seen"),
    }
}

/// Without users nobody could come in: whoever reads the output can make the first.
async fn print_setup_token(access: &Access, scheme: &str, address: SocketAddr) -> Result<(), Failure> {
    let token = setup::token_if_needed(access).await.context("make a token for the first user")?;
    let Some(token) = token else { return Ok(()) };
    super::print(format_args!(
        "  first user     {scheme}://{address}/app/setup, or POST /setup, within 24 hours with the token\n                 {}",
        token.expose()
    ))
}

async fn serve_database(
    settings: &Settings,
    mode: Mode,
    listener: TcpListener,
    tls: Option<Tls>,
    database: &Database,
    mut signals: StopSignals,
) -> Result<(), Failure> {
    let findings = database.prepare(settings).await?;
    let app = super::app(database, settings);
    let access = match mode {
        Mode::Demo => {
            super::print(super::plant(&app).await?)?;
            Access::for_everybody(app.clone())
        }
        Mode::Serve => Access::by_login(app.clone()).with_oidc(oidc(settings).await?),
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = listener.local_addr().context("ask where we listen")?;
    super::print(format_args!(
        "Stockbook listens on {scheme}://{address}\n  web app        {scheme}://{address}/app\n  documentation  {scheme}://{address}/docs\n  database       {} (PostgreSQL {})",
        database.psql(),
        findings.version
    ))?;

    if mode == Mode::Serve {
        print_setup_token(&access, scheme, address).await?;
    }
    let ledger = Ledger::new(app.clone());
    let expiring = tokio::spawn(expire_reservations(ledger.clone()));
    let expiring_events = tokio::spawn(events::expire_events(app.clone()));
    let keeping_figures = tokio::spawn(reports::keep_figures(app.clone()));
    let sealing = tokio::spawn(audit::seal_audit_log(app.clone()));
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = Server::new(crate::router(ledger.clone(), access, &policy(settings, mode)))
        .by_tls(tls)
        .behind(settings.trusted_proxies.clone())
        .with_connections_max(settings.max_connections)
        .serve(listener, async { stopped.await.unwrap_or_default() });
    let serving = tokio::spawn(serving);

    let ended = tokio::select! {
        signal = signals.next() => {
            tracing::info!(signal, "answering what has been accepted, then stopping");
            Ok(())
        }
        failure = database.ended() => Err(failure),
    };
    app.stop(); // those who listen to the change feed are let go: nobody waits for them
    drop(stop);
    expiring_events.abort();
    keeping_figures.abort();
    sealing.abort();
    expiring.abort(); // it only waits for answers: what it has submitted is done all the same
    let drained = async {
        serving.await.ok(); // it cannot fail, and if it panicked there is nothing left to answer
        app.drain().await;
        app.db().close().await;
    };
    tokio::select! {
        drained = tokio::time::timeout(DRAIN_WITHIN, drained) => if drained.is_err() {
            tracing::warn!("some requests were not answered within {DRAIN_WITHIN:?}");
        },
        signal = signals.next() => tracing::warn!(signal, "told again: waiting for no answer"),
    }
    ended
}
