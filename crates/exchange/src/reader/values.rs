//! Moving over single values, and taking their text.

use std::io::Read;

use super::{FeatureFault, FeatureReader, RawFeature, Stage};
use crate::error::{Place, ReadError, ReadErrorCode};
use crate::limits::NAME_BYTES;
use crate::scan::{Step, ValueScan};
use crate::source::is_whitespace;

/// What is wanted of a value the cursor moves over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Text,
    Nothing,
}

/// A value the cursor went over; its text is the last `bytes` of what the source holds.
pub(super) struct Passed {
    pub(super) bytes: usize,
    pub(super) fault: Option<FeatureFault>,
}

impl<R: Read> FeatureReader<R> {
    /// Moves over one value; its bytes are held behind the cursor unless they break the limit.
    pub(super) fn pass_value(&mut self, wanted: Wanted) -> Result<Passed, ReadError> {
        let holding = self.holding();
        let limit_bytes = self.limits.feature_bytes;
        let mut scan = ValueScan::new();
        let mut bytes = 0;
        loop {
            let step = scan.advance(self.source.ahead());
            let count = match step {
                Step::Complete(count) | Step::Mismatch(count) => count,
                Step::More => self.source.ahead().len(),
            };
            self.source.advance(count);
            bytes += count;
            if let Step::Mismatch(_) = step {
                return Err(self.malformed("this bracket does not close the one that is open"));
            }
            if holding {
                self.check_first_object_size()?;
            } else if wanted == Wanted::Nothing || bytes > limit_bytes {
                self.source.release();
            }
            match step {
                Step::Complete(_) => break,
                Step::More if self.source.more()? => {}
                _ if scan.may_end_here() => break,
                _ => return Err(self.truncated("inside a value")),
            }
        }
        if bytes == 0 {
            return Err(self.malformed("a value is expected"));
        }
        let fault = self.fault_of(bytes, scan.deepest());
        Ok(Passed { bytes, fault })
    }

    /// Moves over white space without piling it up.
    pub(super) fn skip_blank(&mut self) -> Result<(), ReadError> {
        let holding = self.holding();
        while self.source.peek()?.is_some_and(is_whitespace) {
            let blank = self.source.ahead().iter().take_while(|byte| is_whitespace(**byte)).count();
            self.source.advance(blank);
            if holding {
                self.check_first_object_size()?;
            } else {
                self.source.release();
            }
        }
        Ok(())
    }

    /// Moves over a value and returns its text, `None` when that is too long to be of interest.
    pub(super) fn short_value(&mut self) -> Result<Option<String>, ReadError> {
        let passed = self.pass_value(Wanted::Text)?;
        if passed.bytes > NAME_BYTES.min(self.limits.feature_bytes) {
            return Ok(None);
        }
        let held = self.source.held();
        self.utf8(&held[held.len() - passed.bytes..]).map(|text| Some(text.into()))
    }

    /// Makes a feature of all that is held, and lets go of it.
    pub(super) fn take(
        &mut self,
        index: u64,
        place: Place,
        fault: Option<FeatureFault>,
    ) -> Result<RawFeature, ReadError> {
        let text = match fault {
            Some(_) => Box::default(),
            None => self.utf8(self.source.held().trim_ascii_end())?,
        };
        self.source.release();
        let Place { byte_offset, line } = place;
        Ok(RawFeature { index, byte_offset, line, text, fault })
    }

    /// The limit that a text of so many bytes and such a depth breaks.
    pub(super) fn fault_of(&self, bytes: usize, depth: u32) -> Option<FeatureFault> {
        if bytes > self.limits.feature_bytes {
            Some(FeatureFault::TooLarge { limit_bytes: self.limits.feature_bytes })
        } else if depth > self.limits.depth {
            Some(FeatureFault::TooDeep { limit: self.limits.depth })
        } else {
            None
        }
    }

    /// Whether the outermost object is still to be kept whole, as it may itself be the feature.
    pub(super) fn holding(&self) -> bool {
        matches!(self.stage, Stage::Start) && self.kind.as_deref() != Some("FeatureCollection")
    }

    fn check_first_object_size(&self) -> Result<(), ReadError> {
        let limit_bytes = self.limits.feature_bytes;
        if self.source.held().len() <= limit_bytes {
            return Ok(());
        }
        let message = format!(
            "the first {limit_bytes} bytes hold neither \"type\": \"FeatureCollection\" nor the \
             array \"features\", and one feature must not be larger; put \"type\" first"
        );
        Err(self.error(ReadErrorCode::TooManyBytes, message))
    }

    fn utf8(&self, bytes: &[u8]) -> Result<Box<str>, ReadError> {
        std::str::from_utf8(bytes).map(Box::from).map_err(|error| {
            let here = self.source.place();
            let behind = &bytes[error.valid_up_to()..];
            ReadError::new(
                ReadErrorCode::WrongCharset,
                "the text is not UTF-8 here (an older Windows encoding?); save it as UTF-8",
                Place {
                    byte_offset: here.byte_offset - behind.len() as u64,
                    line: here.line - memchr::memchr_iter(b'\n', behind).count() as u64,
                },
            )
        })
    }
}
