//! Bounds of the way to a kernel, each with its reason.

use std::time::Duration;

/// Between two snapshots: the accuracy measured best with logs beside them; faster gains nothing.
pub const INTERVAL: Duration = Duration::from_secs(1);
/// A stream that says nothing for so long is silent, however open its socket: three snapshots that did not come. A kernel
/// whose ticker died keeps the socket open for ever.
pub const SILENCE: Duration = Duration::from_secs(3);
/// Longest wait for a connection to a kernel: it is on this machine or in the same house.
pub const CONNECT: Duration = Duration::from_secs(5);
/// Longest wait for an answer: the lists of nodes of a large subscription are a few MB.
pub const ANSWER: Duration = Duration::from_secs(10);
/// Longest wait at a place where a kernel may be.
pub const PROBE: Duration = Duration::from_secs(1);
/// Between two looks at the nodes.
pub const NODES_EVERY: Duration = Duration::from_secs(60);
/// Between two looks at the nodes because of unknown names: an update brings many of them at once.
pub const NODES_GAP: Duration = Duration::from_secs(5);
/// Longest snapshot: 10 000 connections are 7 MB, and libraries stop at 16 MB by default.
pub const FRAME_BYTES: usize = 32 * 1024 * 1024;
/// Longest line of a log: a name, a rule and an address.
pub const LINE_BYTES: usize = 64 * 1024;
/// Longest other answer: the nodes of a few dozen subscriptions, at 1 KB each.
pub const ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// First pause after a kernel was lost: one that begins anew in place is back at once.
pub const PAUSE_FIRST: Duration = Duration::from_millis(250);
/// Longest pause between two tries: how late a kernel that is started by hand is noticed.
pub const PAUSE_MOST: Duration = Duration::from_secs(30);
/// Pause after a refused secret: nothing changes until a person does something.
pub const PAUSE_REFUSED: Duration = Duration::from_secs(60);
/// A connection that held for so long was a good one: the next pause is the first again.
pub const STEADY: Duration = Duration::from_secs(10);
/// Names of nodes kept, removed ones included: far more than any configuration has, and an end to one that renames
/// its nodes with every update.
pub const NAMES: usize = 20_000;
/// sing-box connections whose second line has not come yet.
pub const HALF_OPENED: usize = 4096;
/// Most sockets of desktop clients that are tried.
pub const SOCKETS: usize = 16;
/// The room of a snapshot grows in such steps: the next one, a few bytes longer, fits into the memory that this one leaves.
pub const ROOM_STEP: usize = 1024 * 1024;
/// Longest header of a frame of a WebSocket (RFC 6455, 5.2).
pub const HEADER_BYTES: usize = 14;
/// Longest control frame of a WebSocket (RFC 6455, 5.5).
pub const CONTROL_BYTES: usize = 125;
/// Most nodes that a person names as local: a list by hand.
pub const LOCAL_NODES: usize = 200;
