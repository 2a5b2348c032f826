/// What a property or function yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// Text.
    Text,
    /// A day.
    Date,
    /// An instant.
    Timestamp,
    /// Two instants.
    Interval,
    /// A geometry.
    Geometry,
    /// Several values.
    Array(Box<Kind>),
    /// Not known before the row is read.
    Any,
}

impl Kind {
    /// The word for it in messages and in the list of functions (requirement `get-functions-response-json`).
    pub fn name(&self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Text => "string",
            Self::Date => "date",
            Self::Timestamp => "datetime",
            Self::Interval => "interval",
            Self::Geometry => "geometry",
            Self::Array(_) => "array",
            Self::Any => "any",
        }
    }

    /// The words for all that may be given where this kind is wanted.
    pub(crate) fn words(&self) -> &'static [&'static str] {
        match self {
            Self::Integer | Self::Number => &["integer", "number"],
            Self::Date | Self::Timestamp => &["date", "datetime"],
            Self::Boolean => &["boolean"],
            Self::Text => &["string"],
            Self::Interval => &["interval"],
            Self::Geometry => &["geometry"],
            Self::Array(_) => &["array"],
            Self::Any => &["any"],
        }
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Self::Integer | Self::Number | Self::Any)
    }

    pub(crate) fn is_instant(&self) -> bool {
        matches!(self, Self::Date | Self::Timestamp | Self::Any)
    }
}

/// The properties that filters of one collection may name (its queryables), and its functions.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    pub(crate) properties: Vec<(String, Kind)>,
    pub(crate) functions: Vec<crate::Function>,
}

impl Schema {
    /// A schema of these properties; a [`crate::Row`] is asked for them by their place here.
    pub fn new<N: Into<String>>(properties: impl IntoIterator<Item = (N, Kind)>) -> Self {
        let properties = properties.into_iter().map(|(name, kind)| (name.into(), kind)).collect();
        Self { properties, functions: Vec::new() }
    }

    /// The same, with functions beyond those of the standard.
    #[must_use]
    pub fn with_functions(mut self, functions: impl IntoIterator<Item = crate::Function>) -> Self {
        self.functions.extend(functions);
        self
    }

    /// The place of a property, by which a [`crate::Row`] is asked for it.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.properties.iter().position(|(known, _)| known == name)
    }
}
