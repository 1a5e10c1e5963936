//! `tidegate`, the desktop program, in two roles of one binary.
//!
//! The guard process carries the engine, the tray and the notices, and never a webview. The window process (`--window`)
//! carries one webview and looks at the guard over the link; it holds no engine and no secret, and ends with its window.
//! Owns arguments and environment of both. Tested in `tests/tests/desktop.rs`, the pure parts beside their code.

mod args;
mod guard;
#[path = "../crates/cli/src/heap.rs"]
mod heap;
mod tray;
mod window;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Setting};

fn main() -> ExitCode {
    heap::settle();
    let args = Args::parse();
    let ended = Setting::new(&args).and_then(|setting| {
        if args.window {
            window::run(&setting, args.page)
        } else {
            guard::run(setting, args.hidden)
        }
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            args::say(&format!("tidegate: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// What was built in: name, icon, settings, pages.
#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "the desktop library's own macro ends a build that cannot be read; nothing else may"
)]
fn built_in() -> tauri::Context<tauri::Wry> {
    tauri::generate_context!()
}
