//! `pxr`: see `pxr --help`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// The C library's allocator keeps an arena for each thread, and a block with its pools has many: a third more memory
/// for the same work.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    pxr::allocator::settle();
    pxr::cli::run()
}
