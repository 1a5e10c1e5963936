//! Bounds of asking a panel, each with its reason.

use std::time::Duration;

/// Between two requests at least: panels count them, warn their users, and renew the address of whoever asks more often.
pub const INTERVAL_LEAST: Duration = Duration::from_secs(15 * 60);
/// Between two looks where nothing is said: numbers of panels are minutes late anyway.
pub const INTERVAL: Duration = Duration::from_secs(3600);
/// Redirects that are followed: panels move, and put a distribution network in front.
pub(super) const REDIRECTS: usize = 5;
/// Of a body is read so much, packed and unpacked: the first line and the pseudo nodes stand at its beginning.
pub(super) const BODY_BYTES: usize = 64 * 1024;
/// Parts of a header that are read: no panel tells a dozen.
pub(super) const PARTS: usize = 64;
/// An expiry from here on is told in milliseconds: in seconds it would be the year 5138.
pub(super) const MILLISECONDS_FROM: i64 = 100_000_000_000;
/// Longest user agent: no client has one half as long.
pub(super) const AGENT_CHARS: usize = 200;
/// Feeds and nodes that one account may name: more is a mistaken paste.
pub(super) const NAMED: usize = 500;
/// Longest name of a feed or a node.
pub(super) const NAME_CHARS: usize = 200;
/// Longest address.
pub(super) const URL_BYTES: usize = 4096;
