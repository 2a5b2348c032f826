//! The reference system of a file, and its coordinates as longitude and latitude.

use geometry::RawGeometry;
use geometry::crs::{AxisOrder, Crs};

use super::{Shape, Stop, broken};
use crate::error::ReadErrorCode;

/// What the coordinates of a file are in; easting or longitude first, as files have it.
pub(super) enum Frame {
    LonLat,
    Other(Crs),
}

impl Frame {
    /// The system that a code or a description names.
    ///
    /// # Errors
    /// `unsupported-crs` when it is not known, or when only a guess leads from it to WGS 84.
    pub(super) fn parse(text: &str) -> Result<Self, Stop> {
        let crs = Crs::parse(text).map_err(|error| unsupported(&error.to_string()))?;
        let code = crs.code().map(ToString::to_string);
        if matches!(code.as_deref(), Some("EPSG:4326" | "OGC:CRS84")) || is_wgs84(&crs) {
            return Ok(Self::LonLat);
        }
        Ok(Self::Other(crs))
    }

    pub(super) fn carry(&self, shape: Shape) -> Shape {
        let (Self::Other(crs), Shape::Read(shape)) = (self, &shape) else { return shape };
        match carried(crs, shape) {
            Ok(carried) => Shape::Read(carried),
            Err(reason) => Shape::unreadable(crate::plain::to_wkt(shape), reason),
        }
    }
}

/// Whether a description without a code, as in a `.prj`, is WGS 84 in degrees.
fn is_wgs84(crs: &Crs) -> bool {
    let in_degrees = crs.axes().iter().all(|axis| axis.unit == "degree");
    let datum = crs.datum().replace('_', " ");
    crs.is_geographic() && in_degrees && matches!(datum.as_str(), "WGS 1984" | "D WGS 1984")
        || (crs.is_geographic() && in_degrees && datum.starts_with("World Geodetic System 1984"))
}

pub(super) fn unsupported(reason: &str) -> Stop {
    let message = format!(
        "the reference system of the file cannot be used: {reason}; send longitude and latitude \
         on WGS 84"
    );
    broken(ReadErrorCode::UnsupportedCrs, message)
}

fn carried(crs: &Crs, shape: &RawGeometry) -> Result<RawGeometry, String> {
    let all: Vec<[f64; 2]> = shape.positions().collect();
    let carried =
        crs.to_crs84_all(&all, AxisOrder::EastingFirst).map_err(|error| error.to_string())?;
    let mut positions = carried.positions.iter().map(|at| [at.lon(), at.lat()]);
    let mut position = || positions.next().unwrap_or_default();
    let mut line = |from: &Vec<[f64; 2]>| from.iter().map(|_| position()).collect::<Vec<_>>();
    Ok(match shape {
        RawGeometry::Point(at) => RawGeometry::Point(line(&vec![*at])[0]),
        RawGeometry::MultiPoint(points) => RawGeometry::MultiPoint(line(points)),
        RawGeometry::LineString(points) => RawGeometry::LineString(line(points)),
        RawGeometry::MultiLineString(lines) => {
            RawGeometry::MultiLineString(lines.iter().map(line).collect())
        }
        RawGeometry::Polygon(rings) => RawGeometry::Polygon(rings.iter().map(line).collect()),
        RawGeometry::MultiPolygon(parts) => RawGeometry::MultiPolygon(
            parts.iter().map(|rings| rings.iter().map(&mut line).collect()).collect(),
        ),
    })
}
