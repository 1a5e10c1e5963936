//! libFuzzer over the target `subscription`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("subscription", bytes));
