//! A cloud's least rights as a text to paste. Owns the shape; each cloud keeps its own as data.

/// One policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    /// What it is for, in one word; each cloud tells its own.
    pub id: &'static str,
    /// The JSON.
    pub text: &'static str,
}
