//! The HTML report in a real browser, driven as a person would: chromium, through its driver.
//!
//! Without a driver nothing can be tried, and that is said. Where `REGRESS_BROWSER=required` stands in the environment, as
//! it does in `scripts/test.sh`, that is a failure.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::cmd::Desk;
use crate::http;

const ENTER: &str = "\u{e007}";
const BACKSPACE: &str = "\u{e003}";

/// A browser without a window.
struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    /// `None`, and a word about it, where there is no driver.
    fn start() -> Option<Browser> {
        let is_required = std::env::var_os("REGRESS_BROWSER").is_some_and(|value| value == "required");
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut driver = match command.spawn() {
            Ok(driver) => driver,
            Err(error) if is_required => panic!("chromedriver: {error}; scripts/test.sh installs it"),
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "not tried in a browser: chromedriver: {error}");
                return None;
            }
        };
        let said = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = said
            .map_while(Result::ok)
            .find_map(|line| line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok());
        let mut browser = Browser { driver, port: port.expect("the driver says its port"), session: String::new() };
        let arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,1000"];
        let wanted = json!({"goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL"}});
        let session = browser.ask("POST", "/session", &json!({"capabilities": {"alwaysMatch": wanted}}));
        browser.session = format!("/session/{}", session["sessionId"].as_str().expect("a session"));
        Some(browser)
    }

    /// One request to the driver, and its value.
    #[track_caller]
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the driver listens");
        http::send(&stream, &format!("{method} {path} HTTP/1.1"), &body);
        let (_, answer) = http::receive(&stream);
        assert!(answer.is_object(), "{method} {path}: the driver answers in JSON");
        assert!(answer["value"]["error"].is_null(), "{method} {path}: {answer:#}");
        answer["value"].clone()
    }

    #[track_caller]
    fn post(&self, path: &str, body: Value) -> Value {
        self.ask("POST", &format!("{}{path}", self.session), &body)
    }

    #[track_caller]
    fn open(&self, page: &Path) {
        self.post("/url", json!({"url": format!("file://{}", page.display())}));
    }

    /// What a script returns.
    #[track_caller]
    fn value(&self, expression: &str) -> Value {
        self.post("/execute/sync", json!({"script": format!("return {expression}"), "args": []}))
    }

    /// The path of an element, by its selector.
    #[track_caller]
    fn element(&self, selector: &str) -> String {
        let found = self.post("/element", json!({"using": "css selector", "value": selector}));
        let id = found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
        format!("/element/{id}")
    }

    #[track_caller]
    fn click(&self, selector: &str) {
        self.post(&format!("{}/click", self.element(selector)), json!({}));
    }

    #[track_caller]
    fn keys(&self, selector: &str, text: &str) {
        self.post(&format!("{}/value", self.element(selector)), json!({"text": text}));
    }

    /// What the browser complains of: scripts that fail, and what the page's policy forbids.
    fn complaints(&self) -> Value {
        self.post("/se/log", json!({"type": "browser"}))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.ask("DELETE", &self.session, &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

const HOSTILE: &str = "</script><img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>";

/// hyperfine's commands may be called anything.
fn results(factor: f64) -> String {
    let bench = |name: &str, factor: f64| {
        let times: Vec<f64> = (0..20).map(|i| factor * (1.0 + f64::from(i * 7 % 20) / 1000.0)).collect();
        json!({"command": name, "mean": factor, "stddev": 0.0, "median": factor, "user": 0.0, "system": 0.0,
               "min": factor, "max": factor, "times": times, "exit_codes": vec![0; 20]})
    };
    let benches = [bench("alpha", 0.1 * factor), bench("beta", 0.2), bench(HOSTILE, 0.3), bench("gamma", 0.4 / factor)];
    json!({"results": benches}).to_string()
}

/// The names of the rows that are seen, in their order.
fn names(browser: &Browser) -> Vec<String> {
    let shown = "Array.from(document.querySelectorAll('tr.row')).filter((row) => row.checkVisibility())";
    let names = browser.value(&format!("{shown}.map((row) => row.cells[0].textContent)"));
    names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_report_is_sorted_filtered_and_opened() {
    let Some(browser) = Browser::start() else { return };
    let desk = Desk::with(&[("old.json", &results(1.0)), ("new.json", &results(3.0))]);
    let report = desk.run("compare old.json new.json --all --metric time --report html=report.html");
    assert_eq!(report.code, Some(1), "{report:#?}");
    browser.open(&desk.path("report.html"));
    assert_eq!(browser.value("document.querySelector('h1').firstChild.textContent"), "FAILED");
    assert_eq!(names(&browser), ["alpha", HOSTILE, "beta", "gamma"], "worst first");

    // Sorted by the fifth column, the change: up, then down.
    browser.click("thead th:nth-child(5) button");
    assert_eq!(names(&browser).first().map(String::as_str), Some("gamma"));
    browser.click("thead th:nth-child(5) button");
    assert_eq!(names(&browser).first().map(String::as_str), Some("alpha"));
    assert_eq!(browser.value("document.querySelector('thead th:nth-child(5)').ariaSort"), "descending");

    // Filtered by a part of the name, and by the verdict.
    browser.keys("#search", "ALPH time");
    assert_eq!(names(&browser), ["alpha"]);
    assert_eq!(browser.value("document.getElementById('shown').textContent"), "1 of 4 rows");
    browser.post(&format!("{}/clear", browser.element("#search")), json!({}));
    browser.keys("#verdict", "improved");
    assert_eq!(names(&browser), ["gamma"]);
    browser.click("#verdict option:first-child");
    assert_eq!(names(&browser).len(), 4);

    // A row opens to its plots, by mouse and by keyboard, and closes again.
    let open = "document.querySelectorAll('tr.detail').length";
    let before = browser.value(open).as_u64().unwrap();
    browser.click("tr.row button[aria-expanded=false]");
    assert_eq!(browser.value(open), before + 1);
    browser.keys("tr.row button[aria-expanded=false]", ENTER);
    assert_eq!(browser.value(open), before + 2);
    assert!(browser.value("document.querySelectorAll('tr.detail svg').length").as_u64() >= Some(2 * (before + 2)));
    browser.click("tr.row button[aria-expanded=true]");
    assert_eq!(browser.value(open), before + 1);

    // Nothing was loaded, nothing of a name ran, and the browser has nothing to say.
    assert_eq!(browser.value("performance.getEntriesByType('resource').length"), 0);
    assert_eq!(browser.value("window.hacked ?? null"), Value::Null);
    assert_eq!(browser.complaints(), json!([]));
    let picture = browser.ask("GET", &format!("{}/screenshot", browser.session), &Value::Null);
    assert!(picture.as_str().unwrap().starts_with("iVBORw0KGgo"), "a PNG in base64");
}

#[test]
fn of_many_rows_the_first_are_shown_until_all_are_asked_for() {
    let Some(browser) = Browser::start() else { return };
    let results: String = (0..510).map(|i| format!("BenchmarkParse{i:03} 1000 {i} allocs/op\n")).collect();
    let desk = Desk::with(&[("results", &results)]);
    desk.run("check results --report html=report.html");
    browser.open(&desk.path("report.html"));
    let said = || browser.value("document.getElementById('shown').textContent");
    let offers_all = || browser.value("document.getElementById('all').checkVisibility()");
    assert_eq!((said(), names(&browser).len(), offers_all()), (json!("500 of 510 rows"), 500, json!(true)));

    // Who searches, searches all of them.
    browser.keys("#search", "Parse509");
    assert_eq!((names(&browser).len(), offers_all()), (1, json!(false)));
    browser.keys("#search", &BACKSPACE.repeat("Parse509".len()));
    assert_eq!((names(&browser).len(), offers_all()), (500, json!(true)));

    browser.click("#all");
    assert_eq!((said(), names(&browser).len(), offers_all()), (json!("510 of 510 rows"), 510, json!(false)));
    assert_eq!(browser.complaints(), json!([]));
}

#[test]
fn what_the_page_forbids_is_forbidden() {
    let Some(browser) = Browser::start() else { return };
    let desk = Desk::with(&[("old.json", &results(1.0))]);
    let report = desk.run("check old.json --report html=report.html --format html");
    let page = report.stdout.replace("<main>", "<main><script>window.hacked=1</script><img src=\"file:///x.png\">");
    assert_ne!(page, report.stdout);
    desk.write("forged.html", page);
    browser.open(&desk.path("forged.html"));
    assert_eq!(browser.value("window.hacked ?? null"), Value::Null);
    assert_eq!(browser.complaints().as_array().map(Vec::len), Some(2));
}

#[test]
fn a_sign_off_needs_nothing_but_itself() {
    let Some(browser) = Browser::start() else { return };
    let results = |n: u32| format!("BenchmarkParse 1000 {n} allocs/op\n");
    let desk = Desk::with(&[("old", &results(9)), ("better", &results(8)), ("worse", &results(10))]);
    for (new, code, answer) in [("better", 0, "PASSED"), ("worse", 1, "FAILED")] {
        let release = "<img/src=x/onerror=window.hacked=1>";
        let told = desk.run(&format!("signoff --release {release} --today 2026-11-21 -o {new}-page old {new}"));
        assert_eq!(told.code, Some(code), "{told:#?}");
        browser.open(&desk.path(&format!("{new}-page.html")));
        assert_eq!(browser.value("document.querySelector('h1').firstChild.textContent"), answer);
    }
    // The style is let in by its hash.
    assert_eq!(browser.value("getComputedStyle(document.querySelector('header')).borderLeftStyle"), "solid");
    assert_eq!(browser.value("performance.getEntriesByType('resource').length"), 0);
    assert_eq!(browser.value("window.hacked ?? null"), Value::Null);
    assert_eq!(browser.complaints(), json!([]));
}

/// A telephone is narrower than any window of the browser: the page stands in a frame.
#[test]
fn pages_are_no_wider_than_a_telephone() {
    let Some(browser) = Browser::start() else { return };
    let results = |ns: u32| {
        let bench = |name: &str, bytes: u32| {
            format!("Benchmark{name}/of/a/long/name 1000 {ns}.5 ns/op 117.25 MB/s {bytes} B/op {ns} allocs/op\n")
        };
        [bench("Parse", 40960), bench("Verify", 7)].concat().repeat(6)
    };
    let budgets = "[[budget]]\nbenchmark = \"*\"\nmetric = \"allocs\"\nlimit = \"< 90\"\n";
    let desk = Desk::with(&[("old", &results(88)), ("new", &results(1234)), ("regress.toml", budgets)]);
    desk.run("compare old new --all --report html=compare.html");
    desk.run("check new --all --report html=check.html");
    desk.run("signoff --release v1 --today 2026-11-21 -o signoff old new");
    let open = |page: &str| {
        desk.write("frame.html", format!("<iframe src=\"{page}\" style=\"width: 390px; height: 900px\"></iframe>"));
        browser.open(&desk.path("frame.html"));
        browser.post("/frame", json!({"id": 0}));
        assert_eq!(browser.value("innerWidth"), 390, "{page}");
    };
    for page in ["compare.html", "check.html", "signoff.html"] {
        open(page);
        // The sign-off's heads are for the ear there: each cell says what it is.
        let seen = "Array.from(document.querySelectorAll('main *')).filter((e) => !e.closest('section thead'))";
        let width = "document.documentElement.clientWidth";
        let wider = format!("{seen}.filter((e) => e.getBoundingClientRect().right > {width})");
        assert_eq!(browser.value(&format!("{wider}.map((e) => e.outerHTML.slice(0, 150))")), json!([]), "{page}");
    }
    for page in ["compare.html", "check.html"] {
        open(page);
        // All metrics of a benchmark are seen, also their verdicts, on the ground of what opened.
        let count = |selector: &str| browser.value(&format!("document.querySelectorAll('{selector}').length"));
        assert!(count(".metrics td.verdict-word").as_u64() >= Some(4), "{page}");
        let ground = "getComputedStyle(document.querySelector('.metrics thead th')).backgroundColor";
        assert_eq!(browser.value(ground), "rgba(0, 0, 0, 0)", "{page}");
        // A name has the whole line beside its verdict, however wide the numbers below are.
        let line = "parseFloat(getComputedStyle(document.querySelector('tr.row .name')).lineHeight)";
        let tall =
            "Array.from(document.querySelectorAll('tr.row .name')).filter((name) => name.offsetHeight > 1.5 * line)";
        assert_eq!(
            browser.value(&format!("((line) => {tall}.map((name) => name.textContent))({line})")),
            json!([]),
            "{page}"
        );
        // The last number of a row ends where its verdict does.
        let right = |cell: &str| format!("row.querySelector('{cell}').getBoundingClientRect().right");
        let last = if page == "check.html" { "td:nth-child(3)" } else { "td:nth-child(5)" };
        let (number, verdict) = (right(last), right(".verdict-word"));
        let ragged = format!("Array.from(document.querySelectorAll('tr.row')).filter((row) => {number} !== {verdict})");
        assert_eq!(browser.value(&format!("{ragged}.length")), 0, "{page}");
    }
    assert_eq!(browser.complaints(), json!([]));
}
