//! Tables for people, on standard output.

use serde_json::Value;

/// Lays out rows under headings: text to the left, numbers to the right.
pub fn layout(headings: &[&str], rows: &[Vec<String>], total: Option<&[String]>) -> String {
    let widths: Vec<usize> = headings
        .iter()
        .enumerate()
        .map(|(column, heading)| {
            let cells =
                rows.iter().map(Vec::as_slice).chain(total).filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .chain([heading.chars().count()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let is_number: Vec<bool> = (0..headings.len())
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).all(|cell| {
                cell.chars()
                    .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '\u{202f}'))
            })
        })
        .collect();
    let line = |cells: Vec<&str>| {
        let cells = cells.iter().zip(&widths).zip(&is_number).map(|((cell, width), number)| {
            let gap = " ".repeat(width.saturating_sub(cell.chars().count()));
            if *number { format!("{gap}{cell}") } else { format!("{cell}{gap}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let rule = widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().join("──");
    let mut lines = vec![line(headings.to_vec()), rule.clone()];
    lines.extend(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
    if let Some(total) = total {
        lines.push(rule);
        lines.push(line(total.iter().map(String::as_str).collect()));
    }
    lines.join("\n")
}

/// The cells of those columns that are shown, each given with its heading: numbers whole, in groups of
/// thousands.
pub fn columns(all: Vec<(&'static str, Value)>, shown: &[(&str, &str)]) -> Vec<String> {
    let cell = |value: &Value| match value {
        Value::Null => String::new(),
        Value::Bool(is_so) => if *is_so { "yes" } else { "" }.to_owned(),
        Value::String(text) => text.clone(),
        other => other.as_f64().map(grouped).unwrap_or_default(),
    };
    let of = |name: &str| all.iter().find(|(known, _)| *known == name);
    shown.iter().map(|(name, _)| of(name).map(|(_, it)| cell(it)).unwrap_or_default()).collect()
}

/// The last row: a word under the first of the keys, and the figures.
pub fn total(keys: usize, figures: Vec<String>) -> Vec<String> {
    let word = |place| if place == 0 { "total" } else { "" };
    (0..keys).map(|place| word(place).to_owned()).chain(figures).collect()
}

/// A whole number with thin spaces between thousands, as ISO 31-0 prints them.
pub fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    if value <= -0.5 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(1_234_567.4), "1\u{202f}234\u{202f}567");
        assert_eq!(grouped(-1_000.0), "-1\u{202f}000");
        assert_eq!(grouped(-0.2), "0");
    }

    #[test]
    fn numbers_stand_to_the_right_and_text_to_the_left() {
        let table = layout(&["region", "m²"], &[vec!["Pailin".into(), "12".into()]], None);
        assert_eq!(table, "region  m²\n──────────\nPailin  12");
    }
}
