//! The api for other processes. Thin: it carries [`tidegate_api::Request`] and its answers, and decides nothing.
//!
//! Owns the local link ([`link`]): one private socket of the guard process, for the window and the command line; the
//! door for other programs ([`mod@http`]) and what a Prometheus reads ([`metrics`]), both closed unless opened. Never opens
//! a store, never judges. Tested in `tests/` over real sockets.

pub mod http;
pub mod limits;
pub mod link;
pub mod metrics;
