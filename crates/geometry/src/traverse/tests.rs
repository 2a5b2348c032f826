use super::*;
use crate::defect::Rule;
use crate::notation::{Hemisphere, UtmPoint};

fn here() -> LonLat {
    LonLat::new(103.2, 13.1).unwrap()
}

fn leg(bearing: Bearing, distance_m: f64) -> Step {
    Step::Leg(Leg { bearing, distance_m })
}

fn point(lon: f64, lat: f64) -> Step {
    Step::Point { at: LonLat::new(lon, lat).unwrap(), fixed_by: FixedBy::Satellite }
}

/// A square of 100 m whose last leg is changed.
fn square(last_bearing: f64, last_m: f64) -> Traverse {
    let perimeter = vec![
        leg(Bearing::true_deg(0.0), 100.0),
        leg(Bearing::true_deg(90.0), 100.0),
        leg(Bearing::true_deg(180.0), 100.0),
        leg(Bearing::true_deg(last_bearing), last_m),
    ];
    let approach = vec![leg(Bearing::true_deg(45.0), 20.0), leg(Bearing::true_deg(90.0), 5.0)];
    Traverse { reference: here(), approach, perimeter, declination_deg: None, grid_zone: None }
}

fn survey(traverse: &Traverse) -> Result<SurveyedRing, TraverseError> {
    traverse.survey(&Tolerance::default())
}

