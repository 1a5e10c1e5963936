//! libFuzzer over the target `volcengine`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("volcengine", bytes));
