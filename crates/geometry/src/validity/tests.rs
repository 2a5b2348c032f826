//! Verdicts, one by one; then two independent ways to a verdict, on thousands of shapes.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{Frame, Rings, catalogue::Catalogue, check, contact, nesting, node, take_rings};
use crate::defect::{Defect, Rule};
use crate::limits;
use crate::predicate::Position;

type Parts = Vec<Vec<Vec<Position>>>;

/// Closes a ring of whole degrees.
fn ring(vertices: &[(i32, i32)]) -> Vec<Position> {
    let mut ring: Vec<Position> =
        vertices.iter().map(|&(lon, lat)| [f64::from(lon), f64::from(lat)]).collect();
    ring.extend(ring.first().copied());
    ring
}

fn square(west: i32, south: i32, side: i32) -> Vec<Position> {
    let (east, north) = (west + side, south + side);
    ring(&[(west, south), (east, south), (east, north), (west, north)])
}

fn diamond(lon: i32, lat: i32, radius: i32) -> Vec<Position> {
    ring(&[(lon - radius, lat), (lon, lat - radius), (lon + radius, lat), (lon, lat + radius)])
}

fn refusals(parts: &Parts) -> Vec<Defect> {
    check(parts).map(|_| ()).unwrap_err()
}

fn rules(parts: &Parts) -> Vec<Rule> {
    match check(parts) {
        Ok(_) => Vec::new(),
        Err(defects) => defects.iter().map(|defect| defect.rule).collect(),
    }
}

fn accepted(parts: &Parts) -> bool {
    check(parts).is_ok()
}

#[test]
fn a_ring_is_refused_for_what_is_wrong_with_it_alone() {
    let cases = [
        (vec![[0.0, 0.0], [1.0, 0.0], [1.0, f64::NAN], [0.0, 0.0]], Rule::NotFinite),
        (vec![[0.0, 0.0], [1.0, 0.0], [f64::INFINITY, 1.0], [0.0, 0.0]], Rule::NotFinite),
        (vec![[0.0, 0.0], [1.0, 0.0], [1.0, 95.0], [0.0, 0.0]], Rule::OutOfRange),
        (vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], Rule::Unclosed),
        (vec![[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]], Rule::TooFewPoints),
        (vec![[0.0, 0.0]; 5], Rule::TooFewPoints),
        (vec![], Rule::TooFewPoints),
        (ring(&[(0, 0), (1, 1), (2, 2)]), Rule::ZeroArea),
        (ring(&[(0, 0), (4, 0), (4, 2), (8, 2), (4, 2), (4, 4), (0, 4)]), Rule::Spike),
        (ring(&[(0, 0), (4, 4), (4, 0), (0, 4)]), Rule::SelfCrossing),
        (ring(&[(0, 0), (2, 2), (4, 0), (4, 4), (2, 2), (0, 4)]), Rule::SelfTouch),
        (ring(&[(0, 0), (8, 0), (8, 4), (4, 0), (0, 4)]), Rule::SelfTouch),
        (ring(&[(-170, 0), (170, 0), (170, 1), (-170, 1)]), Rule::EdgeTooLong),
    ];
    for (ring, rule) in cases {
        // A second part keeps an empty ring from being an empty geometry.
        let parts = vec![vec![ring], vec![square(40, 40, 1)]];
        let defects = refusals(&parts);
        assert_eq!(defects[0].rule, rule, "{defects:?}");
        assert_eq!((defects[0].part, defects[0].ring), (Some(0), Some(0)));
        assert!(defects.iter().all(|defect| defect.rule == rule), "{defects:?}");
    }
}

