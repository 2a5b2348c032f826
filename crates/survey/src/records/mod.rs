//! The record types, one file each.

pub mod activity;
pub mod hazardous_area;
pub mod land_release;
pub mod region;

mod activity_codes;
mod beneficiaries;
mod devices;
mod hazardous_area_codes;
mod marked_point;

pub use activity::Activity;
pub use activity_codes::{ActivityStatus, ActivityType, Method};
pub use beneficiaries::{Beneficiaries, BeneficiaryGroup, Sex};
pub use devices::{DeviceCategory, DeviceCount};
pub use hazardous_area::HazardousArea;
pub use hazardous_area_codes::{
    Blockage, ClosureReason, Contamination, Evidence, EvidenceKind, EvidenceType, HazardStatus,
    LandUse, Marking, MinefieldType, Priority, Slope, Terrain, Vegetation,
};
pub use land_release::LandRelease;
pub use marked_point::MarkedPoint;
pub use region::Region;

/// Declares a code list: an enum whose codes are its variants in snake case.
macro_rules! code_list {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }
    };
}
pub(crate) use code_list;
