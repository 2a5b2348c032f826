//! What the records of the demo say: organisations, evidence, contamination, devices, methods.

use super::DemoProgramme;
use super::belts::Ordnance;
use super::outline::Form;
use super::random::Random;
use survey::records::{
    ActivityType, Blockage, Contamination, DeviceCategory, DeviceCount, EvidenceKind, EvidenceType,
    LandUse, Marking, Method, MinefieldType, Priority, Slope, Terrain, Vegetation,
};
use survey::{Classification, Outcome};

/// The survey organisations; no real one is named like these.
const SURVEYORS: [&str; 3] = ["Demo Survey Unit A", "Demo Survey Unit B", "Demo Survey Unit C"];

/// The clearance organisations.
const CLEARERS: [&str; 5] = [
    "Demo Clearance Group A",
    "Demo Clearance Group B",
    "Demo Clearance Group C",
    "Demo Clearance Company D",
    "Demo Engineer Battalion E",
];

/// An organisation for work of a kind in a province; most provinces are one organisation's.
pub(super) fn organisation(work: ActivityType, province: u8, random: &mut Random) -> &'static str {
    let among: &[&'static str] =
        if work == ActivityType::NonTechnicalSurvey { &SURVEYORS } else { &CLEARERS };
    if random.chance(0.7) {
        among[usize::from(province) % among.len()]
    } else {
        random.pick::<&str>(among)
    }
}

/// How sure it is that an area is hazardous, as what was done about it lets one guess.
pub(super) fn classification(
    worked: Option<Outcome>,
    programme: DemoProgramme,
    random: &mut Random,
) -> Classification {
    let confirmed = match (worked, programme) {
        (Some(Outcome::Cancelled), _) => 0.05,
        (Some(Outcome::Reduced), _) => 0.5,
        (Some(Outcome::Cleared), _) => 0.85,
        (None, DemoProgramme::Cambodia) => 0.4,
        (None, DemoProgramme::Ukraine) => 0.3,
    };
    if random.chance(confirmed) { Classification::Confirmed } else { Classification::Suspected }
}

/// Evidence that fits a classification.
pub(super) fn evidence(
    classification: Classification,
    random: &mut Random,
) -> (EvidenceKind, EvidenceType) {
    match classification {
        Classification::Confirmed => (
            EvidenceKind::Direct,
            *random.weighted(&[
                (4.0, EvidenceType::VisualObservation),
                (2.0, EvidenceType::AccidentKnownPlace),
                (2.0, EvidenceType::Detonation),
                (2.0, EvidenceType::ReliableRecord),
            ]),
        ),
        Classification::Suspected => (
            EvidenceKind::Indirect,
            *random.weighted(&[
                (4.0, EvidenceType::VerbalReport),
                (3.0, EvidenceType::FormerCombatZone),
                (2.0, EvidenceType::UnusedLand),
                (1.0, EvidenceType::EarlierSurvey),
                (1.0, EvidenceType::UnreliableRecord),
            ]),
        ),
    }
}

