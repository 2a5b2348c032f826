//! What a layer is, found out from a file.

use std::io::Read;

use exchange::{ReadError, ReadLimits};
use survey::layer::{Inference, Inferred};

/// Finds out the definition of a layer from a file; features that cannot be read teach nothing.
///
/// # Errors
/// When the file cannot be read to its end.
pub fn infer(
    body: impl Read,
    limits: ReadLimits,
    name: &str,
    title: &str,
) -> Result<Inferred, ReadError> {
    let mut inference = Inference::default();
    for raw in exchange::read_features(body, limits) {
        if let Ok(feature) = exchange::parse_feature(&raw?) {
            inference.take(&feature);
        }
    }
    Ok(inference.finish(name, title))
}

/// A name for people made of one for addresses.
pub fn title_of(name: &str) -> String {
    let mut letters = name.replace(['-', '_'], " ").chars().collect::<Vec<_>>();
    if let Some(first) = letters.first_mut() {
        *first = first.to_ascii_uppercase();
    }
    letters.into_iter().collect()
}
