//! Explosive ordnance found and destroyed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code_list;
use crate::finding::{Finding, Findings};
use crate::rules;

code_list! {
    /// A kind of item that was found.
    ///
    /// # Source
    /// The minimum data requirements of IMAS 05.10; submunitions apart from other unexploded
    /// ordnance, as the Convention on Cluster Munitions asks.
    DeviceCategory {
        /// Mines that a person sets off.
        AntiPersonnelMine,
        /// Mines that a vehicle sets off.
        AntiVehicleMine,
        /// Bomblets.
        Submunition,
        /// Other ordnance that was used and did not go off.
        UnexplodedOrdnance,
        /// Ordnance that was left behind unused.
        AbandonedOrdnance,
        /// Devices that were made by hand.
        ImprovisedExplosiveDevice,
        /// Devices set off by something that looks harmless.
        BoobyTrap,
        /// Cartridges of rifles and the like.
        SmallArmsAmmunition,
        /// Something else.
        Other,
    }
}

impl DeviceCategory {
    /// All kinds, with their codes, in the order in which reports show them.
    pub const ALL: [(&'static str, Self); 9] = [
        ("anti_personnel_mine", Self::AntiPersonnelMine),
        ("anti_vehicle_mine", Self::AntiVehicleMine),
        ("submunition", Self::Submunition),
        ("unexploded_ordnance", Self::UnexplodedOrdnance),
        ("abandoned_ordnance", Self::AbandonedOrdnance),
        ("improvised_explosive_device", Self::ImprovisedExplosiveDevice),
        ("booby_trap", Self::BoobyTrap),
        ("small_arms_ammunition", Self::SmallArmsAmmunition),
        ("other", Self::Other),
    ];

    /// The code, for example `booby_trap`.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("other", |(name, _)| name)
    }
}

/// How many items of one kind were found and destroyed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeviceCount {
    /// The kind.
    pub category: DeviceCategory,
    /// The make and model, as written on the item or in a catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub model: Option<String>,
    /// How many were found.
    #[serde(default)]
    pub found: u32,
    /// How many were destroyed.
    #[serde(default)]
    pub destroyed: u32,
}

/// Judges the counts of a record.
pub(crate) fn check(devices: &[DeviceCount], out: &mut Findings) {
    for (i, device) in devices.iter().enumerate() {
        if device.destroyed > device.found {
            let pointer = format!("/properties/devices/{i}/destroyed");
            let finding = Finding::new(&rules::MORE_DESTROYED_THAN_FOUND, pointer)
                .with("destroyed", device.destroyed)
                .with("found", device.found);
            out.judge(&["devices"], finding);
        }
    }
}

/// The items found in all.
pub(crate) fn found(devices: &[DeviceCount]) -> u64 {
    devices.iter().map(|device| u64::from(device.found)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_kinds_are_their_codes() {
        for (place, (name, kind)) in DeviceCategory::ALL.into_iter().enumerate() {
            assert_eq!(serde_json::to_value(kind).unwrap(), name);
            assert_eq!(kind as usize, place);
        }
    }
}
