//! Bounds of this crate, each with its reason.

use std::time::Duration;

/// Most bytes of one item's value: Windows' credential manager takes 2560, the smallest of all keychains.
pub const ITEM_BYTES: usize = 2_500;
/// How long a caller waits for the keychain. A locked one with a display waits for its dialog without end, while the
/// loops go on; a slow but living one answers in under a second.
pub const PATIENCE: Duration = Duration::from_secs(8);
/// Most items of ours: an account has two, a channel one; more is a mistake, not a house.
pub const ITEMS: usize = 512;
/// Parts of the index of names: every item at the longest name, in parts of one item's size.
pub const INDEX_PARTS: usize = 1 + ITEMS * (NAME_CHARS + 1) / (ITEM_BYTES - NAME_CHARS);
/// Longest item name: a slug and a role.
pub const NAME_CHARS: usize = 80;
/// Memory of the passphrase's key derivation in KiB (19 MiB, OWASP's least for argon2id with two passes).
pub const ARGON_KIB: u32 = 19 * 1024;
/// Passes of the key derivation.
pub const ARGON_PASSES: u32 = 2;
/// Most memory a file's header may ask for, in KiB: a forged header must not exhaust the machine.
pub const ARGON_KIB_MAX: u32 = 256 * 1024;
/// Most passes a file's header may ask for.
pub const ARGON_PASSES_MAX: u32 = 16;
/// Longest sealed file: every item at its largest, and room for names.
pub const FILE_BYTES: u64 = 4 * 1024 * 1024;
