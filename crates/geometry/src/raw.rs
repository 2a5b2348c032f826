//! Geometry before and after it is checked.

use crate::bbox::Bbox;
use crate::defect::{Defect, Rule};
use crate::lon_lat::{self, LonLat};
use crate::polygon::HazardPolygon;
use crate::shape::Shape;
use crate::wkb::{self, StoredGeometryError};

/// A geometry as somebody sent it, before any check.
///
/// # Coordinates
/// Positions are longitude, latitude; further numbers have been dropped by the reader. Nothing is
/// promised: they may be swapped, out of range or not finite.
///
/// # Shape
/// As in GeoJSON: the rings of a polygon are closed, and the first is the shell.
#[derive(Clone, Debug, PartialEq)]
pub enum RawGeometry {
    /// One position.
    Point([f64; 2]),
    /// Several positions.
    MultiPoint(Vec<[f64; 2]>),
    /// A line.
    LineString(Vec<[f64; 2]>),
    /// Several lines.
    MultiLineString(Vec<Vec<[f64; 2]>>),
    /// The rings of one polygon.
    Polygon(Vec<Vec<[f64; 2]>>),
    /// The rings of several polygons.
    MultiPolygon(Vec<Vec<Vec<[f64; 2]>>>),
}

impl RawGeometry {
    /// All positions, in the order they were sent.
    pub fn positions(&self) -> impl Iterator<Item = [f64; 2]> {
        let (flat, nested, deep): (&[[f64; 2]], &[Vec<[f64; 2]>], &[Vec<Vec<[f64; 2]>>]) =
            match self {
                Self::Point(position) => (std::slice::from_ref(position), &[], &[]),
                Self::MultiPoint(positions) | Self::LineString(positions) => (positions, &[], &[]),
                Self::MultiLineString(rings) | Self::Polygon(rings) => (&[], rings, &[]),
                Self::MultiPolygon(parts) => (&[], &[], parts),
            };
        flat.iter().chain(nested.iter().chain(deep.iter().flatten()).flatten()).copied()
    }

    /// The name GeoJSON gives this kind, for example `MultiPolygon`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Point(_) => "Point",
            Self::MultiPoint(_) => "MultiPoint",
            Self::LineString(_) => "LineString",
            Self::MultiLineString(_) => "MultiLineString",
            Self::Polygon(_) => "Polygon",
            Self::MultiPolygon(_) => "MultiPolygon",
        }
    }
}

/// A checked geometry: a position, a valid polygon of one or more parts, or something drawn of which
/// only the positions were checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    /// A position.
    Point(LonLat),
    /// An area.
    Polygon(HazardPolygon),
    /// Points, lines or areas as they were drawn; nothing is measured by them.
    Shape(Shape),
}

impl Geometry {
    /// Takes a geometry as it was drawn: a position, or a [`Shape`].
    ///
    /// # Errors
    /// As [`LonLat::new`] and [`Shape::new`].
    pub fn as_drawn(raw: RawGeometry) -> Result<Self, Vec<Defect>> {
        match raw {
            RawGeometry::Point(position) => {
                let [lon, lat] = lon_lat::on_the_world(position);
                LonLat::new(lon, lat).map(Self::Point).map_err(|defect| vec![defect])
            }
            shape => Shape::new(shape).map(Self::Shape),
        }
    }

    /// The smallest box around the geometry.
    pub fn bbox(&self) -> Bbox {
        match self {
            Self::Point(position) => {
                let [lon, lat] = (*position).into();
                Bbox { west: lon, south: lat, east: lon, north: lat }
            }
            Self::Polygon(polygon) => polygon.bbox(),
            Self::Shape(shape) => shape.bbox(),
        }
    }

    /// The geometry as well-known binary, little-endian, for [`Self::from_wkb`].
    ///
    /// # Coordinates
    /// CRS84, longitude first, no SRID.
    ///
    /// # Shape
    /// `Point`; `Polygon` for one part; `MultiPolygon` for several. A [`Shape`] is of its own kind,
    /// but areas stand in a `GeometryCollection`, which tells them from polygons that were checked.
    ///
    /// # Source
    /// OGC 06-103r4, clause 8.
    pub fn to_wkb(&self) -> Vec<u8> {
        wkb::write(self)
    }

