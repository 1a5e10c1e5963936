//! Bounds of this crate, each with its reason.

/// Longest detail text of a [`crate::Blind`], in characters: it stands in a chat card and in one table cell.
pub const BLIND_DETAIL_CHARS: usize = 240;
/// Longest slug of an account, guard or channel: it becomes part of keychain item names and file names.
pub const SLUG_CHARS: usize = 64;
/// Longest meter or target id: providers' ids are at most 64 bytes, ours add a short prefix.
pub const MEMBER_ID_CHARS: usize = 160;
/// Longest amount text that is parsed: longer input is an attack or a mistake, never an amount.
pub const AMOUNT_CHARS: usize = 48;
