//! Well-known binary, and the header `GeoPackage` puts before it.

use geometry::RawGeometry;

use super::bytes::Bytes;

/// Kinds nested in each other at most: a collection of collections is no geometry here.
const DEPTH_MAX: u32 = 2;

/// Reads the geometry of a `GeoPackage` blob; none where it is empty.
///
/// # Source
/// OGC 12-128r19, clause 2.1.3.
pub(super) fn read_blob(blob: &[u8]) -> Result<Option<RawGeometry>, String> {
    let [b'G', b'P', _version, flags, ..] = blob else {
        return Err("it does not begin as a GeoPackage geometry does".to_owned());
    };
    if flags & 0x20 != 0 {
        return Err("it is of a kind of its own, which only its programme reads".to_owned());
    }
    let envelope_bytes = match flags >> 1 & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err("its envelope is of an unknown kind".to_owned()),
    };
    if flags & 0x10 != 0 {
        return Ok(None);
    }
    let rest = blob.get(8 + envelope_bytes..).ok_or("it ends in its header")?;
    read(rest)
}

/// Reads well-known binary, ISO's or that of PostGIS; numbers beyond the second of a position are
/// left out; none where it is empty.
///
/// # Source
/// OGC 06-103r4, clause 8.
pub(super) fn read(bytes: &[u8]) -> Result<Option<RawGeometry>, String> {
    let mut bytes = Bytes::new(bytes);
    let shape = geometry(&mut bytes, 0)?;
    Ok(shape.filter(|shape| shape.positions().next().is_some()))
}

const ENDS: &str = "it ends too early, or tells more positions than it has";

#[derive(Clone, Copy)]
struct Form {
    little: bool,
    numbers: usize,
}

fn geometry(bytes: &mut Bytes<'_>, depth: u32) -> Result<Option<RawGeometry>, String> {
    let little = bytes.u8().ok_or(ENDS)? == 1;
    let word = bytes.u32(little).ok_or(ENDS)?;
    if word & 0x2000_0000 != 0 {
        bytes.u32(little).ok_or(ENDS)?;
    }
    let code = word & 0x0FFF_FFFF;
    let iso = code / 1_000;
    let has_z = word & 0x8000_0000 != 0 || iso == 1 || iso == 3;
    let has_m = word & 0x4000_0000 != 0 || iso == 2 || iso == 3;
    let form = Form { little, numbers: 2 + usize::from(has_z) + usize::from(has_m) };
    if depth >= DEPTH_MAX {
        return Err("geometries are nested in each other".to_owned());
    }
    Ok(Some(match code % 1_000 {
        1 => {
            let at = position(bytes, form).ok_or(ENDS)?;
            if at.iter().all(|number| number.is_nan()) {
                return Ok(None);
            }
            RawGeometry::Point(at)
        }
        2 => RawGeometry::LineString(line(bytes, form).ok_or(ENDS)?),
        3 => RawGeometry::Polygon(lines(bytes, form).ok_or(ENDS)?),
        4 => RawGeometry::MultiPoint(parts(bytes, little, depth, |it| match it {
            RawGeometry::Point(at) => Some(at),
            _ => None,
        })?),
        5 => RawGeometry::MultiLineString(parts(bytes, little, depth, |it| match it {
            RawGeometry::LineString(line) => Some(line),
            _ => None,
        })?),
        6 => RawGeometry::MultiPolygon(parts(bytes, little, depth, |it| match it {
            RawGeometry::Polygon(rings) => Some(rings),
            _ => None,
        })?),
        other => {
            return Err(format!(
                "kind {other} is none of points, lines and polygons; curves are not"
            ));
        }
    }))
}

fn position(bytes: &mut Bytes<'_>, form: Form) -> Option<[f64; 2]> {
    let at = [bytes.f64(form.little)?, bytes.f64(form.little)?];
    bytes.take((form.numbers - 2) * 8)?;
    Some(at)
}

fn line(bytes: &mut Bytes<'_>, form: Form) -> Option<Vec<[f64; 2]>> {
    let count = bytes.count(form.little, form.numbers * 8)?;
    (0..count).map(|_| position(bytes, form)).collect()
}

fn lines(bytes: &mut Bytes<'_>, form: Form) -> Option<Vec<Vec<[f64; 2]>>> {
    let count = bytes.count(form.little, 4)?;
    (0..count).map(|_| line(bytes, form)).collect()
}

fn parts<T>(
    bytes: &mut Bytes<'_>,
    little: bool,
    depth: u32,
    part: impl Fn(RawGeometry) -> Option<T>,
) -> Result<Vec<T>, String> {
    let count = bytes.count(little, 9).ok_or(ENDS)?;
    let mut all = Vec::new();
    for _ in 0..count {
        if let Some(one) = geometry(bytes, depth + 1)? {
            all.push(part(one).ok_or("its parts are of another kind than itself")?);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_kind_reads_back_as_it_is_written() {
        let ring = vec![[0.0, 0.0], [2.5, 0.0], [2.0, 1.5], [0.0, 0.0]];
        for shape in [
            RawGeometry::Point([103.5, -12.25]),
            RawGeometry::MultiPoint(vec![[1.0, 2.0]]),
            RawGeometry::LineString(ring.clone()),
            RawGeometry::MultiLineString(vec![ring.clone()]),
            RawGeometry::Polygon(vec![ring.clone()]),
            RawGeometry::MultiPolygon(vec![vec![ring.clone(), ring.clone()], vec![ring]]),
        ] {
            let mut bytes = Vec::new();
            crate::wkb::write(&mut bytes, &shape);
            assert_eq!(read(&bytes), Ok(Some(shape)));
            for end in 0..bytes.len() {
                assert!(read(&bytes[..end]).is_err());
            }
        }
    }

    #[test]
    fn big_endian_heights_and_the_words_of_postgis_are_read() {
        let mut iso = vec![0, 0, 0, 0x03, 0xE9];
        let mut postgis = vec![1, 1, 0, 0, 0xA0, 0xE6, 0x10, 0, 0];
        for number in [1.5_f64, 2.5, 99.0] {
            iso.extend(number.to_be_bytes());
            postgis.extend(number.to_le_bytes());
        }
        let point = Ok(Some(RawGeometry::Point([1.5, 2.5])));
        assert_eq!(read(&iso), point);
        assert_eq!(read(&postgis), point);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = read(&bytes);
            let _ = read(&[&[1, 6, 0, 0, 0][..], &bytes].concat());
            let _ = read_blob(&[&b"GP\0\x01\0\0\0\0"[..], &bytes].concat());
        }
    }
}
