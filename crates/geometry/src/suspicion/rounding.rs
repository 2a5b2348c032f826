//! How coarsely coordinates are rounded.

use std::fmt;

/// Metres in a degree of latitude, on average; of longitude at the equator.
const DEGREE_M: f64 = 111_195.0;

/// Decimals that are looked for. The eighth is a millimetre; what has more was computed.
const DECIMALS_MAX: u8 = 8;

/// Rounding of `f64` in units of the last decimal looked for, and room for sums.
const DECIMAL_SLACK: f64 = 1e-6;

/// How far a coordinate may be off a whole second or minute, in degrees, and still be one: twice
/// what writing it with six decimals takes away.
const SEXAGESIMAL_SLACK_DEG: f64 = 1e-6;

/// The step to which all coordinates of a geometry are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// So many decimals of a degree; 8 stands for 8 and more.
    Decimals(u8),
    /// Whole seconds of arc.
    Seconds,
    /// Whole minutes of arc.
    Minutes,
}

impl Rounding {
    /// The step in metres on the ground, along a meridian.
    pub fn step_m(self) -> f64 {
        match self {
            Self::Decimals(decimals) => DEGREE_M / 10.0_f64.powi(i32::from(decimals)),
            Self::Seconds => DEGREE_M / 3_600.0,
            Self::Minutes => DEGREE_M / 60.0,
        }
    }
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimals(0) => f.write_str("whole degrees"),
            Self::Decimals(1) => f.write_str("1 decimal of a degree"),
            Self::Decimals(decimals) => write!(f, "{decimals} decimals of a degree"),
            Self::Seconds => f.write_str("whole seconds of arc"),
            Self::Minutes => f.write_str("whole minutes of arc"),
        }
    }
}

/// Tells the finest step to which the coordinates are rounded, over all positions; none when there
/// are none.
///
/// Whole minutes and seconds are told for two positions or more, whatever the decimals they have
/// been written with since: from six on. One position may lie on a whole second by chance.
///
/// # Examples
/// ```
/// use geometry::suspicion::{Rounding, rounding};
///
/// let found = rounding([[103.2, 13.1234], [103.25, 13.0]]);
/// assert_eq!(found, Some(Rounding::Decimals(4)));
/// assert!((Rounding::Decimals(4).step_m() - 11.1).abs() < 0.1);
/// // 103°12'07" and so on, written as decimals.
/// let found = rounding([[103.201944, 13.100556], [103.204722, 13.1025]]);
/// assert_eq!(found, Some(Rounding::Seconds));
/// ```
pub fn rounding(positions: impl IntoIterator<Item = [f64; 2]>) -> Option<Rounding> {
    let (mut count, mut decimals) = (0_usize, 0);
    let (mut minutes, mut seconds) = (true, true);
    for position in positions {
        count += 1;
        for degrees in position {
            while decimals < DECIMALS_MAX && !is_whole(degrees, decimals) {
                decimals += 1;
            }
            seconds = seconds && is_sexagesimal(degrees, 3_600.0);
            minutes = minutes && seconds && is_sexagesimal(degrees, 60.0);
        }
        if decimals == DECIMALS_MAX && !seconds {
            break;
        }
    }
    match (count, decimals) {
        (0, _) => None,
        (2.., 5..) if minutes => Some(Rounding::Minutes),
        (2.., 5..) if seconds => Some(Rounding::Seconds),
        _ => Some(Rounding::Decimals(decimals)),
    }
}

fn is_sexagesimal(degrees: f64, in_a_degree: f64) -> bool {
    let steps = degrees * in_a_degree;
    (steps - steps.round()).abs() < SEXAGESIMAL_SLACK_DEG * in_a_degree
}

fn is_whole(degrees: f64, decimals: u8) -> bool {
    let scaled = degrees * SCALES[usize::from(decimals)];
    (scaled - scaled.round()).abs() < DECIMAL_SLACK
}

const SCALES: [f64; DECIMALS_MAX as usize + 1] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_position_with_more_decimals_makes_all_of_them_finer() {
        let coarse = [[103.2, 13.1], [103.3, 13.2]];
        assert_eq!(rounding(coarse), Some(Rounding::Decimals(1)));
        let mixed = [[103.2, 13.1], [103.300_01, 13.2]];
        assert_eq!(rounding(mixed), Some(Rounding::Decimals(5)));
        assert_eq!(rounding([[103.0, -13.0]]), Some(Rounding::Decimals(0)));
        assert_eq!(rounding(std::iter::empty()), None);
    }

    #[test]
    fn whole_minutes_and_seconds_are_told_by_name() {
        let at = |d: f64, m: f64, s: f64| d + m / 60.0 + s / 3_600.0;
        let seconds = [[at(103.0, 12.0, 7.0), at(13.0, 6.0, 2.0)], [at(103.0, 12.0, 17.0), 13.1]];
        assert_eq!(rounding(seconds), Some(Rounding::Seconds));
        let minutes = [[at(103.0, 11.0, 0.0), at(13.0, 7.0, 0.0)], [at(103.0, 13.0, 0.0), 13.1]];
        assert_eq!(rounding(minutes), Some(Rounding::Minutes));
        let names = [Rounding::Decimals(4), Rounding::Seconds].map(|step| step.to_string());
        assert_eq!(names, ["4 decimals of a degree", "whole seconds of arc"]);
    }

    #[test]
    fn numbers_that_are_none_do_not_matter() {
        let found = rounding([[f64::NAN, f64::INFINITY]]);
        assert_eq!(found, Some(Rounding::Decimals(8)));
    }

    proptest! {
        #[test]
        fn coordinates_written_with_so_many_decimals_are_told_to_have_no_more(
            lon in -180.0..180.0_f64, lat in -90.0..90.0_f64, decimals in 0_u8..8,
        ) {
            let written = [lon, lat].map(|degrees| {
                format!("{degrees:.*}", usize::from(decimals)).parse::<f64>().unwrap()
            });
            let found = rounding([written]);
            let Some(Rounding::Decimals(found)) = found else { panic!("{found:?}") };
            prop_assert!(found <= decimals);
        }
    }
}
