//! `tidegated`: the daemon and its tools. Thin over `api`: it reads arguments and the environment, asks, and prints.
//!
//! Owns the command line, its tables, its exit codes and the log file. Never judges, never touches the store past
//! `api`. Tested in `tests/` by running the program.

mod args;
mod ask;
mod command;
mod context;
mod exit;
mod heap;
mod out;
mod run;
mod table;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;
use crate::context::Context;
use crate::exit::{Ended, Failure};

fn main() -> ExitCode {
    heap::settle();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::usage(&error, std::env::args_os().any(|word| word == "--json")),
    };
    let json = cli.common.json;
    let context = match Context::new(&cli.common) {
        Ok(context) => context,
        Err(failure) => return exit::end(Err(failure), tidegate_api::words::Lang::En, json),
    };
    let lang = context.lang;
    exit::end(work(context, cli), lang, json)
}

fn work(context: Context, cli: Cli) -> Ended {
    let runtime = tidegate_api::runtime().map_err(|error| Failure::Outside(error.to_string()))?;
    let ended = runtime.block_on(command::execute(context, cli.command));
    // A keychain that waits for its dialog must not keep a finished command from ending.
    runtime.shutdown_background();
    ended
}
