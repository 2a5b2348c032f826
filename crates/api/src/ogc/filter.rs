//! Filters of a request: CQL2, and properties that must equal a value.
//!
//! # Source
//! OGC API – Features – Part 3: Filtering (19-079r2); CQL2 (21-065r2).

use std::sync::Arc;

use cql2::{ArrayRelation, Expression, Filter, Limits, Literal, Literals, Schema};
use survey::{Collection, Queryable, QueryableKind};

use super::crs::Coordinates;
use super::parameters::besides;
use crate::problem::Problem;
use crate::query::{Parameters, invalid};

/// The filter languages understood, the default first.
pub const LANGUAGES: &[&str] = &["cql2-text", "cql2-json"];

/// The filters that the parameters `filter` and those named like queryables ask for; `taken` are the
/// names of parameters that mean something else there.
///
/// # Errors
/// `invalid-parameter`, telling the place in the filter.
pub fn filters(
    parameters: &Parameters,
    collection: &Collection,
    coordinates: &Coordinates,
    taken: &[&str],
) -> Result<Vec<Arc<Filter>>, Problem> {
    let mut filters = Vec::new();
    let language = parameters.word("filter-lang", LANGUAGES)?;
    let is_of_property = |name: &str| !taken.contains(&name);
    if parameters.text("filter").is_none() && !parameters.names().any(is_of_property) {
        return Ok(filters);
    }
    let schema = view::filter_schema(collection);
    if let Some(text) = parameters.text("filter") {
        let expression = expression(text, language)?;
        filters.push(compiled("filter", &expression, &schema, coordinates)?);
    }
    for queryable in besides(taken, collection) {
        let Some(text) = parameters.text(&queryable.name) else { continue };
        let expression = equality(&queryable, text)?;
        filters.push(compiled(&queryable.name, &expression, &schema, coordinates)?);
    }
    Ok(filters)
}

fn expression(text: &str, language: Option<&str>) -> Result<Expression, Problem> {
    let limits = Limits::default();
    let parsed = if language == Some("cql2-json") {
        let json = serde_json::from_str(text)
            .map_err(|error| invalid("filter", &format!("it is no JSON: {error}")))?;
        cql2::parse_json(&json, &limits)
    } else {
        cql2::parse_text(text, &limits)
    };
    parsed.map_err(|error| {
        invalid("filter", &format!("{} (at {})", error.reason, error.at)).with("at", error.at)
    })
}

fn compiled(
    name: &str,
    expression: &Expression,
    schema: &Schema,
    coordinates: &Coordinates,
) -> Result<Arc<Filter>, Problem> {
    let carry = |at: [f64; 2]| coordinates.to_lon_lat(at);
    let literals =
        if coordinates.is_crs84() { Literals::LonLat } else { Literals::Carried(&carry) };
    Filter::compile(expression, schema, literals)
        .map(Arc::new)
        .map_err(|error| invalid(name, &error.to_string()))
}

/// The expression of `name=value`.
fn equality(queryable: &Queryable, value: &str) -> Result<Expression, Problem> {
    let refused = |what: &str| invalid(&queryable.name, &format!("\"{value}\" is not {what}"));
    if !queryable.codes.is_empty() && !queryable.codes.iter().any(|code| code == value) {
        return Err(refused(&format!("one of the codes {}", queryable.codes.join(", "))));
    }
    let literal = match queryable.kind {
        QueryableKind::Text => Literal::Text(value.to_owned()),
        QueryableKind::Texts => {
            let wanted = Expression::List(vec![Expression::text(value)]);
            let sides = [Expression::property(&queryable.name), wanted];
            return Ok(Expression::Array(ArrayRelation::Contains, Box::new(sides)));
        }
        QueryableKind::Boolean => {
            Literal::Boolean(value.parse().map_err(|_no| refused("true or false"))?)
        }
        QueryableKind::Integer => {
            Literal::Integer(value.parse().map_err(|_no| refused("a whole number"))?)
        }
        QueryableKind::Number => match value.parse::<f64>() {
            Ok(number) if number.is_finite() => Literal::Number(number),
            _ => return Err(refused("a number")),
        },
        QueryableKind::Date => {
            Literal::Date(value.parse().map_err(|_no| refused("a day written YYYY-MM-DD"))?)
        }
        QueryableKind::Timestamp => {
            let instant = chrono::DateTime::parse_from_rfc3339(value);
            let instant = instant.map_err(|_no| refused("an instant of RFC 3339"))?;
            Literal::Timestamp(instant.to_utc())
        }
    };
    Ok(Expression::equal(&queryable.name, literal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_a_value_whatever_it_holds() {
        let queryable = Queryable {
            name: "name".to_owned(),
            kind: QueryableKind::Text,
            description: String::new(),
            codes: Vec::new(),
        };
        let hostile = "it's \\ ' OR true";
        let expression = equality(&queryable, hostile).unwrap();
        assert_eq!(expression, Expression::equal("name", Literal::Text(hostile.into())));
        let number = Queryable { kind: QueryableKind::Number, ..queryable };
        assert!(equality(&number, hostile).is_err());
    }
}
