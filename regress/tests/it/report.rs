//! One report with every kind of row, in every format: a difference between snapshots is a difference of formats.

#![expect(clippy::unwrap_used, reason = "all of it is a test: the helpers may fail like the test itself")]

mod hostile;
mod readers;
pub mod schema;

use std::sync::Arc;

use regress::compare::{self, Allowance, Beside, Finding, Options, Sides};
use regress::model::{BenchId, Commit, Exact, Host, Metric, Observation, Processes, Provenance, Run, Values, Warning};
use regress::policy::{
    self, Budgets, Conclusion, Day, Entry, Field, Policy, Profile, Request, Selection, Value, Verdicts, Waivers,
};
use regress::report::{Between, Colour, Context, FalseAlarms, Measurements, RENDERERS, Report, Show, Side, Style};
use regress::stats::Sample;
use regress::unit::{Better, Unit};

/// A name that would be a column, an element and a mention if nobody escaped it.
const HOSTILE: &str = "evil/|<img src=x onerror=alert(1)>`@team` #1";
const LINES: &str = "evil/two\nlines\u{1b}[31mred\u{202e}";
const LONG: &str = "service/authentication/verify_embedding_against_gallery/gallery_size=10000/dimension=512/threads=8";
const UNICODE: &str = "größe/日本語のベンチマーク/n100";

// ---- what is measured -----------------------------------------------------------------------------------------

fn observation(id: &str, metric: Metric, values: Values, harness: &str) -> Observation {
    Observation { id: BenchId::new(id), metric: Arc::new(metric), values, harness: harness.into(), origin: "x".into() }
}

fn counted(id: &str, metric: &str, total: u64, operations: u64) -> Observation {
    observation(id, Metric::known(metric), Values::Exact(Exact::new(total, operations).unwrap()), "meter")
}

/// 40 measurements that scatter by up to `spread` (a ratio above 1) upwards from `seconds`.
fn timed(id: &str, seconds: f64, spread: f64) -> Observation {
    let values = (0..40).map(|i| seconds * (1.0 + (spread - 1.0) * f64::from(i * 17 % 40) / 39.0)).collect();
    observation(id, Metric::known("time"), sampled(values), "criterion")
}

fn sampled(values: Vec<f64>) -> Values {
    Values::Sampled(Processes::one(Sample::new(values).unwrap()))
}

fn custom(id: &str, unit: &str, total: u64) -> Observation {
    let metric = Metric::custom("cache-hits", Unit::Other(unit.into()), Better::Unknown);
    observation(id, metric, Values::Exact(Exact::once(total)), "go")
}

fn old_observations() -> Vec<Observation> {
    vec![
        counted("embedding/cosine/d512", "allocs", 0, 1000),
        counted("embedding/cosine/d512", "alloc-bytes", 0, 1000),
        counted("embedding/dot/d512", "allocs", 0, 100),
        counted("string/builder/n100", "allocs", 3, 1),
        counted("string/builder/n100", "alloc-bytes", 409_600, 1),
        counted("string/concat/n100", "alloc-bytes", 409_600, 1),
        counted("string/concat/n100", "instructions", 12_840_155, 1),
        counted("string/concat/n100", "frees", 12, 1),
        counted("string/old_name", "allocs", 4, 1),
        timed("string/old_name", 4e-6, 1.02),
        counted("string/retired", "allocs", 1, 1),
        timed("request/verify/n1", 1.72e-3, 1.02),
        counted("request/verify/n1", "instructions", 6_120_400, 1),
        timed("request/verify/n100", 0.172, 1.2),
        timed("request/parse", 88e-6, 1.02),
        observation("request/parse", Metric::known("throughput"), sampled(vec![1e8, 1.1e8]), "criterion"),
        timed("request/route", 5.2e-7, 1.3),
        observation("queue/handover", Metric::known("time"), sampled(vec![3.1e-6, 3.3e-6, 3.2e-6]), "criterion"),
        custom("cache/lookup", "hits/op", 812),
        counted(HOSTILE, "allocs", 7, 1),
        counted(LINES, "allocs", 7, 1),
        counted(LONG, "instructions", 101_093, 1),
        timed(LONG, 1.9e-3, 1.02),
        counted(UNICODE, "allocs", 10, 1),
    ]
}

