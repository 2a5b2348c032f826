//! The abstract tests of CQL2 (OGC 21-065r2, Annex A), run over HTTP with the standard's own data.
//!
//! The tests' names are those of the conformance classes and tests they carry out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use cql2::Limits;
use serde_json::{Value, json};
use tests::land::{clearance, collection, hazardous_area, square};
use tests::running::{Answer, Asking, Product, Server};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cql2");
const PREDICATES: &str = include_str!("../cql2/predicates.tsv");
const SOURCES: [&str; 3] = [
    "ne_110m_admin_0_countries",
    "ne_110m_populated_places_simple",
    "ne_110m_rivers_lake_centerlines",
];

struct Scene {
    _product: Product,
    server: Server,
}

/// One server for all tests of this file that run at the same time: they only read. It ends with the last
/// of them.
fn scene() -> Arc<Scene> {
    static SCENE: Mutex<Weak<Scene>> = Mutex::new(Weak::new());
    let mut known = SCENE.lock().unwrap_or_else(PoisonError::into_inner);
    known.upgrade().unwrap_or_else(|| {
        let scene = Arc::new(Scene::new());
        *known = Arc::downgrade(&scene);
        scene
    })
}

impl Scene {
    fn new() -> Self {
        let product = Product::on_sqlite();
        product.run(&["programme", "add", "kh", "--name", "Cambodia", "--public-read"]);
        let file = product.folder().join("ne110m4cql2.gpkg");
        let packed = std::fs::read(Path::new(DATA).join("ne110m4cql2.gpkg.zst")).unwrap();
        std::fs::write(&file, zstd::decode_all(packed.as_slice()).unwrap()).unwrap();
        let file = file.display().to_string();
        for source in SOURCES {
            let name = layer(source);
            let of = ["--programme", "kh", "--name", &name, "--layer", source];
            let arguments = [&["layer", "add", &file, "--geometry-name", "geom"], &of[..]].concat();
            product.run(&arguments);
        }
        let token = Asking::with_token(&product.token("kh", "contributor"));
        let server = product.serve();
        let land = square(7.0, 49.0, 200.0);
        for (name, feature) in [
            ("hazardous-areas", hazardous_area("A1", "2022-04-14", &land)),
            ("land-releases", clearance("R1", "A1", "2022-04-15", &square(7.0, 49.0, 50.0))),
        ] {
            let path = format!("/programmes/kh/submissions?collection={name}");
            let answer = server.post(&path, &token, collection(&[feature]).as_bytes());
            assert_eq!(answer.status, 201, "{}", answer.json());
        }
        Self { _product: product, server }
    }
}

/// The layer of a source: underscores do not stand in names of layers.
fn layer(source: &str) -> String {
    source.replace('_', "-")
}

/// Predicates of which the standard's number is not that of its own data: Chișinău, Chicago and Chengdu
/// begin with "Ch", and only Chișinău with "chis".
const MISCOUNTED: [(&str, u64); 3] = [
    ("ACCENTI(name) LIKE accenti('Ch%')", 3),
    ("ACCENTI(CASEI(name)) LIKE accenti(casei('Chiș%'))", 1),
    ("ACCENTI(CASEI(name)) LIKE accenti(casei('cHis%'))", 1),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Language {
    Text,
    Json,
}

const LANGUAGES: [Language; 2] = [Language::Text, Language::Json];

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap();
        }
    }
    out
}

impl Scene {
    fn ask(&self, layer: &str, filter: &str, language: Language, rest: &str) -> Answer {
        let (filter, language) = match language {
            Language::Text => (filter.to_owned(), "cql2-text"),
            Language::Json => {
                let expression = cql2::parse_text(filter, &Limits::default()).unwrap();
                (cql2::to_json(&expression).to_string(), "cql2-json")
            }
        };
        let filter = encoded(&filter);
        self.server.get(&format!(
            "/programmes/kh/collections/{layer}/items?filter={filter}&filter-lang={language}&{rest}"
        ))
    }

