//! The plans of the statements that the server really runs: PostgreSQL sends each as a notice (`auto_explain`), and the
//! driver passes notices on to `tracing`.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use sqlx::{AssertSqlSafe, Executor};
use testkit::TestDatabase;
use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::{Layer, Registry};

/// From now on every new session of the database tells its plans.
pub(super) async fn explain_everything(database: &TestDatabase) {
    let mut superuser = database.superuser().await;
    for (setting, value) in [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_timing", "off"),
        ("auto_explain.log_format", "json"),
        ("auto_explain.log_level", "notice"),
    ] {
        let sql = format!("alter database {} set {setting} = '{value}'", database.name());
        superuser.execute(AssertSqlSafe(sql)).await.expect("a setting of the database");
    }
}

/// Notices with plans, in the order in which they were run, on this thread.
#[derive(Clone, Default)]
pub(super) struct Capture(Arc<Mutex<Vec<String>>>);

impl Capture {
    pub(super) fn begin() -> (Self, DefaultGuard) {
        let capture = Self::default();
        let guard = tracing::subscriber::set_default(Registry::default().with(capture.clone()));
        (capture, guard)
    }

    /// The plans seen since the last time.
    pub(super) fn take(&self) -> Vec<Value> {
        let notices = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        // `duration: 0.1 ms  plan:` and then JSON
        let plans = notices.iter().filter_map(|notice| notice.split_once("plan:\n"));
        plans.map(|(_, json)| serde_json::from_str(json).expect("a plan")).collect()
    }

    /// Forget what was seen since the last time.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl<S: Subscriber> Layer<S> for Capture {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::postgres::notice" {
            event.record(&mut Message(self));
        }
    }
}

struct Message<'a>(&'a Capture);

impl Visit for Message<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.0.0.lock().unwrap_or_else(PoisonError::into_inner).push(value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
