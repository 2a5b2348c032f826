//! Why a text was not read as a position.

use std::fmt;
use std::ops::Range;

/// The rule a text broke.
///
/// # Source
/// Degrees: ISO 6709:2022, annex D, and the spellings field forms use. UTM and MGRS:
/// NGA.STND.0037 2.0.0 (2014). What is refused as ambiguous: ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotationRule {
    /// Nothing was written.
    Empty,
    /// The text is longer than [`MAX_CHARS`](super::MAX_CHARS).
    TooLong,
    /// A character that is in no notation.
    UnknownCharacter,
    /// A word that is in no notation.
    UnknownWord,
    /// A letter that means different things to different people.
    AmbiguousLetter,
    /// A decimal point that has no digits on one of its sides.
    StrayPoint,
    /// Degrees, minutes and seconds run together as one decimal number.
    SexagesimalAsDecimal,
    /// A comma that may part two numbers or begin decimals.
    AmbiguousComma,
    /// A number with more digits than can be meant.
    TooManyDigits,
    /// One of the two coordinates, or the number in one, is missing.
    MissingCoordinate,
    /// More numbers than the notation has.
    TooManyNumbers,
    /// A mark for degrees, minutes or seconds after the wrong number.
    MarkOutOfOrder,
    /// Decimals before the last number of an angle.
    FractionNotLast,
    /// Minutes of 60 or more.
    MinutesRange,
    /// Seconds of 60 or more.
    SecondsRange,
    /// A sign or dash inside an angle.
    MisplacedSign,
    /// A minus sign together with a hemisphere.
    SignWithHemisphere,
    /// Two latitudes or two longitudes.
    SameAxis,
    /// A hemisphere with one coordinate only.
    MissingHemisphere,
    /// Two hemispheres with one coordinate, or one between its numbers.
    MisplacedHemisphere,
    /// No telling where the first coordinate ends.
    MissingSeparator,
    /// No telling which coordinate is the latitude.
    OrderUnknown,
    /// A latitude outside ±90°.
    LatitudeRange,
    /// A longitude outside ±180°.
    LongitudeRange,
    /// Easting and northing without their UTM zone.
    MissingZone,
    /// A UTM zone outside 1 to 60.
    ZoneRange,
    /// A zone left out around Svalbard.
    ZoneLeftOut,
    /// A letter that is no latitude band.
    BandLetter,
    /// A place outside the latitude band that was given.
    BandMismatch,
    /// A letter that may be a latitude band or a hemisphere.
    BandOrHemisphere,
    /// An easting outside 100,000 to 900,000 m.
    EastingRange,
    /// A northing that is on no place covered by UTM.
    NorthingRange,
    /// A place far outside the UTM zone that was given.
    OutsideZone,
    /// Letters of a 100 km square that its zone does not have.
    SquareLetters,
    /// A row of 100 km squares that does not touch the latitude band.
    SquareOutsideBand,
    /// A grid reference whose easting and northing differ in length.
    UnevenDigits,
    /// A grid reference finer than a metre.
    TooPrecise,
    /// A letter of another script that looks like a Latin one.
    WrongScript,
    /// A place in the polar areas, which UTM and MGRS zones do not cover.
    Polar,
}

