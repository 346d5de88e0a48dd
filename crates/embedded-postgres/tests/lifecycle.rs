//! From the first start to the last stop.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]
#![expect(clippy::disallowed_methods, reason = "these tests block, as the crate does")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;

use embedded_postgres::{Durability, Error, Settings, start};
use nix::sys::signal::Signal;
use support::{
    Frozen, eventually, group, kill, processes_in, psql, query, query_as, settings, temporary_dir,
};

#[test]
fn the_first_start_initialises_and_the_second_finds_the_data() {
    let dir = temporary_dir();
    let data_dir = dir.path().join("not/yet/there");
    let postgres = start(settings(&data_dir)).unwrap();
    assert!(postgres.first_start());
    query(&postgres, "create table kept (n int); insert into kept values (42)").unwrap();
    postgres.stop().unwrap();

    let postgres = start(settings(&data_dir)).unwrap();
    assert!(!postgres.first_start());
    assert_eq!(query(&postgres, "select n from kept").unwrap(), "42");
    postgres.stop().unwrap();
}

#[test]
fn the_owner_is_no_superuser_and_owns_the_database() {
    let dir = temporary_dir();
    let postgres = start(settings(dir.path())).unwrap();
    let role = "select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
                  from pg_roles where rolname = current_user";
    assert_eq!(query(&postgres, role).unwrap(), "f|f|f|f|f");
    let owner = "select pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate
                   from pg_database where datname = current_database()";
    assert_eq!(query(&postgres, owner).unwrap(), "stockbook|UTF8|C.UTF-8");
    assert_eq!(query_as("postgres", &postgres, "show is_superuser").unwrap(), "on");
    postgres.stop().unwrap();
}

#[test]
fn commits_are_durable_and_alter_system_cannot_change_that() {
    let dir = temporary_dir();
    let durable = || start(Settings { durability: Durability::Full, ..settings(dir.path()) }).unwrap();
    let show = "select string_agg(name || ' ' || setting, ', ' order by name) from pg_settings
                 where name in ('data_checksums', 'fsync', 'full_page_writes', 'jit', 'max_connections',
                                'random_page_cost', 'synchronous_commit')";
    let expected = "data_checksums on, fsync on, full_page_writes on, jit off, max_connections 20, \
                    random_page_cost 1.1, synchronous_commit on";

    let postgres = durable();
    assert_eq!(query(&postgres, show).unwrap(), expected);
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        query_as("postgres", &postgres, &format!("alter system set {setting} = off")).unwrap();
    }
    postgres.stop().unwrap();

    let postgres = durable();
    assert_eq!(query(&postgres, show).unwrap(), expected);
    postgres.stop().unwrap();
}

#[test]
fn whole_pages_in_the_log_are_compressed_by_lz4_where_postgresql_knows_it() {
    let dir = temporary_dir();
    let postgres = start(settings(dir.path())).unwrap();
    let show = "select setting = case when 'lz4' = any(enumvals) then 'lz4' else 'pglz' end
                  from pg_settings where name = 'wal_compression'";
    assert_eq!(query(&postgres, show).unwrap(), "t");
    postgres.stop().unwrap();
}

#[test]
fn a_cluster_for_tests_waits_for_no_disk() {
    let dir = temporary_dir();
    let postgres = start(settings(dir.path())).unwrap();
    let show = "select current_setting('fsync'), current_setting('shared_buffers')";
    assert_eq!(query(&postgres, show).unwrap(), "off|128MB");
    postgres.stop().unwrap();
}

#[test]
fn a_second_start_on_the_same_directory_is_refused_by_the_holders_name() {
    let dir = temporary_dir();
    let first = start(settings(dir.path())).unwrap();
    match start(settings(dir.path())) {
        Err(Error::DataDirectoryInUse { holder, .. }) => assert_eq!(holder, Some(std::process::id())),
        other => panic!("not refused: {other:?}"),
    }
    assert_eq!(query(&first, "select 1").unwrap(), "1");
    first.stop().unwrap();
    start(settings(dir.path())).unwrap().stop().unwrap();
}

#[test]
fn of_servers_that_start_at_once_on_a_new_directory_one_wins() {
    let dir = temporary_dir();
    let data_dir = dir.path().join("not/yet/there");
    let starters: Vec<_> =
        (0..4).map(|_| settings(&data_dir)).map(|s| thread::spawn(move || start(s))).collect();
    let results: Vec<_> = starters.into_iter().map(|starter| starter.join().unwrap()).collect();
    let refused =
        results.iter().filter(|result| matches!(result, Err(Error::DataDirectoryInUse { .. }))).count();
    assert_eq!(refused, 3, "{results:?}");
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
}

