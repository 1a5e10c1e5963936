//! Proxy kernels (Mihomo, Clash, sing-box, clash-rs) to flows: what their controller tells, counted exactly.
//!
//! Owns the trait [`Kernel`], the client of a controller ([`KernelClient`]) with its dialects, what one snapshot of a kernel
//! holds, and the arithmetic that turns snapshots into flows. Never stores, never changes anything at a kernel, never keeps
//! a host name beyond the moment it is shown. Tested in `tests/proxy` on recorded bodies and against
//! the simulated kernel; the count in `tests/counting`.

mod client;
mod config;
mod count;
mod dialect;
mod find;
mod frame;
mod kernel;
pub mod limits;
mod log;
mod nodes;
mod place;
mod reach;
mod read;
mod socket;
mod source;
mod watch;

pub use config::{FIELDS, KernelConfig, SECRET, device, local_nodes};
pub use count::{
    Accountant, Baseline, Booked, Collector, CountRules, KernelState, LiveConnection, LiveKernel, LiveNode,
    Sealed, Tally,
};
pub use frame::{Connection, Frame, Network, Opened};
pub use kernel::{Kernel, KernelEvent, NodeMap};
pub use place::{Controller, Place, PlaceError};
pub use reach::{Machine, Reach};
pub use source::KernelSource;
pub use watch::KernelClient;
