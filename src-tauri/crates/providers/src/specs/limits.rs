//! Bounds of the language, each with its reason.

use std::time::Duration;

/// A spec file is at most this long: the longest of ours has a tenth of it.
pub(super) const SPEC_BYTES: usize = 64 * 1024;
/// Files of one's own that are read: more is a mistaken folder.
pub(super) const OWN_SPECS: usize = 64;
/// Parameters, requests, metrics and examples of one spec, each: no provider needs half of it.
pub(super) const ENTRIES: usize = 24;
/// Expressions nest this deep at most: the deepest of ours has four levels.
pub(super) const DEPTH: usize = 8;
/// Operands of one expression.
pub(super) const OPERANDS: usize = 12;
/// Parts of a pointer.
pub(super) const POINTER_PARTS: usize = 16;
/// Rows that one look takes from a list, all pages together: a person watches a handful.
pub(super) const ROWS: usize = 500;
/// Pages that one request may ask for: a month of days needs six.
pub(super) const PAGES: usize = 20;
/// A parameter's value is at most this long.
pub(super) const VALUE_CHARS: usize = 256;
/// A pattern is at most this long, and compiles to at most this many bytes.
pub(super) const PATTERN_CHARS: usize = 200;
/// Compiled size of a pattern: digits and a few words need a hundredth of it.
pub(super) const PATTERN_BYTES: usize = 256 * 1024;
/// Texts for people.
pub(super) const TEXT_CHARS: usize = 600;
/// The text of a number: no amount is longer, and more is an attack on the arithmetic.
pub(super) const NUMBER_CHARS: usize = 64;
/// Powers of ten in a number told with an exponent.
pub(super) const EXPONENT: i32 = 18;
/// A provider's error code as shown.
pub(super) const CODE_CHARS: usize = 48;
/// Between two looks, where a spec says nothing: balances move slowly, and the keys' owner pays for the rate limit.
pub(super) const INTERVAL: Duration = Duration::from_secs(15 * 60);
/// The longest interval a spec may ask for.
pub(super) const INTERVAL_MOST: Duration = Duration::from_secs(86_400);
