//! The api for other processes. Thin: it carries [`tidegate_api::Request`] and its answers, and decides nothing.
//!
//! Owns the local link ([`link`]): one private socket of the guard process, for the window and the command line. Never
//! opens a store, never judges. Tested in `tests/link.rs` over real sockets.

pub mod http;
pub mod limits;
pub mod link;
