//! Two server processes on a PostgreSQL of their own, which is killed and started again under them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use embedded_postgres::{Durability, Running, Settings, start};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool};
use testkit::{Client, Response, ServerProcess};

/// How long a command may take to be answered for good, whatever happens to the database meanwhile.
const WITHIN: Duration = Duration::from_secs(60);

pub(super) struct Shop {
    folder: tempfile::TempDir,
    postgres: Mutex<Option<Running>>,
    options: PgConnectOptions,
    servers: Vec<ServerProcess>,
    clients: Vec<Client>,
    /// How many commands have been answered for good.
    answered: AtomicUsize,
}

impl Shop {
    pub(super) async fn open() -> Self {
        let folder = tempfile::Builder::new().prefix("sb").tempdir().expect("a folder");
        let postgres = begin(folder.path().join("data")).await;
        let options = PgConnectOptions::new_without_pgpass()
            .socket(postgres.socket_dir())
            .port(postgres.port())
            .username(embedded_postgres::ROLE)
            .database(embedded_postgres::DATABASE);
        platform::preflight::migrate(&options, true).await.expect("migrated");
        let socket = postgres.socket_dir().display().to_string().replace('/', "%2F");
        let (role, database) = (embedded_postgres::ROLE, embedded_postgres::DATABASE);
        let url = format!("postgres://{role}@{socket}:{}/{database}", postgres.port());
        let key = admin_key(&options).await;
        let (mut servers, mut clients) = (Vec::new(), Vec::new());
        for _ in 0..2 {
            let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_stockbook"));
            command.env("RUST_LOG", "error").args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--database-url",
                &url,
            ]);
            let server = ServerProcess::run(command).await;
            clients.push(server.client().with_key(&key));
            servers.push(server);
        }
        Self {
            folder,
            postgres: Mutex::new(Some(postgres)),
            options,
            servers,
            clients,
            answered: AtomicUsize::new(0),
        }
    }

    pub(super) fn client(&self, server: usize) -> &Client {
        &self.clients[server]
    }

    pub(super) fn db(&self) -> PgPool {
        PgPoolOptions::new().max_connections(2).connect_lazy_with(self.options.clone())
    }

    /// Send a POST under a key until it is answered for good, as a careful client does: to this server first, then to the
    /// other, and so on.
    pub(super) async fn ask(&self, server: usize, key: &str, path: &str, body: &Value) -> Response {
        let begun = Instant::now();
        for attempt in server.. {
            let sent = self.client(attempt % 2).post(path, body.clone()).key(key).send().await;
            if let Ok(answer) = sent {
                assert_ne!(answer.status, 500, "{path} {body}: {answer}");
                if answer.status != 503 {
                    self.answered.fetch_add(1, Relaxed);
                    return answer;
                }
            }
            assert!(begun.elapsed() < WITHIN, "{path} {body} is not answered");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        unreachable!("it goes on for ever")
    }

    /// Wait until so many commands have been answered.
    pub(super) async fn answered(&self, count: usize) {
        while self.answered.load(Relaxed) < count {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// End every session of the servers.
    pub(super) async fn end_sessions(&self) {
        let sql = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'stockbook'";
        let ended: i64 = sqlx::query_scalar(sql).fetch_one(&self.db()).await.expect("sessions");
        assert!(ended > 0, "there were sessions to be ended");
    }

    /// Kill PostgreSQL as a crash would, and start it again: it recovers from its log.
    pub(super) async fn crash(&self) {
        let postgres = self.postgres.lock().expect("a lock").take().expect("it runs");
        kill(Pid::from_raw(postgres.pid().cast_signed()), Signal::SIGQUIT).expect("killed");
        let data_dir = self.folder.path().join("data");
        let begun = Instant::now();
        while !postgres.has_exited() {
            assert!(begun.elapsed() < WITHIN, "PostgreSQL does not end");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::task::spawn_blocking(move || drop(postgres)).await.expect("ended");
        let postgres = begin(data_dir).await;
        *self.postgres.lock().expect("a lock") = Some(postgres);
    }

    pub(super) async fn close(self) {
        for server in self.servers {
            server.kill().await;
        }
        let postgres = self.postgres.into_inner().expect("a lock").expect("it runs");
        tokio::task::spawn_blocking(move || postgres.stop().expect("stopped")).await.expect("stopped");
    }
}

/// The key of a new admin.
async fn admin_key(options: &PgConnectOptions) -> String {
    let key = testkit::new_api_key();
    let sql = "with admin as (insert into users (email, name, role) values ('writer@stock.example', 'writer', 'admin') returning id)
        insert into api_keys (token_hash, user_id, name, prefix, expires_at)
        select sha256(convert_to($1, 'UTF8')), id, 'test', left($1, 14), now() + interval '1 day' from admin";
    let mut db = options.connect().await.expect("a connection");
    sqlx::query(sql).bind(&key).execute(&mut db).await.expect("a key");
    key
}

async fn begin(data_dir: std::path::PathBuf) -> Running {
    // Else what was acknowledged would not be on disk when PostgreSQL crashes.
    let settings =
        Settings { data_dir, max_connections: 60, durability: Durability::Full, listen_port: None };
    tokio::task::spawn_blocking(move || start(settings).expect("a database")).await.expect("started")
}
