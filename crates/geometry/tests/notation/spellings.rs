//! What people type, and the one place it means.

use geometry::LonLat;
use geometry::notation::{
    self, DoubtKind, Expected, Hemisphere, Notation, Order, Reading, UtmPoint, UtmZone,
};

use crate::shapes::{at, read};

fn assert_reads(text: &str, [lon, lat]: [f64; 2], notation: Notation) -> Reading {
    let reading = read(text);
    let position = reading.position();
    let near = (position.lon() - lon).abs() < 1e-12 && (position.lat() - lat).abs() < 1e-12;
    assert!(near, "{text}: {position:?}, expected {lon} {lat}");
    assert_eq!(reading.notation(), notation, "{text}");
    reading
}

#[test]
fn decimal_degrees_in_every_spelling() {
    for text in [
        "13.125N 103.875E",
        "13.125°N 103.875°E",
        "N13.125 E103.875",
        "N 13.125° E 103.875°",
        "103.875E 13.125N",
        "E103.875, N13.125",
        "13.125 n, 103.875 e",
        "13,125N 103,875E",
        "13,125°N; 103,875°E",
        "N13,125,E103,875",
        "lat 13.125 lon 103.875",
        "Lon: 103.875, Lat: 13.125",
        "LATITUDE: +13.125 / LONGITUDE: +103.875",
        "13.125deg North 103.875deg East",
        "  13.125º N\t103.875˚ E ",
        "13.125,103.875",
        "13.125 103.875",
        "103.875; 13.125",
        "13,125 103,875",
        "+13.125 +103.875",
    ] {
        let reading = assert_reads(text, [103.875, 13.125], Notation::DecimalDegrees);
        assert!(reading.doubts().is_empty(), "{text}");
        assert!((reading.resolution_m() - 111.7).abs() < 0.1, "{text}");
    }
}

#[test]
fn degrees_and_minutes_in_every_spelling() {
    for text in [
        "13°07.5′N 103°52.5′E",
        "13° 07.5' N, 103° 52.5' E",
        "13d07.5m N 103d52.5m E",
        "N13 07.5 E103 52.5",
        "13 7.5 103 52.5",
        "13:07.5N 103:52.5E",
        "13:07.5 103:52.5",
        "13 deg 7,5 min N; 103 deg 52,5 min E",
        "E 103°52.5 N 13°07.5",
    ] {
        let reading = assert_reads(text, [103.875, 13.125], Notation::DegreesMinutes);
        assert!((reading.resolution_m() - 186.2).abs() < 0.1, "{text}");
    }
}

#[test]
fn degrees_minutes_and_seconds_in_every_spelling() {
    for text in [
        "13°07′30.0″N 103°52′30.0″E",
        "13°07'30.0\"N, 103°52'30.0\"E",
        "13º 07’ 30.0” N 103º 52’ 30.0” E",
        "N13°07'30.0'' E103°52'30.0''",
        "13d07m30.0sN 103d52m30.0sE",
        "13deg 7min 30.0sec N 103deg 52min 30.0sec E",
        "13 07 30.0 N 103 52 30.0 E",
        "13 07 30.0, 103 52 30.0",
        "13 07 30.0 103 52 30.0",
        "13:07:30.0N 103:52:30.0E",
        "+13:07:30.0 +103:52:30.0",
        "13°07′30,0″N; 103°52′30,0″E",
        "13 degrees 7 minutes 30.0 seconds north 103 degrees 52 minutes 30.0 seconds east",
    ] {
        let reading = assert_reads(text, [103.875, 13.125], Notation::DegreesMinutesSeconds);
        assert!((reading.resolution_m() - 3.1).abs() < 0.1, "{text}");
    }
}

#[test]
fn cyrillic_hemispheres_in_every_spelling() {
    for text in [
        "48°30'00\"С 35°15'00\"В",
        "48°30'00\" с.ш. 35°15'00\" в.д.",
        "48°30'00\" с. ш., 35°15'00\" в. д.",
        "48°30'00\" Пн 35°15'00\" Сх",
        "Пн 48°30'00\" Сх 35°15'00\"",
        "48°30'00\" пн.ш. 35°15'00\" сх.д.",
        "35°15'00\"Сх, 48°30'00\"Пн",
        "48 30 00 С 35 15 00 В",
        "48град 30мин 00сек с.ш. 35град 15мин 00сек в.д.",
        "широта 48°30'00\" довгота 35°15'00\"",
    ] {
        assert_reads(text, [35.25, 48.5], Notation::DegreesMinutesSeconds);
    }
    for text in ["33,5 ю.ш. 70,5 з.д.", "33.5Пд 70.5Зх", "Ю33.5 З70.5", "33,5 пд.ш.; 70,5 зх.д."]
    {
        assert_reads(text, [-70.5, -33.5], Notation::DecimalDegrees);
    }
}

