//! What is refused, where in the text, by which rule, and what to type instead.

use geometry::notation::{self, Expected, MAX_CHARS, NotationError, NotationRule as Rule, Order};

fn refused(text: &str) -> NotationError {
    match notation::read(text, &Expected::default()) {
        Ok(reading) => panic!("{text}: {reading:?}"),
        Err(error) => error,
    }
}

/// Asserts the rule and the characters it points at.
fn assert_refuses(text: &str, rule: Rule, found: &str) -> NotationError {
    let error = refused(text);
    assert_eq!((error.rule, error.found.as_str()), (rule, found), "{text}: {error}");
    let pointed: String = text.chars().skip(error.chars.start).take(error.chars.len()).collect();
    assert_eq!(pointed, error.found, "{text}");
    error
}

#[test]
fn minutes_and_seconds_are_less_than_60() {
    let error = assert_refuses("13°75′N 103°12′E", Rule::MinutesRange, "75");
    assert_eq!(error.chars, 3..5);
    assert!(error.fix.starts_with("Type 13.75°"), "{error}");
    assert_refuses("13°60′N 103°12′E", Rule::MinutesRange, "60");
    let error = assert_refuses("13 05 99 N 103 12 00 E", Rule::SecondsRange, "99");
    assert!(error.fix.starts_with("Type 13 05.99"), "{error}");
    assert_refuses("13:05:60.0 103:12:00", Rule::SecondsRange, "60.0");
}

#[test]
fn a_fraction_stands_last() {
    assert_refuses("13.5°30′N 103°12′E", Rule::FractionNotLast, "13.5");
    assert_refuses("13 5.5 30 N 103 12 0 E", Rule::FractionNotLast, "5.5");
}

#[test]
fn sexagesimal_numbers_typed_as_decimals_are_named() {
    let error = assert_refuses("13.05.30 N 103.12.00 E", Rule::SexagesimalAsDecimal, "13.05.30");
    assert_eq!(error.fix, "Type 13 05 30, if that is meant.");
    let error = assert_refuses("1305.5 N 10312.0 E", Rule::LatitudeRange, "1305.5 N");
    assert!(error.fix.contains("type 13 05.5"), "{error}");
    let error = assert_refuses("130530N 1031200E", Rule::LatitudeRange, "130530N");
    assert!(error.fix.contains("type 13 05 30"), "{error}");
}

#[test]
fn a_minus_sign_does_not_go_with_a_hemisphere() {
    assert_refuses("-13.1N 103.2E", Rule::SignWithHemisphere, "-13.1N");
    assert_refuses("4.5S -74.2W", Rule::SignWithHemisphere, "-74.2W");
    assert_refuses("+4.5S 74.2W", Rule::SignWithHemisphere, "+4.5S");
}

#[test]
fn a_dash_between_numbers_may_be_a_minus() {
    assert_refuses("13-05-30N 103-12-00E", Rule::MisplacedSign, "-");
    assert_refuses("13°-05′N 103°12′E", Rule::MisplacedSign, "-");
    assert_refuses("--13.1 103.2", Rule::MisplacedSign, "-");
}

#[test]
fn each_coordinate_is_in_range() {
    assert_refuses("90.5N 103.2E", Rule::LatitudeRange, "90.5N");
    assert_refuses("90°00′01″N 103°0′0″E", Rule::LatitudeRange, "90°00′01″N");
    assert_refuses("13.1N 180.5E", Rule::LongitudeRange, "180.5E");
    let error = assert_refuses("103.2N 13.1E", Rule::LatitudeRange, "103.2N");
    assert!(error.fix.contains("swapped"), "{error}");
    assert_refuses("103.2 104.5", Rule::LatitudeRange, "104.5");
    assert_refuses("13.1 200", Rule::LongitudeRange, "200");
    let form = Expected { order: Some(Order::LatitudeFirst), zone: None };
    let error = notation::read("103.2 13.1", &form).unwrap_err();
    assert_eq!(error.rule, Rule::LatitudeRange);
}

#[test]
fn an_order_that_cannot_be_told_is_asked_for() {
    let error = assert_refuses("35.5, 36.25", Rule::OrderUnknown, "35.5, 36.25");
    assert!(error.fix.contains("lat 35.5, lon 36.25 or lon 35.5, lat 36.25"), "{error}");
    assert_refuses("35 30 36 15", Rule::OrderUnknown, "35 30 36 15");
}