fn new_observations() -> Vec<Observation> {
    vec![
        counted("embedding/cosine/d512", "allocs", 1000, 1000), // 0 → 1
        counted("embedding/cosine/d512", "alloc-bytes", 500, 1000), // 0 → ½
        counted("embedding/dot/d512", "allocs", 0, 100),
        counted("string/builder/n100", "allocs", 0, 1), // 3 → 0
        counted("string/builder/n100", "alloc-bytes", 409_600, 1),
        counted("string/concat/n100", "alloc-bytes", 409_601, 1), // one byte
        counted("string/concat/n100", "instructions", 12_840_156, 1), // one instruction
        counted("string/concat/n100", "frees", 13, 1),
        timed("request/verify/n1", 3.93e-3, 1.02), // ×2.28
        counted("request/verify/n1", "instructions", 13_891_200, 1),
        timed("request/verify/n100", 0.071, 1.02), // ×0.4
        timed("request/parse", 93e-6, 1.02),       // +5.7 %, which two runs may differ by
        observation("request/parse", Metric::known("throughput"), sampled(vec![1e8, 1.1e8]), "criterion"),
        timed("request/route", 5.5e-7, 1.3),
        observation("queue/handover", Metric::known("time"), sampled(vec![9.2e-6, 9.4e-6, 9.3e-6]), "criterion"),
        custom("cache/lookup", "hits/op", 797),
        counted(HOSTILE, "allocs", 9, 1),
        counted(LINES, "allocs", 6, 1),
        counted(LONG, "instructions", 148_002, 1),
        timed(LONG, 1.91e-3, 1.02),
        counted(UNICODE, "allocs", 12, 1),
        counted("string/new_name", "allocs", 4, 1),
        timed("string/new_name", 4e-6, 1.02),
        timed("embedding/cosine/d512", 6.1e-8, 1.02),
    ]
}

/// What only `run` finds: a benchmark that is shown to keep its budget, and one whose new program crashes.
fn found_in_turns(options: &Options) -> Vec<compare::Comparison> {
    let pair = |id: &str| {
        let side = |label| run(label, Provenance::default(), vec![timed(id, 2e-6, 1.02)]);
        compare::compare(&side("old"), &side("new"), options).remove(0)
    };
    let mut kept = compare::Comparison { finding: Finding::WithinBudget, ..pair("cache/hit") };
    let change = kept.change.take().unwrap();
    kept.change = Some(compare::Change { method: compare::IN_TURNS, believed: Some((0.997, 1.004)), ..change });
    let crashed = pair("cache/evict");
    let sides = match &crashed.sides {
        Sides::Both { old, .. } => Sides::OnlyOld(old.clone()),
        Sides::OnlyOld(_) | Sides::OnlyNew(_) => unreachable!("both sides have it"),
    };
    let how = "failed (exit status: 101): thread 'main' panicked at src/cache.rs:9\nno | disk @team".to_owned();
    vec![kept, compare::Comparison { sides, change: None, finding: Finding::Crashed(how), benchstat: None, ..crashed }]
}

/// Measured elsewhere: another machine, toolchain, harness and unit.
fn elsewhere(old: bool) -> Vec<Observation> {
    let harness = if old { "callgrind" } else { "perf" };
    let unit = if old { Unit::Seconds } else { Unit::Count };
    let per_kb = Metric::known("time-per-kb").in_unit(unit);
    vec![
        counted("elsewhere/sort", "allocs", 12, 1),
        counted("elsewhere/sort", "instructions", if old { 1000 } else { 1100 }, 1),
        timed("elsewhere/sort", 1e-3, 1.02),
        timed("elsewhere/search", 1e-4, 1.02),
        observation("elsewhere/harness", Metric::known("peak-bytes"), Values::Exact(Exact::once(64)), harness),
        observation("elsewhere/unit", per_kb, sampled(vec![2.0, 2.1]), "criterion"),
    ]
}

