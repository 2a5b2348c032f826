//! Hazardous areas that take the place of others: duplicates, merged and split areas
//! (`succession` and `continuation` of [`crate::doubt`]).

use std::collections::{BTreeMap, BTreeSet};

use super::{Claim, HazardCover, HazardVersion, in_effect};
use crate::id::{Day, local_id_key};

/// The areas over one piece of land by name, with the versions that stand.
pub(super) struct Successors<'v, 'a> {
    by_key: BTreeMap<String, Vec<&'v HazardVersion<'a>>>,
    /// The days on which any of them changes.
    days: BTreeSet<Day>,
}

impl<'v, 'a> Successors<'v, 'a> {
    /// Costs nothing where no area was continued in another.
    pub(super) fn of(hazards: &'v [HazardCover<'a>]) -> Self {
        let mut all = Self { by_key: BTreeMap::new(), days: BTreeSet::new() };
        let mut versions = hazards.iter().flat_map(|hazard| &hazard.versions);
        if !versions.any(|version| version.continued_in.is_some()) {
            return all;
        }
        for hazard in hazards {
            let standing = in_effect(hazard);
            all.days.extend(standing.iter().map(|version| version.effective_on));
            all.by_key.insert(local_id_key(hazard.local_id), standing);
        }
        all
    }

    /// Ends a claim that waits for others to take its place on the day the first does, and puts it
    /// in `found`; gives it back if none does before `limit`.
    pub(super) fn take_over(
        &self,
        mut claim: Claim<'a>,
        limit: Option<Day>,
        found: &mut Vec<Claim<'a>>,
    ) -> Option<Claim<'a>> {
        let Some(handing) = claim.handing else { return Some(claim) };
        let later = self.days.range(handing.day..).copied().filter(|day| *day != handing.day);
        let taken = std::iter::once(handing.day)
            .chain(later)
            .take_while(|day| limit.is_none_or(|limit| *day < limit))
            .find(|day| self.is_claimed(handing.names, *day));
        let Some(day) = taken else { return Some(claim) };
        claim.until = Some((day, handing.by));
        // Closed and continued from the first day on, it never spoke for the land itself.
        if day > claim.from {
            found.push(claim);
        }
        None
    }

    /// Whether one of these areas, or one that takes its place in turn, claims the land on a day.
    fn is_claimed(&self, names: &[String], day: Day) -> bool {
        let mut asked: Vec<String> = names.iter().map(|name| local_id_key(name)).collect();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        while let Some(key) = asked.pop() {
            let standing = self.by_key.get(&key).map(Vec::as_slice).unwrap_or_default();
            let version = standing.iter().rev().find(|version| version.effective_on <= day);
            if !seen.insert(key) {
                continue;
            }
            match version {
                Some(version) if version.in_force && version.covers => return true,
                Some(version) => {
                    let further = version.continued_in.unwrap_or_default();
                    asked.extend(further.iter().map(|name| local_id_key(name)));
                }
                None => {}
            }
        }
        false
    }
}

/// Leaves out claims that only continue, under another number, claims whose land was released.
///
/// A claim continues those that were handed on to its area on the very day it began. Where every
/// one of them had been released from, the new number is no new evidence.
pub(super) fn settle(mut claims: Vec<Claim<'_>>) -> Vec<Claim<'_>> {
    if claims.iter().all(|claim| claim.handing.is_none()) {
        return claims;
    }
    claims.sort_by_key(|claim| (claim.from, claim.record));
    let mut released: Vec<bool> = claims.iter().map(|claim| claim.discharge.is_some()).collect();
    let mut kept = vec![true; claims.len()];
    for (place, claim) in claims.iter().enumerate() {
        let key = local_id_key(claim.local_id);
        let continues = |before: &Claim<'_>| {
            before.until.is_some_and(|(day, _)| day == claim.from)
                && before.handing.is_some_and(|handing| {
                    let named = handing.names.iter().any(|name| local_id_key(name) == key);
                    handing.day == claim.from && named
                })
        };
        let mut before = (0..claims.len()).filter(|other| continues(&claims[*other])).peekable();
        if before.peek().is_some() && before.all(|other| released[other]) {
            (kept[place], released[place]) = (false, true);
        }
    }
    let mut kept = kept.into_iter();
    claims.retain(|_| kept.next().unwrap_or(true));
    claims
}
