//! What the end-to-end tests share: where the project and the program lie, and the checkers of the house's laws.
//!
//! Owns the model of the manifests and sources as text, the laws of dependency and the rules of hygiene as functions
//! over that model. Never changes a file. The tests in `tests/` run the checkers over the project and over broken
//! models, so that each law is seen to fail.

pub mod architecture;
pub mod hygiene;
mod program;
pub mod proxy;
pub mod stage;
mod tree;

pub use program::{agent, desktop, program, root, small_agent};
pub use tree::{TextFile, text_files};

use std::fmt;

/// One broken rule.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Breach {
    /// The rule's short name: `edge`, `cycle`, `purity`, …
    pub rule: &'static str,
    /// The package or file, and the line where there is one.
    pub place: String,
    /// What stands there, and what is allowed.
    pub detail: String,
}

impl Breach {
    /// A breach of `rule` at `place`.
    #[must_use]
    pub fn new(rule: &'static str, place: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            rule,
            place: place.into(),
            detail: detail.into(),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.rule, self.place, self.detail)
    }
}

/// The breaches as lines, for a test to show.
#[must_use]
pub fn told(breaches: &[Breach]) -> String {
    breaches.iter().map(|breach| format!("{breach}\n")).collect()
}
