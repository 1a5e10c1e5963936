//! Every signature against vectors that the vendors' own clients made, and against the vendors' published rules.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test, which is what it is for"
)]

mod clouds;
mod huawei;
mod judged;
mod rules;
mod skew;
mod support;
mod volcengine;
