//! What was drawn, by place.

use std::sync::Arc;

use geometry::{Bbox, Shape, ShapeIndex};
use survey::RecordId;

use crate::record::Record;

/// A spatial index of the shapes of records in force; a copy is a snapshot.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shapes {
    index: ShapeIndex<RecordId>,
}

impl Shapes {
    /// The shapes of all records.
    pub(crate) fn of<'a>(records: impl Iterator<Item = &'a Arc<Record>>) -> Self {
        let mut index = ShapeIndex::new();
        index.insert_all(records.filter_map(found_by).collect());
        Self { index }
    }

    /// The shapes after records have changed, each from an earlier version or none.
    pub(crate) fn changed(&self, changed: &[(Option<Arc<Record>>, Arc<Record>)]) -> Self {
        let mut index = self.index.clone();
        let gone = changed.iter().filter_map(|(before, _)| found_by(before.as_ref()?));
        for (id, shape) in gone {
            index.remove(id, &shape);
        }
        index.insert_all(changed.iter().filter_map(|(_, after)| found_by(after)).collect());
        Self { index }
    }

    /// Records with a shape that has a position in common with a box.
    pub(crate) fn meeting(&self, bbox: &Bbox) -> Vec<RecordId> {
        self.index.intersecting(bbox)
    }
}

fn found_by(record: &Arc<Record>) -> Option<(RecordId, Arc<Shape>)> {
    Some((record.id, Arc::clone(record.shape().filter(|_| record.is_in_force())?)))
}
