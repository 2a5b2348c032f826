//! Limits on the size of an area that is otherwise valid.

use super::Rings;
use crate::defect::{Defect, Rule};
use crate::limits;
use crate::predicate::Position;

/// Radius in metres of the sphere with the surface of WGS 84.
const AUTHALIC_RADIUS_M: f64 = 6_371_007.2;

/// Kilometres in a degree of a great circle of that sphere.
const KM_PER_DEGREE: f64 = 111.195;

/// Refuses areas and boundaries beyond the limits.
pub(super) fn check(rings: &Rings) -> Result<(), Vec<Defect>> {
    let mut defects = Vec::new();
    let [west, south, east, north] = crate::polygon::plain_box_of(&rings.positions);
    let extent = (east - west) + (north - south);
    let at = rings.positions[0];
    if extent * rings.positions.len() as f64 * KM_PER_DEGREE > limits::MAX_BOUNDARY_KM {
        let length = boundary_km(rings);
        if length > limits::MAX_BOUNDARY_KM {
            let limit = limits::MAX_BOUNDARY_KM;
            let fault = format_args!("The boundary is about {length:.0} km long, over {limit}");
            defects.push(Defect::new(Rule::TooLarge, fault).at(at));
        }
    }
    let box_km2 = km2((east - west) * (sin_deg(north) - sin_deg(south)));
    if box_km2 > limits::MAX_AREA_KM2 {
        let signed = |ring: usize| twice_signed(rings.ring(ring)).abs() / 2.0;
        let sizes =
            rings.rings.iter().enumerate().map(|(number, ring)| {
                if ring.is_shell() { signed(number) } else { -signed(number) }
            });
        let area = km2(sizes.sum());
        if area > limits::MAX_AREA_KM2 {
            let limit = limits::MAX_AREA_KM2;
            let fault = format_args!("The area is about {area:.0} km², over {limit}");
            defects.push(Defect::new(Rule::TooLarge, fault).at(at));
        }
    }
    if defects.is_empty() { Ok(()) } else { Err(defects) }
}

fn sin_deg(degrees: f64) -> f64 {
    degrees.to_radians().sin()
}

/// From degrees of longitude times sine of latitude to square kilometres.
fn km2(extent: f64) -> f64 {
    AUTHALIC_RADIUS_M * AUTHALIC_RADIUS_M * extent.to_radians() / 1e6
}

fn twice_signed(ring: &[Position]) -> f64 {
    let trapezoid =
        |edge: &[Position]| (edge[1][0] - edge[0][0]) * (sin_deg(edge[0][1]) + sin_deg(edge[1][1]));
    ring.windows(2).map(trapezoid).sum()
}

/// The length of all rings along parallels and meridians.
fn boundary_km(rings: &Rings) -> f64 {
    let step = |edge: &[Position]| {
        let cos = edge[0][1].abs().min(edge[1][1].abs()).to_radians().cos();
        (edge[1][0] - edge[0][0]).abs() * cos + (edge[1][1] - edge[0][1]).abs()
    };
    let edges = (0..rings.rings.len()).flat_map(|ring| rings.ring(ring).windows(2));
    KM_PER_DEGREE * edges.map(step).sum::<f64>()
}
