use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::super::view::Report;
use super::super::{Renderer, Style, words};
use super::markup::Html;
use super::{rows, summary};

pub(in crate::report) const RENDERER: Renderer = Renderer {
    name: "html",
    what: "For a browser: one page with plots, to sort and to filter",
    draws: |_| true,
    is_whole: true,
    render,
};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

fn render(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut html = Html::default();
    let title = format!("{} {}", words::answer(report.conclusion), words::sides(report));
    // Nothing is loaded, sent or run but the style and the script that stand here.
    html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'; ");
    html.raw("style-src 'sha256-").raw(&hash(STYLE)).raw("'; script-src 'sha256-").raw(&hash(SCRIPT)).raw("'\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
    html.element("title", &title);
    html.raw("<style>").raw(STYLE).raw("</style>\n</head>\n<body>\n<main>\n");
    summary::head(report, &mut html);
    summary::findings(report, &mut html);
    rows::table(report, &mut html);
    summary::foot(report, &mut html);
    html.raw("</main>\n<script>").raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
    out.write_all(html.into_string().as_bytes())
}

/// As a Content-Security-Policy names what may stand in a page.
fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}
