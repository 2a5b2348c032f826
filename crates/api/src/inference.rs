//! What a layer is, found out from a file.

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use exchange::{Incoming, ReadError, ReadLimits, ReadOptions};
use serde_json::Value;
use survey::WireFeature;
use survey::layer::{Inference, Inferred};

/// Finds out the definition of a layer from a file, or from the table in it that the options choose;
/// features that cannot be read teach nothing.
///
/// # Errors
/// When the file cannot be read to its end.
pub fn infer(
    body: impl Read + Seek,
    limits: ReadLimits,
    options: &ReadOptions<'_>,
    name: &str,
    title: &str,
) -> Result<Inferred, ReadError> {
    let mut inference = Inference::default();
    let mut take = |one: Incoming| {
        let is_row = one.is_row();
        if let Ok(mut feature) = one.into_feature() {
            if is_row {
                read_texts(&mut feature);
            }
            inference.take(&feature);
        }
        ControlFlow::Continue(())
    };
    exchange::read_any(body, limits, options, &mut take)?;
    Ok(inference.finish(name, title))
}

/// Texts of a table that are numbers, written as these are (a code like 007 stays a text), and
/// those that are true or false in any case, as programs write them.
fn read_texts(feature: &mut WireFeature) {
    for value in feature.properties.values_mut() {
        let Value::String(text) = value else { continue };
        let number = serde_json::from_str::<serde_json::Number>(text).ok();
        if let Some(number) = number.filter(|number| number.to_string() == *text) {
            *value = Value::Number(number);
        } else if let Ok(boolean) = text.trim().to_ascii_lowercase().parse::<bool>() {
            *value = Value::Bool(boolean);
        }
    }
}

/// A name for people made of one for addresses.
pub fn title_of(name: &str) -> String {
    let mut letters = name.replace(['-', '_'], " ").chars().collect::<Vec<_>>();
    if let Some(first) = letters.first_mut() {
        *first = first.to_ascii_uppercase();
    }
    letters.into_iter().collect()
}
