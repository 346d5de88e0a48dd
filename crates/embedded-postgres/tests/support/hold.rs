//! Holds a PostgreSQL in the directory given, until standard input ends: a server for the tests to kill.

use std::error::Error as _;
use std::io::{self, Write};
use std::process::ExitCode;

use embedded_postgres::{Durability, Error, Settings, start};

fn main() -> ExitCode {
    match hold() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let source = error.source().map_or_else(String::new, |source| format!(": {source}"));
            eprintln!("{error}{source}");
            ExitCode::FAILURE
        }
    }
}

fn hold() -> Result<(), Error> {
    let settings = Settings {
        data_dir: std::env::args_os().nth(1).unwrap_or_default().into(),
        max_connections: 20,
        durability: Durability::Full,
        listen_port: None,
    };
    let running = start(settings)?;
    // The test may be gone: then standard input has ended too.
    let _ = writeln!(io::stdout(), "{} {}", running.pid(), running.socket_dir().display());
    let _ = io::copy(&mut io::stdin(), &mut io::sink());
    running.stop()
}