    /// Reads a geometry that [`Self::to_wkb`] has written.
    ///
    /// The structure, the limits on its size and the range of every coordinate are checked; that
    /// the rings are valid and oriented is taken for granted, because only valid polygons are ever
    /// written. [`Self::recheck`] checks that too.
    ///
    /// # Errors
    /// [`StoredGeometryError`] when the bytes cannot have been written by [`Self::to_wkb`]. No
    /// bytes, however hostile, cause a panic or an allocation larger than themselves.
    pub fn from_wkb(bytes: &[u8]) -> Result<Self, StoredGeometryError> {
        wkb::read(bytes)
    }

    /// Checks a geometry again by every rule, as if it had just been sent.
    ///
    /// # Errors
    /// The defects; also when a ring winds the wrong way.
    pub fn recheck(&self) -> Result<(), Vec<Defect>> {
        match self {
            Self::Point(position) => {
                LonLat::new(position.lon(), position.lat()).map(|_| ()).map_err(|d| vec![d])
            }
            Self::Polygon(polygon) => polygon.recheck(),
            Self::Shape(shape) => shape.recheck(),
        }
    }
}

impl TryFrom<RawGeometry> for Geometry {
    type Error = Vec<Defect>;

    /// Checks a geometry by every rule.
    ///
    /// # Errors
    /// All its defects, up to [`MAX_DEFECTS`](crate::limits::MAX_DEFECTS).
    fn try_from(raw: RawGeometry) -> Result<Self, Vec<Defect>> {
        let kind = raw.kind();
        match raw {
            RawGeometry::Point([lon, lat]) => {
                LonLat::new(lon, lat).map(Self::Point).map_err(|defect| vec![defect])
            }
            RawGeometry::Polygon(rings) => HazardPolygon::new(vec![rings]).map(Self::Polygon),
            RawGeometry::MultiPolygon(parts) => HazardPolygon::new(parts).map(Self::Polygon),
            RawGeometry::MultiPoint(_)
            | RawGeometry::LineString(_)
            | RawGeometry::MultiLineString(_) => Err(vec![Defect::new(
                Rule::UnsupportedKind,
                format_args!("A {kind} is neither a place nor an area"),
            )]),
        }
    }
}

impl From<HazardPolygon> for Geometry {
    fn from(polygon: HazardPolygon) -> Self {
        Self::Polygon(polygon)
    }
}

impl From<LonLat> for Geometry {
    fn from(position: LonLat) -> Self {
        Self::Point(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_come_in_the_order_they_were_sent() {
        let ring = vec![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]];
        let raw = RawGeometry::MultiPolygon(vec![vec![ring.clone()], vec![ring.clone()]]);
        assert_eq!(raw.positions().count(), 8);
        assert_eq!(raw.positions().nth(5), Some([1.0, 0.0]));
        assert_eq!(RawGeometry::Point([1.0, 2.0]).positions().collect::<Vec<_>>(), [[1.0, 2.0]]);
        assert_eq!(RawGeometry::Polygon(vec![ring]).kind(), "Polygon");
    }

    #[test]
    fn lines_are_refused_by_name() {
        let raw = RawGeometry::LineString(vec![[0.0, 0.0], [1.0, 1.0]]);
        let defects = Geometry::try_from(raw).unwrap_err();
        assert_eq!(defects[0].rule, Rule::UnsupportedKind);
        assert!(defects[0].reason.contains("LineString"));
    }

    #[test]
    fn a_point_keeps_its_position() {
        let point = Geometry::try_from(RawGeometry::Point([103.2, 13.1])).unwrap();
        assert_eq!(point.bbox(), Bbox::new(103.2, 13.1, 103.2, 13.1).unwrap());
        assert_eq!(point.recheck(), Ok(()));
        assert!(Geometry::try_from(RawGeometry::Point([0.0, 91.0])).is_err());
    }
}