    /// How many features a filter finds; what the server said when it refused.
    fn matched(&self, layer: &str, filter: &str, language: Language) -> Result<u64, String> {
        let answer = self.ask(layer, filter, language, "limit=1&skipGeometry=true");
        let document = answer.json();
        document["numberMatched"].as_u64().ok_or_else(|| document["detail"].to_string())
    }

    /// The ids of the features that a filter finds.
    fn found(&self, layer: &str, filter: &str) -> BTreeSet<String> {
        let rest = "limit=10000&skipGeometry=true&properties=local_id";
        let answer = self.ask(layer, filter, Language::Text, rest);
        let document = answer.json();
        assert_eq!(answer.status, 200, "{layer}: {filter}: {document}");
        let features = document["features"].as_array().unwrap();
        features.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    }

    fn collections(&self) -> Vec<String> {
        let document = self.server.get("/programmes/kh/collections").json();
        let collections = document["collections"].as_array().unwrap();
        collections.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The queryables of a data source: their names as filters write them, and their schemas.
    fn queryables(&self, layer: &str) -> Vec<(String, Value)> {
        let path = format!("/programmes/kh/collections/{layer}/queryables");
        let document = self.server.get(&path).json();
        let properties = document["properties"].as_object().unwrap();
        properties.iter().map(|(name, schema)| (format!("\"{name}\""), schema.clone())).collect()
    }
}

/// The data types of queryables that the tests tell apart.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Type {
    Text,
    Boolean,
    Number,
    Integer,
    Timestamp,
    Date,
    Array,
    Geometry,
}

fn type_of(schema: &Value) -> Type {
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("date")) => Type::Date,
        (Some("string"), Some("date-time")) => Type::Timestamp,
        (Some("string"), _) => Type::Text,
        (Some("boolean"), _) => Type::Boolean,
        (Some("number"), _) => Type::Number,
        (Some("integer"), _) => Type::Integer,
        (Some("array"), _) => Type::Array,
        (None, Some(format)) if format.starts_with("geometry-") => Type::Geometry,
        other => unreachable!("a queryable without a data type: {other:?}"),
    }
}

/// The literal that the comparison tests use for a type.
fn literal(of: Type) -> Option<&'static str> {
    Some(match of {
        Type::Text => "'foo'",
        Type::Boolean => "true",
        Type::Number => "3.14",
        Type::Integer => "1",
        Type::Timestamp => "TIMESTAMP('2022-04-14T14:48:46Z')",
        Type::Date => "DATE('2022-04-14')",
        Type::Array | Type::Geometry => return None,
    })
}

/// Every queryable of some types: its collection, its name and its type.
fn queryables(of: &[Type]) -> Vec<(String, String, Type)> {
    let scene = scene();
    let mut out = Vec::new();
    for layer in scene.collections() {
        for (name, schema) in scene.queryables(&layer) {
            let kind = type_of(&schema);
            if of.contains(&kind) {
                out.push((layer.clone(), name, kind));
            }
        }
    }
    assert!(!out.is_empty(), "there are queryables of {of:?}");
    out
}

const SCALARS: [Type; 6] =
    [Type::Text, Type::Boolean, Type::Number, Type::Integer, Type::Timestamp, Type::Date];

