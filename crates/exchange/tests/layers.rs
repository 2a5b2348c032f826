//! Layers as they go into files of every format.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Read};

use chrono::{DateTime, NaiveDate, Utc};
use exchange::layer::{Cell, Colours, Column, ColumnKind, GeometryKind, Layer, Row};
use exchange::{Format, WriteError, WriteOptions, Written, write_layer};
use geo_types::{Geometry, line_string, point, polygon};

fn areas() -> Layer {
    let column = Column::new;
    Layer {
        title: "Hazardous areas".into(),
        attribution: Some("CMAA".into()),
        revision: Some(7),
        columns: vec![
            column("classification", ColumnKind::Text),
            column("classificator", ColumnKind::Text),
            column("identified_on", ColumnKind::Date),
            column("reported_area_m2", ColumnKind::Number),
            column("mines", ColumnKind::Integer),
            column("marked", ColumnKind::Boolean),
            column("seen_at", ColumnKind::Timestamp),
            column("contamination", ColumnKind::List),
        ],
        colours: Some(Colours {
            column: "classification".into(),
            values: vec![("suspected".into(), [255, 170, 0]), ("confirmed".into(), [200, 0, 0])],
            other: [128, 128, 128],
        }),
        ..Layer::new("hazardous-areas", GeometryKind::MultiPolygon)
    }
}

fn square() -> Geometry<f64> {
    polygon!(
        exterior: [(x: 103.0, y: 12.0), (x: 103.1, y: 12.0), (x: 103.1, y: 12.1), (x: 103.0, y: 12.1)],
        interiors: [[(x: 103.02, y: 12.02), (x: 103.02, y: 12.04), (x: 103.04, y: 12.04)]],
    )
    .into()
}

fn values() -> Vec<Cell<'static>> {
    vec![
        Cell::Text("suspected".into()),
        Cell::Text("ភូមិ, \"Кам'янка\"\n=1+1".into()),
        Cell::Date(NaiveDate::from_ymd_opt(2024, 2, 29).unwrap()),
        Cell::Number(0.1 + 0.2),
        Cell::Integer(-12),
        Cell::Boolean(true),
        Cell::Timestamp("2024-03-01T10:20:30.5Z".parse::<DateTime<Utc>>().unwrap()),
        Cell::List(vec!["ap_mine", "uxo"]),
    ]
}

fn written(word: &str) -> (Vec<u8>, Written) {
    let (layer, shape, full) = (areas(), square(), values());
    let empty = vec![Cell::Null; full.len()];
    let rows = [
        Row { id: "HA-1", geometry: Some(&shape), values: &full },
        Row { id: "HA-2", geometry: None, values: &empty },
    ];
    let mut out = Vec::new();
    let format = Format::by_word(word).unwrap();
    let told = write_layer(format, &layer, &WriteOptions::default(), rows, &mut out).unwrap();
    (out, told)
}

fn text(word: &str) -> String {
    String::from_utf8(written(word).0).unwrap()
}

#[test]
fn every_format_is_found_by_word_media_type_and_ending() {
    for format in Format::all() {
        assert_eq!(Format::by_word(format.word()), Some(*format));
        assert_eq!(Format::by_media_type(format.media_type()), Some(*format));
        assert_eq!(Format::by_file_name(&format!("A.{}", format.extension())), Some(*format));
        let (bytes, told) = written(format.word());
        assert!(!bytes.is_empty() && told.rows == 2, "{format:?}");
    }
    assert_eq!(Format::by_word("dxf"), None);
}

#[test]
fn the_framings_of_geojson_hold_the_same_features() {
    let collection: serde_json::Value = serde_json::from_str(&text("geojson")).unwrap();
    assert_eq!(collection["attribution"], "CMAA");
    let lines = text("ndjson");
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(collection["features"][0], first);
    assert_eq!(first["properties"]["reported_area_m2"], 0.1 + 0.2);
    assert_eq!(first["geometry"]["coordinates"][0][0], serde_json::json!([103, 12]));
    assert_eq!(text("geojsonseq").matches('\u{1e}').count(), 2);
}

#[test]
fn a_placemark_tells_its_id_where_a_column_called_name_does_not_hide_it() {
    let kml = text("kml");
    for id in ["HA-1", "HA-2"] {
        assert!(kml.contains(&format!("<Data name=\"id\"><value>{id}</value></Data>")), "{id}");
    }
}

