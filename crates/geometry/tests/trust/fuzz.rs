//! Bytes as geometry: whatever they say, nothing panics, and what comes out is valid.
//!
//! The inputs in `tests/corpus` are tried first: bytes in hexadecimal, after `#` what they are.
//! When a property fails here, it prints such a line; keep it there.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use geometry::planar::{self, Polygon};
use geometry::{GridPoint, GridShape, HazardPolygon, OverlayOp, faces, overlay};
use proptest::prelude::*;

use crate::rings::{Parts, for_all};

/// Reads bytes as parts: a byte for the scale, then two for each position; some are commands.
fn parts_of(bytes: &[u8]) -> Parts {
    let Some((&first, rest)) = bytes.split_first() else { return Vec::new() };
    let ([x0, y0], step) = match first % 5 {
        0 => ([103.0, 13.0], 2e-5),
        1 => ([0.0, 0.0], 1e-4),
        2 => ([-179.999_999, 89.999_999], 1e-8),
        3 => ([105.3, 11.7], 1e-12),
        _ => ([0.0, 0.0], 1e-5 / 3.0),
    };
    let tiny = if x0 == 0.0 { [-0.0, 5e-324] } else { [x0, x0 - x0 * f64::EPSILON] };
    let strange = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, 200.0, x0, tiny[0], tiny[1]];
    let mut parts: Parts = vec![vec![vec![]]];
    let mut bytes = rest.iter().copied();
    while let Some(byte) = bytes.next() {
        let next = bytes.next().unwrap_or(0);
        let Some(part) = parts.last_mut() else { break };
        let Some(ring) = part.last_mut() else { break };
        match byte {
            255 => parts.push(vec![vec![]]),
            254 => part.push(vec![]),
            253 => ring.extend(ring.first().copied()),
            252 => {
                let number = strange[usize::from(next) % strange.len()];
                ring.push(if next & 8 == 0 { [number, y0] } else { [x0, number - x0 + y0] });
            }
            251 => parts.push(vec![]),
            _ => ring.push([x0 + f64::from(byte) * step, y0 - f64::from(next) * step]),
        }
    }
    parts
}

fn raw_parts(polygon: &HazardPolygon) -> Parts {
    polygon.parts().map(|rings| rings.map(<[_]>::to_vec).collect()).collect()
}

/// Puts bytes through everything that takes geometry from outside.
fn exercise(bytes: &[u8]) {
    let parts = parts_of(bytes);
    let verdict = HazardPolygon::new(parts.clone());
    if let Err(defects) = &verdict {
        assert!(defects.iter().all(|d| d.at.is_none_or(|at| at.iter().all(|v| v.is_finite()))));
        assert!(!defects.is_empty());
    }
    let grid = |rings: &Vec<Vec<[f64; 2]>>| {
        let point = |p: &[f64; 2]| GridPoint::from_plane(p.map(|v| v.clamp(-1e6, 1e6) * 1e3));
        GridShape::from_polygons([rings.iter().map(|r| r.iter().map(point).collect::<Vec<_>>())])
    };
    let shapes: Vec<GridShape> = parts.iter().filter_map(|rings| grid(rings).ok()).collect();
    for face in faces(&shapes) {
        assert_eq!(face.area, face.shape.area());
    }
    if let Ok(plane) = Polygon::new(&parts) {
        let joined = planar::overlay(OverlayOp::Union, &plane, &plane);
        assert_eq!(planar::validity(joined.parts()), Ok(()));
    }
    let Ok(repair) = HazardPolygon::suggest_repair(&parts) else {
        assert!(verdict.is_err());
        return;
    };
    assert_eq!(HazardPolygon::new(raw_parts(&repair.polygon)).as_ref(), Ok(&repair.polygon));
    assert!(repair.added_m2 >= 0.0 && repair.removed_m2 == 0.0, "{repair:?}");
    for rings in parts.iter().take(1) {
        let Ok(other) = HazardPolygon::suggest_repair(std::slice::from_ref(rings)) else {
            continue;
        };
        for op in [OverlayOp::Intersection, OverlayOp::Difference] {
            let exact = overlay(op, &repair.polygon.to_grid(), &other.polygon.to_grid());
            if let Some(result) = repair.polygon.overlay(op, &other.polygon).unwrap() {
                let length = exact.vertex_count() as f64 * 100.0 + 1.0;
                let off = (result.area_m2() - exact.area().m2()).abs();
                assert!(off <= 1e-3 * length, "{op:?}: {off} m²");
            }
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bytes_of(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.split('#').next().unwrap().bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

#[test]
fn inputs_that_once_were_trouble_are_none() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        for line in fs::read_to_string(&file).unwrap().lines() {
            exercise(&bytes_of(line));
        }
    }
}

#[test]
fn no_bytes_make_anything_panic() {
    let small = prop_oneof![6 => 0..12_u8, 1 => 251..=255_u8];
    let bytes = prop_oneof![
        (any::<u8>(), prop::collection::vec(small, 0..60)).prop_map(|(scale, rest)| [
            vec![scale],
            rest
        ]
        .concat()),
        prop::collection::vec(any::<u8>(), 0..120),
    ];
    for_all(3_000, bytes, |bytes| {
        let outcome = std::panic::catch_unwind(|| exercise(&bytes));
        assert!(outcome.is_ok(), "keep this line in tests/corpus: {}", hexadecimal(&bytes));
    });
}
