//! What a programme has recorded, as far as the features of an import are compared with it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use geometry::suspicion::LikenessLimits;
use geometry::{Bbox, HazardPolygon, PolygonIndex};
use store::{Store, StoreError};
use survey::limits::MAX_LOOKALIKES;
use survey::records::Region;
use survey::{Collection, Known, Lookalike, Record, RecordId, local_id_key};

/// The local ids of a programme, the land of its regions, and the boundaries of one collection.
pub struct KnownRecords {
    local_ids: HashMap<&'static str, HashSet<String>>,
    regions: HashMap<String, Arc<HazardPolygon>>,
    collection: String,
    names: Vec<(RecordId, Box<str>)>,
    boundaries: PolygonIndex<usize>,
}

impl KnownRecords {
    /// Reads what features of a collection are compared with.
    pub fn of(store: &Store, programme: &str, collection: &Collection) -> Result<Self, StoreError> {
        let local_ids = survey::COLLECTIONS
            .iter()
            .map(|one| Ok((&*one.name, store.local_id_keys(programme, &one.name)?)))
            .collect::<Result<_, StoreError>>()?;
        let mut regions = HashMap::new();
        store.boundaries(programme, Region::COLLECTION, &mut |region| {
            regions.insert(local_id_key(&region.local_id), region.polygon);
        })?;
        let (mut names, mut polygons) = (Vec::new(), Vec::new());
        if collection.geometry.unique {
            store.boundaries(programme, &collection.name, &mut |record| {
                polygons.push((names.len(), record.polygon));
                names.push((record.id, record.local_id.into()));
            })?;
        }
        let boundaries = PolygonIndex::bulk_load(polygons);
        let collection = collection.name.to_string();
        Ok(Self { local_ids, regions, collection, names, boundaries })
    }
}

impl Known for KnownRecords {
    fn exists(&self, collection: &str, local_id: &str) -> bool {
        self.local_ids.get(collection).is_some_and(|ids| ids.contains(&local_id_key(local_id)))
    }

    fn region(&self, local_id: &str) -> Option<Arc<HazardPolygon>> {
        self.regions.get(&local_id_key(local_id)).map(Arc::clone)
    }

    fn lookalikes(&self, collection: &str, bbox: &Bbox, limits: &LikenessLimits) -> Vec<Lookalike> {
        if collection != self.collection {
            return Vec::new();
        }
        let alike = self.boundaries.alike(bbox, limits).filter_map(|(number, polygon)| {
            let (id, local_id) = self.names.get(number)?;
            let (local_id, polygon) = (local_id.to_string(), Arc::clone(polygon));
            Some(Lookalike { id: *id, local_id, polygon })
        });
        alike.take(MAX_LOOKALIKES).collect()
    }
}
