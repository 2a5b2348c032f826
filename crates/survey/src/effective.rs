//! What a record was on a day. Pure.

use crate::id::Day;
use crate::land::LandRole;
use crate::registry::collection;
use crate::version::StoredRecord;

/// The version that says what a record was at the end of a day; none when the record did not exist
/// yet in the field.
///
/// The rules are those of the land ledger, so that lists and figures tell the same: of the versions
/// that had taken effect by then, the last recorded (`latest-version` of [`crate::doubt`]). A land
/// release is an event, of which a further version is a correction: its last version stands in the
/// place of all before, from its day on.
///
/// # Shape
/// `versions` are the known versions of one record, in any order.
///
/// # Errors
/// When the last version cannot be read; the text says why.
pub fn version_on(versions: &[StoredRecord], day: Day) -> Result<Option<&StoredRecord>, String> {
    let Some(last) = versions.iter().max_by_key(|version| version.version) else {
        return Ok(None);
    };
    let in_effect = |version: &&StoredRecord| version.effective_on <= day;
    if is_event(last)? {
        return Ok(Some(last).filter(in_effect));
    }
    Ok(versions.iter().filter(in_effect).max_by_key(|version| version.version))
}

fn is_event(version: &StoredRecord) -> Result<bool, String> {
    // Layers do nothing to land.
    let Some(typed) = collection(&version.collection) else { return Ok(false) };
    let facts = typed.read_stored(&version.properties).map_err(|finding| finding.message)?;
    Ok(matches!(facts.land_role, Some(LandRole::Release { .. })))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::{Value, json};

    use super::*;
    use crate::version::VersionState;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn version(collection: &str, number: u32, on: &str, properties: Value) -> StoredRecord {
        let Value::Object(properties) = properties else { unreachable!() };
        StoredRecord {
            collection: collection.into(),
            id: 7.into(),
            local_id: "A-1".into(),
            version: number,
            revision: u64::from(number),
            state: VersionState::InForce,
            effective_on: day(on),
            recorded_at: DateTime::UNIX_EPOCH,
            recorded_by: "a test".into(),
            organisation: None,
            geometry: None,
            caution: None,
            raw_geometry: None,
            properties,
        }
    }

    fn area(number: u32, on: &str) -> StoredRecord {
        let properties =
            json!({ "local_id": "A-1", "classification": "suspected", "identified_on": on });
        version("hazardous-areas", number, on, properties)
    }

    fn release(number: u32, on: &str) -> StoredRecord {
        let properties = json!({ "local_id": "A-1", "outcome": "cleared", "released_on": on });
        version("land-releases", number, on, properties)
    }

    fn on(versions: &[StoredRecord], text: &str) -> Option<u32> {
        version_on(versions, day(text)).unwrap().map(|version| version.version)
    }

    #[test]
    fn of_the_versions_in_effect_the_last_recorded_stands() {
        let versions = [area(1, "2015-03-01"), area(2, "2018-01-01"), area(3, "2016-01-01")];
        assert_eq!(on(&versions, "2015-02-28"), None);
        assert_eq!(on(&versions, "2015-03-01"), Some(1));
        assert_eq!(on(&versions, "2015-12-31"), Some(1));
        assert_eq!(on(&versions, "2016-01-01"), Some(3));
        // Version 3 corrects version 2, and says what is so since 2016.
        assert_eq!(on(&versions, "2020-01-01"), Some(3));
    }

    #[test]
    fn of_one_day_the_last_recorded_stands() {
        let versions = [area(2, "2015-03-01"), area(1, "2015-03-01")];
        assert_eq!(on(&versions, "2015-03-01"), Some(2));
    }

    #[test]
    fn a_corrected_release_is_what_it_was_corrected_to() {
        let versions = [release(1, "2018-05-01"), release(2, "2018-06-01")];
        assert_eq!(on(&versions, "2018-05-15"), None);
        assert_eq!(on(&versions, "2018-06-01"), Some(2));
    }

    #[test]
    fn no_versions_are_nothing() {
        assert_eq!(on(&[], "2018-05-15"), None);
    }
}
