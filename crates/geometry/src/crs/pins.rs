//! Operations chosen by us where PROJ's own choice misleads.

use crate::bbox::Bbox;

/// An operation that is used for a datum throughout an area, whatever PROJ would pick.
#[derive(Debug)]
pub(super) struct Pin {
    /// The datum by the name the register gives it; definitions without codes carry it too.
    pub(super) datum: &'static str,
    /// The geographic reference system on that datum, latitude first, in degrees.
    pub(super) source: &'static str,
    /// Where the pin holds.
    pub(super) area: Bbox,
    /// The operation's number in the EPSG register; from latitude and longitude in degrees to
    /// latitude and longitude on WGS 84.
    pub(super) operation: u32,
    /// The accuracy the register states for the operation in its own area.
    pub(super) accuracy_m: f64,
    /// Why this one.
    pub(super) reason: &'static str,
}

const fn area(west: f64, south: f64, east: f64, north: f64) -> Bbox {
    Bbox { west, south, east, north }
}

/// All pins; the first that fits counts.
///
/// Source of numbers and accuracies: EPSG Geodetic Parameter Dataset v12.013 as PROJ 9.6.2 holds
/// it. A test compares every line with it.
pub(super) const PINS: &[Pin] = &[
    Pin {
        datum: "Indian 1960",
        source: "EPSG:4131",
        area: area(97.0, 3.0, 115.0, 29.0),
        operation: 1542,
        accuracy_m: 44.0,
        reason: "The register has operations for Vietnam between 14° and 18° N, Con Son Island and \
                 offshore fields, and none for Cambodia; elsewhere PROJ ignores the datum, which \
                 is 442 m off and tears land apart at 14° N",
    },
    Pin {
        datum: "Pulkovo 1942",
        source: "EPSG:4284",
        area: area(22.1, 43.1, 40.2, 52.4),
        operation: 15865,
        accuracy_m: 4.5,
        reason: "Of the operations whose area holds Ukraine it is the most accurate; PROJ picks \
                 one made for Russia, because the box around Russia holds Ukraine too",
    },
    Pin {
        datum: "Ukraine 2000",
        source: "EPSG:5561",
        area: area(17.0, 38.0, 45.2, 57.4),
        operation: 5840,
        accuracy_m: 1.0,
        reason: "It replaces EPSG:5590, which many programs still use and which is 6 m off",
    },
    Pin {
        datum: "Militar-Geographische Institut",
        source: "EPSG:4312",
        area: area(15.7, 42.5, 19.7, 45.3),
        operation: 8823,
        accuracy_m: 1.0,
        reason: "The Balkans zones 31275 to 31278 were entered under the Austrian datum; the \
                 register has since moved them to MGI 1901, whose operation for Bosnia and \
                 Herzegovina this is",
    },
];

#[cfg(test)]
mod tests {
    use super::super::definition::DatumStep;
    use super::*;

    #[test]
    fn every_pin_is_in_the_register_with_the_accuracy_it_states() {
        for pin in PINS {
            let urn = format!("urn:ogc:def:coordinateOperation:EPSG::{}", pin.operation);
            let step = DatumStep::look_up(&urn);
            assert_eq!(step.code.unwrap().to_string(), format!("EPSG:{}", pin.operation));
            assert_eq!(step.accuracy_m, Some(pin.accuracy_m), "{}", step.name);
            assert!(step.name.ends_with(" to WGS 84 (2)") || step.name.contains(" to WGS 84 (1"));
            assert!(step.grids.is_empty());
            let source = super::super::Crs::parse(pin.source).unwrap();
            assert_eq!(source.datum(), pin.datum);
            assert!(source.is_northing_first() && source.axes()[0].unit_size == 1.0);
            assert!(!pin.reason.is_empty());
        }
    }
}
