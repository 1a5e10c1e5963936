//! libFuzzer over the target `spec_body`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("spec_body", bytes));
