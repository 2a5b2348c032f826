//! Features out of files of every format, recognised by what is in them.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use flate2::read::MultiGzDecoder;
use geometry::RawGeometry;
use serde_json::{Map, Value};
use survey::{Finding, WireFeature, WireGeometry, rules};

use crate::error::{Place, ReadError, ReadErrorCode};
use crate::feature::parse_feature;
use crate::limits::ReadLimits;
use crate::reader::{RawFeature, read_features};

mod bytes;
mod carried;
mod csv;
mod flatgeobuf;
mod geopackage;
#[cfg(feature = "geoparquet")]
mod geoparquet;
mod gpx;
mod kml;
mod layers;
mod places;
mod shapefile;
mod wkb;
mod wkt;
mod xlsx;
mod xml;
mod zipped;

/// What may be chosen of a file that is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions<'a> {
    /// The layer, sheet or table of a file with several.
    pub layer: Option<&'a str>,
}

/// A feature out of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// A feature as GeoJSON text, for [`parse_feature`].
    Text(RawFeature),
    /// A row of another format; or what is wrong with it, when it breaks a limit.
    Row {
        /// Position among the features of the file, from 0.
        index: u64,
        /// The row as a feature.
        feature: Result<Box<WireFeature>, Vec<Finding>>,
    },
}

impl Incoming {
    /// Position among the features of the file, from 0.
    pub fn index(&self) -> u64 {
        match self {
            Self::Text(raw) => raw.index,
            Self::Row { index, .. } => *index,
        }
    }

    /// Whether its values are texts and numbers of a table, rather than JSON of the sender's own.
    pub fn is_row(&self) -> bool {
        matches!(self, Self::Row { .. })
    }

    /// The feature.
    ///
    /// # Errors
    /// As [`parse_feature`].
    pub fn into_feature(self) -> Result<WireFeature, Vec<Finding>> {
        match self {
            Self::Text(raw) => parse_feature(&raw),
            Self::Row { feature, .. } => feature.map(|feature| *feature),
        }
    }
}

/// Reads the features of a file, whichever format it is of, and gives each to `take`.
///
/// Accepted are GeoJSON in every framing of [`read_features`], comma-separated values, Excel
/// workbooks, `FlatGeobuf`, `GeoPackage`, KML, KMZ, GPX, zipped Shapefiles and, with the feature
/// `geoparquet`, `GeoParquet`; each of them also compressed by gzip. Which it is, is seen from the bytes, never from a name.
///
/// # Coordinates
/// Come out as CRS84. Files that declare another reference system are carried over by
/// [`geometry::crs`]; what cannot be carried without a guess is refused.
///
/// # Errors
/// A [`ReadError`] when the file cannot be told apart into features from some place on. A fault
/// inside one feature is not of that kind.
///
/// # Source
/// RFC 4180; ECMA-376; OGC 12-128r19 (`GeoPackage`); OGC 12-007r2 (KML); GPX 1.1; ESRI Shapefile
/// Technical Description (1998); `FlatGeobuf` 3.
///
/// # Examples
/// ```
/// use std::io::Cursor;
/// use std::ops::ControlFlow;
/// let table = "local_id;lon;lat\nW-1;104.5;11.5\n";
/// let mut names = Vec::new();
/// let (limits, options) = Default::default();
/// exchange::read_any(Cursor::new(table), limits, &options, &mut |feature| {
///     names.extend(feature.into_feature().map(|it| it.properties["local_id"].clone()));
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!(names, ["W-1"]);
/// # Ok::<(), exchange::ReadError>(())
/// ```
pub fn read_any(
    body: impl Read + Seek,
    limits: ReadLimits,
    options: &ReadOptions<'_>,
    take: &mut dyn FnMut(Incoming) -> ControlFlow<()>,
) -> Result<(), ReadError> {
    let mut sink = Sink { limits, layer: options.layer, next_index: 0, take };
    match read(body, &mut sink) {
        Ok(()) | Err(Stop::Enough) => Ok(()),
        Err(Stop::Broken(error)) => Err(error),
    }
}

/// Bytes at the beginning of a file that tell what it is.
const HEAD_BYTES: u64 = 4_096;

