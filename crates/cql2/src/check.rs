use thiserror::Error;

use crate::{Expression, Kind, Schema, to_text};

/// A filter that follows the grammar but makes no sense for this schema.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FilterError {
    /// No such property.
    #[error("there is no property {}{}", quoted(.name), hint(.nearest).unwrap_or_else(|| as_text(.name)))]
    UnknownProperty {
        /// As the filter has it.
        name: String,
        /// Known names close to it, closest first; at most 3.
        nearest: Vec<String>,
    },
    /// No such function.
    #[error("there is no function {}{}", quoted(.name), hint(.nearest).unwrap_or_default())]
    UnknownFunction {
        /// As the filter has it.
        name: String,
        /// Known names close to it, closest first; at most 3.
        nearest: Vec<String>,
    },
    /// Something of the wrong kind.
    #[error("{part}: {reason}")]
    Kind {
        /// The part of the filter, as text.
        part: String,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
    /// A geometry literal outside its reference system.
    #[error("{part}: {reason}")]
    Position {
        /// The literal, as text.
        part: String,
        /// What is wrong with it.
        reason: String,
    },
}

fn hint(nearest: &[String]) -> Option<String> {
    (!nearest.is_empty()).then(|| format!("; did you mean {}?", nearest.join(", ")))
}

/// A name that is near to none was probably meant as a text.
fn as_text(name: &str) -> String {
    format!("; a text stands in single quotes: '{}'", name.replace('\'', "''"))
}

/// A text in quotes, in any script; only what cannot be seen is written by its number.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out.push('"');
    out
}

impl FilterError {
    pub(crate) fn kind(part: &Expression, reason: impl Into<String>) -> Self {
        Self::Kind { part: shortened(part), reason: reason.into() }
    }

    pub(crate) fn position(part: &Expression, reason: String) -> Self {
        Self::Position { part: shortened(part), reason }
    }

    pub(crate) fn property(name: &str, schema: &Schema) -> Self {
        let known = schema.properties.iter().map(|(known, _)| known.as_str());
        Self::UnknownProperty { name: name.to_owned(), nearest: nearest(name, known) }
    }

    pub(crate) fn function(name: &str, schema: &Schema) -> Self {
        let known = schema.functions.iter().map(|function| function.name.as_str());
        Self::UnknownFunction { name: name.to_owned(), nearest: nearest(name, known) }
    }
}

fn shortened(part: &Expression) -> String {
    const MOST: usize = 80;
    let text = to_text(part);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted: Vec<char> = name.to_lowercase().chars().take(64).collect();
    let mut found: Vec<(usize, &str)> = known
        .map(|one| (distance(&wanted, &one.to_lowercase().chars().collect::<Vec<_>>()), one))
        .filter(|(distance, _)| *distance <= 1 + wanted.len() / 3)
        .collect();
    found.sort_unstable();
    found.into_iter().take(3).map(|(_, one)| one.to_owned()).collect()
}

/// The Levenshtein distance: characters to insert, drop or replace.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// Whether values of these kinds can be compared (clause 6.5: both of one type).
pub(crate) fn comparable(a: &Kind, b: &Kind) -> bool {
    *a == Kind::Any
        || *b == Kind::Any
        || (a == b && !matches!(a, Kind::Geometry | Kind::Interval | Kind::Array(_)))
        || (a.is_number() && b.is_number())
        || (a.is_instant() && b.is_instant())
}
