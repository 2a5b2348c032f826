//! Zone, easting and northing as they are written.

use std::ops::Range;

use super::error::{NotationError, NotationRule as Rule};
use super::text::{Kind, Number, Text, Token};
use super::utm::{Hemisphere, Misfit, UtmPoint, UtmZone};
use super::{Doubt, DoubtKind, Expected, Grid, Notation, Order, Reading, zone};

/// From here on a number is metres, not degrees, minutes or both run together.
const METRES_FROM: f64 = 10_000.0;

/// No angle has a larger number; after what may be a zone, one is metres or a part of them.
const LARGEST_ANGLE: f64 = 180.0;

/// Tells whether a text is easting and northing, with or without a zone before them.
pub(super) fn looks_like(tokens: &[Token], expected: &Expected) -> bool {
    let numbers: Vec<&Number> = tokens.iter().filter_map(number_of).collect();
    let words: Vec<&str> = tokens.iter().filter_map(word_of).collect();
    let has_above = |limit: f64| numbers.iter().any(|number| number.value > limit);
    let has_metres = has_above(METRES_FROM);
    let word_second = tokens.get(1).is_some_and(|token| word_of(token).is_some());
    let only_metres =
        words.iter().all(|word| ["m", "me", "mn"].contains(&word.to_lowercase().as_str()));
    match numbers[..] {
        _ if without_names(tokens).len() < tokens.len() => true,
        [zone, _, _, ..] => {
            zone.whole_digits <= 2 && (has_metres || word_second && has_above(LARGEST_ANGLE))
        }
        [zone, _] if zone.whole_digits <= 2 => has_metres && word_second && words.len() == 1,
        [_, _] => has_metres && (only_metres || expected.zone.is_some()),
        _ => false,
    }
}

fn number_of(token: &Token) -> Option<&Number> {
    match &token.kind {
        Kind::Number(number) => Some(number),
        _ => None,
    }
}

fn word_of(token: &Token) -> Option<&str> {
    match &token.kind {
        Kind::Word(word) => Some(word),
        _ => None,
    }
}

/// Leaves out the words "UTM" and "zone" at the beginning.
fn without_names(tokens: &[Token]) -> &[Token] {
    let is_name = |token: &Token| {
        word_of(token).is_some_and(|word| ["utm", "zone"].contains(&word.to_lowercase().as_str()))
    };
    &tokens[tokens.iter().take_while(|token| is_name(token)).count()..]
}

/// A zone as it is written, with its place in the text.
struct Written {
    number: u8,
    side: Side,
    chars: Range<usize>,
}

/// What stands after a zone number.
#[derive(Clone, Copy)]
enum Side {
    Hemisphere(Hemisphere),
    Band(char),
    /// S, a latitude band or a hemisphere.
    South,
}

/// A number with its place in the text.
#[derive(Clone)]
struct Placed {
    number: Number,
    chars: Range<usize>,
}

/// Reads zone, easting and northing.
pub(super) fn read(
    text: &Text,
    tokens: &[Token],
    expected: &Expected,
) -> Result<Reading, NotationError> {
    let tokens = without_names(tokens);
    let (zone, rest) = read_zone(text, tokens, expected)?;
    let ([mut easting, mut northing], labelled) = read_numbers(text, rest)?;
    if !labelled && expected.order == Some(Order::LatitudeFirst) {
        std::mem::swap(&mut easting, &mut northing);
    }
    let swapped = place(text, &zone, &northing, &easting);
    let free = !labelled && expected.order.is_none();
    let point = place(text, &zone, &easting, &northing).map_err(|error| match &swapped {
        Ok(point) if !labelled => {
            let fix = format!(
                "They look swapped; type {}E {}N after the zone if that is meant.",
                point.easting_m(),
                point.northing_m()
            );
            NotationError { fix, ..error }
        }
        _ => error,
    })?;
    let alternative = swapped.ok().filter(|other| free && *other != point);
    let kind = DoubtKind::EastingFirst;
    Ok(Reading {
        position: point.position(),
        notation: Notation::Utm,
        resolution_m: easting.number.step().max(northing.number.step()),
        doubts: alternative
            .map(|other| Doubt { kind, alternative: other.position() })
            .into_iter()
            .collect(),
        grid: Some(Grid::Utm(point)),
    })
}