fn read(mut body: impl Read + Seek, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let head = head_of(&mut body)?;
    if !head.starts_with(&[0x1F, 0x8B]) {
        return read_plain(&head, body, sink);
    }
    let mut inner = Vec::new();
    // A damaged stream is told by whoever reads it to where it breaks.
    let _damaged = MultiGzDecoder::new(&mut body).take(HEAD_BYTES).read_to_end(&mut inner);
    body.rewind().map_err(failed)?;
    if Kind::of(&inner) == Kind::GeoJson {
        return read_plain(&inner, body, sink);
    }
    let mut file = tempfile::tempfile().map_err(failed)?;
    let limit = sink.limits.decompressed_bytes;
    let mut unpacked = MultiGzDecoder::new(body).take(limit.saturating_add(1));
    let bytes = io::copy(&mut unpacked, &mut file).map_err(|error| {
        broken(ReadErrorCode::CorruptGzip, "the gzip stream is damaged; compress the file again")
            .because(error)
    })?;
    if bytes > limit {
        return Err(too_many_bytes(limit));
    }
    file.rewind().map_err(failed)?;
    read_plain(&inner, file, sink)
}

fn read_plain(head: &[u8], body: impl Read + Seek, sink: &mut Sink<'_>) -> Result<(), Stop> {
    match Kind::of(head) {
        Kind::GeoJson => geojson(body, sink),
        Kind::Table => csv::read(BufReader::new(body), sink),
        Kind::Database => geopackage::read(body, sink),
        Kind::FlatGeobuf => flatgeobuf::read(BufReader::new(body), sink),
        Kind::Parquet => parquet(body, sink),
        Kind::Zip => zipped::read(body, sink),
        Kind::Kml => kml::read(body, sink),
        Kind::Gpx => gpx::read(body, sink),
    }
}

fn head_of(body: &mut (impl Read + Seek)) -> Result<Vec<u8>, Stop> {
    let mut head = Vec::new();
    body.by_ref().take(HEAD_BYTES).read_to_end(&mut head).map_err(failed)?;
    body.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok(head)
}

fn geojson(body: impl Read, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for feature in read_features(body, sink.limits) {
        sink.hand_over(Incoming::Text(feature.map_err(Stop::Broken)?))?;
    }
    Ok(())
}

#[cfg(feature = "geoparquet")]
fn parquet(body: impl Read + Seek, sink: &mut Sink<'_>) -> Result<(), Stop> {
    geoparquet::read(body, sink)
}

#[cfg(not(feature = "geoparquet"))]
fn parquet(_: impl Read + Seek, _: &mut Sink<'_>) -> Result<(), Stop> {
    let message = "this is a Parquet file, which this programme was built without (feature \
                   \"geoparquet\"); send it in another format, as GeoPackage or FlatGeobuf";
    Err(broken(ReadErrorCode::MalformedFile, message))
}

/// What a file is, as far as its first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    GeoJson,
    Table,
    Database,
    FlatGeobuf,
    Parquet,
    Zip,
    Kml,
    Gpx,
}

impl Kind {
    /// What is none of the others is taken for GeoJSON, whose reader says what is wrong with it.
    fn of(head: &[u8]) -> Self {
        if head.starts_with(b"SQLite format 3\0") {
            return Self::Database;
        }
        if head.starts_with(b"fgb") {
            return Self::FlatGeobuf;
        }
        if head.starts_with(b"PAR1") {
            return Self::Parquet;
        }
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            return Self::Zip;
        }
        let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
        match text.first() {
            Some(b'<') if has_element(text, b"kml") => Self::Kml,
            Some(b'<') if has_element(text, b"gpx") => Self::Gpx,
            Some(b'{' | b'[' | b'"' | b'<' | 0x1E) | None if !csv::is_table(text) => Self::GeoJson,
            _ if csv::is_table(text) => Self::Table,
            _ => Self::GeoJson,
        }
    }
}

fn has_element(text: &[u8], name: &[u8]) -> bool {
    let names = text.split(|byte| *byte == b'<').skip(1);
    names
        .map(|rest| rest.split(|byte| b" \t\r\n>/".contains(byte)).next().unwrap_or_default())
        .any(|found| found.rsplit(|byte| *byte == b':').next().is_some_and(|local| local == name))
}

