#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| regress_fuzz::run("note", bytes));
