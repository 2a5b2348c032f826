//! What the clauses of CQL2 (OGC 21-065r2) say, on a handful of places.

use std::borrow::Cow;

use cql2::{
    Filter, FilterError, Function, Kind, Limits, Literals, Row, Schema, Value, parse_json,
    parse_text, to_json, to_text,
};
use geo::{Geometry, MultiPolygon, Point, Rect};

struct Place {
    name: Option<&'static str>,
    people: Option<i64>,
    at: (f64, f64),
}

impl Row for Place {
    fn value(&self, index: usize) -> Value<'_> {
        match index {
            0 => self.name.map_or(Value::Null, Value::from),
            1 => self.people.map_or(Value::Null, Value::Integer),
            2 => Value::Date("2022-04-16".parse().expect("a date")),
            3 => Value::Timestamp("2022-04-16T10:13:19Z".parse().expect("a timestamp")),
            4 => Value::Array(vec![Value::from("a"), Value::from("b")]),
            _ => Value::Null,
        }
    }

    fn geometry(&self, _: usize) -> Option<Cow<'_, Geometry<f64>>> {
        Some(Cow::Owned(Geometry::Point(Point::new(self.at.0, self.at.1))))
    }
}

const PLACE: Place = Place { name: Some("Chișinău"), people: Some(38), at: (28.8, 47.0) };

/// An area on both sides of the antimeridian.
struct Fiji;

impl Row for Fiji {
    fn value(&self, _: usize) -> Value<'_> {
        Value::Null
    }

    fn geometry(&self, _: usize) -> Option<Cow<'_, Geometry<f64>>> {
        let square = |west, east| Rect::new((west, -18.0), (east, -16.0)).to_polygon();
        let parts = vec![square(177.0, 180.0), square(-180.0, -179.0)];
        Some(Cow::Owned(MultiPolygon::new(parts).into()))
    }

    fn bbox(&self, _: usize) -> Option<[f64; 4]> {
        Some([177.0, -18.0, -179.0, -16.0])
    }
}

#[test]
fn an_area_across_the_antimeridian_is_found_on_both_sides() {
    let schema = Schema::new([("geom".to_owned(), Kind::Geometry)]);
    for (other, meets) in [
        ("BBOX(150,-90,-150,90)", true),
        ("POLYGON((-180 -90,-170 -90,-170 90,-180 90,-180 -90))", true),
        ("POINT(178 -17)", true),
        ("BBOX(-170,-90,170,90)", false),
    ] {
        let text = format!("S_INTERSECTS(geom,{other})");
        let expression = parse_text(&text, &Limits::default()).unwrap();
        let filter = Filter::compile(&expression, &schema, Literals::LonLat).unwrap();
        assert_eq!(filter.matches(&Fiji), Some(meets), "{other}");
    }
}

fn schema() -> Schema {
    let double = Function {
        name: "double".to_owned(),
        description: "Twice the number.".to_owned(),
        arguments: vec![("number".to_owned(), Kind::Number)],
        result: Kind::Number,
        call: |values| match values {
            [Value::Integer(number)] => Value::Integer(number * 2),
            _ => Value::Null,
        },
    };
    Schema::new([
        ("name", Kind::Text),
        ("people", Kind::Integer),
        ("day", Kind::Date),
        ("start", Kind::Timestamp),
        ("tags", Kind::Array(Box::new(Kind::Text))),
        ("missing", Kind::Boolean),
        ("geom", Kind::Geometry),
    ])
    .with_functions([double])
}

fn filter(text: &str) -> Result<Filter, FilterError> {
    let expression = parse_text(text, &Limits::default()).expect(text);
    let json = parse_json(&to_json(&expression), &Limits::default());
    assert_eq!(json.as_ref(), Ok(&expression), "{text} by way of JSON");
    let again = parse_text(&to_text(&expression), &Limits::default());
    assert_eq!(again.as_ref(), Ok(&expression), "{text} by way of {}", to_text(&expression));
    Filter::compile(&expression, &schema(), Literals::LonLat)
}

fn expect(result: Option<bool>, texts: &[&str]) {
    for text in texts {
        let filter = filter(text).expect(text);
        assert_eq!(filter.matches(&PLACE), result, "{text}");
    }
}

#[test]
fn comparisons_follow_code_points_numbers_and_the_calendar() {
    let all = [
        "name = 'Chișinău'",
        "name > 'Chicago'",
        "38 >= people",
        "people <> 37.5",
        "day = DATE('2022-04-16')",
        "day < '2022-04-17'",
        "start <= TIMESTAMP('2022-04-16T10:13:19Z')",
        "true",
        "'a' = 'a'",
        "NOT false",
    ];
    expect(Some(true), &all);
}

#[test]
fn a_comparison_with_an_absent_value_is_unknown_and_so_is_its_opposite() {
    expect(None, &["missing = true", "NOT missing = true", "missing", "people / 0 > 1"]);
    expect(Some(true), &["missing IS NULL", "missing = true OR people = 38"]);
    expect(Some(false), &["missing IS NOT NULL", "missing = true AND people = 37"]);
}

