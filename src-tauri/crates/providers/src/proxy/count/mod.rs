//! Snapshots of a kernel to flows, exactly: who counted what, in which minute, and which part of it is an estimate.
//!
//! The kernel's totals are the truth. Connections tell where bytes went as far as they are seen in a snapshot; what the
//! totals hold beyond that is spread by evidence (connections that the log told of or that vanished, then the mix), told
//! apart from what is exact for ever, and left unattributed where there is no evidence. Nothing is booked that is not in
//! the totals, and nothing of the totals is lost: `booked == totals - held` after every snapshot, whatever came.
//!
//! Owns the arithmetic ([`Accountant`]), the minutes and rates made of it ([`Collector`]), and what is kept across a
//! restart ([`Baseline`]). Does no I/O, reads no clock, keeps no host name beyond the connection's own life. Tested in
//! `tests/counting/`, against recorded traces, the rules one by one, and random stories; against real kernels in
//! `tests/tests/proxy_kernels.rs`.

mod accountant;
mod baseline;
mod both;
mod claims;
mod collector;
mod epoch;
mod evidence;
mod kernels;
mod limits;
mod live;
mod minutes;
mod mix;
mod opens;
mod page;
mod spread;
mod tracks;
mod watch;
mod ways;

pub use accountant::{Accountant, CountRules};
pub use baseline::Baseline;
pub use collector::{Collector, Sealed};
pub use live::{KernelState, LiveConnection, LiveKernel, LiveNode};
pub use page::{Booked, Tally};
