//! Bounds of the link, each with its reason.

use std::time::Duration;

/// A request is at most this long: a configuration text is the longest there is.
pub const REQUEST_BYTES: usize = 1024 * 1024;
/// An answer is at most this long: two thousand meters with their sentences, and nothing near it by mistake.
pub const ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// Clients at once: a window, a tray, a few shells.
pub const CLIENTS: usize = 32;
/// Requests of one client in the making: more wait in its own socket, not in our memory.
pub const REQUESTS_IN_FLIGHT: usize = 16;
/// Answers and changes that wait for one client.
pub const OUTGOING: usize = 64;
/// A client that takes nothing for this long is dropped: it hangs, and its queue would only grow old.
pub const WRITE_PATIENCE: Duration = Duration::from_secs(20);
/// The last word to all clients takes no longer: a frozen window must not hold up a logout.
pub const FAREWELL_PATIENCE: Duration = Duration::from_secs(2);
/// Both sides say hello within this span, or it is not a client of ours.
pub const HELLO_PATIENCE: Duration = Duration::from_secs(5);
/// Changes a program may leave unheard before it is told that it missed some.
pub const CHANGES_BEHIND: usize = 256;
/// A socket's path is at most this long: Linux holds 108 bytes, macOS 104, both with the closing zero.
pub const PATH_BYTES: usize = 100;
