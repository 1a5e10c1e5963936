//! libFuzzer over the target `frame`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("frame", bytes));