fn faults(traverse: &Traverse) -> Vec<LegFault> {
    match survey(traverse) {
        Err(TraverseError::Faults(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

fn open(traverse: &Traverse) -> OpenTraverse {
    match survey(traverse) {
        Err(TraverseError::Open(open)) => open,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_square_has_its_sides_and_its_benchmark() {
    let ring = survey(&square(270.0, 100.0)).unwrap();
    let points = ring.turning_points(Adjustment::None);
    assert_eq!(points.len(), 4);
    assert!((points[0].distance_m(here()) - 23.80).abs() < 0.01);
    assert_eq!(ring.benchmarks().len(), 1);
    assert!((ring.benchmarks()[0].distance_m(here()) - 20.0).abs() < 1e-6);
    for pair in points.windows(2) {
        assert!((pair[0].distance_m(pair[1]) - 100.0).abs() < 1e-6);
    }
    let misclosure = ring.misclosure().unwrap();
    assert!(misclosure.length_m < 0.001, "only the Earth is curved: {misclosure:?}");
    assert_eq!(ring.perimeter_m(), 400.0);
    assert!(!ring.is_flagged());
    let area = ring.polygon(Adjustment::CompassRule).unwrap().area_m2();
    assert!((area - 10_000.0).abs() < 0.1, "{area}");
}

#[test]
fn mils_and_degrees_are_the_same_directions() {
    let degrees = square(270.0, 100.0);
    let mut mils = degrees.clone();
    for step in mils.perimeter.iter_mut().chain(&mut mils.approach) {
        if let Step::Leg(leg) = step {
            leg.bearing.value *= 6400.0 / 360.0;
            leg.bearing.unit = BearingUnit::Mils;
        }
    }
    assert_eq!(survey(&mils).unwrap(), survey(&degrees).unwrap());
}

#[test]
fn magnetic_bearings_are_turned_by_the_declination() {
    let mut magnetic = square(270.0, 100.0);
    for step in magnetic.perimeter.iter_mut().chain(&mut magnetic.approach) {
        if let Step::Leg(leg) = step {
            leg.bearing.north = North::Magnetic;
            leg.bearing.value = (leg.bearing.value - 4.5).rem_euclid(360.0);
        }
    }
    let missing = faults(&magnetic);
    assert_eq!(missing.len(), 6, "every leg is named");
    assert_eq!(missing[0].rule, LegRule::DeclinationMissing);
    magnetic.declination_deg = Some(4.5);
    let turned = survey(&magnetic).unwrap();
    let plain = survey(&square(270.0, 100.0)).unwrap();
    for (a, b) in turned.ring(Adjustment::None).iter().zip(plain.ring(Adjustment::None)) {
        let [a, b] = [*a, b].map(|at| LonLat::try_from(at).unwrap());
        assert!(a.distance_m(b) < 1e-6);
    }
    magnetic.declination_deg = Some(450.0);
    assert_eq!(faults(&magnetic)[0].rule, LegRule::DeclinationRange);
}

/// In the grid of the zone, grid bearings must lead where plane trigonometry says, with lengths
/// brought to the grid by its scale.
#[test]
fn grid_bearings_follow_the_grid() {
    let start = UtmPoint::of(here()).unwrap();
    let ring = survey(&Traverse {
        approach: Vec::new(),
        perimeter: vec![
            leg(Bearing::grid_deg(30.0), 100.0),
            leg(Bearing::grid_deg(150.0), 100.0),
            leg(Bearing::grid_deg(270.0), 100.0),
        ],
        ..square(0.0, 0.0)
    })
    .unwrap();
    let second = UtmPoint::of(ring.turning_points(Adjustment::None)[1]).unwrap();
    let length = 100.0 * start.scale();
    assert!((second.easting_m() - start.easting_m() - length / 2.0).abs() < 0.001);
    assert!((second.northing_m() - start.northing_m() - length * 0.75_f64.sqrt()).abs() < 0.001);
    assert!(start.convergence_deg().abs() > 0.4, "true bearings would have missed by 0.7 m");
}

#[test]
fn a_zone_far_away_has_no_grid_here() {
    let traverse = Traverse {
        approach: Vec::new(),
        perimeter: vec![leg(Bearing::grid_deg(30.0), 100.0); 3],
        grid_zone: UtmZone::new(36, Hemisphere::North),
        ..square(0.0, 0.0)
    };
    let faults = faults(&traverse);
    assert!(faults.iter().all(|fault| fault.rule == LegRule::NoGridHere));
}

#[test]
fn each_faulty_leg_is_named_with_its_rule() {
    let mut traverse = square(270.0, 100.0);
    traverse.approach[1] = leg(Bearing::true_deg(90.0), -5.0);
    traverse.perimeter[0] = leg(Bearing::true_deg(1600.0), 100.0);
    traverse.perimeter[2] = leg(Bearing::true_deg(f64::NAN), 0.0);
    traverse.perimeter[3] = leg(Bearing::magnetic_mils(6401.0), 100.0);
    let found: Vec<_> = faults(&traverse).iter().map(|f| (f.stretch, f.number, f.rule)).collect();
    assert_eq!(
        found,
        [
            (Stretch::Approach, 2, LegRule::DistanceRange),
            (Stretch::Perimeter, 1, LegRule::DegreesRange),
            (Stretch::Perimeter, 3, LegRule::DistanceRange),
            (Stretch::Perimeter, 3, LegRule::DegreesRange),
            (Stretch::Perimeter, 4, LegRule::MilsRange),
        ]
    );
    let error = survey(&traverse).unwrap_err().to_string();
    assert!(
        error.contains(
            "Leg 1 from the first turning point (1600): A bearing in degrees is 0 to 360. Give the \
             unit as mils if it was read in mils, or correct the bearing."
        ),
        "{error}"
    );
}

#[test]
fn two_legs_are_no_area() {
    let mut traverse = square(270.0, 100.0);
    traverse.perimeter.truncate(2);
    assert_eq!(faults(&traverse)[0].rule, LegRule::TooFewPoints);
    traverse.perimeter.clear();
    assert_eq!(faults(&traverse)[0].rule, LegRule::TooFewPoints);
}

#[test]
fn more_steps_than_the_limit_are_refused() {
    let mut traverse = square(270.0, 100.0);
    traverse.perimeter = vec![leg(Bearing::true_deg(0.0), 1.0); MAX_STEPS + 1];
    assert_eq!(faults(&traverse)[0].rule, LegRule::TooManySteps);
}

#[test]
fn a_small_misclosure_is_accepted_a_larger_one_flagged_a_large_one_refused() {
    let misclosed = |by_m: f64| survey(&square(270.0, 100.0 - by_m));
    assert!(!misclosed(3.9).unwrap().is_flagged(), "1:102");
    let flagged = misclosed(4.1).unwrap();
    assert!(flagged.is_flagged());
    let misclosure = flagged.misclosure().unwrap();
    assert!((misclosure.length_m - 4.1).abs() < 0.001);
    assert!((misclosure.bearing_deg - 270.0).abs() < 0.1);
    assert!((misclosure.one_in() - 395.9 / 4.1).abs() < 0.1);
    assert!(misclosed(10.1).is_err(), "more than 10 m without a fix");
    let open = open(&square(270.0, 75.0));
    assert!(open.misclosure.one_in() < 20.0);
    let message = TraverseError::Open(open).to_string();
    assert!(message.starts_with("The last leg ends 25.00 m from the first"), "{message}");
}

#[test]
fn the_tolerance_is_what_the_programme_says() {
    let strict = Tolerance { reject_one_in: 1000.0, ..Tolerance::default() };
    assert!(square(270.0, 99.0).survey(&strict).is_err());
    let lax = Tolerance { reject_one_in: 2.0, reject_unfixed_m: 100.0, flag_one_in: 3.0 };
    assert!(square(270.0, 40.0).survey(&lax).is_ok());
    let none = Tolerance { reject_one_in: f64::NAN, ..Tolerance::default() };
    assert!(square(270.0, 100.0).survey(&none).is_err());
}

#[test]
fn a_leg_read_backwards_is_found() {
    let mut traverse = square(270.0, 100.0);
    traverse.perimeter[1] = leg(Bearing::true_deg(270.0), 100.0);
    // Legs 2 and 4 both lead west now; either could be the one.
    assert!(matches!(open(&traverse).reversed_leg, Some(2 | 4)));
    traverse.perimeter[1] = leg(Bearing::true_deg(90.0), 100.0);
    traverse.perimeter[2] = leg(Bearing::true_deg(20.0), 100.0);
    assert_eq!(open(&traverse).reversed_leg, None);
}

#[test]
fn a_leg_left_out_is_told_with_its_bearing_and_length() {
    let mut traverse = square(270.0, 100.0);
    traverse.perimeter.pop();
    let message = survey(&traverse).unwrap_err().to_string();
    assert!(message.contains("270.0° from true north and 100.0 m"), "{message}");
}

#[test]
fn the_compass_rule_closes_the_ring() {
    let ring = survey(&square(271.0, 102.0)).unwrap();
    let misclosure = ring.misclosure().unwrap();
    let (plain, adjusted) =
        (ring.turning_points(Adjustment::None), ring.turning_points(Adjustment::CompassRule));
    assert_eq!(plain[0], adjusted[0]);
    for (i, share) in [0.0, 100.0, 200.0, 300.0].iter().enumerate() {
        let moved = plain[i].distance_m(adjusted[i]);
        assert!((moved - misclosure.length_m * share / 402.0).abs() < 1e-6);
    }
}

#[test]
fn points_by_coordinates_stand_where_they_are() {
    let traverse = Traverse {
        approach: vec![point(103.2001, 13.1001)],
        perimeter: vec![
            leg(Bearing::true_deg(0.0), 100.0),
            point(103.2011, 13.1012),
            leg(Bearing::true_deg(180.0), 111.0),
            leg(Bearing::true_deg(270.0), 107.0),
        ],
        ..square(0.0, 0.0)
    };
    let ring = survey(&traverse).unwrap();
    assert!(ring.benchmarks().is_empty());
    let misclosure = ring.misclosure().unwrap();
    assert_eq!(misclosure.measured_m, 218.0, "the legs since the last fix");
    for adjustment in [Adjustment::None, Adjustment::CompassRule] {
        let points = ring.turning_points(adjustment);
        assert_eq!(points[0], LonLat::new(103.2001, 13.1001).unwrap());
        assert_eq!(points[2], LonLat::new(103.2011, 13.1012).unwrap());
    }
}

#[test]
fn a_ring_that_is_not_measured_back_is_flagged() {
    let mut traverse = square(270.0, 100.0);
    traverse.perimeter.truncate(2);
    traverse.perimeter.push(point(103.2013, 13.1002));
    let ring = survey(&traverse).unwrap();
    assert_eq!(ring.misclosure(), None);
    assert!(ring.is_flagged());
    assert_eq!(ring.turning_points(Adjustment::None).len(), 4);
}

#[test]
fn a_point_with_swapped_coordinates_is_refused() {
    let mut traverse = square(270.0, 100.0);
    traverse.reference = LonLat::new(36.2, 48.1).unwrap();
    traverse.perimeter[1] = point(48.1001, 36.2);
    assert_eq!(faults(&traverse)[0].rule, LegRule::PointFarAway);
}

#[test]
fn a_ring_that_crosses_itself_is_no_area() {
    let bowtie = Traverse {
        perimeter: vec![
            leg(Bearing::true_deg(45.0), 141.421),
            leg(Bearing::true_deg(180.0), 100.0),
            leg(Bearing::true_deg(315.0), 141.421),
            leg(Bearing::true_deg(180.0), 100.0),
        ],
        ..square(0.0, 0.0)
    };
    let ring = survey(&bowtie).unwrap();
    let defects = ring.polygon(Adjustment::CompassRule).unwrap_err();
    assert_eq!(defects[0].rule, Rule::SelfCrossing);
}

#[test]
fn a_ring_across_the_antimeridian_is_refused_not_turned_inside_out() {
    let mut traverse = square(270.0, 100.0);
    traverse.reference = LonLat::new(179.9995, -17.0).unwrap();
    let ring = survey(&traverse).unwrap();
    assert!(ring.misclosure().unwrap().length_m < 0.001);
    let defects = ring.polygon(Adjustment::None).unwrap_err();
    assert_eq!(defects[0].rule, Rule::EdgeTooLong);
}
