//! Changes of hazardous areas that need a reason, held against what is recorded.

use std::collections::HashMap;

use survey::access::Role;
use survey::lifecycle::{Forbidden, check_move, land_of_areas};
use survey::records::HazardousArea;
use survey::{Day, Record, RecordId, VersionState};

use crate::error::{ConflictKind, TxResult};
use crate::land::by_record;
use crate::ledger::decode_cluster;
use crate::prepare::Draft;
use crate::records::{KnownRow, VersionRow};
use crate::sql_types::Id;
use crate::tx::Tx;

impl From<Forbidden> for ConflictKind {
    fn from(forbidden: Forbidden) -> Self {
        match forbidden {
            Forbidden::ReopenedWithoutReason => Self::ReopenedWithoutReason,
            Forbidden::ReopenedTooEarly => Self::ReopenedTooEarly,
            Forbidden::SuspectedAgainWithoutReason => Self::SuspectedAgainWithoutReason,
            Forbidden::SuspectedAgainUnreviewed => Self::SuspectedAgainUnreviewed,
        }
    }
}

/// The current versions of the hazardous areas that a chunk of drafts changes.
#[derive(Default)]
pub(super) struct Earlier(HashMap<Id, VersionRow>);

impl Earlier {
    pub(super) fn read(
        tx: &mut Tx<'_>,
        programme: &str,
        drafts: &[Draft],
        by_key: &HashMap<String, KnownRow>,
        by_id: &HashMap<Id, KnownRow>,
    ) -> TxResult<Self> {
        let is_area = |draft: &&Draft| draft.row.collection == HazardousArea::COLLECTION;
        let known = drafts.iter().filter(is_area).filter_map(|draft| {
            let named = draft.id.and_then(|id| by_id.get(&id)).or_else(|| by_key.get(&draft.key));
            named.filter(|known| known.content_sha256 != draft.row.content_sha256)
        });
        let ids: Vec<Id> = known.map(|known| known.id).collect();
        let rows = tx.versions_of_records(programme, &ids)?;
        let last = |(id, versions): (Id, &[VersionRow])| Some((id, versions.last()?.clone()));
        Ok(Self(by_record(&rows).filter_map(last).collect()))
    }

    /// Whether a draft may follow the version of the record that is in force.
    pub(super) fn check(
        &self,
        tx: &mut Tx<'_>,
        known: &KnownRow,
        draft: &Draft,
        role: Role,
    ) -> TxResult<Result<(), ConflictKind>> {
        let Some(row) = self.0.get(&known.id) else { return Ok(Ok(())) };
        if row.state()? == VersionState::Withdrawn {
            return Ok(Ok(()));
        }
        let (before, after) = (row.properties()?, draft.row.properties()?);
        // The ledger is asked only where its day can matter.
        let allowed = match check_move(&before, &after, Some(Day::MAX), role) {
            Err(Forbidden::ReopenedTooEarly) => {
                let last = tx.last_released_on(&row.programme, known.id)?;
                check_move(&before, &after, last, role)
            }
            other => other,
        };
        Ok(allowed.map_err(ConflictKind::from))
    }
}

impl Tx<'_> {
    /// The last day on which land was released from a hazardous area.
    fn last_released_on(&mut self, programme: &str, record: Id) -> TxResult<Option<Day>> {
        let members = self.members_by_record(programme, &[record])?;
        let clusters: Vec<Id> = members.iter().map(|member| member.cluster).collect();
        let rows = self.parcels_of_clusters(programme, &clusters)?;
        let Some(cluster) = decode_cluster(rows)? else { return Ok(None) };
        let lands = cluster.parcels.iter().flat_map(|one| land_of_areas(one.area, &one.stretches));
        let own = lands.filter(|(id, _)| *id == RecordId::from(record.0));
        Ok(own.filter_map(|(_, land)| land.last_released_on).max())
    }
}
