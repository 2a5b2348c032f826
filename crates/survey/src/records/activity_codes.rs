//! The code lists of activities, which land releases use too.

use super::code_list;
use crate::land::Outcome;

code_list! {
    /// What kind of work an activity is.
    ///
    /// # Source
    /// The minimum data requirements of IMAS 05.10.
    ActivityType {
        /// Asking, looking and reading, without going in (IMAS 08.10).
        NonTechnicalSurvey,
        /// Going in with technical means to learn what is there (IMAS 08.20).
        TechnicalSurvey,
        /// Removing or destroying all specified hazards to the specified depth (IMAS 09.10).
        Clearance,
        /// Clearance of a battle area, surface only (IMAS 09.11).
        SurfaceBattleAreaClearance,
        /// Clearance of a battle area below the surface (IMAS 09.11).
        SubsurfaceBattleAreaClearance,
        /// Disposal of single items (IMAS 09.30).
        SpotTask,
        /// Marking or fencing (IMAS 08.40).
        Marking,
        /// Verification of a road.
        RoadVerification,
        /// Destruction of stocks.
        StockpileDestruction,
        /// The survey that concludes the work on an area.
        Completion,
        /// Handing land over to those who use it (IMAS 08.30).
        Handover,
        /// Something else.
        Other,
    }
}

impl ActivityType {
    /// Tells whether land can be released in this way by this kind of work.
    ///
    /// Kinds of work that release no land themselves, such as a completion survey, may report any
    /// outcome.
    ///
    /// # Source
    /// IMAS 07.11: cancelled by non-technical survey, reduced by technical survey, cleared by
    /// clearance.
    pub const fn fits(self, outcome: Outcome) -> bool {
        match self {
            Self::NonTechnicalSurvey => matches!(outcome, Outcome::Cancelled),
            Self::TechnicalSurvey => matches!(outcome, Outcome::Reduced),
            Self::Clearance
            | Self::SurfaceBattleAreaClearance
            | Self::SubsurfaceBattleAreaClearance => matches!(outcome, Outcome::Cleared),
            Self::RoadVerification | Self::Completion | Self::Handover | Self::Other => true,
            Self::SpotTask | Self::Marking | Self::StockpileDestruction => false,
        }
    }
}

code_list! {
    /// By what means work is done.
    Method {
        /// By people with tools in their hands.
        Manual,
        /// By machines.
        Mechanical,
        /// With dogs.
        Dog,
        /// With rats.
        Rat,
        /// By looking.
        Visual,
        /// With detectors, without excavating everything they show.
        Instrument,
        /// From the air.
        Drone,
        /// By asking people and reading records.
        Interview,
        /// By several means together.
        Combined,
    }
}

impl Method {
    /// Tells whether somebody or something goes into the area to look below what can be seen.
    pub const fn is_technical(self) -> bool {
        match self {
            Self::Manual | Self::Mechanical | Self::Dog | Self::Rat | Self::Instrument => true,
            Self::Visual | Self::Drone | Self::Interview | Self::Combined => false,
        }
    }
}

code_list! {
    /// How far an activity has come.
    ActivityStatus {
        /// It has not begun.
        Planned,
        /// It is going on.
        Ongoing,
        /// It is interrupted.
        Suspended,
        /// It is finished.
        Completed,
        /// It was given up.
        Aborted,
    }
}
