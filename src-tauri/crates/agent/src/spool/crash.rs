//! Labelled points between two durable steps of the spool. Owns the labels and the call: outside crash tests it does
//! nothing. A crash test's hook ends the world at a label and opens the same folder again.

use std::sync::Arc;

/// Every label, in the order in which a batch passes them; crash tests walk this list.
pub const POINTS: [&str; 14] = [
    "keep.before",
    "keep.written",
    "keep.named",
    "keep.settled",
    "fold.written",
    "fold.named",
    "fold.settled",
    "fold.removed_one",
    "next.before",
    "next.named",
    "next.settled",
    "leave.before",
    "leave.named",
    "refuse.copied",
];

/// What a crash test hangs in.
pub type CrashHook = Arc<dyn Fn(&'static str) + Send + Sync>;