fn provenance(cpu: &str, toolchain: &str, commit: &str) -> Provenance {
    Provenance {
        commit: Some(Commit { hash: commit.repeat(8), dirty: commit == "92650" }),
        recorded_at: Some("2026-11-20T08:15:00Z".to_owned()),
        host: Some(Host { cpu: cpu.to_owned(), cores: 16, os: "linux x86_64".to_owned() }),
        toolchain: Some(toolchain.to_owned()),
        harnesses: [("criterion".to_owned(), "0.8.2".to_owned())].into(),
        build: [("profile".to_owned(), "bench".to_owned())].into(),
    }
}

fn run(label: &str, provenance: Provenance, observations: Vec<Observation>) -> Run {
    Run::new(label, provenance, Vec::new(), observations).unwrap()
}

// ---- what is demanded -----------------------------------------------------------------------------------------

fn entry(line_number: usize, fields: &[(&str, Value)]) -> Entry {
    let field = |(key, value): &(&str, Value)| Field { key: (*key).to_owned(), value: value.clone(), line_number };
    Entry { line_number, fields: fields.iter().map(field).collect() }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn policy(old: Option<&Run>) -> Policy {
    let entries = [
        entry(7, &[("benchmark", text("request/verify")), ("metric", text("time")), ("change", text("<= +5%"))]),
        entry(
            12,
            &[
                ("benchmark", text("embedding/*")),
                ("metric", text("allocs")),
                ("limit", text("== 0")),
                ("why", text("compared a million times per search | @team <b>knows</b>\nand so do you")),
            ],
        ),
        entry(20, &[("benchmark", text("queue/*")), ("metric", text("time")), ("change", text("<= +10%"))]),
        entry(24, &[("benchmark", text("request/parse")), ("metric", text("time")), ("limit", text("< 100 us"))]),
        entry(28, &[("benchmark", text("request/*")), ("metric", text("time")), ("min_samples", Value::Integer(50))]),
        entry(
            32,
            &[
                ("benchmark", text("string/builder")),
                ("versus", text("string/concat")),
                ("metric", text("alloc-bytes")),
                ("ratio", text("<= 0.5")),
                ("why", text("a builder that is no better than `+` has no reason to be")),
            ],
        ),
        entry(38, &[("benchmark", text("embedding/dot")), ("metric", text("peak-bytes")), ("limit", text("<= 4 KiB"))]),
        entry(42, &[("benchmark", text("*")), ("metric", text("frees")), ("limit", text("<= 100"))]),
        entry(46, &[("benchmark", text(LINES)), ("metric", text("allocs")), ("limit", text("<= 5"))]), // 7 → 6
    ];
    // A survey has no old side that could have it.
    let retired = entry(47, &[("benchmark", text("string/retired")), ("present", Value::Boolean(false))]);
    let entries: Vec<Entry> = entries.into_iter().chain(old.is_some().then_some(retired)).collect();
    let budgets = Budgets::from_entries(&entries).unwrap();
    let waivers = [waiver(50, HOSTILE, "9", "2026-12-31"), waiver(60, UNICODE, "11", "2026-12-31")]; // 7 → 9, 10 → 12
    let waivers = Waivers::from_entries(&waivers, &budgets, Day::parse("2026-11-20").unwrap()).unwrap();
    Policy { budgets, profile: Profile::standard(), waivers }
}

fn waiver(line_number: usize, benchmark: &str, ceiling: &str, expires: &str) -> Entry {
    let who = [("issue", text("#41")), ("owner", text("@team")), ("reason", text("the parser | keeps a <b>copy</b>"))];
    let what = [("benchmark", text(benchmark)), ("metric", text("allocs")), ("ceiling", text(ceiling))];
    let keys: Vec<_> = what.into_iter().chain(who).chain([("expires", text(expires))]).collect();
    entry(line_number, &keys)
}

// ---- the report -----------------------------------------------------------------------------------------------

fn report(show: Show) -> Report {
    report_beside(show, Beside::Nothing)
}

fn report_beside(show: Show, beside: Beside) -> Report {
    let (here_old, here_new) =
        (provenance("EPYC 7763", "rustc 1.95.0", "4f0c1"), provenance("EPYC 7763", "rustc 1.95.0", "92650"));
    let mut options = Options { beside, ..Options::default() };
    let seen = Allowance { ratio: 1.35, seen_by: Some("the null run of 2026-11-20".into()) };
    options.allowances.insert(BenchId::new("request/route"), "time", seen);
    let old = run("baselines/main", here_old.clone(), old_observations());
    let new = run("new", here_new.clone(), new_observations());
    let mut comparisons = compare::compare(&old, &new, &options);
    let away_old = run("away", provenance("Xeon 8370C", "rustc 1.94.0", "4f0c1"), elsewhere(true));
    let away_new = run("away", here_new.clone(), elsewhere(false));
    comparisons.extend(compare::compare(&away_old, &away_new, &options));
    comparisons.extend(found_in_turns(&options));
    let mut all = new.merge(away_new).unwrap();
    all.warnings = vec![
        Warning::general("target/criterion/x/new/sample.json: half-written; run `cargo bench` again"),
        Warning::about(&BenchId::new("request/parse"), "time", "the measurements drift: the last are 3 % slower"),
        Warning::about(&BenchId::new(HOSTILE), "allocs", "the measurements drift: the last are 3 % slower"),
    ];
    let verdicts = judge(comparisons, Some(&old), &all, &options);
    let side = |label: &str, provenance| Side { label: label.to_owned(), provenance };
    let context = context(Some(side("baselines/main", here_old)), side("new", here_new), show);
    Report::new(verdicts, Context { options, ..context })
}

/// The new side on its own.
fn survey(show: Show) -> Report {
    let here = provenance("EPYC 7763", "rustc 1.95.0", "92650");
    let new = run("new", here.clone(), new_observations());
    let options = Options::default();
    let verdicts = judge(compare::survey(&new, &options), None, &new, &options);
    Report::new(verdicts, context(None, Side { label: "new".to_owned(), provenance: here }, show))
}

/// Rows with short names, and what was measured of them.
fn drawn(old: Option<Run>) -> Report {
    let slowly = |id: &str| {
        // Two ways through a cache: three in ten are slow, and one is slower than anything.
        let seconds = (0..30).map(|i| if i % 10 < 3 { 4e-6 } else { 2e-6 } * (1.0 + f64::from(i) / 100.0));
        observation(id, Metric::known("time"), sampled(seconds.chain([1e-3]).collect()), "criterion")
    };
    let new = vec![
        timed("parse/json", 2.4e-6, 1.1),
        counted("parse/json", "allocs", 12, 1),
        slowly("cache/get"),
        timed("cache/once", 2e-6, 1.02),
        observation("map/get", Metric::known("time"), sampled(vec![3e-8]), "criterion"),
        timed("map/new", 5e-8, 1.2),
    ];
    let new = run("new", Provenance::default(), new);
    let options = Options::default();
    let comparisons = match &old {
        Some(old) => compare::compare(old, &new, &options),
        None => compare::survey(&new, &options),
    };
    let policy = Policy::from(Budgets::built_in());
    let verdicts = policy::judge(Request {
        comparisons,
        old: old.as_ref(),
        new: &new,
        policy: &policy,
        options: &options,
        selection: &Selection::default(),
        unmeasured: Vec::new(),
    });
    let side = |run: &Run| Side { label: run.label.clone(), provenance: run.provenance.clone() };
    let context = context(old.as_ref().map(side), side(&new), Show::All);
    let measurements = Some(Measurements { old, new, rounds: Default::default() });
    Report::new(verdicts.unwrap(), Context { measurements, ..context })
}

/// The side that [`drawn`] is compared against.
fn old_of_drawn() -> Run {
    let old = vec![
        timed("parse/json", 2e-6, 1.3),
        counted("parse/json", "allocs", 10, 1),
        timed("cache/get", 2e-6, 1.2),
        observation("cache/once", Metric::known("time"), sampled(vec![2e-6]), "criterion"),
        observation("map/get", Metric::known("time"), sampled(vec![2e-8]), "criterion"),
    ];
    run("old", Provenance::default(), old)
}

/// Nothing at all: what is left of two runs after a filter that matches nothing.
fn nothing() -> Report {
    let verdicts = Verdicts {
        rows: Vec::new(),
        missing: Vec::new(),
        waivers: Vec::new(),
        armed: Vec::new(),
        renamed: Vec::new(),
        means: Vec::new(),
        warnings: Vec::new(),
    };
    let side = || Side { label: String::new(), provenance: Provenance::default() };
    Report::new(verdicts, context(Some(side()), side(), Show::Changes))
}

fn judge(comparisons: Vec<compare::Comparison>, old: Option<&Run>, new: &Run, options: &Options) -> Verdicts {
    let selection = Selection::default();
    policy::judge(Request {
        comparisons,
        old,
        new,
        policy: &policy(old),
        options,
        selection: &selection,
        unmeasured: Vec::new(),
    })
    .unwrap()
}

fn context(old: Option<Side>, new: Side, show: Show) -> Context {
    Context {
        title: "regress".to_owned(),
        elsewhere: Vec::new(),
        old,
        new,
        between: Between::Runs,
        options: Options::default(),
        config_path: Some("regress.toml".to_owned()),
        config_in_checkout: None,
        profile: None,
        false_alarms: FalseAlarms::default(),
        code: Vec::new(),
        show,
        measurements: None,
    }
}

fn render(report: &Report, format: &str, width: u16, colour: Colour) -> String {
    let renderer = RENDERERS.iter().find(|renderer| renderer.name == format).expect("a known format");
    let mut bytes = Vec::new();
    (renderer.render)(report, &Style { width, colour }, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

// ---- what it looks like ---------------------------------------------------------------------------------------

#[test]
fn the_table_is_as_wide_as_the_terminal() {
    insta::assert_snapshot!("table_80", render(&report(Show::Changes), "table", 80, Colour::Never));
    insta::assert_snapshot!("table_140", render(&report(Show::Changes), "table", 140, Colour::Never));
    insta::assert_snapshot!("table_140_all", render(&report(Show::All), "table", 140, Colour::Never));
}

#[test]
fn a_wide_table_draws_what_was_measured() {
    let table = |report: &Report, width| render(report, "table", width, Colour::Never);
    insta::assert_snapshot!("bars_80", table(&drawn(Some(old_of_drawn())), 80));
    insta::assert_snapshot!("bars_140", table(&drawn(Some(old_of_drawn())), 140));
    insta::assert_snapshot!("bars_check_140", table(&drawn(None), 140));
    let has_bars = |width| table(&drawn(None), width).contains("bars:");
    assert_eq!([80, 100, 119, 120].map(has_bars), [false, false, false, true]);
    let renderer = RENDERERS.iter().find(|renderer| renderer.name == "table").unwrap();
    let draws = |width| (renderer.draws)(&Style { width, colour: Colour::Never });
    assert_eq!([80, 119, 120].map(draws), [false, false, true], "measurements are kept where they may be drawn");
}

#[test]
fn one_side_on_its_own_shows_values_and_headroom() {
    insta::assert_snapshot!("check_80", render(&survey(Show::Changes), "table", 80, Colour::Never));
    insta::assert_snapshot!("check_140", render(&survey(Show::Changes), "table", 140, Colour::Never));
}

#[test]
fn a_pull_request_gets_a_comment() {
    insta::assert_snapshot!("markdown", render(&report(Show::Changes), "markdown", 80, Colour::Never));
    insta::assert_snapshot!("markdown_check", render(&survey(Show::Changes), "markdown", 80, Colour::Never));
}

/// Its style and its script are files of their own; plots are tried in a browser.
#[test]
fn a_browser_gets_a_page() {
    let page = render(&report(Show::Changes), "html", 80, Colour::Never);
    let (_, body) = page.split_once("</style>").unwrap();
    let (body, _) = body.rsplit_once("<script>").unwrap();
    insta::assert_snapshot!("html", body);
}

#[test]
fn programs_get_every_number() {
    insta::assert_snapshot!("json", render(&report(Show::Changes), "json", 80, Colour::Never));
    insta::assert_snapshot!("csv", render(&report(Show::Changes), "csv", 80, Colour::Never));
    insta::assert_snapshot!("commit_note", render(&report(Show::Changes), "commit-note", 80, Colour::Never));
    insta::assert_snapshot!("junit", render(&report(Show::Changes), "junit", 80, Colour::Never));
    insta::assert_snapshot!("sarif", render(&report(Show::Changes), "sarif", 80, Colour::Never));
    insta::assert_snapshot!("github", render(&report(Show::Changes), "github", 80, Colour::Never));
    insta::assert_snapshot!("gitlab", render(&report(Show::Changes), "gitlab", 80, Colour::Never));
}

#[test]
fn colour_adds_nothing_but_colour() {
    let report = report(Show::All);
    let plain = render(&report, "table", 100, Colour::Never);
    let coloured = render(&report, "table", 100, Colour::Always);
    assert!(!plain.contains('\u{1b}'));
    assert!(coloured.starts_with("\u{1b}[1;31mFAILED"));
    // A coloured cell is filled up to the end of its column.
    let ends_trimmed = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(ends_trimmed(&without_colour(&coloured)), ends_trimmed(&plain));
    for format in RENDERERS.iter().map(|renderer| renderer.name).filter(|name| *name != "table") {
        assert_eq!(render(&report, format, 100, Colour::Always), render(&report, format, 40, Colour::Never));
    }
}

fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').unwrap().1)
}

// ---- what must hold -------------------------------------------------------------------------------------------

#[test]
fn no_table_is_wider_than_the_terminal() {
    // What is never shortened needs up to 70 columns in these reports: the numbers, the verdict and 9 letters of the names.
    for width in 70..=200_u16 {
        let drawn = [drawn(None), drawn(Some(old_of_drawn()))];
        let reports = [report(Show::Changes), report(Show::All), survey(Show::Changes), survey(Show::All)];
        for report in reports.into_iter().chain(drawn) {
            for line in render(&report, "table", width, Colour::Never).lines() {
                // A name is never broken, so that it can be copied.
                let longest_word = line.split(' ').map(columns).max().unwrap_or(0);
                let is_unbreakable = longest_word + 5 > usize::from(width);
                assert!(columns(line) <= usize::from(width) || is_unbreakable, "at {width}: {line}");
            }
        }
    }
}

fn columns(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

#[test]
fn every_row_stands_once_in_every_format() {
    let table = report(Show::All);
    let rows = old_and_new_names();
    let json: serde_json::Value = serde_json::from_str(&render(&table, "json", 80, Colour::Never)).unwrap();
    let in_json = json["rows"].as_array().unwrap().iter();
    let in_json =
        in_json.map(|row| (row["benchmark"].as_str().unwrap().to_owned(), row["metric"].as_str().unwrap().to_owned()));
    assert_eq!(sorted(in_json.collect()), rows);

    let csv = render(&report(Show::Changes), "csv", 80, Colour::Never);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let in_csv = reader.records().map(|record| record.map(|record| (record[0].to_owned(), record[1].to_owned())));
    assert_eq!(sorted(in_csv.collect::<Result<_, _>>().unwrap()), rows);

    let terminal = render(&table, "table", 400, Colour::Never);
    assert_eq!(lines_of_the_table(&terminal), rows.len());
    let markdown = render(&table, "markdown", 80, Colour::Never);
    let (_, listed) = markdown.split_once("worst first").unwrap();
    assert_eq!(listed.lines().filter(|line| line.starts_with("| `")).count(), rows.len());
}

/// Benchmark and metric of every row, computed without the program under test.
fn old_and_new_names() -> Vec<(String, String)> {
    let away = elsewhere(true);
    let in_turns = vec![timed("cache/hit", 2e-6, 1.02), timed("cache/evict", 2e-6, 1.02)];
    let all = [old_observations(), new_observations(), away, in_turns].concat();
    let mut names: Vec<_> = all.iter().map(|o| (o.id.to_string(), o.metric.name.to_string())).collect();
    names.sort();
    names.dedup();
    names
}

fn sorted(mut names: Vec<(String, String)>) -> Vec<(String, String)> {
    names.sort();
    names
}

/// Lines from the rule below the header to the next empty line.
fn lines_of_the_table(terminal: &str) -> usize {
    let after = terminal.lines().skip_while(|line| !line.starts_with('─')).skip(1);
    after.take_while(|line| !line.is_empty()).count()
}

#[test]
fn json_is_as_its_schema_says() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../schema/report-1.schema.json")).unwrap();
    for report in [report(Show::Changes), report(Show::All), survey(Show::All), nothing()] {
        let json = serde_json::from_str(&render(&report, "json", 80, Colour::Never)).unwrap();
        assert_eq!(schema::violations(&schema, &json), [""; 0]);
    }
}

#[test]
fn the_schema_refuses_what_is_not_in_it() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../schema/report-1.schema.json")).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&render(&nothing(), "json", 80, Colour::Never)).unwrap();
    json["rows"] = serde_json::json!([{ "benchmark": 1 }]);
    json["surprise"] = true.into();
    json.as_object_mut().unwrap().remove("counts");
    let violations = schema::violations(&schema, &json).join("\n");
    for expected in ["$.surprise: is in no schema", "$.rows[0].benchmark", "breaks required"] {
        assert!(violations.contains(expected), "{violations}");
    }
}

#[test]
fn what_benchstat_says_stands_beside_in_every_format_and_changes_nothing_else() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../schema/report-1.schema.json")).unwrap();
    let (without, with) = (report(Show::All), report_beside(Show::All, Beside::Benchstat));

    let parsed =
        |report| serde_json::from_str::<serde_json::Value>(&render(report, "json", 80, Colour::Never)).unwrap();
    let (plain, mut json) = (parsed(&without), parsed(&with));
    assert_eq!(schema::violations(&schema, &json), [""; 0]);
    let found = |json: &serde_json::Value| {
        let rows = json["rows"].as_array().unwrap().iter().filter(|row| !row["benchmark"].is_null());
        rows.filter(|row| row["benchstat"].is_object()).count()
    };
    assert_eq!((found(&plain), found(&json)), (0, 11)); // a row for each measured metric that both sides have
    json["rows"].as_array_mut().unwrap().iter_mut().for_each(|row| row["benchstat"] = serde_json::Value::Null);
    assert_eq!(json, plain);

    let csv = render(&with, "csv", 80, Colour::Never);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let width = reader.headers().unwrap().len();
    assert_eq!(&reader.headers().unwrap()[width - 4], "benchstat_ratio");
    for line in render(&without, "csv", 80, Colour::Never).lines().skip(1).filter(|line| !line.starts_with("evil/two"))
    {
        assert!(csv.contains(line), "{line}");
    }

    for format in ["table", "markdown"] {
        let text = render(&with, format, 250, Colour::Never);
        // 172 ms → 71 ms
        for expected in ["benchstat, uncorrected", "(p=0.000 n=40)", "~ (p=0.100 n=3)", "no verdict looks at it"] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
    }
    let lines = lines_of_the_table(&render(&with, "table", 250, Colour::Never));
    assert_eq!(lines, lines_of_the_table(&render(&without, "table", 250, Colour::Never)));
}

