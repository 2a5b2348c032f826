//! One operation in the words of OpenAPI.

use serde_json::{Map, Value, json};

use super::inputs::inputs;
use super::{content, page, reference, responses, secured};
use crate::ogc::answer::JSON;

/// An operation being described.
pub struct Operation(Value);

impl Operation {
    /// An operation by its id, what it belongs to, and what it is for.
    pub fn new(id: &str, tag: &str, summary: &str) -> Self {
        Self(json!({ "operationId": id, "tags": [tag], "summary": summary }))
    }

    /// With the parameters that its handler reads; `forms` are the words for `f`.
    #[must_use]
    pub fn inputs(self, names: &[&str], forms: &[&str]) -> Self {
        self.parameters(inputs(names, forms))
    }

    /// With further parameters, described already.
    #[must_use]
    pub fn parameters(mut self, further: Vec<Value>) -> Self {
        let parameters = self.0["parameters"].take();
        let mut all: Vec<Value> = parameters.as_array().cloned().unwrap_or_default();
        all.extend(further);
        self.0["parameters"] = Value::Array(all);
        self
    }

    /// For those who have a token.
    #[must_use]
    pub fn secured(mut self) -> Self {
        self.0["security"] = secured();
        self
    }

    /// With a body of one of some types, which only those send who have a token.
    #[must_use]
    pub fn body(mut self, types: &[&str], schema: &Value) -> Self {
        let of_type = |it: &&str| ((*it).to_owned(), json!({ "schema": schema }));
        let content: Map<String, Value> = types.iter().map(of_type).collect();
        self.0["requestBody"] = json!({ "required": true, "content": content });
        self.secured()
    }

    /// With its answers: the status and the types of success, and the statuses of refusals.
    pub fn answers(mut self, status: &str, types: &[&str], refusals: &[&str]) -> Value {
        let success = answer_of(types);
        self.0["responses"] = responses(&[(status, success)], &[&["400"], refusals].concat());
        self.0
    }

    /// As [`Operation::answers`], for what is read again cheaply.
    pub fn reads(mut self, types: &[&str], refusals: &[&str]) -> Value {
        let current = json!({ "description": "Your copy is current." });
        let success = [("200", answer_of(types)), ("304", current)];
        self.0["responses"] = responses(&success, &[&["400", "406"], refusals].concat());
        self.0
    }
}

fn answer_of(types: &[&str]) -> Value {
    let mut answer = content(&[], &json!({}), "The answer.");
    for media_type in types {
        let schema = match *media_type {
            JSON => reference("schemas", "document"),
            it if it.ends_with("+json") => reference("schemas", "document"),
            it if it.starts_with("text/") => page(),
            _ => json!({ "type": "string", "format": "binary" }),
        };
        answer["content"][*media_type] = json!({ "schema": schema });
    }
    answer
}
