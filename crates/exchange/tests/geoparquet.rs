//! `GeoParquet` as it is written, as others write it, and as nobody should.

#![cfg(feature = "geoparquet")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{self, Cursor, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, NaiveDate, Utc};
use exchange::layer::{Cell, Column, ColumnKind, GeometryKind, Layer, Row};
use exchange::{
    Format, ReadError, ReadErrorCode, ReadLimits, ReadOptions, WriteOptions, read_any, write_layer,
};
use geo_types::{Geometry, Point, polygon};
use geometry::RawGeometry;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::file::metadata::{KeyValue, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use serde_json::{Value, json};
use survey::{WireFeature, WireGeometry};

fn parquet() -> Format {
    Format::by_word("parquet").unwrap()
}

fn layer(kind: GeometryKind) -> Layer {
    let column = Column::new;
    Layer {
        title: "Hazardous areas".into(),
        attribution: Some("CMAA".into()),
        revision: Some(7),
        columns: vec![
            column("name", ColumnKind::Text),
            column("found_on", ColumnKind::Date),
            column("seen_at", ColumnKind::Timestamp),
            column("items", ColumnKind::Integer),
            column("depth_m", ColumnKind::Number),
            column("fenced", ColumnKind::Boolean),
            column("bbox", ColumnKind::List),
        ],
        ..Layer::new("areas", kind)
    }
}

fn values() -> Vec<Cell<'static>> {
    vec![
        Cell::Text("ភូមិ «Мост»".into()),
        Cell::Date(NaiveDate::from_ymd_opt(1961, 2, 28).unwrap()),
        Cell::Timestamp("2024-03-01T10:20:30.000005Z".parse::<DateTime<Utc>>().unwrap()),
        Cell::Integer(i64::MIN),
        Cell::Number(0.1 + 0.2),
        Cell::Boolean(false),
        Cell::List(vec!["ap_mine", "\"uxo\""]),
    ]
}

fn square(x: f64, y: f64) -> Geometry<f64> {
    polygon![(x: x, y: y), (x: x + 1.0, y: y), (x: x + 1.0, y: y + 1.0), (x: x, y: y + 1.0)].into()
}

fn written(layer: &Layer, shapes: &[Option<Geometry<f64>>], cells: &[Cell<'_>]) -> Vec<u8> {
    let ids: Vec<String> = (0..shapes.len()).map(|place| format!("a-{place}")).collect();
    let rows = shapes.iter().zip(&ids);
    let rows = rows.map(|(shape, id)| Row { id, geometry: shape.as_ref(), values: cells });
    let mut out = Vec::new();
    let told = write_layer(parquet(), layer, &WriteOptions::default(), rows, &mut out).unwrap();
    assert_eq!(told.notes, [""; 0]);
    out
}

fn file_of(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn described(bytes: &[u8]) -> ParquetMetaData {
    ParquetMetaDataReader::new().parse_and_finish(&file_of(bytes)).unwrap()
}

fn said(bytes: &[u8], key: &str) -> Option<String> {
    let described = described(bytes);
    let mut pairs = described.file_metadata().key_value_metadata().into_iter().flatten();
    pairs.find(|pair| pair.key == key).and_then(|pair| pair.value.clone())
}

fn read_with(bytes: &[u8], limits: ReadLimits) -> (Vec<WireFeature>, Option<ReadError>) {
    let mut all = Vec::new();
    let options = ReadOptions::default();
    let outcome = read_any(Cursor::new(bytes), limits, &options, &mut |one| {
        all.extend(one.into_feature());
        ControlFlow::Continue(())
    });
    (all, outcome.err())
}

fn features(bytes: &[u8]) -> Vec<WireFeature> {
    let (all, broken) = read_with(bytes, ReadLimits::default());
    assert!(broken.is_none(), "{broken:?}");
    all
}

fn refusal(bytes: &[u8]) -> ReadError {
    read_with(bytes, ReadLimits::default()).1.unwrap()
}

#[test]
fn a_file_tells_of_its_geometry_what_the_standard_asks_for() {
    let shapes = [Some(square(103.0, 12.0)), None, Some(square(-71.5, -33.0))];
    let bytes = written(&layer(GeometryKind::MultiPolygon), &shapes, &values());
    let geo: Value = serde_json::from_str(&said(&bytes, "geo").unwrap()).unwrap();
    let expected = json!({
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": { "geometry": {
            "encoding": "WKB",
            "geometry_types": ["Polygon"],
            "edges": "planar",
            "orientation": "counterclockwise",
            "bbox": [-71.5, -33.0, 104.0, 13.0],
            "covering": { "bbox": {
                "xmin": ["bbox", "xmin"], "ymin": ["bbox", "ymin"],
                "xmax": ["bbox", "xmax"], "ymax": ["bbox", "ymax"],
            } },
        } },
    });
    assert_eq!(geo, expected);
    assert_eq!(said(&bytes, "attribution").as_deref(), Some("CMAA"));
    assert_eq!(said(&bytes, "licence"), None);
    let schema = described(&bytes).file_metadata().schema().clone();
    let expected = "message schema {
        REQUIRED BYTE_ARRAY id (STRING);
        OPTIONAL BYTE_ARRAY geometry;
        OPTIONAL group bbox {
            REQUIRED DOUBLE xmin; REQUIRED DOUBLE ymin; REQUIRED DOUBLE xmax; REQUIRED DOUBLE ymax;
        }
        OPTIONAL BYTE_ARRAY name (STRING);
        OPTIONAL INT32 found_on (DATE);
        OPTIONAL INT64 seen_at (TIMESTAMP(MICROS,true));
        OPTIONAL INT64 items;
        OPTIONAL DOUBLE depth_m;
        OPTIONAL BOOLEAN fenced;
        OPTIONAL BYTE_ARRAY bbox_1 (JSON);
    }";
    assert_eq!(schema, parse_message_type(expected).unwrap());
}

