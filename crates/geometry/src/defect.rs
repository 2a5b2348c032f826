//! Why a geometry was refused.

use std::fmt;

/// The rule a geometry broke.
///
/// # Source
/// Rules on rings, holes and parts: OGC 06-103r4 (Simple Features, part 1), clauses 6.1.11 and
/// 6.1.14. Positions, closing and the antimeridian: RFC 7946, sections 3.1 and 9. Limits: ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// A coordinate is NaN or infinite.
    NotFinite,
    /// A longitude outside ±180° or a latitude outside ±90°.
    OutOfRange,
    /// The last position of a ring differs from the first.
    ///
    /// RFC 7946 (section 3.1.6) wants them equal, and its readers do not agree on rings that are
    /// not: some close them unasked. Only what all of them take for closed is: positions that
    /// differ in how zero is written, or in an altitude.
    Unclosed,
    /// A ring has fewer than three different turning points.
    TooFewPoints,
    /// All turning points of a ring lie on one line.
    ZeroArea,
    /// The boundary goes out along a line and comes back on it.
    Spike,
    /// A ring crosses itself.
    SelfCrossing,
    /// A ring touches itself, or runs along itself.
    SelfTouch,
    /// A hole lies outside its shell, or reaches outside it.
    HoleOutside,
    /// A hole overlaps another hole, or shares an edge with its shell or another hole.
    HoleOverlaps,
    /// A hole lies inside another hole.
    HoleNested,
    /// Two parts overlap, or share an edge.
    PartsOverlap,
    /// Two rings are the same ring.
    DuplicateRing,
    /// Rings touch in such a way that they cut a part in two.
    InteriorDisconnected,
    /// More vertices than the limit.
    TooManyVertices,
    /// More parts or rings than the limit.
    TooManyParts,
    /// A larger area than the limit.
    TooLarge,
    /// A kind of geometry that is not taken here.
    UnsupportedKind,
    /// No positions at all.
    Empty,
    /// An edge spans more than half of the globe.
    EdgeTooLong,
    /// A stored ring winds the wrong way or repeats a vertex; never found in what is sent.
    NotNormalised,
}

impl Rule {
    /// All rules, in the order they are checked and documented.
    pub const ALL: &[Self] = &[
        Self::NotFinite,
        Self::OutOfRange,
        Self::Unclosed,
        Self::TooFewPoints,
        Self::ZeroArea,
        Self::Spike,
        Self::SelfCrossing,
        Self::SelfTouch,
        Self::HoleOutside,
        Self::HoleOverlaps,
        Self::HoleNested,
        Self::PartsOverlap,
        Self::DuplicateRing,
        Self::InteriorDisconnected,
        Self::TooManyVertices,
        Self::TooManyParts,
        Self::TooLarge,
        Self::UnsupportedKind,
        Self::Empty,
        Self::EdgeTooLong,
        Self::NotNormalised,
    ];