/// The ordnance of an area.
pub(super) fn contamination(
    ordnance: Ordnance,
    programme: DemoProgramme,
    random: &mut Random,
) -> Vec<Contamination> {
    use Contamination::{
        AbandonedOrdnance, AntiPersonnelMine, AntiVehicleMine, BoobyTrap, ClusterMunition,
        MixedMines, UnexplodedOrdnance, Unknown,
    };
    let kinds: &[(f64, &[Contamination])] = match (ordnance, programme) {
        (Ordnance::ClusterMunitions, _) => {
            &[(8.0, &[ClusterMunition]), (2.0, &[ClusterMunition, UnexplodedOrdnance])]
        }
        (Ordnance::Mines, DemoProgramme::Cambodia) => &[
            (55.0, &[AntiPersonnelMine]),
            (20.0, &[AntiPersonnelMine, AntiVehicleMine]),
            (15.0, &[MixedMines]),
            (10.0, &[AntiPersonnelMine, UnexplodedOrdnance]),
        ],
        (Ordnance::Mines, DemoProgramme::Ukraine) => &[
            (35.0, &[AntiVehicleMine]),
            (30.0, &[AntiPersonnelMine, AntiVehicleMine]),
            (15.0, &[MixedMines]),
            (15.0, &[AntiVehicleMine, UnexplodedOrdnance]),
            (5.0, &[BoobyTrap]),
        ],
        (Ordnance::Mixed, _) => &[
            (40.0, &[UnexplodedOrdnance]),
            (20.0, &[AntiVehicleMine, UnexplodedOrdnance]),
            (15.0, &[ClusterMunition]),
            (10.0, &[AbandonedOrdnance]),
            (10.0, &[AntiPersonnelMine]),
            (5.0, &[Unknown]),
        ],
    };
    random.weighted(kinds).to_vec()
}

/// How mines were laid in an area of a form; none where there are no mines.
pub(super) fn minefield_type(form: Form, ordnance: Ordnance) -> Option<MinefieldType> {
    match (ordnance, form) {
        (Ordnance::ClusterMunitions | Ordnance::Mixed, _) | (_, Form::Boxes) => None,
        (_, Form::Belt) => Some(MinefieldType::Barrier),
        (_, Form::Field) => Some(MinefieldType::Pattern),
        (_, Form::Blob) => Some(MinefieldType::Nuisance),
        (_, Form::Star) => Some(MinefieldType::Unknown),
    }
}

/// The lie of the land and what it is for.
#[derive(Debug)]
pub(super) struct Surroundings {
    pub(super) terrain: Terrain,
    pub(super) vegetation: Vegetation,
    pub(super) slope: Slope,
    pub(super) marking: Marking,
    pub(super) blocked: Vec<Blockage>,
    pub(super) intended_use: LandUse,
    pub(super) priority: Priority,
}

impl Surroundings {
    pub(super) fn draw(random: &mut Random) -> Self {
        let (blockage, intended_use) = *random.weighted(&[
            (6.0, (Blockage::Agriculture, LandUse::Agriculture)),
            (1.5, (Blockage::Pasture, LandUse::Pasture)),
            (1.0, (Blockage::Forest, LandUse::Forest)),
            (1.0, (Blockage::Housing, LandUse::Housing)),
            (0.8, (Blockage::Road, LandUse::Road)),
            (0.6, (Blockage::Infrastructure, LandUse::Infrastructure)),
            (0.5, (Blockage::Water, LandUse::Water)),
            (0.1, (Blockage::ReligiousCultural, LandUse::ReligiousCultural)),
        ]);
        let mut blocked = vec![blockage];
        if blockage != Blockage::Road && random.chance(0.15) {
            blocked.push(Blockage::Road);
        }
        Self {
            terrain: *random.weighted(&[
                (6.0, Terrain::Flat),
                (2.0, Terrain::Hills),
                (0.7, Terrain::Riverbank),
                (0.5, Terrain::Wetland),
                (0.3, Terrain::Urban),
            ]),
            vegetation: *random.weighted(&[
                (3.0, Vegetation::LightBush),
                (2.0, Vegetation::Grass),
                (2.0, Vegetation::DenseBush),
                (1.5, Vegetation::Forest),
                (1.5, Vegetation::Crops),
            ]),
            slope: *random.weighted(&[
                (6.0, Slope::Flat),
                (2.0, Slope::Gentle),
                (0.7, Slope::Moderate),
            ]),
            marking: *random.weighted(&[
                (5.0, Marking::None),
                (3.0, Marking::Official),
                (1.0, Marking::Improvised),
                (0.3, Marking::Fenced),
            ]),
            blocked,
            intended_use,
            priority: *random.weighted(&[
                (2.0, Priority::High),
                (4.0, Priority::Medium),
                (4.0, Priority::Low),
            ]),
        }
    }
}

