//! Records of one kind that have the same land, or nearly.

use geometry::suspicion::{BoxTable, Likeness, LikenessLimits, likeness, outline_key};
use geometry::{Geometry, HazardPolygon};

use super::area::figure;
use crate::feature::{CheckContext, PreparedRecord};
use crate::finding::{Finding, Findings};
use crate::id::{RecordId, local_id_key};
use crate::limits;
use crate::programme::ProgrammeRules;
use crate::record::Record;
use crate::rules;

/// Judges whether a record has the boundary, or nearly, of another that is recorded.
///
/// What has the same local identifier, or the id the feature names, is the record itself as it was
/// before.
pub(crate) fn check<R: Record>(
    record: &R,
    id: Option<RecordId>,
    geometry: Option<&Geometry>,
    context: &CheckContext<'_>,
    out: &mut Findings,
) {
    let Some(Geometry::Polygon(polygon)) = geometry.filter(|_| R::GEOMETRY.unique) else { return };
    let limits = context.programme.rules.likeness_limits();
    let own = local_id_key(record.local_id());
    let others = context.known.lookalikes(R::COLLECTION, &polygon.bbox(), &limits);
    for other in others.iter().take(limits::MAX_LOOKALIKES) {
        if Some(other.id) == id || local_id_key(&other.local_id) == own {
            continue;
        }
        if let Some(alike) = likeness(polygon, &other.polygon, &limits) {
            let name = format!("{}, which is recorded", other.local_id);
            out.push(told(alike, &name, polygon));
            return;
        }
    }
}

fn told(alike: Likeness, other: &str, polygon: &HazardPolygon) -> Finding {
    let likeness = match alike {
        Likeness::Same => None,
        Likeness::Overlap { ratio } => Some(format!(
            "{} % of the land of either is land of both",
            (ratio * 1_000.0).floor() / 10.0
        )),
        Likeness::Near { distance_m } => {
            Some(format!("nowhere are they more than {} m apart", figure(distance_m)))
        }
    };
    let finding = match likeness {
        None => Finding::new(&rules::DUPLICATE_BOUNDARY, "/geometry").with("other", other),
        Some(likeness) => Finding::new(&rules::NEAR_DUPLICATE_BOUNDARY, "/geometry")
            .with("other", other)
            .with("likeness", likeness),
    };
    finding.at(polygon.parts().flatten().flatten().next().copied())
}

/// The boundaries met so far in one submission.
///
/// It keeps some fifty bytes of each and asks for the few that have nearly the same box again, by
/// a ticket of whoever keeps them. Work is bounded for each boundary, however often it is sent.
///
/// # Examples
/// ```
/// use geometry::{Geometry, HazardPolygon};
/// use survey::{DuplicateBoundaries, ProgrammeRules};
///
/// let shell = vec![[103.2, 13.1], [103.3, 13.1], [103.3, 13.2], [103.2, 13.1]];
/// let polygon = HazardPolygon::new(vec![vec![shell]]).unwrap();
/// let mut seen = DuplicateBoundaries::new(&ProgrammeRules::default());
/// let mut none = |_ticket: &u64| Ok::<_, std::io::Error>(None);
/// assert!(seen.meet(0, "KH-HA-7", &polygon, 0, &mut none)?.is_none());
/// let again = seen.meet(1, "KH-HA-8", &polygon, 400, &mut none)?.unwrap();
/// assert_eq!(again.rule, "duplicate-boundary");
/// assert!(again.message.contains("feature 0 of this submission"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct DuplicateBoundaries<T> {
    limits: LikenessLimits,
    seen: BoxTable<Seen<T>>,
}

#[derive(Debug)]
struct Seen<T> {
    index: u64,
    key: u64,
    ticket: T,
}

impl<T: Copy> DuplicateBoundaries<T> {
    /// None yet, to be judged by the thresholds of a programme.
    pub fn new(rules: &ProgrammeRules) -> Self {
        let limits = rules.likeness_limits();
        Self { limits, seen: BoxTable::new(limits.distance_m, limits.overlap) }
    }

    /// Takes note of the boundary of a feature; a finding if it, or nearly the same, was there
    /// before.
    ///
    /// `fetch` gives the boundary back that was noted with a ticket.
    ///
    /// # Errors
    /// What `fetch` fails with.
    pub fn meet<E>(
        &mut self,
        index: u64,
        local_id: &str,
        polygon: &HazardPolygon,
        ticket: T,
        fetch: &mut dyn FnMut(&T) -> Result<Option<HazardPolygon>, E>,
    ) -> Result<Option<Finding>, E> {
        let bbox = polygon.bbox();
        // Half of the key is as good for telling slips.
        let key = outline_key(polygon) as u64;
        let alike = self.alike(key, polygon, fetch)?;
        self.seen.insert(&bbox, Seen { index, key, ticket });
        Ok(alike.map(|(alike, first)| {
            let other = format!("feature {first} of this submission");
            told(alike, &other, polygon).of_feature(index, Some(local_id))
        }))
    }

    fn alike<E>(
        &self,
        key: u64,
        polygon: &HazardPolygon,
        fetch: &mut dyn FnMut(&T) -> Result<Option<HazardPolygon>, E>,
    ) -> Result<Option<(Likeness, u64)>, E> {
        let bbox = polygon.bbox();
        if let Some(same) = self.seen.alike(&bbox).find(|seen| seen.key == key) {
            return Ok(Some((Likeness::Same, same.index)));
        }
        for seen in self.seen.alike(&bbox).take(limits::MAX_LOOKALIKES) {
            if let Some(other) = fetch(&seen.ticket)?
                && let Some(alike) = likeness(polygon, &other, &self.limits)
            {
                return Ok(Some((alike, seen.index)));
            }
        }
        Ok(None)
    }
}

/// The boundary by which a record is compared with others of its collection.
impl PreparedRecord {
    /// The boundary, if the record has a checked one.
    pub fn boundary(&self) -> Option<&HazardPolygon> {
        match &self.geometry {
            Some(Geometry::Polygon(polygon)) => Some(polygon),
            Some(Geometry::Point(_) | Geometry::Shape(_)) | None => None,
        }
    }
}
