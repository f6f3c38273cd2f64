#![no_main]

use regress::select::{Filter, Language, Projections, Subject, Wanted};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(expression) = std::str::from_utf8(bytes) else { return };
    let subject = Subject::of_go("f", "X/size=1k/é-8", &[("goos", "linux")]);
    for language in [Language::Benchstat, Language::Ours] {
        match Filter::new(expression, language) {
            Ok(filter) => {
                let keeps = filter.keeps(&subject, &["sec/op", "ns/op"]);
                assert!(!keeps || filter.could_keep(&subject), "what is kept could be kept");
            }
            Err(error) => assert!(expression.is_char_boundary(error.offset), "{error}"),
        }
        match Projections::new(&Wanted { row: expression, ..Wanted::default() }, language) {
            Ok(mut projections) => drop(projections.row.key(&subject, "")),
            Err((_, error)) => assert!(expression.is_char_boundary(error.offset), "{error}"),
        }
    }
});