#[test]
fn patterns_ranges_and_lists_can_be_negated() {
    let all = [
        "name LIKE 'Ch_%u'",
        "name NOT LIKE 'chi%'",
        "'50%' LIKE '50\\%'",
        "people BETWEEN 38 AND 40",
        "people NOT BETWEEN 39 AND 40",
        "people IN (1, 38)",
        "name NOT IN ('a', 'b')",
    ];
    expect(Some(true), &all);
}

#[test]
fn case_and_accents_are_ignored_on_request_only() {
    let all = [
        "CASEI(name) = casei('CHIȘINĂU')",
        "ACCENTI(name) = 'Chisinau'",
        "ACCENTI(CASEI(name)) LIKE accenti(casei('CHIȘ%'))",
        "casei('straße') = casei('STRASSE')",
        "accenti(casei(name)) IN ('x', accenti(casei('CHISINAU')))",
    ];
    expect(Some(true), &all);
    expect(Some(false), &["name = 'Chisinau'", "CASEI(name) = 'CHIȘINĂU'"]);
}

#[test]
fn spatial_functions_know_all_literals_and_the_antimeridian() {
    let all = [
        "S_INTERSECTS(geom, BBOX(28, 46, 29, 48))",
        "S_INTERSECTS(geom, BBOX(28, 46, 0, 29, 48, 10))",
        "S_DISJOINT(geom, BBOX(150, -90, -150, 90))",
        "S_EQUALS(geom, POINT Z (28.8 47 5))",
        "S_WITHIN(geom, POLYGON((28 46, 29 46, 29 48, 28 48, 28 46)))",
        "S_INTERSECTS(geom, GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(28.8 46, 28.8 48)))",
        "s_contains(MULTIPOLYGON(((28 46, 29 46, 29 48, 28 48, 28 46))), geom)",
    ];
    expect(Some(true), &all);
}

#[test]
fn a_position_off_the_earth_is_refused() {
    let error = filter("S_INTERSECTS(geom, POINT(90 180))").expect_err("latitude 180");
    assert!(matches!(error, FilterError::Position { .. }), "{error}");
}

#[test]
fn temporal_functions_relate_instants_and_intervals_with_open_ends() {
    let all = [
        "T_AFTER(day, DATE('2022-04-15'))",
        "T_DURING(start, INTERVAL('2022-01-01T00:00:00Z', '..'))",
        "t_intersects(INTERVAL(start, '..'), INTERVAL('..', start))",
        "T_MEETS(INTERVAL('2021-01-01', day), INTERVAL(day, '2023-01-01'))",
        "T_INTERSECTS(start, DATE('2022-04-16'))",
    ];
    expect(Some(true), &all);
}

#[test]
fn array_functions_compare_sets() {
    let all = [
        "A_CONTAINS(tags, ('a'))",
        "A_EQUALS(tags, ('b', 'a'))",
        "A_CONTAINEDBY(tags, ('a', 'b', 'c'))",
        "A_OVERLAPS(('b', 'x'), tags)",
        "A_CONTAINS(tags, ())",
    ];
    expect(Some(true), &all);
}

#[test]
fn arithmetic_binds_as_the_grammar_says() {
    let all = [
        "people = 2 + 4 * 3 ^ 2",
        "people = 77 div 2",
        "people % 5 = 3",
        "-people = 0 - 38",
        "(people + 2) * 2 = 80",
        "double(people) = 76",
        "7 / 2 = 3.5",
    ];
    expect(Some(true), &all);
}

#[test]
fn what_does_not_exist_or_fit_is_named() {
    let error = filter("peple > 1").expect_err("no such property");
    assert_eq!(error.to_string(), "there is no property \"peple\"; did you mean people?");
    let error = filter("ឈ្មោះ = 1").expect_err("no such property");
    assert!(error.to_string().starts_with("there is no property \"ឈ្មោះ\""), "{error}");
    let error = filter("people = \"Kamianka\"").expect_err("in quotes of names");
    assert!(error.to_string().ends_with("; a text stands in single quotes: 'Kamianka'"), "{error}");
    let error = filter("people = 'many'").expect_err("a text");
    assert_eq!(error.to_string(), "people = 'many': integer and string cannot be compared");
    assert!(matches!(filter("dubble(1) = 2"), Err(FilterError::UnknownFunction { .. })));
}

#[test]
fn errors_of_grammar_and_limits_name_the_character() {
    let limits = Limits { depth: 4, ..Limits::default() };
    for text in
        ["a = ", "a == 1", "NOT", "a IN ()", "'x", "((((((a))))))", "DATE('2022-02-30')", "#"]
    {
        assert!(parse_text(text, &limits).is_err(), "{text}");
    }
    let error = parse_text("a = 1 b", &limits).expect_err("two filters");
    assert_eq!(error.at, "6");
}

#[test]
fn boxes_bound_what_a_filter_can_select() {
    let boxes = |text: &str| filter(text).expect("a filter").boxes(6);
    let east = "S_INTERSECTS(geom, BBOX(1, 2, 3, 4))";
    assert_eq!(boxes(&format!("{east} AND people > 1")), Some(vec![[1.0, 2.0, 3.0, 4.0]]));
    assert_eq!(boxes(&format!("{east} OR people > 1")), None);
    assert_eq!(boxes(&format!("NOT {east}")), None);
    assert_eq!(boxes("S_INTERSECTS(geom, BBOX(150, -9, -150, 9))").map(|b| b.len()), Some(2));
}
