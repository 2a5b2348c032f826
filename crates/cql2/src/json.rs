use serde_json::{Map, Value as Json};

use crate::limits::Budget;
use crate::parser::{Parsed, date, interval_end, timestamp};
use crate::{
    Arithmetic, ArrayRelation, Comparison, Expression, Limits, Literal, SpatialRelation,
    SyntaxError, TemporalRelation, geojson, wkt,
};

/// Reads a filter in the JSON encoding (OGC 21-065r2, clause 8.3 and Annex C).
///
/// # Errors
/// Where the value leaves the schema or exceeds a limit, with the JSON pointer of the place.
///
/// ```
/// use cql2::{Limits, parse_json, to_text};
/// let json = serde_json::json!({"op": "=", "args": [{"property": "status"}, "open"]});
/// let expression = parse_json(&json, &Limits::default()).unwrap();
/// assert_eq!(to_text(&expression), "status = 'open'");
/// ```
pub fn parse_json(json: &Json, limits: &Limits) -> Result<Expression, SyntaxError> {
    Reader { budget: Budget::new(limits) }.expression(json, "")
}

struct Reader {
    budget: Budget,
}

impl Reader {
    fn expression(&mut self, json: &Json, at: &str) -> Parsed {
        let spent = self.budget.node().and_then(|()| self.budget.enter());
        spent.map_err(|reason| SyntaxError::new(at, reason))?;
        let expression = match json {
            Json::Bool(held) => Expression::Literal(Literal::Boolean(*held)),
            Json::Number(number) => number_of(number, at)?,
            Json::String(text) => Expression::text(text),
            Json::Array(parts) => Expression::List(self.expressions(parts, at)?),
            Json::Object(object) => self.object(object, json, at)?,
            Json::Null => {
                return Err(SyntaxError::new(at, "null is no value; use the operator isNull"));
            }
        };
        self.budget.leave();
        Ok(expression)
    }

    fn expressions(&mut self, parts: &[Json], at: &str) -> Parsed<Vec<Expression>> {
        let parts = parts.iter().enumerate();
        parts.map(|(n, part)| self.expression(part, &format!("{at}/{n}"))).collect()
    }

    fn object(&mut self, object: &Map<String, Json>, json: &Json, at: &str) -> Parsed {
        if let Some(op) = object.get("op") {
            let op = op.as_str();
            let op =
                op.ok_or_else(|| SyntaxError::new(format!("{at}/op"), "a text is expected"))?;
            let args = object.get("args").and_then(Json::as_array);
            let args = args.ok_or_else(|| SyntaxError::new(at, "an array \"args\" is missing"))?;
            return self.operation(op, args, at);
        }
        let text = |name: &str| object.get(name).map(|value| value.as_str().unwrap_or_default());
        if let Some(name) = text("property") {
            if name.is_empty() {
                return Err(SyntaxError::new(format!("{at}/property"), "a name is expected"));
            }
            return Ok(Expression::property(name));
        }
        if let Some(text) = text("date") {
            let date = date(text).map(|date| Expression::Literal(Literal::Date(date)));
            let reason = "a date like \"2026-11-26\" is expected";
            return date.ok_or_else(|| SyntaxError::new(format!("{at}/date"), reason));
        }
        if let Some(text) = text("timestamp") {
            let time = timestamp(text).map(|time| Expression::Literal(Literal::Timestamp(time)));
            let reason = "a timestamp like \"2026-11-26T07:00:00Z\" is expected";
            return time.ok_or_else(|| SyntaxError::new(format!("{at}/timestamp"), reason));
        }
        if let Some(ends) = object.get("interval") {
            return self.interval(ends, &format!("{at}/interval"));
        }
        if let Some(numbers) = object.get("bbox").filter(|_| !object.contains_key("type")) {
            let at = format!("{at}/bbox");
            let numbers = numbers.as_array().map(|list| list.iter().filter_map(Json::as_f64));
            let numbers: Vec<f64> = numbers.map(Iterator::collect).unwrap_or_default();
            let edges = wkt::box_of(&numbers).map_err(|reason| SyntaxError::new(at, reason))?;
            return Ok(Expression::Literal(Literal::Box(edges)));
        }
        if object.contains_key("type") {
            let geometry = geojson::geometry(json, at, &mut self.budget)?;
            return Ok(Expression::Literal(Literal::Geometry(geometry)));
        }
        let known = "op, property, date, timestamp, interval, bbox or a GeoJSON geometry";
        Err(SyntaxError::new(at, format!("an object with {known} is expected")))
    }

