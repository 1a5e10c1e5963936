//! The stage: the world and the house of a plan. Owns how the words of a plan become a simulated world, a configuration,
//! secrets, a wire and a database; what the person, the machine and the world do in it. Never judges what it sees: it
//! hands every line to the record.

pub(crate) mod agents;
pub(crate) mod disk;
pub(crate) mod house;
pub(crate) mod kernel;
pub(crate) mod kill;
pub(crate) mod money;
pub(crate) mod panel;
pub(crate) mod quotas;
pub(crate) mod switches;
pub(crate) mod user;
pub(crate) mod vault;
pub(crate) mod wire;
pub(crate) mod world;
