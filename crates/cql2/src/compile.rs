use std::borrow::Cow;

use crate::check::{FilterError, comparable};
use crate::evaluate::{Operand, Test};
use crate::fold::{Pattern, normal, without_accents, without_case};
use crate::parser::{date, timestamp};
use crate::{Comparison, Expression, Kind, Literal, Row, Schema, Value, boxes, spatial};

/// In which coordinates the geometry literals of a filter are written.
#[derive(Clone, Copy)]
pub enum Literals<'a> {
    /// Longitude and latitude in degrees (CRS84), the default of `filter-crs`.
    LonLat,
    /// Something else, which this carries to longitude and latitude, or says why it cannot.
    Carried(&'a dyn Fn([f64; 2]) -> Result<[f64; 2], String>),
}

impl std::fmt::Debug for Literals<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if let Self::LonLat = self { "LonLat" } else { "Carried" })
    }
}

/// A filter checked against a schema, ready for rows.
#[derive(Debug, Clone)]
pub struct Filter {
    test: Test,
    properties: Vec<usize>,
}

impl Filter {
    /// Checks an expression: properties and functions exist, operands are of fitting kinds, and
    /// geometry literals lie on the earth.
    ///
    /// # Errors
    /// The first thing that does not fit, with names that would.
    pub fn compile(
        expression: &Expression,
        schema: &Schema,
        literals: Literals<'_>,
    ) -> Result<Self, FilterError> {
        let mut compiler = Compiler { schema, literals, properties: Vec::new() };
        let test = compiler.test(expression)?;
        let mut properties = compiler.properties;
        properties.sort_unstable();
        properties.dedup();
        Ok(Self { test, properties })
    }

    /// Whether the row is selected; unknown (`None`) when that depends on an absent value.
    pub fn matches<R: Row + ?Sized>(&self, row: &R) -> Option<bool> {
        self.test.run(row)
    }

    /// Boxes (west, south, east, north) of which the geometry at this place of the schema must meet
    /// one in every selected row; `None` when nothing is known.
    pub fn boxes(&self, property: usize) -> Option<Vec<[f64; 4]>> {
        boxes::boxes(&self.test, property)
    }

    /// The places in the schema of the properties this filter reads, ascending.
    pub fn properties(&self) -> &[usize] {
        &self.properties
    }
}

/// A row for what needs none.
struct NoRow;

impl Row for NoRow {
    fn value(&self, _: usize) -> Value<'_> {
        Value::Null
    }
}

struct Compiler<'a> {
    schema: &'a Schema,
    literals: Literals<'a>,
    properties: Vec<usize>,
}

type Checked<T> = Result<T, FilterError>;

