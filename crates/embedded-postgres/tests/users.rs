//! Who PostgreSQL runs as. Most of this can only be tried as root, and is passed over otherwise.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]
#![expect(clippy::disallowed_methods, reason = "these tests block, as the crate does")]

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;

use embedded_postgres::{Error, start};
use nix::unistd::User;
use support::{Holder, eventually, install, is_root, processes_in, query, settings, temporary_dir};

#[test]
fn from_root_postgres_runs_as_an_ordinary_user_who_owns_only_what_it_needs() {
    if !is_root() {
        return;
    }
    let dir = temporary_dir();
    let data_dir = dir.path().join("data");
    let postgres = start(settings(&data_dir)).unwrap();
    let (uid, gid) = user("postgres");
    let process = fs::metadata(format!("/proc/{}", postgres.pid())).unwrap();
    assert_eq!((process.uid(), process.gid()), (uid, gid));
    let status = fs::read_to_string(format!("/proc/{}/status", postgres.pid())).unwrap();
    let groups = status.lines().find_map(|line| line.strip_prefix("Groups:")).unwrap();
    assert_eq!(groups.trim(), "", "root's groups were kept");
    for entry in fs::read_dir(&data_dir).unwrap() {
        let entry = entry.unwrap();
        let theirs = ["pg", "log", "socket"].iter().any(|name| entry.file_name() == *name);
        assert_eq!(
            entry.metadata().unwrap().uid(),
            if theirs { uid } else { 0 },
            "{}",
            entry.path().display()
        );
    }
    assert_eq!(fs::metadata(&data_dir).unwrap().uid(), 0);
    // Root gets in although the socket's directory is not its own.
    assert_eq!(query(&postgres, "select 1").unwrap(), "1");
    postgres.stop().unwrap();
}

#[test]
fn an_ordinary_user_runs_it_as_itself_and_root_goes_on_as_that_user() {
    if !is_root() {
        return; // all other tests show that it runs as an ordinary user
    }
    let dir = temporary_dir();
    let data_dir = dir.path().join("data");
    let (uid, gid) = user("nobody");
    fs::create_dir(&data_dir).unwrap();
    chown(&data_dir, Some(uid), Some(gid)).unwrap();
    // Where cargo builds may be closed to other users.
    let program = dir.path().join("hold-postgres");
    install("cp", &[Holder::program().as_ref(), program.as_ref()]);

    let child = Holder::command(&program, &data_dir).uid(uid).gid(gid).spawn().unwrap();
    let mut holder = Holder { child };
    let postmaster = holder.wait_until_ready();
    assert_eq!(owner_of_process(postmaster), uid);
    // The kernel's signal arrives here too.
    holder.kill();
    eventually("postgres has ended", || processes_in(&data_dir).is_empty());

    let postgres = start(settings(&data_dir)).unwrap();
    assert!(!postgres.first_start());
    assert_eq!(owner_of_process(postgres.pid()), uid);
    postgres.stop().unwrap();
}

#[test]
fn a_directory_closed_to_the_user_of_postgres_is_named_and_left_untouched() {
    if !is_root() {
        return;
    }
    let dir = temporary_dir();
    let home = dir.path().join("home");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, Permissions::from_mode(0o700)).unwrap();
    let error = start(settings(&home.join("a/b"))).map(|postgres| postgres.pid()).unwrap_err();
    match &error {
        Error::NotEnterable { path, user, .. } => assert_eq!((path, user.as_str()), (&home, "postgres")),
        other => panic!("{other:?}"),
    }
    assert!(error.to_string().contains("/var/lib/stockbook"), "{error}");
    assert_eq!(fs::read_dir(&home).unwrap().count(), 0);
}

#[test]
fn in_a_directory_that_only_its_owner_can_enter_postgres_runs_as_the_owner() {
    if !is_root() {
        return;
    }
    let dir = temporary_dir();
    let home = dir.path().join("home");
    fs::create_dir(&home).unwrap();
    let (uid, gid) = user("daemon");
    chown(&home, Some(uid), Some(gid)).unwrap();
    fs::set_permissions(&home, Permissions::from_mode(0o700)).unwrap();
    let postgres = start(settings(&home.join("data"))).unwrap();
    assert_eq!(owner_of_process(postgres.pid()), uid);
    postgres.stop().unwrap();
}

#[test]
fn when_no_programs_are_found_the_error_says_where_it_looked_and_what_to_do() {
    let dir = temporary_dir();
    let data_dir = dir.path().join("data");
    let empty = dir.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let child = Holder::command(&Holder::program(), &data_dir).env("PG_BIN", &empty).spawn().unwrap();
    let said = Holder { child }.wait_for_error();
    assert!(said.contains(&format!("{} (PG_BIN)", empty.display())), "{said}");
    assert!(said.contains("apt-get install postgresql"), "{said}");
    assert!(!said.contains("/usr/lib/postgresql"), "PG_BIN is to be the only place: {said}");
    assert!(!data_dir.exists());
}

#[test]
fn programs_that_the_user_of_postgres_cannot_reach_are_named() {
    if !is_root() {
        return;
    }
    let dir = temporary_dir();
    let closed = dir.path().join("closed");
    fs::create_dir(&closed).unwrap();
    let script = r#"cd "$0" && echo '#!/bin/sh
echo "postgres (PostgreSQL) 17.0"' | tee initdb >postgres && chmod 755 *"#;
    install("sh", &["-c".as_ref(), script.as_ref(), closed.as_ref()]);
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    let child =
        Holder::command(&Holder::program(), &dir.path().join("data")).env("PG_BIN", &closed).spawn().unwrap();
    let said = Holder { child }.wait_for_error();
    assert!(said.contains(&format!("may not enter {}", closed.display())), "{said}");
    assert!(said.contains("set PG_BIN"), "{said}");
}

fn user(name: &str) -> (u32, u32) {
    let user = User::from_name(name).unwrap().unwrap();
    (user.uid.as_raw(), user.gid.as_raw())
}

fn owner_of_process(pid: u32) -> u32 {
    fs::metadata(Path::new("/proc").join(pid.to_string())).unwrap().uid()
}