#[test]
fn an_orientation_is_only_said_where_every_ring_has_it() {
    let clockwise: Geometry<f64> =
        polygon![(x: 0.0, y: 0.0), (x: 0.0, y: 1.0), (x: 1.0, y: 1.0)].into();
    let bytes = written(&layer(GeometryKind::Polygon), &[Some(clockwise)], &values());
    assert!(!said(&bytes, "geo").unwrap().contains("orientation"));
}

#[test]
fn every_value_reads_back_as_it_was_written() {
    let shapes = [Some(square(103.0, 12.0)), None];
    let bytes = written(&layer(GeometryKind::MultiPolygon), &shapes, &values());
    let read = features(&bytes);
    let expected = json!({
        "name": "ភូមិ «Мост»",
        "found_on": "1961-02-28",
        "seen_at": "2024-03-01T10:20:30.000005Z",
        "items": i64::MIN,
        "depth_m": 0.1 + 0.2,
        "fenced": false,
        "bbox_1": ["ap_mine", "\"uxo\""],
    });
    for (feature, id) in read.iter().zip(["a-0", "a-1"]) {
        assert_eq!(feature.id.as_deref(), Some(id));
        assert_eq!(json!(feature.properties), expected);
    }
    let ring = [[103.0, 12.0], [104.0, 12.0], [104.0, 13.0], [103.0, 13.0], [103.0, 12.0]];
    let drawn = RawGeometry::Polygon(vec![ring.to_vec()]);
    assert_eq!(read[0].geometry, WireGeometry::Read(drawn));
    assert_eq!(read[1].geometry, WireGeometry::Absent);
}

#[test]
fn a_file_without_geometry_is_plain_parquet_and_read_as_a_table() {
    let bytes = written(&layer(GeometryKind::None), &[None], &values());
    assert_eq!(said(&bytes, "geo"), None);
    let read = features(&bytes);
    assert_eq!(read[0].id.as_deref(), Some("a-0"));
    assert_eq!(read[0].properties["found_on"], "1961-02-28");
    let columns = ["name", "lon", "lat"].map(|name| Column::new(name, ColumnKind::Number));
    let table = Layer { columns: columns.to_vec(), ..Layer::new("wells", GeometryKind::None) };
    let cells = [Cell::Integer(1), Cell::Number(104.5), Cell::Number(11.5)];
    let read = features(&written(&table, &[None], &cells));
    assert_eq!(read[0].geometry, WireGeometry::Read(RawGeometry::Point([104.5, 11.5])));
}

