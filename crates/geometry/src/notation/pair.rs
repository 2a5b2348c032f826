//! A latitude and a longitude in either order.

use std::ops::Range;

use super::angle::{self, Angle};
use super::error::{NotationError, NotationRule as Rule};
use super::text::{Text, Token};
use super::words::{self, Axis, Piece, Unit, What};
use super::{Doubt, DoubtKind, Expected, Order, Reading};
use crate::lon_lat::LonLat;

/// Metres in a degree of latitude, at most.
const M_PER_DEGREE: f64 = 111_700.0;

/// Reads both coordinates.
pub(super) fn read(
    text: &Text,
    tokens: &[Token],
    expected: &Expected,
) -> Result<Reading, NotationError> {
    let pieces = words::pieces(text, tokens)?;
    let (first, second) = split(text, &pieces)?;
    let whole = text.whole();
    let [first, second] =
        [angle::read(text, first, whole.start..whole.end)?, angle::read(text, second, text.end())?];
    let bar = pieces.iter().any(|piece| piece.what == What::Bar);
    let (order, by_bar) = order(text, [&first, &second], bar, expected)?;
    let (lon, lat) = match order {
        Order::LongitudeFirst => (first, second),
        Order::LatitudeFirst => (second, first),
    };
    lat.check(text, Axis::Latitude)?;
    lon.check(text, Axis::Longitude)?;
    let position = LonLat::trusted(crate::lon_lat::normalised([lon.degrees, lat.degrees]));
    let mut doubts = Vec::new();
    if by_bar {
        let swapped = LonLat::trusted(crate::lon_lat::normalised([lat.degrees, lon.degrees]));
        doubts.push(Doubt { kind: DoubtKind::OrderByBar, alternative: swapped });
    }
    if let (Some(packed_lon), Some(packed_lat)) = (lon.packed_deg, lat.packed_deg)
        && let Ok(alternative) = LonLat::new(packed_lon, packed_lat)
    {
        doubts.push(Doubt { kind: DoubtKind::MinutesAsDecimals, alternative });
    }
    Ok(Reading {
        position,
        notation: lon.notation.max(lat.notation),
        resolution_m: resolution_m(&lon, &lat),
        grid: None,
        doubts,
    })
}

/// Reads one coordinate that stands alone.
pub(super) fn read_one(text: &Text, tokens: &[Token], axis: Axis) -> Result<Angle, NotationError> {
    let pieces = words::pieces(text, tokens)?;
    let angle = angle::read(text, &pieces, text.end())?;
    if angle.axis.is_some_and(|given| given != axis) {
        let fix = format!("A {} is expected here; type the other coordinate.", axis.name());
        return Err(text.fault(Rule::SameAxis, angle.chars.clone(), fix));
    }
    angle.check(text, axis)?;
    Ok(angle)
}

fn resolution_m(lon: &Angle, lat: &Angle) -> f64 {
    let along = lon.step_deg * lat.degrees.to_radians().cos();
    M_PER_DEGREE * along.max(lat.step_deg)
}

/// Decides which coordinate comes first, and whether only a bar says so.
fn order(
    text: &Text,
    [first, second]: [&Angle; 2],
    bar: bool,
    expected: &Expected,
) -> Result<(Order, bool), NotationError> {
    let order_of = |first: Axis| match first {
        Axis::Latitude => Order::LatitudeFirst,
        Axis::Longitude => Order::LongitudeFirst,
    };
    match (first.axis, second.axis) {
        (Some(a), Some(b)) if a == b => {
            let fix = format!("Both are {}s; correct the letter of one.", a.name());
            return Err(text.fault(Rule::SameAxis, second.chars.clone(), fix));
        }
        (Some(a), Some(_)) => return Ok((order_of(a), false)),
        (None, None) => {}
        (given, _) => {
            let lacking = if given.is_some() { second } else { first };
            let fix = "Add N, S, E or W to this one too.".to_owned();
            return Err(text.fault(Rule::MissingHemisphere, lacking.chars.clone(), fix));
        }
    }
    if let Some(order) = expected.order {
        return Ok((order, false));
    }
    let may_be = |lat: &Angle, lon: &Angle| lat.fits(Axis::Latitude) && lon.fits(Axis::Longitude);
    match (may_be(first, second), may_be(second, first)) {
        (true, true) if bar => Ok((Order::LongitudeFirst, true)),
        (true, false) => Ok((Order::LatitudeFirst, false)),
        (false, true) => Ok((Order::LongitudeFirst, false)),
        (false, false) => {
            let wrong = if first.fits(Axis::Longitude) { second } else { first };
            let axis = if wrong.fits(Axis::Longitude) { Axis::Latitude } else { Axis::Longitude };
            wrong.check(text, axis)?;
            // One fits as a longitude only, and so does the other.
            second.check(text, Axis::Latitude)?;
            Ok((Order::LongitudeFirst, false))
        }
        (true, true) => {
            let typed = |angle: &Angle| text.typed(angle.chars.clone());
            let (a, b) = (typed(first), typed(second));
            let fix = format!(
                "Add hemispheres (N or S to the latitude, E or W to the longitude, and no minus \
                 signs), or type lat {a}, lon {b} or lon {a}, lat {b}."
            );
            Err(text.fault(Rule::OrderUnknown, first.chars.start..second.chars.end, fix))
        }
    }
}

