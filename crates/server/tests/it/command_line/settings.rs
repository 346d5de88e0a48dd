//! What is asked for, by flags, variables and the file, and what is refused before any database is opened.

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::{Value, json};
use testkit::{ServerProcess, TestDatabase, admin_key, golden};
use tokio::net::TcpListener;

use super::{Folder, NOBODY, run};

/// A file of the project.
async fn checked_in(name: &str) -> String {
    tokio::fs::read_to_string(golden::root().join(name)).await.expect(name)
}

#[tokio::test]
async fn the_document_is_printed_as_it_is_checked_in_without_a_database() {
    let folder = Folder::new();
    let printed = run(folder.command(&["openapi"]).env("DATABASE_URL", format!("postgres://u@{NOBODY}/d")))
        .await
        .expect(0)
        .stdout;
    let difference = golden::first_difference(&checked_in("openapi.json").await, &printed);
    assert_eq!(printed, checked_in("openapi.json").await, "{difference}");
}

/// As in `stockbook openapi | head`.
#[tokio::test]
async fn whoever_stops_reading_causes_no_panic() {
    let folder = Folder::new();
    let mut command = folder.command(&["openapi"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().await.expect("its end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && !said.contains("panicked"), "{output:?}");
}

#[tokio::test]
async fn the_help_lists_commands_and_exit_codes() {
    let help = Folder::new().run(&["--help"]).await.expect(0).stdout;
    let begins = |word: &str| help.lines().any(|line| line.split_whitespace().next() == Some(word));
    for word in ["demo", "serve", "migrate", "seed", "doctor", "openapi", "0", "1", "2", "3"] {
        assert!(begins(word), "{word}: {help}");
    }
    assert!(help.contains("Exit codes:"), "{help}");
}

#[tokio::test]
async fn what_is_not_known_is_refused() {
    let folder = Folder::new();
    folder.run(&[]).await.expect(2).saying(&["Usage"]);
    folder.run(&["sirve"]).await.expect(2).saying(&["sirve"]);
    folder.run(&["serve", "--nonsense"]).await.expect(2).saying(&["--nonsense"]);
    folder.run(&["serve", "--log-format", "xml"]).await.expect(2).saying(&["--log-format", "pretty", "json"]);
    folder.run(&["serve", "--config", "none.toml"]).await.expect(2).saying(&["none.toml"]);

    folder
        .run(&["serve", "--cors-origin", "https://a.example", "--cors-origin", "https://b.example/x"])
        .await
        .expect(2)
        .saying(&["CORS origin https://b.example/x"]);
    run(folder.command(&["serve"]).env("STOCKBOOK_CORS_ORIGIN", "https://a.example,*"))
        .await
        .expect(2)
        .saying(&["CORS origin *"]);
    folder.write("stockbook.toml", "cors_origin = [\"https://a.example\", \"null\"]\n").await;
    folder.run(&["serve"]).await.expect(2).saying(&["CORS origin null"]);

    folder.write("stockbook.toml", "pool_size = 5\ndata_dri = \"x\"\n").await;
    folder.run(&["serve"]).await.expect(2).saying(&["stockbook.toml", "line 2", "data_dri"]);
    folder.write("other.toml", "prot = 1\n").await;
    folder.run(&["serve", "--config", "other.toml"]).await.expect(2).saying(&["other.toml", "prot"]);
    run(folder.command(&["serve"]).env("STOCKBOOK_CONFIG", "other.toml"))
        .await
        .expect(2)
        .saying(&["other.toml", "prot"]);
}

#[tokio::test]
async fn the_example_file_has_every_setting_and_can_be_read() {
    let folder = Folder::new();
    let example = checked_in("stockbook.example.toml").await;
    let complete = ["database_url", "data_dir", "tls_cert", "tls_key"]
        .iter()
        .fold(example, |text, key| text.replace(&format!("\n# {key} ="), &format!("\n{key} =")));
    let (complete, table) = complete.split_once("\n# [oidc]\n").expect("a table");
    let table: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix("# ")).collect();
    folder.write("stockbook.toml", &format!("{complete}\n[oidc]\n{}\n", table.join("\n"))).await;
    let help = folder.run(&["--help"]).await.expect(0).stdout;
    folder.run(&["openapi"]).await.expect(0);

    let (_, settings) = help.split_once("Settings (").expect("settings");
    let flags = settings.lines().filter_map(|line| line.trim().strip_prefix("--"));
    let flags: BTreeSet<_> =
        flags.map(|flag| flag.split([' ', '[']).next().unwrap_or_default().replace('-', "_")).collect();
    let keys =
        complete.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    let below = table.iter().filter_map(|line| line.split_once(" = ")).map(|(key, _)| format!("oidc_{key}"));
    assert_eq!(flags, keys.map(|(key, _)| key.to_owned()).chain(below).collect());
}

/// Refusals show which of the values was taken.
#[tokio::test]
async fn flags_win_over_variables_and_these_over_the_file() {
    for (key, what, values) in [
        ("pool_size", "pool size", ["201", "202", "203"]),
        ("listen", "listen address", ["\"file\"", "variable", "flag"]),
        ("base_currency", "base currency", ["\"FIL\"", "VAR", "FLG"]),
    ] {
        let folder = Folder::new();
        let [in_file, in_variable, in_flag] = values;
        let flag = format!("--{}", key.replace('_', "-"));
        let variable = format!("STOCKBOOK_{}", key.to_uppercase());
        let refused = |value: &str| format!("{what} {}: ", value.trim_matches('"'));

        folder.write("stockbook.toml", &format!("{key} = {in_file}\n")).await;
        folder.run(&["serve"]).await.expect(2).saying(&[&refused(in_file)]);
        run(folder.command(&["serve"]).env(&variable, in_variable))
            .await
            .expect(2)
            .saying(&[&refused(in_variable)]);
        run(folder.command(&["serve", &flag, in_flag]).env(&variable, in_variable))
            .await
            .expect(2)
            .saying(&[&refused(in_flag)]);
    }
}

/// In the order in which they win.
#[tokio::test]
async fn the_database_is_the_one_that_is_named_nearest() {
    let url = |name: &str| format!("postgres://u@{NOBODY}/{name}");
    let folder = Folder::new();
    folder.write("stockbook.toml", &format!("database_url = \"{}\"\n", url("in_file"))).await;
    let database = async |ways: &[&str]| {
        let mut command = folder.command(&["doctor", "--json"]);
        for way in ways {
            match *way {
                "flag" => command.args(["--database-url", &url("in_flag")]),
                "url" => command.env("DATABASE_URL", url("in_url")),
                "empty url" => command.env("DATABASE_URL", ""),
                _ => command.env("PGDATABASE", "in_pg").env("PGHOST", "127.0.0.1").env("PGPORT", "1"),
            };
        }
        let report: Value = serde_json::from_str(&run(&mut command).await.expect(3).stdout).expect("JSON");
        let found = report["checks"][0]["found"].as_str().expect("what was found");
        found.split(' ').next().unwrap_or_default().to_owned()
    };
    assert_eq!(database(&["flag", "url", "PG"]).await, "in_flag");
    assert_eq!(database(&["url", "PG"]).await, "in_url");
    assert_eq!(database(&["empty url", "PG"]).await, "in_pg");
    assert_eq!(database(&["empty url"]).await, "in_file");
}

#[tokio::test]
async fn settings_of_all_three_kinds_reach_the_server() {
    let (folder, database) = (Folder::new(), TestDatabase::new().await);
    folder.write("stockbook.toml", "base_currency = \"USD\"\nlisten = \"127.0.0.1:1\"\n").await;
    let mut command = folder.command_on(&database, &["serve", "--base-currency", "CHF"]);
    command.env("STOCKBOOK_BASE_CURRENCY", "GBP").env("STOCKBOOK_LISTEN", "127.0.0.1:0");
    let server = ServerProcess::run(command).await;
    let client = server.client().with_key(&admin_key(&database).await);
    let product = json!({"sku": "A", "name": "A", "price": "1.00"});
    let product = client.post("/products", product).await.expect(201);
    assert_eq!(product.body["currency"], "CHF", "{product}");
}

/// 192.0.2.1 is nobody's (RFC 5737): what may listen there fails to, and nothing is opened to the world.
#[tokio::test]
async fn serving_for_other_machines_needs_no_permission_because_it_asks_for_login() {
    let folder = Folder::new();
    let tried = folder.run(&["serve", "--listen", "192.0.2.1:0"]).await;
    tried.expect(1).saying(&["cannot listen on 192.0.2.1:0"]);
    folder.run(&["serve", "--allow-unauthenticated"]).await.expect(2).saying(&["--allow-unauthenticated"]);
}

#[tokio::test]
async fn a_demo_is_for_this_machine_only() {
    let folder = Folder::new();
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let refused = folder.run(&["demo", "--listen", listen]).await.expect(2);
        refused.saying(&[listen, "127.0.0.1 only"]);
    }
}

/// Before a database is opened: there is none. Addresses of this machine need no permission.
#[tokio::test]
async fn a_port_that_is_taken_is_told() {
    let folder = Folder::new();
    for address in ["127.0.0.1:0", "127.0.0.2:0", "[::1]:0"] {
        let Ok(listener) = TcpListener::bind(address).await else { continue }; // not every machine has them all
        let taken = listener.local_addr().expect("an address").to_string();
        for command in ["serve", "demo"] {
            let refused = folder.run(&[command, "--listen", &taken]).await.expect(1);
            refused.saying(&[&taken, "is taken by another program", "--listen"]);
        }
    }
}
