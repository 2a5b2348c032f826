//! The equal-area plane and its grid against PROJ and `GeographicLib`'s Planimeter.
#![cfg(test)]

mod areas;
mod edges;
mod projection;

use geometry::HazardPolygon;

type Ring = Vec<[f64; 2]>;

/// A shape of the file and the area Planimeter gives it.
struct Known {
    name: String,
    area_m2: f64,
    parts: Vec<Vec<Ring>>,
}

impl Known {
    fn polygon(&self) -> HazardPolygon {
        HazardPolygon::new(self.parts.clone()).unwrap_or_else(|e| panic!("{}: {e:?}", self.name))
    }

    fn is_at_least_20_ha(&self) -> bool {
        self.area_m2 > 1.9e5
    }
}

/// Reads the areas measured by Planimeter; the file says how.
fn measured_by_planimeter() -> Vec<Known> {
    let lines = include_str!("planimeter.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.map(known).collect()
}

fn known(line: &str) -> Known {
    let fields: Vec<&str> = line.split('\t').collect();
    let [name, area, parts] = fields[..] else { panic!("{line}") };
    let part = |part: &str| part.split('/').map(ring).collect();
    Known {
        name: name.to_owned(),
        area_m2: area.parse().unwrap(),
        parts: parts.split(';').map(part).collect(),
    }
}

fn ring(numbers: &str) -> Ring {
    let numbers: Vec<f64> = numbers.split(' ').map(|number| number.parse().unwrap()).collect();
    let mut ring: Ring = numbers.chunks(2).map(|pair| [pair[0], pair[1]]).collect();
    ring.push(ring[0]);
    ring
}
