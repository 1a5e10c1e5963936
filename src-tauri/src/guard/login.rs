//! Start at login, as this desktop does it. Off until a person asks.

use auto_launch::{AutoLaunch, AutoLaunchBuilder};
use tidegate_api::{Desktop, DesktopError};

use crate::args;

/// The hook of this user.
pub(crate) struct Login;

impl Login {
    fn hook() -> Result<AutoLaunch, DesktopError> {
        let program = args::program().map_err(|error| DesktopError(error.to_string()))?;
        AutoLaunchBuilder::new()
            .set_app_name("tidegate")
            .set_app_path(&program.to_string_lossy())
            .set_args(&["--hidden"])
            .build()
            .map_err(|error| DesktopError(error.to_string()))
    }
}

impl Desktop for Login {
    fn start_at_login(&self) -> Result<bool, DesktopError> {
        Self::hook()?
            .is_enabled()
            .map_err(|error| DesktopError(error.to_string()))
    }

    fn set_start_at_login(&self, on: bool) -> Result<(), DesktopError> {
        let hook = Self::hook()?;
        let done = if on { hook.enable() } else { hook.disable() };
        done.map_err(|error| DesktopError(error.to_string()))
    }
}
