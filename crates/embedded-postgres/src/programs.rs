//! Finds the installed PostgreSQL. Nothing is downloaded, and nothing is bundled.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cluster;
use crate::error::Error;
use crate::layout::Layout;

/// The programs of one installed PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    /// The directory with `initdb` and `postgres`.
    pub bin_dir: PathBuf,
    /// The major version, for example 17.
    pub major: u32,
}

impl Programs {
    pub(crate) fn path(&self, program: &str) -> PathBuf {
        self.bin_dir.join(program)
    }

    /// The programs in `dir`, if it has those that are needed and they run.
    fn at(dir: &Path) -> Option<Self> {
        // A link such as /usr/local/bin/postgres leads to the installation.
        let postgres = dir.join("postgres").canonicalize().ok()?;
        let bin_dir = postgres.parent()?.to_owned();
        if !bin_dir.join("initdb").is_file() {
            return None;
        }
        let output = Command::new(&postgres).arg("--version").output().ok()?;
        let major = parse_major(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { bin_dir, major })
    }
}

/// Finds `initdb` and `postgres`: in `PG_BIN` alone if that is set, else in `PATH`, by `pg_config`, and in
/// the places where packages put them. Data that exist decide the major version.
///
/// # Errors
/// [`Error::NoPrograms`] lists every place looked at; [`Error::WrongMajor`] if none fits the data.
pub fn find_programs(data_dir: Option<&Path>) -> Result<Programs, Error> {
    let wanted = data_dir.map(|dir| cluster::major(&Layout::new(dir).pg())).transpose()?.flatten();
    choose(&places(), wanted)
}

/// Somewhere to look, and what to call it when nothing was found there.
struct Place {
    name: String,
    dirs: Vec<PathBuf>,
}

/// The first usable programs; if `wanted`, of this major version.
fn choose(places: &[Place], wanted: Option<u32>) -> Result<Programs, Error> {
    let mut found = Vec::new();
    for programs in places.iter().flat_map(|place| &place.dirs).filter_map(|dir| Programs::at(dir)) {
        if wanted.is_none_or(|major| major == programs.major) {
            return Ok(programs);
        }
        found.push(programs.major);
    }
    found.sort_unstable();
    found.dedup();
    match wanted {
        Some(data) if !found.is_empty() => Err(Error::WrongMajor { data, found }),
        _ => Err(Error::NoPrograms { looked_in: places.iter().map(|place| place.name.clone()).collect() }),
    }
}

