use std::borrow::Cow;
use std::cmp::Ordering;

use geo::Geometry;

use crate::fold::{Pattern, normal, without_accents, without_case};
use crate::spatial::{Shape, box_of, boxes_meet};
use crate::{
    Arithmetic, ArrayRelation, Comparison, Row, SpatialRelation, TemporalRelation, Value, spatial,
    temporal,
};

/// A checked condition with properties by place.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Constant(Option<bool>),
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
    /// A property against a text in normal form C.
    Text(usize, Comparison, String),
    /// A property against a number.
    Number(usize, Comparison, f64),
    Compare(Comparison, Box<[Operand; 2]>),
    Like(Operand, Pattern),
    In(Operand, Vec<Operand>),
    IsNull(Operand),
    Spatial(SpatialRelation, Box<[Operand; 2]>),
    Temporal(TemporalRelation, Box<[Operand; 2]>),
    Array(ArrayRelation, Box<[Operand; 2]>),
    /// A property or function that is itself true or false.
    Truth(Operand),
}

/// A checked expression that yields a value.
#[derive(Debug, Clone)]
pub(crate) enum Operand {
    Value(Value<'static>),
    Property(usize),
    Geometry(usize),
    Shape(Shape),
    Arithmetic(Arithmetic, Box<[Operand; 2]>),
    CaseInsensitive(Box<Operand>),
    AccentInsensitive(Box<Operand>),
    Interval(Box<[Operand; 2]>),
    List(Vec<Operand>),
    Call(fn(&[Value<'_>]) -> Value<'static>, Vec<Operand>),
    Test(Box<Test>),
}

/// All of these; false wins over unknown.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}

/// One of these; true wins over unknown.
fn any(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(parts.map(|part| part.map(|held| !held))).map(|none| !none)
}

impl Test {
    pub(crate) fn run<R: Row + ?Sized>(&self, row: &R) -> Option<bool> {
        match self {
            Self::Constant(result) => *result,
            Self::And(parts) => all(parts.iter().map(|part| part.run(row))),
            Self::Or(parts) => any(parts.iter().map(|part| part.run(row))),
            Self::Not(part) => part.run(row).map(|held| !held),
            Self::Text(index, op, wanted) => match row.value(*index) {
                Value::Text(text) => Some(op.holds(order_of_texts(&text, wanted))),
                _ => None,
            },
            Self::Number(index, op, wanted) => {
                let found = row.value(*index).number()?;
                found.partial_cmp(wanted).map(|order| op.holds(order))
            }
            Self::Compare(op, two) => {
                two[0].value(row).order(&two[1].value(row)).map(|order| op.holds(order))
            }
            Self::Like(operand, pattern) => match operand.value(row) {
                Value::Text(text) => Some(pattern.matches(&normal(&text))),
                _ => None,
            },
            Self::In(operand, list) => {
                let value = operand.value(row);
                any(list.iter().map(|one| one.value(row).order(&value).map(Ordering::is_eq)))
            }
            Self::IsNull(operand) => Some(operand.value(row).is_null()),
            Self::Spatial(relation, two) => spatial_test(*relation, &two[0], &two[1], row),
            Self::Temporal(relation, two) => {
                temporal::relate(*relation, &two[0].value(row), &two[1].value(row))
            }
            Self::Array(relation, two) => {
                array_test(*relation, &two[0].value(row), &two[1].value(row))
            }
            Self::Truth(operand) => match operand.value(row) {
                Value::Boolean(held) => Some(held),
                _ => None,
            },
        }
    }
}

fn order_of_texts(found: &str, wanted: &str) -> Ordering {
    if found == wanted { Ordering::Equal } else { (*normal(found)).cmp(wanted) }
}

impl Operand {
    pub(crate) fn value<'r, R: Row + ?Sized>(&'r self, row: &'r R) -> Value<'r> {
        match self {
            Self::Value(value) => borrowed(value),
            Self::Property(index) => row.value(*index),
            Self::Geometry(index) => row.geometry(*index).map_or(Value::Null, Value::Geometry),
            Self::Shape(shape) => Value::Geometry(Cow::Borrowed(&shape.geometry)),
            Self::Arithmetic(op, two) => arithmetic(*op, &two[0].value(row), &two[1].value(row)),
            Self::CaseInsensitive(part) => folded(part.value(row), without_case),
            Self::AccentInsensitive(part) => folded(part.value(row), without_accents),
            Self::Interval(two) => {
                let ends = [two[0].value(row), two[1].value(row)];
                if ends.iter().any(Value::is_null) {
                    return Value::Null;
                }
                Value::Interval(Box::new(ends))
            }
            Self::List(parts) => Value::Array(parts.iter().map(|part| part.value(row)).collect()),
            Self::Call(call, arguments) => {
                let values: Vec<_> = arguments.iter().map(|one| one.value(row)).collect();
                call(&values)
            }
            Self::Test(test) => test.run(row).map_or(Value::Null, Value::Boolean),
        }
    }
}

fn borrowed<'r>(value: &'r Value<'static>) -> Value<'r> {
    match value {
        Value::Text(text) => Value::Text(Cow::Borrowed(text)),
        other => other.clone(),
    }
}

fn folded(value: Value<'_>, fold: fn(&str) -> String) -> Value<'_> {
    match value {
        Value::Text(text) => Value::Text(Cow::Owned(fold(&text))),
        _ => Value::Null,
    }
}

/// Numbers computed; absent when an operand is, or when there is no finite result.
pub(crate) fn arithmetic(op: Arithmetic, a: &Value<'_>, b: &Value<'_>) -> Value<'static> {
    if let (Value::Integer(a), Value::Integer(b)) = (a, b) {
        let exact = match op {
            Arithmetic::Add => a.checked_add(*b),
            Arithmetic::Subtract => a.checked_sub(*b),
            Arithmetic::Multiply => a.checked_mul(*b),
            Arithmetic::Remainder => a.checked_rem(*b),
            Arithmetic::IntegerDivide => a.checked_div(*b),
            Arithmetic::Power => u32::try_from(*b).ok().and_then(|b| a.checked_pow(b)),
            Arithmetic::Divide => None,
        };
        if let Some(exact) = exact {
            return Value::Integer(exact);
        }
    }
    let (Some(a), Some(b)) = (a.number(), b.number()) else { return Value::Null };
    let result = match op {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide => a / b,
        Arithmetic::Remainder => a % b,
        Arithmetic::IntegerDivide => (a / b).trunc(),
        Arithmetic::Power => a.powf(b),
    };
    if result.is_finite() { Value::Number(result) } else { Value::Null }
}

fn array_test(relation: ArrayRelation, a: &Value<'_>, b: &Value<'_>) -> Option<bool> {
    let (Value::Array(a), Value::Array(b)) = (a, b) else { return None };
    let within = |a: &[Value<'_>], b: &[Value<'_>]| a.iter().all(|one| holds(b, one));
    Some(match relation {
        ArrayRelation::Equals => within(a, b) && within(b, a),
        ArrayRelation::Contains => within(b, a),
        ArrayRelation::ContainedBy => within(a, b),
        ArrayRelation::Overlaps => a.iter().any(|one| holds(b, one)),
    })
}

fn holds(list: &[Value<'_>], wanted: &Value<'_>) -> bool {
    list.iter().any(|one| {
        one == wanted
            || one.order(wanted).is_some_and(Ordering::is_eq)
            || array_test(ArrayRelation::Equals, one, wanted) == Some(true)
    })
}

fn spatial_test<R: Row + ?Sized>(
    relation: SpatialRelation,
    a: &Operand,
    b: &Operand,
    row: &R,
) -> Option<bool> {
    let known = [known_boxes(a, row), known_boxes(b, row)];
    if let [Some(left), Some(right)] = &known
        && !meet(left, right)
    {
        return Some(relation == SpatialRelation::Disjoint);
    }
    let (a, b) = (a.value(row), b.value(row));
    let (Value::Geometry(a), Value::Geometry(b)) = (&a, &b) else { return None };
    let boxes = |geometry: &Geometry<f64>| box_of(geometry).into_iter().collect::<Vec<_>>();
    let [left, right] = known;
    if !meet(&left.unwrap_or_else(|| boxes(a).into()), &right.unwrap_or_else(|| boxes(b).into())) {
        return Some(relation == SpatialRelation::Disjoint);
    }
    spatial::relate(relation, a, b)
}

fn known_boxes<'r, R: Row + ?Sized>(operand: &'r Operand, row: &R) -> Option<Cow<'r, [[f64; 4]]>> {
    match operand {
        Operand::Geometry(index) => {
            row.bbox(*index).map(|edges| Cow::Owned(spatial::halves(edges)))
        }
        Operand::Shape(shape) => Some(Cow::Borrowed(&shape.boxes)),
        _ => None,
    }
}

fn meet(left: &[[f64; 4]], right: &[[f64; 4]]) -> bool {
    left.iter().any(|a| right.iter().any(|b| boxes_meet(a, b)))
}
