//! Grid references as they are written.

use std::ops::Range;

use super::error::{NotationError, NotationRule as Rule};
use super::mgrs::{self, MAX_DIGITS, MgrsCell, Misplaced};
use super::text::Text;
use super::utm::{Hemisphere, UtmZone};
use super::{Grid, Notation, Reading, zone};

/// Words of three letters after a number that begin no grid reference.
const WORDS: [&str; 5] = ["deg", "lat", "lon", "min", "sec"];

/// The parts of a grid reference, each with its place in the text.
pub(super) struct Shape {
    zone: Range<usize>,
    letters: [usize; 3],
    /// The runs of digits after the letters.
    groups: Vec<Range<usize>>,
}

/// Finds the parts of a text that has the shape of a grid reference: a zone of one or two digits,
/// three letters, and then nothing but digits and blanks.
pub(super) fn shape(text: &Text) -> Option<Shape> {
    let read = text.read();
    let blanks = |from: usize| from + read[from..].iter().take_while(|c| **c == ' ').count();
    let digits =
        |from: usize| from + read[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let start = blanks(0);
    let zone = start..digits(start);
    if !(1..=2).contains(&zone.len()) {
        return None;
    }
    let mut letters = [0; 3];
    let mut next = zone.end;
    for letter in &mut letters {
        *letter = blanks(next);
        next = *letter + 1;
        read.get(*letter).filter(|c| c.is_alphabetic())?;
    }
    let word: String = letters.iter().filter_map(|at| read.get(*at)).collect();
    if WORDS.contains(&word.to_lowercase().as_str()) && word.to_uppercase() != word {
        return None;
    }
    let mut groups = Vec::new();
    next = blanks(next);
    while next < read.len() {
        let end = digits(next);
        if end == next {
            return None;
        }
        groups.push(next..end);
        next = blanks(end);
    }
    Some(Shape { zone, letters, groups })
}

/// Tells whether a text begins like a grid reference of the polar areas: one of A, B, Y, Z, two
/// more letters, then digits or nothing.
pub(super) fn is_polar(text: &Text) -> bool {
    let mut ink = text.read().iter().filter(|c| **c != ' ').map(char::to_ascii_uppercase);
    matches!(ink.next(), Some('A' | 'B' | 'Y' | 'Z'))
        && (0..2).all(|_| ink.next().is_some_and(|c| c.is_ascii_alphabetic()))
        && ink.all(|c| c.is_ascii_digit())
}

/// The fault of a reference in the polar areas.
pub(super) fn polar(text: &Text) -> NotationError {
    let fix = "Give the position in degrees, for example 85.5°N 12.25°E.".to_owned();
    text.fault(Rule::Polar, text.whole(), fix)
}

/// Reads a grid reference.
pub(super) fn read(text: &Text, shape: &Shape) -> Result<Reading, NotationError> {
    let zone: String = text.read()[shape.zone.clone()].iter().collect();
    let zone_number: u8 = zone.parse().unwrap_or(0);
    if !(1..=60).contains(&zone_number) {
        let fix = "Correct the digits before the letters.".to_owned();
        return Err(text.fault(Rule::ZoneRange, shape.zone.clone(), fix));
    }
    let [band, column, row] = letters(text, shape)?;
    check_band(text, shape, zone_number, band)?;
    let (within_m, digits) = read_digits(text, &shape.groups)?;
    let cell = MgrsCell::from_parts(zone_number, band, [column, row], within_m, digits)
        .map_err(|misplaced| fault(text, shape, zone_number, [band, column], misplaced))?;
    Ok(Reading {
        position: cell.centre(),
        notation: Notation::Mgrs,
        resolution_m: cell.side_m(),
        grid: Some(Grid::Mgrs(cell)),
        doubts: Vec::new(),
    })
}

fn letters(text: &Text, shape: &Shape) -> Result<[char; 3], NotationError> {
    let mut letters = ['?'; 3];
    for (letter, at) in letters.iter_mut().zip(shape.letters) {
        *letter = text.read()[at].to_ascii_uppercase();
        if !letter.is_ascii_uppercase() {
            let fix = "Type the letter on a Latin keyboard.".to_owned();
            return Err(text.fault(Rule::WrongScript, at..at + 1, fix));
        }
    }
    Ok(letters)
}

fn check_band(text: &Text, shape: &Shape, zone: u8, band: char) -> Result<(), NotationError> {
    let at = shape.letters[0]..shape.letters[0] + 1;
    if matches!(band, 'A' | 'B' | 'Y' | 'Z') {
        return Err(polar(text));
    }
    if !zone::BANDS.contains(band) {
        let fix = "Correct the first letter.".to_owned();
        return Err(text.fault(Rule::BandLetter, at, fix));
    }
    if zone::zone_limits(zone, band).is_none() {
        let fix = format!("Its west belongs to zone {}, its east to zone {}.", zone - 1, zone + 1);
        return Err(text.fault(Rule::ZoneLeftOut, shape.zone.start..at.end, fix));
    }
    Ok(())
}

/// Reads metres within the square, and the number of digits of each.
fn read_digits(text: &Text, groups: &[Range<usize>]) -> Result<([f64; 2], u8), NotationError> {
    let (Some(first), Some(last)) = (groups.first(), groups.last()) else {
        return Ok(([0.0; 2], 0));
    };
    let chars = first.start..last.end;
    let places: Vec<usize> = groups.iter().cloned().flatten().collect();
    let half = places.len() / 2;
    let starts_group = |at: usize| groups.iter().any(|group| group.start == at);
    let even = places.len().is_multiple_of(2)
        && (groups.len() == 1 || places.get(half).is_some_and(|at| starts_group(*at)));
    if !even {
        let fix =
            "Add or leave out digits so that both have 1 to 5; zeros in front count.".to_owned();
        return Err(text.fault(Rule::UnevenDigits, chars, fix));
    }
    if half > usize::from(MAX_DIGITS) {
        let fix = "Cut both numbers after their fifth digit.".to_owned();
        return Err(text.fault(Rule::TooPrecise, chars, fix));
    }
    let side = 10.0_f64.powi(i32::from(MAX_DIGITS) - half as i32);
    let metres = |places: &[usize]| {
        let digits = places.iter().filter_map(|at| text.read()[*at].to_digit(10));
        side * digits.fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit))
    };
    Ok(([metres(&places[..half]), metres(&places[half..])], half as u8))
}

