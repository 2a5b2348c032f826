//! Every parameter of the standard doors, declared once: what is read is what is documented.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Value, json};
use survey::{Collection, Programme, Queryable, QueryableKind};

use super::choice::{SORT_KEYS_MAX, TERMS_MAX};
use super::crs;
use super::downloads::{self, GEOMETRIES};
use super::filter::LANGUAGES;
use super::schemas;
use super::simplification::OFFSET_MAX_M;
use crate::tiles::asked::told_of;

/// Items of a page unless asked otherwise, and at most.
pub const LIMIT_DEFAULT: usize = 100;
/// Clients ask for as many as this says; a page of so many areas has some megabytes.
pub const LIMIT_MAX: usize = 10_000;

/// Parameters of a listing of items besides those named like queryables.
pub const OF_ITEMS: &[&str] = &[
    "bbox",
    "bbox-crs",
    "datetime",
    "limit",
    "offset",
    "cursor",
    "crs",
    "filter",
    "filter-lang",
    "filter-crs",
    "properties",
    "sortby",
    "q",
    "skipGeometry",
    "zoom-level",
    "max-allowable-offset",
    "profile",
    "f",
    "bom",
    "geometry",
    "as_of",
    "effective",
];

/// Parameters of one item.
pub const OF_ITEM: &[&str] =
    &["crs", "zoom-level", "max-allowable-offset", "profile", "f", "as_of", "effective"];

/// The names of all parameters of a listing.
pub fn of_items(collection: &Collection) -> Vec<&str> {
    with_queryables(OF_ITEMS, collection)
}

/// Names of parameters, and of the queryables that make a parameter besides.
pub fn with_queryables<'a>(taken: &[&'a str], collection: &'a Collection) -> Vec<&'a str> {
    let own = view::queryable_names(collection).filter(|name| !taken.contains(name));
    taken.iter().copied().chain(own).collect()
}

/// The queryables that make a parameter of their name: those whose name has no other meaning there.
pub fn besides<'a>(
    taken: &'a [&'a str],
    collection: &'a Collection,
) -> impl Iterator<Item = Cow<'a, Queryable>> {
    let all = view::queryables(collection).into_iter();
    all.filter(|queryable| !taken.contains(&queryable.name.as_str()))
}

/// Texts without the one character that no text in a database can have.
const WITHOUT_NUL: &str = r"^[^\x00]*$";

/// A parameter in the words of OpenAPI 3.0.
pub fn parameter(name: &str, description: &str, schema: Value) -> Value {
    json!({
        "name": name,
        "in": "query",
        "description": description,
        "required": false,
        "style": "form",
        "explode": false,
        "schema": schema,
    })
}

/// What each parameter is for.
const MEANINGS: &[(&str, &str)] = &[
    (
        "bbox",
        "Only items that have a position in common with this box: west, south, east, north (or \
         with heights). West greater than east crosses the antimeridian. Items of which it is not \
         known where they are match every box.",
    ),
    (
        "datetime",
        "Only items that took effect on this day or instant, or within this interval (start/end, \
         either open as \"..\").",
    ),
    ("limit", "At most so many items on a page."),
    (
        "offset",
        "Without the first so many items. Prefer the \"next\" links: they go on with the same \
         picture.",
    ),
    ("cursor", "Where to go on, from the \"next\" link of a page."),
    ("crs", "The reference system of the answer's coordinates."),
    ("bbox-crs", "The reference system of bbox."),
    ("filter-crs", "The reference system of the filter's geometries."),
    ("filter", "Only items this CQL2 expression is true of."),
    ("filter-lang", "The language of the filter."),
    ("properties", "Only these properties."),
    ("sortby", "Order by these properties; \"-\" before one reverses it. Without it by id."),
    ("q", "Only items with one of these texts in one of theirs, whatever the case."),
    ("skipGeometry", "Leave geometries out."),
    (
        "zoom-level",
        "Simplify boundaries for drawing a map at this zoom of WebMercatorQuad, by up to half a \
         pixel. Such a boundary may leave out hazardous land, and a feature that has one says so in \
         its member \"simplified\": never measure or decide on it.",
    ),
    (
        "max-allowable-offset",
        "As zoom-level, by up to so many metres on the ground, whatever the reference system.",
    ),
    ("profile", "The profile of GeoJSON: as of RFC 7946, or with the members of JSON-FG."),
    ("as_of", "What was known at this revision or instant."),
    ("effective", "Items as they were in the field at the end of this day."),
    ("f", "The form of the answer; otherwise the header Accept decides."),
    ("bom", "Begin comma-separated values with a byte order mark, so that Excel sees UTF-8."),
    (
        "geometry",
        "How geometry stands in comma-separated values: as well-known text, or as longitude and \
         latitude, for areas of a position inside them.",
    ),
];