/// Reads the zone, if it is there.
fn read_zone<'a>(
    text: &Text,
    tokens: &'a [Token],
    expected: &Expected,
) -> Result<(Written, &'a [Token]), NotationError> {
    let numbers = tokens.iter().filter_map(number_of).count();
    let Some((first, number)) = tokens
        .first()
        .and_then(|t| number_of(t).map(|n| (t, *n)))
        .filter(|(_, number)| numbers > 2 || number.whole_digits <= 2)
    else {
        let chars = text.whole();
        let Some(zone) = expected.zone else {
            let fix = "Type the zone and N or S first, for example 48N 508301 602512.".to_owned();
            return Err(text.fault(Rule::MissingZone, chars, fix));
        };
        let side = Side::Hemisphere(zone.hemisphere());
        return Ok((
            Written { number: zone.number(), side, chars: chars.start..chars.start },
            tokens,
        ));
    };
    if !number.is_whole() || !(1.0..=60.0).contains(&number.value) {
        let fix = "Type the zone, 1 to 60, before easting and northing.".to_owned();
        return Err(text.fault(Rule::ZoneRange, first.chars.clone(), fix));
    }
    let zone = number.value as u8;
    let Some((word, token)) = tokens.get(1).and_then(|t| word_of(t).map(|word| (word, t))) else {
        let Some(expected) = expected.zone.filter(|expected| expected.number() == zone) else {
            let fix = format!("Type {zone}N or {zone}S, after the hemisphere.");
            return Err(text.fault(Rule::MissingZone, first.chars.clone(), fix));
        };
        let side = Side::Hemisphere(expected.hemisphere());
        return Ok((Written { number: zone, side, chars: first.chars.clone() }, &tokens[1..]));
    };
    let side = side_of(text, word, &token.chars)?;
    let chars = first.chars.start..token.chars.end;
    Ok((Written { number: zone, side, chars }, &tokens[2..]))
}

fn side_of(text: &Text, word: &str, chars: &Range<usize>) -> Result<Side, NotationError> {
    let upper = word.to_uppercase();
    let mut letters = upper.chars();
    let (rule, fix) = match (upper.as_str(), letters.next(), letters.next()) {
        ("N" | "NORTH", ..) => return Ok(Side::Hemisphere(Hemisphere::North)),
        ("SOUTH", ..) => return Ok(Side::Hemisphere(Hemisphere::South)),
        ("S", ..) => return Ok(Side::South),
        (_, Some(letter), None) if zone::BANDS.contains(letter) => return Ok(Side::Band(letter)),
        ("A" | "B" | "Y" | "Z", ..) => {
            (Rule::Polar, "Give the position in degrees, for example 85.5°N 12.25°E.")
        }
        (_, Some(letter), None) if letter.is_ascii_alphabetic() => {
            (Rule::BandLetter, "Correct the letter, or type N or S for the hemisphere.")
        }
        (_, Some(letter), None) if letter.is_alphabetic() => {
            (Rule::WrongScript, "Type N or S for the hemisphere, or a Latin band letter.")
        }
        _ => (Rule::UnknownWord, "Type N, S, north, south or a band letter after the zone."),
    };
    Err(text.fault(rule, chars.clone(), fix.to_owned()))
}

/// Easting or northing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    Easting,
    Northing,
}

fn label_of(word: &str) -> Option<Label> {
    match word.to_lowercase().as_str() {
        "e" | "me" | "east" | "easting" => Some(Label::Easting),
        "n" | "mn" | "north" | "northing" => Some(Label::Northing),
        _ => None,
    }
}

