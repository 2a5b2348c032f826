//! One latitude or longitude.

use std::ops::Range;

use super::Notation;
use super::error::{NotationError, NotationRule as Rule};
use super::text::{Number, Text};
use super::words::{Axis, Direction, Piece, Unit, What};

/// An angle that was read.
#[derive(Clone, Debug)]
pub(super) struct Angle {
    /// Degrees with their sign, as far as the text gives one.
    pub(super) degrees: f64,
    /// One unit of the last digit, in degrees.
    pub(super) step_deg: f64,
    pub(super) notation: Notation,
    /// Which coordinate the text says it is.
    pub(super) axis: Option<Axis>,
    /// What it would be if its decimals were minutes, or minutes and seconds.
    pub(super) packed_deg: Option<f64>,
    pub(super) chars: Range<usize>,
    /// The characters of the first number.
    first: Range<usize>,
    first_number: Number,
}

/// Reads the pieces of one angle; `chars` is where it should stand, for when it does not.
pub(super) fn read(
    text: &Text,
    pieces: &[Piece],
    chars: Range<usize>,
) -> Result<Angle, NotationError> {
    let mut frame = Frame::default();
    let rest = frame.read_before(text, pieces)?;
    let (numbers, rest) = read_numbers(text, rest)?;
    frame.read_after(text, rest)?;
    let Some((first, _)) = numbers.first() else {
        let fix = "Type both, for example 13.1°N 103.2°E.".to_owned();
        return Err(text.fault(Rule::MissingCoordinate, chars, fix));
    };
    let (first_number, first) = first.clone();
    let magnitude = magnitude(text, &numbers)?;
    let chars = match (pieces.first(), pieces.last()) {
        (Some(first), Some(last)) => first.chars.start..last.chars.end,
        _ => chars,
    };
    let negative = frame.is_negative(text, &chars)?;
    let signed = |degrees: f64| if negative { -degrees } else { degrees };
    let (notation, unit_deg) = match numbers.len() {
        1 => (Notation::DecimalDegrees, 1.0),
        2 => (Notation::DegreesMinutes, 60.0),
        _ => (Notation::DegreesMinutesSeconds, 3600.0),
    };
    let last = numbers.last().map_or(first_number, |((number, _), _)| *number);
    let packed = if numbers.len() == 1 { packed_decimals(text, &first) } else { None };
    Ok(Angle {
        degrees: signed(magnitude),
        step_deg: last.step() / unit_deg,
        notation,
        axis: frame.axis(),
        packed_deg: packed.map(signed),
        chars,
        first,
        first_number,
    })
}

impl Angle {
    /// Tells whether the angle can be this coordinate.
    pub(super) fn fits(&self, axis: Axis) -> bool {
        self.degrees.abs() <= axis.limit_deg()
    }

    /// Checks the range of the angle as this coordinate.
    pub(super) fn check(&self, text: &Text, axis: Axis) -> Result<(), NotationError> {
        if self.fits(axis) {
            return Ok(());
        }
        let rule = match axis {
            Axis::Latitude => Rule::LatitudeRange,
            Axis::Longitude => Rule::LongitudeRange,
        };
        Err(text.fault(rule, self.chars.clone(), self.range_fix(text, axis)))
    }

    fn range_fix(&self, text: &Text, axis: Axis) -> String {
        let whole = self.first_number.value.trunc();
        let digits = self.first_number.whole_digits;
        let decimals = {
            let typed = text.typed(self.first.clone());
            typed.chars().skip(digits).collect::<String>()
        };
        let fits = |degrees: f64, minutes: f64| degrees <= axis.limit_deg() && minutes < 60.0;
        let (degrees, minutes) = ((whole / 100.0).floor(), whole % 100.0);
        if self.notation == Notation::DecimalDegrees {
            if (4..=5).contains(&digits) && fits(degrees, minutes) {
                return format!(
                    "If these are degrees and minutes run together, type {degrees} \
                     {minutes:02}{decimals}."
                );
            }
            let (degrees, minutes, seconds) =
                ((whole / 1e4).floor(), (whole / 100.0).floor() % 100.0, whole % 100.0);
            if (6..=7).contains(&digits) && fits(degrees, minutes) && seconds < 60.0 {
                return format!(
                    "If these are degrees, minutes and seconds run together, type {degrees} \
                     {minutes:02} {seconds:02}{decimals}."
                );
            }
            if digits >= 5 {
                return "If these are metres, type them with their UTM zone, for example 48N \
                        508301 602512."
                    .to_owned();
            }
        }
        match axis {
            Axis::Latitude if self.degrees.abs() <= 180.0 => {
                "Check whether latitude and longitude are swapped.".to_owned()
            }
            _ => format!("Check the {}.", axis.name()),
        }
    }
}

