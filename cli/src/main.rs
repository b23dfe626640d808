//! The `neonex` binary.

use std::process::ExitCode;

/// The system's allocator gives memory of many threads back late and serves them slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    neonex_cli::run().into()
}
