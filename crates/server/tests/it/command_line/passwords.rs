//! A PostgreSQL that asks for a password: it is let in by, and shown to nobody.

use std::time::Duration;

use embedded_postgres::{DATABASE, Durability, Running, Settings, start};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, raw_sql};
use testkit::Client;
use tokio::fs::File;
use tokio::task::spawn_blocking;

use super::{Folder, NOBODY, SECRET, advised, eventually, run};

/// A server on 127.0.0.1.
struct Server {
    running: Running,
    superuser: PgConnection,
}

impl Server {
    async fn start(folder: &Folder) -> Self {
        let settings = Settings {
            data_dir: folder.path().join("own"),
            max_connections: 20,
            durability: Durability::TestsOnly,
            listen_port: Some(0),
        };
        let running = spawn_blocking(|| start(settings).expect("a server")).await.expect("started");
        let superuser = PgConnectOptions::new_without_pgpass()
            .socket(running.socket_dir())
            .port(running.port())
            .username("postgres")
            .database(DATABASE);
        let superuser = PgConnection::connect_with(&superuser).await.expect("a connection");
        Self { running, superuser }
    }

    async fn execute(&mut self, sql: &str) {
        raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.superuser).await.expect("it runs");
    }

    async fn stop(self) {
        self.superuser.close().await.expect("closed");
        spawn_blocking(|| self.running.stop().expect("stopped")).await.expect("stopped");
    }
}

/// Its role and its password are in the variables of psql alone. The role needs quotes, and no schema to begin with.
#[tokio::test]
async fn the_variables_of_psql_lead_to_a_server_and_its_password_is_never_printed() {
    let folder = Folder::new();
    let mut server = Server::start(&folder).await;
    let role = format!("create role \"Shop-Keeper\" login password '{SECRET}'");
    let path = "alter role \"Shop-Keeper\" set search_path = '$user'";
    server.execute(&format!("alter database {DATABASE} owner to postgres; {role}; {path}")).await;
    let port = server.running.port().to_string();
    let command = |arguments: &[&str]| {
        let mut command = folder.command(arguments);
        command.env("PGHOST", "127.0.0.1").env("PGPORT", &port).env("PGDATABASE", DATABASE);
        command.env("PGUSER", "Shop-Keeper").env("PGPASSWORD", SECRET);
        command.env("STOCKBOOK_ALLOW_UNSAFE_DATABASE", "true").env("RUST_LOG", "trace");
        command
    };

    let mut wrong = command(&["migrate"]);
    wrong.env("PGPASSWORD", format!("{SECRET}?"));
    run(&mut wrong)
        .await
        .expect(3)
        .saying(&["password authentication failed", "password and database are right"])
        .hiding(SECRET);
    for what in ["CREATE SCHEMA", "GRANT CREATE ON DATABASE"] {
        let refused = run(&mut command(&["migrate"])).await.expect(3).saying(&[what]).hiding(SECRET);
        server.execute(&advised(&refused)).await;
    }
    for arguments in [&["migrate"][..], &["seed"], &["doctor"], &["doctor", "--json"]] {
        run(&mut command(arguments)).await.expect(0).hiding(SECRET);
    }

    let owner = ["user", "create", "--email", "anna@stock.example", "--name", "Anna", "--role", "viewer"];
    run(&mut command(&owner)).await.expect(0).hiding(SECRET);
    let made = ["api-key", "create", "--user", "anna@stock.example", "--name", "test"];
    let key = run(&mut command(&made)).await.expect(0).hiding(SECRET).stdout;

    let file = folder.path().join("output");
    let output = File::create(&file).await.expect("a file").into_std().await;
    let mut serve = command(&["serve", "--listen", "127.0.0.1:0"]);
    serve.stdout(output.try_clone().expect("a file")).stderr(output);
    let mut serve = serve.spawn().expect("it runs");
    let printed = async || tokio::fs::read_to_string(&file).await.expect("text");
    let ready = async || printed().await.contains("(PostgreSQL ");
    eventually("it serves", Duration::from_secs(60), ready).await;
    let base =
        printed().await.split_once("listens on ").map(|(_, rest)| rest.lines().next().map(str::to_owned));
    let client = Client::new(&base.flatten().expect("where it listens")).await.with_key(key.trim());
    assert!(!client.get("/products").await.expect(200).items().is_empty());
    kill(Pid::from_raw(serve.id().expect("it runs").cast_signed()), Signal::SIGTERM).expect("told to stop");
    assert!(serve.wait().await.expect("its end").success());
    let printed = printed().await;
    assert!(printed.contains("Shop-Keeper") && !printed.contains(SECRET), "{printed}");
    server.stop().await;
}

#[tokio::test]
async fn a_url_that_cannot_be_read_is_refused_without_its_password() {
    let folder = Folder::new();
    for url in [
        format!("mysql://u:{SECRET}@127.0.0.1/d"),
        format!("u:{SECRET}@127.0.0.1/d"),
        format!("postgres://u:{SECRET}@127.0.0.1:port/d"),
        format!("postgres://u:{SECRET}/slash@127.0.0.1/d"),
        format!("postgres://u:{SECRET}@127.0.0.1/d?sslmode=unheard"),
    ] {
        let refused = folder.run(&["migrate", "--database-url", &url]).await;
        refused.expect(2).saying(&["database URL", "postgres://user@host:5432/database"]).hiding(SECRET);
        run(folder.command(&["migrate"]).env("DATABASE_URL", &url)).await.expect(2).hiding(SECRET);
        folder.write("bad.toml", &format!("database_url = \"{url}\"\n")).await;
        folder.run(&["migrate", "--config", "bad.toml"]).await.expect(2).hiding(SECRET);
    }
    for line in [format!("postgres://u:{SECRET}@h/d"), format!("\"{SECRET}"), format!("[\"{SECRET}\"]")] {
        folder.write("bad.toml", &format!("database_url = {line}\n")).await;
        folder.run(&["migrate", "--config", "bad.toml"]).await.expect(2).saying(&["line 1"]).hiding(SECRET);
    }
}

/// Whatever is logged, of a server that is not there.
#[tokio::test]
async fn passwords_are_not_printed_from_wherever_they_come() {
    let folder = Folder::new();
    let in_user = format!("postgres://u:{SECRET}@{NOBODY}/d");
    let in_query = format!("postgres://u@{NOBODY}/d?password={SECRET}&sslpassword={SECRET}");
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    for arguments in [&["doctor", "--json"][..], &["doctor"], &["migrate"], &serve] {
        let command = || {
            let mut command = folder.command(arguments);
            command.env("RUST_LOG", "trace");
            command
        };
        run(command().env("DATABASE_URL", &in_user)).await.expect(3).hiding(SECRET);
        let ignored = run(command().env("DATABASE_URL", &in_query)).await.expect(3).hiding(SECRET);
        ignored.saying(&["not known", "sslpassword"]);
        let variables = [("PGHOST", "127.0.0.1"), ("PGPORT", "1"), ("PGPASSWORD", SECRET)];
        run(command().envs(variables)).await.expect(3).hiding(SECRET);
    }
    let not_encoded = format!("postgres://u:1?{SECRET}@{NOBODY}/d");
    run(folder.command(&["openapi"]).env("DATABASE_URL", not_encoded)).await.expect(0).hiding(SECRET);
    run(folder.command(&["--help"]).env("DATABASE_URL", &in_user)).await.expect(0).hiding(SECRET);
}
