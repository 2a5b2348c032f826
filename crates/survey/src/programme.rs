//! A mine action programme and the rules it sets itself.

use geometry::suspicion::{LikenessLimits, OutlineLimits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::layer::{Layer, Layers};
use crate::registry::{COLLECTIONS, CollectionRef};

/// One national or sub-national mine action programme. Every record belongs to exactly one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Programme {
    /// The short name used in addresses, for example `kh`.
    pub code: String,
    /// The name in full.
    pub name: String,
    /// The IANA time zone in which the programme's days begin and end, for example
    /// `Asia/Phnom_Penh`.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// The EPSG code of the national coordinate system, for example 32648.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub national_crs: Option<u32>,
    /// The languages of names and reports, most important first, as BCP 47 tags.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Whether everybody may read the programme's records and figures.
    #[serde(default)]
    pub public_read: bool,
    /// The box in which all of the programme's land lies: west, south, east, north in degrees
    /// (longitudes first). A west greater than east crosses the antimeridian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extent: Option<[f64; 4]>,
    /// Collections of which a single record is changed only by who names the version they have
    /// read; in the others that is recommended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locking_required: Vec<String>,
    /// The layers its managers have made.
    #[serde(default, skip_serializing_if = "Layers::is_empty")]
    #[schemars(with = "Vec<Layer>")]
    pub layers: Layers,
    /// The thresholds by which records are judged.
    #[serde(default)]
    pub rules: ProgrammeRules,
}

/// Whether a single record is changed without naming the version that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locking {
    /// It is not.
    Required,
    /// It is; clients that do not know conditions can work, and every version is kept.
    Recommended,
}

fn utc() -> String {
    "UTC".to_owned()
}

impl Programme {
    /// Makes a programme with the usual rules, closed to the public.
    pub fn new(code: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            name: name.into(),
            time_zone: utc(),
            national_crs: None,
            languages: Vec::new(),
            public_read: false,
            extent: None,
            locking_required: Vec::new(),
            layers: Layers::default(),
            rules: ProgrammeRules::default(),
        }
    }

    /// Whether records of a collection are changed without naming the version that was read.
    pub fn locking(&self, collection: &str) -> Locking {
        if self.locking_required.iter().any(|name| name == collection) {
            Locking::Required
        } else {
            Locking::Recommended
        }
    }

    /// The collection with this name, be it of a record type or a layer in use.
    pub fn collection(&self, name: &str) -> Option<CollectionRef> {
        self.layers.collection(name).filter(|found| !found.layer().is_some_and(|it| it.retired))
    }

    /// Every collection: those of the record types, then the layers in use.
    pub fn collections(&self) -> impl Iterator<Item = CollectionRef> {
        let layers = self.layers.iter().filter(|found| !found.layer().is_some_and(|it| it.retired));
        COLLECTIONS.iter().map(CollectionRef::BuiltIn).chain(layers)
    }

    /// The extent as a box, if there is one and it is one.
    pub fn extent_box(&self) -> Option<geometry::Bbox> {
        let [west, south, east, north] = self.extent?;
        geometry::Bbox::new(west, south, east, north).ok()
    }
}

