//! `place`: a position in every notation, however it was written.

use geometry::notation::{self, Expected, Form, Order};

use crate::arguments::Place;
use crate::commands::say;

const FORMS: [(&str, Form); 5] = [
    ("decimal degrees", Form::DecimalDegrees { decimals: 6 }),
    ("degrees and minutes", Form::DegreesMinutes { decimals: 4 }),
    ("degrees, minutes, seconds", Form::DegreesMinutesSeconds { decimals: 2 }),
    ("UTM", Form::Utm { decimals: 1 }),
    ("MGRS", Form::Mgrs { digits: 5 }),
];

/// Reads the position and writes it in every notation; what is doubtful about it is told.
pub fn run(place: &Place) -> anyhow::Result<()> {
    let order = place.latitude_first.then_some(Order::LatitudeFirst);
    let expected = Expected { order, ..Expected::default() };
    let reading = notation::read(&place.text.join(" "), &expected)?;
    let mut lines: Vec<String> = FORMS
        .iter()
        .filter_map(|(name, form)| {
            let text = notation::write(reading.position(), *form)?;
            Some(format!("{name:<26}{text}"))
        })
        .collect();
    lines.push(format!("{:<26}{} m", "written to the nearest", reading.resolution_m()));
    for doubt in reading.doubts() {
        lines.push(format!("doubtful: {doubt}"));
    }
    say(&lines.join("\n"))
}
