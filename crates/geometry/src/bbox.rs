//! Boxes of longitudes and latitudes.

use crate::defect::{Defect, Rule};
use crate::lon_lat::LonLat;

/// A box between two meridians and two parallels, edges included.
///
/// # Coordinates
/// Degrees, CRS84. A `west` greater than `east` means that the box crosses the antimeridian
/// (RFC 7946, section 5.2).
///
/// # Examples
/// ```
/// use geometry::{Bbox, LonLat};
///
/// let fiji = Bbox::new(177.0, -20.0, -178.0, -16.0)?;
/// assert!(fiji.contains(LonLat::new(-179.9, -17.0)?));
/// assert!(!fiji.contains(LonLat::new(0.0, -17.0)?));
/// # Ok::<(), geometry::Defect>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bbox {
    /// Western edge in degrees of longitude.
    pub west: f64,
    /// Southern edge in degrees of latitude.
    pub south: f64,
    /// Eastern edge in degrees of longitude.
    pub east: f64,
    /// Northern edge in degrees of latitude.
    pub north: f64,
}

/// A box that does not cross the antimeridian: `[west, south, east, north]`.
pub(crate) type PlainBox = [f64; 4];

impl Bbox {
    /// Checks the four edges of a box.
    ///
    /// # Errors
    /// [`Rule::NotFinite`] or [`Rule::OutOfRange`]; `OutOfRange` also when the south edge is north
    /// of the north edge.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Result<Self, Defect> {
        let south_west = LonLat::new(west, south)?;
        let north_east = LonLat::new(east, north)?;
        if south > north {
            return Err(Defect::new(
                Rule::OutOfRange,
                format_args!("The box has its southern edge {south} north of its northern {north}"),
            ));
        }
        Ok(Self {
            west: south_west.lon(),
            south: south_west.lat(),
            east: north_east.lon(),
            north: north_east.lat(),
        })
    }

    /// Tells whether the box crosses the antimeridian.
    pub fn crosses_antimeridian(&self) -> bool {
        self.west > self.east
    }

    /// The extent from west to east in degrees, 0 to 360.
    pub fn width_deg(&self) -> f64 {
        let width = self.east - self.west;
        if width < 0.0 { width + 360.0 } else { width }
    }

    /// Tells whether the position is in the box or on its edge.
    ///
    /// A position at 180° is also at −180°, and a pole is at every longitude.
    pub fn contains(&self, position: LonLat) -> bool {
        let [lon, lat] = position.into();
        if lat < self.south || lat > self.north {
            return false;
        }
        let holds = |lon: f64| {
            if self.crosses_antimeridian() {
                lon >= self.west || lon <= self.east
            } else {
                lon >= self.west && lon <= self.east
            }
        };
        holds(lon) || (lon.abs() >= 180.0 && holds(-lon)) || lat.abs() >= 90.0
    }

    /// Tells whether two boxes have a position in common, if only an edge or a corner.
    pub fn intersects(&self, other: &Self) -> bool {
        self.pieces().any(|a| other.pieces().any(|b| boxes_touch(a, b)))
    }

    /// The smallest box around both.
    ///
    /// Of the two ways around the globe the shorter one is taken; when they are equal, the one that
    /// does not cross the antimeridian.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let spans = [(self.west, self.east), (other.west, other.east)];
        let (west, east) = smallest_span(&spans);
        Self { west, south: self.south.min(other.south), east, north: self.north.max(other.north) }
    }

    /// The plain boxes this box consists of: one, or two where it reaches the antimeridian, whose
    /// other side is the same place.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = PlainBox> + use<> {
        let Self { west, south, east, north } = *self;
        let (first, second) = if west > east {
            ((west, 180.0), Some((-180.0, east)))
        } else if east >= 180.0 && west > -180.0 {
            ((west, east), Some((-180.0, -180.0)))
        } else if west <= -180.0 && east < 180.0 {
            ((west, east), Some((180.0, 180.0)))
        } else {
            ((west, east), None)
        };
        std::iter::once(first).chain(second).map(move |(west, east)| [west, south, east, north])
    }
}