#[test]
fn both_coordinates_have_a_hemisphere_or_none() {
    assert_refuses("13.1N 103.2", Rule::MissingHemisphere, "N");
    assert_refuses("13.1N, 103.2", Rule::MissingHemisphere, "103.2");
    assert_refuses("13.1N, 103.2N", Rule::SameAxis, "103.2N");
    assert_refuses("lat 13.1E lon 103.2E", Rule::SameAxis, "E");
    assert_refuses("N13.1N, 103.2E", Rule::MisplacedHemisphere, "N");
    assert_refuses("N13.1 103.2E", Rule::MissingSeparator, "N13.1 103.2E");
    assert_refuses("13 N 5, 103 E", Rule::TooManyNumbers, "5");
}

#[test]
fn a_comma_that_may_mean_two_things_is_not_guessed() {
    for (text, found) in [
        ("13,103", "13,103"),
        ("13,1,103,2", "13,1,103"),
        ("13 5,103 12", "13 5,103 12"),
        ("508301,602512", "508301,602512"),
    ] {
        assert_refuses(text, Rule::AmbiguousComma, found);
    }
    assert_refuses("48N 508,301 602,512", Rule::AmbiguousComma, "508,301");
}

#[test]
fn letters_with_two_meanings_are_not_guessed() {
    let error = assert_refuses("4.5N 74.2O", Rule::AmbiguousLetter, "O");
    assert!(error.fix.contains("west in Spanish"), "{error}");
    assert_refuses("48.5C 35.2B", Rule::AmbiguousLetter, "C");
    assert_refuses("13°05′30s 103°12′00″E", Rule::AmbiguousLetter, "s");
    assert_refuses("13d05m30S 103d12m00sE", Rule::AmbiguousLetter, "S");
    assert_refuses("48.5 с.д. 35.2 в.д.", Rule::UnknownWord, "д");
}

#[test]
fn one_coordinate_is_no_position() {
    assert_refuses("", Rule::Empty, "");
    assert_refuses("  ", Rule::Empty, "");
    assert_refuses("13.1", Rule::MissingCoordinate, "13.1");
    assert_refuses("13.1N", Rule::MissingCoordinate, "13.1");
    assert_refuses("13.1,", Rule::MissingCoordinate, "");
    assert_refuses("13.1N, E", Rule::MissingCoordinate, "");
    assert_refuses("45′N 103°12′E", Rule::MarkOutOfOrder, "′");
}

#[test]
fn texts_that_are_none_are_refused_where_they_begin() {
    assert_refuses("about 13.1N 103.2E", Rule::UnknownWord, "about");
    assert_refuses("13.1N 103.2E #3", Rule::UnknownCharacter, "#");
    assert_refuses("13..1N 103.2E", Rule::StrayPoint, "13.");
    assert_refuses("1.3e2 1.2", Rule::MissingHemisphere, "e");
    assert_refuses("1 2 3 4 5 6 7 8", Rule::MissingSeparator, "1 2 3 4 5 6 7 8");
    assert_refuses("123456789012345678901.5 N 1 E", Rule::TooManyDigits, "123456789012345678901.5");
    let long = "1".repeat(MAX_CHARS + 1);
    assert_eq!(refused(&long).rule, Rule::TooLong);
}

#[test]
fn utm_needs_its_zone_and_hemisphere() {
    assert_refuses("508301 602512", Rule::MissingZone, "508301 602512");
    let error = assert_refuses("48 508301 602512", Rule::MissingZone, "48");
    assert!(error.fix.starts_with("Type 48N or 48S"), "{error}");
    assert_refuses("61N 508301 602512", Rule::ZoneRange, "61");
    assert_refuses("0N 508301 602512", Rule::ZoneRange, "0");
    assert_refuses("48I 508301 602512", Rule::BandLetter, "I");
    assert_refuses("48Т 508301 602512", Rule::WrongScript, "Т");
    assert_refuses("48Z 508301 602512", Rule::Polar, "Z");
}