/// What stands around the numbers of an angle.
#[derive(Default)]
struct Frame {
    sign: Option<Piece>,
    label: Option<Axis>,
    direction: Option<(Direction, Range<usize>)>,
}

impl Frame {
    /// Takes sign, label and direction before the numbers.
    fn read_before<'a>(
        &mut self,
        text: &Text,
        pieces: &'a [Piece],
    ) -> Result<&'a [Piece], NotationError> {
        let mut rest = pieces;
        while let [piece, after @ ..] = rest {
            rest = after;
            match piece.what {
                What::Minus | What::Plus if self.sign.is_none() => self.sign = Some(piece.clone()),
                What::Minus | What::Plus => return Err(misplaced_sign(text, piece)),
                What::Label(axis) if self.label.is_none() => {
                    self.label = Some(axis);
                    if let [Piece { what: What::Colon, .. }, after @ ..] = rest {
                        rest = after;
                    }
                }
                What::Direction(_) | What::Suffix(_) => self.add_direction(text, piece)?,
                What::Number(_) => {
                    return Ok(pieces.get(pieces.len() - rest.len() - 1..).unwrap_or_default());
                }
                What::Unit(_) | What::Colon => return Err(mark_without_number(text, piece)),
                What::Separator | What::Bar | What::Label(_) => return Err(stray(text, piece)),
            }
        }
        Ok(rest)
    }

    /// Takes the direction after the numbers.
    fn read_after(&mut self, text: &Text, rest: &[Piece]) -> Result<(), NotationError> {
        for piece in rest {
            match piece.what {
                What::Direction(_) | What::Suffix(_) => self.add_direction(text, piece)?,
                What::Number(_) => return Err(too_many_numbers(text, piece)),
                What::Minus | What::Plus => return Err(misplaced_sign(text, piece)),
                What::Unit(_) | What::Colon => return Err(mark_without_number(text, piece)),
                What::Separator | What::Bar | What::Label(_) => return Err(stray(text, piece)),
            }
        }
        Ok(())
    }

    fn add_direction(&mut self, text: &Text, piece: &Piece) -> Result<(), NotationError> {
        match (piece.what, &self.direction) {
            (What::Direction(direction), None) => {
                self.direction = Some((direction, piece.chars.clone()));
                Ok(())
            }
            (What::Suffix(axis), Some((direction, _))) if direction.axis() == axis => Ok(()),
            (What::Suffix(_), _) => {
                let fix = "Write с.ш., ю.ш., в.д., з.д., or N, S, E, W.".to_owned();
                Err(text.fault(Rule::UnknownWord, piece.chars.clone(), fix))
            }
            _ => {
                let fix = "Leave one of the two out.".to_owned();
                Err(text.fault(Rule::MisplacedHemisphere, piece.chars.clone(), fix))
            }
        }
    }

    fn axis(&self) -> Option<Axis> {
        self.direction.as_ref().map(|(direction, _)| direction.axis()).or(self.label)
    }

    /// Brings sign and direction together.
    fn is_negative(&self, text: &Text, chars: &Range<usize>) -> Result<bool, NotationError> {
        let minus = self.sign.as_ref().is_some_and(|sign| sign.what == What::Minus);
        let Some((direction, at)) = &self.direction else { return Ok(minus) };
        if self.label.is_some_and(|axis| axis != direction.axis()) {
            let fix = format!(
                "{} is a {}; correct one of them.",
                text.typed(at.clone()),
                direction.axis().name()
            );
            return Err(text.fault(Rule::SameAxis, at.clone(), fix));
        }
        let plus_on_negative = self.sign.is_some() && !minus && direction.is_negative();
        if minus || plus_on_negative {
            let fix = "Leave out the sign and keep the letter of the side meant, or the reverse.";
            return Err(text.fault(Rule::SignWithHemisphere, chars.clone(), fix.to_owned()));
        }
        Ok(direction.is_negative())
    }
}

type Measured = ((Number, Range<usize>), Unit);

/// Takes up to three numbers with their marks.
fn read_numbers<'a>(
    text: &Text,
    pieces: &'a [Piece],
) -> Result<(Vec<Measured>, &'a [Piece]), NotationError> {
    let mut numbers: Vec<Measured> = Vec::new();
    let mut rest = pieces;
    for unit in Unit::ALL {
        let [Piece { what: What::Number(number), chars }, after @ ..] = rest else { break };
        numbers.push(((*number, chars.clone()), unit));
        rest = after;
        let Some(mark) = rest.first() else { break };
        match mark.what {
            What::Unit(marked) if marked == unit => rest = &rest[1..],
            What::Unit(marked) => return Err(wrong_mark(text, mark, marked, unit, chars)),
            What::Colon if unit < Unit::Second && is_number(rest.get(1)) => rest = &rest[1..],
            _ => {}
        }
    }
    Ok((numbers, rest))
}

