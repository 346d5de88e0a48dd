//! `with-postgres COMMAND ARGS…` runs a command with one PostgreSQL for all its tests, in `TEST_DATABASE_URL`.
//! If that is set already, that server is used.

use std::env;
use std::process::{Command, ExitCode, ExitStatus};

use anyhow::Context;
use testkit::Cluster;

fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    let program = arguments.next().context("usage: with-postgres COMMAND ARGS…")?;
    let mut command = Command::new(program);
    command.args(arguments);
    if env::var_os(testkit::Postgres::VARIABLE).is_some() {
        return Ok(exit_code(run(&mut command)?));
    }
    let cluster = Cluster::start()?;
    let status = run(command.env(testkit::Postgres::VARIABLE, cluster.superuser_url()));
    cluster.stop()?;
    Ok(exit_code(status?))
}

#[expect(clippy::disallowed_methods, reason = "there is nothing to be done meanwhile")]
fn run(command: &mut Command) -> anyhow::Result<ExitStatus> {
    command.status().with_context(|| format!("run {:?}", command.get_program()))
}

/// The command's; failure if a signal ended it.
fn exit_code(status: ExitStatus) -> ExitCode {
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}
