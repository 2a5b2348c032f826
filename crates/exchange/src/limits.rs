//! Every bound on what is read, with its reason.

/// Bounds on one text that is read: exceeding any of them is an error, never a truncation.
///
/// # Examples
/// ```
/// use exchange::ReadLimits;
/// let limits = ReadLimits { features: 1_000, ..ReadLimits::default() };
/// assert_eq!(limits.features, 1_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLimits {
    /// Bytes of the text after decompression. Stops decompression bombs.
    pub decompressed_bytes: u64,
    /// Bytes of one feature's text. Bounds the memory a reader holds.
    pub feature_bytes: usize,
    /// Number of features in one text.
    pub features: u64,
    /// Depth of brackets inside one feature, the feature itself being 1. Values above
    /// [`MAX_DEPTH`] count as [`MAX_DEPTH`].
    pub depth: u32,
}

/// Largest depth that can be asked for: the parsers behind the reader recurse up to 128 levels.
pub const MAX_DEPTH: u32 = 100;

/// Bytes taken from the input at a time; small enough to stay in a core's second-level cache.
pub(crate) const CHUNK_BYTES: usize = 256 * 1024;

/// Names of members longer than this are not looked at: none that the reader knows is.
pub(crate) const NAME_BYTES: usize = 4 * 1024;

impl Default for ReadLimits {
    /// Bounds for an upload: 2 GiB of text, 32 MiB a feature (a boundary of 200,000 vertices,
    /// written with sixteen digits, takes 8 MiB), five million features, depth 64 (a multi-part
    /// polygon needs 6).
    fn default() -> Self {
        Self {
            decompressed_bytes: 2 * 1024 * 1024 * 1024,
            feature_bytes: 32 * 1024 * 1024,
            features: 5_000_000,
            depth: 64,
        }
    }
}
