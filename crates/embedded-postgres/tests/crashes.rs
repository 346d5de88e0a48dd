//! What happens when processes are killed, and to what they leave behind.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]
#![expect(clippy::disallowed_methods, reason = "these tests block, as the crate does")]

mod support;

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use embedded_postgres::{Durability, Error, Running, Settings, find_programs, start};
use nix::sys::signal::Signal;
use nix::unistd::User;
use support::{
    Frozen, Holder, eventually, family, install, is_root, kill, processes_in, query, settings, temporary_dir,
};

#[test]
fn killing_the_server_ends_postgres_and_the_next_start_works() {
    let dir = temporary_dir();
    let mut holder = Holder::spawn(dir.path());
    let postmaster = holder.wait_until_ready();
    assert!(processes_in(dir.path()).contains(&postmaster));
    holder.kill();
    eventually("postgres has ended", || processes_in(dir.path()).is_empty());

    let postgres = start(settings(dir.path())).unwrap();
    assert!(!postgres.first_start());
    postgres.stop().unwrap();
}

#[test]
fn a_start_right_after_a_kill_waits_for_the_old_postgres_and_finds_all_commits() {
    let dir = temporary_dir();
    let durable = Settings { durability: Durability::Full, ..settings(dir.path()) };
    let postgres = start(durable.clone()).unwrap();
    query(&postgres, "create table t (n int)").unwrap();
    postgres.stop().unwrap();
    for round in 1..=3 {
        let mut holder = Holder::spawn(dir.path());
        holder.wait_until_ready();
        let socket = dir.path().join("socket");
        support::psql(socket.to_str().unwrap(), 5432, "stockbook", "", "insert into t values (1)").unwrap();
        holder.kill();
        let postgres = start(durable.clone()).unwrap();
        assert_eq!(query(&postgres, "select count(*) from t").unwrap(), round.to_string());
        postgres.stop().unwrap();
    }
}

#[test]
fn killing_everything_at_once_leaves_nothing_that_stops_the_next_start() {
    let dir = temporary_dir();
    let mut holder = Holder::spawn(dir.path());
    holder.wait_until_ready();
    let socket = dir.path().join("socket");
    let sql = "create table t (n int); insert into t values (42)";
    support::psql(socket.to_str().unwrap(), 5432, "stockbook", "", sql).unwrap();
    for pid in family(holder.child.id()) {
        kill(pid, Signal::SIGKILL);
    }
    assert!(dir.path().join("pg/postmaster.pid").exists());

    let postgres = start(settings(dir.path())).unwrap();
    assert_eq!(query(&postgres, "select n from t").unwrap(), "42");
    postgres.stop().unwrap();
}

/// The server alone is killed, so initdb is told to stop and cleans up, or all that it started is killed too.
#[test]
fn a_kill_at_any_moment_of_the_initialisation_leaves_nothing_that_stops_the_next_start() {
    // The last is when the fourth database is there, which is ours.
    for moment in
        ["pg.new", "pg.new/PG_VERSION", "pg.new/global/pg_control", "pg.new/base/4", "pg.new/base/*"]
    {
        for everything in [false, true] {
            let dir = temporary_dir();
            let mut holder = Holder::spawn(dir.path());
            eventually(moment, || match dir.path().join(moment).to_str().unwrap().strip_suffix("/*") {
                Some(base) => fs::read_dir(base).is_ok_and(|databases| databases.count() == 4),
                None => dir.path().join(moment).exists(),
            });
            let victims = if everything { family(holder.child.id()) } else { vec![holder.child.id()] };
            for pid in victims {
                kill(pid, Signal::SIGKILL);
            }
            holder.child.wait().unwrap();
            // On a busy machine the kill may come too late.
            let initialised = dir.path().join("pg").exists();

            let postgres = start(settings(dir.path())).unwrap();
            assert_eq!(postgres.first_start(), !initialised, "{moment}");
            assert_eq!(query(&postgres, "select 1").unwrap(), "1");
            postgres.stop().unwrap();
            assert!(!dir.path().join("pg.new").exists(), "{moment}");
        }
    }
}

#[test]
fn an_initialisation_that_fails_says_why_and_leaves_nothing_that_stops_the_next_start() {
    let dir = temporary_dir();
    let (bin_dir, data_dir) = (dir.path().join("bin"), dir.path().join("data"));
    fs::create_dir(&bin_dir).unwrap();
    // A PostgreSQL whose initdb does its work, and whose `postgres --single` does not.
    let real = find_programs(None).unwrap().bin_dir;
    let script = r#"cd "$0"
        printf '#!/bin/sh\nexec %s/initdb "$@"\n' "$1" >initdb
        printf '#!/bin/sh\ncase $1 in --single) echo disk on fire >&2; exit 1;; esac\nexec %s/postgres "$@"\n' "$1" >postgres
        chmod 755 initdb postgres"#;
    install("sh", &["-c".as_ref(), script.as_ref(), bin_dir.as_ref(), real.as_ref()]);
    let child = Holder::command(&Holder::program(), &data_dir).env("PG_BIN", &bin_dir).spawn().unwrap();
    let said = Holder { child }.wait_for_error();
    assert!(said.contains("postgres --single failed") && said.contains("disk on fire"), "{said}");
    assert!(!data_dir.join("pg").exists());

    let postgres = start(settings(&data_dir)).unwrap();
    assert!(postgres.first_start());
    postgres.stop().unwrap();
}

