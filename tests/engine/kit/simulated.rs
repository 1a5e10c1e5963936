//! What the engine's tests over simulated providers have in common: secrets that stand in the environment, nothing in the
//! vault, and a wire of the test's own.

use std::sync::Arc;

use tidegate_egress::{Timer, Transport};
use tidegate_engine::config::{ChannelConfig, SecretRef, SecretRefs};
use tidegate_engine::{Environment, Options, Parts, SeededEntropy};
use tidegate_meter::Zone;
use tidegate_store::Store;

/// The parts of an engine with its real adapters.
pub fn parts_over(
    wire: Arc<dyn Transport>,
    timer: Arc<dyn Timer>,
    store: Store,
    environment: Environment,
    seed: u64,
) -> Parts {
    Parts {
        store,
        vault: Arc::new(tidegate_vault::Memory::new()),
        environment,
        transport: wire,
        timer,
        entropy: Arc::new(SeededEntropy::new(seed)),
        cache_dir: None,
        zone: Zone::utc(),
        options: Options::default(),
    }
}

/// Fields whose secrets stand in the environment, each under the name beside it.
pub fn env(fields: &[(&str, &str)]) -> SecretRefs {
    fields
        .iter()
        .map(|(field, name)| ((*field).to_owned(), SecretRef::Env((*name).to_owned())))
        .collect()
}

/// The simulated sink as a channel.
pub fn sink() -> ChannelConfig {
    ChannelConfig {
        secrets: env(&[("url", "FEISHU_URL"), ("secret", "FEISHU_SECRET")]),
        ..super::channel("ops")
    }
}
