//! Text for XML.

use std::fmt::Write;

/// Appends text, escaped; letters that XML 1.0 does not allow become U+FFFD.
pub(crate) fn push(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A parser would turn a bare carriage return into a line feed.
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(letter),
            letter if letter < ' ' || matches!(letter, '\u{FFFE}' | '\u{FFFF}') => {
                out.push('\u{FFFD}');
            }
            letter => out.push(letter),
        }
    }
}

/// Appends an element that holds only text; nothing for an empty text.
pub(crate) fn element(out: &mut String, name: &str, text: &str) {
    if !text.is_empty() {
        let _ = write!(out, "<{name}>");
        push(out, text);
        let _ = writeln!(out, "</{name}>");
    }
}

/// The text of an attribute.
pub(crate) fn attribute(text: &str) -> String {
    let mut out = String::new();
    push(&mut out, text);
    out.replace('\n', "&#10;").replace('\t', "&#9;")
}
