//! What every record type has to say about itself.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use geometry::Geometry;

use crate::feature::CheckContext;
use crate::finding::Findings;
use crate::id::Day;
use crate::land::{Classification, LandRole, Outcome};

/// A record type: one struct, one file in `records/`, one line in [`crate::registry`].
///
/// Required properties are those without a default in the struct; their documentation is the text
/// of the JSON Schema.
pub trait Record: Serialize + DeserializeOwned + JsonSchema {
    /// The name of the collection in addresses, for example `hazardous-areas`.
    const COLLECTION: &'static str;
    /// The name of the collection for people.
    const TITLE: &'static str;
    /// What the collection holds, in a sentence.
    const DESCRIPTION: &'static str;
    /// Which geometry a record has.
    const GEOMETRY: GeometryRule;
    /// The property with the day [`Self::effective_on`] tells.
    const EFFECTIVE_ON: &'static str;

    /// The name people use for the record.
    fn local_id(&self) -> &str;

    /// The day this state of the record took effect in the field.
    fn effective_on(&self) -> Day;

    /// The organisation the record is of.
    fn organisation(&self) -> Option<&str> {
        None
    }

    /// The `local_id` of the region the record is reported in.
    fn region(&self) -> Option<&str> {
        None
    }

    /// Judges the record by the rules that need no other record.
    ///
    /// `geometry` is the checked geometry; none when there is none or it is unusable.
    fn check(&self, geometry: Option<&Geometry>, context: &CheckContext<'_>, out: &mut Findings);

    /// What the record does to land; none for records that do nothing to it.
    fn land_role(&self) -> Option<LandRole> {
        None
    }

    /// The other records it names.
    fn references(&self) -> Vec<Reference<'_>> {
        Vec::new()
    }

    /// What figures are grouped by.
    fn attributes(&self) -> Attributes {
        Attributes::default()
    }
}

/// Which geometry the records of a collection have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GeometryRule {
    /// Whether a point is taken. Polygons always are.
    pub point: bool,
    /// What becomes of a record without geometry.
    pub missing: MissingGeometry,
    /// Whether two records with the same boundary are probably one.
    pub unique: bool,
}

/// What becomes of a record without geometry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingGeometry {
    /// It is taken like any other.
    Allowed,
    /// It is kept as unlocated, with a warning, and also when its geometry is unusable.
    Unlocated,
    /// It is refused.
    Refused,
}

/// Another record named by a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The property that names it, as a JSON pointer below `/properties`, for example `parent`.
    pub property: &'static str,
    /// Its place in the property, if that is a list.
    pub position: Option<usize>,
    /// The collection it is in.
    pub collection: &'static str,
    /// Its local identifier.
    pub local_id: &'a str,
}

/// What figures are grouped by, apart from where and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// For hazardous areas.
    pub classification: Option<Classification>,
    /// For land releases.
    pub outcome: Option<Outcome>,
    /// The kind of contamination: a code, or `mixed` when there are several.
    pub hazard_type: Option<String>,
    /// The method of work: a code, or `combined` when there are several.
    pub method: Option<String>,
    /// The type of activity: a code.
    pub activity_type: Option<String>,
}

/// The typed facts of a stored record, read back from its properties.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFacts {
    /// The name people use for it.
    pub local_id: String,
    /// The day it took effect in the field, if its properties tell.
    pub effective_on: Option<Day>,
    /// The organisation it is of.
    pub organisation: Option<String>,
    /// What it does to land.
    pub land_role: Option<LandRole>,
    /// What figures are grouped by.
    pub attributes: Attributes,
}

impl StoredFacts {
    /// Takes the facts of a record.
    pub fn of<R: Record>(record: &R) -> Self {
        Self {
            local_id: record.local_id().to_owned(),
            effective_on: Some(record.effective_on()),
            organisation: record.organisation().map(str::to_owned),
            land_role: record.land_role(),
            attributes: record.attributes(),
        }
    }
}

/// The code of a value that serialises to a text, as everything in a code list does.
pub(crate) fn code_of<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

/// The code of the only value; `several` when there is more than one, none when there is none.
pub(crate) fn code_of_all<T: Serialize + PartialEq>(values: &[T], several: &str) -> Option<String> {
    let (first, rest) = values.split_first()?;
    if rest.iter().all(|value| value == first) {
        Some(code_of(first))
    } else {
        Some(several.to_owned())
    }
}
