//! What a check has to say about a feature.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rules::RuleEntry;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The feature cannot be taken as it is.
    Error,
    /// The feature is taken; somebody should look at it.
    Warning,
    /// The feature is taken; something about it is worth knowing.
    Info,
}

impl Severity {
    /// The name used in answers, for example `warning`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing found in one feature.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The stable code of the rule; see [`crate::rules::CATALOGUE`].
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The position of the feature in what was sent, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// The feature's own id, or else its local identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
    /// Where in the feature, as a JSON pointer (RFC 6901), for example `/properties/depth_cm`.
    pub pointer: String,
    /// What is wrong, and what to do about it, in English.
    pub message: String,
    /// Where on the Earth, as longitude and latitude in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<[f64; 2]>,
    /// The value that was probably meant. It is never applied without being confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Value>,
    /// The figures in the message by name, for translation.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<&'static str, String>,
}

impl Finding {
    /// Makes a finding of a rule at a place in the feature.
    ///
    /// The message is the rule's template; [`Finding::with`] fills it in.
    pub fn new(rule: &RuleEntry, pointer: impl Into<String>) -> Self {
        Self {
            rule: rule.code,
            severity: rule.severity,
            index: None,
            feature: None,
            pointer: pointer.into(),
            message: rule.template.to_owned(),
            at: None,
            suggestion: None,
            arguments: BTreeMap::new(),
        }
    }

    /// Names one argument of the message and puts it where the template has `{name}`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        let value = value.to_string();
        self.message = self.message.replace(&format!("{{{name}}}"), &value);
        self.arguments.insert(name, value);
        self
    }

    /// Adds the place on the Earth, if its numbers are finite.
    #[must_use]
    pub fn at(mut self, position: Option<[f64; 2]>) -> Self {
        self.at = position.filter(|p| p.iter().all(|v| v.is_finite()));
        self
    }

    /// Adds what was probably meant.
    #[must_use]
    pub fn suggesting(mut self, suggestion: impl Into<Option<Value>>) -> Self {
        self.suggestion = suggestion.into();
        self
    }

    /// Adds which feature it is about.
    #[must_use]
    pub fn of_feature(mut self, index: u64, feature: Option<&str>) -> Self {
        self.index = Some(index);
        self.feature = feature.map(str::to_owned);
        self
    }

    /// Tells whether the feature cannot be taken because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The findings of one feature while it is being checked.
///
/// A rule that compares properties is silent about a property that has already been found faulty:
/// what stands there is a stand-in, and a second complaint about it would be noise.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    faulty: Vec<String>,
}

impl Findings {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    /// Adds a finding of a rule that judged these properties, unless one of them is faulty.
    pub fn judge(&mut self, properties: &[&str], finding: Finding) {
        if !properties.iter().any(|property| self.is_faulty(property)) {
            self.list.push(finding);
        }
    }

    /// Marks a property as faulty, so that no rule judges it.
    pub fn mark_faulty(&mut self, property: &str) {
        self.faulty.push(property.to_owned());
    }

    /// Tells whether a property has been found faulty.
    pub fn is_faulty(&self, property: &str) -> bool {
        self.faulty.iter().any(|faulty| faulty == property)
    }

    /// Tells whether there is an error among the findings.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(Finding::is_error)
    }

    /// The findings so far.
    pub fn as_slice(&self) -> &[Finding] {
        &self.list
    }

    /// The findings, in the order in which they were made.
    pub fn into_vec(self) -> Vec<Finding> {
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn a_message_is_its_template_with_the_arguments_filled_in() {
        let finding = Finding::new(&rules::AREA_DIFFERS, "/properties/reported_area_m2")
            .with("reported", "12")
            .with("computed", "10")
            .with("percent", "20");
        assert!(!finding.message.contains('{'), "{}", finding.message);
        assert!(finding.message.contains("12 m²"));
        assert_eq!(finding.arguments["computed"], "10");
    }

    #[test]
    fn a_rule_is_silent_about_a_faulty_property() {
        let mut findings = Findings::default();
        findings.mark_faulty("released_on");
        let finding = Finding::new(&rules::DATES_OUT_OF_ORDER, "/properties/released_on");
        findings.judge(&["started_on", "released_on"], finding);
        assert!(findings.as_slice().is_empty());
    }
}
