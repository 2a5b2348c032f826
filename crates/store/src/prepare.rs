//! From a checked record to the row that is stored. Pure, so that it runs on all cores beside the
//! database.

use geometry::{Bbox, Geometry, GridShape};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use survey::{Collection, Day, LandRole, PreparedRecord, VersionState, local_id_key};
use uuid::Uuid;

use crate::error::{StoreError, TxError, TxResult};
use crate::programmes::Advanced;
use crate::records::VersionRow;
use crate::sql_types::{Id, Json};
use crate::store::By;

/// What all rows of one write have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Common<'a> {
    pub advanced: &'a Advanced,
    pub collection: &'a Collection,
    pub submission: Uuid,
    pub by: &'a By,
}

/// A record ready to be written, but for the record and version it will be.
#[derive(Debug)]
pub(crate) struct Draft {
    /// Position in the submission.
    pub index: u64,
    /// The record the feature names.
    pub id: Option<Id>,
    /// The form of its local id by which it is found.
    pub key: String,
    /// The row; its `id` is nil and its `version` 1.
    pub row: VersionRow,
    /// What it does to land.
    pub land: LandPart,
}

/// What the first version of a record does to land.
#[derive(Debug)]
pub(crate) enum LandPart {
    /// Nothing.
    None,
    /// It claims or releases this land.
    Source(Box<(LandRole, GridShape)>),
    /// It is a region.
    Region,
}

impl Draft {
    pub(crate) fn new(record: PreparedRecord, common: Common<'_>) -> TxResult<Self> {
        let refuse = |reason: &dyn std::fmt::Display| {
            TxError::from(StoreError::Unstorable {
                subject: format!("feature {} (\"{}\")", record.index, record.local_id),
                reason: reason.to_string(),
            })
        };
        let facts = common
            .collection
            .read_stored(&record.properties)
            .map_err(|finding| refuse(&finding.message))?;
        if has_nul(&record.properties) || has_nul_text(&record.local_id) {
            return Err(refuse(&"it holds a NUL character"));
        }
        let properties =
            serde_json::to_string(&record.properties).map_err(|error| refuse(&error))?;
        let shape = match &record.geometry {
            Some(Geometry::Polygon(polygon)) => Some(polygon.to_grid()),
            Some(Geometry::Point(_) | Geometry::Shape(_)) | None => None,
        };
        let bbox = extent(&record);
        let mut row = VersionRow {
            programme: common.advanced.code.clone(),
            id: Id(Uuid::nil()),
            version: 1,
            collection: common.collection.name.to_string(),
            local_id: record.local_id,
            revision: common.advanced.revision.cast_signed(),
            submission_id: Some(Id(common.submission)),
            state: VersionState::InForce.name().to_owned(),
            reason: None,
            effective_on: record.effective_on,
            recorded_at: common.advanced.at,
            recorded_by: common.by.actor.clone(),
            organisation: record.organisation.map(without_nul),
            geometry: record.geometry.as_ref().map(Geometry::to_wkb),
            caution: record.caution.map(|caution| Geometry::Polygon(caution).to_wkb()),
            raw_geometry: record.raw_geometry.map(without_nul),
            properties: Json(properties),
            content_sha256: Vec::new(),
            west: bbox.map(|bbox| bbox.west),
            south: bbox.map(|bbox| bbox.south),
            east: bbox.map(|bbox| bbox.east),
            north: bbox.map(|bbox| bbox.north),
            area_m2: shape.as_ref().map(|shape| shape.covered_area().m2()),
        };
        row.content_sha256 = content_sha256(&row, facts.effective_on);
        let land = match (facts.land_role, shape.filter(|shape| !shape.is_empty())) {
            (Some(LandRole::Region { .. }), _) => LandPart::Region,
            (Some(role @ (LandRole::Hazard { .. } | LandRole::Release { .. })), Some(shape)) => {
                LandPart::Source(Box::new((role, shape)))
            }
            (Some(_), None) | (None, _) => LandPart::None,
        };
        let key = local_id_key(&row.local_id);
        Ok(Self { index: record.index, id: record.id.map(|id| Id(id.uuid())), key, row, land })
    }
}

fn extent(record: &PreparedRecord) -> Option<Bbox> {
    let located = record.geometry.as_ref().map(Geometry::bbox);
    located.or_else(|| record.caution.as_ref().map(geometry::HazardPolygon::bbox))
}

/// What makes two versions the same: everything a sender can say, the day among it only where the
/// record tells it.
fn content_sha256(row: &VersionRow, effective_on: Option<Day>) -> Vec<u8> {
    let mut hasher = Sha256::new();
    let effective_on = effective_on.map(|day| day.to_string());
    let parts: [Option<&[u8]>; 6] = [
        effective_on.as_deref().map(str::as_bytes),
        row.organisation.as_deref().map(str::as_bytes),
        row.geometry.as_deref(),
        row.caution.as_deref(),
        row.raw_geometry.as_deref().map(str::as_bytes),
        Some(row.properties.0.as_bytes()),
    ];
    for part in parts {
        // With its length, so that no two contents run into the same bytes.
        let length = part.map_or(-1, |bytes| i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        hasher.update(length.to_be_bytes());
        hasher.update(part.unwrap_or_default());
    }
    hasher.finalize().to_vec()
}

/// PostgreSQL keeps no NUL in texts; text sent by others keeps its place with the sign for it.
pub(crate) fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{2400}") } else { text }
}

/// A document as JSON text that both databases keep.
pub(crate) fn json_text(value: &impl serde::Serialize) -> serde_json::Result<Json> {
    let text = serde_json::to_string(value)?;
    if !text.contains("\\u0000") {
        return Ok(Json(text));
    }
    let mut value = serde_json::from_str(&text)?;
    replace_nul(&mut value);
    Ok(Json(value.to_string()))
}

fn replace_nul(value: &mut Value) {
    match value {
        Value::String(text) => *text = without_nul(std::mem::take(text)),
        Value::Array(items) => items.iter_mut().for_each(replace_nul),
        Value::Object(members) => {
            *members = std::mem::take(members)
                .into_iter()
                .map(|(name, mut member)| {
                    replace_nul(&mut member);
                    (without_nul(name), member)
                })
                .collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn has_nul(properties: &Map<String, Value>) -> bool {
    properties.iter().any(|(name, value)| has_nul_text(name) || has_nul_value(value))
}

fn has_nul_value(value: &Value) -> bool {
    match value {
        Value::String(text) => has_nul_text(text),
        Value::Array(items) => items.iter().any(has_nul_value),
        Value::Object(members) => has_nul(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn has_nul_text(text: &str) -> bool {
    text.as_bytes().contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_characters_become_their_sign_wherever_they_are() {
        let document =
            serde_json::json!({ "a\0": ["\0", { "b": "x\0y" }], "c": "\\u0000", "d": 1 });
        let stored: Value = serde_json::from_str(&json_text(&document).unwrap().0).unwrap();
        let expected = serde_json::json!({ "a␀": ["␀", { "b": "x␀y" }], "c": "\\u0000", "d": 1 });
        assert_eq!(stored, expected);
    }
}
