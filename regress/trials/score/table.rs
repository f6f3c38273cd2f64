//! Shares as text, tables as Markdown.

use std::fmt::Write;

/// 0.0123 as `1.2 %`; below 1 % with one more digit.
pub fn percent(share: f64) -> String {
    match share {
        _ if share == 0.0 => "0 %".to_owned(),
        _ if share == 1.0 => "100 %".to_owned(),
        _ if share < 0.01 => format!("{:.2} %", 100.0 * share),
        _ => format!("{:.1} %", 100.0 * share),
    }
}

/// 0.0512 as `+5.12 %`.
pub fn signed_percent(growth: f64) -> String {
    format!("{:+.2} %", 100.0 * growth)
}

/// Cells of one row.
pub fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// Rows of cells, the first row as the head.
pub fn markdown(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let _ = writeln!(text, "| {} |", row.join(" | "));
        if number == 0 {
            let _ = writeln!(text, "|{}", " --- |".repeat(row.len()));
        }
    }
    text
}

/// `text` with what stands between `<!-- name -->` and `<!-- /name -->` replaced; `None` without such markers.
pub fn replace_between(text: &str, name: &str, inner: &str) -> Option<String> {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = text.find(&open)? + open.len();
    let end = start + text[start..].find(&close)?;
    Some(format!("{}{inner}{}", &text[..start], &text[end..]))
}

/// What stands between the markers; `None` without them.
pub fn between<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let open = format!("<!-- {name} -->\n");
    let start = text.find(&open)? + open.len();
    Some(&text[start..start + text[start..].find(&format!("<!-- /{name} -->"))?])
}
