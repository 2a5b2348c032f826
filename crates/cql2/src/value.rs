use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, Utc};
use geo::Geometry;

use crate::fold::normal;
use crate::{Comparison, Literal};

/// A value of a row, or one computed from it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Absent.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any number.
    Number(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// A day.
    Date(NaiveDate),
    /// An instant.
    Timestamp(DateTime<Utc>),
    /// From the first to the second value, both an instant or [`Value::Open`].
    Interval(Box<[Value<'a>; 2]>),
    /// The open end of an interval.
    Open,
    /// A geometry, longitude first.
    Geometry(Cow<'a, Geometry<f64>>),
    /// Several values.
    Array(Vec<Value<'a>>),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

/// Something a filter is applied to.
pub trait Row {
    /// The value of the property at this place of the schema; geometries are asked for otherwise.
    fn value(&self, index: usize) -> Value<'_>;

    /// The geometry of the property at this place, longitude first; `None` when absent.
    fn geometry(&self, index: usize) -> Option<Cow<'_, Geometry<f64>>> {
        let _ = index;
        None
    }

    /// West, south, east and north of the geometry at this place, when known without reading it;
    /// west is greater than east where it crosses the antimeridian.
    fn bbox(&self, index: usize) -> Option<[f64; 4]> {
        let _ = index;
        None
    }
}

impl Value<'_> {
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// The order of two values of one kind; `None` when one is absent or they are not comparable.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(normal(a).cmp(&normal(b))),
            (Self::Boolean(a), Self::Boolean(b)) => Some(a.cmp(b)),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            (Self::Timestamp(a), Self::Timestamp(b)) => Some(a.cmp(b)),
            (Self::Timestamp(a), Self::Date(b)) => Some(a.date_naive().cmp(b)),
            (Self::Date(a), Self::Timestamp(b)) => Some(a.cmp(&b.date_naive())),
            _ => self.number()?.partial_cmp(&other.number()?),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl Comparison {
    /// Whether this holds for two values that are so ordered.
    pub(crate) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::Greater => order.is_gt(),
            Self::LessOrEqual => order.is_le(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

impl Literal {
    /// The value of everything but spatial literals, texts in normal form C.
    pub(crate) fn value(&self) -> Value<'static> {
        match self {
            Self::Boolean(value) => Value::Boolean(*value),
            Self::Integer(value) => Value::Integer(*value),
            Self::Number(value) => Value::Number(*value),
            Self::Text(text) => Value::Text(Cow::Owned(normal(text).into_owned())),
            Self::Date(date) => Value::Date(*date),
            Self::Timestamp(time) => Value::Timestamp(*time),
            Self::Open => Value::Open,
            Self::Geometry(_) | Self::Box(_) => Value::Null,
        }
    }
}