/// Parts the pieces of the two coordinates.
fn split<'a>(
    text: &Text,
    pieces: &'a [Piece],
) -> Result<(&'a [Piece], &'a [Piece]), NotationError> {
    let places = |wanted: fn(&What) -> bool| -> Vec<usize> {
        (0..pieces.len()).filter(|i| wanted(&pieces[*i].what)).collect()
    };
    let separators = places(|what| matches!(what, What::Separator | What::Bar));
    match separators[..] {
        [] => {}
        [at] => return Ok((&pieces[..at], &pieces[at + 1..])),
        [_, second, ..] => {
            let fix = "Leave all but one of them out; blanks may stand between degrees, minutes \
                       and seconds.";
            let chars = pieces[second].chars.clone();
            return Err(text.fault(Rule::TooManyNumbers, chars, fix.to_owned()));
        }
    }
    let numbers = places(|what| matches!(what, What::Number(_)));
    let labels = places(|what| matches!(what, What::Label(_)));
    let directions = places(|what| matches!(what, What::Direction(_)));
    if let [0, second] = labels[..] {
        return Ok(pieces.split_at(second));
    }
    if let [first, second] = directions[..] {
        return split_by_directions(text, pieces, first, second);
    }
    if let [only] = directions[..]
        && numbers.len() > 1
    {
        let fix = "Give both coordinates their hemisphere.".to_owned();
        return Err(text.fault(Rule::MissingHemisphere, pieces[only].chars.clone(), fix));
    }
    if let [_, _, third, ..] = directions[..] {
        let fix = "Leave one of them out.".to_owned();
        return Err(text.fault(Rule::MisplacedHemisphere, pieces[third].chars.clone(), fix));
    }
    if numbers.len() < 2 {
        return Err(one_number(text, pieces, &numbers));
    }
    let starts: Vec<usize> =
        numbers.iter().copied().filter(|number| starts_angle(pieces, *number)).collect();
    match starts[..] {
        [_, second] => Ok(pieces.split_at(with_sign(pieces, second))),
        [] | [_] => split_by_count(text, pieces, &numbers),
        _ => Err(no_telling(text)),
    }
}

/// Tells whether marks show a number to be degrees: its own, or a colon after it and none before.
fn starts_angle(pieces: &[Piece], number: usize) -> bool {
    let what = |at: Option<usize>| at.and_then(|at| pieces.get(at)).map(|piece| piece.what);
    let after = what(number.checked_add(1));
    let before = what(number.checked_sub(1));
    after == Some(What::Unit(Unit::Degree))
        || (after == Some(What::Colon) && before != Some(What::Colon))
}

fn with_sign(pieces: &[Piece], number: usize) -> usize {
    let before = number.checked_sub(1).and_then(|at| pieces.get(at));
    let signed = before.is_some_and(|piece| matches!(piece.what, What::Minus | What::Plus));
    number - usize::from(signed)
}

fn split_by_directions<'a>(
    text: &Text,
    pieces: &'a [Piece],
    first: usize,
    second: usize,
) -> Result<(&'a [Piece], &'a [Piece]), NotationError> {
    let is_number = |piece: &Piece| matches!(piece.what, What::Number(_));
    let leads = !pieces[..first].iter().any(is_number);
    let ends = !pieces[second..].iter().any(is_number);
    let between = pieces[first..second].iter().any(is_number);
    match (leads, ends, between) {
        (true, false, true) | (false, false, false) => Ok(pieces.split_at(second)),
        (false, true, true) => {
            let suffix = pieces.get(first + 1);
            let length =
                1 + usize::from(matches!(suffix, Some(Piece { what: What::Suffix(_), .. })));
            Ok(pieces.split_at(first + length))
        }
        (true, true, _) if pieces.iter().filter(|piece| is_number(piece)).count() > 1 => {
            Err(no_telling(text))
        }
        _ => {
            let fix = "Put each hemisphere before or after its own coordinate.".to_owned();
            let chars = pieces[second].chars.clone();
            Err(text.fault(Rule::MisplacedHemisphere, chars, fix))
        }
    }
}

/// Parts 2, 4 or 6 numbers in the middle.
fn split_by_count<'a>(
    text: &Text,
    pieces: &'a [Piece],
    numbers: &[usize],
) -> Result<(&'a [Piece], &'a [Piece]), NotationError> {
    if numbers.len() % 2 == 1 || numbers.len() > 6 {
        let chars = pieces[numbers[0]].chars.start..pieces[numbers[numbers.len() - 1]].chars.end;
        if has_decimal_comma(pieces) {
            let fix = "Part the two coordinates by a semicolon, or write points for decimals.";
            return Err(text.fault(Rule::AmbiguousComma, chars, fix.to_owned()));
        }
        return Err(no_telling(text));
    }
    Ok(pieces.split_at(with_sign(pieces, numbers[numbers.len() / 2])))
}

fn no_telling(text: &Text) -> NotationError {
    let fix = "Put a comma and a blank between the two coordinates.".to_owned();
    text.fault(Rule::MissingSeparator, text.whole(), fix)
}

fn has_decimal_comma(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| matches!(piece.what, What::Number(number) if number.comma))
}

/// The fault of a text with fewer than two numbers.
fn one_number(text: &Text, pieces: &[Piece], numbers: &[usize]) -> NotationError {
    let chars: Range<usize> = match numbers {
        [only] => pieces[*only].chars.clone(),
        _ => text.whole(),
    };
    if has_decimal_comma(pieces) {
        let fix = "Type a blank after the comma if it parts two coordinates; if it begins \
                   decimals, the other coordinate is missing.";
        return text.fault(Rule::AmbiguousComma, chars, fix.to_owned());
    }
    let fix = "Type both, for example 13.1°N 103.2°E.".to_owned();
    text.fault(Rule::MissingCoordinate, chars, fix)
}
