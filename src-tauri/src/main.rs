//! `tidegate`, the desktop program: the guard process with the tray and native notices, and never a webview.
//!
//! Owns arguments and environment of the desktop. Never judges, never asks a provider: that is the engine's, reached
//! through the api alone. Tested in `tests/tests/desktop.rs`, the pure parts beside their code.

mod args;
mod guard;
#[path = "../crates/cli/src/heap.rs"]
mod heap;
mod tray;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Setting};

fn main() -> ExitCode {
    heap::settle();
    match Setting::new(&Args::parse()).and_then(guard::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            args::say(&format!("tidegate: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
