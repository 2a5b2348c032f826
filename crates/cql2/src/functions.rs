use serde_json::json;

use crate::{ArrayRelation, Kind, SpatialRelation, TemporalRelation, Value};

/// A function beyond those of the standard (requirements class Functions, clause 7.10).
#[derive(Debug, Clone)]
pub struct Function {
    /// As filters name it; case matters.
    pub name: String,
    /// What it does, in a sentence.
    pub description: String,
    /// Title and kind of each argument.
    pub arguments: Vec<(String, Kind)>,
    /// What it yields.
    pub result: Kind,
    /// The function itself; a missing argument is [`Value::Null`].
    pub call: fn(&[Value<'_>]) -> Value<'static>,
}

impl Function {
    /// The entry of this function in the resource `/functions`.
    pub fn describe(&self) -> serde_json::Value {
        let arguments = self.arguments.iter().map(|(title, kind)| (title.as_str(), kind.words()));
        described(&self.name, &self.description, arguments, self.result.name())
    }
}

/// The entries of the standard's own functions in the resource `/functions`, by their names in the
/// JSON encoding; in text their case does not matter.
pub fn standard_functions() -> Vec<serde_json::Value> {
    let text =
        |name, description| described(name, description, [("text", &["string"][..])], "string");
    let boolean = |name, kinds, description| {
        described(name, description, [("first", kinds), ("second", kinds)], "boolean")
    };
    let mut all = vec![
        text("casei", "The text without differences of case, on either side of a comparison."),
        text("accenti", "The text without accents, on either side of a comparison."),
    ];
    all.extend(SpatialRelation::ALL.iter().map(|relation| {
        boolean(relation.name(), &["geometry"][..], "Whether two geometries are so related.")
    }));
    let times = &["date", "datetime", "interval"][..];
    all.extend(TemporalRelation::ALL.iter().map(|relation| {
        boolean(relation.name(), times, "Whether two days, instants or intervals are so related.")
    }));
    all.extend(ArrayRelation::ALL.iter().map(|relation| {
        boolean(relation.name(), &["array"][..], "Whether two lists, as sets, are so related.")
    }));
    all
}

fn described<'a>(
    name: &str,
    description: &str,
    arguments: impl IntoIterator<Item = (&'a str, &'a [&'a str])>,
    returns: &str,
) -> serde_json::Value {
    let argument = |(title, kinds)| json!({ "title": title, "type": kinds });
    json!({
        "name": name,
        "description": description,
        "arguments": arguments.into_iter().map(argument).collect::<Vec<_>>(),
        "returns": [returns],
    })
}
