//! A configuration file that is followed by `run`: what is told about it while it cannot be applied.

use tidegate_engine::config::Config;

use super::App;
use crate::ConfigRefusal;
use crate::door::ConfigMeasured;
use crate::response::{ConfigFileState, ConfigFileView};

/// The condition that is open while the followed file has mistakes.
const REFUSED: &str = "config_refused";

impl App {
    /// Nothing is configured yet.
    pub async fn is_unconfigured(&self) -> bool {
        self.engine.config().await == Config::default()
    }

    /// The followed file has mistakes: the last good configuration guards on, and every channel is told once.
    pub async fn refuse_config(&self, name: &str, why: &ConfigRefusal) {
        self.followed.refused(name, self.now(), why);
        let detail = format!("{name}: {}", why.text);
        self.engine.raise_condition(REFUSED, &detail).await;
    }

    /// Whether the followed file has mistakes.
    pub(crate) fn refuses_config(&self) -> bool {
        self.config_file()
            .is_some_and(|file| file.state == ConfigFileState::Refused)
    }

    /// The same in numbers.
    pub(crate) fn config_measured(&self) -> Option<ConfigMeasured> {
        let file = self.config_file()?;
        Some(ConfigMeasured {
            good: file.state != ConfigFileState::Refused,
            applied: file.applied,
            refused: file.refused,
        })
    }

    /// The followed file is good.
    pub async fn accept_config(&self, name: &str) {
        self.followed.good(name, self.now());
        self.engine.resolve_condition(REFUSED).await;
    }

    /// How the followed file stands; `None` while none is followed. Asks nobody.
    #[must_use]
    pub fn config_file(&self) -> Option<ConfigFileView> {
        self.followed.view()
    }
}
