//! libFuzzer over the target `vocabulary`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("vocabulary", bytes));