fn places() -> Vec<Place> {
    if let Some(dir) = env::var_os("PG_BIN").filter(|dir| !dir.is_empty()) {
        let dir = PathBuf::from(dir);
        return vec![Place { name: format!("{} (PG_BIN)", dir.display()), dirs: vec![dir] }];
    }
    let mut places = vec![in_path(), by_pg_config()];
    places.extend(
        [
            ("/usr/lib/postgresql", "", "bin"), // Debian, Ubuntu
            ("/usr", "pgsql-", "bin"),          // the packages of postgresql.org for RHEL and its kin
            ("/opt/homebrew/opt", "postgresql@", "bin"),
            ("/usr/local/opt", "postgresql@", "bin"),
            ("/home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
        ]
        .map(|(parent, prefix, bin)| newest_first(Path::new(parent), prefix, bin)),
    );
    let from_source = PathBuf::from("/usr/local/pgsql/bin");
    places.push(Place { name: from_source.display().to_string(), dirs: vec![from_source] });
    places
}

fn in_path() -> Place {
    let path = env::var_os("PATH").unwrap_or_default();
    Place { name: format!("{} (PATH)", path.display()), dirs: env::split_paths(&path).collect() }
}

fn by_pg_config() -> Place {
    let bindir =
        Command::new("pg_config").arg("--bindir").output().ok().filter(|output| output.status.success());
    match bindir {
        Some(output) => {
            let dir = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
            Place { name: format!("{} (pg_config --bindir)", dir.display()), dirs: vec![dir] }
        }
        None => Place { name: "pg_config --bindir, which did not work".to_owned(), dirs: Vec::new() },
    }
}

/// The directories `parent/<prefix><number>/<bin>`, the highest number first.
fn newest_first(parent: &Path, prefix: &str, bin: &str) -> Place {
    let entries = fs::read_dir(parent).into_iter().flatten().filter_map(Result::ok);
    let number = |name: &OsStr| name.to_str()?.strip_prefix(prefix)?.parse::<u32>().ok();
    let mut versions: Vec<(u32, PathBuf)> =
        entries.filter_map(|entry| Some((number(&entry.file_name())?, entry.path().join(bin)))).collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    Place {
        name: format!("{}/{prefix}*/{bin}", parent.display()),
        dirs: versions.into_iter().map(|(_, dir)| dir).collect(),
    }
}

/// The major version in, for example, `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` or `… 18beta1`.
fn parse_major(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL)")?.1.trim_start();
    let digits = number.find(|c: char| !c.is_ascii_digit()).map_or(number, |end| &number[..end]);
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory that looks like an installation: its `postgres` only tells its version. A shell writes it: if
    /// we did, another test's fork could have it open for writing, and then it cannot be run.
    fn install(dir: &Path, version: &str) {
        fs::create_dir_all(dir).expect("a directory");
        let write = r#"printf '#!/bin/sh\necho "postgres (PostgreSQL) %s"\n' "$0" | tee initdb >postgres; chmod +x *"#;
        let status = Command::new("sh").args(["-c", write, version]).current_dir(dir).status();
        assert!(status.expect("a shell").success());
    }

    fn installed(versions: &[(&str, &str)]) -> (tempfile::TempDir, Place) {
        let root = tempfile::tempdir().expect("a temporary directory");
        for (dir, version) in versions {
            install(&root.path().join(dir).join("bin"), version);
        }
        let place = newest_first(root.path(), "", "bin");
        (root, place)
    }

    #[test]
    fn the_newest_version_comes_first_by_number_and_not_by_spelling() {
        let (_root, place) = installed(&[("9", "9.6.24"), ("10", "10.23"), ("17", "17.2")]);
        assert_eq!(choose(&[place], None).expect("programs").major, 17);
    }

    #[test]
    fn existing_data_decide_the_version() {
        let (_root, place) = installed(&[("15", "15.18"), ("17", "17.2")]);
        assert_eq!(choose(&[place], Some(15)).expect("programs").major, 15);
    }

    #[test]
    fn data_of_a_version_that_is_not_installed_are_refused_with_both_versions_named() {
        let (_root, place) = installed(&[("15", "15.18"), ("17", "17.2")]);
        let message = choose(&[place], Some(14)).expect_err("no version 14").to_string();
        assert!(message.contains("made by PostgreSQL 14, but only 15, 17"), "{message}");
        assert!(message.contains("apt-get install postgresql-14"), "{message}");
    }

    #[test]
    fn a_directory_without_initdb_is_passed_over() {
        let (root, place) = installed(&[("15", "15.18"), ("17", "17.2")]);
        fs::remove_file(root.path().join("17/bin/initdb")).expect("a file to remove");
        assert_eq!(choose(&[place], None).expect("programs").major, 15);
    }

    #[test]
    fn the_first_place_wins_over_a_newer_version_in_a_later_one() {
        let (_first, earlier) = installed(&[("15", "15.18")]);
        let (_second, later) = installed(&[("17", "17.2")]);
        assert_eq!(choose(&[earlier, later], None).expect("programs").major, 15);
    }

    #[test]
    fn versions_are_read_from_what_packages_print() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(parse_major("postgres (PostgreSQL) 17\n"), Some(17));
        assert_eq!(parse_major("something else\n"), None);
    }

    #[test]
    fn every_place_of_the_search_is_named_when_nothing_is_found() {
        let names: Vec<String> = places().into_iter().map(|place| place.name).collect();
        let empty: Vec<Place> =
            names.iter().map(|name| Place { name: name.clone(), dirs: Vec::new() }).collect();
        let message = choose(&empty, None).expect_err("nothing installed").to_string();
        for place in
            ["(PATH)", "pg_config", "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin"]
        {
            assert!(message.contains(place), "{place} is missing in: {message}");
        }
        assert!(message.contains("apt-get install postgresql"), "{message}");
    }
}
