//! libFuzzer over the target `huawei`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidegate_fuzz::run("huawei", bytes));