fn schema_of(name: &str, programme: &Programme) -> Value {
    match name {
        "bbox" => {
            json!({ "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" } })
        }
        "limit" => json!({
            "type": "integer",
            "minimum": 1,
            "maximum": LIMIT_MAX,
            "default": LIMIT_DEFAULT,
        }),
        "offset" => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX, "default": 0 }),
        "crs" | "bbox-crs" | "filter-crs" => {
            json!({ "type": "string", "format": "uri", "enum": crs::offered(programme) })
        }
        "filter-lang" => {
            json!({ "type": "string", "enum": LANGUAGES, "default": LANGUAGES[0] })
        }
        "q" => json!({
            "type": "array",
            "minItems": 1,
            "maxItems": TERMS_MAX,
            "items": { "type": "string", "pattern": r"^[^,\s\x00]+$" },
        }),
        "skipGeometry" | "bom" => json!({ "type": "boolean", "default": false }),
        "geometry" => json!({ "type": "string", "enum": GEOMETRIES, "default": GEOMETRIES[0] }),
        "profile" => {
            json!({ "type": "string", "enum": ["rfc7946", "jsonfg"], "default": "rfc7946" })
        }
        "zoom-level" => json!({ "type": "number", "minimum": 0 }),
        "max-allowable-offset" => {
            json!({ "type": "number", "minimum": 0, "maximum": OFFSET_MAX_M })
        }
        "effective" => json!({ "type": "string", "format": "date" }),
        "f" => json!({ "type": "string", "enum": ["json", "html"] }),
        _ => json!({ "type": "string" }),
    }
}

/// A parameter of one collection: its values are names of properties.
pub fn of_names(name: &str, collection: &Collection) -> Value {
    let meaning = MEANINGS.iter().find(|(known, _)| *known == name);
    let names: Vec<String> = match name {
        "sortby" => sortables(collection).flat_map(|name| [format!("-{name}"), name]).collect(),
        _ => collection.properties().map(str::to_owned).collect(),
    };
    let mut some = some_of(&names);
    if name == "sortby" {
        some["maxItems"] = json!(SORT_KEYS_MAX);
    }
    parameter(name, meaning.map_or("", |(_, meaning)| meaning), some)
}

/// What tiles of one collection are to tell of each record.
pub fn told_by_tiles(collection: &Collection) -> Value {
    let names: Vec<&str> = told_of(collection).collect();
    let description = "Only these properties, where a tile tells more of records than their kind.";
    parameter("properties", description, some_of(&names))
}

fn some_of(names: &[impl Serialize]) -> Value {
    json!({
        "type": "array",
        "minItems": 1,
        "items": { "type": "string", "enum": names },
    })
}

/// The names items can be ordered by.
fn sortables(collection: &Collection) -> impl Iterator<Item = String> {
    let all = view::queryables(collection).into_iter();
    all.filter(|it| schemas::is_sortable(it.kind)).map(|it| it.into_owned().name)
}

/// The form of a listing: a page, or a file of all that match.
pub fn form_of_items() -> Value {
    let description = "The form of the answer; otherwise the header Accept decides. json and html \
                       give pages; the others a file: of everything that matches, unless a limit \
                       is given.";
    parameter("f", description, json!({ "type": "string", "enum": downloads::words() }))
}

/// Parameters whose values are names of properties of the collection.
pub const OF_NAMES: &[&str] = &["properties", "sortby"];

/// A parameter as documented for a programme.
pub fn documented(name: &str, programme: &Programme) -> Value {
    let meaning = MEANINGS.iter().find(|(known, _)| *known == name);
    parameter(name, meaning.map_or("", |(_, meaning)| meaning), schema_of(name, programme))
}

/// The parameter that a queryable makes: items whose property equals a value.
pub fn of_queryable(queryable: &Queryable) -> Value {
    let mut schema = if queryable.kind == QueryableKind::Texts {
        let mut one = json!({ "type": "string" });
        if !queryable.codes.is_empty() {
            one["enum"] = json!(queryable.codes);
        }
        one
    } else {
        let mut schema = schemas::queryable_schema(queryable);
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("title");
            schema.remove("description");
            if queryable.kind == QueryableKind::Integer {
                schema.insert("minimum".to_owned(), json!(i64::MIN));
                schema.insert("maximum".to_owned(), json!(i64::MAX));
            }
        }
        schema
    };
    if schema["type"] == "string" && schema.get("enum").is_none() && schema.get("format").is_none()
    {
        schema["pattern"] = json!(WITHOUT_NUL);
    }
    parameter(&queryable.name, &queryable.description, schema)
}
