//! The formats there are: one line each.

use std::io::Write;

use crate::layer::Layer;
use crate::out::{self, LayerWriter, RowWriter, WriteError, WriteOptions};

/// A format that layers are written in.
///
/// # Examples
/// ```
/// use exchange::Format;
/// let format = Format::by_word("gpkg").ok_or("unknown")?;
/// assert_eq!(format.media_type(), "application/geopackage+sqlite3");
/// assert_eq!(Format::by_file_name("areas.geojsonl").map(Format::word), Some("ndjson"));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy)]
pub struct Format(&'static Entry);

struct Entry {
    word: &'static str,
    media_type: &'static str,
    extensions: &'static [&'static str],
    title: &'static str,
    streams: bool,
    drawn: bool,
    limits: &'static str,
    open: Open,
}

type Open = for<'w> fn(
    &Layer,
    &WriteOptions,
    Box<dyn Write + 'w>,
) -> Result<Box<dyn RowWriter + 'w>, WriteError>;

macro_rules! formats {
    ($($(#[$condition:meta])? $word:literal, $media_type:literal, [$($extension:literal),+], $title:literal, $streams:literal, $drawn:literal, $open:path, $limits:literal;)+) => {
        static ENTRIES: &[Entry] = &[$($(#[$condition])? Entry {
            word: $word,
            media_type: $media_type,
            extensions: &[$($extension),+],
            title: $title,
            streams: $streams,
            drawn: $drawn,
            limits: $limits,
            open: $open,
        },)+];
        static ALL: &[Format] = &{
            let mut all = [Format(&ENTRIES[0]); ENTRIES.len()];
            let mut at = 0;
            while at < all.len() {
                all[at] = Format(&ENTRIES[at]);
                at += 1;
            }
            all
        };
    };
}

formats! {
    "geojson", "application/geo+json", ["geojson", "json"], "GeoJSON", true, false,
        out::geojson::collection, "";
    "geojsonseq", "application/geo+json-seq", ["geojsons", "json-seq"],
        "GeoJSON text sequence", true, false, out::geojson::sequence, "";
    "ndjson", "application/x-ndjson", ["ndjson", "geojsonl", "jsonl"],
        "GeoJSON, one feature on each line", true, false, out::geojson::lines, "";
    "csv", "text/csv", ["csv"], "Comma-separated values", true, false, out::csv::open,
        "Texts that a spreadsheet would run as a formula begin with an apostrophe.";
    "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ["xlsx"],
        "Excel workbook", false, false, out::xlsx::open,
        "1,048,575 rows, 32,767 characters a cell; geometry as well-known text.";
    "fgb", "application/flatgeobuf", ["fgb"], "FlatGeobuf", false, true, out::flatgeobuf::open,
        "Rows without geometry are left out.";
    "gpkg", "application/geopackage+sqlite3", ["gpkg"], "GeoPackage", false, false,
        out::geopackage::open, "Instants to the millisecond.";
    #[cfg(feature = "geoparquet")]
    "parquet", "application/vnd.apache.parquet", ["parquet", "geoparquet"], "GeoParquet", true, false,
        out::geoparquet::open, "Instants to the microsecond; lists as JSON.";
    "kml", "application/vnd.google-earth.kml+xml", ["kml"], "KML", true, false, out::kml::open, "";
    "gpx", "application/gpx+xml", ["gpx"], "GPX", true, true, out::gpx::open,
        "Points become waypoints, lines and outlines of areas tracks; values only as a comment.";
    "shp", "application/vnd.shp+zip", ["zip", "shz"], "Shapefile, zipped", false, false,
        out::shapefile::open,
        "Names of ten characters, texts of 254 bytes; one file for each kind of geometry.";
}

impl Format {
    /// Every format, the plainest first.
    pub fn all() -> &'static [Self] {
        ALL
    }

    /// The format by its word in addresses (`f=`) and on the command line.
    pub fn by_word(word: &str) -> Option<Self> {
        Self::find(|entry| entry.word == word)
    }

    /// The format by its media type; parameters behind a semicolon are not looked at.
    ///
    /// # Examples
    /// ```
    /// use exchange::Format;
    /// let format = Format::by_media_type("text/csv; charset=utf-8");
    /// assert_eq!(format.map(Format::word), Some("csv"));
    /// ```
    pub fn by_media_type(media_type: &str) -> Option<Self> {
        let bare = media_type.split(';').next().unwrap_or_default().trim();
        Self::find(|entry| entry.media_type.eq_ignore_ascii_case(bare))
    }

    /// The format by the ending of a file name.
    pub fn by_file_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        Self::find(|entry| entry.extensions.iter().any(|one| one.eq_ignore_ascii_case(ending)))
    }

    fn find(wanted: impl Fn(&Entry) -> bool) -> Option<Self> {
        ENTRIES.iter().find(|entry| wanted(entry)).map(Self)
    }

    /// The word for `f=` and for the command line.
    pub fn word(self) -> &'static str {
        self.0.word
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        self.0.media_type
    }

    /// The usual ending of file names, without a full stop.
    pub fn extension(self) -> &'static str {
        self.0.extensions[0]
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        self.0.title
    }

    /// Whether bytes come out while rows go in; otherwise they wait in a temporary file.
    pub fn streams(self) -> bool {
        self.0.streams
    }

    /// Whether rows without geometry are left out of a file.
    pub fn holds_only_geometry(self) -> bool {
        self.0.drawn
    }

    /// Whether a long text is cut: a field of dBASE ends after 254 bytes.
    pub fn cuts_texts(self) -> bool {
        self.word() == "shp"
    }

    /// What the format cannot hold, in sentences; empty where it holds everything.
    pub fn limits(self) -> &'static str {
        self.0.limits
    }

    /// Begins a file.
    ///
    /// # Errors
    /// When `out` or a temporary file cannot be written to, or the layer cannot be described.
    pub fn writer<'w>(
        self,
        layer: &'w Layer,
        options: &WriteOptions,
        out: Box<dyn Write + 'w>,
    ) -> Result<LayerWriter<'w>, WriteError> {
        Ok(LayerWriter::new(layer, (self.0.open)(layer, options, out)?))
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.0.word == other.0.word
    }
}

impl Eq for Format {}

impl std::fmt::Debug for Format {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Format").field(&self.0.word).finish()
    }
}
