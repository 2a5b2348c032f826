//! Fits the properties of a foreign file to a collection: renames, defaults, made-up local ids.

use serde::Serialize;
use serde_json::Value;
use survey::WireFeature;

use crate::intake::is_missing;

mod file;

pub use file::{CheckedMapping, MappingFile, MappingFileError};

/// What to change in each feature before it is checked.
///
/// # Examples
/// ```
/// use api::mapping::Mapping;
///
/// let mapping = Mapping::parse(&["local_id=shapeID".into()], &["level=1".into()], None).unwrap();
/// assert!(!mapping.is_empty());
/// ```
#[derive(Debug, Default, Clone, PartialEq, Serialize)]
pub struct Mapping {
    renames: Vec<(String, String)>,
    defaults: Vec<(String, Value)>,
    number_from: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<(String, file::Rule)>,
}

/// A mapping argument that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not of the form PROPERTY=VALUE")]
pub struct MappingError(String);

impl Mapping {
    /// Reads `PROPERTY=SOURCE` renames and `PROPERTY=VALUE` defaults. A default that is valid JSON
    /// is taken as such (`level=1`, `contamination=["ap_mine"]`), anything else as text.
    ///
    /// # Errors
    /// The first argument without an equals sign.
    pub fn parse(
        renames: &[String],
        defaults: &[String],
        number_from: Option<String>,
    ) -> Result<Self, MappingError> {
        let pair = |text: &String| {
            text.split_once('=')
                .map(|(property, value)| (property.trim().to_owned(), value.to_owned()))
                .ok_or_else(|| MappingError(text.clone()))
        };
        let renames = renames.iter().map(pair).collect::<Result<_, _>>()?;
        let defaults = defaults
            .iter()
            .map(|text| {
                let (property, value) = pair(text)?;
                Ok((property, serde_json::from_str(&value).unwrap_or(Value::String(value))))
            })
            .collect::<Result<_, MappingError>>()?;
        Ok(Self { renames, defaults, number_from, rules: Vec::new() })
    }

    /// The same, with what a mapping file tells done first.
    #[must_use]
    pub fn after(mut self, file: CheckedMapping) -> Self {
        self.rules = file.rules;
        self
    }

    /// Whether features pass through unchanged.
    pub fn is_empty(&self) -> bool {
        self.renames.is_empty()
            && self.defaults.is_empty()
            && self.number_from.is_none()
            && self.rules.is_empty()
    }

    /// Changes one feature. What the feature has of its own stays as it is.
    pub fn apply(&self, feature: &mut WireFeature) {
        file::apply(&self.rules, feature);
        for (property, source) in &self.renames {
            if is_missing(feature, property)
                && let Some(value) = feature.properties.remove(source)
            {
                feature.properties.insert(property.clone(), value);
            }
        }
        for (property, value) in &self.defaults {
            if is_missing(feature, property) {
                feature.properties.insert(property.clone(), value.clone());
            }
        }
        if let Some(prefix) = &self.number_from
            && feature.id.is_none()
            && is_missing(feature, "local_id")
        {
            // Counted from one, as people count the rows of a file.
            let number = feature.index + 1;
            feature.properties.insert("local_id".into(), format!("{prefix}{number:06}").into());
        }
    }
}
