use chrono::{DateTime, NaiveDate, Utc};
use geo::Geometry;

/// A parsed filter, or a part of one: what the text and the JSON encoding have in common.
///
/// Nothing is checked here but grammar; `Filter::compile` says whether it makes sense.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A value written in the filter.
    Literal(Literal),
    /// The value of a property, by name.
    Property(String),
    /// True when all are; at least two.
    And(Vec<Expression>),
    /// True when one is; at least two.
    Or(Vec<Expression>),
    /// The opposite; unknown stays unknown.
    Not(Box<Expression>),
    /// `left op right` (clause 6.5).
    Compare(Comparison, Box<[Expression; 2]>),
    /// `value LIKE pattern` (clause 7.1): `%` any characters, `_` one, `\` takes the next as it is.
    Like(Box<[Expression; 2]>),
    /// `value BETWEEN least AND most`, ends included.
    Between(Box<[Expression; 3]>),
    /// `value IN (list)`.
    In(Box<Expression>, Vec<Expression>),
    /// `value IS NULL`.
    IsNull(Box<Expression>),
    /// A relation of two geometries (clause 7.5).
    Spatial(SpatialRelation, Box<[Expression; 2]>),
    /// A relation of two instants or intervals (clause 7.7).
    Temporal(TemporalRelation, Box<[Expression; 2]>),
    /// A relation of two arrays, as sets (clause 7.8).
    Array(ArrayRelation, Box<[Expression; 2]>),
    /// `left op right` on numbers (clause 7.11).
    Arithmetic(Arithmetic, Box<[Expression; 2]>),
    /// `CASEI(text)`: full case folding.
    CaseInsensitive(Box<Expression>),
    /// `ACCENTI(text)`: without accents.
    AccentInsensitive(Box<Expression>),
    /// `INTERVAL(start, end)`, ends included.
    Interval(Box<[Expression; 2]>),
    /// An array.
    List(Vec<Expression>),
    /// A function that is not of the standard, by name.
    Call(String, Vec<Expression>),
}

/// A value written in a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `TRUE`, `FALSE`.
    Boolean(bool),
    /// A number without point or exponent.
    Integer(i64),
    /// Any other number; finite.
    Number(f64),
    /// `'…'`
    Text(String),
    /// `DATE('2026-11-26')`
    Date(NaiveDate),
    /// `TIMESTAMP('2026-11-26T07:00:00Z')`
    Timestamp(DateTime<Utc>),
    /// `'..'`: the open end of an interval.
    Open,
    /// A geometry, heights dropped; longitude first unless the caller says otherwise.
    Geometry(Geometry<f64>),
    /// `BBOX(west, south, east, north)`, heights dropped; west > east crosses the antimeridian.
    Box([f64; 4]),
}

/// Declares an enumeration whose variants have one name in text and one in JSON.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $json:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// All of them, in the order of the standard.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in the JSON encoding; in text case does not matter.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $json,)+ }
            }

            /// The one of this name, whatever its case.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name().eq_ignore_ascii_case(name))
            }
        }
    };
}

named! {
    /// The comparison operators of clause 6.5.
    Comparison {
        /// The same value.
        Equal = "=",
        /// Another value.
        NotEqual = "<>",
        /// Smaller.
        Less = "<",
        /// Larger.
        Greater = ">",
        /// Smaller or the same.
        LessOrEqual = "<=",
        /// Larger or the same.
        GreaterOrEqual = ">=",
    }
}

named! {
    /// The spatial functions (clause 7.5), by the DE-9IM of OGC 06-103r4.
    SpatialRelation {
        /// A point in common.
        Intersects = "s_intersects",
        /// The same points.
        Equals = "s_equals",
        /// No point in common.
        Disjoint = "s_disjoint",
        /// Only boundary points in common.
        Touches = "s_touches",
        /// The first within the second.
        Within = "s_within",
        /// Part of each in the other, of the same dimension.
        Overlaps = "s_overlaps",
        /// Through each other.
        Crosses = "s_crosses",
        /// The second within the first.
        Contains = "s_contains",
    }
}

