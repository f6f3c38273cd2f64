use std::io::{self, Write};

use super::frame::Frame;
use super::{rows, summary};
use crate::report::view::Report;
use crate::report::{Renderer, Style, words};

pub(in crate::report) const RENDERER: Renderer = Renderer {
    name: "html",
    what: "For a browser: one page with plots, to sort and to filter",
    draws: |_| true,
    is_whole: true,
    render,
};

fn render(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let title = format!("{} {}", words::answer(report.conclusion), words::sides(report));
    let (style, script) = (include_str!("page.css"), include_str!("page.js"));
    let page = Frame { title: &title, style, script: Some(script) }.around(|html| {
        summary::head(report, html);
        summary::findings(report, html);
        rows::table(report, html);
        summary::foot(report, html);
    });
    out.write_all(page.as_bytes())
}
