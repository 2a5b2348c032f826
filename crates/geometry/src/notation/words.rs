//! From the words around angles to hemispheres, marks and names of axes.

use std::ops::Range;

use super::error::{NotationError, NotationRule as Rule};
use super::text::{Kind, Number, Text, Token};

/// Which of the two coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Latitude,
    Longitude,
}

impl Axis {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Latitude => "latitude",
            Self::Longitude => "longitude",
        }
    }

    /// The largest value in degrees.
    pub(super) fn limit_deg(self) -> f64 {
        match self {
            Self::Latitude => 90.0,
            Self::Longitude => 180.0,
        }
    }
}

/// One of the four directions that say on which side of zero an angle lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    North,
    South,
    East,
    West,
}

impl Direction {
    pub(super) fn axis(self) -> Axis {
        match self {
            Self::North | Self::South => Axis::Latitude,
            Self::East | Self::West => Axis::Longitude,
        }
    }

    pub(super) fn is_negative(self) -> bool {
        matches!(self, Self::South | Self::West)
    }
}

/// Degrees, minutes or seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    Degree,
    Minute,
    Second,
}

impl Unit {
    pub(super) const ALL: [Self; 3] = [Self::Degree, Self::Minute, Self::Second];
}

/// A piece of a position in degrees.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) what: What,
    pub(super) chars: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum What {
    Number(Number),
    Minus,
    Plus,
    Unit(Unit),
    Colon,
    Separator,
    Bar,
    Direction(Direction),
    /// A word like "longitude", before the angle.
    Label(Axis),
    /// The second half of "с.ш." or "сх.д.", after the direction.
    Suffix(Axis),
}

/// What a word means.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning {
    Direction(Direction),
    Unit(Unit),
    Label(Axis),
    Suffix(Axis),
    /// S, which is also short for seconds.
    South(Seconds),
}

/// Which spelling of S, or of the Cyrillic С that is short for north.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Seconds {
    LatinLower,
    LatinUpper,
    CyrillicLower,
}

use Direction::{East, North, South, West};

/// Words in lower case. The Khmer ones are those of CLDR's `coordinateUnit` and `angle-degree`,
/// with and without the prefix that makes a side of a direction; Russian and Ukrainian ones are
/// those printed on maps.
const WORDS: &[(&str, Meaning)] = &[
    ("n", Meaning::Direction(North)),
    ("north", Meaning::Direction(North)),
    ("с", Meaning::Direction(North)),
    ("север", Meaning::Direction(North)),
    ("пн", Meaning::Direction(North)),
    ("північ", Meaning::Direction(North)),
    ("ជើង", Meaning::Direction(North)),
    ("ខាងជើង", Meaning::Direction(North)),
    ("s", Meaning::Direction(South)),
    ("south", Meaning::Direction(South)),
    ("ю", Meaning::Direction(South)),
    ("юг", Meaning::Direction(South)),
    ("пд", Meaning::Direction(South)),
    ("південь", Meaning::Direction(South)),
    ("ត្បូង", Meaning::Direction(South)),
    ("ខាងត្បូង", Meaning::Direction(South)),
    ("e", Meaning::Direction(East)),
    ("east", Meaning::Direction(East)),
    ("в", Meaning::Direction(East)),
    ("восток", Meaning::Direction(East)),
    ("сх", Meaning::Direction(East)),
    ("схід", Meaning::Direction(East)),
    ("កើត", Meaning::Direction(East)),
    ("ខាងកើត", Meaning::Direction(East)),
    ("w", Meaning::Direction(West)),
    ("west", Meaning::Direction(West)),
    ("з", Meaning::Direction(West)),
    ("запад", Meaning::Direction(West)),
    ("зх", Meaning::Direction(West)),
    ("захід", Meaning::Direction(West)),
    ("លិច", Meaning::Direction(West)),
    ("ខាងលិច", Meaning::Direction(West)),
    ("d", Meaning::Unit(Unit::Degree)),
    ("deg", Meaning::Unit(Unit::Degree)),
    ("degree", Meaning::Unit(Unit::Degree)),
    ("degrees", Meaning::Unit(Unit::Degree)),
    ("град", Meaning::Unit(Unit::Degree)),
    ("ដឺក្រេ", Meaning::Unit(Unit::Degree)),
    ("m", Meaning::Unit(Unit::Minute)),
    ("min", Meaning::Unit(Unit::Minute)),
    ("minute", Meaning::Unit(Unit::Minute)),
    ("minutes", Meaning::Unit(Unit::Minute)),
    ("мин", Meaning::Unit(Unit::Minute)),
    ("хв", Meaning::Unit(Unit::Minute)),
    ("នាទី", Meaning::Unit(Unit::Minute)),
    ("sec", Meaning::Unit(Unit::Second)),
    ("second", Meaning::Unit(Unit::Second)),
    ("seconds", Meaning::Unit(Unit::Second)),
    ("сек", Meaning::Unit(Unit::Second)),
    ("វិនាទី", Meaning::Unit(Unit::Second)),
    ("lat", Meaning::Label(Axis::Latitude)),
    ("latitude", Meaning::Label(Axis::Latitude)),
    ("широта", Meaning::Label(Axis::Latitude)),
    ("lon", Meaning::Label(Axis::Longitude)),
    ("long", Meaning::Label(Axis::Longitude)),
    ("lng", Meaning::Label(Axis::Longitude)),
    ("longitude", Meaning::Label(Axis::Longitude)),
    ("долгота", Meaning::Label(Axis::Longitude)),
    ("довгота", Meaning::Label(Axis::Longitude)),
    ("ш", Meaning::Suffix(Axis::Latitude)),
    ("д", Meaning::Suffix(Axis::Longitude)),
];

