use serde_json::{Value as Json, json};

use crate::geojson::to_geojson;
use crate::print::instant_text;
use crate::{Expression, Literal};

/// Writes an expression in the JSON encoding, so that reading it gives the same expression.
pub fn to_json(expression: &Expression) -> Json {
    let list = |parts: &[Expression]| parts.iter().map(to_json).collect::<Json>();
    let (op, args) = match expression {
        Expression::Literal(literal) => return literal_json(literal),
        Expression::Property(name) => return json!({"property": name}),
        Expression::List(parts) => return list(parts),
        Expression::Interval(two) => {
            return json!({"interval": [interval_end(&two[0]), interval_end(&two[1])]});
        }
        Expression::And(parts) => ("and", list(parts)),
        Expression::Or(parts) => ("or", list(parts)),
        Expression::Not(part) => ("not", json!([to_json(part)])),
        Expression::Compare(op, two) => (op.name(), list(&two[..])),
        Expression::Like(two) => ("like", list(&two[..])),
        Expression::Between(three) => ("between", list(&three[..])),
        Expression::In(value, parts) => ("in", json!([to_json(value), list(parts)])),
        Expression::IsNull(part) => ("isNull", json!([to_json(part)])),
        Expression::Spatial(relation, two) => (relation.name(), list(&two[..])),
        Expression::Temporal(relation, two) => (relation.name(), list(&two[..])),
        Expression::Array(relation, two) => (relation.name(), list(&two[..])),
        Expression::Arithmetic(op, two) => (op.name(), list(&two[..])),
        Expression::CaseInsensitive(part) => ("casei", json!([to_json(part)])),
        Expression::AccentInsensitive(part) => ("accenti", json!([to_json(part)])),
        Expression::Call(name, parts) => (name.as_str(), list(parts)),
    };
    json!({"op": op, "args": args})
}

fn interval_end(expression: &Expression) -> Json {
    match expression {
        Expression::Literal(literal) => json!(instant_text(literal)),
        other => to_json(other),
    }
}

fn literal_json(literal: &Literal) -> Json {
    match literal {
        Literal::Boolean(held) => json!(held),
        Literal::Integer(number) => json!(number),
        Literal::Number(number) => json!(number),
        Literal::Text(text) => json!(text),
        Literal::Date(_) => json!({"date": instant_text(literal)}),
        Literal::Timestamp(_) => json!({"timestamp": instant_text(literal)}),
        Literal::Open => json!(".."),
        Literal::Geometry(geometry) => to_geojson(geometry),
        Literal::Box(edges) => json!({"bbox": edges}),
    }
}
