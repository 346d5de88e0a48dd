//! The binary `stockbook`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::run()
}
