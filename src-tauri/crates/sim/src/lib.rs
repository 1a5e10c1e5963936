//! Simulated clouds, channels and worlds.
//!
//! Owns [`World`]: accounts, servers, traffic packages and the traffic between them as an exact function of time, with
//! every lie of the fault catalogue on demand; [`huawei::Dialect`], which answers one HTTP request as Huawei Cloud
//! would, verifying every signature with its own code; [`balances`], two dozen providers telling what is left or spent;
//! [`volcengine`], main accounts with sub-accounts that spend by ways which can be closed;
//! [`proxy`], kernels of proxies that count what is told to pass through them;
//! [`panel`], a subscription's page with the lies of panels;
//! [`feishu`] and `sinks`, message sinks with their platforms' own rules; and
//! two doors to them: [`SimTransport`] in process and [`serve()`] over HTTP. Never calls a provider or a channel of
//! ours: client and simulator judge each other. Tested in `tests/` and, over HTTP, by the official SDK
//! (`tests/sdk/judge.py` of the workspace).

mod amount;
pub mod balances;
mod call;
mod control;
mod door;
mod error;
pub mod feishu;
pub mod huawei;
pub mod limits;
pub mod panel;
pub mod proxy;
mod scenario;
mod serve;
mod sinks;
pub mod story;
pub mod time;
mod transport;
pub mod volcengine;
mod world;

pub use call::{Answer, Call, Ending, Served};
pub use door::Door;
pub use error::SimError;
pub use scenario::Scenario;
pub use serve::{Listening, listen, serve};
pub use sinks::Taken;
pub use transport::SimTransport;
pub use world::{
    Builder, Cover, Credential, Curve, Fault, Lie, LoggedRequest, Rights, Site, Throttle, Truth, World, days,
    gib, hours, mbit, mib, minutes, seconds,
};