impl Compiler<'_> {
    fn test(&mut self, expression: &Expression) -> Checked<Test> {
        let before = self.properties.len();
        let test = match expression {
            Expression::Literal(Literal::Boolean(held)) => Test::Constant(Some(*held)),
            Expression::And(parts) => Test::And(self.tests(parts)?),
            Expression::Or(parts) => Test::Or(self.tests(parts)?),
            Expression::Not(part) => Test::Not(Box::new(self.test(part)?)),
            Expression::Compare(op, two) => self.comparison(expression, *op, two)?,
            Expression::Like(two) => self.like(expression, two)?,
            Expression::Between(three) => self.between(expression, three)?,
            Expression::In(value, list) => self.list(expression, value, list)?,
            Expression::IsNull(part) => Test::IsNull(self.operand(part)?.0),
            Expression::Spatial(relation, two) => {
                let fits = |kind: &Kind| matches!(kind, Kind::Geometry | Kind::Any);
                Test::Spatial(*relation, self.two(two, fits, "a geometry")?)
            }
            Expression::Temporal(relation, two) => {
                let fits = |kind: &Kind| kind.is_instant() || *kind == Kind::Interval;
                Test::Temporal(*relation, self.two(two, fits, "a date, timestamp or interval")?)
            }
            Expression::Array(relation, two) => {
                let fits = |kind: &Kind| matches!(kind, Kind::Array(_) | Kind::Any);
                Test::Array(*relation, self.two(two, fits, "an array")?)
            }
            other => match self.operand(other)? {
                (operand, Kind::Boolean | Kind::Any) => Test::Truth(operand),
                (_, kind) => return Err(wanted(other, "true or false", &kind)),
            },
        };
        let constant = self.properties.len() == before && !calls(expression);
        Ok(if constant { Test::Constant(test.run(&NoRow)) } else { test })
    }

    fn tests(&mut self, parts: &[Expression]) -> Checked<Vec<Test>> {
        parts.iter().map(|part| self.test(part)).collect()
    }

    fn two(
        &mut self,
        two: &[Expression; 2],
        fits: impl Fn(&Kind) -> bool,
        what: &str,
    ) -> Checked<Box<[Operand; 2]>> {
        let mut one = |part: &Expression| -> Checked<Operand> {
            let (operand, kind) = self.operand(part)?;
            if fits(&kind) { Ok(operand) } else { Err(wanted(part, what, &kind)) }
        };
        Ok(Box::new([one(&two[0])?, one(&two[1])?]))
    }

    /// Two operands of kinds that can be compared; a text beside a date or timestamp is read as one
    /// (permission `type-casts`).
    fn comparands(
        &mut self,
        whole: &Expression,
        left: &Expression,
        right: &Expression,
    ) -> Checked<[Operand; 2]> {
        let ((a, a_kind), (b, b_kind)) = (self.operand(left)?, self.operand(right)?);
        if comparable(&a_kind, &b_kind) {
            return Ok([a, b]);
        }
        if a_kind.is_instant()
            && let Some(b) = instant(right)
        {
            return Ok([a, b]);
        }
        if b_kind.is_instant()
            && let Some(a) = instant(left)
        {
            return Ok([a, b]);
        }
        let (a, b) = (a_kind.name(), b_kind.name());
        Err(FilterError::kind(whole, format!("{a} and {b} cannot be compared")))
    }

    fn comparison(
        &mut self,
        whole: &Expression,
        op: Comparison,
        two: &[Expression; 2],
    ) -> Checked<Test> {
        let operands = self.comparands(whole, &two[0], &two[1])?;
        Ok(match operands {
            [Operand::Property(index), Operand::Value(value)] => simple(index, op, value),
            [Operand::Value(value), Operand::Property(index)] => simple(index, mirrored(op), value),
            other => Test::Compare(op, Box::new(other)),
        })
    }

    fn like(&mut self, whole: &Expression, two: &[Expression; 2]) -> Checked<Test> {
        let (value, kind) = self.operand(&two[0])?;
        if !matches!(kind, Kind::Text | Kind::Any) {
            return Err(wanted(&two[0], "a text", &kind));
        }
        let Some(pattern) = pattern(&two[1]) else {
            let reason = "the pattern of LIKE is a text, within CASEI or ACCENTI if need be";
            return Err(FilterError::kind(whole, reason));
        };
        Ok(Test::Like(value, Pattern::new(&pattern)))
    }

    fn between(&mut self, whole: &Expression, three: &[Expression; 3]) -> Checked<Test> {
        let [value, least, most] = three;
        let from = self.comparands(whole, value, least)?;
        let to = self.comparands(whole, value, most)?;
        for part in three {
            let (_, kind) = self.operand(part)?;
            if matches!(kind, Kind::Boolean) {
                return Err(wanted(part, "a number", &kind));
            }
        }
        Ok(Test::And(vec![
            Test::Compare(Comparison::GreaterOrEqual, Box::new(from)),
            Test::Compare(Comparison::LessOrEqual, Box::new(to)),
        ]))
    }

    fn list(
        &mut self,
        whole: &Expression,
        value: &Expression,
        list: &[Expression],
    ) -> Checked<Test> {
        let (operand, _) = self.operand(value)?;
        let mut found = Vec::with_capacity(list.len());
        for one in list {
            let [_, other] = self.comparands(whole, value, one)?;
            found.push(other);
        }
        Ok(Test::In(operand, found))
    }

    fn operand(&mut self, expression: &Expression) -> Checked<(Operand, Kind)> {
        let before = self.properties.len();
        let (operand, kind) = self.unfolded(expression)?;
        let spatial = matches!(operand, Operand::Shape(_) | Operand::Geometry(_));
        if spatial || self.properties.len() > before || calls(expression) {
            return Ok((operand, kind));
        }
        let value = owned(operand.value(&NoRow));
        Ok((value.map_or(operand, Operand::Value), kind))
    }

    fn unfolded(&mut self, expression: &Expression) -> Checked<(Operand, Kind)> {
        Ok(match expression {
            Expression::Literal(literal) => self.literal(expression, literal)?,
            Expression::Property(name) => self.property(name)?,
            Expression::Arithmetic(op, two) => {
                let operands = self.two(two, Kind::is_number, "a number")?;
                (Operand::Arithmetic(*op, operands), Kind::Number)
            }
            Expression::CaseInsensitive(part) => {
                (Operand::CaseInsensitive(Box::new(self.text(part)?)), Kind::Text)
            }
            Expression::AccentInsensitive(part) => {
                (Operand::AccentInsensitive(Box::new(self.text(part)?)), Kind::Text)
            }
            Expression::Interval(two) => {
                let ends = self.two(two, Kind::is_instant, "a date or timestamp")?;
                (Operand::Interval(ends), Kind::Interval)
            }
            Expression::List(parts) => {
                let found: Checked<Vec<_>> = parts.iter().map(|part| self.operand(part)).collect();
                let parts = found?.into_iter().map(|(operand, _)| operand).collect();
                (Operand::List(parts), Kind::Array(Box::new(Kind::Any)))
            }
            Expression::Call(name, arguments) => self.call(expression, name, arguments)?,
            other => (Operand::Test(Box::new(self.test(other)?)), Kind::Boolean),
        })
    }

    fn text(&mut self, part: &Expression) -> Checked<Operand> {
        match self.operand(part)? {
            (operand, Kind::Text | Kind::Any) => Ok(operand),
            (_, kind) => Err(wanted(part, "a text", &kind)),
        }
    }

    fn property(&mut self, name: &str) -> Checked<(Operand, Kind)> {
        let index = self.schema.find(name);
        let index = index.ok_or_else(|| FilterError::property(name, self.schema))?;
        self.properties.push(index);
        let kind = self.schema.properties[index].1.clone();
        let spatial = kind == Kind::Geometry;
        Ok((if spatial { Operand::Geometry(index) } else { Operand::Property(index) }, kind))
    }

    fn literal(&self, whole: &Expression, literal: &Literal) -> Checked<(Operand, Kind)> {
        let kind = match literal {
            Literal::Boolean(_) => Kind::Boolean,
            Literal::Integer(_) => Kind::Integer,
            Literal::Number(_) => Kind::Number,
            Literal::Text(_) => Kind::Text,
            Literal::Date(_) => Kind::Date,
            Literal::Timestamp(_) => Kind::Timestamp,
            Literal::Open => Kind::Any,
            Literal::Geometry(_) | Literal::Box(_) => Kind::Geometry,
        };
        let shape = match literal {
            Literal::Geometry(geometry) => spatial::shape(geometry, self.literals),
            Literal::Box(edges) => spatial::box_shape(*edges, self.literals),
            other => return Ok((Operand::Value(other.value()), kind)),
        };
        let shape = shape.map_err(|reason| FilterError::position(whole, reason))?;
        Ok((Operand::Shape(shape), kind))
    }

    fn call(
        &mut self,
        whole: &Expression,
        name: &str,
        arguments: &[Expression],
    ) -> Checked<(Operand, Kind)> {
        let function = self.schema.functions.iter().find(|known| known.name == name);
        let function = function.ok_or_else(|| FilterError::function(name, self.schema))?;
        if function.arguments.len() != arguments.len() {
            let (wanted, found) = (function.arguments.len(), arguments.len());
            return Err(FilterError::kind(
                whole,
                format!("{name} takes {wanted} arguments, not {found}"),
            ));
        }
        let mut operands = Vec::with_capacity(arguments.len());
        for (argument, (_, expected)) in arguments.iter().zip(&function.arguments) {
            let (operand, kind) = self.operand(argument)?;
            let same = std::mem::discriminant(&kind) == std::mem::discriminant(expected);
            if !same && !comparable(&kind, expected) {
                return Err(wanted(argument, expected.name(), &kind));
            }
            operands.push(operand);
        }
        Ok((Operand::Call(function.call, operands), function.result.clone()))
    }
}

