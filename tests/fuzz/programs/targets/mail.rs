//! libFuzzer over the target `mail`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("mail", bytes));
