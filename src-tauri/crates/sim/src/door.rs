//! The one door of a world: the message sinks, the control routes, the balances of many providers, the
//! main accounts of Volcengine, or the other cloud, told apart by the path and by whose key it is.

use crate::huawei::Dialect;
use crate::world::World;
use crate::{Call, Served, balances, control, feishu, sinks, volcengine};

/// Answers every request that reaches a world, whatever carries it.
#[derive(Clone)]
pub struct Door {
    world: World,
    control: bool,
}

impl Door {
    /// The door for clients in process: no control routes, since a test holds the world itself.
    #[must_use]
    pub const fn new(world: World) -> Self {
        Self {
            world,
            control: false,
        }
    }

    /// The door for other processes, with the routes below `/_sim/`.
    #[must_use]
    pub const fn with_control(world: World) -> Self {
        Self { world, control: true }
    }

    /// Answers one request.
    #[must_use]
    pub fn answer(&self, call: &Call) -> Served {
        if let Some(rest) = call.path.strip_prefix("/_sim/").filter(|_| self.control) {
            return control::answer(&self.world, call, rest);
        }
        if let Some(token) = feishu::token_of(&call.path).filter(|_| call.method == "POST") {
            return self
                .world
                .with(|state, now| feishu::receive(state, call, token, now));
        }
        if let Some(place) = sinks::at(&call.path) {
            return self
                .world
                .with(|state, now| sinks::receive(state, call, place, now));
        }
        let told = self.world.with(|state, now| {
            if volcengine::takes(state, call) {
                return Some(volcengine::receive(state, call, now));
            }
            let theirs = balances::takes(state, call);
            theirs.then(|| balances::receive(state, call, now))
        });
        told.unwrap_or_else(|| Dialect::new(self.world.clone()).answer(call))
    }
}
