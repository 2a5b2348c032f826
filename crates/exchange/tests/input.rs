//! Files of every format read back, and files that are broken or hostile.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use chrono::NaiveDate;
use exchange::layer::{Cell, Column, ColumnKind, GeometryKind, Layer, Row};
use exchange::{
    Format, Incoming, ReadError, ReadErrorCode, ReadLimits, ReadOptions, WriteOptions, read_any,
    write_layer,
};
use flate2::{Compression, write::GzEncoder};
use geo_types::{Geometry, LineString, MultiPolygon, Point, Polygon};
use geometry::RawGeometry;
use proptest::prelude::*;
use serde_json::{Value, json};
use survey::{WireFeature, WireGeometry};

fn read_with(
    bytes: &[u8],
    limits: ReadLimits,
    layer: Option<&str>,
) -> (Vec<Incoming>, Option<ReadError>) {
    let mut all = Vec::new();
    let outcome = read_any(Cursor::new(bytes), limits, &ReadOptions { layer }, &mut |one| {
        all.push(one);
        ControlFlow::Continue(())
    });
    (all, outcome.err())
}

fn features(bytes: &[u8]) -> Vec<WireFeature> {
    let (all, broken) = read_with(bytes, ReadLimits::default(), None);
    assert!(broken.is_none(), "{broken:?}");
    all.into_iter().map(|one| one.into_feature().unwrap()).collect()
}

fn refusal(bytes: &[u8]) -> ReadError {
    read_with(bytes, ReadLimits::default(), None).1.unwrap()
}

fn ring(x: f64, y: f64, size: f64) -> LineString<f64> {
    vec![(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)].into()
}

fn hole(x: f64, y: f64, size: f64) -> LineString<f64> {
    let mut ring = ring(x, y, size);
    ring.0.reverse();
    ring
}

/// An area with a hole, one of two parts, and none.
fn areas() -> [Option<Geometry<f64>>; 3] {
    let with_hole = Polygon::new(ring(103.5, 13.25, 0.5), vec![hole(103.6, 13.3, 0.125)]);
    let two = MultiPolygon(vec![
        Polygon::new(ring(-71.0, -33.0, 0.25), vec![]),
        Polygon::new(ring(-72.0, -33.0, 0.25), vec![hole(-71.9, -32.9, 0.0625)]),
    ]);
    [Some(with_hole.into()), Some(two.into()), None]
}

fn layer(kind: GeometryKind) -> Layer {
    Layer {
        columns: vec![
            Column::new("name", ColumnKind::Text),
            Column::new("found_on", ColumnKind::Date),
            Column::new("items", ColumnKind::Integer),
            Column::new("depth_m", ColumnKind::Number),
            Column::new("fenced", ColumnKind::Boolean),
        ],
        ..Layer::new("areas", kind)
    }
}

