//! Makes the cluster: a database of its own for an owner that is no superuser.
//!
//! Everything happens in `pg.new`. Only when it is complete and on disk is it renamed to `pg`, so a crash at any
//! moment leaves either a whole cluster or none.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::error::{Context, Error};
use crate::layout::{self, create_private_dir};
use crate::logs::last_lines;
use crate::settings::Durability;
use crate::site::Site;
use crate::{DATABASE, ROLE};

/// The major version that made the cluster `pg`, or none if there is no cluster yet.
pub(crate) fn major(pg: &Path) -> Result<Option<u32>, Error> {
    let path = pg.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(version) => match version.trim().parse() {
            Ok(major) => Ok(Some(major)),
            Err(_) => Err(Error::NotACluster { path: pg.to_owned() }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound && !pg.exists() => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Error::NotACluster { path: pg.to_owned() })
        }
        Err(source) => Err(source).context("read", &path),
    }
}

/// Makes the cluster, owned by PostgreSQL's user.
pub(crate) fn initialise(site: &Site, durability: Durability) -> Result<(), Error> {
    let new = site.layout.pg_new();
    match fs::remove_dir_all(&new) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        removed => removed.context("remove the unfinished", &new)?,
    }
    create_private_dir(&new, &site.account)?;

    let mut initdb = site.command("initdb")?;
    initdb
        .args(["--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync"])
        .args(["--auth-local=trust", "--auth-host=reject", "--pgdata"])
        .arg(&new);
    run(initdb, "", "initdb")?;

    // In single-user mode no client is needed, and nobody else can connect meanwhile. What is made in it gets an
    // OID below 16384, as if initdb had made it; pg_dumpall and pg_upgrade take both along all the same.
    let mut single = site.command("postgres")?;
    single.args(["--single", "-F", "-c", "exit_on_error=true", "-D"]).arg(&new).arg("postgres");
    let statements = format!("create role {ROLE} login\ncreate database {DATABASE} owner {ROLE}\n");
    run(single, &statements, "postgres --single")?;

    // What the two wrote without waiting for the disk is now waited for at once.
    if durability == Durability::Full {
        let mut sync = site.command("initdb")?;
        sync.arg("--sync-only").arg("--pgdata").arg(&new);
        run(sync, "", "initdb --sync-only")?;
    }
    let pg = site.layout.pg();
    fs::rename(&new, &pg).context("rename the new cluster to", &pg)?;
    layout::sync(site.layout.root())
}

fn run(mut command: Command, input: &str, step: &'static str) -> Result<(), Error> {
    let program = Path::new(command.get_program()).to_owned();
    let output = communicate(&mut command, input).context("run", &program)?;
    if output.status.success() {
        return Ok(());
    }
    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Err(Error::InitFailed {
        step,
        log: format!("{}\n{step} ended with {}", last_lines(&said), output.status),
    })
}

fn communicate(command: &mut Command, input: &str) -> io::Result<Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends without reading has told why on its standard error.
        let _ = stdin.write_all(input.as_bytes());
    }
    child.wait_with_output()
}
