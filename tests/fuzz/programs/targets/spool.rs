//! libFuzzer over the target `spool`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("spool", bytes));
