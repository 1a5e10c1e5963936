//! libFuzzer over the target `spec`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("spec", bytes));
