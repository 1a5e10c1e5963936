//! Devices whose agents hand in what they counted: invited, enrolled, heard, ended.
//!
//! Owns that a batch counts once however often it is handed in, that one which cannot be true is kept aside whole and told
//! of, that a clock which is wrong moves no bytes to another hour, and that a device which fell silent is told of once.
//! Never knows a token or a code, only what they hash to; never speaks HTTP. Tested in `tests/engine/devices`.

mod asides;
mod bounds;
mod clock;
mod conditions;
mod enrol;
mod ingest;
mod silence;
mod told;

pub(crate) use conditions::DeviceDesk;
pub(crate) use enrol::{end, enrol, invite};
pub use ingest::Taken;
pub(crate) use ingest::take;
pub(crate) use silence::run;
pub use told::DeviceTold;
