#![no_main]

use regress::formats::noise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(found) = noise::read(&"noise.json".into(), bytes) else { return };
    let written = noise::write(&found);
    let again = noise::read(&"noise.json".into(), &written).expect("what was written reads back");
    assert_eq!(noise::write(&again), written);
});