/// Counts what goes into it.
#[derive(Clone, Default)]
struct Counted(Arc<AtomicUsize>);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.fetch_add(bytes.len(), Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn rows_come_out_group_by_group_with_the_box_of_each() {
    let out = Counted::default();
    let layer = Layer::new("wells", GeometryKind::Point);
    let options = WriteOptions::default();
    let mut writer = parquet().writer(&layer, &options, Box::new(out.clone())).unwrap();
    for number in 0..20_000 {
        assert!(out.0.load(Ordering::Relaxed) < 100, "{number}");
        let at = Point::new(f64::from(number) / 1e3, 11.5).into();
        writer.row(&Row { id: "w", geometry: Some(&at), values: &[] }).unwrap();
    }
    assert!(out.0.load(Ordering::Relaxed) > 10_000);
    drop(writer);
    let shapes: Vec<Option<Geometry<f64>>> =
        (0..50_000).map(|number| Some(Point::new(f64::from(number) / 1e3, 11.5).into())).collect();
    let bytes = written(&layer, &shapes, &[]);
    let described = described(&bytes);
    let extremes: Vec<(i64, f64, f64)> = described
        .row_groups()
        .iter()
        .map(|group| {
            let column = group.columns().iter().find(|it| it.column_path().string() == "bbox.xmin");
            let Some(Statistics::Double(told)) = column.unwrap().statistics() else {
                unreachable!("there are extremes")
            };
            (group.num_rows(), *told.min_opt().unwrap(), *told.max_opt().unwrap())
        })
        .collect();
    let expected = [(20_000, 0.0, 19.999), (20_000, 20.0, 39.999), (10_000, 40.0, 49.999)];
    assert_eq!(extremes, expected);
    let large = "x".repeat(10 * 1024 * 1024);
    let texts = Layer {
        columns: vec![Column::new("text", ColumnKind::Text)],
        ..Layer::new("texts", GeometryKind::None)
    };
    let bytes = written(&texts, &vec![None; 5], &[Cell::Text(large.into())]);
    let described = crate::described(&bytes);
    let groups: Vec<i64> = described.row_groups().iter().map(|it| it.num_rows()).collect();
    assert_eq!(groups, [4, 1]);
}

/// A file as others write it: columns as the language of schemas has them, written one by one.
fn foreign(
    schema: &str,
    geo: Option<&Value>,
    properties: WriterProperties,
    write: impl Fn(&str, &mut SerializedColumnWriter<'_>),
) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let names: Vec<String> =
        writer.schema_descr().columns().iter().map(|it| it.path().string()).collect();
    let mut group = writer.next_row_group().unwrap();
    for name in names {
        let mut column = group.next_column().unwrap().unwrap();
        write(&name, &mut column);
        column.close().unwrap();
    }
    group.close().unwrap();
    if let Some(geo) = geo {
        writer.append_key_value_metadata(KeyValue::new("geo".into(), geo.to_string()));
    }
    writer.into_inner().unwrap()
}

fn point_wkb(x: f64, y: f64) -> ByteArray {
    let mut bytes = vec![1, 1, 0, 0, 0];
    bytes.extend([x, y].iter().flat_map(|number| number.to_le_bytes()));
    bytes.into()
}

/// One point, described so.
fn described_as(geo: Option<&Value>) -> Vec<u8> {
    let schema = "message m { REQUIRED BYTE_ARRAY geometry; }";
    foreign(schema, geo, WriterProperties::default(), |_, column| {
        let shapes = [point_wkb(500_000.0, 1_437_184.0)];
        column.typed::<ByteArrayType>().write_batch(&shapes, None, None).unwrap();
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut geo = json!({
        "version": "1.0.0",
        "primary_column": "geometry",
        "columns": { "geometry": { "encoding": "WKB", "geometry_types": [] } },
    });
    if let Some(name) = name.strip_prefix('/') {
        let column = &mut geo["columns"]["geometry"];
        column[name] = value;
    } else {
        geo[name] = value;
    }
    geo
}

#[test]
fn national_coordinates_are_carried_over_and_no_system_is_guessed() {
    let utm = json!({ "type": "ProjectedCRS", "id": { "authority": "EPSG", "code": 32648 } });
    let read = features(&described_as(Some(&with("/crs", utm))));
    let WireGeometry::Read(RawGeometry::Point([lon, lat])) = read[0].geometry else {
        unreachable!()
    };
    assert!((lon - 105.0).abs() < 1e-9 && (lat - 13.0).abs() < 1e-3, "{lon} {lat}");
    for crs in [
        Value::Null,
        json!("EPSG:32648"),
        json!({ "type": "ProjectedCRS", "id": { "authority": "EPSG", "code": 999_999 } }),
        json!({ "type": "ProjectedCRS", "name": "somewhere" }),
    ] {
        let refused = refusal(&described_as(Some(&with("/crs", crs.clone()))));
        assert_eq!(refused.code(), ReadErrorCode::UnsupportedCrs, "{crs}");
    }
}

#[test]
fn what_would_be_read_wrongly_is_refused_with_the_reason() {
    for (geo, reason) in [
        (Some(with("version", json!("2.0.0"))), "version \"2.0.0\""),
        (Some(with("version", json!(1))), "version \"\""),
        (Some(with("/encoding", json!("point"))), "encoded as \"point\""),
        (Some(with("/edges", json!("spherical"))), "edges are \"spherical\""),
        (Some(with("primary_column", json!("shape"))), "names no column"),
        (Some(with("columns", json!([]))), "names no column"),
        (Some(json!(null)), "version"),
        (None, "lacks the key \"geo\""),
    ] {
        let refused = refusal(&described_as(geo.as_ref()));
        assert_eq!(refused.code(), ReadErrorCode::MalformedFile);
        assert!(refused.message().contains(reason), "{reason}: {refused}");
    }
    let mut elsewhere = with("primary_column", json!("shape"));
    elsewhere["columns"]["shape"] = elsewhere["columns"]["geometry"].clone();
    let refused = refusal(&described_as(Some(&elsewhere)));
    assert!(refused.message().contains("no column \"shape\""), "{refused}");
    let own = "message m { REQUIRED BYTE_ARRAY shape (GEOMETRY); }";
    let own = foreign(own, None, WriterProperties::default(), |_, column| {
        column.typed::<ByteArrayType>().write_batch(&[point_wkb(1.0, 2.0)], None, None).unwrap();
    });
    assert!(refusal(&own).message().contains("type of Parquet's own"));
}

#[test]
fn what_other_programmes_write_is_read_with_its_meaning() {
    let schema = "message m {
        REQUIRED BYTE_ARRAY geometry;
        REQUIRED INT64 id (INTEGER(64,false));
        REQUIRED INT64 local (TIMESTAMP(NANOS,false));
        REQUIRED INT64 instant (TIMESTAMP_MILLIS);
        REQUIRED INT32 time (TIME(MILLIS,true));
        REQUIRED INT32 price (DECIMAL(9,2));
        REQUIRED BYTE_ARRAY raw;
        OPTIONAL group names (LIST) { REPEATED group list { OPTIONAL BYTE_ARRAY element (STRING); } }
        OPTIONAL group about (MAP) {
            REPEATED group key_value { REQUIRED BYTE_ARRAY key (STRING); OPTIONAL INT32 value; }
        }
        OPTIONAL group address { OPTIONAL BYTE_ARRAY street (STRING); }
    }";
    let geo = with("version", json!("1.1.0"));
    let bytes = foreign(schema, Some(&geo), WriterProperties::default(), |name, column| {
        let text = |text: &str| ByteArray::from(text.as_bytes().to_vec());
        let texts: Vec<ByteArray> = match name {
            "geometry" => vec![point_wkb(104.5, 11.5), point_wkb(104.5, f64::NAN)],
            "names.list.element" => vec![text("a"), text("b")],
            "about.key_value.key" => vec![text("k")],
            "address.street" => vec![text("Rue 7")],
            _ => vec![text("?"), text("?")],
        };
        let write = |column: &mut SerializedColumnWriter<'_>, definition: &[i16], repetition| {
            let column = column.typed::<ByteArrayType>();
            column.write_batch(&texts, Some(definition), repetition).unwrap();
        };
        match name {
            "names.list.element" => write(column, &[3, 3, 0], Some(&[0, 1, 0])),
            "about.key_value.key" => write(column, &[2, 0], Some(&[0, 0])),
            "about.key_value.value" => {
                let column = column.typed::<Int32Type>();
                column.write_batch(&[5], Some(&[3, 0]), Some(&[0, 0])).unwrap();
            }
            "address.street" => write(column, &[2, 0], None),
            "time" | "price" => {
                let column = column.typed::<Int32Type>();
                column.write_batch(&[12_345_678, -1], None, None).unwrap();
            }
            "geometry" | "raw" => {
                column.typed::<ByteArrayType>().write_batch(&texts, None, None).unwrap();
            }
            _ => {
                let column = column.typed::<Int64Type>();
                column.write_batch(&[1_700_000_000_123, i64::MAX], None, None).unwrap();
            }
        }
    });
    let read = features(&bytes);
    assert_eq!(read[0].id.as_deref(), Some("1700000000123"));
    let expected = json!({
        "local": "1970-01-01T00:28:20.000000123",
        "instant": "2023-11-14T22:13:20.123Z",
        "time": "03:25:45.678",
        "price": 123_456.78,
        "names": ["a", "b"],
        "about": { "k": 5 },
        "address": { "street": "Rue 7" },
    });
    assert_eq!(json!(read[0].properties), expected);
    assert_eq!(read[1].properties["instant"], i64::MAX);
    assert_eq!(read[1].properties["price"], -0.01);
    assert!(read[1].properties.get("names").is_none());
}

fn two_texts(properties: WriterProperties) -> Vec<u8> {
    let schema = "message m { REQUIRED BYTE_ARRAY name (STRING); }";
    foreign(schema, None, properties, |_, column| {
        let texts = [vec![b'a'; 2_000], vec![b'b'; 10]].map(ByteArray::from);
        column.typed::<ByteArrayType>().write_batch(&texts, None, None).unwrap();
    })
}

#[test]
fn rows_and_pages_beyond_the_limits_are_refused() {
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let bytes = two_texts(WriterProperties::builder().set_compression(zstd).build());
    let limits = ReadLimits { feature_bytes: 1_000, ..ReadLimits::default() };
    let (read, broken) = read_with(&bytes, limits);
    assert!(broken.is_none(), "{broken:?}");
    assert_eq!(read.len(), 1, "the other is told to be too large");
    let limits = ReadLimits { decompressed_bytes: 1_500, ..ReadLimits::default() };
    assert!(bytes.len() < 1_500);
    let (_, broken) = read_with(&bytes, limits);
    assert_eq!(broken.unwrap().code(), ReadErrorCode::TooManyBytes);
    let layer = Layer {
        columns: vec![Column::new("name", ColumnKind::Text)],
        ..Layer::new("areas", GeometryKind::None)
    };
    let repeated = written(&layer, &vec![None; 500], &[Cell::Text("x".repeat(1_000).into())]);
    let limits = ReadLimits { decompressed_bytes: 100_000, ..ReadLimits::default() };
    let (read, broken) = read_with(&repeated, limits);
    assert_eq!((read.len(), broken.unwrap().code()), (99, ReadErrorCode::TooManyBytes));
    let differences = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BYTE_ARRAY);
    let refused = refusal(&two_texts(differences.build()));
    assert!(refused.message().contains("encoded in a way"), "{refused}");
}

