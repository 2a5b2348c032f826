//! Which items a request asks for, and how they are to be written.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate};
use survey::{Collection, Day, Programme};
use view::{Direction, ItemsQuery, SortKey};

use super::crs::Coordinates;
use super::filter;
use super::parameters::{LIMIT_DEFAULT, LIMIT_MAX, OF_ITEMS};
use super::schemas::is_sortable;
use super::simplification::Simplification;
use crate::problem::Problem;
use crate::query::{Parameters, invalid};

/// Properties that items are ordered by, at most.
pub const SORT_KEYS_MAX: usize = 8;

/// Terms searched for, at most.
pub const TERMS_MAX: usize = 16;

/// How items are to be written.
#[derive(Debug, Clone, Default)]
pub struct Style {
    /// The reference system of coordinates.
    pub coordinates: Coordinates,
    /// Only these properties; all when none are named.
    pub properties: Option<BTreeSet<String>>,
    /// Without geometries.
    pub skip_geometry: bool,
    /// With the members of JSON-FG.
    pub json_fg: bool,
    /// With simplified boundaries, and by how much.
    pub simplification: Option<Simplification>,
}

impl Style {
    /// Reads how items are to be written.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn read(
        parameters: &Parameters,
        programme: &Programme,
        collection: &Collection,
    ) -> Result<Self, Problem> {
        let coordinates = match parameters.text("crs") {
            Some(text) => Coordinates::parse(programme, "crs", text)?,
            None => Coordinates::default(),
        };
        let properties = match parameters.text("properties") {
            None => None,
            Some(text) => {
                let known: Vec<&str> = collection.properties().collect();
                let names: BTreeSet<String> = text.split(',').map(|it| it.trim().into()).collect();
                if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
                    let reason = format!("\"{name}\" is no property; known: {}", known.join(", "));
                    return Err(invalid("properties", &reason));
                }
                Some(names)
            }
        };
        Ok(Self {
            coordinates,
            properties,
            skip_geometry: parameters.flag("skipGeometry")?,
            json_fg: parameters.word("profile", &["rfc7946", "jsonfg"])? == Some("jsonfg"),
            simplification: Simplification::read(parameters)?,
        })
    }
}

/// Reads which items are asked for; where the listing goes on is left to the caller.
///
/// # Errors
/// `invalid-parameter`.
pub fn items_query(
    parameters: &Parameters,
    programme: &Programme,
    collection: &Collection,
) -> Result<ItemsQuery, Problem> {
    let system = |name: &str| match parameters.text(name) {
        Some(text) => Coordinates::parse(programme, name, text),
        None => Ok(Coordinates::default()),
    };
    let bbox_system = system("bbox-crs")?;
    let bbox = match parameters.numbers("bbox")?.as_deref() {
        None => None,
        Some([a, b, c, d] | [a, b, _, c, d, _]) => Some(bbox_system.bbox([*a, *b, *c, *d])?),
        Some(_) => return Err(invalid("bbox", "give four numbers, or six with heights")),
    };
    Ok(ItemsQuery {
        bbox,
        filters: filter::filters(parameters, collection, &system("filter-crs")?, OF_ITEMS)?,
        terms: terms(parameters)?,
        days: parameters.text("datetime").map(days).transpose()?,
        order: parameters
            .text("sortby")
            .map(|text| order(text, collection))
            .transpose()?
            .unwrap_or_default(),
        limit: parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?,
        after: None,
        offset: parameters.offset()?,
    })
}

/// Reads `q`: the texts searched for, none when it is not given.
///
/// # Errors
/// `invalid-parameter`.
pub fn terms(parameters: &Parameters) -> Result<Vec<String>, Problem> {
    let Some(text) = parameters.text("q") else { return Ok(Vec::new()) };
    let terms: Vec<String> = text.split(',').map(|term| term.trim().to_owned()).collect();
    if terms.len() > TERMS_MAX || terms.iter().any(String::is_empty) {
        return Err(invalid("q", &format!("give 1 to {TERMS_MAX} texts with commas between them")));
    }
    Ok(terms)
}

/// Reads `datetime`: the first and the last day.
///
/// # Source
/// OGC 17-069r4, requirement `/req/core/fc-time-definition`.
pub fn days(text: &str) -> Result<(Day, Day), Problem> {
    let day = |text: &str| -> Result<Day, Problem> {
        let parsed = text.parse::<NaiveDate>().ok().or_else(|| {
            DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.to_utc().date_naive())
        });
        parsed.ok_or_else(|| {
            let reason = format!(
                "\"{text}\" is neither a day (2026-03-31) nor an instant of RFC 3339 nor an interval"
            );
            invalid("datetime", &reason)
        })
    };
    let Some((from, to)) = text.split_once('/') else {
        if text == ".." {
            return Ok((Day::MIN, Day::MAX));
        }
        let day = day(text)?;
        return Ok((day, day));
    };
    let from = if matches!(from, "" | "..") { Day::MIN } else { day(from)? };
    let to = if matches!(to, "" | "..") { Day::MAX } else { day(to)? };
    if from > to {
        return Err(invalid("datetime", "the interval ends before it begins"));
    }
    Ok((from, to))
}

fn order(text: &str, collection: &Collection) -> Result<Vec<SortKey>, Problem> {
    let (known, schema) = (view::queryables(collection), view::filter_schema(collection));
    let mut keys = Vec::new();
    for word in text.split(',').map(str::trim) {
        let (name, direction) = match word.strip_prefix('-') {
            Some(name) => (name, Direction::Descending),
            // A plus sign in an address is a blank.
            None => (word.trim_start_matches('+').trim(), Direction::Ascending),
        };
        let is_known = known.iter().any(|it| it.name == name && is_sortable(it.kind));
        let Some(property) = schema.find(name).filter(|_| is_known) else {
            return Err(invalid("sortby", &format!("\"{name}\" is not among the sortables")));
        };
        keys.push(SortKey { property, direction });
    }
    if keys.len() > SORT_KEYS_MAX {
        return Err(invalid("sortby", &format!("give up to {SORT_KEYS_MAX} properties")));
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn days_instants_and_intervals_are_read_as_the_standard_writes_them() {
        let read = |text: &str| days(text).unwrap();
        let (first, second) = (day("2018-02-12"), day("2018-03-18"));
        assert_eq!(read("2018-02-12"), (first, first));
        assert_eq!(read("2018-02-12T23:20:50Z"), (first, first));
        assert_eq!(read("2018-02-12/2018-03-18T12:31:12Z"), (first, second));
        assert_eq!(read("../2018-03-18"), (Day::MIN, second));
        assert_eq!(read("2018-02-12/"), (first, Day::MAX));
        for refused in ["", "2018", "2018-03-18/2018-02-12", "yesterday", "2018-02-30"] {
            assert!(days(refused).is_err(), "{refused}");
        }
    }
}