fn written(
    word: &str,
    kind: GeometryKind,
    rows: &[(Option<Geometry<f64>>, Vec<Cell<'_>>)],
) -> Vec<u8> {
    let ids: Vec<String> = (0..rows.len()).map(|place| format!("a-{place}")).collect();
    let rows = rows.iter().zip(&ids).map(|((shape, values), id)| Row {
        id,
        geometry: shape.as_ref(),
        values,
    });
    let mut out = Vec::new();
    let format = Format::by_word(word).unwrap();
    write_layer(format, &layer(kind), &WriteOptions::default(), rows, &mut out).unwrap();
    out
}

fn values(name: &str, day: i32, number: f64) -> Vec<Cell<'_>> {
    vec![
        if name.is_empty() { Cell::Null } else { Cell::Text(name.into()) },
        NaiveDate::from_num_days_from_ce_opt(730_000 + day).map_or(Cell::Null, Cell::Date),
        Cell::Integer(i64::from(day)),
        Cell::Number(number),
        Cell::Boolean(day % 2 == 0),
    ]
}

fn raw(shape: &Geometry<f64>) -> RawGeometry {
    let line = |line: &LineString<f64>| line.coords().map(|at| [at.x, at.y]).collect();
    let rings = |polygon: &Polygon<f64>| {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(line).collect()
    };
    match shape {
        Geometry::Point(at) => RawGeometry::Point([at.x(), at.y()]),
        Geometry::Polygon(polygon) => RawGeometry::Polygon(rings(polygon)),
        Geometry::MultiPolygon(parts) => {
            RawGeometry::MultiPolygon(parts.iter().map(rings).collect())
        }
        other => unreachable!("{other:?}"),
    }
}

/// A polygon of one part is the same as one with a list of one part, and rings may begin anywhere
/// and run either way: formats keep no more than that.
fn normal(shape: &RawGeometry) -> Vec<Vec<Vec<[u64; 2]>>> {
    let parts = match shape {
        RawGeometry::Point(at) => vec![vec![vec![*at]]],
        RawGeometry::MultiPoint(all) => vec![vec![all.clone()]],
        RawGeometry::Polygon(rings) => vec![rings.clone()],
        RawGeometry::MultiPolygon(parts) => parts.clone(),
        other => unreachable!("{other:?}"),
    };
    let ring = |ring: Vec<[f64; 2]>| {
        let mut open: Vec<[u64; 2]> = ring.iter().map(|at| at.map(f64::to_bits)).collect();
        if open.len() > 1 {
            open.pop();
        }
        open.sort_unstable();
        open
    };
    let mut parts: Vec<Vec<Vec<[u64; 2]>>> =
        parts.into_iter().map(|rings| rings.into_iter().map(ring).collect()).collect();
    parts.sort();
    parts
}

/// What a value is as text: tables know little else.
fn told(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().unwrap().to_string(),
        other => other.to_string(),
    }
}

fn assert_same(word: &str, read: &[WireFeature], rows: &[(Option<Geometry<f64>>, Vec<Cell<'_>>)]) {
    let layer = layer(GeometryKind::MultiPolygon);
    for feature in read {
        let id = feature.id.as_deref().unwrap();
        let place: usize = id.strip_prefix("a-").unwrap().parse().unwrap();
        let (shape, values) = &rows[place];
        match (&feature.geometry, shape) {
            (WireGeometry::Read(found), Some(shape)) => {
                assert_eq!(normal(found), normal(&raw(shape)), "{word}: {id}");
            }
            (WireGeometry::Absent, None) => {}
            other => unreachable!("{word}: {id}: {other:?}"),
        }
        for (column, cell) in layer.columns.iter().zip(values) {
            let found = feature.properties.get(&column.name).unwrap_or(&Value::Null);
            let mut found = told(found);
            if word == "xlsx" || word == "gpkg" {
                found = match (column.kind, found.as_str()) {
                    (ColumnKind::Boolean, "1") => "true".to_owned(),
                    (ColumnKind::Boolean, "0") => "false".to_owned(),
                    _ => found,
                };
            }
            assert_eq!(found, told(&cell.to_json()), "{word}: {id}: {}", column.name);
        }
    }
}

/// The formats that keep areas with their values, of those this build has.
fn words() -> impl Iterator<Item = &'static str> {
    let all =
        ["geojson", "geojsonseq", "ndjson", "csv", "xlsx", "fgb", "gpkg", "parquet", "kml", "shp"];
    all.into_iter().filter(|word| Format::by_word(word).is_some())
}

#[test]
fn every_format_reads_back_as_it_was_written() {
    let names = ["ភូមិស្រែអំបិល", "Мост «Північ», зона 3", ""];
    let rows: Vec<_> = areas()
        .into_iter()
        .zip(names)
        .zip(0..)
        .map(|((shape, name), day)| (shape, values(name, day, 0.5 + f64::from(day))))
        .collect();
    for word in words() {
        let bytes = written(word, GeometryKind::MultiPolygon, &rows);
        let read = features(&bytes);
        let expected = if word == "fgb" { 2 } else { 3 };
        // Rows without geometry are in a Shapefile of their own.
        assert_eq!(read.len(), expected, "{word}");
        assert_same(word, &read, &rows);
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&bytes).unwrap();
        let read = features(&packed.finish().unwrap());
        assert_same(word, &read, &rows);
    }
}

