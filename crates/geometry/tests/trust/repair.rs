//! Suggested repairs: valid, never smaller than what was drawn, and told in words.

use geometry::{HazardPolygon, LonLat, Repair, Rule};

use crate::rings::{Parts, any_parts, for_all, in_degrees, ring, square, winding};

fn suggested(parts: &Parts) -> Repair {
    HazardPolygon::suggest_repair(&in_degrees(parts)).unwrap()
}

/// Tells whether a suggestion covers a lattice point.
fn covers(repair: &Repair, x: f64, y: f64) -> bool {
    repair.polygon.covers(LonLat::new(103.0 + x / 1000.0, 13.0 + y / 1000.0).unwrap())
}

fn words(repair: &Repair) -> String {
    repair.steps.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_suggestion_is_valid_and_covers_all_land_in_doubt() {
    for reach in [5, 12, 40] {
        for_all(1_500, any_parts(reach), |lattice| {
            let Ok(repair) = HazardPolygon::suggest_repair(&in_degrees(&lattice)) else { return };
            let parts: Parts =
                repair.polygon.parts().map(|p| p.map(<[_]>::to_vec).collect()).collect();
            assert_eq!(HazardPolygon::new(parts).unwrap(), repair.polygon);
            assert_eq!(repair.removed_m2, 0.0, "{lattice:?}");
            assert_eq!(repair.changed_m2, repair.added_m2);
            for (i, j) in (-1..=reach).flat_map(|i| (-1..=reach).map(move |j| (i, j))) {
                // Off every line through lattice points, far enough for the rounding of degrees.
                let at = [f64::from(i) + 0.508_31, f64::from(j) + 0.493_17];
                let (reading, meant) = readings(&lattice, at);
                let covered = covers(&repair, at[0], at[1]);
                assert!(covered || !reading, "{at:?} {lattice:?}");
                assert!(reading || meant || !covered, "nothing is there: {at:?} {lattice:?}");
            }
        });
    }
}

/// Whether land is hazardous by the even-odd rule, or by a shell without a hole there; and whether
/// any ring could be meant to go round it.
fn readings(parts: &Parts, at: [f64; 2]) -> (bool, bool) {
    let mut reading = false;
    for rings in parts {
        let turns: Vec<i32> = rings.iter().map(|ring| winding(ring, at)).collect();
        let even_odd = turns.iter().sum::<i32>() % 2 != 0;
        let solid = turns[0] != 0 && turns[1..].iter().all(|turns| *turns == 0);
        let doubtful = turns[0] == 0 && turns[1..].iter().any(|turns| *turns != 0);
        reading |= even_odd || solid || doubtful;
    }
    let [x, y] = at;
    let positions = || parts.iter().flatten().flatten();
    let west = positions().any(|p| p[0] < x) && positions().any(|p| p[0] > x);
    (reading, west && positions().any(|p| p[1] < y) && positions().any(|p| p[1] > y))
}

#[test]
fn what_is_valid_is_left_as_it_is() {
    let parts = in_degrees(&vec![vec![square(0, 0, 10), square(2, 2, 3)], vec![square(20, 0, 5)]]);
    let repair = HazardPolygon::suggest_repair(&parts).unwrap();
    assert_eq!(repair.polygon, HazardPolygon::new(parts).unwrap());
    assert!(repair.steps.is_empty());
    assert_eq!(repair.changed_m2, 0.0);
}

#[test]
fn a_ring_is_closed_and_freed_of_repetitions_and_spikes_with_its_numbers_kept() {
    let mut open = ring(&[(0, 0), (0, 0), (4, 0), (9, 0), (4, 0), (4, 4), (4, 4), (0, 4)]);
    open.pop();
    let repair = suggested(&vec![vec![open]]);
    let clean = in_degrees(&vec![vec![square(0, 0, 4)]]);
    assert_eq!(repair.polygon, HazardPolygon::new(clean).unwrap());
    assert_eq!(repair.changed_m2, 0.0);
    let words = words(&repair);
    assert!(words.contains("The boundary was closed with an edge of 442.52 m"), "{words}");
    assert!(words.contains("A spike of the boundary at (103.009, 13)"), "{words}");
}

#[test]
fn a_spike_where_the_ring_begins_is_dropped_too() {
    let repair = suggested(&vec![vec![ring(&[(9, 0), (4, 0), (4, 4), (0, 4), (0, 0), (4, 0)])]]);
    assert!(
        (repair.polygon.area_m2() - suggested(&vec![vec![square(0, 0, 4)]]).polygon.area_m2())
            .abs()
            < 1e-3
    );
    assert_eq!(repair.polygon.vertex_count(), 5);
}

#[test]
fn a_bowtie_becomes_two_parts() {
    let repair = suggested(&vec![vec![ring(&[(0, 0), (4, 4), (4, 0), (0, 4)])]]);
    assert_eq!(repair.polygon.part_count(), 2);
    assert_eq!(repair.changed_m2, 0.0);
    assert!(words(&repair).contains("was split where it crosses itself at (103.002, 13.002)"));
    let corner = [103.004, 13.004];
    assert!(repair.polygon.parts().flatten().flatten().any(|p| *p == corner), "kept as sent");
}

#[test]
fn land_a_shell_goes_round_twice_is_kept() {
    // The even-odd rule leaves the overlap out.
    let twice = [(0, 0), (6, 0), (6, 6), (2, 6), (2, 2), (8, 2), (8, 8), (0, 8)];
    let repair = suggested(&vec![vec![ring(&twice)]]);
    assert!(covers(&repair, 4.0, 4.0));
    assert!(repair.added_m2 > 0.0);
}

#[test]
fn land_between_loops_that_turn_opposite_ways_is_kept() {
    // Two squares drawn in one go, the second the other way round: in both, yet wound round 0 times.
    let first = [(0, 0), (6, 0), (6, 6), (0, 6), (0, 0)];
    let second = [(3, 3), (3, 9), (9, 9), (9, 3), (3, 3)];
    let repair = suggested(&vec![vec![ring(&[first, second].concat())]]);
    assert!(covers(&repair, 4.5, 4.7));
    assert!(words(&repair).contains("turn opposite ways"), "{}", words(&repair));
}

#[test]
fn a_courtyard_that_the_boundary_clearly_goes_round_stays_open() {
    // The ends of a horseshoe overlap; its middle is outside by every rule.
    let horseshoe = [
        (0, 0),
        (12, 0),
        (12, 12),
        (5, 12),
        (5, 9),
        (9, 9),
        (9, 3),
        (3, 3),
        (3, 9),
        (7, 9),
        (7, 11),
        (0, 11),
    ];
    let repair = suggested(&vec![vec![ring(&horseshoe)]]);
    assert!(!covers(&repair, 6.0, 6.0));
    assert!(covers(&repair, 6.0, 10.0));
    // So is the middle of a ring that touches itself there.
    let pocket = [(0, 0), (4, 2), (2, 4), (4, 6), (6, 4), (4, 2), (8, 0), (8, 8), (0, 8)];
    assert!(!covers(&suggested(&vec![vec![ring(&pocket)]]), 4.0, 4.0));
}

#[test]
fn holes_are_cut_out_only_where_they_are_clearly_meant() {
    let shell = square(0, 0, 10);
    let with = |holes: &[crate::rings::Ring]| {
        suggested(&vec![[std::slice::from_ref(&shell), holes].concat()])
    };
    let overlapping = with(&[square(1, 1, 4), square(3, 3, 4)]);
    assert!(!covers(&overlapping, 2.0, 2.0) && !covers(&overlapping, 6.0, 6.0));
    assert!(covers(&overlapping, 4.0, 4.0), "in two holes");
    let nested = with(&[square(1, 1, 8), square(3, 3, 2)]);
    assert!(covers(&nested, 4.0, 4.0) && !covers(&nested, 2.0, 2.0));
    let outside = with(&[square(20, 0, 3)]);
    assert!(covers(&outside, 21.0, 1.0), "it may be a part");
    let across = with(&[square(8, 2, 4)]);
    assert!(covers(&across, 11.0, 3.0) && !covers(&across, 9.0, 3.0));
    let repeated = with(&[square(2, 2, 2), square(2, 2, 2)]);
    assert!(!covers(&repeated, 3.0, 3.0));
    let all_of_it = with(&[square(-1, -1, 12)]);
    assert!(covers(&all_of_it, 5.0, 5.0), "nothing would be left");
    assert!(words(&all_of_it).contains("would leave nothing"));
    let bowtie = with(&[ring(&[(2, 2), (6, 6), (6, 2), (2, 6)])]);
    assert!(!covers(&bowtie, 2.5, 4.0) && !covers(&bowtie, 5.5, 4.0));
    let flat = with(&[ring(&[(2, 2), (3, 3), (4, 4)])]);
    assert_eq!((flat.polygon.part_count(), flat.changed_m2), (1, 0.0));
}

#[test]
fn parts_that_overlap_or_share_an_edge_are_joined() {
    let repair =
        suggested(&vec![vec![square(0, 0, 4)], vec![square(2, 2, 4)], vec![square(6, 2, 4)]]);
    assert_eq!(repair.polygon.part_count(), 1);
    assert!((repair.changed_m2).abs() < 1e-6, "{}", repair.changed_m2);
    // A hole of one part does not clear another part.
    let covered = suggested(&vec![vec![square(0, 0, 9), square(2, 2, 5)], vec![square(3, 3, 9)]]);
    assert!(covers(&covered, 5.0, 5.0));
}

#[test]
fn nothing_is_suggested_where_it_would_be_a_guess() {
    let refused = |parts: Parts| HazardPolygon::suggest_repair(&parts).unwrap_err()[0].rule;
    let shell = vec![[0.0, 0.0], [1.0, 0.0], [1.0, f64::NAN], [0.0, 0.0]];
    assert_eq!(refused(vec![vec![shell]]), Rule::NotFinite);
    let swapped = vec![[13.0, 103.0], [13.1, 103.0], [13.1, 103.1], [13.0, 103.0]];
    assert_eq!(refused(vec![vec![swapped]]), Rule::OutOfRange);
    let across = vec![[179.0, 0.0], [-179.0, 0.0], [-179.0, 1.0], [179.0, 0.0]];
    assert_eq!(refused(vec![vec![across]]), Rule::EdgeTooLong);
    assert_eq!(refused(vec![]), Rule::Empty);
    assert_eq!(refused(vec![vec![square(0, 0, 80)]]), Rule::TooLarge);
    // A line is no land, but it was acknowledged: it is not dropped.
    let line = vec![[0.5, 0.5], [0.6, 0.6], [0.5, 0.5]];
    assert_eq!(refused(vec![vec![line]]), Rule::TooFewPoints);
}

#[test]
fn a_part_without_an_area_is_dropped_only_where_other_land_covers_it() {
    let line = |x: i32| ring(&[(x, 1), (x + 1, 1), (x + 2, 1)]);
    let inside = vec![vec![square(0, 0, 9)], vec![line(3)]];
    assert_eq!(suggested(&inside).polygon.part_count(), 1);
    let outside = in_degrees(&vec![vec![square(0, 0, 9)], vec![line(20)]]);
    assert_eq!(HazardPolygon::suggest_repair(&outside).unwrap_err()[0].rule, Rule::ZeroArea);
}

#[test]
fn a_scribble_too_tangled_to_mean_anything_is_refused_at_once() {
    let strewn = |i: u32| f64::from(i.wrapping_mul(2_654_435_761) >> 12) * 1e-6;
    let scribble: Vec<[f64; 2]> =
        (0..100_000).map(|i| [strewn(i), strewn(i + 7_777_777)]).collect();
    assert!(HazardPolygon::suggest_repair(&[vec![scribble]]).is_err());
}