#[test]
fn a_crossing_names_its_place_and_both_edges() {
    let defects = refusals(&vec![vec![ring(&[(0, 0), (2, 2), (2, 0), (0, 2)])]]);
    assert_eq!(defects.len(), 1);
    assert_eq!(defects[0].at, Some([1.0, 1.0]));
    assert_eq!((defects[0].part, defects[0].ring, defects[0].vertex), (Some(0), Some(0), Some(0)));
    assert_eq!(
        defects[0].reason,
        "The boundary crosses itself at (1, 1), where the edge after turning point 1 meets the \
         edge after turning point 3. Check the order of the turning points around the crossing, \
         or split the area there into two parts."
    );
}

#[test]
fn a_crossing_in_a_common_vertex_is_told_from_a_touch() {
    let crossing = ring(&[(0, 0), (2, 2), (4, 4), (4, 0), (2, 2), (0, 4)]);
    assert_eq!(rules(&vec![vec![crossing]]), [Rule::SelfCrossing]);
    let touching = ring(&[(0, 0), (4, 0), (2, 2), (4, 4), (0, 4), (2, 2)]);
    assert_eq!(rules(&vec![vec![touching]]), [Rule::SelfTouch]);
    let through_an_edge = ring(&[(0, 0), (4, 0), (4, 4), (2, 0), (1, -3), (0, -3)]);
    assert_eq!(rules(&vec![vec![through_an_edge]]), [Rule::SelfCrossing]);
}

#[test]
fn vertices_are_numbered_as_they_were_sent() {
    let mut sent = ring(&[(0, 0), (2, 2), (2, 0), (0, 2)]);
    sent.insert(1, sent[0]);
    sent.insert(1, sent[0]);
    let defects = refusals(&vec![vec![sent]]);
    assert_eq!(defects[0].vertex, Some(0));
    assert!(defects[0].reason.contains("turning point 5"), "{}", defects[0].reason);
}

#[test]
fn a_ring_that_goes_round_twice_touches_itself_all_along() {
    let square = [(0, 0), (4, 0), (4, 4), (0, 4)];
    let twice = ring(&[square, square].concat());
    assert!(rules(&vec![vec![twice]]).iter().all(|rule| *rule == Rule::SelfTouch));
}

#[test]
fn holes_belong_inside_their_shell_apart_from_one_another() {
    let shell = square(0, 0, 10);
    let with = |holes: &[Vec<Position>]| vec![[std::slice::from_ref(&shell), holes].concat()];
    let cases = [
        (with(&[square(20, 0, 2)]), Rule::HoleOutside),
        (with(&[square(8, 8, 4)]), Rule::HoleOutside),
        (with(&[square(-5, -5, 30)]), Rule::HoleOutside),
        (with(&[square(2, 2, 4), square(4, 4, 4)]), Rule::HoleOverlaps),
        (with(&[square(2, 2, 2), square(4, 2, 2)]), Rule::HoleOverlaps),
        (with(&[square(0, 2, 2)]), Rule::HoleOverlaps),
        (with(&[square(2, 2, 6), square(3, 3, 2)]), Rule::HoleNested),
        (with(std::slice::from_ref(&shell)), Rule::DuplicateRing),
        (with(&[square(2, 2, 2), square(2, 2, 2)]), Rule::DuplicateRing),
        // From inside to outside through two vertices, without crossing an edge in its middle.
        (with(&[ring(&[(5, 5), (10, 10), (12, 5), (10, 0)])]), Rule::HoleOutside),
    ];
    for (parts, rule) in cases {
        let found = rules(&parts);
        assert!(found.contains(&rule), "{parts:?}: {found:?}, expected {rule}");
    }
    assert!(accepted(&with(&[square(1, 1, 2), square(4, 4, 2), diamond(8, 2, 1)])));
}

#[test]
fn touches_that_leave_the_interior_whole_are_allowed() {
    let shell = square(0, 0, 10);
    assert!(accepted(&vec![vec![shell.clone(), ring(&[(0, 0), (2, 1), (1, 2)])]]));
    assert!(accepted(&vec![vec![shell.clone(), ring(&[(5, 0), (6, 2), (4, 2)])]]));
    assert!(accepted(&vec![vec![shell.clone(), diamond(4, 5, 1), diamond(6, 5, 1)]]));
    assert!(accepted(&vec![vec![square(0, 0, 2)], vec![square(2, 2, 2)]]));
}