#[test]
fn a_description_of_columns_that_are_not_there_is_refused_before_any_are_made() {
    let file = |footer: &[u8]| {
        let length = (footer.len() as u32).to_le_bytes();
        [b"PAR1", footer, &length[..], b"PAR1"].concat()
    };
    // Version 1; one column that is said to be a group of two thousand million.
    let wide =
        [&[0x15, 2, 0x19, 0x1C, 0x48, 1, b'm', 0x15][..], &[0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0]];
    let refused = refusal(&file(&wide.concat()));
    assert!(refused.message().contains("columns"), "{refused}");
    // Two thousand groups in each other.
    let mut deep = vec![0x15, 2, 0x19, 0xFC, 0xD0, 0x0F];
    for _ in 0..2_000 {
        deep.extend([0x35, 2, 0x18, 1, b'g', 0x15, 2, 0]);
    }
    deep.push(0);
    let refused = refusal(&file(&deep));
    assert!(refused.message().contains("nested too deep"), "{refused}");
    for bytes in [&b"PAR1"[..], b"PAR1PAR1", b"PAR1\xff\xff\xff\x7fPAR1", b"PAR1\0\0\0\0PARE"] {
        assert_eq!(refusal(bytes).code(), ReadErrorCode::MalformedFile);
    }
}

