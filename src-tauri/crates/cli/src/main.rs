//! `tidegated`.
fn main() {}
