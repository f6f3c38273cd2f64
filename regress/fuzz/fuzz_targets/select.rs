#![no_main]

use regress::select::{Filter, Projections, Subject, Wanted};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(expression) = std::str::from_utf8(bytes) else { return };
    let subject = Subject { file: "f", name: "X/size=1k/é-8", settings: &[("goos", "linux")] };
    match Filter::new(expression) {
        Ok(filter) => drop(filter.keeps(&subject, &["sec/op", "ns/op"])),
        Err(error) => assert!(expression.is_char_boundary(error.offset), "{error}"),
    }
    match Projections::new(&Wanted { row: expression, ..Wanted::default() }) {
        Ok(mut projections) => drop(projections.row.key(&subject, "")),
        Err((_, error)) => assert!(expression.is_char_boundary(error.offset), "{error}"),
    }
});
