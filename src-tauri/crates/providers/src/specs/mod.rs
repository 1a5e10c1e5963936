//! Balances as data: each provider is a TOML file that says what is asked and what the answers mean.
//!
//! Owns the language, its reader with every mistake by line and field, the evaluation, the registry of our own and a
//! user's specs, and the [`SpecSource`] that reads an account by one. Never stores, never judges, never acts; a secret
//! goes to the auth slot alone and an error never holds a key, an address or a body. `docs/behaviour/balances.md` tells
//! the language, `docs/providers.md` is generated from the files. Tested in `tests/specs/`: every example of every file,
//! its mutations, and a canary over every provider.

mod bodies;
pub mod document;
mod evaluate;
mod expr;
mod kinds;
mod limits;
mod mistake;
pub(crate) mod number;
mod pointer;
mod read;
mod registry;
mod said;
mod settle;
mod source;
mod spec;
mod template;

pub use bodies::{Bodies, Heard};
pub use evaluate::{Found, shown};
pub use kinds::{Category, Confidence, Standing};
pub use mistake::{Mistake, Mistakes, Wrong};
pub use registry::{BUILT_IN, OwnSpecs, Registry, SpecFault};
pub use said::Said;
pub use settle::{PINNED_HOSTS, ParamFault, ParamFaultKind};
pub use source::{NothingToControl, SetupError, SpecConfig, SpecSource};
pub use spec::{Auth, ClientCredentialsAuth, Example, MetricKind, Param, ParamForm, Signer, Spec};