#[test]
fn points_read_back_from_every_format() {
    let rows = [
        (Some(Point::new(104.9, 11.5).into()), values("W-1", 0, 0.0)),
        (Some(Point::new(-69.25, -18.5).into()), values("=1+1", 1, 1e-7)),
    ];
    for word in words() {
        let bytes = written(word, GeometryKind::Point, &rows);
        assert_same(word, &features(&bytes), &rows);
    }
    let gpx = written("gpx", GeometryKind::Point, &rows);
    let read = features(&gpx);
    assert_eq!(read[1].geometry, WireGeometry::Read(RawGeometry::Point([-69.25, -18.5])));
    assert_eq!(read[1].properties["name"], "a-1");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_area_and_any_text_reads_back(
        x in -170.0..170.0_f64,
        y in -80.0..80.0_f64,
        size in 0.001..5.0_f64,
        name in "[a-zА-яក-ឳ0-9][a-zА-яក-ឳ \",;'|&<>=@+-]{0,20}[a-zА-яក-ឳ0-9]",
        number in -1e6..1e6_f64,
        day in 0..9_000_i32,
    ) {
        let polygon = Polygon::new(ring(x, y, size), vec![hole(x + size / 4.0, y + size / 4.0, size / 4.0)]);
        // A number of a Shapefile has so many digits.
        let number = (number * 1e3).round() / 1e3;
        let rows = [(Some(polygon.into()), values(&name, day, number)), (None, values("", day, 0.0))];
        for word in words() {
            let bytes = written(word, GeometryKind::MultiPolygon, &rows);
            assert_same(word, &features(&bytes), &rows);
        }
    }

    #[test]
    fn a_file_with_bytes_changed_or_cut_off_is_read_or_refused(
        at in 0.0..1.0_f64,
        byte in any::<u8>(),
        keeps in any::<bool>(),
    ) {
        let rows = areas().map(|shape| (shape, values("ភូមិ", 3, 0.5)));
        for word in words() {
            let mut bytes = written(word, GeometryKind::MultiPolygon, &rows);
            let place = (at * bytes.len() as f64) as usize;
            if keeps {
                bytes[place] = byte;
            } else {
                bytes.truncate(place);
            }
            let (_, broken) = read_with(&bytes, ReadLimits::default(), None);
            if let Some(broken) = broken {
                prop_assert!(broken.message().len() > 10);
            }
        }
    }

    #[test]
    fn bytes_that_only_begin_like_a_format_are_read_or_refused(
        kind in 0..8_usize,
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let begin: &[u8] = [
            &b"SQLite format 3\0"[..],
            b"fgb\x03fgb\0",
            b"PK\x03\x04",
            b"<kml><Placemark>",
            b"<gpx><trk>",
            b"a,b,geometry\n",
            b"\x1f\x8b\x08",
            b"PAR1",
        ][kind];
        let _ = read_with(&[begin, &bytes].concat(), ReadLimits::default(), None);
    }
}