#[test]
fn stopping_leaves_no_process_and_no_socket() {
    let dir = temporary_dir();
    let postgres = start(settings(dir.path())).unwrap();
    assert!(processes_in(dir.path()).contains(&postgres.pid()));
    let socket_dir = postgres.socket_dir().to_owned();
    postgres.stop().unwrap();
    assert_eq!(processes_in(dir.path()), []);
    assert!(!socket_dir.exists());
}

#[test]
fn stopping_waits_for_the_last_process_and_not_for_the_postmaster_alone() {
    let dir = temporary_dir();
    let postgres = start(settings(dir.path())).unwrap();
    let postmaster = postgres.pid();
    let logger = Frozen::child_of(postmaster, "logger");
    let stopping = thread::spawn(move || postgres.stop());
    eventually("the postmaster has ended", || !processes_in(dir.path()).contains(&postmaster));
    thread::sleep(std::time::Duration::from_millis(200));
    assert!(!stopping.is_finished());
    drop(logger);
    stopping.join().unwrap().unwrap();
    assert_eq!(processes_in(dir.path()), []);
}

#[test]
fn dropping_stops_too() {
    let dir = temporary_dir();
    let postgres = start(settings(dir.path())).unwrap();
    assert_ne!(processes_in(dir.path()), []);
    drop(postgres);
    assert_eq!(processes_in(dir.path()), []);
}

#[test]
fn stopping_ends_open_sessions_and_rolls_their_transactions_back() {
    let dir = temporary_dir();
    let postgres = start(settings(dir.path())).unwrap();
    query(&postgres, "create table t (n int)").unwrap();
    let (host, port) = (postgres.socket_dir().to_str().unwrap().to_owned(), postgres.port());
    let session = thread::spawn(move || {
        psql(&host, port, "stockbook", "", "begin; insert into t values (1); select pg_sleep(600)")
    });
    let sleeping = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'";
    eventually("the session sleeps", || query(&postgres, sleeping).unwrap() == "1");
    postgres.stop().unwrap();
    assert!(session.join().unwrap().is_err());

    let postgres = start(settings(dir.path())).unwrap();
    assert_eq!(query(&postgres, "select count(*) from t").unwrap(), "0");
    postgres.stop().unwrap();
}

#[test]
fn an_end_that_nobody_asked_for_is_noticed() {
    let dir = temporary_dir();
    let postgres = start(settings(dir.path())).unwrap();
    assert!(!postgres.has_exited());
    kill(postgres.pid(), Signal::SIGINT);
    eventually("postgres has exited", || postgres.has_exited());
    postgres.stop().unwrap();
}

#[test]
fn postgres_outlives_the_thread_that_started_it_and_ignores_ctrl_c_in_our_terminal() {
    let dir = temporary_dir();
    let settings = settings(dir.path());
    let postgres = thread::spawn(move || start(settings).unwrap()).join().unwrap();
    // Longer than it took to stop in the tests that wait for the kernel's signal.
    thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(query(&postgres, "select 1").unwrap(), "1");
    assert_eq!(group(postgres.pid()), postgres.pid());
    assert_ne!(group(postgres.pid()), group(std::process::id()));
    postgres.stop().unwrap();
}

