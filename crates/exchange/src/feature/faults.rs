//! Findings about the text of a feature, while it is being read.

use survey::Finding;
use survey::rules::{self, RuleEntry};

/// Findings as they are made, up to a limit.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Finding>);

/// Findings told of one feature: enough to repair it, few enough to read.
pub(super) const MAX_FAULTS: usize = 20;

impl Faults {
    pub(super) fn add(&mut self, finding: Finding) {
        if !self.is_full() {
            self.0.push(finding);
        }
    }

    /// Adds a finding whose message takes a reason only.
    pub(super) fn because(&mut self, rule: &RuleEntry, pointer: &str, reason: impl AsRef<str>) {
        self.add(Finding::new(rule, pointer).with("reason", reason.as_ref()));
    }

    pub(super) fn wrong_type(&mut self, pointer: &str, text: &str, expected: &str) {
        let finding = Finding::new(&rules::WRONG_TYPE, pointer);
        self.add(finding.with("found", describe(text)).with("expected", expected));
    }

    pub(super) fn wrong_value(&mut self, pointer: &str, text: &str, reason: &str) {
        let finding = Finding::new(&rules::WRONG_VALUE, pointer);
        self.add(finding.with("found", excerpt(text)).with("reason", reason));
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MAX_FAULTS
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The findings, with the feature they are about.
    pub(super) fn of_feature(self, index: u64, name: Option<&str>) -> Vec<Finding> {
        self.0.into_iter().map(|finding| finding.of_feature(index, name)).collect()
    }
}

/// One more step of a JSON pointer.
pub(super) fn step(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// What a JSON text is, for messages.
pub(super) fn describe(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a text",
        Some(b'-' | b'0'..=b'9') => "a number",
        _ => match text {
            "null" => "null",
            "true" | "false" => "true or false",
            _ => "something that is not JSON",
        },
    }
}

/// The beginning of a text, for messages.
pub(super) fn excerpt(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(survey::limits::MAX_QUOTE)
        .map(|letter| if letter.is_control() { '\u{FFFD}' } else { letter })
        .collect();
    if text.chars().nth(survey::limits::MAX_QUOTE).is_some() {
        shown.push('…');
    }
    shown
}
