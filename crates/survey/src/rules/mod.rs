//! The catalogue of everything a check can find.

mod changes;
mod features;
mod layers;
mod records;
mod shapes;

pub use changes::*;
pub use features::*;
pub use layers::*;
pub use records::*;
pub use shapes::*;

use crate::finding::Severity;

/// One rule: what it is called, what it says and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleEntry {
    /// Its stable name, for example `self-crossing`. It is never given to another rule.
    pub code: &'static str,
    /// How much its findings weigh.
    pub severity: Severity,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// What it means and what to do about it, in a sentence or two.
    pub explanation: &'static str,
    /// The standard it comes from, or `Ours` with the reason.
    pub source: &'static str,
    /// The message of its findings, with named arguments in braces.
    pub template: &'static str,
}

/// Declares rules as constants, and a list of them.
macro_rules! rules {
    ($($name:ident = $code:literal, $severity:ident, $title:literal,
        $template:literal, $explanation:literal, $source:literal;)+) => {
        $(
            #[doc = concat!("`", $code, "`: ", $explanation)]
            pub const $name: $crate::rules::RuleEntry = $crate::rules::RuleEntry {
                code: $code,
                severity: $crate::finding::Severity::$severity,
                title: $title,
                explanation: $explanation,
                source: $source,
                template: $template,
            };
        )+
        pub(super) const ENTRIES: &[$crate::rules::RuleEntry] = &[$($name,)+];
    };
}
pub(crate) use rules;

use changes::ENTRIES as CHANGES;
use features::ENTRIES as FEATURES;

const COUNT: usize = FEATURES.len()
    + shapes::ENTRIES.len()
    + records::ENTRIES.len()
    + CHANGES.len()
    + layers::ENTRIES.len();

const ALL: [RuleEntry; COUNT] = {
    let mut all = [FEATURES[0]; COUNT];
    let groups = [FEATURES, shapes::ENTRIES, records::ENTRIES, CHANGES, layers::ENTRIES];
    let (mut group, mut at) = (0, 0);
    while group < groups.len() {
        let mut i = 0;
        while i < groups[group].len() {
            all[at] = groups[group][i];
            at += 1;
            i += 1;
        }
        group += 1;
    }
    all
};

/// Every rule a check can report, by what it judges: features, shapes, records, changes,
/// layers.
pub const CATALOGUE: &[RuleEntry] = &ALL;

/// The rule with this code; none when there is none.
pub fn rule(code: &str) -> Option<&'static RuleEntry> {
    CATALOGUE.iter().find(|entry| entry.code == code)
}

/// The entry of a rule of the geometry.
///
/// Every such rule has one (a test proves it); a rule that had none would be told as a geometry
/// that cannot be read.
pub fn of_geometry(rule: geometry::Rule) -> &'static RuleEntry {
    CATALOGUE
        .iter()
        .find(|entry| entry.code == rule.code())
        .unwrap_or(const { &GEOMETRY_UNREADABLE })
}

impl RuleEntry {
    /// The names of the arguments in the message, in order.
    pub fn arguments(&self) -> impl Iterator<Item = &'static str> {
        self.template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(n, _)| n)
    }

    /// Tells whether its findings refuse a feature.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_in_kebab_case() {
        let mut seen = HashSet::new();
        for entry in CATALOGUE {
            assert!(seen.insert(entry.code), "{} is there twice", entry.code);
            assert!(
                entry.code.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{}",
                entry.code
            );
            assert_eq!(rule(entry.code), Some(entry));
        }
    }

    #[test]
    fn every_rule_explains_itself_and_names_its_source() {
        for entry in CATALOGUE {
            assert!(entry.explanation.ends_with('.'), "{}", entry.code);
            assert!(!entry.title.ends_with('.'), "{}", entry.code);
            let cites = ["IMAS", "RFC", "OGC", "Ours"].iter().any(|s| entry.source.contains(s));
            assert!(cites, "{}: {}", entry.code, entry.source);
            for text in [entry.title, entry.explanation, entry.template] {
                let words: Vec<_> = text.split(|c: char| !c.is_alphabetic()).collect();
                assert!(!words.contains(&concat!("sa", "fe")), "{}: {text}", entry.code);
            }
        }
    }

    #[test]
    fn every_rule_of_the_geometry_has_an_entry() {
        for rule in geometry::Rule::ALL {
            assert_eq!(of_geometry(*rule).code, rule.code());
            assert!(of_geometry(*rule).is_error());
        }
    }
}
