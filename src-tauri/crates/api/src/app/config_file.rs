//! A configuration file that is followed by `run`: what is told about it while it cannot be applied.

use tidegate_engine::config::Config;

use super::App;

/// The condition that is open while the followed file has mistakes.
const REFUSED: &str = "config_refused";

impl App {
    /// Nothing is configured yet.
    pub async fn is_unconfigured(&self) -> bool {
        self.engine.config().await == Config::default()
    }

    /// The followed file has mistakes: the last good configuration guards on, and every channel is told once.
    pub async fn refuse_config(&self, detail: &str) {
        self.engine.raise_condition(REFUSED, detail).await;
    }

    /// Whether the followed file has mistakes.
    pub(crate) fn refuses_config(&self) -> bool {
        self.engine.has_condition(REFUSED)
    }

    /// The followed file is good again.
    pub async fn accept_config(&self) {
        self.engine.resolve_condition(REFUSED).await;
    }
}