/// The thresholds by which a programme judges records.
///
/// Those given here are defaults; a national standard that says otherwise is set per programme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProgrammeRules {
    /// The depth in centimetres to which land has to be cleared at least.
    ///
    /// IMAS 09.10 leaves the depth to the national authority; national standards in force ask for
    /// 13 to 20 cm. The default is 15 cm.
    pub minimum_clearance_depth_cm: f64,
    /// The difference between reported and measured area, in percent, from which on it is told.
    ///
    /// 5 % is more than an area measured in a wrong zone or on paper differs by (up to 1 %), and
    /// less than any mistake of unit. The default is 5.
    pub area_tolerance_percent: f64,
    /// The area in square kilometres from which on one hazardous area is unusually large.
    ///
    /// The largest of the 11,068 suspected areas of one national register has 3 km². The default
    /// is 10.
    pub large_area_km2: f64,
    /// The accuracy in metres from which on turning points are poor.
    ///
    /// Hand-held receivers give 2 to 5 m under open sky. The default is 10.
    pub poor_accuracy_m: f64,
    /// The metres by which the usable positions of a broken boundary are widened into a caution
    /// area.
    ///
    /// The default is 10, the accuracy from which on points are poor.
    pub caution_margin_m: f64,
    /// The area in square metres below which an area is a sliver.
    ///
    /// The default is 1: less than one step.
    pub sliver_m2: f64,
    /// The share of the area of a circle of the same perimeter below which an area is a sliver.
    ///
    /// The default is 0.01, that of a strip of 1 m by 300 m.
    pub sliver_compactness: f64,
    /// The angle in degrees at a turning point below which the boundary turns back in a needle.
    ///
    /// The default is 3: an ordinary corner is wider, and 20 m out the needle is 1 m wide.
    pub needle_angle_deg: f64,
    /// The length in metres from which on a needle is told.
    ///
    /// The default is 20.
    pub needle_length_m: f64,
    /// The distance in metres below which neighbouring turning points are closer than they can be
    /// measured, where the record does not state its accuracy.
    ///
    /// The default is 1, what the better hand-held receivers reach.
    pub close_points_m: f64,
    /// The distance in kilometres between neighbouring turning points from which on it is told.
    ///
    /// The default is 5.
    pub long_edge_km: f64,
    /// The decimals of a degree that are too few for any boundary.
    ///
    /// The default is 4, which is 11 m on the ground.
    pub coarse_decimals: u8,
    /// The step to which coordinates are rounded, in percent of the side of a square of the same
    /// area, from which on it is too coarse.
    ///
    /// The default is 10: with 5 decimals, which is 1 m, an area of less than 120 m².
    pub coarse_percent: f64,
    /// The distance in kilometres of a record from the region it is reported in from which on it
    /// is told.
    ///
    /// The default is 2: the boundaries of regions are drawn that much too simply.
    pub far_from_region_km: f64,
    /// The land two records have in common, in percent of the land of either, from which on they
    /// are probably one.
    ///
    /// The default is 95.
    pub duplicate_overlap_percent: f64,
    /// The distance in metres between the boundaries of two records within which they are probably
    /// one.
    ///
    /// The default is 2, the accuracy of a hand-held receiver under open sky.
    pub duplicate_distance_m: f64,
}

impl ProgrammeRules {
    /// The thresholds for a single boundary; `accuracy_m` is what its record states, if it does.
    pub(crate) fn outline_limits(&self, accuracy_m: Option<f64>) -> OutlineLimits {
        OutlineLimits {
            sliver_m2: self.sliver_m2,
            sliver_compactness: self.sliver_compactness,
            needle_angle_deg: self.needle_angle_deg,
            needle_length_m: self.needle_length_m,
            close_vertices_m: accuracy_m.unwrap_or(self.close_points_m),
            long_edge_m: self.long_edge_km * 1_000.0,
            large_m2: self.large_area_km2 * 1.0e6,
            rounding_share: self.coarse_percent / 100.0,
            ..OutlineLimits::default()
        }
    }

    /// The thresholds for two boundaries.
    pub(crate) fn likeness_limits(&self) -> LikenessLimits {
        LikenessLimits {
            overlap: self.duplicate_overlap_percent / 100.0,
            distance_m: self.duplicate_distance_m,
        }
    }
}

impl Default for ProgrammeRules {
    fn default() -> Self {
        Self {
            minimum_clearance_depth_cm: 15.0,
            area_tolerance_percent: 5.0,
            large_area_km2: 10.0,
            poor_accuracy_m: 10.0,
            caution_margin_m: 10.0,
            sliver_m2: 1.0,
            sliver_compactness: 0.01,
            needle_angle_deg: 3.0,
            needle_length_m: 20.0,
            close_points_m: 1.0,
            long_edge_km: 5.0,
            coarse_decimals: 4,
            coarse_percent: 10.0,
            far_from_region_km: 2.0,
            duplicate_overlap_percent: 95.0,
            duplicate_distance_m: 2.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programme_needs_no_more_than_a_code_and_a_name() {
        let programme: Programme =
            serde_json::from_str(r#"{"code": "kh", "name": "Cambodia"}"#).unwrap();
        assert_eq!(programme, Programme::new("kh", "Cambodia"));
        assert!(!programme.public_read);
    }

    #[test]
    fn thresholds_that_a_stored_programme_does_not_have_are_the_defaults() {
        let text = r#"{"minimum_clearance_depth_cm": 20.0, "caution_margin_m": 5.0}"#;
        let rules: ProgrammeRules = serde_json::from_str(text).unwrap();
        assert_eq!(rules.duplicate_overlap_percent, 95.0);
        assert_eq!(rules.outline_limits(None), OutlineLimits::default());
        assert_eq!(rules.likeness_limits(), LikenessLimits::default());
    }

    #[test]
    fn a_misspelt_rule_is_refused_rather_than_ignored() {
        let text = r#"{"minimum_clearance_depth": 20}"#;
        assert!(serde_json::from_str::<ProgrammeRules>(text).is_err());
    }
}