#[test]
fn digits_and_words_of_other_scripts() {
    for text in [
        "១៣°០៧′៣០″ជើង ១០៣°៥២′៣០″កើត",
        "១៣°០៧′៣០″ ខាងជើង, ១០៣°៥២′៣០″ ខាងកើត",
        "១៣ដឺក្រេ ៧នាទី ៣០វិនាទី ជើង ១០៣ដឺក្រេ ៥២នាទី ៣០វិនាទី កើត",
        "١٣°٠٧′٣٠″N ١٠٣°٥٢′٣٠″E",
        "۱۳ ۰۷ ۳۰ N ۱۰۳ ۵۲ ۳۰ E",
        "๑๓°๐๗′๓๐″N ๑๐๓°๕๒′๓๐″E",
    ] {
        assert_reads(text, [103.875, 13.125], Notation::DegreesMinutesSeconds);
    }
    assert_reads("៣៣.៥ត្បូង ៧០.៥លិច", [-70.5, -33.5], Notation::DecimalDegrees);
    assert_reads("١٣٫١٢٥ N، ١٠٣٫٨٧٥ E", [103.875, 13.125], Notation::DecimalDegrees);
    assert_eq!(read("៤៨PUV០៨៣០១១២៥១២"), read("48PUV0830112512"));
}

#[test]
fn southern_and_western_places() {
    assert_reads("4.5S 74.25W", [-74.25, -4.5], Notation::DecimalDegrees);
    assert_reads("lat -4.5, lon -74.25", [-74.25, -4.5], Notation::DecimalDegrees);
    assert_reads("−4.5; −120.25", [-120.25, -4.5], Notation::DecimalDegrees);
    assert_reads("-4:30:00 -120:15:00", [-120.25, -4.5], Notation::DegreesMinutesSeconds);
    assert_reads("lat -0:30, lon -0:15", [-0.25, -0.5], Notation::DegreesMinutes);
    assert_reads(
        "13°05'30S 103°12'00E",
        [103.2, -(13.0 + 5.5 / 60.0)],
        Notation::DegreesMinutesSeconds,
    );
}

#[test]
fn the_forms_of_one_place_in_a_field_database_agree() {
    let decimal = read("-74.07584|4.59806");
    assert_eq!(decimal.position(), at(-74.07584, 4.59806));
    assert_eq!(decimal.doubts()[0].kind, DoubtKind::OrderByBar);
    assert_eq!(decimal.doubts()[0].alternative, at(4.59806, -74.07584));

    let longitude = notation::read_longitude("-74:4:33.0234").unwrap();
    assert!((longitude.degrees - -74.075_839_833_333).abs() < 1e-12);
    assert_eq!(longitude.notation, Notation::DegreesMinutesSeconds);

    let cell = read("18NXL0251208301").cell().unwrap();
    assert!(cell.centre().distance_m(decimal.position()) < 1.5);

    // The same form keeps northing and easting the other way round, parted by a bar.
    let zone = UtmZone::new(18, Hemisphere::North);
    let northing_first = Expected { order: Some(Order::LatitudeFirst), zone };
    let grid = notation::read("508301|602512", &northing_first).unwrap();
    assert!(grid.position().distance_m(decimal.position()) < 1.5);
    assert!(grid.doubts().is_empty());
    let unsaid = notation::read("508301|602512", &Expected { order: None, zone }).unwrap();
    assert_eq!(unsaid.doubts()[0].kind, DoubtKind::EastingFirst);
    assert_eq!(unsaid.doubts()[0].alternative, grid.position());
}

#[test]
fn utm_in_every_spelling() {
    let zone = UtmZone::new(48, Hemisphere::North).unwrap();
    let place = UtmPoint::new(zone, 304_855.0, 1_448_889.0).unwrap();
    for text in [
        "48N 304855 1448889",
        "48 N 304855 1448889",
        "48n 304855, 1448889",
        "UTM 48N 304855 1448889",
        "zone 48 north 304855 1448889",
        "UTM Zone 48 N 304855 1448889",
        "48P 304855 1448889",
        "48 P 0304855 E 1448889 N",
        "48p 304855mE 1448889mN",
        "48N 304855 m E 1448889 m N",
        "48N E304855 N1448889",
        "48N 1448889N 304855E",
        "48N Easting: 304855, Northing: 1448889",
        "48N 304855|1448889",
        "៤៨N ៣០៤៨៥៥ ១៤៤៨៨៨៩",
    ] {
        let reading = read(text);
        assert_eq!(reading.utm(), Some(place), "{text}");
        assert_eq!(reading.notation(), Notation::Utm);
        assert_eq!(reading.resolution_m(), 1.0);
        assert!(reading.doubts().is_empty(), "{text}");
    }
    assert_eq!(read("48N 304855,25 1448889,5").resolution_m(), 0.1);
}

