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
    let resolution_m = rounded(reading.resolution_m());
    lines.push(format!("{:<26}{resolution_m} m", "written to the nearest"));
    for doubt in reading.doubts() {
        lines.push(format!("doubtful: {doubt}"));
    }
    say(&lines.join("\n"))
}

/// A length to two digits, or to whole metres.
fn rounded(length_m: f64) -> f64 {
    let digits = (1.0 - length_m.log10().floor()).max(0.0);
    let scale = 10_f64.powf(digits);
    (length_m * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_as_people_say_them() {
        for (length_m, told) in [(1813.194, "1813"), (3.0866, "3.1"), (1.0, "1"), (0.0308, "0.031")]
        {
            assert_eq!(rounded(length_m).to_string(), told);
        }
    }
}
