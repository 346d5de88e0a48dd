//! The binary `stockbook`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// What a request allocates is often freed by another thread, which the C library's allocator pays dearly for.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    server::cli::run()
}
