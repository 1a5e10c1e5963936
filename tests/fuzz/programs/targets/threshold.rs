//! libFuzzer over the target `threshold`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("threshold", bytes));
