//! A mine action programme and the rules it sets itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// The thresholds by which records are judged.
    #[serde(default)]
    pub rules: ProgrammeRules,
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
            rules: ProgrammeRules::default(),
        }
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
}

impl Default for ProgrammeRules {
    fn default() -> Self {
        Self {
            minimum_clearance_depth_cm: 15.0,
            area_tolerance_percent: 5.0,
            large_area_km2: 10.0,
            poor_accuracy_m: 10.0,
            caution_margin_m: 10.0,
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
    fn a_misspelt_rule_is_refused_rather_than_ignored() {
        let text = r#"{"minimum_clearance_depth": 20}"#;
        assert!(serde_json::from_str::<ProgrammeRules>(text).is_err());
    }
}