/// The kind of work that releases land in a way.
pub(super) fn work(outcome: Outcome, ordnance: Ordnance) -> ActivityType {
    match (outcome, ordnance) {
        (Outcome::Cancelled, _) => ActivityType::NonTechnicalSurvey,
        (Outcome::Reduced, _) => ActivityType::TechnicalSurvey,
        (Outcome::Cleared, Ordnance::ClusterMunitions) => {
            ActivityType::SubsurfaceBattleAreaClearance
        }
        (Outcome::Cleared, Ordnance::Mines | Ordnance::Mixed) => ActivityType::Clearance,
    }
}

/// The means of a kind of work.
pub(super) fn methods(work: ActivityType, random: &mut Random) -> Vec<Method> {
    let means: &[(f64, &[Method])] = match work {
        ActivityType::NonTechnicalSurvey => {
            &[(7.0, &[Method::Interview, Method::Visual]), (2.0, &[Method::Drone])]
        }
        ActivityType::TechnicalSurvey => &[
            (4.0, &[Method::Manual]),
            (3.0, &[Method::Dog]),
            (2.0, &[Method::Mechanical]),
            (1.0, &[Method::Manual, Method::Dog]),
        ],
        ActivityType::SubsurfaceBattleAreaClearance => &[(1.0, &[Method::Instrument])],
        ActivityType::Marking => &[(1.0, &[Method::Manual])],
        _ => &[
            (5.0, &[Method::Manual]),
            (3.0, &[Method::Mechanical, Method::Manual]),
            (1.5, &[Method::Manual, Method::Dog]),
            (0.5, &[Method::Rat, Method::Manual]),
        ],
    };
    random.weighted(means).to_vec()
}

/// What was found: nothing by non-technical survey, seldom anything by technical survey, and
/// nothing on a third of the cleared areas.
pub(super) fn devices(
    outcome: Outcome,
    contamination: &[Contamination],
    area_m2: f64,
    random: &mut Random,
) -> Vec<DeviceCount> {
    let found_anything = match outcome {
        Outcome::Cancelled => 0.0,
        Outcome::Reduced => 0.05,
        Outcome::Cleared => 0.66,
    };
    if !random.chance(found_anything) {
        return Vec::new();
    }
    // About one item in 2,000 m² of cleared land, in patches.
    let expected = (area_m2 / 2_000.0).sqrt();
    contamination
        .iter()
        .map(|kind| {
            let found = 1 + (expected * -(1.0 - random.unit()).ln()) as u32;
            DeviceCount { category: category(*kind), model: None, found, destroyed: found }
        })
        .collect()
}

fn category(kind: Contamination) -> DeviceCategory {
    match kind {
        Contamination::AntiPersonnelMine | Contamination::MixedMines => {
            DeviceCategory::AntiPersonnelMine
        }
        Contamination::AntiVehicleMine => DeviceCategory::AntiVehicleMine,
        Contamination::ClusterMunition => DeviceCategory::Submunition,
        Contamination::UnexplodedOrdnance | Contamination::Unknown => {
            DeviceCategory::UnexplodedOrdnance
        }
        Contamination::AbandonedOrdnance => DeviceCategory::AbandonedOrdnance,
        Contamination::ImprovisedExplosiveDevice => DeviceCategory::ImprovisedExplosiveDevice,
        Contamination::BoobyTrap => DeviceCategory::BoobyTrap,
        Contamination::Other => DeviceCategory::Other,
    }
}

/// An area as somebody would report it: mostly within 1 %, now and then off by more.
pub(super) fn reported_m2(area_m2: f64, random: &mut Random) -> f64 {
    let off = if random.chance(0.01) {
        random.between(0.06, 0.18) * if random.chance(0.5) { 1.0 } else { -1.0 }
    } else {
        random.between(-0.01, 0.01)
    };
    (area_m2 * (1.0 + off)).round()
}