    fn interval(&mut self, ends: &Json, at: &str) -> Parsed {
        let Some([start, end]) = ends.as_array().map(Vec::as_slice) else {
            return Err(SyntaxError::new(at, "an interval has 2 ends"));
        };
        let mut one = |end: &Json, n: usize| match end {
            Json::String(text) => interval_end(text).map(Expression::Literal).ok_or_else(|| {
                let reason = "a date, a timestamp or \"..\" is expected";
                SyntaxError::new(format!("{at}/{n}"), reason)
            }),
            other => self.expression(other, &format!("{at}/{n}")),
        };
        let ends = [one(start, 0)?, one(end, 1)?];
        Ok(Expression::Interval(Box::new(ends)))
    }

    fn operation(&mut self, op: &str, args: &[Json], at: &str) -> Parsed {
        let place = format!("{at}/args");
        if op == "in" {
            return self.list(args, &place);
        }
        let parts = self.expressions(args, &place)?;
        let (several, count) = (parts.len() >= 2, parts.len());
        let wrong =
            |wanted: &str| SyntaxError::new(&place, format!("{op} takes {wanted}, not {count}"));
        match op {
            "and" if several => return Ok(Expression::And(parts)),
            "or" if several => return Ok(Expression::Or(parts)),
            "and" | "or" => return Err(wrong("2 or more arguments")),
            "not" | "isNull" | "casei" | "accenti" => {
                let [part] = exactly(parts).ok_or_else(|| wrong("1 argument"))?;
                let part = Box::new(part);
                return Ok(match op {
                    "not" => Expression::Not(part),
                    "isNull" => Expression::IsNull(part),
                    "casei" => Expression::CaseInsensitive(part),
                    _ => Expression::AccentInsensitive(part),
                });
            }
            "between" => {
                let three = exactly(parts).ok_or_else(|| wrong("3 arguments"))?;
                return Ok(Expression::Between(Box::new(three)));
            }
            _ => {}
        }
        let Some(make) = binary(op) else { return Ok(Expression::Call(op.to_owned(), parts)) };
        let two = exactly(parts).ok_or_else(|| wrong("2 arguments"))?;
        Ok(make(Box::new(two)))
    }

    fn list(&mut self, args: &[Json], at: &str) -> Parsed {
        let [value, Json::Array(list)] = args else {
            return Err(SyntaxError::new(at, "in takes a value and an array"));
        };
        if list.is_empty() {
            let place = format!("{at}/1");
            return Err(SyntaxError::new(place, "the list is empty; name at least one value"));
        }
        let value = self.expression(value, &format!("{at}/0"))?;
        Ok(Expression::In(Box::new(value), self.expressions(list, &format!("{at}/1"))?))
    }
}

fn binary(op: &str) -> Option<Box<dyn Fn(Box<[Expression; 2]>) -> Expression>> {
    if op == "like" {
        return Some(Box::new(Expression::Like));
    }
    if let Some(op) = Comparison::from_name(op) {
        return Some(Box::new(move |two| Expression::Compare(op, two)));
    }
    if let Some(op) = Arithmetic::from_name(op) {
        return Some(Box::new(move |two| Expression::Arithmetic(op, two)));
    }
    if let Some(relation) = SpatialRelation::from_name(op) {
        return Some(Box::new(move |two| Expression::Spatial(relation, two)));
    }
    if let Some(relation) = TemporalRelation::from_name(op) {
        return Some(Box::new(move |two| Expression::Temporal(relation, two)));
    }
    let relation = ArrayRelation::from_name(op)?;
    Some(Box::new(move |two| Expression::Array(relation, two)))
}

fn exactly<const N: usize>(parts: Vec<Expression>) -> Option<[Expression; N]> {
    parts.try_into().ok()
}

fn number_of(number: &serde_json::Number, at: &str) -> Parsed {
    let literal = match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) => Literal::Integer(integer),
        (None, Some(value)) if value.is_finite() => Literal::Number(value),
        _ => return Err(SyntaxError::new(at, "the number is too large")),
    };
    Ok(Expression::Literal(literal))
}
