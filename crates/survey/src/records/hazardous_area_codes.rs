//! The code lists of hazardous areas.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code_list;
use crate::id::Day;

code_list! {
    /// How far the work on a hazardous area has come.
    ///
    /// # Source
    /// The minimum data requirements of IMAS 05.10 (open, suspended, closed, handed over);
    /// worked on: common in national registers.
    HazardStatus {
        /// Nothing has been done yet.
        Open,
        /// Survey or clearance is going on.
        WorkedOn,
        /// Work was begun and is interrupted.
        Suspended,
        /// Work is finished; the reason says how.
        Closed,
        /// The land has been handed over to those who use it.
        HandedOver,
    }
}

code_list! {
    /// Why a hazardous area was closed.
    ClosureReason {
        /// All of it was cancelled by non-technical survey.
        Cancelled,
        /// All of it was reduced by technical survey.
        Reduced,
        /// All of it was cleared.
        Cleared,
        /// It was released in several ways.
        Mixed,
        /// Another record describes the same area.
        Duplicate,
        /// Another record took it in.
        Merged,
        /// Several other records took its place.
        Split,
        /// It was recorded by mistake.
        Error,
    }
}

impl ClosureReason {
    /// Tells whether the record says nothing about land any more: it was a mistake, or others
    /// speak for it.
    ///
    /// # Source
    /// Ours. The other reasons say how land was released, and land is released by land releases
    /// only: an area closed as cleared without any release stays hazardous.
    pub const fn ends_the_record(self) -> bool {
        matches!(self, Self::Duplicate | Self::Merged | Self::Split | Self::Error)
    }

    /// Tells whether other records take the place of the record.
    pub const fn has_successor(self) -> bool {
        matches!(self, Self::Duplicate | Self::Merged | Self::Split)
    }
}

code_list! {
    /// A kind of explosive ordnance that is suspected or confirmed.
    ///
    /// # Source
    /// IMAS 04.10, explosive ordnance.
    Contamination {
        /// Mines that a person sets off.
        AntiPersonnelMine,
        /// Mines that a vehicle sets off.
        AntiVehicleMine,
        /// Both kinds of mines, not told apart.
        MixedMines,
        /// Bomblets and the containers they came in.
        ClusterMunition,
        /// Ordnance that was used and did not go off.
        UnexplodedOrdnance,
        /// Ordnance that was left behind unused.
        AbandonedOrdnance,
        /// Devices that were made by hand.
        ImprovisedExplosiveDevice,
        /// Devices set off by something that looks harmless.
        BoobyTrap,
        /// Something else.
        Other,
        /// It is not known.
        Unknown,
    }
}

code_list! {
    /// How mines were laid.
    MinefieldType {
        /// In rows or another order that a record can describe.
        Pattern,
        /// Here and there, to hinder.
        Nuisance,
        /// In a belt, to stop.
        Barrier,
        /// It is not known.
        Unknown,
    }
}

code_list! {
    /// The shape of the land.
    Terrain {
        /// Plain or plateau.
        Flat,
        /// Hills.
        Hills,
        /// Mountains.
        Mountains,
        /// The bottom of a valley.
        Valley,
        /// A ridge or a summit.
        Ridge,
        /// The bank of a river or lake.
        Riverbank,
        /// Marsh, paddy or other wet land.
        Wetland,
        /// The coast.
        Coast,
        /// Sand or stone desert.
        Desert,
        /// Among buildings.
        Urban,
        /// Something else.
        Other,
        /// It is not known.
        Unknown,
    }
}

code_list! {
    /// What grows on the land.
    Vegetation {
        /// Nothing.
        None,
        /// Grass.
        Grass,
        /// Bushes one can walk between.
        LightBush,
        /// Bushes one cannot walk between.
        DenseBush,
        /// Trees.
        Forest,
        /// Crops.
        Crops,
        /// An orchard or plantation.
        Orchard,
        /// Something else.
        Other,
        /// It is not known.
        Unknown,
    }
}

code_list! {
    /// How steep the land is.
    Slope {
        /// Under 5 degrees.
        Flat,
        /// 5 to 15 degrees.
        Gentle,
        /// 15 to 30 degrees.
        Moderate,
        /// Over 30 degrees.
        Steep,
        /// It is not known.
        Unknown,
    }
}

code_list! {
    /// How the area is marked on the ground.
    ///
    /// # Source
    /// IMAS 08.40, marking of hazards.
    Marking {
        /// Not at all.
        None,
        /// With the signs of the programme.
        Official,
        /// With what people had at hand: stones, sticks, paint.
        Improvised,
        /// With a fence.
        Fenced,
        /// It is not known.
        Unknown,
    }
}

code_list! {
    /// What people cannot use because of the hazard.
    Blockage {
        /// A road or path.
        Road,
        /// Fields.
        Agriculture,
        /// Pasture.
        Pasture,
        /// Water.
        Water,
        /// Houses, or land for them.
        Housing,
        /// Schools, health posts, bridges, power lines and the like.
        Infrastructure,
        /// Forest.
        Forest,
        /// Places of religion or culture.
        ReligiousCultural,
        /// Something else.
        Other,
    }
}

code_list! {
    /// What the land is to be used for.
    LandUse {
        /// Fields.
        Agriculture,
        /// Pasture.
        Pasture,
        /// Houses.
        Housing,
        /// A road or path.
        Road,
        /// Water supply or irrigation.
        Water,
        /// Schools, health posts, bridges, power lines and the like.
        Infrastructure,
        /// Forest.
        Forest,
        /// Places of religion or culture.
        ReligiousCultural,
        /// Trade or industry.
        Industry,
        /// Visitors.
        Tourism,
        /// Protected nature.
        Nature,
        /// Something else.
        Other,
        /// It is not known.
        Unknown,
    }
}

code_list! {
    /// How urgent the area is.
    Priority {
        /// First.
        High,
        /// Then.
        Medium,
        /// Last.
        Low,
    }
}

code_list! {
    /// How strong a piece of evidence is.
    ///
    /// # Source
    /// IMAS 04.10: direct evidence confirms, indirect evidence makes suspicious. Which is which
    /// differs between programmes.
    EvidenceKind {
        /// It shows that explosive ordnance is there.
        Direct,
        /// It makes one think so.
        Indirect,
    }
}

code_list! {
    /// What a piece of evidence is.
    EvidenceType {
        /// An accident whose place is known.
        AccidentKnownPlace,
        /// An accident whose place is not known.
        AccidentUnknownPlace,
        /// A detonation, also of an animal or by fire.
        Detonation,
        /// Ordnance, or parts of it, that were seen.
        VisualObservation,
        /// A record of mines or strikes that is reliable.
        ReliableRecord,
        /// A record of mines or strikes that may be wrong.
        UnreliableRecord,
        /// Signs or fences.
        SignsOrFencing,
        /// Craters.
        Craters,
        /// Scrap of ordnance.
        Scrap,
        /// Damaged buildings.
        DamagedInfrastructure,
        /// Good land that nobody uses.
        UnusedLand,
        /// What people say.
        VerbalReport,
        /// An earlier survey.
        EarlierSurvey,
        /// A place that was fought over.
        FormerCombatZone,
        /// Something else.
        Other,
    }
}

/// One piece of evidence of explosive ordnance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// How strong it is.
    pub kind: EvidenceKind,
    /// What it is.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub evidence_type: Option<EvidenceType>,
    /// The day it was seen or told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Day>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4000))]
    pub note: Option<String>,
}
