#![no_main]

use regress::compare::tables::{Criteria, Gathered, Measured};
use regress::formats::File;
use regress::formats::go_text::scan::scan;
use regress::report::benchstat;
use regress::select::{Filter, Language, Projections, Subject, Wanted};

// Two files in one, with a NUL between.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let filter = Filter::new("*", Language::Benchstat).expect("everything");
    let projections = Projections::new(&Wanted::default(), Language::Benchstat).expect("the defaults");
    let mut gathered = Gathered::new(filter, projections);
    for (index, part) in bytes.splitn(2, |byte| *byte == 0).enumerate() {
        let file = File { path: "f".into(), bytes: part.to_vec() };
        let Ok(scan) = scan(&file) else { return };
        if !scan.problems.is_empty() {
            return;
        }
        for series in scan.series {
            let bench = &scan.benches[series.bench];
            let name = ["old", "new"][index];
            let subject = Subject::of_go(name, bench.name, &scan.settings[bench.settings]);
            let unit = series.tidied.unwrap_or_else(|| series.written.into());
            gathered.add(&subject, [Measured { unit, written: Some(series.written), values: series.values }].into_iter());
        }
    }
    let is_exact = |unit: &str| unit == "B/op";
    let tables = gathered.tables(&Criteria { confidence: 0.95, alpha: 0.05, is_exact: &is_exact });
    let (mut out, mut remarks) = (Vec::new(), Vec::new());
    benchstat::text(&tables, &mut out).expect("memory takes everything");
    benchstat::csv(&tables, &mut out, &mut remarks).expect("memory takes everything");
});