#[test]
fn every_field_of_the_schema_is_described() {
    fn undescribed(schema: &serde_json::Value, at: &str, found: &mut Vec<String>) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if property.get("description").is_none() {
                found.push(format!("{at}.{name}"));
            }
        }
        let Some(fields) = schema.as_object() else { return };
        fields.iter().for_each(|(name, inner)| undescribed(inner, &format!("{at}.{name}"), found));
    }
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../schema/report-1.schema.json")).unwrap();
    let mut found = Vec::new();
    undescribed(&schema, "$", &mut found);
    assert_eq!(found, [""; 0]);
}

#[test]
fn the_same_verdicts_give_the_same_bytes() {
    for renderer in RENDERERS {
        let twice = [(); 2].map(|()| render(&report(Show::All), renderer.name, 100, Colour::Never));
        assert_eq!(twice[0], twice[1], "{}", renderer.name);
    }
}

#[test]
fn json_and_the_program_agree_about_the_exit_code() {
    for (report, conclusion) in [(report(Show::All), Conclusion::Failed), (nothing(), Conclusion::Failed)] {
        let json: serde_json::Value = serde_json::from_str(&render(&report, "json", 80, Colour::Never)).unwrap();
        assert_eq!(json["exit_code"], regress::cli::Exit::from(conclusion).code());
        assert_eq!(json["conclusion"], conclusion.to_string());
    }
}

