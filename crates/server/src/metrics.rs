//! Figures for Prometheus: how many requests, how long they took, and how busy the connection pool is.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::MatchedPath;
use axum::http::{Method, StatusCode};
use metrics::{Unit, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use platform::App;

const DURATION: &str = "http_request_duration_seconds";
const CONNECTIONS: &str = "database_connections";

/// Upper bounds of the duration's buckets, in seconds.
const BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// Measured requests between two calls of [`PrometheusHandle::run_upkeep`]: until it sorts them into their buckets,
/// each one is kept by itself. Counting requests does it without a timer that wakes an idle server.
const UPKEEP_EVERY: u32 = 10_000;

static HANDLE: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let builder = PrometheusBuilder::new();
    let recorder = match builder.set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS) {
        Ok(builder) => builder.build_recorder(),
        Err(error) => unreachable!("there are buckets: {error}"),
    };
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_err() {
        tracing::warn!("figures go to a recorder that was there before");
    }
    describe_histogram!(DURATION, Unit::Seconds, "Time to answer; its _count is the number of requests");
    describe_gauge!(CONNECTIONS, "Connections to the database, by what they do");
    handle
});

/// Count a request that was answered.
pub(crate) fn answered(method: &Method, route: Option<&MatchedPath>, status: StatusCode, took: Duration) {
    static ANSWERED: AtomicU32 = AtomicU32::new(0);
    let handle = &*HANDLE; // from here on there is a recorder
    // What clients can invent does not become a label: there would be no end of them.
    let method = match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let status = status.as_str().to_owned();
    histogram!(DURATION, "method" => method, "route" => route, "status" => status).record(took);
    if ANSWERED.fetch_add(1, Ordering::Relaxed).is_multiple_of(UPKEEP_EVERY) {
        handle.run_upkeep();
    }
}

/// The figures in Prometheus's text format.
pub(crate) fn render(app: &App) -> String {
    let handle = &*HANDLE;
    let open = app.db().size();
    let idle = u32::try_from(app.db().num_idle()).unwrap_or(open).min(open);
    gauge!(CONNECTIONS, "state" => "idle").set(idle);
    gauge!(CONNECTIONS, "state" => "used").set(open - idle);
    handle.render()
}