#[test]
fn touches_that_cut_the_interior_are_refused() {
    let shell = square(0, 0, 10);
    let cases = [
        vec![diamond(5, 5, 5)],
        vec![ring(&[(0, 0), (10, 10), (4, 6)])],
        // A chain of three holes from one side of the shell to the other.
        vec![
            ring(&[(0, 5), (3, 4), (3, 6)]),
            ring(&[(3, 4), (6, 4), (6, 5)]),
            ring(&[(6, 5), (10, 5), (8, 6)]),
        ],
        // A ring of four holes around a piece of the interior.
        vec![diamond(4, 5, 1), diamond(5, 4, 1), diamond(6, 5, 1), diamond(5, 6, 1)],
    ];
    for holes in cases {
        let parts = vec![[vec![shell.clone()], holes].concat()];
        let found = rules(&parts);
        assert!(!found.is_empty(), "{parts:?}");
        assert!(
            found
                .iter()
                .all(|rule| matches!(rule, Rule::InteriorDisconnected | Rule::HoleOverlaps)),
            "{found:?}"
        );
    }
    let chain = vec![vec![
        shell,
        ring(&[(0, 5), (3, 4), (3, 6)]),
        ring(&[(3, 6), (6, 6), (6, 5)]),
        ring(&[(6, 5), (10, 5), (8, 3)]),
    ]];
    let defects = refusals(&chain);
    assert_eq!(defects.iter().map(|d| d.rule).collect::<Vec<_>>(), [Rule::InteriorDisconnected]);
    assert!(defects[0].at.is_some());
}

#[test]
fn parts_may_touch_in_points_and_lie_in_holes_but_not_overlap() {
    let ring_of_land = vec![square(0, 0, 10), square(2, 2, 6)];
    assert!(accepted(&vec![ring_of_land.clone(), vec![square(3, 3, 4)]]));
    // All vertices of the inner part are on the hole's edges.
    assert!(accepted(&vec![ring_of_land.clone(), vec![diamond(5, 5, 3)]]));
    assert_eq!(rules(&vec![ring_of_land, vec![square(2, 2, 6)]]), [Rule::DuplicateRing]);
    let cases = [
        vec![vec![square(0, 0, 4)], vec![square(2, 2, 4)]],
        vec![vec![square(0, 0, 4)], vec![square(4, 0, 4)]],
        vec![vec![square(0, 0, 9)], vec![square(2, 2, 2)]],
        vec![vec![square(2, 2, 2)], vec![square(0, 0, 9)]],
        vec![vec![square(0, 0, 4)], vec![diamond(2, 2, 2)]],
    ];
    for parts in cases {
        let found = rules(&parts);
        assert!(!found.is_empty(), "{parts:?}");
        assert!(found.iter().all(|rule| *rule == Rule::PartsOverlap), "{parts:?}: {found:?}");
    }
    assert_eq!(rules(&vec![vec![square(0, 0, 4)], vec![square(0, 0, 4)]]), [Rule::DuplicateRing]);
}

#[test]
fn every_defect_is_told_not_only_the_first() {
    let parts = vec![
        vec![ring(&[(0, 0), (2, 2), (2, 0), (0, 2)]), square(30, 30, 1)],
        vec![square(10, 10, 4), vec![[11.0, 11.0], [12.0, f64::NAN], [13.0, 95.0], [11.0, 11.0]]],
        vec![],
    ];
    let found = rules(&parts);
    for rule in
        [Rule::SelfCrossing, Rule::HoleOutside, Rule::NotFinite, Rule::OutOfRange, Rule::Empty]
    {
        assert!(found.contains(&rule), "{rule} in {found:?}");
    }
}

