use serde_json::json;

use crate::{Kind, Value};

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
        let arguments = self.arguments.iter();
        let arguments: Vec<_> =
            arguments.map(|(title, kind)| json!({"title": title, "type": [kind.name()]})).collect();
        json!({
            "name": self.name,
            "description": self.description,
            "arguments": arguments,
            "returns": [self.result.name()],
        })
    }
}
