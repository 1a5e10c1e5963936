//! Every parser as a function of any bytes, with what must hold whatever comes.
//!
//! Owns the targets, their oracles and where their seeds lie; how bytes are chosen is the caller's: `tests/corpus.rs` (the
//! seeds and some thousand mutations of them, on every run of the tests) and `programs/` (libFuzzer, by `make fuzz`). Never
//! writes, never goes out.
#![expect(
    clippy::unwrap_used,
    reason = "what cannot fail in a target is a finding when it does"
)]

mod config;
mod mail;
mod outside;
mod payload;
mod specs;
mod stored;
mod vocabulary;

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
pub const TARGETS: [Target; 14] = [
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
