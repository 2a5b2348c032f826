//! Regions: what figures are reported by.

use std::collections::BTreeMap;

use geometry::Geometry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{dates, references};
use crate::feature::CheckContext;
use crate::finding::Findings;
use crate::id::Day;
use crate::land::LandRole;
use crate::record::{GeometryRule, MissingGeometry, Record, Reference};

/// A division of the country: a province, a district, a commune.
///
/// # Source
/// The minimum data requirements of IMAS 05.10: activities are reported by administrative
/// division. Up to ten levels, as in national registers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Region {
    /// The code people use for it, for example a P-code; unique in the programme.
    #[schemars(length(min = 1, max = 100))]
    pub local_id: String,
    /// Its name.
    #[schemars(length(min = 1, max = 300))]
    pub name: String,
    /// Its name by language, each as a BCP 47 tag, for example `{"km": "បាត់ដំបង"}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    /// 0 for the country, 1 for its first division, and so on.
    #[serde(default = "first_division")]
    #[schemars(range(min = 0, max = 9))]
    pub level: u8,
    /// The `local_id` of the region it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub parent: Option<String>,
    /// The first day on which it existed with this boundary; always, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Day>,
    /// The last day on which it existed with this boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Day>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4000))]
    pub note: Option<String>,
}

const fn first_division() -> u8 {
    1
}

impl Record for Region {
    const COLLECTION: &'static str = "regions";
    const TITLE: &'static str = "Regions";
    const DESCRIPTION: &'static str =
        "The divisions of the country by which figures are reported, in up to ten levels.";
    const GEOMETRY: GeometryRule =
        GeometryRule { point: false, missing: MissingGeometry::Refused, unique: false };
    const EFFECTIVE_ON: &'static str = "valid_from";

    fn local_id(&self) -> &str {
        &self.local_id
    }

    fn effective_on(&self) -> Day {
        self.valid_from.unwrap_or(dates::FIRST_DAY)
    }

    fn check(&self, _: Option<&Geometry>, _: &CheckContext<'_>, out: &mut Findings) {
        dates::check_order(&[("valid_from", self.valid_from), ("valid_to", self.valid_to)], out);
    }

    fn land_role(&self) -> Option<LandRole> {
        let Self { level, valid_from, valid_to, .. } = *self;
        Some(LandRole::Region { level, valid_from, valid_to })
    }

    fn references(&self) -> Vec<Reference<'_>> {
        references::of_one("parent", Self::COLLECTION, self.parent.as_deref()).into_iter().collect()
    }
}
