//! Findings that are given one by one.

use survey::Finding;

/// Findings given one by one; beyond, they are only counted by rule.
pub const FINDINGS_MAX: usize = 10_000;

/// The findings of a body: the first, and of too many the gravest, so that what refuses a feature
/// is told however many others are merely questioned before it.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// By severity, gravest first, each with its place among all that were met.
    by_severity: [Vec<(u64, Finding)>; 3],
    met: u64,
}

impl Listed {
    /// Takes a finding; says whether one was left out for want of room.
    pub(super) fn take(&mut self, finding: Finding) -> bool {
        let severity = finding.severity as usize;
        let is_full = self.by_severity.iter().map(Vec::len).sum::<usize>() >= FINDINGS_MAX;
        if is_full && !self.give_way(severity) {
            return true;
        }
        self.by_severity[severity].push((self.met, finding));
        self.met += 1;
        is_full
    }

    /// Drops the last of the least grave findings, if one weighs less than `severity`.
    fn give_way(&mut self, severity: usize) -> bool {
        let mut lighter = self.by_severity.iter_mut().skip(severity + 1).rev();
        lighter.find_map(Vec::pop).is_some()
    }

    /// The findings, in the order in which they were met.
    pub(super) fn into_ordered(self) -> Vec<Finding> {
        let mut all: Vec<(u64, Finding)> = self.by_severity.into_iter().flatten().collect();
        all.sort_unstable_by_key(|(place, _)| *place);
        all.into_iter().map(|(_, finding)| finding).collect()
    }
}

#[cfg(test)]
mod tests {
    use survey::Severity;
    use survey::rules::CATALOGUE;

    use super::*;

    fn finding(severity: Severity, index: u64) -> Finding {
        Finding { index: Some(index), severity, ..Finding::new(&CATALOGUE[0], "/properties") }
    }

    #[test]
    fn what_weighs_less_gives_way_to_what_refuses() {
        let mut listed = Listed::default();
        let many = FINDINGS_MAX as u64;
        let omitted = (0..many).filter(|index| listed.take(finding(Severity::Info, *index)));
        assert_eq!(omitted.count(), 0);
        assert!(listed.take(finding(Severity::Info, many)));
        assert!(listed.take(finding(Severity::Error, many + 1)));
        assert!(listed.take(finding(Severity::Warning, many + 2)));
        let kept = listed.into_ordered();
        assert_eq!(kept.len(), FINDINGS_MAX);
        let last: Vec<_> = kept[FINDINGS_MAX - 3..].iter().map(|one| one.index).collect();
        assert_eq!(last, [Some(many - 3), Some(many + 1), Some(many + 2)]);
    }
}