/// Letters that are no word here though people mean one by them, with the reason in a sentence.
const TEMPTING: &[(&str, &str)] = &[
    ("o", "O is west in Spanish, French and Portuguese and east in German; type W or E."),
    ("l", "Type E if L stands for leste, or leave it out."),
    ("c", "This is the Latin letter C; type N for north."),
    ("b", "This is the Latin letter B; type E for east."),
    ("о", "This letter is no hemisphere; type W or E."),
];

/// Tells what each token of a position in degrees is.
pub(super) fn pieces(text: &Text, tokens: &[Token]) -> Result<Vec<Piece>, NotationError> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let what = match &token.kind {
            Kind::Number(number) => What::Number(*number),
            Kind::Minus => What::Minus,
            Kind::Plus => What::Plus,
            Kind::Degree => What::Unit(Unit::Degree),
            Kind::Minute => What::Unit(Unit::Minute),
            Kind::Second => What::Unit(Unit::Second),
            Kind::Colon => What::Colon,
            Kind::Separator => What::Separator,
            Kind::Bar => What::Bar,
            Kind::Word(typed) => {
                add_word(text, token, typed, &mut pieces)?;
                continue;
            }
        };
        pieces.push(Piece { what, chars: token.chars.clone() });
    }
    Ok(pieces)
}

/// Adds what a run of letters means; "degN" is two words, "sS" seconds south.
fn add_word(
    text: &Text,
    token: &Token,
    typed: &str,
    pieces: &mut Vec<Piece>,
) -> Result<(), NotationError> {
    let letters: Vec<char> = typed.chars().collect();
    let mut next = 0;
    while next < letters.len() {
        let Some((meaning, length)) = longest_word(&letters[next..]) else {
            return Err(unknown_word(text, token, typed));
        };
        let start = token.chars.start + next;
        let chars = start..start + length;
        let what = match meaning {
            Meaning::Direction(direction) => What::Direction(direction),
            Meaning::Unit(unit) => What::Unit(unit),
            Meaning::Label(axis) => What::Label(axis),
            Meaning::Suffix(axis) => What::Suffix(axis),
            Meaning::South(spelling) => seconds_or_direction(text, &chars, spelling, pieces)?,
        };
        pieces.push(Piece { what, chars });
        next += length;
    }
    Ok(())
}

fn longest_word(letters: &[char]) -> Option<(Meaning, usize)> {
    let lower: Vec<char> = letters.iter().filter_map(|c| c.to_lowercase().next()).collect();
    let fits = |word: &str| {
        let length = word.chars().count();
        (length <= lower.len() && word.chars().zip(&lower).all(|(a, b)| a == *b)).then_some(length)
    };
    let (meaning, length) = WORDS
        .iter()
        .filter_map(|(word, meaning)| fits(word).map(|length| (*meaning, length)))
        .max_by_key(|(_, length)| *length)?;
    let meaning = match (letters[0], length) {
        ('s', 1) => Meaning::South(Seconds::LatinLower),
        ('S', 1) => Meaning::South(Seconds::LatinUpper),
        ('с', 1) => Meaning::South(Seconds::CyrillicLower),
        _ => meaning,
    };
    Some((meaning, length))
}

/// Tells seconds from south, and from the Cyrillic north: after a number that follows marked
/// minutes, the letter may be either.
fn seconds_or_direction(
    text: &Text,
    chars: &Range<usize>,
    spelling: Seconds,
    pieces: &[Piece],
) -> Result<What, NotationError> {
    let direction = if spelling == Seconds::CyrillicLower { North } else { South };
    let [.., minute, number] = pieces else { return Ok(What::Direction(direction)) };
    let follows_minutes =
        minute.what == What::Unit(Unit::Minute) && matches!(number.what, What::Number(_));
    if !follows_minutes {
        return Ok(What::Direction(direction));
    }
    let minute_is_word = text.read().get(minute.chars.start).is_some_and(|c| *c != '\'');
    match (spelling, minute_is_word) {
        (Seconds::LatinLower | Seconds::CyrillicLower, true) => Ok(What::Unit(Unit::Second)),
        (Seconds::LatinUpper, false) => Ok(What::Direction(South)),
        _ => {
            let letter = text.typed(chars.clone());
            let seconds = text.typed(number.chars.clone());
            let side = if direction == North { "N" } else { "S" };
            let fix = format!(
                "{letter} may be short for seconds here; type {seconds}″ for seconds, or \
                 {seconds}″{side} for the hemisphere."
            );
            Err(text.fault(Rule::AmbiguousLetter, chars.clone(), fix))
        }
    }
}

fn unknown_word(text: &Text, token: &Token, typed: &str) -> NotationError {
    let lower = typed.to_lowercase();
    if let Some((_, fix)) = TEMPTING.iter().find(|(word, _)| *word == lower) {
        return text.fault(Rule::AmbiguousLetter, token.chars.clone(), (*fix).to_owned());
    }
    let fix =
        "Hemispheres are N, S, E, W, also in Russian, Ukrainian and Khmer; marks are °, ′, ″.";
    text.fault(Rule::UnknownWord, token.chars.clone(), fix.to_owned())
}