#[test]
fn tables_are_read_whatever_their_delimiter_mark_and_case() {
    for text in [
        "\u{feff}ID;Name;Longitude;Latitude\r\n7;Phum;104.5;11.5\r\n;;;\r\n",
        "id\tName\tLAT\tLon\n7\tPhum\t11.5\t104.5\n",
        "id,Name,WKT\n7,Phum,\"POINT Z (104.5 11.5 3)\"\n",
    ] {
        let read = features(text.as_bytes());
        assert_eq!(read.len(), 1, "{text}");
        assert_eq!(read[0].id.as_deref(), Some("7"));
        assert_eq!(json!(read[0].properties), json!({ "Name": "Phum" }));
        assert_eq!(read[0].geometry, WireGeometry::Read(RawGeometry::Point([104.5, 11.5])));
    }
    let broken = features("name,geometry\nA,POLYGON((1 2\nB,\nC,\"104,5\"\n".as_bytes());
    let WireGeometry::Unreadable { pointer, reason, .. } = &broken[0].geometry else {
        unreachable!()
    };
    assert_eq!(pointer, "/geometry");
    assert!(reason.contains("character"), "{reason}");
    assert_eq!(broken[0].raw_geometry.as_deref(), Some("\"POLYGON((1 2\""));
    assert_eq!(broken[1].geometry, WireGeometry::Absent);
    let swapped = features("name,lon,lat\nA,\"104,5\",11.5\n".as_bytes());
    assert!(matches!(swapped[0].geometry, WireGeometry::Unreadable { .. }));
}

#[test]
fn a_table_in_another_charset_or_with_an_open_quote_is_refused_at_its_place() {
    let latin = refusal(b"name,lon,lat\nA,1,2\nCa\xf1o,1,2\n");
    assert_eq!((latin.code(), latin.line()), (ReadErrorCode::WrongCharset, 3));
    let limits = ReadLimits { feature_bytes: 1_000, ..ReadLimits::default() };
    let endless = format!("name,lon,lat\nA,\"1,2\n{}", "x".repeat(2_000_000));
    let (_, broken) = read_with(endless.as_bytes(), limits, None);
    assert_eq!(broken.unwrap().code(), ReadErrorCode::MalformedFile);
    let (read, broken) =
        read_with(format!("a,b\n1,{}\n2,c\n", "x".repeat(2_000)).as_bytes(), limits, None);
    assert!(broken.is_none());
    assert_eq!(read[0].clone().into_feature().unwrap_err()[0].rule, "feature-too-large");
    assert!(read[1].clone().into_feature().is_ok());
}

