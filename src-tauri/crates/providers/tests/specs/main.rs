//! Balances as data: the language, every spec of ours against its examples, and an account that is read by one.

mod examples;