#[test]
fn easting_and_northing_that_may_be_either_are_doubted() {
    let reading = read("48N 508301 602512");
    let utm = reading.utm().unwrap();
    assert_eq!((utm.easting_m(), utm.northing_m()), (508_301.0, 602_512.0));
    let doubt = reading.doubts()[0];
    assert_eq!(doubt.kind, DoubtKind::EastingFirst);
    assert_eq!(
        Some(doubt.alternative),
        UtmPoint::new(utm.zone(), 602_512.0, 508_301.0).map(|p| p.position())
    );
    assert!(read("48N 508301E 602512N").doubts().is_empty());
    assert!(doubt.to_string().contains("If the northing came first"));
}

#[test]
fn the_southern_hemisphere_is_told_from_band_s() {
    let south = read("33S 306000 9016000");
    assert!((south.position().lat() + 8.9).abs() < 0.1, "too far north for band S");
    assert_eq!(read("33 south 306000 9016000"), south);
    let north = read("38 north 444000 3999000");
    assert!((north.position().lat() - 36.1).abs() < 0.1);
}

#[test]
fn grid_references_in_every_spelling() {
    let cell = read("48PUV0830112512").cell().unwrap();
    for text in
        ["48P UV 08301 12512", "48 P U V 0830112512", " 48puv 08301 12512 ", "48 PUV 083 01 125 12"]
    {
        assert_eq!(read(text).cell(), Some(cell), "{text}");
    }
    for (text, side_m) in [
        ("48PUV", 1e5),
        ("48PUV01", 1e4),
        ("48PUV0812", 1e3),
        ("48PUV083125", 100.0),
        ("48PUV08301251", 10.0),
        ("48PUV0830112512", 1.0),
    ] {
        let reading = read(text);
        let cell = reading.cell().unwrap();
        assert_eq!((reading.resolution_m(), cell.side_m()), (side_m, side_m));
        assert_eq!(reading.position(), cell.centre());
    }
    assert_eq!(read("1NBA").cell().unwrap().zone().number(), 1);
}

#[test]
fn decimals_that_look_like_minutes_are_doubted() {
    let reading = read("13.0730 N 103.5230 E");
    assert_eq!(reading.position(), at(103.523, 13.073));
    let doubt = reading.doubts()[0];
    assert_eq!(doubt.kind, DoubtKind::MinutesAsDecimals);
    assert!(doubt.alternative.distance_m(at(103.875, 13.125)) < 1e-6);
    assert!(read("13.0730 N 103.5261 E").doubts().is_empty(), "61 are no seconds");
    assert!(read("13.07300 N 103.52300 E").doubts().is_empty(), "five digits are decimals");
}

#[test]
fn what_the_form_says_decides_the_order() {
    let read_in = |order| {
        let form = Expected { order: Some(order), zone: None };
        notation::read("35.5 36.25", &form).unwrap()
    };
    assert_eq!(read_in(Order::LatitudeFirst).position(), at(36.25, 35.5));
    assert_eq!(read_in(Order::LongitudeFirst).position(), at(35.5, 36.25));
    let form = Expected { order: Some(Order::LongitudeFirst), zone: None };
    let hemispheres = notation::read("35.5N 36.25E", &form).unwrap();
    assert_eq!(hemispheres.position(), at(36.25, 35.5), "hemispheres go before");
    let bar = notation::read("4.5|5.25", &form).unwrap();
    assert!(bar.doubts().is_empty());
}

#[test]
fn one_coordinate_alone() {
    let latitude = |text| notation::read_latitude(text).map(|read| read.degrees);
    assert_eq!(latitude("13,5"), Ok(13.5));
    assert_eq!(latitude("13°30′S"), Ok(-13.5));
    assert_eq!(latitude("-13:30"), Ok(-13.5));
    assert_eq!(latitude("ខាងត្បូង ១៣.៥"), Ok(-13.5));
    let longitude = notation::read_longitude("103.5230").unwrap();
    assert_eq!((longitude.degrees, longitude.resolution_deg), (103.523, 1e-4));
    assert!(longitude.as_minutes_deg.is_some());
}

#[test]
fn poles_and_the_antimeridian() {
    let read_at = |text| -> LonLat { read(text).position() };
    assert_eq!(read_at("90N 0E"), at(0.0, 90.0));
    assert_eq!(read_at("16.5S 180W"), at(-180.0, -16.5));
    assert_eq!(read_at("16.5S 180E"), at(180.0, -16.5));
    // A square of Fiji reaches over the antimeridian.
    let across = read("60KZF").cell().unwrap();
    assert!(across.bbox().crosses_antimeridian(), "{:?}", across.bbox());
}
