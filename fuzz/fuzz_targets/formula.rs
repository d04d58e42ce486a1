#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| pyairtable::airtable::fuzz_formula(input));