/// Reads easting and northing, in this order unless labels say otherwise; tells whether they do.
fn read_numbers(text: &Text, tokens: &[Token]) -> Result<([Placed; 2], bool), NotationError> {
    let mut items = Vec::new();
    let mut separators = 0;
    for token in tokens {
        match &token.kind {
            Kind::Separator | Kind::Bar => separators += 1,
            Kind::Colon if matches!(items.last(), Some(Item::Label(..))) => {}
            Kind::Word(word) if word.to_lowercase() == "m" => {}
            Kind::Word(word) => {
                let Some(label) = label_of(word) else {
                    let fix = "Type E after the easting and N after the northing.".to_owned();
                    return Err(text.fault(Rule::UnknownWord, token.chars.clone(), fix));
                };
                items.push(Item::Label(label, token.chars.clone()));
            }
            Kind::Number(number) => {
                items.push(Item::Number(Placed { number: *number, chars: token.chars.clone() }));
            }
            Kind::Minus | Kind::Plus => {
                let fix = "Easting and northing have no sign; leave it out.".to_owned();
                return Err(text.fault(Rule::MisplacedSign, token.chars.clone(), fix));
            }
            _ => {
                let fix = "Easting and northing are plain metres; leave it out.".to_owned();
                return Err(text.fault(Rule::MarkOutOfOrder, token.chars.clone(), fix));
            }
        }
    }
    let numbers: Vec<&Placed> = items.iter().filter_map(Item::number).collect();
    check_count(text, &numbers, separators)?;
    match &items[..] {
        [Item::Number(a), Item::Number(b)] => Ok(([a.clone(), b.clone()], false)),
        [Item::Number(a), Item::Label(x, _), Item::Number(b), Item::Label(y, at)]
        | [Item::Label(x, _), Item::Number(a), Item::Label(y, at), Item::Number(b)] => {
            match (x, y) {
                (Label::Easting, Label::Northing) => Ok(([a.clone(), b.clone()], true)),
                (Label::Northing, Label::Easting) => Ok(([b.clone(), a.clone()], true)),
                _ => Err(mislabelled(text, at)),
            }
        }
        _ => {
            let label = items.iter().rev().find_map(Item::label).unwrap_or(text.end());
            Err(mislabelled(text, &label))
        }
    }
}

enum Item {
    Number(Placed),
    Label(Label, Range<usize>),
}

impl Item {
    fn number(&self) -> Option<&Placed> {
        match self {
            Self::Number(placed) => Some(placed),
            Self::Label(..) => None,
        }
    }

    fn label(&self) -> Option<Range<usize>> {
        match self {
            Self::Number(_) => None,
            Self::Label(_, chars) => Some(chars.clone()),
        }
    }
}

fn mislabelled(text: &Text, at: &Range<usize>) -> NotationError {
    let fix = "Type E after the easting and N after the northing, or neither.".to_owned();
    text.fault(Rule::SameAxis, at.clone(), fix)
}

fn check_count(text: &Text, numbers: &[&Placed], separators: usize) -> Result<(), NotationError> {
    let plain = "Type easting and northing as plain metres without blanks, commas or points for \
                 thousands, for example 508301 602512.";
    for placed in numbers {
        let thousands = placed.number.decimals == 3 && placed.number.whole_digits <= 3;
        if (placed.number.comma || numbers.len() != 2) && thousands {
            return Err(text.fault(Rule::AmbiguousComma, placed.chars.clone(), plain.to_owned()));
        }
    }
    match numbers {
        [only] if only.number.comma => {
            let fix = "Put a blank after the comma between easting and northing.".to_owned();
            Err(text.fault(Rule::AmbiguousComma, only.chars.clone(), fix))
        }
        [] | [_] => {
            let fix = "Type easting and northing, for example 48N 508301 602512.".to_owned();
            Err(text.fault(Rule::MissingCoordinate, text.end(), fix))
        }
        [_, _] if separators <= 1 => Ok(()),
        [first, .., last] => {
            let chars = first.chars.start..last.chars.end;
            Err(text.fault(Rule::TooManyNumbers, chars, plain.to_owned()))
        }
    }
}

