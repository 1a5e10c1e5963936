//! How much of everything a bench takes: the whole measure, or little of it, so that a test sees every bench run through.

use std::sync::atomic::{AtomicBool, Ordering};

/// Set once at the start of each process, from its first argument.
static QUICK: AtomicBool = AtomicBool::new(false);

/// The argument that asks for little.
pub(crate) const FLAG: &str = "--quick";

/// From here on this process takes little of everything. Its numbers say nothing then, only that they came about.
pub(crate) fn be_quick() {
    QUICK.store(true, Ordering::Relaxed);
}

/// Whether this process takes little.
pub(crate) fn is_quick() -> bool {
    QUICK.load(Ordering::Relaxed)
}

/// A number of a bench: for the whole measure, and for a quick run.
#[derive(Clone, Copy)]
pub(crate) struct Size<T> {
    whole: T,
    quick: T,
}

impl<T: Copy> Size<T> {
    /// Both numbers.
    pub(crate) const fn of(whole: T, quick: T) -> Self {
        Self { whole, quick }
    }

    /// The one that counts in this process.
    pub(crate) fn get(self) -> T {
        if is_quick() { self.quick } else { self.whole }
    }
}
