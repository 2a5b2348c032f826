//! Well-known binary, little-endian, two dimensions.

use geometry::RawGeometry;

/// Appends a geometry as well-known binary.
///
/// # Source
/// OGC 06-103r4, clause 8.
pub(crate) fn write(out: &mut Vec<u8>, shape: &RawGeometry) {
    out.push(1);
    let code: u32 = match shape {
        RawGeometry::Point(_) => 1,
        RawGeometry::LineString(_) => 2,
        RawGeometry::Polygon(_) => 3,
        RawGeometry::MultiPoint(_) => 4,
        RawGeometry::MultiLineString(_) => 5,
        RawGeometry::MultiPolygon(_) => 6,
    };
    out.extend(code.to_le_bytes());
    match shape {
        RawGeometry::Point(at) => position(out, at),
        RawGeometry::LineString(line) => positions(out, line),
        RawGeometry::Polygon(rings) => {
            count(out, rings.len());
            for ring in rings {
                positions(out, ring);
            }
        }
        RawGeometry::MultiPoint(points) => {
            count(out, points.len());
            for at in points {
                write(out, &RawGeometry::Point(*at));
            }
        }
        RawGeometry::MultiLineString(lines) => {
            count(out, lines.len());
            for line in lines {
                write(out, &RawGeometry::LineString(line.clone()));
            }
        }
        RawGeometry::MultiPolygon(parts) => {
            count(out, parts.len());
            for rings in parts {
                write(out, &RawGeometry::Polygon(rings.clone()));
            }
        }
    }
}

fn count(out: &mut Vec<u8>, count: usize) {
    out.extend((count as u32).to_le_bytes());
}

fn position(out: &mut Vec<u8>, at: &[f64; 2]) {
    for number in at {
        out.extend((number + 0.0).to_le_bytes());
    }
}

fn positions(out: &mut Vec<u8>, line: &[[f64; 2]]) {
    count(out, line.len());
    for at in line {
        position(out, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::Geometry;

    #[test]
    fn what_was_written_is_read_back_by_the_reader_of_stored_geometry() {
        let ring = vec![[0.0, 0.0], [2.0, 0.0], [2.0, 1.5], [0.0, 0.0]];
        for shape in [
            RawGeometry::Point([103.5, -12.25]),
            RawGeometry::Polygon(vec![ring.clone()]),
            RawGeometry::MultiPolygon(vec![
                vec![ring.clone()],
                vec![ring.iter().map(|[x, y]| [x + 5.0, *y]).collect()],
            ]),
        ] {
            let mut bytes = Vec::new();
            write(&mut bytes, &shape);
            let read = Geometry::from_wkb(&bytes).unwrap();
            assert_eq!(Ok(read), Geometry::try_from(shape));
        }
    }
}