#[test]
fn a_list_of_which_a_few_bytes_stand_for_very_much_is_refused() {
    let schema = "message m {
        OPTIONAL group names (LIST) { REPEATED group list { OPTIONAL BYTE_ARRAY element (STRING); } }
    }";
    let bytes = foreign(schema, None, WriterProperties::default(), |_, column| {
        let texts = vec![ByteArray::from(vec![b'x'; 900_000]); 2_000];
        let repetition: Vec<i16> = (0..2_000).map(|place| i16::from(place > 0)).collect();
        let column = column.typed::<ByteArrayType>();
        column.write_batch(&texts, Some(&[3; 2_000]), Some(&repetition)).unwrap();
    });
    assert!(bytes.len() < 2_000_000);
    let refused = refusal(&bytes);
    assert!(refused.message().contains("lists of a column are too long"), "{refused}");
}

#[test]
fn an_independent_look_at_the_rows_finds_as_many() {
    let bytes = written(&layer(GeometryKind::Polygon), &[Some(square(1.0, 2.0))], &values());
    let reader = SerializedFileReader::new(file_of(&bytes)).unwrap();
    assert_eq!(reader.get_row_iter(None).unwrap().count(), 1);
}

proptest! {
    #[test]
    fn any_value_reads_back(
        name in "\\PC{0,20}",
        day in -700_000..2_000_000_i32,
        micros in -60_000_000_000_000_000..200_000_000_000_000_000_i64,
        items in any::<i64>(),
        depth in any::<f64>(),
        fenced in any::<bool>(),
        lists in prop::collection::vec("\\PC{0,9}", 0..4),
        missing in any::<[bool; 7]>(),
    ) {
        let day = NaiveDate::from_num_days_from_ce_opt(730_000 + day).unwrap();
        let full = [
            Cell::Text(name.into()),
            Cell::Date(day),
            Cell::Timestamp(DateTime::from_timestamp_micros(micros).unwrap()),
            Cell::Integer(items),
            Cell::Number(depth),
            Cell::Boolean(fenced),
            Cell::List(lists.iter().map(String::as_str).collect()),
        ];
        let cells: Vec<Cell<'_>> = full
            .iter()
            .zip(missing)
            .map(|(cell, missing)| if missing { Cell::Null } else { cell.clone() })
            .collect();
        let layer = layer(GeometryKind::Any);
        let read = features(&written(&layer, &[None, Some(square(0.0, 0.0))], &cells));
        prop_assert_eq!(read.len(), 2);
        for feature in read {
            for (column, cell) in layer.columns.iter().zip(&cells) {
                let name = if column.name == "bbox" { "bbox_1" } else { &column.name };
                let found = feature.properties.get(name).cloned().unwrap_or_default();
                prop_assert_eq!(found, cell.to_json(), "{}", name);
            }
        }
    }

    #[test]
    fn a_file_with_bytes_changed_or_cut_off_is_read_or_refused(
        changes in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 1..4),
        kept in 0.0..1.0_f64,
        cut in any::<bool>(),
        at_end in any::<bool>(),
    ) {
        let shapes = [Some(square(103.0, 12.0)), None, Some(square(1.0, 2.0))];
        let mut bytes = written(&layer(GeometryKind::MultiPolygon), &shapes, &values());
        let whole = bytes.len();
        for (at, byte) in changes {
            // What is said of the rows stands at the end.
            let from = if at_end { whole / 2 } else { 0 };
            let place = from + (at * (whole - from) as f64) as usize;
            bytes[place] = byte;
        }
        if cut {
            bytes.truncate((kept * whole as f64) as usize);
        }
        let (_, broken) = read_with(&bytes, ReadLimits::default());
        if let Some(broken) = broken {
            prop_assert!(broken.message().len() > 10);
        }
    }
}
