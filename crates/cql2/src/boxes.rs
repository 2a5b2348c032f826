use crate::SpatialRelation;
use crate::evaluate::{Operand, Test};

/// Boxes of which each row that the test selects must meet one, by the geometry at `property`.
pub(crate) fn boxes(test: &Test, property: usize) -> Option<Vec<[f64; 4]>> {
    match test {
        Test::Constant(Some(true)) => None,
        Test::Constant(_) => Some(Vec::new()),
        Test::And(parts) => {
            let found = parts.iter().filter_map(|part| boxes(part, property));
            found.min_by(|a, b| extent(a).total_cmp(&extent(b)))
        }
        Test::Or(parts) => {
            let found: Option<Vec<_>> = parts.iter().map(|part| boxes(part, property)).collect();
            found.map(|lists| lists.concat())
        }
        Test::Spatial(relation, operands) if *relation != SpatialRelation::Disjoint => {
            match &**operands {
                [Operand::Geometry(index), Operand::Shape(shape)]
                | [Operand::Shape(shape), Operand::Geometry(index)]
                    if *index == property =>
                {
                    Some(shape.boxes.clone())
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn extent(boxes: &[[f64; 4]]) -> f64 {
    boxes.iter().map(|[west, south, east, north]| (east - west) * (north - south)).sum()
}