    /// The stable name of the rule, for example `self-crossing`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFinite => "not-finite",
            Self::OutOfRange => "out-of-range",
            Self::Unclosed => "unclosed",
            Self::TooFewPoints => "too-few-points",
            Self::ZeroArea => "zero-area",
            Self::Spike => "spike",
            Self::SelfCrossing => "self-crossing",
            Self::SelfTouch => "self-touch",
            Self::HoleOutside => "hole-outside",
            Self::HoleOverlaps => "hole-overlaps",
            Self::HoleNested => "hole-nested",
            Self::PartsOverlap => "parts-overlap",
            Self::DuplicateRing => "duplicate-ring",
            Self::InteriorDisconnected => "interior-disconnected",
            Self::TooManyVertices => "too-many-vertices",
            Self::TooManyParts => "too-many-parts",
            Self::TooLarge => "too-large",
            Self::UnsupportedKind => "unsupported-kind",
            Self::Empty => "empty",
            Self::EdgeTooLong => "edge-too-long",
            Self::NotNormalised => "not-normalised",
        }
    }

    /// What can be done about it, as one sentence to the person who drew the boundary.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NotFinite => "Give every turning point as two decimal numbers.",
            Self::OutOfRange => {
                "Give longitude first, then latitude, in degrees on WGS 84, and check the \
                 coordinate system the points were taken in."
            }
            Self::Unclosed => {
                "Repeat the first position at the end, or add the turning points that are missing."
            }
            Self::TooFewPoints => "Give at least three different turning points.",
            Self::ZeroArea => "Add the turning points that give the boundary a width.",
            Self::Spike => "Remove the tip of the spike, or correct the turning point beside it.",
            Self::SelfCrossing => {
                "Check the order of the turning points around the crossing, or split the area \
                 there into two parts."
            }
            Self::SelfTouch => {
                "Split the area there into two parts, or draw the enclosed piece as a hole."
            }
            Self::HoleOutside => "Move the hole inside its shell, or draw it as a part of its own.",
            Self::HoleOverlaps => {
                "Join the holes into one, or cut the hole out of the shell's boundary."
            }
            Self::HoleNested => {
                "Remove the inner hole, or draw it as a part of its own inside the outer hole."
            }
            Self::PartsOverlap => "Join the parts into one.",
            Self::DuplicateRing => "Remove one of the two.",
            Self::InteriorDisconnected => "Draw the pieces as separate parts.",
            Self::TooManyVertices => "Simplify the boundary, or split it into several records.",
            Self::TooManyParts => "Split the geometry into several records.",
            Self::TooLarge => "Check the turning points, or split the area into several records.",
            Self::UnsupportedKind => "Give a Point, a Polygon or a MultiPolygon.",
            Self::Empty => "Leave the geometry out, or give its positions.",
            Self::EdgeTooLong => {
                "Check the longitudes; an area that crosses the antimeridian is drawn as two \
                 parts, one on each side of it (RFC 7946, section 3.1.9)."
            }
            Self::NotNormalised => "Read the record again from the file it came from.",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One fault of a geometry: the rule, the place, and the reason in plain words.
///
/// # Coordinates
/// `at` is longitude, latitude in degrees, and finite; for a crossing it is the point where the
/// edges meet, rounded to the nearest numbers that can be written.
///
/// # Shape
/// `part`, `ring` and `vertex` count from 0 in the geometry as it was sent; ring 0 of a part is its
/// shell. A `vertex` that starts an edge stands for the edge.
#[derive(Clone, Debug, PartialEq)]
pub struct Defect {
    /// The rule that was broken.
    pub rule: Rule,
    /// The part of the geometry, from 0.
    pub part: Option<usize>,
    /// The ring of the part, from 0; 0 is the shell.
    pub ring: Option<usize>,
    /// The vertex of the ring, from 0.
    pub vertex: Option<usize>,
    /// Where, as longitude and latitude in degrees.
    pub at: Option<[f64; 2]>,
    /// What is wrong and what to do about it, in sentences.
    pub reason: String,
}

impl Defect {
    /// Makes a defect of the geometry as a whole; `fault` is what is wrong, without a full stop.
    pub(crate) fn new(rule: Rule, fault: impl fmt::Display) -> Self {
        let reason = format!("{fault}. {}", rule.advice());
        Self { rule, part: None, ring: None, vertex: None, at: None, reason }
    }

    /// Adds the ring.
    pub(crate) fn in_ring(self, part: usize, ring: usize) -> Self {
        Self { part: Some(part), ring: Some(ring), ..self }
    }

    /// Adds the vertex.
    pub(crate) fn at_vertex(self, vertex: usize) -> Self {
        Self { vertex: Some(vertex), ..self }
    }

    /// Adds the place, if it is one.
    pub(crate) fn at(self, at: [f64; 2]) -> Self {
        let at = (at[0].is_finite() && at[1].is_finite()).then_some(at);
        Self { at, ..self }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Defect {}
