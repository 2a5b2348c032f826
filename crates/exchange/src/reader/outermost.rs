//! The object around the features, and what its first bytes tell.

use std::io::Read;

use super::values::Wanted;
use super::{FeatureReader, Stage};
use crate::crs;
use crate::error::{ReadError, ReadErrorCode};

/// What ended a walk over members of the outermost object.
pub(super) enum MembersEnd {
    ArrayOfFeatures,
    EndOfObject,
}

impl<R: Read> FeatureReader<R> {
    pub(super) fn skip_byte_order_mark(&mut self) -> Result<(), ReadError> {
        while self.source.ahead().len() < 4 && self.source.more()? {}
        let (code, message) = match *self.source.ahead() {
            [0xEF, 0xBB, 0xBF, ..] => {
                self.source.advance(3);
                return Ok(());
            }
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..] => (
                ReadErrorCode::WrongCharset,
                "the text is in UTF-16 or UTF-32, or binary; save it as UTF-8",
            ),
            [b'P', b'K', 3, 4, ..] => (
                ReadErrorCode::NotGeoJson,
                "this is a zip archive (a zipped shapefile, KMZ or XLSX?); send GeoJSON, plain or \
                 gzip-compressed",
            ),
            [0x1F, 0x8B, ..] => {
                (ReadErrorCode::NotGeoJson, "the text is gzip-compressed twice; compress it once")
            }
            _ => return Ok(()),
        };
        Err(self.error(code, message))
    }

    /// Explains a first byte that cannot begin GeoJSON.
    pub(super) fn not_geojson(&self, first: u8) -> ReadError {
        let (code, message) = match first {
            b'[' => (
                ReadErrorCode::NotAnObject,
                "the text is an array; send a FeatureCollection, with the array as its member \
                 \"features\"",
            ),
            b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => (
                ReadErrorCode::NotAnObject,
                "the text is not a JSON object; send a FeatureCollection",
            ),
            b'<' => (
                ReadErrorCode::NotGeoJson,
                "this is XML, but neither KML nor GPX; send one of those, or GeoJSON",
            ),
            0x80.. => (
                ReadErrorCode::WrongCharset,
                "the text does not begin as UTF-8 JSON does; save it as GeoJSON in UTF-8",
            ),
            _ => (ReadErrorCode::NotGeoJson, "this is not JSON; send GeoJSON"),
        };
        self.error(code, message)
    }

    /// Goes over members of the outermost object until the array of features or its end.
    pub(super) fn members(&mut self, mut first: bool) -> Result<MembersEnd, ReadError> {
        loop {
            if !self.holding() {
                self.source.release();
            }
            self.skip_blank()?;
            match self.source.peek()? {
                Some(b'}') => {
                    self.source.advance(1);
                    return Ok(MembersEnd::EndOfObject);
                }
                Some(b',') if !first => {
                    self.source.advance(1);
                    self.skip_blank()?;
                }
                None => return Err(self.truncated("between two members of the outermost object")),
                _ if first => {}
                _ => return Err(self.malformed("a comma or the end of the object is expected")),
            }
            first = false;
            if self.member()? {
                return Ok(MembersEnd::ArrayOfFeatures);
            }
        }
    }

    /// Goes over one member; true when it is the array of features, whose elements come next.
    fn member(&mut self) -> Result<bool, ReadError> {
        if self.source.peek()? != Some(b'"') {
            return Err(self.malformed("the name of a member is expected"));
        }
        let name = self.short_value()?;
        self.skip_blank()?;
        if self.source.peek()? != Some(b':') {
            return Err(self.malformed("a colon is expected behind the name of a member"));
        }
        self.source.advance(1);
        self.skip_blank()?;
        let name = name.and_then(|text| serde_json::from_str::<String>(&text).ok());
        match name.as_deref() {
            Some("features") if self.kind.as_deref() != Some("Feature") => {
                self.begin_features()?;
                return Ok(true);
            }
            Some("type") => self.read_type()?,
            Some("crs") => self.read_crs()?,
            _ => {
                self.pass_value(Wanted::Nothing)?;
            }
        }
        Ok(false)
    }

    fn read_type(&mut self) -> Result<(), ReadError> {
        if self.kind.is_some() {
            return Err(self.duplicate("type"));
        }
        let value = self.short_value()?.unwrap_or_default();
        self.kind = Some(serde_json::from_str(&value).unwrap_or(value));
        Ok(())
    }

    fn read_crs(&mut self) -> Result<(), ReadError> {
        if self.crs_seen {
            return Err(self.duplicate("crs"));
        }
        self.crs_seen = true;
        let place = self.source.place();
        let value = self.short_value()?.unwrap_or_default();
        let Some(declared) = crs::other_than_wgs84(&value) else { return Ok(()) };
        let message = format!(
            "coordinates are declared to be in {declared}; transform them to WGS 84 longitude and \
             latitude (OGC:CRS84), or leave \"crs\" out if that is what they are"
        );
        Err(ReadError::new(ReadErrorCode::UnsupportedCrs, message, place))
    }

    fn begin_features(&mut self) -> Result<(), ReadError> {
        if self.features_seen {
            return Err(self.duplicate("features"));
        }
        if self.source.peek()? != Some(b'[') {
            return Err(self.error(
                ReadErrorCode::MissingFeatures,
                "the member \"features\" must be an array of Features",
            ));
        }
        self.source.advance(1);
        self.features_seen = true;
        self.stage = Stage::Elements { first: true };
        Ok(())
    }

    /// Checks, at its end, that the outermost object was a collection of features.
    pub(super) fn check_collection(&self) -> Result<(), ReadError> {
        let message = match self.kind.as_deref() {
            Some("FeatureCollection") if self.features_seen => return Ok(()),
            Some("FeatureCollection") => {
                return Err(self.error(
                    ReadErrorCode::MissingFeatures,
                    "the FeatureCollection has no member \"features\"",
                ));
            }
            Some("Topology") => "this is TopoJSON; send GeoJSON".to_owned(),
            Some(
                kind @ ("Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon"
                | "MultiPolygon" | "GeometryCollection"),
            ) => format!("a bare {kind} has no properties; send it as the geometry of a Feature"),
            Some(kind) => {
                let kind: String = kind.chars().take(40).collect();
                format!("the outermost \"type\" is {kind:?}; it must be \"FeatureCollection\"")
            }
            None => "the outermost object has no \"type\"; it must be \"FeatureCollection\" (Esri \
                     JSON is not GeoJSON)"
                .to_owned(),
        };
        Err(self.error(ReadErrorCode::NotFeatures, message))
    }

    pub(super) fn error(&self, code: ReadErrorCode, message: impl Into<String>) -> ReadError {
        ReadError::new(code, message, self.source.place())
    }

    pub(super) fn malformed(&self, what: &str) -> ReadError {
        let found = self
            .source
            .ahead()
            .first()
            .map_or_else(String::new, |byte| format!(", but there is {:?}", char::from(*byte)));
        self.error(ReadErrorCode::MalformedJson, format!("malformed JSON: {what}{found}"))
    }

    pub(super) fn truncated(&self, place: &str) -> ReadError {
        let message = format!("the text ends {place}; send the whole file again");
        self.error(ReadErrorCode::Truncated, message)
    }

    fn duplicate(&self, name: &str) -> ReadError {
        let message = format!("the member {name:?} stands twice; keep one of them");
        self.error(ReadErrorCode::DuplicateMember, message)
    }
}
