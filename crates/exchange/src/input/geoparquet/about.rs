//! What a file says of its geometry.

use parquet::basic::{LogicalType, Type as Stored};
use parquet::schema::types::Type;
use serde_json::{Map, Value};

use super::super::carried::{Frame, unsupported};
use super::super::{Stop, broken, damaged, places};
use super::WHAT;
use crate::error::ReadErrorCode;

/// Where the geometry of a file is.
pub(super) struct About {
    /// The column with the geometry.
    pub(super) column: String,
    /// Its reference system.
    pub(super) frame: Frame,
    /// Columns that say what the geometry says, and further geometries.
    pub(super) left_out: Vec<String>,
}

impl About {
    /// Reads the value of the key `geo`.
    ///
    /// # Errors
    /// `malformed-file` when it is not of version 1.0 or 1.1, or geometry is not stored as
    /// well-known binary or not drawn on a plane; `unsupported-crs`.
    ///
    /// # Source
    /// `GeoParquet` 1.1.0, clauses "File metadata" and "Column metadata".
    pub(super) fn parse(text: &str) -> Result<Self, Stop> {
        let geo: Value = serde_json::from_str(text)
            .map_err(|error| damaged(WHAT, format!("its key \"geo\" is no JSON: {error}")))?;
        let version = geo["version"].as_str().unwrap_or_default();
        if !["1.0.", "1.1."].iter().any(|known| version.starts_with(known)) {
            return Err(unread(&format!("it is of version {version:?}")));
        }
        let empty = Map::new();
        let columns = geo["columns"].as_object().unwrap_or(&empty);
        let primary = geo["primary_column"].as_str().unwrap_or_default();
        let about = columns
            .get(primary)
            .ok_or_else(|| damaged(WHAT, "its key \"geo\" names no column with geometry"))?;
        if about["encoding"] != "WKB" {
            return Err(unread(&format!("its geometry is encoded as {}", about["encoding"])));
        }
        if !matches!(about["edges"].as_str(), None | Some("planar")) {
            let reason = format!(
                "its edges are {}; what is between its vertices is other land here",
                about["edges"]
            );
            return Err(unread(&reason));
        }
        let others = columns.keys().filter(|name| *name != primary).cloned();
        let covering = about["covering"]["bbox"].as_object().into_iter().flat_map(Map::values);
        let boxes = covering.filter_map(|path| path[0].as_str()).map(str::to_owned);
        Ok(Self {
            column: primary.to_owned(),
            frame: frame(about.get("crs"))?,
            left_out: others.chain(boxes).collect(),
        })
    }
}

/// Nothing said is longitude and latitude; that it is not known is no answer.
fn frame(crs: Option<&Value>) -> Result<Frame, Stop> {
    match crs {
        None => Ok(Frame::LonLat),
        Some(Value::Object(described)) => {
            let id = described.get("id");
            let authority = id.and_then(|id| id["authority"].as_str());
            let code = id.map(|id| match &id["code"] {
                Value::String(code) => code.clone(),
                code => code.to_string(),
            });
            match authority.zip(code) {
                Some((authority, code)) => Frame::parse(&format!("{authority}:{code}")),
                None => Frame::parse(&Value::from(described.clone()).to_string()),
            }
        }
        Some(Value::Null) => Err(unsupported("it says that the system is unknown")),
        Some(_) => Err(unsupported("it is not described as PROJJSON")),
    }
}

/// A file that is not taken because it is not as it would have to be.
pub(super) fn unread(reason: &str) -> Stop {
    let message = format!(
        "this Parquet file is not read: {reason}; write it as GeoParquet 1.1 with geometry as WKB \
         and planar edges, compressed by Snappy or Zstandard"
    );
    broken(ReadErrorCode::MalformedFile, message)
}

/// Refuses a file that says nothing of its geometry and has some all the same.
pub(super) fn none(schema: &Type) -> Result<(), Stop> {
    for field in schema.get_fields() {
        let meaning = field.get_basic_info().logical_type_ref();
        if matches!(meaning, Some(LogicalType::Geometry(_) | LogicalType::Geography(_))) {
            return Err(unread(&format!("\"{}\" is of a type of Parquet's own", field.name())));
        }
        if is_bytes(field) && places::TEXT.contains(&field.name().to_lowercase().as_str()) {
            let reason = format!(
                "it lacks the key \"geo\", and nothing else says what \"{}\" holds",
                field.name()
            );
            return Err(unread(&reason));
        }
    }
    Ok(())
}

/// Whether a column holds bytes without a meaning.
pub(super) fn is_bytes(field: &Type) -> bool {
    let about = field.get_basic_info();
    field.is_primitive()
        && matches!(field.get_physical_type(), Stored::BYTE_ARRAY | Stored::FIXED_LEN_BYTE_ARRAY)
        && about.converted_type() == parquet::basic::ConvertedType::NONE
        && about.logical_type_ref().is_none()
}