/// Finds the place, or says which of its parts cannot be.
fn place(
    text: &Text,
    zone: &Written,
    easting: &Placed,
    northing: &Placed,
) -> Result<UtmPoint, NotationError> {
    let on = |hemisphere| in_hemisphere(text, zone, hemisphere, easting, northing);
    match zone.side {
        Side::Hemisphere(hemisphere) => on(hemisphere),
        Side::Band(band) => in_band(text, zone, band, easting, northing),
        Side::South => {
            let band = in_band(text, zone, 'S', easting, northing);
            match (on(Hemisphere::South), band) {
                (Ok(south), Ok(band)) => {
                    let fix = format!(
                        "Type {0} south for the hemisphere (latitude {1:.4}°) or {0} north for the \
                         band (latitude {2:.4}°).",
                        zone.number,
                        south.position().lat(),
                        band.position().lat()
                    );
                    Err(text.fault(Rule::BandOrHemisphere, zone.chars.clone(), fix))
                }
                (Err(_), Ok(band)) => Ok(band),
                (south, Err(_)) => south,
            }
        }
    }
}

fn in_hemisphere(
    text: &Text,
    zone: &Written,
    hemisphere: Hemisphere,
    easting: &Placed,
    northing: &Placed,
) -> Result<UtmPoint, NotationError> {
    let Some(utm) = UtmZone::new(zone.number, hemisphere) else {
        let fix = "Type the zone, 1 to 60, before easting and northing.".to_owned();
        return Err(text.fault(Rule::ZoneRange, zone.chars.clone(), fix));
    };
    UtmPoint::fitting(utm, easting.number.value, northing.number.value).map_err(|misfit| {
        let both = easting.chars.start.min(northing.chars.start)
            ..easting.chars.end.max(northing.chars.end);
        match misfit {
            Misfit::Easting => {
                let fix = "Check its first digits, and that the easting comes first.".to_owned();
                text.fault(Rule::EastingRange, easting.chars.clone(), fix)
            }
            Misfit::Northing => {
                let fix = "Check its first digits and the hemisphere.".to_owned();
                text.fault(Rule::NorthingRange, northing.chars.clone(), fix)
            }
            Misfit::Polar(lat) => {
                let fix = format!("The place is at latitude {lat:.3}°; give it in degrees.");
                text.fault(Rule::Polar, both, fix)
            }
            Misfit::OtherZone(other) => {
                let fix = format!("The place is in zone {other}; check the zone and the easting.");
                text.fault(Rule::OutsideZone, both, fix)
            }
        }
    })
}

fn in_band(
    text: &Text,
    zone: &Written,
    band: char,
    easting: &Placed,
    northing: &Placed,
) -> Result<UtmPoint, NotationError> {
    let hemisphere = if band < 'N' { Hemisphere::South } else { Hemisphere::North };
    let point = in_hemisphere(text, zone, hemisphere, easting, northing)?;
    if zone::zone_limits(zone.number, band).is_none() {
        let fix = "Correct the zone, or type N for the hemisphere in place of X.".to_owned();
        return Err(text.fault(Rule::ZoneLeftOut, zone.chars.clone(), fix));
    }
    let lat = point.position().lat();
    let slack_deg = northing.number.step() / 110_000.0;
    let [south, north] = zone::band_limits(band).unwrap_or_default();
    if lat < south - slack_deg || lat > north + slack_deg {
        let actual = zone::band_of(lat).map_or(String::new(), |actual| {
            format!(
                " That is band {actual}: type {}{actual} if the northing is right.",
                zone.number
            )
        });
        let fix = format!(
            "Band {band} is latitude {south}° to {north}°, and this northing is at {lat:.4}°.{actual}"
        );
        return Err(text.fault(Rule::BandMismatch, zone.chars.clone(), fix));
    }
    Ok(point)
}