/// Says what is wrong with the letters of a square, and what would be right.
fn fault(
    text: &Text,
    shape: &Shape,
    zone: u8,
    [band, column]: [char; 2],
    misplaced: Misplaced,
) -> NotationError {
    let letter = |index: usize| shape.letters[index]..shape.letters[index] + 1;
    match misplaced {
        Misplaced::Column => {
            let columns = mgrs::columns(zone);
            let fix = format!("In zone {zone} the second letter is one of {columns}.");
            text.fault(Rule::SquareLetters, letter(1), fix)
        }
        Misplaced::Row => {
            let hemisphere = if band < 'N' { Hemisphere::South } else { Hemisphere::North };
            let rows: String = UtmZone::new(zone, hemisphere)
                .map(|zone| mgrs::rows_in_band(zone, band, column).into_iter().collect())
                .unwrap_or_default();
            let fix = format!(
                "With {zone}{band}{column} the third letter is one of {rows}; check the band too."
            );
            text.fault(Rule::SquareOutsideBand, letter(2), fix)
        }
        Misplaced::Cell(cell) => {
            let right = MgrsCell::of(cell.centre(), cell.digits());
            let fix = match right {
                Some(right) => {
                    format!("The place is outside {zone}{band}; type {right} if that is meant.")
                }
                None => format!("The place is outside {zone}{band}; check letters and digits."),
            };
            text.fault(Rule::OutsideZone, text.whole(), fix)
        }
    }
}
