//! What holds for every filter: no input breaks the readers, both encodings say the same, and logic
//! is three-valued.

use cql2::{
    Filter, Kind, Limits, Literals, Row, Schema, Value, parse_json, parse_text, to_json, to_text,
};
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert_eq, prop_oneof, proptest,
};

struct Three;

impl Row for Three {
    fn value(&self, index: usize) -> Value<'_> {
        [Value::Boolean(true), Value::Boolean(false), Value::Null][index].clone()
    }
}

fn run(text: &str) -> Option<bool> {
    let schema = Schema::new(["t", "f", "u"].map(|name| (name, Kind::Boolean)));
    let expression = parse_text(text, &Limits::default()).expect("a filter");
    Filter::compile(&expression, &schema, Literals::LonLat).expect("it fits").matches(&Three)
}

fn condition() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![Just("t"), Just("f"), Just("u"), Just("t = u"), Just("u IS NULL")];
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("NOT ({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) AND ({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) OR ({b})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_the_reader(text in any::<String>()) {
        let _ = parse_text(&text, &Limits::default());
    }

    #[test]
    fn no_run_of_words_breaks_the_reader_and_what_is_read_is_written_again(
        words in proptest::collection::vec(prop_oneof![
            Just("a"), Just("("), Just(")"), Just(","), Just("1"), Just("-"), Just("'x'"), Just("="),
            Just("AND"), Just("NOT"), Just("A_EQUALS("), Just("POINT("), Just("BBOX("), Just("IN"),
            Just("+"), Just("^"), Just("CASEI("), Just("INTERVAL("), Just("'..'"), Just("IS NULL"),
        ], 0..14)
    ) {
        if let Ok(expression) = parse_text(&words.join(" "), &Limits::default()) {
            let json = parse_json(&to_json(&expression), &Limits::default());
            prop_assert_eq!(json.map(|read| to_text(&read)), Ok(to_text(&expression)));
        }
    }

    #[test]
    fn de_morgan_and_double_negation_hold_with_unknowns(a in condition(), b in condition()) {
        prop_assert_eq!(run(&format!("NOT (NOT ({a}))")), run(&a));
        prop_assert_eq!(run(&format!("NOT (({a}) AND ({b}))")), run(&format!("NOT ({a}) OR NOT ({b})")));
        prop_assert_eq!(run(&format!("NOT (({a}) OR ({b}))")), run(&format!("NOT ({a}) AND NOT ({b})")));
    }
}
