//! Tells the features of a text apart, one at a time, in bounded memory.

use std::io::Read;

use crate::error::{ReadError, ReadErrorCode};
use crate::limits::{MAX_DEPTH, ReadLimits};
use crate::scan::ValueScan;
use crate::source::Source;

use outermost::MembersEnd;
use values::Wanted;

mod outermost;
mod values;

/// The text of one feature, as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawFeature {
    /// Position among the features of the text, from 0.
    pub index: u64,
    /// Byte of the decompressed text where the feature begins, from 0.
    pub byte_offset: u64,
    /// Line of the decompressed text where the feature begins, from 1.
    pub line: u64,
    /// The feature's own text; empty where `fault` tells why it was not kept.
    pub text: Box<str>,
    /// A limit this feature breaks. The features after it are read all the same.
    pub fault: Option<FeatureFault>,
}

/// A limit that one feature breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeatureFault {
    /// The text is longer than this many bytes.
    TooLarge {
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// Brackets are nested deeper than this.
    TooDeep {
        /// The limit, in levels.
        limit: u32,
    },
}

/// Reads features from `reader`, whichever of the usual framings they come in.
///
/// Accepted are a `FeatureCollection`, a single Feature, a GeoJSON text sequence (each text after
/// a record separator) and newline-delimited Features; each of them plain or gzip-compressed, in
/// UTF-8 with or without a byte order mark. Which it is, is seen from the text.
///
/// Only the text of one feature is held at a time. What stands inside a feature is not looked at
/// here: [`crate::parse_feature`] does that, and can be run on several threads.
///
/// # Errors
/// Each item may be a [`ReadError`]: the text cannot be told apart into features from there on,
/// and the iterator ends. A fault inside one feature is not of that kind.
///
/// # Source
/// RFC 7946 (GeoJSON), RFC 8142 (GeoJSON text sequences), RFC 1952 (gzip).
///
/// # Examples
/// ```
/// let text = br#"{"type":"FeatureCollection","features":[{"type":"Feature"},{"a":1}]}"#;
/// let features: Vec<_> = exchange::read_features(&text[..], exchange::ReadLimits::default())
///     .collect::<Result<_, _>>()?;
/// assert_eq!(&*features[1].text, r#"{"a":1}"#);
/// assert_eq!(features[1].byte_offset, 59);
/// # Ok::<(), exchange::ReadError>(())
/// ```
pub fn read_features<R: Read>(reader: R, limits: ReadLimits) -> FeatureReader<R> {
    FeatureReader {
        source: Source::new(reader, limits.decompressed_bytes),
        limits: ReadLimits { depth: limits.depth.min(MAX_DEPTH), ..limits },
        stage: Stage::Start,
        next_index: 0,
        kind: None,
        crs_seen: false,
        features_seen: false,
    }
}

/// Iterator over the features of a text; made by [`read_features`].
pub struct FeatureReader<R> {
    source: Source<R>,
    limits: ReadLimits,
    stage: Stage,
    next_index: u64,
    /// The outermost object's `type`, once it was met.
    kind: Option<String>,
    crs_seen: bool,
    features_seen: bool,
}

impl<R> std::fmt::Debug for FeatureReader<R> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("FeatureReader")
            .field("stage", &self.stage)
            .field("next_index", &self.next_index)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Start,
    /// Inside the array of features.
    Elements {
        first: bool,
    },
    /// Behind the array of features, in the object around it.
    MembersAfter,
    /// Behind a Feature that takes several lines, which cannot be one of many.
    OnlyBlank,
    Lines,
    Sequence,
    Done,
}

impl<R: Read> Iterator for FeatureReader<R> {
    type Item = Result<RawFeature, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let outcome = self.advance();
        if !matches!(outcome, Ok(Some(_))) {
            self.stage = Stage::Done;
        }
        outcome.transpose()
    }
}

impl<R: Read> FeatureReader<R> {
    fn advance(&mut self) -> Result<Option<RawFeature>, ReadError> {
        loop {
            match self.stage {
                Stage::Start => {
                    if let Some(feature) = self.start()? {
                        return Ok(Some(feature));
                    }
                }
                Stage::Elements { first } => {
                    if let Some(feature) = self.element(first)? {
                        return Ok(Some(feature));
                    }
                }
                Stage::MembersAfter => {
                    self.members(false)?;
                    self.check_collection()?;
                    self.stage = Stage::OnlyBlank;
                }
                Stage::OnlyBlank => {
                    self.skip_blank()?;
                    return match self.source.peek()? {
                        None => Ok(None),
                        Some(_) => Err(self.error(
                            ReadErrorCode::TrailingData,
                            "more text follows the end of the document; send one document, or one \
                             feature on each line",
                        )),
                    };
                }
                Stage::Lines => return self.delimited(b'\n'),
                Stage::Sequence => return self.delimited(RECORD_SEPARATOR),
                Stage::Done => return Ok(None),
            }
        }
    }

