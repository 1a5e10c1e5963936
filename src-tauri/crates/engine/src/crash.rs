//! Labelled points between two durable steps. Owns nothing but the call: outside crash tests it does nothing.
//! A crash test's hook ends the process (or the test's world) at a label and starts again on the same file.

use crate::parts::Options;

/// Passes a labelled point.
pub(crate) fn point(options: &Options, label: &'static str) {
    if let Some(hook) = &options.crash_hook {
        hook(label);
    }
}

/// Every label, in the order an intent and its messages pass them; the crash tests walk this list.
pub const POINTS: [&str; 0] = [];
