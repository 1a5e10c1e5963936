//! The spool: order and numbers, what a crash at every labelled point leaves behind, folding, damage.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fall over; that is its answer"
)]

mod crashes;
mod damage;
mod failing;
mod folding;
mod kit;
mod order;
mod week;