fn wanted(part: &Expression, what: &str, found: &Kind) -> FilterError {
    FilterError::kind(part, format!("{what} is expected here, not {}", found.name()))
}

/// Whether a function of the caller's takes part; those are never computed beforehand.
fn calls(expression: &Expression) -> bool {
    matches!(expression, Expression::Call(..)) || expression.parts().into_iter().any(calls)
}

fn simple(index: usize, op: Comparison, value: Value<'static>) -> Test {
    match value {
        Value::Text(text) => Test::Text(index, op, text.into_owned()),
        // Beyond 2^53 not every integer is a floating point number.
        Value::Integer(number) if number.unsigned_abs() <= 1 << 53 => {
            Test::Number(index, op, number as f64)
        }
        Value::Number(number) => Test::Number(index, op, number),
        other => Test::Compare(op, Box::new([Operand::Property(index), Operand::Value(other)])),
    }
}

fn mirrored(op: Comparison) -> Comparison {
    match op {
        Comparison::Less => Comparison::Greater,
        Comparison::Greater => Comparison::Less,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}

fn instant(expression: &Expression) -> Option<Operand> {
    let Expression::Literal(Literal::Text(text)) = expression else { return None };
    let value = date(text).map(Value::Date).or_else(|| timestamp(text).map(Value::Timestamp));
    value.map(Operand::Value)
}

fn pattern(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Literal(Literal::Text(text)) => Some(normal(text).into_owned()),
        Expression::CaseInsensitive(part) => pattern(part).map(|text| without_case(&text)),
        Expression::AccentInsensitive(part) => pattern(part).map(|text| without_accents(&text)),
        _ => None,
    }
}

/// The value apart from what it was computed from; `None` for what is not worth keeping so.
fn owned(value: Value<'_>) -> Option<Value<'static>> {
    Some(match value {
        Value::Null => Value::Null,
        Value::Boolean(value) => Value::Boolean(value),
        Value::Integer(value) => Value::Integer(value),
        Value::Number(value) => Value::Number(value),
        Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
        Value::Date(date) => Value::Date(date),
        Value::Timestamp(time) => Value::Timestamp(time),
        Value::Open => Value::Open,
        Value::Interval(_) | Value::Geometry(_) | Value::Array(_) => return None,
    })
}
