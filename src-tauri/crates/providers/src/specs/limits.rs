//! Bounds of the language, each with its reason.

use std::time::Duration;

/// A spec file is at most this long: the longest of ours has a tenth of it.
pub const SPEC_BYTES: usize = 64 * 1024;
/// Files of one's own that are read: more is a mistaken folder.
pub const OWN_SPECS: usize = 64;
/// Parameters, requests, metrics and examples of one spec, each: no provider needs half of it.
pub const ENTRIES: usize = 24;
/// Expressions nest this deep at most: the deepest of ours has four levels.
pub const DEPTH: usize = 8;
/// Operands of one expression.
pub const OPERANDS: usize = 12;
/// Parts of a pointer.
pub const POINTER_PARTS: usize = 16;
/// Rows that one look takes from a list, all pages together: a person watches a handful.
pub const ROWS: usize = 500;
/// Pages that one request may ask for: a month of days needs six.
pub const PAGES: usize = 20;
/// A parameter's value is at most this long.
pub const VALUE_CHARS: usize = 256;
/// A pattern is at most this long, and compiles to at most this many bytes.
pub const PATTERN_CHARS: usize = 200;
/// Compiled size of a pattern: digits and a few words need a hundredth of it.
pub const PATTERN_BYTES: usize = 256 * 1024;
/// Texts for people.
pub const TEXT_CHARS: usize = 600;
/// The text of a number: no amount is longer, and more is an attack on the arithmetic.
pub const NUMBER_CHARS: usize = 64;
/// Powers of ten in a number told with an exponent.
pub const EXPONENT: i32 = 18;
/// A provider's error code as shown.
pub const CODE_CHARS: usize = 48;
/// Between two looks, where a spec says nothing: balances move slowly, and the keys' owner pays for the rate limit.
pub const INTERVAL: Duration = Duration::from_secs(15 * 60);
/// The longest interval a spec may ask for.
pub const INTERVAL_MOST: Duration = Duration::from_secs(86_400);
/// A refused key is left alone for this long: several providers lock a key after repeated refusals.
pub const KEY_PAUSE: Duration = Duration::from_secs(300);