/// Why reading ended before the end of the file.
pub(crate) enum Stop {
    /// Nobody takes any more.
    Enough,
    /// The file is broken.
    Broken(ReadError),
}

impl Stop {
    fn because(self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        match self {
            Self::Enough => Self::Enough,
            Self::Broken(error) => Self::Broken(error.caused_by(io::Error::other(cause))),
        }
    }
}

fn broken(code: ReadErrorCode, message: impl Into<String>) -> Stop {
    broken_at(code, message, Place { byte_offset: 0, line: 1 })
}

fn broken_at(code: ReadErrorCode, message: impl Into<String>, place: Place) -> Stop {
    Stop::Broken(ReadError::new(code, message, place))
}

fn failed(error: io::Error) -> Stop {
    broken(ReadErrorCode::ReadFailed, "reading stopped before the end; try again").because(error)
}

fn too_many_bytes(limit: u64) -> Stop {
    let message = format!("unpacked it is larger than {limit} bytes; split it into several files");
    broken(ReadErrorCode::TooManyBytes, message)
}

/// A damaged file of a format; `what` is its name for people.
fn damaged(what: &str, reason: impl std::fmt::Display) -> Stop {
    let message = format!("this {what} is damaged: {reason}; write the file anew");
    broken(ReadErrorCode::MalformedFile, message)
}

/// A row on its way to become a feature.
#[derive(Default)]
struct Draft {
    id: Option<String>,
    shape: Shape,
    properties: Map<String, Value>,
}

/// The geometry of a row.
#[derive(Default)]
enum Shape {
    #[default]
    None,
    Read(RawGeometry),
    /// What stood there, and why it is no geometry.
    Unreadable {
        text: String,
        reason: String,
    },
}

impl Shape {
    fn unreadable(text: impl Into<String>, reason: impl Into<String>) -> Self {
        let text: String = text.into();
        Self::Unreadable { text, reason: reason.into() }
    }
}

/// Where features go; counts them and holds them against the limits.
pub(crate) struct Sink<'a> {
    limits: ReadLimits,
    layer: Option<&'a str>,
    next_index: u64,
    take: &'a mut dyn FnMut(Incoming) -> ControlFlow<()>,
}

impl Sink<'_> {
    fn hand_over(&mut self, incoming: Incoming) -> Result<(), Stop> {
        match (self.take)(incoming) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Enough),
        }
    }

    fn claim_index(&mut self) -> Result<u64, Stop> {
        if self.next_index >= self.limits.features {
            let limit = self.limits.features;
            let message = format!("there are more than {limit} features; split the file");
            return Err(broken(ReadErrorCode::TooManyFeatures, message));
        }
        self.next_index += 1;
        Ok(self.next_index - 1)
    }

    /// Hands over a row.
    fn put(&mut self, draft: Draft) -> Result<(), Stop> {
        let index = self.claim_index()?;
        let Draft { id, shape, properties } = draft;
        let (geometry, raw_geometry) = match shape {
            Shape::None => (WireGeometry::Absent, None),
            Shape::Read(shape) => (WireGeometry::Read(shape), None),
            Shape::Unreadable { text, reason } => {
                let text: String = text.chars().take(UNREADABLE_CHARACTERS).collect();
                let pointer = "/geometry".to_owned();
                let unreadable =
                    WireGeometry::Unreadable { pointer, reason, positions: Vec::new() };
                (unreadable, Some(Value::from(text).to_string()))
            }
        };
        let feature = WireFeature { index, id, geometry, raw_geometry, properties };
        self.hand_over(Incoming::Row { index, feature: Ok(Box::new(feature)) })
    }

    /// Hands over a row that is larger than a feature may be.
    fn put_too_large(&mut self) -> Result<(), Stop> {
        let index = self.claim_index()?;
        let limit = self.limits.feature_bytes;
        let finding = Finding::new(&rules::FEATURE_TOO_LARGE, "").with("limit", limit);
        let findings = vec![finding.of_feature(index, None)];
        self.hand_over(Incoming::Row { index, feature: Err(findings) })
    }
}

/// Characters kept of a geometry that cannot be read.
const UNREADABLE_CHARACTERS: usize = 100_000;
