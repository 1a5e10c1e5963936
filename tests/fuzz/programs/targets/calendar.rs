//! libFuzzer over the target `calendar`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("calendar", bytes));
