//! What can be wrong with a text as a whole.

use std::fmt;

/// Why a text could not be read to its end.
///
/// It ends the stream: what follows the place cannot be told apart into features. Features read
/// before it are whole, but a caller must not take them for all there is.
#[derive(Debug, thiserror::Error)]
#[error("{message}{}", told(*.code, *.byte_offset, *.line))]
pub struct ReadError {
    code: ReadErrorCode,
    message: String,
    byte_offset: u64,
    line: u64,
    #[source]
    source: Option<std::io::Error>,
}

/// The place of a fault; which layers a file has is at none.
fn told(code: ReadErrorCode, byte_offset: u64, line: u64) -> String {
    match code {
        ReadErrorCode::AmbiguousLayer | ReadErrorCode::UnknownLayer => String::new(),
        _ => format!(" (byte {byte_offset}, line {line})"),
    }
}

impl ReadError {
    pub(crate) fn new(code: ReadErrorCode, message: impl Into<String>, place: Place) -> Self {
        Self {
            code,
            message: message.into(),
            byte_offset: place.byte_offset,
            line: place.line,
            source: None,
        }
    }

    pub(crate) fn caused_by(mut self, source: std::io::Error) -> Self {
        self.source = Some(source);
        self
    }

    /// The kind of fault, stable over versions.
    pub fn code(&self) -> ReadErrorCode {
        self.code
    }

    /// What is wrong and what to do about it, in plain words.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Byte of the decompressed text where the fault was noticed, from 0.
    pub fn byte_offset(&self) -> u64 {
        self.byte_offset
    }

    /// Line of the decompressed text where the fault was noticed, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }
}

/// A place in the decompressed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) byte_offset: u64,
    pub(crate) line: u64,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $code:literal,)+) => {
        /// Stable codes of [`ReadError`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ReadErrorCode { $($(#[$doc])* $variant,)+ }

        impl ReadErrorCode {
            /// Every code, for catalogues.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code as it is told to clients.
            ///
            /// # Examples
            /// ```
            /// assert_eq!(exchange::ReadErrorCode::TrailingData.as_str(), "trailing-data");
            /// ```
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
        }
    };
}

codes! {
    /// Nothing but white space.
    Empty => "empty",
    /// The bytes are not UTF-8 text.
    WrongCharset => "wrong-charset",
    /// The text is in another format, or in none.
    NotGeoJson => "not-geojson",
    /// The outermost value is not a JSON object.
    NotAnObject => "not-an-object",
    /// The outermost object is neither a `FeatureCollection` nor a Feature.
    NotFeatures => "not-features",
    /// A `FeatureCollection` without its array of features.
    MissingFeatures => "missing-features",
    /// A member that may stand once stands twice.
    DuplicateMember => "duplicate-member",
    /// Coordinates are declared to be in another system than WGS 84 longitude and latitude.
    UnsupportedCrs => "unsupported-crs",
    /// The brackets, commas and colons around the features do not fit together.
    MalformedJson => "malformed-json",
    /// The text ends too early.
    Truncated => "truncated",
    /// More text follows the end of the document.
    TrailingData => "trailing-data",
    /// More features than the limit.
    TooManyFeatures => "too-many-features",
    /// More bytes than the limit.
    TooManyBytes => "too-many-bytes",
    /// The gzip stream is damaged.
    CorruptGzip => "corrupt-gzip",
    /// The file is damaged, or not as its format says.
    MalformedFile => "malformed-file",
    /// The file has several layers and none is chosen.
    AmbiguousLayer => "ambiguous-layer",
    /// The file has no layer of that name.
    UnknownLayer => "unknown-layer",
    /// The source of the bytes failed.
    ReadFailed => "read-failed",
}

impl fmt::Display for ReadErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
