//! Points marked on the ground.

use geometry::LonLat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Findings};
use crate::rules;

/// A point that can be found again on the ground.
///
/// # Coordinates
/// Degrees, WGS 84.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MarkedPoint {
    /// Longitude in degrees.
    pub lon: f64,
    /// Latitude in degrees.
    pub lat: f64,
    /// How accurately it was measured, in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub accuracy_m: Option<f64>,
    /// What it is and how to find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub description: Option<String>,
}

/// Judges whether the point of a property is on the Earth.
pub(crate) fn check(property: &'static str, point: Option<&MarkedPoint>, out: &mut Findings) {
    let Some(point) = point else { return };
    if let Err(defect) = LonLat::new(point.lon, point.lat) {
        let finding =
            Finding::new(rules::of_geometry(defect.rule), format!("/properties/{property}"))
                .with("reason", defect.reason);
        out.judge(&[property], finding);
    }
}
