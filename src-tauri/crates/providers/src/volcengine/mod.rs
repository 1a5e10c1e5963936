//! Volcengine (火山引擎): what the projects of an account cost, its users, and closing the ways in which one of them can
//! spend.
//!
//! Owns one account per [`Volcengine`]: its keys, lanes and pace; nothing is shared between two accounts. The cloud bills no
//! users and knows no disabled user: spending is told by project and month, and a user is closed piece by piece, each with
//! a permit. Never stores, never adds months up, never knows a quota, and never closes the user that it acts as itself.
//! `docs/providers/volcengine.md` says what is read, with which rights, and what survives a disable. Tested in
//! `tests/volcengine/` against recorded bodies and the simulated cloud.

mod answer;
mod ark;
mod bill;
mod check;
mod client;
mod config;
mod control;
mod ecs;
mod hosts;
mod identity;
mod keys;
mod limits;
mod list;
mod login;
mod offer;
mod period;
mod policies;
pub mod policy;
mod projects;
mod rights;
mod row;
mod source;
mod sub_accounts;
mod survey;
mod users;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tidegate_egress::Egress;

pub use config::{BillBasis, BillBasisError, VolcengineConfig};
pub use limits::BILL_DELAY;
pub use policies::DENY_ALL;

use crate::key::{Credential, Key};
use client::Client;
use identity::Identities;

/// One account of Volcengine.
pub struct Volcengine {
    config: VolcengineConfig,
    watch: Key,
    act: Option<Key>,
    client: Client,
    identities: Identities,
    /// The denying policy was found to be there and ours, so it is not asked about before each disable.
    denies: AtomicBool,
}

impl Volcengine {
    /// An account that is read with `watch` and acted on with `act`, or with `watch` where there is no `act`.
    #[must_use]
    pub fn new(
        config: VolcengineConfig,
        watch: Credential,
        act: Option<Credential>,
        egress: Arc<Egress>,
    ) -> Self {
        Self {
            watch: Key::new(watch),
            act: act.map(Key::new),
            client: Client::new(config.account.clone(), egress, config.endpoint.clone()),
            config,
            identities: Identities::default(),
            denies: AtomicBool::new(false),
        }
    }

    /// The key that changes things.
    fn actor_key(&self) -> &Key {
        self.act.as_ref().unwrap_or(&self.watch)
    }
}
