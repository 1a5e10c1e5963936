//! libFuzzer over the target `dates`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("dates", bytes));
