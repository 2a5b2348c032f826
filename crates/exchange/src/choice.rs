//! Some members of a JSON object, as they stand in its text.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The text of an object with only those of its members that are wanted; their values are copied as
/// they stand.
///
/// # Errors
/// When the text is not that of a JSON object.
///
/// # Examples
/// ```
/// let text = r#"{"name":"Phum Thmei","depths_m":[1.50,2],"note":null}"#;
/// let chosen = exchange::chosen_members(text, |name| name != "name")?;
/// assert_eq!(chosen, r#"{"depths_m":[1.50,2],"note":null}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn chosen_members(
    text: &str,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<String, serde_json::Error> {
    let mut chosen = String::with_capacity(text.len());
    chosen.push('{');
    let choosing = Choosing { is_wanted, chosen: &mut chosen };
    serde_json::Deserializer::from_str(text).deserialize_map(choosing)?;
    chosen.push('}');
    Ok(chosen)
}

struct Choosing<'o, W> {
    is_wanted: W,
    chosen: &'o mut String,
}

impl<'t, W: Fn(&str) -> bool> Visitor<'t> for Choosing<'_, W> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<Name<'t>>()? {
            if !(self.is_wanted)(&name.0) {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            let value: &RawValue = members.next_value()?;
            if self.chosen.len() > 1 {
                self.chosen.push(',');
            }
            let name = serde_json::to_string(&*name.0).map_err(serde::de::Error::custom)?;
            self.chosen.push_str(&name);
            self.chosen.push(':');
            self.chosen.push_str(value.get());
        }
        Ok(())
    }
}

/// A name, borrowed where nothing in it is escaped.
#[derive(serde::Deserialize)]
struct Name<'t>(#[serde(borrow)] Cow<'t, str>);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    proptest! {
        #[test]
        fn what_is_chosen_reads_as_the_same_values(
            members in prop::collection::btree_map("\\PC{0,6}", "\\PC{0,8}", 0..8),
            letter in "[a-z]",
        ) {
            let all: Map<String, Value> =
                members.into_iter().map(|(name, text)| (name, Value::from(text))).collect();
            let text = serde_json::to_string(&all).map_err(|it| TestCaseError::fail(it.to_string()))?;
            let chosen = chosen_members(&text, |name| name.contains(&letter))
                .map_err(|it| TestCaseError::fail(it.to_string()))?;
            let mut expected = all;
            expected.retain(|name, _| name.contains(&letter));
            let found: Map<String, Value> =
                serde_json::from_str(&chosen).map_err(|it| TestCaseError::fail(it.to_string()))?;
            prop_assert_eq!(found, expected);
        }
    }
}
