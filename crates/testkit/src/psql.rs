//! The program psql, as people use it.

use std::process::Stdio;

use tokio::process::Command;

/// Run `psql` with these arguments, without this machine's configuration; what it prints, or its errors.
///
/// # Errors
/// What psql prints to stderr.
///
/// # Panics
/// If there is no psql.
pub async fn psql(url: &str, arguments: &[&str]) -> Result<String, String> {
    let installed = embedded_postgres::find_programs(None).map(|programs| programs.bin_dir.join("psql"));
    let program = installed.ok().filter(|path| path.is_file()).unwrap_or_else(|| "psql".into());
    let output = Command::new(program)
        .args(["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-d", url])
        .args(arguments)
        .env("PGCLIENTENCODING", "UTF8")
        .env_remove("PGOPTIONS")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap_or_else(|error| panic!("run psql: {error}"));
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim_end().to_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}
