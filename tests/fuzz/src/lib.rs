//! Every parser as a function of any bytes, with what must hold whatever comes.
//!
//! Owns the targets, their oracles and where their seeds lie; how bytes are chosen is the caller's: `tests/corpus.rs` (the
//! seeds and some thousand mutations of them, on every run of the tests) and `programs/` (libFuzzer, by `make fuzz`). Never
//! goes out; of the disk it uses folders of its own.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what cannot fail in a target is a finding when it does"
)]

mod calendar;
mod channel;
mod config;
mod dates;
mod history;
mod import;
mod kernel;
mod mail;
mod mailbox;
mod outside;
mod payload;
mod sealed;
mod specs;
mod spool;
mod stored;
mod token;
mod vocabulary;
mod wire;

/// One parser.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name: that of its corpus and of its libFuzzer program.
    pub name: &'static str,
    /// Panics when something that must hold does not.
    pub run: fn(&[u8]),
    /// Folders from the root of the project whose files are good beginnings, besides its own corpus.
    pub seeds: &'static [&'static str],
    /// How many mutations a short run tries: fewer where one is dear.
    pub short: usize,
}

/// Every parser.
pub const TARGETS: [Target; 24] = [
    Target {
        name: "spec",
        run: specs::spec,
        seeds: &["src-tauri/crates/providers/specs"],
        short: 1500,
    },
    Target {
        name: "spec_body",
        run: specs::spec_body,
        seeds: &[],
        short: 300,
    },
    Target {
        name: "config",
        run: config::config,
        seeds: &[],
        short: 1500,
    },
    Target {
        name: "request",
        run: config::request,
        seeds: &[],
        short: 4000,
    },
    Target {
        name: "template",
        run: config::template,
        seeds: &[],
        short: 4000,
    },
    Target {
        name: "vocabulary",
        run: vocabulary::vocabulary,
        seeds: &[],
        short: 6000,
    },
    Target {
        name: "threshold",
        run: vocabulary::threshold,
        seeds: &[],
        short: 6000,
    },
    Target {
        name: "state",
        run: stored::state,
        seeds: &[],
        short: 2000,
    },
    Target {
        name: "hand_in",
        run: stored::hand_in,
        seeds: &[],
        short: 4000,
    },
    Target {
        name: "frame",
        run: payload::frame,
        seeds: &["src-tauri/crates/providers/src/proxy/fixtures"],
        short: 1000,
    },
    Target {
        name: "mail",
        run: mail::mail,
        seeds: &["src-tauri/crates/providers/src/mailbox/fixtures"],
        short: 300,
    },
    Target {
        name: "subscription",
        run: payload::subscription,
        seeds: &["src-tauri/crates/providers/src/subscription_info/fixtures"],
        short: 300,
    },
    Target {
        name: "huawei",
        run: payload::huawei,
        seeds: &["src-tauri/crates/providers/src/huawei/fixtures"],
        short: 200,
    },
    Target {
        name: "volcengine",
        run: payload::volcengine,
        seeds: &["src-tauri/crates/providers/src/volcengine/fixtures"],
        short: 200,
    },
    Target {
        name: "sealed",
        run: sealed::sealed_file,
        seeds: &[],
        short: 150,
    },
    Target {
        name: "history",
        run: history::history,
        seeds: &[],
        short: 150,
    },
    Target {
        name: "mailbox",
        run: mailbox::mailbox,
        seeds: &[],
        short: 800,
    },
    Target {
        name: "dates",
        run: dates::dates,
        seeds: &[],
        short: 1500,
    },
    Target {
        name: "import",
        run: import::import,
        seeds: &[],
        short: 1500,
    },
    Target {
        name: "channel",
        run: channel::channel,
        seeds: &[],
        short: 400,
    },
    Target {
        name: "kernel",
        run: kernel::kernel,
        seeds: &[],
        short: 200,
    },
    Target {
        name: "token",
        run: token::token,
        seeds: &[],
        short: 600,
    },
    Target {
        name: "calendar",
        run: calendar::calendar,
        seeds: &[],
        short: 1500,
    },
    Target {
        name: "spool",
        run: spool::spool,
        seeds: &[],
        short: 100,
    },
];

/// Runs the target of that name.
///
/// # Panics
///
/// When there is none of that name, or something that must hold does not.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.unwrap().run)(bytes);
}
