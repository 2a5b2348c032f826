//! The search for the nearest: the least that a box allows first, then what is measured.

use std::cmp::Ordering;

use rstar::{ParentNode, RTreeNode};

use super::level::{Entry, Level, plain_box_of};
use crate::distance::Origin;

/// Something the nearest polygon may come from, no nearer than `metres`.
pub(super) struct Candidate<'a, Id> {
    metres: f64,
    what: What<'a, Id>,
}

enum What<'a, Id> {
    Parent(&'a ParentNode<Entry<Id>>, &'a Level<Id>),
    Leaf(&'a Entry<Id>),
    Measured(&'a Entry<Id>),
}

impl<'a, Id: Copy + Ord> Candidate<'a, Id> {
    pub(super) fn level(origin: &Origin, level: &'a Level<Id>) -> Self {
        Self::parent(origin, level.tree.root(), level)
    }

    fn parent(origin: &Origin, parent: &'a ParentNode<Entry<Id>>, level: &'a Level<Id>) -> Self {
        let metres = origin.at_least_to_box_m(plain_box_of(&parent.envelope()));
        Self { metres, what: What::Parent(parent, level) }
    }

    /// Opens the candidate: hands out what is in it, or the polygon found with its distance.
    pub(super) fn open(
        self,
        origin: &Origin,
        mut inside: impl FnMut(Self),
    ) -> Option<(&'a Entry<Id>, f64)> {
        match self.what {
            What::Parent(parent, level) => {
                for child in parent.children() {
                    match child {
                        RTreeNode::Parent(parent) => inside(Self::parent(origin, parent, level)),
                        RTreeNode::Leaf(entry) if level.counts(entry) => {
                            let metres = origin.at_least_to_box_m(entry.plain_box());
                            inside(Self { metres, what: What::Leaf(entry) });
                        }
                        RTreeNode::Leaf(_) => {}
                    }
                }
                None
            }
            What::Leaf(entry) => {
                let metres = origin.to_polygon_m(&entry.placed);
                inside(Self { metres, what: What::Measured(entry) });
                None
            }
            What::Measured(entry) => Some((entry, self.metres)),
        }
    }

    /// At one distance, what is measured waits until nothing unmeasured is left, and then comes in
    /// order of id.
    fn rank(&self) -> (u8, Option<&Id>) {
        match &self.what {
            What::Parent(..) => (0, None),
            What::Leaf(_) => (1, None),
            What::Measured(entry) => (2, Some(&entry.id)),
        }
    }
}

impl<Id: Copy + Ord> Ord for Candidate<'_, Id> {
    /// The nearest is the greatest, as the heap wants it.
    fn cmp(&self, other: &Self) -> Ordering {
        other.metres.total_cmp(&self.metres).then_with(|| other.rank().cmp(&self.rank()))
    }
}

impl<Id: Copy + Ord> PartialOrd for Candidate<'_, Id> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<Id: Copy + Ord> PartialEq for Candidate<'_, Id> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<Id: Copy + Ord> Eq for Candidate<'_, Id> {}