#[test]
fn placemarks_and_waypoints_are_called_as_people_call_them() {
    let layer = Layer {
        columns: vec![Column::new("local_id", ColumnKind::Text)],
        naming: Some("local_id".into()),
        ..Layer::new("wells", GeometryKind::Point)
    };
    let well: Geometry<f64> = point!(x: 103.0, y: 12.0).into();
    let (named, unnamed) = ([Cell::Text("W-7".into())], [Cell::Null]);
    let rows = || {
        [("a1", &named), ("b2", &unnamed)].map(|(id, values)| Row {
            id,
            geometry: Some(&well),
            values,
        })
    };
    for word in ["kml", "gpx"] {
        let mut out = Vec::new();
        let format = Format::by_word(word).unwrap();
        write_layer(format, &layer, &WriteOptions::default(), rows(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("<name>W-7</name>"), "{text}");
        assert!(text.contains("<name>b2</name>") && !text.contains("<name>a1</name>"), "{text}");
    }
}

#[test]
fn a_geopackage_has_the_tables_and_triggers_of_the_standard() {
    let (bytes, _) = written("gpkg");
    assert_eq!(&bytes[68..72], b"GPKG");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let database = rusqlite::Connection::open(file.path()).unwrap();
    let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("PRAGMA user_version"), 10_400);
    for table in [
        "gpkg_spatial_ref_sys",
        "gpkg_contents",
        "gpkg_geometry_columns",
        "gpkg_extensions",
        "gpkg_metadata",
        "gpkg_metadata_reference",
        "gpkg_data_columns",
        "layer_styles",
    ] {
        assert!(count(&format!("SELECT count(*) FROM {table}")) > 0, "{table}");
    }
    let triggers = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'";
    assert_eq!(count(triggers), 7);
    assert_eq!(count("SELECT count(*) FROM \"rtree_hazardous-areas_geom\""), 1);
    assert_eq!(count("SELECT count(*) FROM \"hazardous-areas\" WHERE geom IS NULL"), 1);
    let needed = "SELECT count(*) FROM pragma_table_info('hazardous-areas') WHERE \"notnull\"";
    assert_eq!(count(needed), 1, "who adds a row in another program has no id for it");
    let check = database.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    assert_eq!(check.unwrap(), "ok");
}

#[test]
fn a_shapefile_tells_what_it_cut_and_keeps_rows_without_geometry() {
    let (bytes, told) = written("shp");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into()).collect();
    for ending in ["shp", "shx", "dbf", "prj", "cpg"] {
        assert!(names.contains(&format!("hazardous-areas.{ending}")), "{names:?}");
    }
    assert!(told.notes[0].contains("classifi_1 is classificator"), "{told:?}");
    let mut about = String::new();
    archive.by_name("README.txt").unwrap().read_to_string(&mut about).unwrap();
    assert!(about.contains("classifi_1 is classificator") && about.contains("Attribution: CMAA"));
    let mut table = Vec::new();
    archive.by_name("hazardous-areas.dbf").unwrap().read_to_end(&mut table).unwrap();
    assert_eq!(table[4..8], 2_u32.to_le_bytes());
}

#[test]
fn what_somebody_typed_runs_in_no_spreadsheet() {
    let layer = Layer {
        columns: vec![Column::new("name", ColumnKind::Text)],
        ..Layer::new("areas", GeometryKind::Point)
    };
    let shape = point!(x: 1.5, y: -2.0).into();
    let cells = [Cell::Text("=cmd()".into())];
    let mut out = Vec::new();
    let row = Row { id: "@1", geometry: Some(&shape), values: &cells };
    let options = WriteOptions { byte_order_mark: true };
    write_layer(Format::by_word("csv").unwrap(), &layer, &options, [row], &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text, "\u{feff}id,lon,lat,name\r\n'@1,1.5,-2,'=cmd()\r\n");
}

#[test]
fn what_a_format_cannot_hold_is_told() {
    assert!(written("fgb").1.notes[0].contains("1 rows without geometry"));
    assert_eq!(written("gpx").1.notes.len(), 2);
    assert_eq!(written("geojson").1.notes, [""; 0]);
}

#[test]
fn a_row_that_does_not_fit_its_layer_is_refused_by_name() {
    let layer = areas();
    let line: Geometry<f64> = line_string![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0)].into();
    let nowhere: Geometry<f64> = point!(x: f64::NAN, y: 1.0).into();
    let (full, square) = (values(), square());
    for (shape, cells, told) in [
        (&line, &full[..], "a LineString among MultiPolygon"),
        (&nowhere, &full[..], "NaN is no coordinate"),
        (&square, &full[1..], "7 values for 8 columns"),
    ] {
        let row = Row { id: "HA-9", geometry: Some(shape), values: cells };
        let format = Format::by_word("geojson").unwrap();
        let refused = write_layer(format, &layer, &WriteOptions::default(), [row], &mut Vec::new());
        let Err(WriteError::Row { id, reason, .. }) = refused else { unreachable!("{told}") };
        assert_eq!((id.as_str(), reason.as_str()), ("HA-9", told));
    }
}
