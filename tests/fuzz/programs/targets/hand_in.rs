//! libFuzzer over the target `hand_in`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("hand_in", bytes));