#[test]
fn the_list_of_defects_ends_at_its_limit() {
    let zigzag = (0..100).map(|i| (i % 2 * 50, i % 37)).collect::<Vec<_>>();
    assert_eq!(refusals(&vec![vec![ring(&zigzag)]]).len(), limits::MAX_DEFECTS);
    let nan = vec![vec![vec![[f64::NAN; 2]; 1000]]];
    assert_eq!(refusals(&nan).len(), limits::MAX_DEFECTS);
}

#[test]
fn sizes_beyond_the_limits_are_refused_before_any_work() {
    let many = vec![vec![vec![[0.0, 0.0]; limits::MAX_VERTICES + 1]]];
    assert_eq!(rules(&many), [Rule::TooManyVertices]);
    let parts = vec![vec![square(0, 0, 1)]; limits::MAX_PARTS + 1];
    assert_eq!(rules(&parts), [Rule::TooManyParts]);
    assert_eq!(rules(&vec![]), [Rule::Empty]);
    assert_eq!(rules(&vec![vec![]]), [Rule::Empty]);
    assert_eq!(rules(&vec![vec![vec![]]]), [Rule::Empty]);
    assert_eq!(rules(&vec![vec![square(0, 0, 30)]]), [Rule::TooLarge]);
    assert!(accepted(&vec![vec![square(10, -18, 11)]]), "Angola as a box");
}

#[test]
fn a_zigzag_over_a_country_is_refused_for_its_length() {
    let up_and_down = (0..2000).map(|i| [f64::from(i) * 1e-3, f64::from(i % 2) * 2.0 + 1.0]);
    let mut sent: Vec<Position> = vec![[0.0, 0.0]];
    sent.extend(up_and_down);
    sent.extend([[3.0, 0.0], [0.0, 0.0]]);
    assert_eq!(rules(&vec![vec![sent]]), [Rule::TooLarge]);
}

/// Turns a ring by an eighth and stretches it.
fn slanted(ring: Vec<Position>) -> Vec<Position> {
    ring.iter().map(|[lon, lat]| [lon - lat, lon + lat]).collect()
}

/// A comb whose teeth all lie above each other; slanted, its edges overlap on both axes, and
/// comparing neighbours would be quadratic.
fn comb(teeth: u32) -> Vec<Position> {
    let mut sent = Vec::new();
    for tooth in 0..teeth {
        let lat = 1.0 + f64::from(tooth) * 1e-5;
        sent.extend([[1.0, lat], [1.1, lat], [1.1, lat + 4e-6], [1.0, lat + 4e-6]]);
    }
    sent.extend([[0.9, 1.5], [0.9, 1.0], [1.0, 1.0]]);
    sent
}

#[test]
fn shapes_made_to_be_slow_are_judged_by_the_sweep() {
    let upright = |ring: Vec<Position>| ring.iter().map(|p| [p[1], p[0]]).collect();
    for turn in [|ring| ring, slanted, upright] {
        let valid = comb(2_000);
        assert!(accepted(&vec![vec![turn(valid.clone())]]));
        let mut bad = valid;
        bad[4_001][1] += 1.2e-5;
        let found = rules(&vec![vec![turn(bad)]]);
        assert!(found.contains(&Rule::SelfCrossing), "{found:?}");
    }
}

#[test]
fn holes_of_a_comb_are_placed_by_the_sweep() {
    let hole = |lon: f64, lat: f64, side: f64| {
        let (east, north) = (lon + side, lat + side);
        slanted(vec![[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]])
    };
    let with = |more: Vec<Vec<Position>>| vec![[vec![slanted(comb(2_000))], more].concat()];
    assert!(accepted(&with(vec![hole(0.95, 1.2, 0.01), hole(0.92, 1.3, 0.01)])));
    assert_eq!(rules(&with(vec![hole(1.2, 1.2, 0.01)])), [Rule::HoleOutside]);
    assert_eq!(
        rules(&with(vec![hole(0.95, 1.2, 0.01), hole(0.953, 1.203, 0.004)])),
        [Rule::HoleNested]
    );
}

