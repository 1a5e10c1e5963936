//! libFuzzer over the target `sealed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("sealed", bytes));
