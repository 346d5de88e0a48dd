//! The embedded PostgreSQL under the server: it comes and goes with it, and what it has acknowledged stays.

use std::fs::read_dir;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::unistd::{Uid, User};
use serde_json::Value;
use testkit::ServerProcess;
use tokio::process::Command;

use super::{BINARY, Folder, eventually, run};

const DEMO: [&str; 5] = ["demo", "--listen", "127.0.0.1:0", "--data-dir", "data"];

/// The processes that work in the cluster, as all of PostgreSQL's do.
fn postgres_in(data_dir: &Path) -> Vec<u32> {
    let pg = data_dir.canonicalize().expect("the data directory").join("pg");
    let processes = read_dir("/proc").expect("processes").flatten();
    let works_there = |pid: &u32| std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == pg);
    processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(works_there).collect()
}

/// The process id of the postmaster, which runs.
async fn postmaster(data_dir: &Path) -> u32 {
    let file =
        tokio::fs::read_to_string(data_dir.join("pg/postmaster.pid")).await.expect("a running PostgreSQL");
    let pid = file.lines().next().and_then(|line| line.parse().ok()).expect("a process id");
    assert!(postgres_in(data_dir).contains(&pid), "process {pid}");
    pid
}

#[tokio::test]
async fn a_demo_that_is_killed_leaves_no_postgres_behind_and_the_next_has_its_data() {
    let folder = Folder::new();
    let data_dir = folder.path().join("data");
    let demo = ServerProcess::run(folder.command(&DEMO)).await;
    assert!(!demo.client().get("/products").await.expect(200).items().is_empty(), "the sample is there");
    let id = demo.client().product("MINE", 7).await;
    postmaster(&data_dir).await;
    demo.kill().await;
    let gone = async || postgres_in(&data_dir).is_empty();
    eventually("PostgreSQL has ended", Duration::from_secs(60), gone).await;

    let demo = ServerProcess::run(folder.command(&DEMO)).await;
    assert_eq!(demo.client().get(&format!("/products/{id}")).await.expect(200).body["sku"], "MINE");
    assert_eq!(demo.client().on_hand(id).await.to_string(), "7");
    demo.signal(Signal::SIGTERM);
    assert_eq!(demo.wait().await.code(), Some(0));
    assert!(postgres_in(&data_dir).is_empty(), "the server waits for its PostgreSQL");
}

#[tokio::test]
async fn a_data_directory_has_one_server() {
    let folder = Folder::new();
    let fresh = folder.run(&["doctor", "--data-dir", "data"]).await.expect(0);
    assert!(fresh.stdout.contains("the first start makes the database"), "{fresh:#?}");
    assert!(!folder.path().join("data").exists(), "the doctor makes nothing");

    let serve = ["serve", "--listen", "127.0.0.1:0", "--data-dir", "data"];
    let one = ServerProcess::run(folder.command(&serve)).await;
    let holder = format!("already in use by process {}", one.id());
    for command in ["serve", "demo", "migrate", "seed"] {
        let two = folder.run(&[command, "--listen", "127.0.0.1:0", "--data-dir", "data"]).await;
        two.expect(3).saying(&[&holder, "choose another data directory"]);
    }
    let doctor = folder.run(&["doctor", "--json", "--data-dir", "data"]).await.expect(3);
    let report: Value = serde_json::from_str(&doctor.stdout).expect("JSON");
    assert!(report["checks"][1]["found"].as_str().is_some_and(|found| found.contains(&holder)), "{report}");
    one.client().get("/products").await.problem(401, "authentication_required");
    one.signal(Signal::SIGINT);
    assert_eq!(one.wait().await.code(), Some(0));

    let doctor = folder.run(&["doctor", "--data-dir", "data"]).await.expect(0);
    assert!(doctor.stdout.contains("acknowledged stock survives a crash"), "{doctor:#?}");
    assert!(postgres_in(&folder.path().join("data")).is_empty());
}

#[tokio::test]
async fn without_postgresql_it_says_where_it_looked_and_what_to_do() {
    let folder = Folder::new();
    tokio::fs::create_dir(folder.path().join("empty")).await.expect("a folder");
    let empty = folder.path().join("empty").display().to_string();
    for command in ["demo", "serve", "migrate", "seed", "doctor"] {
        let arguments = [command, "--listen", "127.0.0.1:0", "--data-dir", "data"];
        let refused = run(folder.command(&arguments).env("PG_BIN", &empty)).await.expect(3);
        let said = format!("{}{}", refused.stdout, refused.stderr);
        for part in [&format!("{empty} (PG_BIN)"), "apt-get install postgresql", "set PG_BIN"] {
            assert!(said.contains(part), "{refused:#?}");
        }
    }
    assert!(!folder.path().join("data").exists());
}

#[tokio::test]
async fn an_ordinary_user_runs_it_where_the_tests_are_run_by_root() {
    if !Uid::effective().is_root() {
        return; // the other tests are run by an ordinary user
    }
    let folder = Folder::new();
    let data_dir = folder.path().join("data");
    let nobody = User::from_name("nobody").expect("users").expect("nobody");
    tokio::fs::create_dir(&data_dir).await.expect("a folder");
    chown(&data_dir, Some(nobody.uid.as_raw()), Some(nobody.gid.as_raw())).expect("given away");
    // Where cargo builds may be closed to others. Copied by another process: had this one the file open for writing
    // while another test forks, it could not be run.
    let binary = folder.path().join("stockbook");
    let copied = Command::new("cp").arg(BINARY).arg(&binary).status().await.expect("cp runs");
    assert!(copied.success());
    let mut command = folder.command_of(&binary, &DEMO);
    command.uid(nobody.uid.as_raw()).gid(nobody.gid.as_raw());
    let demo = ServerProcess::run(command).await;
    assert!(!demo.client().get("/products").await.expect(200).items().is_empty());
    for process in [demo.id(), postmaster(&data_dir).await] {
        let owner = tokio::fs::metadata(format!("/proc/{process}")).await.expect("a process").uid();
        assert_eq!(owner, nobody.uid.as_raw());
    }
    demo.signal(Signal::SIGTERM);
    assert_eq!(demo.wait().await.code(), Some(0));
    assert!(postgres_in(&data_dir).is_empty());
}
