//! References to other records.

use crate::feature::CheckContext;
use crate::finding::{Finding, Findings};
use crate::id::local_id_key;
use crate::record::{Record, Reference};
use crate::records::Region;
use crate::rules;

/// The reference of a property that names one record.
pub(crate) fn of_one<'a>(
    property: &'static str,
    collection: &'static str,
    local_id: Option<&'a str>,
) -> Option<Reference<'a>> {
    local_id.map(|local_id| Reference { property, position: None, collection, local_id })
}

/// The references of a property that names several.
pub(crate) fn of_list<'a>(
    property: &'static str,
    collection: &'static str,
    local_ids: &'a [String],
) -> Vec<Reference<'a>> {
    let named = local_ids.iter().enumerate();
    named
        .map(|(i, local_id)| Reference { property, position: Some(i), collection, local_id })
        .collect()
}

/// Judges whether the records a record names are there, and are not itself.
pub(crate) fn check<R: Record>(record: &R, context: &CheckContext<'_>, out: &mut Findings) {
    let own = local_id_key(record.local_id());
    let region = of_one("region", Region::COLLECTION, record.region());
    for reference in record.references().into_iter().chain(region) {
        let mut pointer = format!("/properties/{}", reference.property);
        if let Some(i) = reference.position {
            pointer = format!("{pointer}/{i}");
        }
        let itself = reference.collection == R::COLLECTION
            && local_id_key(reference.local_id) == own
            && !out.is_faulty("local_id");
        let finding = if itself {
            Finding::new(&rules::REFERENCE_TO_ITSELF, pointer).with("local_id", reference.local_id)
        } else if context.known.exists(reference.collection, reference.local_id) {
            continue;
        } else {
            Finding::new(&rules::UNKNOWN_REFERENCE, pointer)
                .with("local_id", reference.local_id)
                .with("collection", reference.collection)
        };
        out.judge(&[reference.property], finding);
    }
}
