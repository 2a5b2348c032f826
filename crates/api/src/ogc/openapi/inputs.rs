//! Parameters of the doors that are not of the standard, in the words of OpenAPI.

use serde_json::{Value, json};
use survey::progress::{ChangeKind, Figure, GroupKey};
use survey::{Classification, Outcome};
use tiles::ZOOM_MAX;

use crate::changes::REVISION_MAX;
use crate::hazards::DISTANCE_MAX_M;
use crate::ogc::parameters::parameter;
use crate::ogc::receivables::Mutation;
use crate::submissions::ON_ERROR;
use crate::tiles::WEB_MERCATOR_QUAD;
use crate::tiles::style::{FILES, STYLE};

/// What each parameter is for.
const MEANINGS: &[(&str, &str)] = &[
    ("accept_repairs", "Take the repairs suggested for boundaries; each is recorded."),
    ("after", "What comes after this one, from the \"next\" link of a page."),
    ("as_of", "What was known at this revision or instant."),
    ("bbox", "Only what touches this box: west, south, east, north."),
    ("before", "What is older than this one."),
    ("change", "The kind of change that is counted."),
    ("classification", "How sure it is that the land is hazardous."),
    ("collection", "The collection."),
    ("collections", "Only these collections."),
    ("compare", "What changed from this version to the one in the address, instead of that one."),
    ("cursor", "Where to go on, from the \"next\" link of a page."),
    ("datetime", "Only records that took effect on this day or instant, or within this interval."),
    ("distance_m", "The distance in metres on the ground."),
    ("dry_run", "Check everything and write nothing."),
    ("effective", "As it was in the field at the end of this day."),
    ("effective_on", "The day from which the record claims nothing; today if none is given."),
    ("f", "The form of the answer; otherwise the header Accept decides."),
    ("figure", "The column of the report whose parcels are wanted."),
    ("from", "The first day of the period."),
    ("group_by", "What makes the rows, with commas between; see the errors for the words."),
    ("hazard", "Only land on which this hazardous area lay, by id or local_id."),
    ("hazard_type", "The kind of contamination; empty for none recorded."),
    ("infer", "Answer the definition found out from the file that is sent, and make nothing."),
    ("lat", "Latitude in degrees (WGS 84)."),
    ("layer", "The layer, sheet or table of a file with several."),
    ("level", "The level to which regions are rolled up."),
    ("limit", "At most so many."),
    ("lon", "Longitude in degrees (WGS 84)."),
    ("method", "The method of the work; empty for none recorded."),
    ("month", "Only changes in this month: YYYY-MM."),
    ("name", "The name of the layer that is found out from a file."),
    ("on_error", "Whether a submission with errors is rejected, or taken without what has them."),
    ("organisation", "The organisation; empty for none recorded."),
    ("outcome", "How the land was released."),
    ("parts", "Whether the parts of the region count too."),
    ("quarter", "Only changes in this quarter: YYYY-Q1."),
    ("reason", "Why the record is withdrawn."),
    ("region", "The region, by its local_id, with its parts."),
    ("regions_on", "The day whose edition of regions splits the land."),
    ("revision", "The revision the tile is of; its answer never changes."),
    ("since", "What comes after this revision, from 0 to the newest."),
    ("title", "The title of the layer that is found out from a file."),
    (
        "type",
        "The schema of what is sent to create, replace or update an item, instead of that of items.",
    ),
    ("to", "The last day of the period."),
    ("year", "Only changes in this year."),
];

/// A year from 1, of four digits.
const YEAR: &str = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])";

/// Parameters that must be given.
const REQUIRED: &[&str] = &["lon", "lat", "distance_m"];

fn words<T>(all: impl IntoIterator<Item = T>, name: impl Fn(T) -> &'static str) -> Value {
    json!({ "type": "string", "enum": all.into_iter().map(name).collect::<Vec<_>>() })
}

/// What makes rows: words with commas between; blanks and words that are not there do no harm.
pub fn keys<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    let one = format!(r"\s*({})?\s*", words.collect::<Vec<_>>().join("|"));
    json!({ "type": "string", "pattern": format!("^{one}(,{one})*$") })
}

