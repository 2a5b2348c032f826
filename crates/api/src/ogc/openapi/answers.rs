//! What the standard doors of a programme answer, and its figures, by name.

use serde_json::{Map, Value, json};
use survey::progress::GroupKey;

use super::vocabulary::{
    bbox, count, day, instant, links, list, named, number, object, or_null, text, values,
};
use super::{exports, receipts};

/// Every schema that an answer is told by.
pub fn schemas() -> Map<String, Value> {
    let all = [documents(), tiles(), figures(), receipts::schemas(), exports::schemas()];
    all.into_iter().flatten().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// Schemas by name.
pub type Schemas = Vec<(&'static str, Value)>;

/// OGC 17-069r4, schemas of the same names, with members of ours.
fn documents() -> Schemas {
    let link = object(
        &["href", "rel"],
        json!({ "href": text(), "rel": text(), "type": text(), "title": text() }),
    );
    let spatial = object(&["bbox"], json!({ "bbox": list(bbox()), "crs": text() }));
    let temporal =
        object(&["interval"], json!({ "interval": list(list(or_null(instant()))), "trs": text() }));
    let extent = object(&[], json!({ "spatial": spatial, "temporal": temporal }));
    let landing = object(
        &["title", "links"],
        json!({
            "code": text(),
            "title": text(),
            "description": text(),
            "time_zone": text(),
            "national_crs": or_null(count()),
            "languages": list(text()),
            "extent": or_null(extent.clone()),
            "revision": count(),
            "links": links(),
        }),
    );
    let collection = object(
        &["id", "links"],
        json!({
            "id": text(),
            "title": text(),
            "description": text(),
            "itemType": text(),
            "itemCount": count(),
            "extent": extent,
            "crs": list(text()),
            "storageCrs": text(),
            "layer": named("layer"),
            "links": links(),
        }),
    );
    let collections = object(
        &["links", "collections"],
        json!({ "links": links(), "crs": list(text()), "collections": list(named("collection")) }),
    );
    let function = object(
        &["name", "returns"],
        json!({
            "name": text(),
            "description": text(),
            "arguments": list(object(&[], json!({ "title": text(), "type": list(text()) }))),
            "returns": list(text()),
        }),
    );
    let schema = object(
        &["$schema", "$id", "type", "properties"],
        json!({ "$schema": text(), "$id": text(), "type": text(), "properties": values() }),
    );
    vec![
        ("link", link),
        ("landingPage", landing),
        ("confClasses", object(&["conformsTo"], json!({ "conformsTo": list(text()) }))),
        ("definition", object(&["openapi", "info", "paths"], of_openapi())),
        ("functions", object(&["functions"], json!({ "functions": list(function) }))),
        ("collection", collection),
        ("collections", collections),
        ("schema", schema),
    ]
}

fn of_openapi() -> Value {
    json!({ "openapi": text(), "info": values(), "paths": values(), "components": values() })
}

/// OGC 20-057, 17-083r4; `TileJSON` 3.0; `MapLibre` styles.
fn tiles() -> Schemas {
    let set = object(
        &["crs", "dataType", "links"],
        json!({
            "title": text(),
            "crs": text(),
            "dataType": text(),
            "tileMatrixSetURI": text(),
            "layers": list(object(&["id"], json!({ "id": text(), "title": text() }))),
            "links": links(),
        }),
    );
    let layer = object(&["id", "fields"], json!({ "id": text(), "fields": values() }));
    let tilejson = object(
        &["tilejson", "tiles", "vector_layers"],
        json!({
            "tilejson": text(),
            "name": text(),
            "tiles": list(text()),
            "minzoom": count(),
            "maxzoom": count(),
            "bounds": bbox(),
            "vector_layers": list(layer),
            "revision": count(),
        }),
    );
    let matrix = object(
        &["id", "scaleDenominator", "cellSize", "pointOfOrigin", "matrixWidth", "matrixHeight"],
        json!({
            "id": text(),
            "scaleDenominator": number(),
            "cellSize": number(),
            "pointOfOrigin": list(number()),
            "tileWidth": count(),
            "tileHeight": count(),
            "matrixWidth": count(),
            "matrixHeight": count(),
        }),
    );
    let matrix_set = object(
        &["crs", "tileMatrices"],
        json!({ "id": text(), "crs": text(), "tileMatrices": list(matrix) }),
    );
    let listed = object(&["id", "links"], json!({ "id": text(), "uri": text(), "links": links() }));
    let style = object(
        &["version", "sources", "layers"],
        json!({
            "version": count(),
            "name": text(),
            "sources": values(),
            "layers": list(object(&["id", "type"], json!({ "id": text(), "type": text() }))),
        }),
    );
    let image = object(
        &["x", "y", "width", "height", "pixelRatio"],
        json!({ "x": count(), "y": count(), "width": count(), "height": count(), "pixelRatio": number() }),
    );
    vec![
        ("tileSet", set),
        ("tileSets", object(&["tilesets"], json!({ "tilesets": list(named("tileSet")) }))),
        ("tileJson", tilejson),
        ("tileMatrixSet", matrix_set),
        (
            "tileMatrixSets",
            object(&["tileMatrixSets"], json!({ "tileMatrixSets": list(listed.clone()) })),
        ),
        ("styles", object(&["styles"], json!({ "default": text(), "styles": list(listed) }))),
        ("style", style),
        ("sprite", json!({ "type": "object", "additionalProperties": image })),
    ]
}

/// Figures in rows: what makes the row, and numbers by the names of the columns.
fn figures() -> Schemas {
    let keys = json!({ "type": "string", "enum": GroupKey::ALL.iter().map(|(word, _)| *word).collect::<Vec<_>>() });
    let figure = json!({
        "description": "A figure, or what makes the row. Areas, whose names end in _m2, are square \
                        metres; nothing where it cannot be told.",
        "nullable": true,
        "anyOf": [{ "type": "number" }, { "type": "string" }],
    });
    let row = json!({ "type": "object", "additionalProperties": figure });
    let report = |further: Value| {
        let mut members = json!({
            "revision": count(),
            "group_by": list(keys.clone()),
            "rows": list(named("row")),
            "total": named("row"),
            "effective": day(),
        });
        if let (Some(members), Value::Object(further)) = (members.as_object_mut(), further) {
            members.extend(further);
        }
        object(&["revision", "group_by", "rows", "total"], members)
    };
    let reported = object(
        &["revision", "collection", "summary", "groups", "records", "links"],
        json!({
            "revision": count(),
            "collection": text(),
            "tolerance_percent": number(),
            "summary": named("row"),
            "group_by": or_null(text()),
            "groups": list(named("row")),
            "numberMatched": count(),
            "numberReturned": count(),
            "records": list(values()),
            "links": links(),
        }),
    );
    let balance = report(json!({ "equation": text(), "made_from": values() }));
    vec![
        ("row", row),
        ("progress", report(json!({}))),
        ("balance", balance),
        ("work", report(json!({}))),
        ("reported", reported),
        ("reportDocument", json!({ "anyOf": [named("balance"), named("progress")] })),
    ]
}