#[test]
fn nothing_measured_is_said_in_every_format() {
    insta::assert_snapshot!(render(&nothing(), "table", 80, Colour::Never), @"FAILED   → : nothing was measured");
    for renderer in RENDERERS {
        for width in [0, 1, 80, u16::MAX] {
            let text = render(&nothing(), renderer.name, width, Colour::Always);
            assert!(!text.contains("NaN"), "{text}");
            assert!(!render(&report(Show::All), renderer.name, width, Colour::Always).contains("NaN"));
        }
    }
}

/// So many benchmarks that allocate twice as often.
fn many(count: usize, name: impl Fn(usize) -> String) -> Report {
    let observations = |total| (0..count).map(|i| counted(&name(i), "allocs", total, 1)).collect();
    let (old, new) =
        (run("old", Provenance::default(), observations(1)), run("new", Provenance::default(), observations(2)));
    let options = Options::default();
    let comparisons = compare::compare(&old, &new, &options);
    let policy = Policy::from(Budgets::built_in());
    let request = Request {
        comparisons,
        old: Some(&old),
        new: &new,
        policy: &policy,
        options: &options,
        selection: &Selection::default(),
        unmeasured: Vec::new(),
    };
    let side = |label: &str| Side { label: label.to_owned(), provenance: Provenance::default() };
    let context = context(Some(side("old")), side("new"), Show::All);
    Report::new(policy::judge(request).unwrap(), Context { elsewhere: vec!["report.json".to_owned()], ..context })
}

#[test]
fn a_comment_is_never_longer_than_github_takes_and_says_what_it_cut() {
    for name in [HOSTILE.to_owned(), "x".repeat(10_000), "🦀".repeat(300), "|".repeat(10_000), "`".repeat(10_000)] {
        let comment = render(&many(3000, |i| format!("{name}/{i}")), "markdown", 80, Colour::Never);
        assert!(comment.len() < 65_536, "{}", comment.len());
        assert!(comment.contains(" more than a comment can hold; the whole report: report.json"), "{comment}");
        assert_eq!(comment.matches("<details>").count(), comment.matches("</details>").count());
        // What there is to say first is there in any case.
        assert!(comment.starts_with("<!-- regress: regress -->\n### regress: FAILED\n"), "{comment}");
        assert!(comment.lines().filter(|line| line.starts_with("| ")).count() > 20, "{comment}");
    }
}
