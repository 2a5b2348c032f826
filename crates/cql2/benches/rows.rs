//! How many rows a second a filter takes on one core: the median of some rounds.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

use std::hint::black_box;
use std::time::Instant;

use cql2::{Filter, Kind, Limits, Literals, Row, Schema, Value, parse_text};

struct Site {
    status: &'static str,
    area_m2: f64,
}

impl Row for Site {
    fn value(&self, index: usize) -> Value<'_> {
        if index == 0 { Value::from(self.status) } else { Value::Number(self.area_m2) }
    }
}

fn main() {
    const ROWS: usize = 1_000_000;
    const ROUNDS: usize = 9;
    let schema = Schema::new([("status", Kind::Text), ("area", Kind::Number)]);
    let status = ["open", "closed", "cleared"];
    let rows: Vec<Site> =
        (0..ROWS).map(|n| Site { status: status[n % 3], area_m2: (n % 1000) as f64 }).collect();
    for text in [
        "status = 'open'",
        "area > 5",
        "status = 'open' AND area BETWEEN 100 AND 200",
        "CASEI(status) LIKE casei('CL%')",
        "area * 2 + 1 > 500",
    ] {
        let Ok(expression) = parse_text(text, &Limits::default()) else { continue };
        let Ok(filter) = Filter::compile(&expression, &schema, Literals::LonLat) else { continue };
        let mut rounds: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                black_box(rows.iter().filter(|row| filter.matches(*row) == Some(true)).count());
                ROWS as f64 / start.elapsed().as_secs_f64()
            })
            .collect();
        rounds.sort_by(f64::total_cmp);
        println!("{:>6.1} million rows/s  {text}", rounds[ROUNDS / 2] / 1e6);
    }
}