#[test]
fn entities_of_a_document_are_not_expanded() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE kml [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>\
                <kml><Placemark><name>&b;</name></Placemark></kml>";
    let refused = refusal(bomb.as_bytes());
    assert_eq!(refused.code(), ReadErrorCode::MalformedFile);
    assert!(refused.message().contains("entity \"b\""), "{refused}");
    let deep = format!("<kml>{}", "<Folder>".repeat(10_000));
    assert_eq!(refusal(deep.as_bytes()).code(), ReadErrorCode::MalformedFile);
    let plain = "<kml><Placemark id=\"p\"><name>A &amp; B &#x1780;</name><ExtendedData><SchemaData>\
                 <SimpleData name=\"local_id\">K-1</SimpleData></SchemaData></ExtendedData>\
                 <Point><coordinates> 104.5,11.5,7 </coordinates></Point></Placemark></kml>";
    let read = features(plain.as_bytes());
    assert_eq!(json!(read[0].properties), json!({ "local_id": "K-1", "name": "A & B ក" }));
    assert_eq!(read[0].id.as_deref(), Some("p"));
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn archives_that_unpack_beyond_the_limit_are_refused() {
    let limits = ReadLimits { decompressed_bytes: 1_000_000, ..ReadLimits::default() };
    let zeros = vec![b' '; 5_000_000];
    for files in [
        &[("xl/workbook.xml", &zeros[..])][..],
        &[("a.shp", &b""[..]), ("a.prj", b"EPSG:4326"), ("a.dbf", &zeros)],
    ] {
        let (_, broken) = read_with(&zipped(files), limits, None);
        assert_eq!(broken.unwrap().code(), ReadErrorCode::TooManyBytes);
    }
    let kmz = zipped(&[("doc.kml", &[b"<kml>", &zeros[..], b"<a/></kml>"].concat())]);
    assert!(read_with(&kmz, limits, None).1.is_some());
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(b"a,b\n").unwrap();
    packed.write_all(&zeros).unwrap();
    let (_, broken) = read_with(&packed.finish().unwrap(), limits, None);
    assert_eq!(broken.unwrap().code(), ReadErrorCode::TooManyBytes);
    let nothing = refusal(&zipped(&[("readme.txt", b"hello")]));
    assert!(nothing.message().contains("readme.txt"), "{nothing}");
}

#[test]
fn a_layer_of_several_is_chosen_by_name() {
    let point =
        "<kml><Placemark><Point><coordinates>104,11</coordinates></Point></Placemark></kml>";
    assert_eq!(features(&zipped(&[("doc.kml", point.as_bytes())])).len(), 1);
    let rows = [(areas()[0].clone(), values("A", 0, 0.0))];
    let one = written("shp", GeometryKind::MultiPolygon, &rows);
    let mut archive = zip::ZipArchive::new(Cursor::new(one)).unwrap();
    let mut files = Vec::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let mut bytes = Vec::new();
        std::io::copy(&mut file, &mut bytes).unwrap();
        let name = file.name().unwrap().into_owned();
        files.push((format!("other/{name}").replace("areas.", "more."), bytes.clone()));
        files.push((name, bytes));
    }
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let both = zipped(&files);
    let refused = refusal(&both);
    assert_eq!(refused.code(), ReadErrorCode::AmbiguousLayer);
    assert!(refused.message().contains("more"), "{refused}");
    let (read, broken) = read_with(&both, ReadLimits::default(), Some("more"));
    assert!(broken.is_none(), "{broken:?}");
    assert_eq!(read.len(), 1);
    let (_, broken) = read_with(&both, ReadLimits::default(), Some("none"));
    assert_eq!(broken.unwrap().code(), ReadErrorCode::UnknownLayer);
}

#[test]
fn a_shapefile_in_national_coordinates_and_an_old_charset_is_carried_over() {
    let mut shape = vec![0, 0, 0x27, 0x0A];
    shape.resize(100, 0);
    shape.extend(1_u32.to_be_bytes());
    shape.extend(10_u32.to_be_bytes());
    shape.extend(1_u32.to_le_bytes());
    shape.extend(500_000_f64.to_le_bytes());
    shape.extend(1_437_184_f64.to_le_bytes());
    let mut table = vec![3, 0, 0, 0, 1, 0, 0, 0, 65, 0, 11, 0];
    table.resize(29, 0);
    table.extend([0xC9, 0, 0]);
    table.extend(b"name\0\0\0\0\0\0\0C\0\0\0\0\x0A");
    table.resize(64, 0);
    table.extend([0x0D]);
    table.extend(b" \xCC\xEE\xF1\xF2      ");
    let utm = "EPSG:32648";
    let files: &[(&str, &[u8])] =
        &[("a.shp", &shape), ("a.dbf", &table), ("a.prj", utm.as_bytes())];
    let read = features(&zipped(files));
    assert_eq!(read[0].properties["name"], "Мост");
    let WireGeometry::Read(RawGeometry::Point([lon, lat])) = read[0].geometry else {
        unreachable!()
    };
    assert!((lon - 105.0).abs() < 1e-9 && (lat - 13.0).abs() < 1e-3, "{lon} {lat}");
    let without = refusal(&zipped(&files[..2]));
    assert_eq!(without.code(), ReadErrorCode::UnsupportedCrs);
}

#[test]
fn more_features_than_the_limit_are_refused() {
    let rows = areas().map(|shape| (shape, values("A", 0, 0.0)));
    let limits = ReadLimits { features: 1, ..ReadLimits::default() };
    for word in words() {
        let bytes = written(word, GeometryKind::MultiPolygon, &rows);
        assert!(read_with(&bytes, limits, None).1.is_some(), "{word}");
    }
}
