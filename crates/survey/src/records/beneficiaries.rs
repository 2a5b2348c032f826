//! People who gain from released land.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::code_list;
use crate::finding::{Finding, Findings};
use crate::rules;

code_list! {
    /// The sex of people counted.
    Sex {
        /// Women and girls.
        Female,
        /// Men and boys.
        Male,
        /// Not recorded, or neither.
        Unknown,
    }
}

/// People who gain from the release of land.
///
/// Bands of age differ between countries, so groups are rows that name their own band.
///
/// # Source
/// The minimum data requirements of IMAS 05.10: counts by sex and age.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Beneficiaries {
    /// All people counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// Those among them who use the land themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct: Option<u32>,
    /// The same people by sex and age.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200))]
    pub groups: Vec<BeneficiaryGroup>,
}

/// People of one sex and one band of age.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BeneficiaryGroup {
    /// Their sex.
    pub sex: Sex,
    /// The youngest age in years; none for no lower end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_from: Option<u8>,
    /// The oldest age in years; none for no upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_to: Option<u8>,
    /// How many.
    pub count: u32,
}

impl Beneficiaries {
    /// Judges whether the counts agree with each other.
    pub(crate) fn check(&self, out: &mut Findings) {
        let pointer = "/properties/beneficiaries";
        let sum: u64 = self.groups.iter().map(|group| u64::from(group.count)).sum();
        if let Some(total) = self.total
            && !self.groups.is_empty()
            && sum != u64::from(total)
        {
            let finding = Finding::new(&rules::COUNTS_DO_NOT_ADD_UP, format!("{pointer}/total"))
                .with("total", total)
                .with("sum", sum);
            out.judge(&["beneficiaries"], finding);
        }
        if let (Some(total), Some(direct)) = (self.total, self.direct)
            && direct > total
        {
            let finding = Finding::new(&rules::PART_EXCEEDS_TOTAL, format!("{pointer}/direct"))
                .with("part", direct)
                .with("total", total);
            out.judge(&["beneficiaries"], finding);
        }
        for (i, group) in self.groups.iter().enumerate() {
            if let (Some(from), Some(to)) = (group.age_from, group.age_to)
                && from > to
            {
                let pointer = format!("{pointer}/groups/{i}/age_to");
                let finding = Finding::new(&rules::AGE_BAND_REVERSED, pointer)
                    .with("from", from)
                    .with("to", to);
                out.judge(&["beneficiaries"], finding);
            }
        }
    }
}
