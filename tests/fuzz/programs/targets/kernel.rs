//! libFuzzer over the target `kernel`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("kernel", bytes));