/// Tells whether two plain boxes have a position in common.
pub(crate) fn boxes_touch(a: PlainBox, b: PlainBox) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

/// The shortest span of longitudes that holds all the given ones, each `(west, east)`.
///
/// It leaves out the widest gap; when two are equally wide, the one at the antimeridian.
pub(crate) fn smallest_span(spans: &[(f64, f64)]) -> (f64, f64) {
    let mut plain: Vec<(f64, f64)> = Vec::with_capacity(spans.len() + 1);
    for &(west, east) in spans {
        if west > east {
            plain.push((west, 180.0));
            plain.push((-180.0, east));
        } else {
            plain.push((west, east));
        }
    }
    plain.sort_by(|a, b| a.0.total_cmp(&b.0));
    let Some(&(first_west, mut reach)) = plain.first() else {
        return (0.0, 0.0);
    };
    let mut widest: Option<(f64, f64, f64)> = None;
    for &(west, east) in &plain {
        let gap = west - reach;
        if gap > 0.0 && widest.is_none_or(|(width, _, _)| gap > width) {
            widest = Some((gap, reach, west));
        }
        reach = reach.max(east);
    }
    let outer_gap = first_west + 360.0 - reach;
    match widest {
        Some((gap, east, west)) if gap > outer_gap => (west, east),
        _ => (first_west, reach),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bbox(west: f64, south: f64, east: f64, north: f64) -> Bbox {
        Bbox::new(west, south, east, north).unwrap()
    }

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn a_box_holds_its_edges_and_corners() {
        let cambodia = bbox(102.0, 10.0, 108.0, 15.0);
        assert!(cambodia.contains(at(102.0, 10.0)));
        assert!(cambodia.contains(at(108.0, 12.0)));
        assert!(!cambodia.contains(at(108.000_001, 12.0)));
    }

    #[test]
    fn both_names_of_the_antimeridian_are_one_place() {
        assert!(bbox(170.0, 0.0, 180.0, 1.0).contains(at(-180.0, 0.5)));
        assert!(bbox(-180.0, 0.0, -170.0, 1.0).contains(at(180.0, 0.5)));
        assert!(bbox(-180.0, 0.0, -170.0, 1.0).intersects(&bbox(170.0, 0.0, 180.0, 1.0)));
        assert!(!bbox(-179.0, 0.0, -170.0, 1.0).intersects(&bbox(170.0, 0.0, 180.0, 1.0)));
    }

    #[test]
    fn a_box_across_the_antimeridian_meets_boxes_on_both_sides() {
        let fiji = bbox(177.0, -20.0, -178.0, -16.0);
        assert!(fiji.intersects(&bbox(-179.0, -18.0, 0.0, 0.0)));
        assert!(fiji.intersects(&bbox(0.0, -18.0, 177.0, 0.0)));
        assert!(!fiji.intersects(&bbox(-177.0, -18.0, 176.0, 0.0)));
        assert!((fiji.width_deg() - 5.0).abs() < 1e-12);
    }

    #[test]
    fn the_union_goes_the_short_way_round() {
        let east = bbox(178.0, 0.0, 179.0, 1.0);
        let west = bbox(-179.0, -1.0, -178.0, 0.5);
        assert_eq!(east.union(&west), bbox(178.0, -1.0, -178.0, 1.0));
        let near = bbox(1.0, 0.0, 2.0, 1.0).union(&bbox(-3.0, 0.0, -2.0, 1.0));
        assert_eq!(near, bbox(-3.0, 0.0, 2.0, 1.0));
        assert_eq!(
            bbox(170.0, 0.0, -170.0, 1.0).union(&bbox(175.0, 0.0, 176.0, 1.0)),
            bbox(170.0, 0.0, -170.0, 1.0)
        );
    }

    #[test]
    fn a_box_upside_down_is_refused() {
        assert_eq!(Bbox::new(0.0, 1.0, 1.0, 0.0).unwrap_err().rule, Rule::OutOfRange);
        assert_eq!(Bbox::new(f64::NAN, 0.0, 1.0, 1.0).unwrap_err().rule, Rule::NotFinite);
    }
}