#[test]
fn easting_and_northing_are_in_range() {
    assert_refuses("48N 50830 602512", Rule::EastingRange, "50830");
    assert_refuses("48N 950000 602512", Rule::EastingRange, "950000");
    assert_refuses("48N 508301 9500000", Rule::NorthingRange, "9500000");
    assert_refuses("33 south 508301 602512", Rule::NorthingRange, "602512");
    let error = assert_refuses("48N 1448889 304855", Rule::EastingRange, "1448889");
    assert!(error.fix.contains("304855E 1448889N"), "{error}");
    assert_refuses("48N -508301 602512", Rule::MisplacedSign, "-");
    assert_refuses("48N 508 301 602 512", Rule::TooManyNumbers, "508 301 602 512");
    assert_refuses("48N 508301", Rule::MissingCoordinate, "");
    assert_refuses("48N 508301E 602512E", Rule::SameAxis, "E");
    assert_refuses("33N 110000 8800000", Rule::OutsideZone, "110000 8800000");
    assert_refuses("33 south 500000 1050000", Rule::Polar, "500000 1050000");
}

#[test]
fn the_band_must_be_that_of_the_northing() {
    let error = assert_refuses("48 P 0508301 E 0602512 N", Rule::BandMismatch, "48 P");
    assert!(error.fix.contains("That is band N: type 48N"), "{error}");
    assert_refuses("32X 500000 8200000", Rule::ZoneLeftOut, "32X");
}

#[test]
fn band_s_and_the_southern_hemisphere_are_not_guessed() {
    let error = assert_refuses("38S 444000 3999000", Rule::BandOrHemisphere, "38S");
    assert!(error.fix.contains("38 south"), "{error}");
    assert!(error.fix.contains("38 north"), "{error}");
}

#[test]
fn grid_references_are_consistent() {
    assert_refuses("48PUV123", Rule::UnevenDigits, "123");
    assert_refuses("48PUV 123 4567", Rule::UnevenDigits, "123 4567");
    assert_refuses("48PUV 12 3456", Rule::UnevenDigits, "12 3456");
    assert_refuses("48PUV123456123456", Rule::TooPrecise, "123456123456");
    assert_refuses("61PUV1212", Rule::ZoneRange, "61");
    assert_refuses("48IUV1212", Rule::BandLetter, "I");
    let error = assert_refuses("48PAV1212", Rule::SquareLetters, "A");
    assert!(error.fix.ends_with("one of STUVWXYZ."), "{error}");
    let error = assert_refuses("48PUF1212", Rule::SquareOutsideBand, "F");
    assert!(error.fix.contains("is one of PQRSTUVABC;"), "{error}");
    assert_refuses("48РUV1212", Rule::WrongScript, "Р");
    assert_refuses("32XMG1212", Rule::ZoneLeftOut, "32X");
    assert_refuses("48PIV1212", Rule::SquareLetters, "I");
}

#[test]
fn cells_outside_their_zone_are_refused_with_the_right_reference() {
    // East of 3° zone 31 belongs to zone 32 along the coast of Norway.
    let error = refused("31VEG1000010000");
    assert_eq!(error.rule, Rule::OutsideZone);
    assert!(error.fix.contains("type 32V"), "{error}");
}

#[test]
fn polar_areas_are_refused_by_name() {
    for text in ["ZAH0000000000", "YXL 123 456", "BAN", "48ZUV1212"] {
        assert_eq!(refused(text).rule, Rule::Polar, "{text}");
    }
}

#[test]
fn a_coordinate_in_the_wrong_field_is_refused() {
    assert_eq!(notation::read_latitude("103.2E").unwrap_err().rule, Rule::SameAxis);
    assert_eq!(notation::read_latitude("103.2").unwrap_err().rule, Rule::LatitudeRange);
    assert_eq!(notation::read_longitude("13.1, 103.2").unwrap_err().rule, Rule::MissingCoordinate);
    assert_eq!(notation::read_longitude("").unwrap_err().rule, Rule::Empty);
}

#[test]
fn an_error_names_place_finding_rule_and_fix() {
    assert_eq!(
        refused("13.1N, 103.2").to_string(),
        "“103.2” at characters 8 to 12: Both coordinates have a hemisphere or neither has. Add N, \
         S, E or W to this one too."
    );
    // Characters are counted, not bytes.
    assert_eq!(refused("១៣°៧៥′ជើង ១០៣°១២′កើត").chars, 3..5);
}
