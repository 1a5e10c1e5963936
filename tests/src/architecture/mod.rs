//! The laws of dependency, as functions over a model of the manifests and sources.
//!
//! `house` reads the model, `edges` holds who may know whom, `purity` what the pure crates may contain, `shape` the
//! form of every file, `window` what the webview may do and drafts may not. Never builds or runs anything. Tested in `tests/architecture.rs` with broken models.

mod edges;
mod house;
mod purity;
mod shape;
pub mod window;

pub use house::{Dependency, House, Kind, Package};

use crate::Breach;

/// Every breach of every law, sorted.
#[must_use]
pub fn breaches(house: &House) -> Vec<Breach> {
    let mut found = edges::breaches(house);
    found.extend(edges::cycles(house));
    for package in &house.packages {
        found.extend(purity::breaches(package));
        found.extend(shape::breaches(package));
        found.extend(package.sources.iter().flat_map(window::drafts));
    }
    found.sort();
    found
}