#[test]
fn a_postgres_that_outlived_its_server_is_stopped_before_the_next_starts() {
    let dir = temporary_dir();
    start(settings(dir.path())).unwrap().stop().unwrap();
    let lock = File::options().read(true).write(true).open(dir.path().join("postgres.lock")).unwrap();
    lock.lock().unwrap();
    let mut orphan = start_by_hand(dir.path(), Stdio::from(lock));

    let postgres = start(settings(dir.path())).unwrap();
    assert!(orphan.0.wait().unwrap().success(), "it was not stopped in order");
    assert!(!processes_in(dir.path()).contains(&orphan.0.id()));
    postgres.stop().unwrap();
}

#[test]
fn a_postgres_started_by_hand_is_left_alone_and_named() {
    let dir = temporary_dir();
    start(settings(dir.path())).unwrap().stop().unwrap();
    let mut foreign = start_by_hand(dir.path(), Stdio::null());

    let result = start(settings(dir.path()));
    assert!(foreign.0.try_wait().unwrap().is_none(), "it was stopped");
    foreign.stop();
    match result {
        Err(Error::DataDirectoryInUse { holder, .. }) => assert_eq!(holder, Some(foreign.0.id())),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_stale_pid_file_whose_number_another_process_got_is_no_obstacle() {
    let (dir, other_dir) = (temporary_dir(), temporary_dir());
    start(settings(dir.path())).unwrap().stop().unwrap();
    // A process of the same user, so that PostgreSQL itself would take it for a postmaster.
    let other = start(settings(other_dir.path())).unwrap();
    let stale = format!("{}\n{}/pg\n1700000000\n5432\n\n\n", other.pid(), dir.path().display());
    fs::write(dir.path().join("pg/postmaster.pid"), stale).unwrap();

    start(settings(dir.path())).unwrap().stop().unwrap();
    assert!(!other.has_exited());
    other.stop().unwrap();
}

/// Two servers that each believe to be alone, as in two containers, where process ids mean nothing.
#[test]
fn the_lock_that_postgres_inherits_keeps_a_second_server_away_even_without_a_pid_file() {
    let dir = temporary_dir();
    let mut holder = Holder::spawn(dir.path());
    let postmaster = holder.wait_until_ready();
    // It cannot end while one of its processes is frozen. (Frozen itself, it would be woken by the kernel when its
    // process group has lost its parent.)
    let frozen = Frozen::child_of(postmaster, "checkpointer");
    holder.kill();
    let pid_file = dir.path().join("pg/postmaster.pid");
    let text = fs::read_to_string(&pid_file).unwrap();
    fs::remove_file(&pid_file).unwrap();

    let settings = settings(dir.path());
    let second = thread::spawn(move || start(settings).and_then(Running::stop));
    thread::sleep(Duration::from_secs(2));
    assert!(!pid_file.exists(), "a second postmaster was started");
    assert!(!second.is_finished());

    fs::write(&pid_file, text).unwrap();
    drop(frozen);
    second.join().unwrap().unwrap();
}

/// Stops when this is dropped.
struct ByHand(Child);

impl ByHand {
    fn stop(&mut self) -> ExitStatus {
        if self.0.try_wait().unwrap().is_none() {
            kill(self.0.id(), Signal::SIGINT);
        }
        self.0.wait().unwrap()
    }
}

impl Drop for ByHand {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A postmaster that no server has started, as the user who owns the data. Ready when this returns.
fn start_by_hand(data_dir: &Path, stdin: Stdio) -> ByHand {
    let mut command = Command::new(find_programs(None).unwrap().bin_dir.join("postgres"));
    command.arg("-D").arg(data_dir.join("pg")).args([
        "-c",
        "listen_addresses=",
        "-c",
        "unix_socket_directories=.",
    ]);
    command.stdin(stdin).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
    if is_root() {
        let postgres = User::from_name("postgres").unwrap().unwrap();
        command.uid(postgres.uid.as_raw()).gid(postgres.gid.as_raw());
    }
    let child = ByHand(command.spawn().unwrap());
    let pid_file = data_dir.join("pg/postmaster.pid");
    eventually("it is ready", || fs::read_to_string(&pid_file).is_ok_and(|text| text.contains("ready")));
    child
}
