use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::markup::Html;
use crate::report::tone::Tone;

/// What stands around every page. Nothing is loaded, sent or run but the style and the script that stand in it.
pub(in crate::report) struct Frame<'a> {
    pub title: &'a str,
    /// Behind the style of all pages.
    pub style: &'a str,
    /// `None` where nothing has to run.
    pub script: Option<&'a str>,
}

/// What all pages look like.
const BASE: &str = include_str!("base.css");

impl Frame<'_> {
    /// The whole page.
    ///
    /// * `main`: writes what stands in it.
    pub fn around(&self, main: impl FnOnce(&mut Html)) -> String {
        let Frame { title, style, script } = self;
        let style = [BASE, style].concat();
        let mut html = Html::default();
        html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; ");
        html.raw("form-action 'none'; style-src 'sha256-").raw(&hash(&style)).raw("'");
        if let Some(script) = script {
            html.raw("; script-src 'sha256-").raw(&hash(script)).raw("'");
        }
        html.raw("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.raw(
            "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n",
        );
        html.element("title", title);
        html.raw("<style>").raw(&style).raw("</style>\n</head>\n<body>\n<main>\n");
        main(&mut html);
        html.raw("<footer>").text(&format!("regress {}", env!("CARGO_PKG_VERSION"))).raw("</footer>\n</main>\n");
        if let Some(script) = script {
            html.raw("<script>").raw(script).raw("</script>\n");
        }
        html.raw("</body>\n</html>\n");
        html.into_string()
    }
}

/// As a Content-Security-Policy names what may stand in a page.
fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// The answer, and what it is about; stays open for what else is said of it. To be ended with `</header>`.
pub(in crate::report) fn head(answer: &str, tone: Tone, about: &str, tally: &str, html: &mut Html) {
    html.raw("<header class=\"verdict ").raw(class(Some(tone))).raw("\">\n<h1>").text(answer);
    html.raw("<small>").text(about).raw("</small></h1>\n");
    html.element("p class=\"tally\"", tally);
}

/// Opens what can be wider than the screen.
pub(in crate::report) fn scroll(label: &str, html: &mut Html) {
    html.raw("<div class=\"scroll\" role=\"region\" tabindex=\"0\"").attribute("aria-label", label).raw(">\n");
}

/// As the style of all pages calls it.
pub(in crate::report) fn class(tone: Option<Tone>) -> &'static str {
    match tone {
        Some(Tone::Bad) => "bad",
        Some(Tone::Doubtful) => "doubtful",
        Some(Tone::Good) => "good",
        None => "",
    }
}
