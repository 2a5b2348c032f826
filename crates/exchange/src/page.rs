//! Tables as pages that are read in a browser and printed.

use std::fmt::Write;

use crate::table::Cell;

/// A page with one table.
///
/// It is complete in itself: no script, and nothing is fetched from anywhere.
///
/// # Examples
/// ```
/// use exchange::page::Page;
/// use exchange::table::Cell;
/// let page = Page {
///     title: "Balance of <KH>",
///     headings: &["region".to_owned(), "cleared m²".to_owned()],
///     rows: &[vec![Cell::Text("Pailin"), Cell::Number(-1_234.4)]],
///     ..Page::default()
/// };
/// let html = page.to_html();
/// assert!(html.contains("<h1>Balance of &lt;KH&gt;</h1>"));
/// assert!(html.contains("<td class=\"n\">−1\u{202f}234</td>"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Page<'a> {
    /// What it is, in a few words.
    pub title: &'a str,
    /// What it was made from, as names and values.
    pub made_from: &'a [(&'a str, String)],
    /// Sentences before the table.
    pub statements: &'a [&'a str],
    /// Names of the columns.
    pub headings: &'a [String],
    /// Cells; numbers are shown rounded to whole ones.
    pub rows: &'a [Vec<Cell<'a>>],
    /// The last row, if it is a total.
    pub total: Option<&'a [Cell<'a>]>,
}

/// Wide tables are printed across the sheet, with their headings on each and the total on the last.
const STYLE: &str = "body{font:14px/1.4 sans-serif;margin:2em;color:#000;background:#fff}\
h1{font-size:1.5em;margin:0 0 .5em}dl{display:grid;grid-template-columns:max-content auto;\
gap:.1em 1em;margin:0 0 1em}dt{color:#444}dd{margin:0}table{border-collapse:collapse;\
font-variant-numeric:tabular-nums}th,td{border-bottom:1px solid #bbb;padding:.2em .6em;\
text-align:left;vertical-align:top}th{border-bottom:2px solid #000}td.n,th.n{text-align:right}\
td.n{white-space:nowrap}th{vertical-align:bottom}tfoot{display:table-row-group}tfoot td{border-top:2px solid #000;font-weight:bold}\
@page{size:A4 landscape;margin:12mm}@media print{body{font-size:8pt;margin:0}\
thead{display:table-header-group}tr{break-inside:avoid}th,td{padding:.1em .3em}}";

impl Page<'_> {
    /// The page as HTML.
    pub fn to_html(&self) -> String {
        let mut out = String::with_capacity(4_096 + self.rows.len() * 512);
        let title = escaped(self.title);
        out.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        out.push_str("<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
        out.push_str(&title);
        out.push_str("</title>\n<style>");
        out.push_str(STYLE);
        out.push_str("</style>\n</head>\n<body>\n<h1>");
        out.push_str(&title);
        out.push_str("</h1>\n<dl>\n");
        for (name, value) in self.made_from {
            push(&mut out, &["<dt>", &escaped(name), "</dt><dd>", &escaped(value), "</dd>\n"]);
        }
        out.push_str("</dl>\n");
        for statement in self.statements {
            push(&mut out, &["<p>", &escaped(statement), "</p>\n"]);
        }
        out.push_str("<table>\n<thead>\n<tr>");
        for (place, heading) in self.headings.iter().enumerate() {
            let class = if self.is_number(place) { " class=\"n\"" } else { "" };
            push(&mut out, &["<th scope=\"col\"", class, ">", &escaped(heading), "</th>"]);
        }
        out.push_str("</tr>\n</thead>\n<tbody>\n");
        for row in self.rows {
            push_row(&mut out, row);
        }
        out.push_str("</tbody>\n");
        if let Some(total) = self.total {
            out.push_str("<tfoot>\n");
            push_row(&mut out, total);
            out.push_str("</tfoot>\n");
        }
        out.push_str("</table>\n</body>\n</html>\n");
        out
    }

    fn is_number(&self, place: usize) -> bool {
        let cells = self.rows.iter().map(Vec::as_slice).chain(self.total);
        let mut cells = cells.filter_map(|row| row.get(place));
        cells.any(|cell| matches!(cell, Cell::Number(_) | Cell::Integer(_)))
    }
}

fn push(out: &mut String, texts: &[&str]) {
    for text in texts {
        out.push_str(text);
    }
}

fn push_row(out: &mut String, row: &[Cell<'_>]) {
    out.push_str("<tr>");
    for cell in row {
        match cell {
            Cell::Empty => out.push_str("<td></td>"),
            Cell::Text(text) | Cell::Plain(text) => {
                push(out, &["<td>", &escaped(text), "</td>"]);
            }
            Cell::Number(number) if number.is_finite() => {
                push(out, &["<td class=\"n\">", &whole(*number), "</td>"]);
            }
            Cell::Number(_) => out.push_str("<td class=\"n\"></td>"),
            Cell::Integer(number) => {
                push(out, &["<td class=\"n\">", &whole(*number as f64), "</td>"]);
            }
        }
    }
    out.push_str("</tr>\n");
}

/// A whole number with thin spaces between thousands, as ISO 31-0 prints them.
fn whole(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = String::new();
    if number < 0.0 && digits != "0" {
        text.push('−');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Text as it stands in elements and quoted attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // HTML knows no other control characters.
            '\t' | '\n' => out.push(character),
            other if other.is_control() => {
                let _written = write!(out, "\\u{{{:x}}}", u32::from(other));
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_typed_is_shown_and_never_run() {
        let typed = "</td><script>alert('1')</script>\"&\u{7}";
        let rows = [vec![Cell::Text(typed)]];
        let headings = [typed.to_owned()];
        let made_from = [("region", typed.to_owned())];
        let page = Page {
            title: typed,
            made_from: &made_from,
            statements: &[typed],
            headings: &headings,
            rows: &rows,
            total: Some(&rows[0]),
        };
        let html = page.to_html();
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains('\u{7}'));
        let shown = "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;";
        assert_eq!(html.matches(shown).count(), 7, "{html}");
    }

    #[test]
    fn nothing_is_fetched_from_anywhere() {
        let html = Page::default().to_html();
        for word in ["http", "//", "src=", "href=", "url(", "@import"] {
            assert!(!html.contains(word), "{word}");
        }
    }

    #[test]
    fn numbers_are_whole_with_their_thousands_apart() {
        assert_eq!(whole(-0.4), "0");
        assert_eq!(whole(1_234_567.5), "1\u{202f}234\u{202f}568");
        assert_eq!(whole(-1_000.0), "−1\u{202f}000");
    }
}
