//! Balances as data: the language, every spec of ours against its examples, and an account that is read by one.

mod account;
mod canary;
mod examples;
mod folder;
mod language;
mod mutations;
mod page;
mod support;
