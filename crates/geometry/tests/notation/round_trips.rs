//! What is written is read again as the same place.

use geometry::notation::{self, Expected, Form, Notation, Order, write};
use proptest::prelude::*;

use crate::shapes::{at, for_all, positions, read};

/// Writes and reads again; within half a unit of the last digit, and the same text once more.
fn assert_round_trip(lon: f64, lat: f64, form: Form, half_unit_m: f64, notation: Notation) {
    let position = at(lon, lat);
    let Some(text) = write(position, form) else { panic!("{position:?} {form:?}") };
    let reading = read(&text);
    assert_eq!(reading.notation(), notation);
    // A step of half a unit in each direction, and the rounding of the last bit.
    let apart = reading.position().distance_m(position);
    assert!(apart <= half_unit_m * 1.5 + 1e-7, "{position:?} {text} {apart}");
    assert!(reading.resolution_m() >= half_unit_m * 1.9, "{text}");
    assert_eq!(write(reading.position(), form), Some(text));
}

#[test]
fn degrees_in_every_precision() {
    for_all(3000, (positions(-90.0, 90.0), 0..=8_u8), |(position, decimals)| {
        let (lon, lat) = (position.lon(), position.lat());
        let half_degree_m = 55_800.0 * 10.0_f64.powi(-i32::from(decimals));
        let degrees = Form::DecimalDegrees { decimals };
        assert_round_trip(lon, lat, degrees, half_degree_m, Notation::DecimalDegrees);
        let minutes = Form::DegreesMinutes { decimals };
        assert_round_trip(lon, lat, minutes, half_degree_m / 60.0, Notation::DegreesMinutes);
        let seconds = Form::DegreesMinutesSeconds { decimals };
        let notation = Notation::DegreesMinutesSeconds;
        assert_round_trip(lon, lat, seconds, half_degree_m / 3600.0, notation);
    });
}

#[test]
fn utm_in_every_precision() {
    for_all(3000, (positions(-80.0, 83.999_999), 0..=6_u8), |(position, decimals)| {
        let form = Form::Utm { decimals };
        let text = write(position, form).unwrap();
        let reading = read(&text);
        let unit = 10.0_f64.powi(-i32::from(decimals));
        assert_eq!(reading.resolution_m(), unit);
        assert!(reading.doubts().is_empty(), "{text}");
        assert!(reading.position().distance_m(position) <= 0.75 * unit + 1e-8, "{text}");
        let point = reading.utm().unwrap();
        let digits = usize::from(decimals);
        let again = format!("{:.digits$}mE {:.digits$}mN", point.easting_m(), point.northing_m());
        assert!(text.ends_with(&again));
    });
}

#[test]
fn grid_references_in_every_precision() {
    for_all(3000, (positions(-80.0, 83.999_999), 0..=5_u8), |(position, digits)| {
        let text = write(position, Form::Mgrs { digits }).unwrap();
        let cell = read(&text).cell().unwrap();
        assert_eq!(cell.to_string(), text);
        let reach = cell.side_m() * 0.5_f64.sqrt() * 1.001 + 1e-6;
        assert!(cell.centre().distance_m(position) <= reach, "{position:?} {text}");
        // A centre beyond the edge of the zone has a reference of its own.
        let centre = write(cell.centre(), Form::Mgrs { digits });
        let same_zone = centre.as_ref().is_some_and(|centre| centre[..3] == text[..3]);
        assert!(!same_zone || centre == Some(text));
    });
}

#[test]
fn numbers_that_round_up_carry_over() {
    let position = at(102.999_999_99, 13.999_999_99);
    let dms = write(position, Form::DegreesMinutesSeconds { decimals: 1 });
    assert_eq!(dms.as_deref(), Some("14°00′00.0″N 103°00′00.0″E"));
    let minutes = write(position, Form::DegreesMinutes { decimals: 0 });
    assert_eq!(minutes.as_deref(), Some("14°00′N 103°00′E"));
    let west = write(at(-0.000_001, -0.5), Form::DecimalDegrees { decimals: 2 });
    assert_eq!(west.as_deref(), Some("0.50°S 0.00°E"));
    assert_eq!(write(at(0.0, 84.0), Form::Utm { decimals: 0 }), None);
    assert_eq!(write(at(0.0, -80.1), Form::Mgrs { digits: 5 }), None);
}

#[test]
fn any_text_is_read_or_refused() {
    let characters = "0123456789.,;:|/-+°'′\"″ NSEWnsewdmOoСсЮВЗПнПдСхЗхជើងកើត៤៨PUVXZ\t\u{200f}é";
    let likely =
        prop::collection::vec(prop::sample::select(characters.chars().collect::<Vec<_>>()), 0..40)
            .prop_map(|characters| characters.into_iter().collect::<String>());
    let words = prop::collection::vec(
        prop::sample::select(vec![
            "48", "N", "S", "E", "13", "103", "508301", "602512", ".", ",", " ", "°", "'", "\"",
            "-", "UTM", "zone", "P", "UV", "12345", "lat", "lon", ":", "|", "s", "с.ш.", "в.д.",
            "90", "180", "60", "59.999", "mE", "mN", "south",
        ]),
        0..14,
    )
    .prop_map(|words| words.concat());
    let any = prop_oneof![any::<String>(), likely, words];
    let expected = prop_oneof![
        Just(Expected::default()),
        Just(Expected { order: Some(Order::LatitudeFirst), zone: None }),
        Just(Expected {
            order: None,
            zone: notation::UtmZone::new(48, notation::Hemisphere::North)
        }),
    ];
    for_all(20_000, (any, expected), |(text, expected)| {
        let length = text.chars().count();
        match notation::read(&text, &expected) {
            Ok(reading) => {
                let [lon, lat]: [f64; 2] = reading.position().into();
                assert!(lon.abs() <= 180.0 && lat.abs() <= 90.0);
                assert!(reading.resolution_m() > 0.0);
            }
            Err(error) => {
                assert!(error.chars.start <= error.chars.end && error.chars.end <= length);
                assert!(!error.to_string().is_empty() && !error.fix.is_empty());
            }
        }
        let _ = notation::read_latitude(&text);
        let _ = notation::read_longitude(&text);
    });
}