named! {
    /// The temporal functions (clause 7.7), ends of intervals included.
    TemporalRelation {
        /// The first begins after the second ends.
        After = "t_after",
        /// The first ends before the second begins.
        Before = "t_before",
        /// The second within the first, no end shared.
        Contains = "t_contains",
        /// No instant in common.
        Disjoint = "t_disjoint",
        /// The first within the second, no end shared.
        During = "t_during",
        /// Both ends the same.
        Equals = "t_equals",
        /// The second ends with the first and begins later.
        FinishedBy = "t_finishedBy",
        /// The first ends with the second and begins later.
        Finishes = "t_finishes",
        /// An instant in common.
        Intersects = "t_intersects",
        /// The first ends when the second begins.
        Meets = "t_meets",
        /// The first begins when the second ends.
        MetBy = "t_metBy",
        /// The first begins within the second and ends later.
        OverlappedBy = "t_overlappedBy",
        /// The first begins earlier and ends within the second.
        Overlaps = "t_overlaps",
        /// Both begin together, the second ends first.
        StartedBy = "t_startedBy",
        /// Both begin together, the first ends first.
        Starts = "t_starts",
    }
}

named! {
    /// The array functions (clause 7.8); order and repetition do not matter.
    ArrayRelation {
        /// The same elements.
        Equals = "a_equals",
        /// All of the second in the first.
        Contains = "a_contains",
        /// All of the first in the second.
        ContainedBy = "a_containedBy",
        /// An element in common.
        Overlaps = "a_overlaps",
    }
}

named! {
    /// The arithmetic operators (clause 7.11).
    Arithmetic {
        /// Sum.
        Add = "+",
        /// Difference.
        Subtract = "-",
        /// Product.
        Multiply = "*",
        /// Quotient, never rounded.
        Divide = "/",
        /// Remainder, with the sign of the dividend.
        Remainder = "%",
        /// Quotient without its fraction.
        IntegerDivide = "div",
        /// Power.
        Power = "^",
    }
}

impl Expression {
    /// The property of this name.
    pub fn property(name: impl Into<String>) -> Self {
        Self::Property(name.into())
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Literal(Literal::Text(text.into()))
    }

    /// `property = value`: what the query parameter `name=value` of a features resource says.
    ///
    /// ```
    /// use cql2::{Expression, Literal, to_text};
    /// let one = Expression::equal("status", Literal::Text("open".into()));
    /// let two = Expression::equal("phase", Literal::Integer(2));
    /// let both = Expression::all([one, two]).unwrap();
    /// assert_eq!(to_text(&both), "(status = 'open') AND (phase = 2)");
    /// ```
    pub fn equal(property: impl Into<String>, value: Literal) -> Self {
        Self::compare(Comparison::Equal, Self::property(property), Self::Literal(value))
    }

    /// `left op right`.
    pub fn compare(op: Comparison, left: Self, right: Self) -> Self {
        Self::Compare(op, Box::new([left, right]))
    }

    /// All of these joined by AND; `None` when there are none.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut parts: Vec<Self> = parts.into_iter().collect();
        if parts.len() > 1 { Some(Self::And(parts)) } else { parts.pop() }
    }

    /// How deep this is nested; a literal is 1.
    pub(crate) fn depth(&self) -> usize {
        1 + self.parts().iter().map(|part| part.depth()).max().unwrap_or(0)
    }

    /// The expressions right below this one.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Literal(_) | Self::Property(_) => Vec::new(),
            Self::And(parts) | Self::Or(parts) | Self::List(parts) | Self::Call(_, parts) => {
                parts.iter().collect()
            }
            Self::Not(part)
            | Self::IsNull(part)
            | Self::CaseInsensitive(part)
            | Self::AccentInsensitive(part) => vec![part],
            Self::Compare(_, two)
            | Self::Like(two)
            | Self::Spatial(_, two)
            | Self::Temporal(_, two)
            | Self::Array(_, two)
            | Self::Arithmetic(_, two)
            | Self::Interval(two) => two.iter().collect(),
            Self::Between(three) => three.iter().collect(),
            Self::In(value, list) => std::iter::once(&**value).chain(list).collect(),
        }
    }
}