fn is_number(piece: Option<&Piece>) -> bool {
    piece.is_some_and(|piece| matches!(piece.what, What::Number(_)))
}

/// Adds up degrees, minutes and seconds after checking each.
fn magnitude(text: &Text, numbers: &[Measured]) -> Result<f64, NotationError> {
    let mut sum = 0.0;
    for (i, ((number, chars), unit)) in numbers.iter().enumerate() {
        let rule = match unit {
            Unit::Degree => None,
            Unit::Minute => Some(Rule::MinutesRange),
            Unit::Second => Some(Rule::SecondsRange),
        };
        if let Some(rule) = rule.filter(|_| number.value >= 60.0) {
            return Err(text.fault(rule, chars.clone(), sixty_fix(text, numbers, i)));
        }
        if i + 1 < numbers.len() && !number.is_whole() {
            let fix = "Leave out its decimals, or the numbers after it.".to_owned();
            return Err(text.fault(Rule::FractionNotLast, chars.clone(), fix));
        }
    }
    for ((number, _), _) in numbers.iter().rev() {
        sum = number.value + sum / 60.0;
    }
    Ok(sum)
}

fn sixty_fix(text: &Text, numbers: &[Measured], at: usize) -> String {
    let typed = |i: usize| {
        numbers.get(i).map_or(String::new(), |((_, chars), _)| text.typed(chars.clone()))
    };
    let whole = numbers.get(at).is_some_and(|((number, _), _)| number.is_whole());
    let is_last = at + 1 == numbers.len();
    match (at, whole && is_last) {
        (1, true) => format!(
            "Type {}.{}° if decimals of a degree are meant, or correct the minutes.",
            typed(0),
            typed(1)
        ),
        (1, false) => "Correct the minutes.".to_owned(),
        (_, true) => format!(
            "Type {} {}.{} if decimals of a minute are meant, or correct the seconds.",
            typed(0),
            typed(1),
            typed(2)
        ),
        _ => "Correct the seconds.".to_owned(),
    }
}

/// What a decimal number would be if its decimals were typed from minutes, or minutes and seconds.
fn packed_decimals(text: &Text, first: &Range<usize>) -> Option<f64> {
    let digits: Vec<f64> = text.read()[first.clone()]
        .iter()
        .skip_while(|c| c.is_ascii_digit())
        .filter_map(|c| c.to_digit(10).map(f64::from))
        .collect();
    let whole: String =
        text.read()[first.clone()].iter().take_while(|c| c.is_ascii_digit()).collect();
    let whole: f64 = whole.parse().ok()?;
    let (minutes, seconds) = match digits[..] {
        [a, b] => (a * 10.0 + b, 0.0),
        [a, b, c, d] => (a * 10.0 + b, c * 10.0 + d),
        _ => return None,
    };
    (minutes < 60.0 && seconds < 60.0 && minutes + seconds > 0.0)
        .then(|| whole + (minutes + seconds / 60.0) / 60.0)
}

fn misplaced_sign(text: &Text, piece: &Piece) -> NotationError {
    let fix = "Type blanks between degrees, minutes and seconds; part two coordinates by a comma \
               and a blank.";
    text.fault(Rule::MisplacedSign, piece.chars.clone(), fix.to_owned())
}

fn mark_without_number(text: &Text, piece: &Piece) -> NotationError {
    let fix = "Put the number before the mark, or leave the mark out.".to_owned();
    text.fault(Rule::MarkOutOfOrder, piece.chars.clone(), fix)
}

fn wrong_mark(
    text: &Text,
    mark: &Piece,
    marked: Unit,
    unit: Unit,
    number: &Range<usize>,
) -> NotationError {
    let number = text.typed(number.clone());
    let fix = match (unit, marked) {
        (Unit::Degree, Unit::Minute) => format!("Type 0°{number}′ if there are no degrees."),
        (Unit::Degree, _) => format!("Type 0°0′{number}″ if there are no degrees and minutes."),
        (Unit::Minute, Unit::Second) => format!("Type 0′{number}″ if there are no minutes."),
        _ => "Correct the mark.".to_owned(),
    };
    text.fault(Rule::MarkOutOfOrder, mark.chars.clone(), fix)
}

fn too_many_numbers(text: &Text, piece: &Piece) -> NotationError {
    let fix = "An angle has degrees, minutes and seconds; part two coordinates by a comma and a \
               blank, or give both their hemispheres.";
    text.fault(Rule::TooManyNumbers, piece.chars.clone(), fix.to_owned())
}

fn stray(text: &Text, piece: &Piece) -> NotationError {
    let fix = "One comma, semicolon or bar parts the two coordinates; leave others out.".to_owned();
    text.fault(Rule::MissingCoordinate, piece.chars.clone(), fix)
}
