//! What happens at the providers, in the simulator's own words.

use std::time::Duration;

use tidegate_sim::balances::Money;
use tidegate_sim::{SimError, World, volcengine};

use crate::plan::WorldDeed;

/// Lets it happen. An error names what the world does not know.
pub(crate) fn happens(world: &World, deed: WorldDeed) -> Result<(), SimError> {
    match deed {
        WorldDeed::Lie { fault } => {
            world.fault(fault);
        }
        WorldDeed::Power { server, on: true } => world.start_by_hand(&server)?,
        WorldDeed::Power { server, on: false } => world.stop_by_hand(&server)?,
        WorldDeed::Traffic { server, curve } => world.set_traffic(&server, curve)?,
        WorldDeed::TopUp { package, bytes } => world.top_up(&package, bytes)?,
        WorldDeed::Correct { package, bytes } => world.correct(&package, bytes)?,
        WorldDeed::Renew { package, overlap_s } => {
            world.renew(&package, Duration::from_secs(overlap_s))?;
        }
        WorldDeed::Unsubscribe { package } => world.unsubscribe(&package)?,
        WorldDeed::RotateKey { cloud } => {
            world.rotate_key(&cloud)?;
        }
        WorldDeed::Latency { ms } => world.set_latency(Duration::from_millis(ms)),
        WorldDeed::Foreign { cloud, server } => world.appear(&cloud, &server)?,
        WorldDeed::Money { purse, left } => {
            let money = Money {
                left: Some(left),
                ..Money::default()
            };
            world.set_money(&purse, &money)?;
        }
        WorldDeed::Volcengine { main, deed } => {
            let deed: volcengine::Deed =
                serde_json::from_value(deed).map_err(|_| SimError::Unknown(main.clone()))?;
            world.volcengine(&main)?.happen(&deed)?;
        }
        WorldDeed::KernelRestart { device: name }
        | WorldDeed::KernelLie { device: name, .. }
        | WorldDeed::PanelLie {
            subscription: name, ..
        }
        | WorldDeed::PanelReset { subscription: name } => return Err(SimError::Unknown(name)),
    }
    Ok(())
}