    /// Looks at the first bytes, and reads up to the array of features or the whole first Feature.
    fn start(&mut self) -> Result<Option<RawFeature>, ReadError> {
        self.skip_byte_order_mark()?;
        self.skip_blank()?;
        self.source.release();
        match self.source.peek()? {
            None => {
                Err(self.error(ReadErrorCode::Empty, "the text is empty; send GeoJSON features"))
            }
            Some(RECORD_SEPARATOR) => {
                self.stage = Stage::Sequence;
                Ok(None)
            }
            Some(b'{') => {
                self.source.advance(1);
                match self.members(true)? {
                    MembersEnd::ArrayOfFeatures => Ok(None),
                    MembersEnd::EndOfObject => self.end_of_first_object().map(Some),
                }
            }
            Some(first) => Err(self.not_geojson(first)),
        }
    }

    /// Reads the next element of the array of features, or goes on behind its end.
    fn element(&mut self, first: bool) -> Result<Option<RawFeature>, ReadError> {
        self.skip_blank()?;
        match self.source.peek()? {
            Some(b']') => {
                self.source.advance(1);
                self.source.release();
                self.stage = Stage::MembersAfter;
                return Ok(None);
            }
            Some(b',') if !first => {
                self.source.advance(1);
                self.skip_blank()?;
            }
            None => return Err(self.truncated("inside the array of features")),
            _ if first => {}
            _ => return Err(self.malformed("a comma or the end of the array is expected")),
        }
        self.source.release();
        let index = self.claim_index()?;
        let place = self.source.place();
        let passed = self.pass_value(Wanted::Text)?;
        self.stage = Stage::Elements { first: false };
        self.take(index, place, passed.fault).map(Some)
    }

    /// Yields the first object, which turned out not to hold an array of features.
    fn end_of_first_object(&mut self) -> Result<RawFeature, ReadError> {
        if self.kind.as_deref() != Some("Feature") {
            self.check_collection()?;
        }
        let place = self.source.kept_place();
        let fault = self.fault_of(self.source.held().len(), deepest(self.source.held()));
        let one_line = memchr::memchr(b'\n', self.source.held()).is_none();
        let index = self.claim_index()?;
        let feature = self.take(index, place, fault)?;
        self.stage =
            if one_line && self.rest_of_line_is_blank()? { Stage::Lines } else { Stage::OnlyBlank };
        Ok(feature)
    }

    fn rest_of_line_is_blank(&mut self) -> Result<bool, ReadError> {
        while let Some(byte) = self.source.peek()? {
            match byte {
                b'\n' => return Ok(true),
                b' ' | b'\t' | b'\r' => self.source.advance(1),
                _ => return Ok(false),
            }
            self.source.release();
        }
        Ok(true)
    }

    /// Reads the next text that ends at `delimiter` or at the end of everything.
    fn delimited(&mut self, delimiter: u8) -> Result<Option<RawFeature>, ReadError> {
        loop {
            self.skip_blank()?;
            if self.source.peek()? == Some(delimiter) {
                self.source.advance(1);
                continue;
            }
            break;
        }
        self.source.release();
        if self.source.peek()?.is_none() {
            return Ok(None);
        }
        let index = self.claim_index()?;
        let place = self.source.place();
        let mut too_large = None;
        loop {
            let ahead = self.source.ahead();
            let end = memchr::memchr(delimiter, ahead);
            self.source.advance(end.unwrap_or(ahead.len()));
            if let Some(fault) = self.fault_of(self.source.held().len(), 0) {
                too_large = Some(fault);
                self.source.release();
            }
            if end.is_some() || !self.source.more()? {
                break;
            }
        }
        let fault = too_large.or_else(|| self.fault_of(0, deepest(self.source.held())));
        self.take(index, place, fault).map(Some)
    }

    fn claim_index(&mut self) -> Result<u64, ReadError> {
        if self.next_index >= self.limits.features {
            let message = format!(
                "there are more than {} features; split the text into several",
                self.limits.features
            );
            return Err(self.error(ReadErrorCode::TooManyFeatures, message));
        }
        self.next_index += 1;
        Ok(self.next_index - 1)
    }
}

fn deepest(text: &[u8]) -> u32 {
    let mut scan = ValueScan::new();
    scan.advance(text);
    scan.deepest()
}

const RECORD_SEPARATOR: u8 = 0x1E;
