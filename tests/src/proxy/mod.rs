//! A laboratory of real proxy kernels: known bytes go through them, the product counts, and both are compared.
//!
//! Owns the kernels as processes, the origin that counts what really passed, the clients, the workloads and the score.
//! The kernels are mihomo 1.19.32 and sing-box 1.14.4 out of pinned wheels, set up by `tests/proxy/setup.sh`; a second
//! mihomo plays the far end of the proxies. Nothing leaves the loopback interface. Used by `tests/proxy_kernels.rs` and by
//! the example `accuracy`, which writes the table of `docs/proxy-accounting.md`.

mod client;
mod config;
mod lab;
mod origin;
mod process;
mod score;
mod table;
mod watch;
mod workload;

pub use lab::{Plan, Workload, measure};
pub use origin::Passed;
pub use process::{Core, missing};
pub use score::Score;
pub use table::{COMMAND, table, write};
