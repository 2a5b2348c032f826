//! Names of records: ours, and the ones people give.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A calendar day in the programme's own time zone.
pub type Day = chrono::NaiveDate;

/// The name under which a record is kept for ever, whatever its versions say.
///
/// A UUID of version 7 (RFC 9562), made by the caller; this crate makes none, because that would
/// need a clock. Its order is the order of creation, which breaks ties where nothing else does.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct RecordId(Uuid);

impl RecordId {
    /// Takes a UUID as the name of a record.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The sixteen bytes, in the order in which identifiers sort.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl From<Uuid> for RecordId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl From<u128> for RecordId {
    fn from(number: u128) -> Self {
        Self(Uuid::from_u128(number))
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for RecordId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// One version of one record: what every figure is traced back to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct SourceKey {
    /// The record.
    pub record: RecordId,
    /// Its version, from 1.
    pub version: u32,
}

/// The form of a local identifier by which two of them are compared.
///
/// Blanks around it and the case of letters do not make a difference: `kh-ha-12 ` and `KH-HA-12`
/// are one record.
///
/// # Source
/// Ours, after the duplicates found in national registers.
///
/// # Examples
/// ```
/// assert_eq!(survey::local_id_key(" KH-HA-12"), survey::local_id_key("kh-ha-12"));
/// ```
pub fn local_id_key(local_id: &str) -> String {
    local_id.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_being_written_and_read() {
        let id = RecordId::from(0x0192_0000_0000_7000_8000_0000_0000_0001);
        assert_eq!(id.to_string().parse::<RecordId>().unwrap(), id);
        assert_eq!(serde_json::from_str::<RecordId>(&format!("\"{id}\"")).unwrap(), id);
    }

    #[test]
    fn local_ids_are_compared_without_blanks_and_case() {
        assert_eq!(local_id_key("\tÅrea 7 "), "årea 7");
    }
}
