//! A second opinion on geometry: GEOS, on thousands of random and degenerate cases, the same in
//! every run. Verdicts must agree without exception, areas to within the grid.

#![cfg(test)]

mod draw;
mod overlays;
mod verdicts;

use std::fmt::Write;

use geos::Geometry;

/// Parts → rings → closed positions.
type Parts = Vec<Vec<Vec<[f64; 2]>>>;

/// Gives parts to GEOS.
fn to_geos(parts: &Parts) -> Geometry {
    let mut text = String::from("MULTIPOLYGON");
    let mut separator = '(';
    for rings in parts {
        text.push(separator);
        separator = ',';
        let mut between_rings = '(';
        for ring in rings {
            text.push(between_rings);
            between_rings = ',';
            let mut between = '(';
            for [x, y] in ring {
                write!(text, "{between}{x} {y}").unwrap();
                between = ',';
            }
            text.push(')');
        }
        text.push(')');
    }
    text.push_str(if parts.is_empty() { " EMPTY" } else { ")" });
    Geometry::new_from_wkt(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
