//! Why a traverse was refused.

use std::fmt;

use super::ring::Misclosure;
use super::{MAX_LEG_M, MAX_STEPS, Tolerance};

/// A stretch of a traverse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stretch {
    /// From the reference to the first turning point.
    Approach,
    /// From the first turning point round the area.
    Perimeter,
}

/// The rule a step of a traverse broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LegRule {
    /// More steps than [`MAX_STEPS`].
    TooManySteps,
    /// Fewer than three turning points.
    TooFewPoints,
    /// A bearing in degrees outside 0 to 360.
    DegreesRange,
    /// A bearing in mils outside 0 to 6400.
    MilsRange,
    /// A distance that is not above 0 m and up to [`MAX_LEG_M`].
    DistanceRange,
    /// Magnetic bearings without a declination.
    DeclinationMissing,
    /// A declination beyond ±60°.
    DeclinationRange,
    /// A grid bearing where the grid of the zone does not reach.
    NoGridHere,
    /// A point by coordinates further than [`MAX_LEG_M`] from the one before.
    PointFarAway,
}

impl LegRule {
    /// The stable name of the rule, for example `distance-range`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooManySteps => "too-many-steps",
            Self::TooFewPoints => "too-few-points",
            Self::DegreesRange => "degrees-range",
            Self::MilsRange => "mils-range",
            Self::DistanceRange => "distance-range",
            Self::DeclinationMissing => "declination-missing",
            Self::DeclinationRange => "declination-range",
            Self::NoGridHere => "no-grid-here",
            Self::PointFarAway => "point-far-away",
        }
    }

    fn statement(self) -> String {
        match self {
            Self::TooManySteps => format!("A traverse has at most {MAX_STEPS} steps."),
            Self::TooFewPoints => "An area has at least three turning points.".to_owned(),
            Self::DegreesRange => "A bearing in degrees is 0 to 360.".to_owned(),
            Self::MilsRange => "A bearing in mils is 0 to 6400.".to_owned(),
            Self::DistanceRange => {
                format!("A distance is above 0 m and at most {MAX_LEG_M} m.")
            }
            Self::DeclinationMissing => {
                "A magnetic bearing has a direction only with the declination.".to_owned()
            }
            Self::DeclinationRange => "A declination is within ±60°.".to_owned(),
            Self::NoGridHere => "A grid bearing is used only in or near its zone.".to_owned(),
            Self::PointFarAway => {
                format!("A point is at most {MAX_LEG_M} m from the one before it.")
            }
        }
    }
}

/// One fault of a traverse: the step, what was read, the rule, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegFault {
    /// The stretch the step is in.
    pub stretch: Stretch,
    /// The step of the stretch, from 1; 0 for the stretch as a whole.
    pub number: usize,
    /// The rule that was broken.
    pub rule: LegRule,
    /// The number that was read; empty if it is missing.
    pub found: String,
    /// What to do about it, in a sentence.
    pub fix: String,
}

impl LegFault {
    pub(super) fn new(
        stretch: Stretch,
        number: usize,
        rule: LegRule,
        found: &dyn fmt::Display,
        fix: String,
    ) -> Self {
        let missing = matches!(rule, LegRule::DeclinationMissing | LegRule::NoGridHere);
        let found = if missing { String::new() } else { found.to_string() };
        Self { stretch, number, rule, found, fix }
    }
}

impl fmt::Display for LegFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.stretch, self.number) {
            (_, 0) => f.write_str("The traverse")?,
            (Stretch::Approach, n) => write!(f, "Leg {n} from the reference")?,
            (Stretch::Perimeter, n) => write!(f, "Leg {n} from the first turning point")?,
        }
        if !self.found.is_empty() {
            write!(f, " ({})", self.found)?;
        }
        write!(f, ": {} {}", self.rule.statement(), self.fix)
    }
}

/// A traverse that misses its first turning point by too much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenTraverse {
    /// What it misses by.
    pub misclosure: Misclosure,
    /// What would have been tolerated.
    pub tolerance: Tolerance,
    /// Whether a turning point after the first was fixed by satellite.
    pub fixed: bool,
    /// The leg of the perimeter, from 1, that closes the traverse if it is turned round.
    pub reversed_leg: Option<usize>,
}

impl fmt::Display for OpenTraverse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Misclosure { length_m, bearing_deg, measured_m } = self.misclosure;
        let Tolerance { reject_one_in, reject_unfixed_m, .. } = self.tolerance;
        write!(
            f,
            "The last leg ends {length_m:.2} m from the first turning point, 1:{:.0} of {measured_m:.1} m \
             measured; at most 1:{reject_one_in}",
            self.misclosure.one_in().floor()
        )?;
        if !self.fixed {
            write!(f, " and {reject_unfixed_m} m")?;
        }
        f.write_str(" is accepted. ")?;
        match self.reversed_leg {
            Some(leg) => write!(
                f,
                "It closes if leg {leg} is turned round: check whether its bearing was read backwards."
            ),
            None => write!(
                f,
                "Check bearings and distances; if the leg back to the first turning point was left \
                 out, it would be {bearing_deg:.1}° from true north and {length_m:.1} m, but must be \
                 measured."
            ),
        }
    }
}

/// Why a traverse was refused.
#[derive(Clone, Debug, PartialEq)]
pub enum TraverseError {
    /// Faults of its steps, all of them, in their order.
    Faults(Vec<LegFault>),
    /// It misses its first turning point by more than the tolerance.
    Open(OpenTraverse),
}

impl fmt::Display for TraverseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faults(faults) => {
                for (i, fault) in faults.iter().enumerate() {
                    let blank = if i == 0 { "" } else { " " };
                    write!(f, "{blank}{fault}")?;
                }
                Ok(())
            }
            Self::Open(open) => open.fmt(f),
        }
    }
}

impl std::error::Error for TraverseError {}
