//! Texts as they come from programs and field offices, whole and broken.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Read, Write};

use exchange::{FeatureFault, RawFeature, ReadError, ReadErrorCode, ReadLimits, read_features};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

fn read(text: impl AsRef<[u8]>) -> Result<Vec<RawFeature>, ReadError> {
    read_features(text.as_ref(), ReadLimits::default()).collect()
}

fn texts(text: impl AsRef<[u8]>) -> Vec<String> {
    read(text).unwrap().into_iter().map(|feature| feature.text.into()).collect()
}

fn refusal(text: impl AsRef<[u8]>) -> ReadError {
    read(text).unwrap_err()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

const COLLECTION: &str = r#"{"type":"FeatureCollection","features":[{"id":1},{"id":"[\"}"}]}"#;

#[test]
fn features_are_found_wherever_they_stand_among_the_members() {
    let expected = [r#"{"id":1}"#, r#"{"id":"[\"}"}"#];
    assert_eq!(texts(COLLECTION), expected);
    assert_eq!(
        texts(
            r#" { "features" : [ {"id":1} , {"id":"[\"}"} ] , "name":"a\\", "type":"FeatureCollection" } "#
        ),
        expected
    );
    assert_eq!(
        texts(
            r#"{"bbox":[1,2,3,4],"n":null,"m":{"features":[7]},"f\u0065atures":[{"id":1},{"id":"[\"}"}],"type":"FeatureCollection"}"#
        ),
        expected
    );
    assert_eq!(texts(r#"{"type":"FeatureCollection","features":[]}"#), [""; 0]);
}

#[test]
fn every_framing_gives_the_same_features() {
    let features = [r#"{"type":"Feature","id":1}"#, r#"{"type":"Feature","id":"ក"}"#];
    let [a, b] = features;
    for text in [
        format!("{{\"type\":\"FeatureCollection\",\"features\":[{a},\n{b}]}}"),
        format!("\u{1e}{a}\n\u{1e}{b}\n"),
        format!("\u{1e}{a}\u{1e}\u{1e}\n{b}"),
        format!("{a}\n{b}\n"),
        format!("{a}\r\n\r\n{b}"),
        format!("\u{feff}{a}\n{b}"),
    ] {
        assert_eq!(texts(&text), features, "{text}");
        assert_eq!(texts(gzip(text.as_bytes())), features, "{text}");
    }
    assert_eq!(texts(a), [a]);
    assert_eq!(texts("{\n\"type\":\n\"Feature\"}\n"), ["{\n\"type\":\n\"Feature\"}"]);
    let halves = [gzip(a.as_bytes()), gzip(format!("\n{b}").as_bytes())].concat();
    assert_eq!(texts(halves), features);
}

#[test]
fn a_feature_knows_its_number_its_byte_and_its_line() {
    let features = read("{\"type\":\"FeatureCollection\",\n\"features\":[\n{},\n\n{}]}").unwrap();
    let places: Vec<_> = features.iter().map(|f| (f.index, f.byte_offset, f.line)).collect();
    assert_eq!(places, [(0, 42, 3), (1, 47, 5)]);
    let lines = read("{\"type\":\"Feature\"}\n\n{\"a\":1}\n").unwrap();
    assert_eq!((lines[1].byte_offset, lines[1].line), (20, 3));
}

#[test]
fn a_broken_line_does_not_hide_the_others() {
    let text = "{\"type\":\"Feature\"}\n{\"type\":[}\n{\"type\":\"Feature\"}";
    assert_eq!(texts(text)[1], "{\"type\":[}");
    assert_eq!(texts(text).len(), 3);
    let sequence = "\u{1e}{\"type\":\n\u{1e}{\"type\":\"Feature\"}\n";
    assert_eq!(texts(sequence), ["{\"type\":", "{\"type\":\"Feature\"}"]);
}

#[test]
fn each_fault_of_the_frame_has_a_code_and_a_place() {
    use ReadErrorCode as Code;
    let cases: &[(&str, Code, u64)] = &[
        ("", Code::Empty, 0),
        (" \n", Code::Empty, 2),
        ("[{\"type\":\"Feature\"}]", Code::NotAnObject, 0),
        ("17", Code::NotAnObject, 0),
        ("<kml/>", Code::NotGeoJson, 0),
        ("PK\u{3}\u{4}xx", Code::NotGeoJson, 0),
        ("a,b\n1,2", Code::NotGeoJson, 0),
        ("{}", Code::NotFeatures, 2),
        (r#"{"features":[]}"#, Code::NotFeatures, 15),
        (r#"{"type":"Polygon","coordinates":[]}"#, Code::NotFeatures, 35),
        (r#"{"type":"Topology","objects":{}}"#, Code::NotFeatures, 32),
        (r#"{"type":"FeatureCollection"}"#, Code::MissingFeatures, 28),
        (r#"{"type":"FeatureCollection","features":{}}"#, Code::MissingFeatures, 39),
        (r#"{"type":"FeatureCollection","features":[],"features":[]}"#, Code::DuplicateMember, 53),
        (r#"{"type":"a","type":"FeatureCollection"}"#, Code::DuplicateMember, 19),
        (r#"{"crs":{"type":"name","properties":{"name":"EPSG:3857"}}"#, Code::UnsupportedCrs, 7),
        (r#"{"features":[{},]}"#, Code::MalformedJson, 16),
        (r#"{"features":[{} {}]}"#, Code::MalformedJson, 16),
        (r#"{"features":[{"a":[1}]}"#, Code::MalformedJson, 20),
        (r#"{"type" "FeatureCollection"}"#, Code::MalformedJson, 8),
        (r#"{"type":"FeatureCollection",}"#, Code::MalformedJson, 28),
        (r#"{"features":[],"type":}"#, Code::MalformedJson, 22),
        (r#"{"features":[{"a":1}"#, Code::Truncated, 20),
        (r#"{"features":[{"a":"x"#, Code::Truncated, 20),
        (r#"{"features":["#, Code::Truncated, 13),
        (r#"{"type":"FeatureCollection","features":[]"#, Code::Truncated, 41),
        (r#"{"type":"FeatureCollection","features":[]}]"#, Code::TrailingData, 42),
        (r#"{"type":"Feature"} {"type":"Feature"}"#, Code::TrailingData, 19),
        ("{\"type\":\n\"Feature\"}\n{}", Code::TrailingData, 20),
    ];
    for (text, code, byte_offset) in cases {
        let error = refusal(text);
        assert_eq!((error.code(), error.byte_offset()), (*code, *byte_offset), "{text}: {error}");
    }
    assert_eq!(refusal("{\n\n\"type\" 1").line(), 3);
}

#[test]
fn the_iterator_ends_after_an_error_and_keeps_what_came_before() {
    let mut reader = read_features(&br#"{"features":[{"a":1},{"a"#[..], ReadLimits::default());
    assert_eq!(&*reader.next().unwrap().unwrap().text, r#"{"a":1}"#);
    assert_eq!(reader.next().unwrap().unwrap_err().code(), ReadErrorCode::Truncated);
    assert!(reader.next().is_none());
}

#[test]
fn other_charsets_are_named() {
    let utf16: Vec<u8> = COLLECTION.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(refusal(&utf16).code(), ReadErrorCode::WrongCharset);
    let with_mark = [&[0xFF, 0xFE][..], &utf16].concat();
    assert_eq!(refusal(with_mark).code(), ReadErrorCode::WrongCharset);
    let big_endian: Vec<u8> = COLLECTION.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(refusal(&big_endian).code(), ReadErrorCode::WrongCharset);
    let latin = b"{\"features\":[{\"a\":1},\n{\"name\":\"\xE9\"}]}";
    let error = refusal(latin);
    assert_eq!(
        (error.code(), error.byte_offset(), error.line()),
        (ReadErrorCode::WrongCharset, 31, 2)
    );
}

#[test]
fn damaged_and_cut_gzip_is_named() {
    let packed = gzip(COLLECTION.as_bytes());
    assert_eq!(refusal(&packed[..packed.len() - 12]).code(), ReadErrorCode::Truncated);
    let mut damaged = packed.clone();
    let middle = packed.len() - 6;
    damaged[middle] ^= 0xFF;
    assert_eq!(refusal(&damaged).code(), ReadErrorCode::CorruptGzip);
    assert_eq!(refusal(gzip(&packed)).code(), ReadErrorCode::NotGeoJson);
}

#[test]
fn limits_stop_what_is_too_much() {
    let few = |limits: ReadLimits, text: &[u8]| -> Result<Vec<RawFeature>, ReadError> {
        read_features(text, limits).collect()
    };
    let defaults = ReadLimits::default();
    let bomb = gzip(&vec![b' '; 1_000_000]);
    let error = few(ReadLimits { decompressed_bytes: 100_000, ..defaults }, &bomb).unwrap_err();
    assert_eq!(error.code(), ReadErrorCode::TooManyBytes);
    let limits = ReadLimits { features: 1, ..defaults };
    let error = few(limits, COLLECTION.as_bytes()).unwrap_err();
    assert_eq!(error.code(), ReadErrorCode::TooManyFeatures);
    let limits = ReadLimits { feature_bytes: 50, ..defaults };
    let error = few(limits, &[b"{\"a\":\"", &[b'x'; 100][..], b"\"}"].concat()).unwrap_err();
    assert_eq!(error.code(), ReadErrorCode::TooManyBytes);
}

#[test]
fn a_feature_over_a_limit_does_not_hide_the_others() {
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(600_000));
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(9_000), "]".repeat(9_000));
    let limits = ReadLimits { feature_bytes: 20_000, ..ReadLimits::default() };
    let too_large = Some(FeatureFault::TooLarge { limit_bytes: 20_000 });
    let too_deep = Some(FeatureFault::TooDeep { limit: 64 });
    for text in [
        format!("{{\"type\":\"FeatureCollection\",\"features\":[{{}},{large},{deep},{{}}]}}"),
        format!("{{\"type\":\"Feature\"}}\n{large}\n{deep}\n{{}}"),
        format!("\u{1e}{{}}\n\u{1e}{large}\n\u{1e}{deep}\n\u{1e}{{}}"),
    ] {
        let features: Vec<_> =
            read_features(text.as_bytes(), limits).collect::<Result<_, _>>().unwrap();
        let faults: Vec<_> = features.iter().map(|feature| feature.fault).collect();
        assert_eq!(faults, [None, too_large, too_deep, None]);
        assert_eq!(features[1].text.len(), 0);
        assert_eq!(&*features[3].text, "{}");
    }
}

#[test]
fn large_members_beside_the_features_are_not_held() {
    let padding = "[1.5,2.5],".repeat(400_000);
    let text = format!(
        "{{\"type\":\"FeatureCollection\",\"extra\":[{padding}0],\"features\":[{{}}],\"more\":[{padding}0]}}"
    );
    let limits = ReadLimits { feature_bytes: 1_000, ..ReadLimits::default() };
    assert_eq!(read_features(text.as_bytes(), limits).count(), 1);
    assert!(read_features(text.as_bytes(), limits).all(|feature| feature.is_ok()));
}

/// Hands out its bytes in pieces of changing size.
struct Dribble<'a> {
    bytes: &'a [u8],
    sizes: std::iter::Cycle<std::vec::IntoIter<usize>>,
}

impl Read for Dribble<'_> {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let size = self.sizes.next().unwrap_or(1).min(room.len());
        self.bytes.read(&mut room[..size])
    }
}

type Summary = (Vec<RawFeature>, Option<(ReadErrorCode, u64, u64)>);

fn summary(reader: impl Read) -> Summary {
    let mut features = Vec::new();
    for outcome in read_features(reader, ReadLimits { depth: 6, ..ReadLimits::default() }) {
        match outcome {
            Ok(feature) => features.push(feature),
            Err(error) => {
                return (features, Some((error.code(), error.byte_offset(), error.line())));
            }
        }
    }
    (features, None)
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let seeds = prop_oneof![
        Just(COLLECTION.as_bytes().to_vec()),
        Just(b"{\"type\":\"Feature\",\"id\":1}\n{\"type\":\"Feature\"}\n".to_vec()),
        Just(b"\x1e{\"type\":\"Feature\"}\n\x1e{\"a\":[[[]]]}\n".to_vec()),
        Just(gzip(COLLECTION.as_bytes())),
    ];
    let alphabet = prop::sample::select(b"{}[]\",:\\ \n\x1e1a\x00\xC3".to_vec());
    let edit = (any::<prop::sample::Index>(), 0_u8..3, alphabet);
    (seeds, prop::collection::vec(edit, 0..6)).prop_map(|(mut bytes, edits)| {
        for (index, what, byte) in edits {
            let at = index.index(bytes.len().max(1));
            match what {
                0 if at < bytes.len() => bytes[at] = byte,
                1 if at < bytes.len() => drop(bytes.remove(at)),
                _ => bytes.insert(at.min(bytes.len()), byte),
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn the_answer_does_not_depend_on_how_the_bytes_arrive(
        bytes in mutated(), sizes in prop::collection::vec(1_usize..7, 1..6),
    ) {
        let dribble = Dribble { bytes: &bytes, sizes: sizes.into_iter().cycle() };
        let (features, error) = summary(dribble);
        let (whole_features, whole_error) = summary(&bytes[..]);
        prop_assert_eq!(features, whole_features);
        let gzipped = bytes.starts_with(&[0x1F, 0x8B]);
        if gzipped {
            prop_assert_eq!(error.map(|e| e.0), whole_error.map(|e| e.0));
        } else {
            prop_assert_eq!(error, whole_error);
        }
    }

    #[test]
    fn arbitrary_bytes_are_answered_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        summary(&bytes[..]);
    }

    #[test]
    fn a_valid_document_gives_the_elements_serde_json_finds(
        values in prop::collection::vec("[a-z\\\\\"\\[{]{0,6}", 0..8), pretty in any::<bool>(),
    ) {
        let features: Vec<serde_json::Value> =
            values.iter().map(|text| serde_json::json!({ text: [text, {"n": 1.5}] })).collect();
        let document = serde_json::json!({"type": "FeatureCollection", "features": features});
        let text = if pretty {
            serde_json::to_string_pretty(&document).unwrap()
        } else {
            document.to_string()
        };
        let read: Vec<serde_json::Value> = read(text).unwrap().iter()
            .map(|feature| serde_json::from_str(&feature.text).unwrap()).collect();
        prop_assert_eq!(read, features);
    }
}
