//! Every other kind of channel against a scripted other side: what it sends in both languages, what counts as success,
//! what each refusal means, its limits, and that nothing it says shows a secret.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "helpers of tests: a failed assumption is a failed test, and each test file uses a part of them"
)]

mod dingtalk;
#[path = "../support/samples.rs"]
mod samples;
mod secrecy;
mod sinks;
mod slack;
mod smtp;
#[path = "../support/mod.rs"]
mod support;
mod telegram;
mod webhook;
mod wecom;
mod words;

use support::now;