#[test]
fn test_data_every_predicate_finds_what_the_standard_says_in_text_and_json() {
    let scene = scene();
    let mut wrong = String::new();
    for line in PREDICATES.lines().skip(1) {
        let [class, source, expected, filter] = line.split('\t').collect::<Vec<_>>()[..] else {
            unreachable!("a line of another form: {line}");
        };
        let miscounted = MISCOUNTED.iter().find(|it| it.0 == filter).map(|it| it.1);
        let expected = miscounted.unwrap_or_else(|| expected.parse().unwrap());
        for language in LANGUAGES {
            let matched = scene.matched(&layer(source), filter, language);
            if matched != Ok(expected) {
                writeln!(wrong, "{class}: {source}: {filter}: {matched:?}, not {expected}")
                    .unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn basic_test_the_geometry_is_geom_and_every_queryable_has_a_data_type() {
    let scene = scene();
    for name in scene.collections() {
        let types: Vec<Type> = scene.queryables(&name).iter().map(|it| type_of(&it.1)).collect();
        assert!(types.iter().any(|it| SCALARS.contains(it)), "{name}");
    }
    for source in SOURCES {
        let queryables = scene.queryables(&layer(source));
        let geometry = queryables.iter().find(|(name, _)| name == "\"geom\"").unwrap();
        assert_eq!(geometry.1["x-ogc-role"], "primary-geometry");
        assert!(queryables.iter().all(|(name, _)| name != "\"geometry\""));
    }
}

#[test]
fn comparison_and_property_property_opposite_operators_have_no_item_in_common() {
    let scene = scene();
    for (layer, name, kind) in queryables(&SCALARS) {
        let value = literal(kind).unwrap();
        for (one, other) in [("=", "<>"), (">", "<="), ("<", ">=")] {
            for (left, right) in [(name.as_str(), value), (value, name.as_str())] {
                let first = scene.found(&layer, &format!("{left} {one} {right}"));
                let second = scene.found(&layer, &format!("{left} {other} {right}"));
                assert!(first.is_disjoint(&second), "{layer}: {left} {one} {right}");
            }
        }
        let itself = |operator: &str| scene.found(&layer, &format!("{name} {operator} {name}"));
        for operator in ["<>", "<", ">"] {
            assert!(itself(operator).is_empty(), "{layer}: {name} {operator} {name}");
        }
        assert!(itself("=") == itself(">=") && itself("=") == itself("<="), "{layer}: {name}");
        let (null, not_null) = (format!("{name} IS NULL"), format!("{name} is not null"));
        let (null, not_null) = (scene.found(&layer, &null), scene.found(&layer, &not_null));
        assert!(null.is_disjoint(&not_null), "{layer}: {name}");
        assert_eq!(null.union(&not_null).count(), scene.found(&layer, "true").len());
    }
}

#[test]
fn boolean_and_property_property_literals_alone_find_all_or_nothing() {
    let scene = scene();
    for layer in scene.collections() {
        assert!(scene.found(&layer, "false").is_empty());
        let all = scene.found(&layer, "true");
        for kind in SCALARS {
            let value = literal(kind).unwrap();
            for (operator, finds) in
                [("=", true), (">=", true), ("<=", true), ("<>", false), ("<", false), (">", false)]
            {
                let found = scene.found(&layer, &format!("{value} {operator} {value}"));
                assert_eq!(found.len(), if finds { all.len() } else { 0 }, "{value} {operator}");
            }
        }
    }
}

#[test]
fn like_between_and_in_are_evaluated_for_every_queryable_that_takes_them() {
    let scene = scene();
    for (layer, name, kind) in queryables(&SCALARS) {
        let found = |rest: &str| scene.found(&layer, &format!("{name} {rest}"));
        match kind {
            Type::Text => {
                assert!(found("like '_%'").is_disjoint(&found("like ''")), "{layer}: {name}");
                assert_eq!(found("LIKE '%'"), found("like '%%'"));
                found(r"like '\%\_'");
                found("in ('foo', 'bar')");
            }
            Type::Number | Type::Integer => {
                found("BETWEEN 0 AND 100");
                assert!(found("between 100.0 and 1.0").is_empty());
                found("IN (1, 2, 3)");
                found("+ 1 > 2 * 3 - 4 / 5");
                found("div 2 = 3 % 2 ^ 1");
            }
            Type::Boolean => assert_eq!(found("in (true)"), found("= true")),
            Type::Timestamp => {
                found("in ('2022-04-14T14:52:56Z', '2022-04-14T15:52:56Z')");
            }
            Type::Date => {
                found("in ('2022-04-14', '2022-04-15')");
            }
            Type::Array | Type::Geometry => unreachable!("not asked for"),
        }
    }
}

#[test]
fn casei_and_accenti_mean_the_same_on_both_sides_for_every_text() {
    let scene = scene();
    for (layer, name, _) in queryables(&[Type::Text]) {
        let found = |filter: &str| scene.found(&layer, &filter.replace("{}", &name));
        for (one, other) in [
            ("CASEI({}) = casei('foo')", "CASEI({}) <> casei('FOO')"),
            ("ACCENTI({}) = accenti('äöüéáí')", "ACCENTI({}) <> accenti('aoueai')"),
        ] {
            assert!(found(one).is_disjoint(&found(other)), "{layer}: {name}: {one}");
        }
        for (one, other) in [
            ("CASEI({}) LIKE casei('foo%')", "CASEI({}) LIKE casei('FOO%')"),
            ("ACCENTI({}) LIKE accenti('Ä%')", "ACCENTI({}) LIKE accenti('A%')"),
            (
                "ACCENTI(CASEI({})) = accenti(casei('ÄÉ'))",
                "ACCENTI(CASEI({})) = accenti(casei('ae'))",
            ),
            (
                "ACCENTI(CASEI({})) LIKE accenti(casei('Ä%'))",
                "ACCENTI(CASEI({})) LIKE accenti(casei('a%'))",
            ),
        ] {
            assert_eq!(found(one), found(other), "{layer}: {name}: {one}");
        }
    }
}

const WORLD: &str = "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))";
const WORLD_BOX: &str = "BBOX(-180,-90,180,90)";

#[test]
fn spatial_functions_are_evaluated_for_every_geometry_and_boxes_are_polygons() {
    let scene = scene();
    for (layer, name, _) in queryables(&[Type::Geometry]) {
        let found = |function: &str, other: &str| {
            scene.found(&layer, &format!("{function}({name},{other})"))
        };
        for function in ["S_INTERSECTS", "S_DISJOINT", "S_WITHIN", "S_CONTAINS", "S_EQUALS"] {
            assert_eq!(found(function, WORLD_BOX), found(function, WORLD), "{layer}: {function}");
        }
        assert!(found("S_DISJOINT", WORLD).is_empty(), "{layer}");
        for other in ["LINESTRING(7 50,10 51)", "POINT(7.02 49.92)"] {
            assert!(found("S_INTERSECTS", other).is_disjoint(&found("S_DISJOINT", other)));
            found("S_EQUALS", other);
        }
        for other in [WORLD_BOX, WORLD, "LINESTRING(7 50,10 51)"] {
            found("S_TOUCHES", other);
            found("S_CROSSES", other);
            found("S_OVERLAPS", other);
        }
        for other in ["LINESTRING(7 50,10 51)", "MULTIPOINT(7 50,10 51)"] {
            assert!(found("S_WITHIN", other).is_disjoint(&found("S_CONTAINS", other)));
            found("S_OVERLAPS", other);
        }
        for other in [
            "LINESTRING(-180 -45, 0 -45)",
            "MULTILINESTRING((-180 -45, 0 -45), (0 45, 180 45))",
            "POLYGON((-180 -90, -90 -90, -90 90, -180 90, -180 -90), \
             (-120 -50, -100 -50, -100 -40, -120 -40, -120 -50))",
            "GEOMETRYCOLLECTION(POINT(7.02 49.92), POLYGON((0 0, 10 0, 10 10, 0 10, 0 0)))",
        ] {
            found("S_INTERSECTS", other);
        }
        let hemispheres = format!("S_INTERSECTS({name},BBOX(90,-90,180,90))");
        found("S_INTERSECTS", &format!("BBOX(-180,-90,-90,90)) AND ({hemispheres}"));
        for beyond in ["POINT(90 180)", "MULTIPOINT(7.02 49.92, 90 180)"] {
            for function in ["S_INTERSECTS", "S_DISJOINT"] {
                for language in LANGUAGES {
                    let filter = format!("{function}({name},{beyond})");
                    let answer = scene.ask(&layer, &filter, language, "limit=1");
                    assert_eq!(answer.status, 400, "{layer}: {filter}");
                }
            }
        }
    }
}

#[test]
fn temporal_functions_are_evaluated_for_every_date_and_timestamp() {
    let scene = scene();
    let times = queryables(&[Type::Timestamp, Type::Date]);
    let instants = [
        "TIMESTAMP('2022-04-24T07:59:57Z')",
        "INTERVAL('2021-01-01T00:00:00Z','2021-12-31T23:59:59Z')",
        "DATE('2022-04-24')",
        "INTERVAL('2021-01-01','2021-12-31')",
    ];
    let of_all = ["AFTER", "BEFORE", "DISJOINT", "EQUALS", "INTERSECTS"];
    let of_intervals = [
        "CONTAINS",
        "DURING",
        "FINISHEDBY",
        "FINISHES",
        "MEETS",
        "METBY",
        "OVERLAPPEDBY",
        "OVERLAPS",
        "STARTEDBY",
        "STARTS",
    ];
    for (layer, name, _) in &times {
        for other in instants {
            for function in of_all {
                scene.found(layer, &format!("T_{function}({name},{other})"));
            }
            let intersecting = scene.found(layer, &format!("T_INTERSECTS({name},{other})"));
            let disjoint = scene.found(layer, &format!("T_DISJOINT({name},{other})"));
            assert!(intersecting.is_disjoint(&disjoint), "{layer}: {name}: {other}");
        }
        for (_, second, _) in times.iter().filter(|it| it.0 == *layer && it.1 != *name) {
            for other in [instants[1], instants[3]] {
                for function in of_all.iter().chain(&of_intervals) {
                    let interval = format!("INTERVAL({name},{second})");
                    scene.found(layer, &format!("T_{function}({interval},{other})"));
                }
            }
        }
    }
}

#[test]
fn array_predicates_are_evaluated_for_every_array() {
    let scene = scene();
    for (layer, name, _) in queryables(&[Type::Array]) {
        for function in ["A_CONTAINS", "A_CONTAINEDBY", "A_EQUALS", "A_OVERLAPS"] {
            scene.found(&layer, &format!("{function}({name},('foo','bar'))"));
        }
    }
    let releases = |filter: &str| scene.found("land-releases", filter).len();
    assert_eq!(releases("A_OVERLAPS(hazardous_areas,('A1','bar'))"), 1);
    assert_eq!(releases("A_CONTAINS(hazardous_areas,('A1','bar'))"), 0);
    assert_eq!(releases("A_CONTAINEDBY(hazardous_areas,('A1','bar'))"), 1);
    assert_eq!(releases("A_EQUALS(hazardous_areas,('A1'))"), 1);
}

#[test]
fn logical_four_predicates_of_any_classes_are_combined() {
    let scene = scene();
    for source in SOURCES {
        let of_source = |line: &&str| line.split('\t').nth(1) == Some(source);
        let predicates: Vec<&str> = PREDICATES
            .lines()
            .filter(of_source)
            .filter_map(|line| line.split('\t').nth(3))
            .collect();
        let count = predicates.len();
        for round in 0..40 {
            // Steps without a common divisor with most counts reach all classes.
            let [a, b, c, d] =
                [7, 31, 73, 101].map(|step| predicates[(round * step + step) % count]);
            let filter = format!(
                "((NOT ({a}) AND ({b})) OR (({c}) and NOT ({d})) or not (({a}) AND ({d})))"
            );
            let matched = LANGUAGES.map(|it| scene.matched(&layer(source), &filter, it));
            assert!(matched[0].is_ok() && matched[0] == matched[1], "{filter}: {matched:?}");
        }
    }
}

#[test]
fn escaping_quotes_and_control_characters_come_through() {
    let scene = scene();
    let places = layer("ne_110m_populated_places_simple");
    for text in ["it's", "a\u{7}\u{8}\t\n\u{b}\u{c}\rb"] {
        let json = json!({ "op": "=", "args": [text, text] }).to_string();
        let path = format!(
            "/programmes/kh/collections/{places}/items?filter={}&filter-lang=cql2-json&limit=1",
            encoded(&json)
        );
        assert_eq!(scene.server.get(&path).json()["numberMatched"], 243);
    }
    for (written, means) in [("it''s", "it's"), (r"it\'s", "it's")] {
        let filter = format!("'{written}' = '{}'", means.replace('\'', "''"));
        assert_eq!(scene.matched(&places, &filter, Language::Text), Ok(243), "{filter}");
    }
}
