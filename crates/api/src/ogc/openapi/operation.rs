//! One operation in the words of OpenAPI.

use serde_json::{Value, json};

use super::inputs::inputs;
use super::{Form, body, content, responses, secured};

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

    /// With parameters that must be given here.
    #[must_use]
    pub fn needing(self, names: &[&str]) -> Self {
        names.iter().fold(self, |operation, name| operation.setting(name, "required", json!(true)))
    }

    /// With a parameter that takes only what fits this schema here.
    #[must_use]
    pub fn taking(self, name: &str, schema: Value) -> Self {
        self.setting(name, "schema", schema)
    }

    fn setting(mut self, name: &str, member: &str, value: Value) -> Self {
        let parameters = self.0["parameters"].as_array_mut().into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["name"] == name) {
            parameter[member] = value.clone();
        }
        self
    }

    /// For those who have a token.
    #[must_use]
    pub fn secured(mut self) -> Self {
        self.0["security"] = secured();
        self
    }

    /// With a body in one of some forms, which only those send who have a token.
    #[must_use]
    pub fn body(mut self, forms: &[Form]) -> Self {
        self.0["requestBody"] = body(forms);
        self.secured()
    }

    /// With its answers: the status and the forms of success, and the statuses of refusals.
    pub fn answers(mut self, status: &str, forms: &[Form], refusals: &[&str]) -> Value {
        let success = content(forms, "The answer.");
        self.0["responses"] = responses(&[(status, success)], &[&["400"], refusals].concat());
        self.0
    }

    /// As [`Operation::answers`], for what comes in the form that is asked for.
    pub fn reads(self, forms: &[Form], refusals: &[&str]) -> Value {
        self.answers("200", forms, &[&["406"], refusals].concat())
    }
}