impl NotationRule {
    /// The stable name of the rule, for example `minutes-range`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too-long",
            Self::UnknownCharacter => "unknown-character",
            Self::UnknownWord => "unknown-word",
            Self::AmbiguousLetter => "ambiguous-letter",
            Self::StrayPoint => "stray-point",
            Self::SexagesimalAsDecimal => "sexagesimal-as-decimal",
            Self::AmbiguousComma => "ambiguous-comma",
            Self::TooManyDigits => "too-many-digits",
            Self::MissingCoordinate => "missing-coordinate",
            Self::TooManyNumbers => "too-many-numbers",
            Self::MarkOutOfOrder => "mark-out-of-order",
            Self::FractionNotLast => "fraction-not-last",
            Self::MinutesRange => "minutes-range",
            Self::SecondsRange => "seconds-range",
            Self::MisplacedSign => "misplaced-sign",
            Self::SignWithHemisphere => "sign-with-hemisphere",
            Self::SameAxis => "same-axis",
            Self::MissingHemisphere => "missing-hemisphere",
            Self::MisplacedHemisphere => "misplaced-hemisphere",
            Self::MissingSeparator => "missing-separator",
            Self::OrderUnknown => "order-unknown",
            Self::LatitudeRange => "latitude-range",
            Self::LongitudeRange => "longitude-range",
            Self::MissingZone => "missing-zone",
            Self::ZoneRange => "zone-range",
            Self::ZoneLeftOut => "zone-left-out",
            Self::BandLetter => "band-letter",
            Self::BandMismatch => "band-mismatch",
            Self::BandOrHemisphere => "band-or-hemisphere",
            Self::EastingRange => "easting-range",
            Self::NorthingRange => "northing-range",
            Self::OutsideZone => "outside-zone",
            Self::SquareLetters => "square-letters",
            Self::SquareOutsideBand => "square-outside-band",
            Self::UnevenDigits => "uneven-digits",
            Self::TooPrecise => "too-precise",
            Self::WrongScript => "wrong-script",
            Self::Polar => "polar",
        }
    }

    /// The rule as a sentence.
    pub const fn statement(self) -> &'static str {
        match self {
            Self::Empty => "A position is two coordinates or a grid reference.",
            Self::TooLong => "A position is written in at most 200 characters.",
            Self::UnknownCharacter => "This character is in no notation of positions.",
            Self::UnknownWord => "This word is in no notation of positions.",
            Self::AmbiguousLetter => "This letter has more than one meaning here.",
            Self::StrayPoint => "A decimal point stands between two digits.",
            Self::SexagesimalAsDecimal => "Minutes and seconds are numbers of their own.",
            Self::AmbiguousComma => "A comma may part two numbers or begin decimals.",
            Self::TooManyDigits => "A number has at most 20 digits.",
            Self::MissingCoordinate => "A position has two coordinates, each with a number.",
            Self::TooManyNumbers => "There are more numbers than the notation has.",
            Self::MarkOutOfOrder => "The marks are °, then ′, then ″, each after its number.",
            Self::FractionNotLast => "Only the last number of an angle has decimals.",
            Self::MinutesRange => "Minutes are less than 60.",
            Self::SecondsRange => "Seconds are less than 60.",
            Self::MisplacedSign => "A sign stands before the degrees and nowhere else.",
            Self::SignWithHemisphere => "A minus sign and a hemisphere may contradict each other.",
            Self::SameAxis => "A position is one latitude and one longitude.",
            Self::MissingHemisphere => "Both coordinates have a hemisphere or neither has.",
            Self::MisplacedHemisphere => {
                "A hemisphere stands before or after its coordinate, once."
            }
            Self::MissingSeparator => "It must be clear where the first coordinate ends.",
            Self::OrderUnknown => "It must be clear which coordinate is the latitude.",
            Self::LatitudeRange => "A latitude is at most 90°.",
            Self::LongitudeRange => "A longitude is at most 180°.",
            Self::MissingZone => "Easting and northing have a place only in a UTM zone.",
            Self::ZoneRange => "UTM zones are numbered 1 to 60.",
            Self::ZoneLeftOut => "Around Svalbard (band X) zones 32, 34 and 36 are left out.",
            Self::BandLetter => "Latitude bands are the letters C to X without I and O.",
            Self::BandMismatch => "The place must be in the latitude band that is given.",
            Self::BandOrHemisphere => {
                "After a zone, S is a latitude band (32° to 40° north) to some and the southern \
                 hemisphere to others."
            }
            Self::EastingRange => "A UTM easting is 100,000 to 900,000 m.",
            Self::NorthingRange => {
                "A UTM northing is 0 to 9,400,000 m in the northern hemisphere and 1,000,000 to \
                 10,000,000 m in the southern."
            }
            Self::OutsideZone => "The place must be in or near the zone that is given.",
            Self::SquareLetters => "Each zone has its own letters for 100 km squares.",
            Self::SquareOutsideBand => "The 100 km square must touch the latitude band.",
            Self::UnevenDigits => "Easting and northing have the same number of digits.",
            Self::TooPrecise => "A grid reference has at most 10 digits, which is 1 m.",
            Self::WrongScript => "Grid references are written in Latin letters.",
            Self::Polar => "UTM and MGRS zones end at 80° south and 84° north.",
        }
    }
}

impl fmt::Display for NotationRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One fault of a text: the place in it, what was read there, the rule, and what to type instead.
///
/// # Examples
/// ```
/// use geometry::notation::{self, Expected, NotationRule};
///
/// let error = notation::read("13°75′N 103°12′E", &Expected::default()).unwrap_err();
/// assert_eq!(error.rule, NotationRule::MinutesRange);
/// assert_eq!((error.chars.clone(), error.found.as_str()), (3..5, "75"));
/// assert_eq!(
///     error.to_string(),
///     "“75” at characters 4 to 5: Minutes are less than 60. Type 13.75° if decimals of a degree \
///      are meant, or correct the minutes."
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotationError {
    /// The rule that was broken.
    pub rule: NotationRule,
    /// Where, counted from 0 in characters (not bytes) of the text as given; empty at its end.
    pub chars: Range<usize>,
    /// What stands there.
    pub found: String,
    /// What to type instead, in sentences.
    pub fix: String,
}

impl fmt::Display for NotationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.chars;
        match end.saturating_sub(start) {
            0 => f.write_str("At the end")?,
            1 => write!(f, "“{}” at character {}", self.found, start + 1)?,
            _ => write!(f, "“{}” at characters {} to {end}", self.found, start + 1)?,
        }
        write!(f, ": {} {}", self.rule.statement(), self.fix)
    }
}

impl std::error::Error for NotationError {}