/// What a parameter may be; `forms` are the words for `f`.
pub fn schema(name: &str, forms: &[&str]) -> Value {
    match name {
        "from" | "to" | "regions_on" | "effective" | "effective_on" => {
            json!({ "type": "string", "format": "date" })
        }
        "limit" | "revision" => json!({ "type": "integer", "minimum": 1 }),
        "compare" => json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
        "since" => json!({ "type": "integer", "minimum": 0, "maximum": REVISION_MAX }),
        "year" => json!({ "type": "string", "pattern": format!("^{YEAR}$") }),
        "quarter" => json!({ "type": "string", "pattern": format!("^{YEAR}-Q[1-4]$") }),
        "month" => json!({ "type": "string", "pattern": format!("^{YEAR}-(0[1-9]|1[0-2])$") }),
        "group_by" => keys(GroupKey::ALL.iter().map(|(word, _)| *word)),
        "level" => json!({ "type": "integer", "minimum": 0, "maximum": 9 }),
        "lon" => json!({ "type": "number", "minimum": -180, "maximum": 180 }),
        "lat" => json!({ "type": "number", "minimum": -90, "maximum": 90 }),
        "distance_m" => json!({ "type": "number", "minimum": 0, "maximum": DISTANCE_MAX_M }),
        "bbox" => {
            json!({ "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" } })
        }
        "collections" => json!({ "type": "array", "items": { "type": "string" } }),
        "accept_repairs" | "dry_run" | "infer" => json!({ "type": "boolean", "default": false }),
        "parts" => json!({ "type": "boolean" }),
        "on_error" => json!({ "type": "string", "enum": ON_ERROR, "default": ON_ERROR[0] }),
        "type" => words(Mutation::ALL, |(word, _)| word),
        "figure" => words(Figure::ALL, |(word, _)| word),
        "change" => words(ChangeKind::ALL, |(word, _)| word),
        "outcome" => words(Outcome::ALL, Outcome::name),
        "classification" => words(Classification::ALL, Classification::name),
        "reason" => json!({ "type": "string", "maxLength": 1_000 }),
        "f" if !forms.is_empty() => json!({ "type": "string", "enum": forms }),
        _ => json!({ "type": "string" }),
    }
}

/// Parameters by name; `forms` are the words for `f`.
pub fn inputs(names: &[&str], forms: &[&str]) -> Vec<Value> {
    let input = |name: &&str| {
        let meaning = MEANINGS.iter().find(|(known, _)| known == name);
        let mut input =
            parameter(name, meaning.map_or("", |(_, meaning)| meaning), schema(name, forms));
        input["required"] = json!(REQUIRED.contains(name));
        input
    };
    names.iter().map(input).collect()
}

/// What stands in braces in an address.
const IN_PATHS: &[(&str, &str)] = &[
    ("item", "The id of the record, or its local_id."),
    ("version", "The number of the version, from 1."),
    ("set", "The tile matrix set: WebMercatorQuad."),
    ("zoom", "The tile matrix: the zoom."),
    ("row", "The row of the tile, from the north."),
    ("column", "The column of the tile, from the west."),
    ("style", "The style."),
    ("file", "The file: sprite.json or sprite.png, with @2x before the dot for twice the size."),
    ("report", "The id of the report."),
    ("submission", "The id of the submission."),
    ("export", "The id of the export."),
    ("webhook", "The id of the webhook."),
];

/// The parameters that a path has in braces.
pub fn of_path(path: &str) -> Vec<Value> {
    let named = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let input = |name: &str| {
        let meaning = IN_PATHS.iter().find(|(known, _)| *known == name);
        json!({
            "name": name,
            "in": "path",
            "required": true,
            "description": meaning.map_or("", |(_, meaning)| meaning),
            "schema": schema_in_path(name),
        })
    };
    named.map(input).collect()
}

fn schema_in_path(name: &str) -> Value {
    match name {
        "version" => json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
        "set" => json!({ "type": "string", "enum": [WEB_MERCATOR_QUAD] }),
        "zoom" => json!({ "type": "integer", "minimum": 0, "maximum": ZOOM_MAX }),
        "row" | "column" => {
            json!({ "type": "integer", "minimum": 0, "maximum": (1_u32 << ZOOM_MAX) - 1 })
        }
        "style" => json!({ "type": "string", "enum": [STYLE] }),
        "file" => json!({ "type": "string", "enum": FILES }),
        "report" | "submission" | "export" | "webhook" => {
            json!({ "type": "string", "format": "uuid" })
        }
        _ => json!({ "type": "string" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_in_a_path_is_explained() {
        for (method, path) in crate::routes::ROUTES {
            let told =
                path.trim_start_matches("/programmes/{programme}").replace("{collection}", "c");
            for input in of_path(&told) {
                let is_of_programme = path.starts_with("/programmes/{programme}/");
                assert!(!is_of_programme || input["description"] != "", "{method} {path}: {input}");
            }
        }
    }
}
