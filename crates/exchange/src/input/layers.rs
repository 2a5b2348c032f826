//! Which layer of a file with several.

use super::{Sink, Stop, broken};
use crate::error::ReadErrorCode;

/// Names told of a file with very many layers.
const TOLD: usize = 20;

impl Sink<'_> {
    /// The place of the layer to read: the one asked for, or the only one.
    ///
    /// # Errors
    /// `unknown-layer`, `ambiguous-layer`, `empty`.
    pub(super) fn choose(&self, names: &[String], what: &str) -> Result<usize, Stop> {
        let told = || {
            let names: Vec<&str> = names.iter().take(TOLD).map(String::as_str).collect();
            names.join(", ")
        };
        match (self.layer, names) {
            (_, []) => Err(broken(ReadErrorCode::Empty, format!("the file has no {what}"))),
            (Some(wanted), _) => names.iter().position(|name| name == wanted).ok_or_else(|| {
                let message = format!("there is no {what} \"{wanted}\"; there are: {}", told());
                broken(ReadErrorCode::UnknownLayer, message)
            }),
            (None, [_only]) => Ok(0),
            (None, _) => {
                let message = format!(
                    "the file has several: choose a {what} by \"layer\", one of: {}",
                    told()
                );
                Err(broken(ReadErrorCode::AmbiguousLayer, message))
            }
        }
    }
}
