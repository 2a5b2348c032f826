//! Polygons measured by bearings and distances come back as they were.

use geographiclib_rs::{Geodesic, InverseGeodesic};
use geometry::traverse::{
    Adjustment, Bearing, BearingUnit, Leg, North, Step, SurveyedRing, Tolerance, Traverse,
};
use geometry::{HazardPolygon, LonLat};
use proptest::prelude::*;

use crate::shapes::{at, for_all};

/// The bearing in degrees and the length in metres from one position to another.
fn way(from: [f64; 2], to: [f64; 2]) -> (f64, f64) {
    let (length_m, bearing, _, _): (f64, f64, f64, f64) =
        Geodesic::wgs84().inverse(from[1], from[0], to[1], to[0]);
    (bearing.rem_euclid(360.0), length_m)
}

/// Measures a closed ring without any error.
fn measured(ring: &[[f64; 2]], reference: LonLat, declination: f64, unit: BearingUnit) -> Traverse {
    let leg = |from: [f64; 2], to: [f64; 2]| {
        let (bearing, distance_m) = way(from, to);
        let value = (bearing - declination).rem_euclid(360.0) * unit.circle() / 360.0;
        Step::Leg(Leg { bearing: Bearing { value, unit, north: North::Magnetic }, distance_m })
    };
    Traverse {
        reference,
        approach: vec![leg(reference.into(), ring[0])],
        perimeter: ring.windows(2).map(|side| leg(side[0], side[1])).collect(),
        declination_deg: Some(declination),
        grid_zone: None,
    }
}

/// The largest distance between vertices of two rings in metres.
fn furthest(a: &[[f64; 2]], b: &[[f64; 2]]) -> f64 {
    assert_eq!(a.len(), b.len());
    let apart = |(a, b): (&[f64; 2], &[f64; 2])| at(a[0], a[1]).distance_m(at(b[0], b[1]));
    a.iter().zip(b).map(apart).fold(0.0, f64::max)
}

fn star(centre: [f64; 2], radii: &[f64]) -> Vec<[f64; 2]> {
    let step = std::f64::consts::TAU / radii.len() as f64;
    let mut ring: Vec<[f64; 2]> = (0_u32..)
        .zip(radii)
        .map(|(i, radius)| {
            let (sin, cos) = (f64::from(i) * step).sin_cos();
            let across = centre[1].to_radians().cos().max(0.05);
            [centre[0] + radius * cos / across, centre[1] + radius * sin]
        })
        .collect();
    ring.push(ring[0]);
    ring
}

/// Areas of 100 m to 5 km around a place; none crosses the antimeridian.
fn rings() -> impl Strategy<Value = Vec<[f64; 2]>> {
    let radii = prop::collection::vec(0.3..1.0, 3..60);
    (-178.0..178.0, -84.0..84.0, radii, 0.000_5..0.02_f64).prop_map(|(lon, lat, radii, size)| {
        let radii: Vec<f64> = radii.iter().map(|radius| radius * size).collect();
        star([lon, lat], &radii)
    })
}

#[test]
fn a_polygon_measured_without_error_comes_back_within_a_millimetre() {
    let unit = prop_oneof![Just(BearingUnit::Degrees), Just(BearingUnit::Mils)];
    for_all(400, (rings(), -30.0..30.0, unit), |(ring, declination, unit)| {
        let polygon = HazardPolygon::new(vec![vec![ring.clone()]]).unwrap();
        let reference = at(ring[0][0] + 0.001, ring[0][1] - 0.001);
        let traverse = measured(&ring, reference, declination, unit);
        let surveyed = traverse.survey(&Tolerance::default()).unwrap();
        assert!(surveyed.misclosure().unwrap().length_m < 0.001);
        for adjustment in [Adjustment::None, Adjustment::CompassRule] {
            assert!(furthest(&surveyed.ring(adjustment), &ring) < 0.001);
            let back = surveyed.polygon(adjustment).unwrap();
            assert!((back.area_m2() / polygon.area_m2() - 1.0).abs() < 1e-5);
        }
    });
}

/// Turns and stretches each leg by a little, as compass and tape do.
fn with_errors(mut traverse: Traverse, errors: &[(f64, f64)]) -> Traverse {
    for (step, (degrees, parts)) in traverse.perimeter.iter_mut().zip(errors.iter().cycle()) {
        if let Step::Leg(leg) = step {
            leg.bearing.value = (leg.bearing.value + degrees).rem_euclid(360.0);
            leg.distance_m *= 1.0 + parts;
        }
    }
    traverse
}

fn survey_leniently(traverse: &Traverse) -> SurveyedRing {
    let lenient =
        Tolerance { reject_one_in: 0.5, reject_unfixed_m: f64::INFINITY, flag_one_in: 100.0 };
    traverse.survey(&lenient).unwrap()
}

#[test]
fn adjusting_closes_the_ring_and_moves_no_point_by_more_than_the_misclosure() {
    let errors = prop::collection::vec((-2.0..2.0, -0.02..0.02), 1..8);
    for_all(400, (rings(), errors), |(ring, errors)| {
        let reference = at(ring[0][0], ring[0][1] - 0.0005);
        let exact = measured(&ring, reference, 0.0, BearingUnit::Degrees);
        let surveyed = survey_leniently(&with_errors(exact, &errors));
        let misclosure = surveyed.misclosure().unwrap();
        let plain = surveyed.turning_points(Adjustment::None);
        let adjusted = surveyed.turning_points(Adjustment::CompassRule);
        for (a, b) in plain.iter().zip(adjusted) {
            assert!(a.distance_m(*b) <= misclosure.length_m + 1e-6);
        }
        // Measured again from where it now lies, each leg has taken its share and the last one
        // arrives.
        let again =
            measured(&surveyed.ring(Adjustment::CompassRule), reference, 0.0, BearingUnit::Degrees);
        let again = survey_leniently(&again);
        assert!(again.misclosure().unwrap().length_m < 0.001);
        let last = way(adjusted[adjusted.len() - 1].into(), adjusted[0].into());
        let side = way(plain[plain.len() - 1].into(), plain[0].into());
        assert!((last.1 - side.1).abs() <= misclosure.length_m + 1e-6);
    });
}

#[test]
fn whatever_the_numbers_are_nothing_breaks() {
    let value = prop_oneof![
        -1e4..1e4,
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(0.0),
        Just(-0.0),
        Just(360.0),
        Just(1e308)
    ];
    let north = prop_oneof![Just(North::True), Just(North::Magnetic), Just(North::Grid)];
    let unit = prop_oneof![Just(BearingUnit::Degrees), Just(BearingUnit::Mils)];
    let leg = (value.clone(), unit, north, value.clone()).prop_map(|(bearing, unit, north, m)| {
        Step::Leg(Leg { bearing: Bearing { value: bearing, unit, north }, distance_m: m })
    });
    let legs = || prop::collection::vec(leg.clone(), 0..8);
    let place = (-180.0..=180.0, -90.0..=90.0);
    for_all(2000, (place, legs(), legs(), value.clone()), |(place, approach, perimeter, value)| {
        let traverse = Traverse {
            reference: at(place.0, place.1),
            approach,
            perimeter,
            declination_deg: Some(value),
            grid_zone: None,
        };
        let tolerance = Tolerance { reject_one_in: value, ..Tolerance::default() };
        for outcome in [traverse.survey(&Tolerance::default()), traverse.survey(&tolerance)] {
            match outcome {
                Ok(ring) => drop(ring.polygon(Adjustment::CompassRule)),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    });
}
