//! What the program asks of the desktop it runs on. Owns the seam; the shell stands behind it, and a guard without a
//! display has none.

/// Why the desktop did not do it: one short line with the next step.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct DesktopError(pub String);

/// The desktop. Its calls may touch files or the registry: they are made off the async threads.
pub trait Desktop: Send + Sync {
    /// Whether the program is started at login.
    fn start_at_login(&self) -> Result<bool, DesktopError>;
    /// Has the program started at login, without a window, or no longer.
    fn set_start_at_login(&self, on: bool) -> Result<(), DesktopError>;
}
