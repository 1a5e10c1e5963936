//! libFuzzer over the target `channel`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("channel", bytes));