#[test]
fn only_postgres_and_root_can_reach_the_socket_and_nothing_listens_on_tcp() {
    let dir = temporary_dir();
    let postgres = start(settings(dir.path())).unwrap();
    let mode = fs::metadata(postgres.socket_dir()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert_eq!(query(&postgres, "show listen_addresses").unwrap(), "");
    assert!(psql("127.0.0.1", postgres.port(), "stockbook", "", "select 1").is_err());
    postgres.stop().unwrap();
}

#[test]
fn by_tcp_nobody_gets_in_without_a_password() {
    let dir = temporary_dir();
    let postgres = start(Settings { listen_port: Some(0), ..settings(dir.path()) }).unwrap();
    let tcp = |user, password| psql("127.0.0.1", postgres.port(), user, password, "select current_user");
    assert!(tcp("stockbook", "").is_err());
    assert!(tcp("stockbook", "secret").is_err());
    query(&postgres, "alter role stockbook password 'secret'").unwrap();
    assert_eq!(tcp("stockbook", "secret").unwrap(), "stockbook");
    assert!(tcp("stockbook", "wrong").is_err());
    assert!(tcp("postgres", "secret").is_err());
    let hash = "select left(rolpassword, 14) from pg_authid where rolname = 'stockbook'";
    assert_eq!(query_as("postgres", &postgres, hash).unwrap(), "SCRAM-SHA-256$");
    postgres.stop().unwrap();

    // The next start has no port: what the last one wrote no longer counts.
    let postgres = start(settings(dir.path())).unwrap();
    assert_eq!(query(&postgres, "show listen_addresses").unwrap(), "");
    let rules =
        "select string_agg(type || ' ' || auth_method, ', ' order by line_number) from pg_hba_file_rules";
    assert_eq!(query_as("postgres", &postgres, rules).unwrap(), "local trust, local trust, host reject");
    postgres.stop().unwrap();
}

#[test]
fn a_port_that_is_taken_is_named_in_the_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let dir = temporary_dir();
    let error = start(Settings { listen_port: Some(port), ..settings(dir.path()) }).unwrap_err();
    assert!(matches!(error, Error::StartFailed { .. }), "{error:?}");
    assert!(error.to_string().contains(&format!("port {port}")), "{error}");
    assert_eq!(processes_in(dir.path()), []);
    start(settings(dir.path())).unwrap().stop().unwrap();
}

#[test]
fn a_data_directory_with_a_very_long_path_and_odd_characters_works() {
    let dir = temporary_dir();
    for data_dir in ["long/".repeat(60), "comma, blank \"quote\" = 'x'".to_owned()] {
        let data_dir = dir.path().join(data_dir);
        let postgres = start(settings(&data_dir)).unwrap();
        let socket_dir = postgres.socket_dir().to_owned();
        assert_eq!(fs::metadata(&socket_dir).unwrap().permissions().mode() & 0o777, 0o700);
        let host = socket_dir.to_str().unwrap();
        // psql takes a comma in the host for a list, so only the long one can be asked.
        if !host.contains(',') {
            assert_eq!(query(&postgres, "select 1").unwrap(), "1");
        }
        assert!(socket_dir.join(".s.PGSQL.5432").exists());
        postgres.stop().unwrap();
        assert!(!socket_dir.exists());
    }
}

#[test]
fn two_data_directories_with_long_paths_do_not_share_a_socket() {
    let dir = temporary_dir();
    let long = |name| dir.path().join("long/".repeat(30)).join(name);
    let (one, two) = (start(settings(&long("one"))).unwrap(), start(settings(&long("two"))).unwrap());
    assert_ne!(one.socket_dir(), two.socket_dir());
    query(&one, "create table only_here ()").unwrap();
    assert!(query(&two, "table only_here").is_err());
    one.stop().unwrap();
    two.stop().unwrap();
}

#[test]
fn a_directory_without_pg_version_in_the_place_of_the_cluster_is_not_touched() {
    let dir = temporary_dir();
    fs::create_dir(dir.path().join("pg")).unwrap();
    fs::write(dir.path().join("pg/half-restored"), "").unwrap();
    let error = start(settings(dir.path())).unwrap_err();
    assert!(matches!(error, Error::NotACluster { .. }), "{error:?}");
    assert!(dir.path().join("pg/half-restored").exists());
}

#[test]
fn data_of_another_major_version_are_refused_untouched() {
    let dir = temporary_dir();
    fs::create_dir(dir.path().join("pg")).unwrap();
    fs::write(dir.path().join("pg/PG_VERSION"), "9\n").unwrap();
    let error = start(settings(dir.path())).unwrap_err();
    assert!(matches!(error, Error::WrongMajor { data: 9, .. }), "{error:?}");
    assert_eq!(entries(dir.path()), ["pg"]);
}

#[test]
fn old_logs_go_and_recent_ones_stay() {
    let dir = temporary_dir();
    start(settings(dir.path())).unwrap().stop().unwrap();
    let log_dir = dir.path().join("log");
    let old = log_dir.join("postgresql-Old.log");
    let file = fs::File::create(&old).unwrap();
    let recent = log_dir.join("postgresql-Recent.log");
    fs::write(&recent, "").unwrap();
    file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_hours(7 * 24)).unwrap();
    start(settings(dir.path())).unwrap().stop().unwrap();
    assert!(!old.exists());
    assert!(recent.exists());
}

fn entries(dir: &Path) -> Vec<String> {
    fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