/// Whole-degree rings on a small grid, where vertices meet edges and rings meet rings.
fn small_ring() -> impl Strategy<Value = Vec<(i32, i32)>> {
    let anywhere = prop::collection::vec((0..9, 0..9), 3..8);
    let lattice = (0..4, 0..4).prop_map(|(i, j)| {
        let (lon, lat) = (2 * i + 1, 2 * j + 1);
        vec![(lon - 1, lat), (lon, lat - 1), (lon + 1, lat), (lon, lat + 1)]
    });
    let triangle = (0..7, 0..7, 1..3, any::<bool>()).prop_map(|(lon, lat, size, up)| {
        let tip = if up { (lon, lat + size) } else { (lon + size, lat + size) };
        vec![(lon, lat), (lon + size, lat), tip]
    });
    let square = (0..6, 0..6, 1..4).prop_map(|(lon, lat, side)| {
        vec![(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side)]
    });
    prop_oneof![2 => anywhere, 4 => lattice, 3 => triangle, 3 => square]
}

fn small_parts() -> impl Strategy<Value = Parts> {
    let in_a_shell = prop::collection::vec(small_ring(), 0..6).prop_map(|holes| {
        let shell = vec![(0, 0), (8, 0), (8, 8), (0, 8)];
        vec![[vec![shell], holes].concat()]
    });
    let apart = prop::collection::vec(prop::collection::vec(small_ring(), 1..3), 1..4);
    prop_oneof![in_a_shell, apart].prop_map(|parts: Vec<Vec<Vec<(i32, i32)>>>| {
        parts.iter().map(|rings| rings.iter().map(|vertices| ring(vertices)).collect()).collect()
    })
}

/// Runs a property on the same cases every time.
fn for_all<S: Strategy>(cases: u32, strategy: S, property: impl Fn(S::Value)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let outcome = runner.run(&strategy, |value| {
        property(value);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

fn usable_rings(parts: &Parts) -> Rings {
    take_rings(parts, &mut Catalogue::new(Frame::DEGREES, parts))
}

#[test]
fn the_sweep_and_the_comparison_of_neighbours_agree() {
    for_all(4_000, small_parts(), |parts| {
        let rings = usable_rings(&parts);
        if rings.rings.is_empty() || rings.rings.iter().any(|ring| ring.spiky) {
            return;
        }
        let direct = node::judge(&rings, contact::find(&rings));
        let swept = node::judge(&rings, contact::swept(&rings));
        assert_eq!(direct.faults.is_empty(), swept.faults.is_empty(), "{parts:?}");
        if !direct.faults.is_empty() {
            return;
        }
        let misplaced = nesting::by_sweep(&rings);
        if let Ok(directly) = nesting::directly(&rings, &direct) {
            assert_eq!(directly.is_empty(), misplaced.is_empty(), "{directly:?} {misplaced:?}");
        }
        let cuts = |judged: &node::Judged| node::cut_interiors(&rings, &judged.touches).len();
        assert_eq!(cuts(&direct), cuts(&swept), "{parts:?}");
    });
}

#[test]
fn a_verdict_does_not_depend_on_where_rings_start_or_how_they_wind() {
    let turned = (small_parts(), any::<prop::sample::Index>(), any::<bool>());
    for_all(2_000, turned, |(parts, index, reversed)| {
        let mut changed = parts.clone();
        for ring in changed.iter_mut().flatten() {
            ring.pop();
            let start = index.index(ring.len());
            ring.rotate_left(start);
            if reversed {
                ring.reverse();
            }
            ring.extend(ring.first().copied());
        }
        assert_eq!(accepted(&parts), accepted(&changed), "{parts:?}");
    });
}
