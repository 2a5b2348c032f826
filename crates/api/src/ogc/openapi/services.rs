//! The doors of a programme that are not of one collection: figures, tiles, styles, changes,
//! submissions, reports; and the making of layers.

use serde_json::{Value, json};
use survey::Programme;
use survey::progress::GroupKey;
use survey::work::WorkKey;

use super::inputs::{keys, of_path};
use super::operation::Operation;
use super::{Form, PAGE, content, options};
use crate::ogc::answer::{GEOJSON, JSON};
use crate::ogc::edit::MERGE_PATCH;
use crate::submission::IDEMPOTENCY_KEY_LENGTH_MAX;
use crate::submissions::MEDIA_TYPES;
use crate::tiles::asked::OF_TILES;
use crate::tiles::style::MBS;
use crate::tiles::tilesets::TILEJSON;
use crate::{
    balance, changes, hazards, layers, live, parcels, progress, reported, reports, submissions,
    work,
};

const CSV: Form = ("text/csv", "text");

const FEATURES: Form = (GEOJSON, "featureCollectionGeoJSON");

/// A path with its methods, and with what stands in braces in it.
pub fn path_item(path: &str, methods: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let mut item = json!({});
    let of_path = of_path(path);
    if !of_path.is_empty() {
        item["parameters"] = Value::Array(of_path);
    }
    for (method, operation) in methods {
        item[method] = operation;
    }
    item
}

/// Every path of a programme but those of collections and of the standard's core.
pub fn paths(programme: &Programme) -> Vec<(&'static str, Value)> {
    let names = programme.collections().map(|collection| json!(collection.name)).collect();
    let of_collections = json!({ "type": "string", "enum": Value::Array(names) });
    let mut all = figures();
    all.extend(questions());
    all.extend(tiles(&of_collections));
    all.extend(news(&of_collections));
    all.extend(submitted(of_collections));
    all.into_iter().map(|(path, methods)| (path, path_item(path, methods))).collect()
}

type Described = (&'static str, Vec<(&'static str, Value)>);

fn figures() -> Vec<Described> {
    let tag = "Figures";
    // Items found are in the balance only.
    let of_land = GroupKey::ALL.iter().filter(|(_, key)| *key != GroupKey::DeviceType);
    let of_land = of_land.map(|(word, _)| *word);
    let progress = Operation::new("getProgress", tag, "What was released, and what remains")
        .inputs(&[progress::PARAMETERS, &["as_of", "f"]].concat(), &["json", "csv"])
        .taking("group_by", keys(of_land));
    let balance = Operation::new("getBalance", tag, "Opening, what changed, closing")
        .inputs(&[balance::PARAMETERS, &["as_of", "f"]].concat(), &["json", "csv", "html"]);
    let parcels = Operation::new("getParcels", tag, "The parcels of a figure, with their history")
        .inputs(parcels::PARAMETERS, &[]);
    let reported = Operation::new("getReported", tag, "Areas as reported beside areas as derived")
        .inputs(reported::PARAMETERS, &["json", "csv"])
        .taking("collection", json!({ "type": "string", "enum": reported::COLLECTIONS }))
        .taking("group_by", json!({ "type": "string", "enum": reported::groups() }));
    let work = Operation::new("getWork", tag, "Work in the field, released or not")
        .inputs(work::PARAMETERS, &["json", "csv"])
        .taking("group_by", keys(WorkKey::ALL.iter().map(|(word, _)| *word)));
    vec![
        ("/progress", vec![("get", progress.answers("200", &[(JSON, "progress"), CSV], &["406"]))]),
        (
            "/balance",
            vec![("get", balance.answers("200", &[(JSON, "balance"), CSV, PAGE], &["406"]))],
        ),
        ("/parcels", vec![("get", parcels.answers("200", &[FEATURES], &[]))]),
        ("/reported", vec![("get", reported.answers("200", &[(JSON, "reported"), CSV], &["406"]))]),
        ("/work", vec![("get", work.answers("200", &[(JSON, "work"), CSV], &["406"]))]),
    ]
}

fn questions() -> Vec<Described> {
    let tag = "Hazards";
    let asked = |id, names, summary| {
        let operation = Operation::new(id, tag, summary).inputs(names, &[]).needing(&["bbox"]);
        vec![("get", operation.answers("200", &[FEATURES], &[]))]
    };
    vec![
        ("/hazards/at", asked("getHazardsAt", hazards::OF_AT, "Hazardous areas that hold a point")),
        (
            "/hazards/nearby",
            asked("getHazardsNearby", hazards::OF_NEARBY, "Hazardous areas near a point"),
        ),
        ("/hazards/in", asked("getHazardsIn", hazards::OF_IN, "Hazardous areas that touch a box")),
    ]
}

fn tiles(of_collections: &Value) -> Vec<Described> {
    let tag = "Tiles";
    let known = [OF_TILES, &["collections"]].concat();
    let shown = |id, summary, forms: &[&str]| {
        let several = json!({ "type": "array", "minItems": 1, "items": of_collections });
        Operation::new(id, tag, summary).inputs(&known, forms).taking("collections", several)
    };
    let list = shown("tiles.dataset.vector.getTileSetsList", "The tilesets", &["json", "html"]);
    let forms = ["json", "html", "tilejson"];
    let set = shown("tiles.dataset.vector.getTileSet", "What the tiles show", &forms);
    let tile = shown("tiles.dataset.vector.getTile", "A tile", &["mvt"]);
    let document = |id, summary, name| {
        let operation = Operation::new(id, tag, summary).inputs(&["f"], &["json", "html"]);
        vec![("get", operation.reads(&[(JSON, name), PAGE], &[]))]
    };
    let style = Operation::new("getStyle", tag, "A style for MapLibre").inputs(&["f"], &["mbs"]);
    let file = Operation::new("getStyleFile", tag, "A file of a style");
    vec![
        ("/tiles", vec![("get", list.reads(&[(JSON, "tileSets"), PAGE], &[]))]),
        (
            "/tiles/{set}",
            vec![("get", set.reads(&[(JSON, "tileSet"), (TILEJSON, "tileJson"), PAGE], &[]))],
        ),
        ("/tiles/{set}/{zoom}/{row}/{column}", vec![("get", super::tile_answers(tile))]),
        (
            "/tileMatrixSets",
            document("getTileMatrixSetsList", "The tile matrix sets", "tileMatrixSets"),
        ),
        (
            "/tileMatrixSets/{set}",
            document("getTileMatrixSet", "A tile matrix set", "tileMatrixSet"),
        ),
        ("/styles", document("getStyles", "The styles", "styles")),
        ("/styles/{style}", vec![("get", style.reads(&[(MBS, "style")], &[]))]),
        (
            "/styles/{style}/{file}",
            vec![("get", file.reads(&[(JSON, "sprite"), ("image/png", "file")], &[]))],
        ),
    ]
}

fn news(of_collections: &Value) -> Vec<Described> {
    let tag = "Changes";
    let feed = Operation::new("getChanges", tag, "What changed, in order")
        .inputs(changes::PARAMETERS, &[]);
    let stream = Operation::new(
        "streamChanges",
        tag,
        "Changes as they happen; a listener that comes back sends Last-Event-ID",
    );
    let stream = stream.inputs(live::PARAMETERS, &[]).taking("collection", of_collections.clone());
    let mut all = vec![
        ("/changes", vec![("get", feed.answers("200", &[(JSON, "changes")], &[]))]),
        (
            "/changes/stream",
            vec![("get", stream.answers("200", &[("text/event-stream", "event")], &[]))],
        ),
    ];
    let frozen =
        Operation::new("getReports", "Reports", "Frozen reports").inputs(reports::OF_LIST, &[]);
    let freeze = Operation::new("freezeReport", "Reports", "Freeze a report")
        .body(&[(JSON, "reportRequest")]);
    let report = Operation::new("getReport", "Reports", "A report as it was answered");
    all.push((
        "/reports",
        vec![
            ("get", frozen.answers("200", &[(JSON, "reports")], &[])),
            ("post", freeze.answers("201", &[(JSON, "report")], &["413"])),
            ("options", options("getReportsOptions", "Reports")),
        ],
    ));
    all.push((
        "/reports/{report}",
        vec![("get", report.answers("200", &[(JSON, "reportDocument")], &[]))],
    ));
    all.extend(webhooks());
    all
}

fn webhooks() -> Vec<Described> {
    let operation = |id, summary| Operation::new(id, "Webhooks", summary).secured();
    let list = operation("getWebhooks", "Who is told of changes");
    let make = operation("createWebhook", "Have an address told of changes")
        .body(&[(JSON, "webhookRequest")]);
    let one = operation("getWebhook", "A webhook, and its last tries");
    let change = operation("updateWebhook", "Pause a webhook, or resume it")
        .body(&[(MERGE_PATCH, "webhookPatch"), (JSON, "webhookPatch")]);
    let remove = operation("removeWebhook", "Take a webhook away");
    let test = operation("testWebhook", "Send a message that tells of nothing");
    let mut removed = remove.answers("204", &[], &[]);
    removed["responses"]["204"] = json!({ "description": "It is gone." });
    vec![
        (
            "/webhooks",
            vec![
                ("get", list.answers("200", &[(JSON, "webhooks")], &[])),
                ("post", make.answers("201", &[(JSON, "webhook")], &["409", "413", "415"])),
            ],
        ),
        (
            "/webhooks/{webhook}",
            vec![
                ("get", one.answers("200", &[(JSON, "webhook")], &[])),
                ("patch", change.answers("200", &[(JSON, "webhook")], &["413", "415"])),
                ("delete", removed),
            ],
        ),
        (
            "/webhooks/{webhook}/test",
            vec![("post", test.answers("200", &[(JSON, "delivery")], &[]))],
        ),
    ]
}

fn submitted(of_collections: Value) -> Vec<Described> {
    let tag = "Submissions";
    let list =
        Operation::new("getSubmissions", tag, "What was sent").inputs(submissions::OF_LIST, &[]);
    let send = Operation::new(
        "createSubmission",
        tag,
        "Send records of a collection, in a file of any format",
    )
    .inputs(submissions::OF_NEW, &[])
    .taking("collection", of_collections)
    .needing(&["collection"])
    .parameters(vec![json!({
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Names the submission: the same again is answered, and not recorded, twice.",
        "schema": {
            "type": "string",
            "pattern": format!("^[!-~]{{1,{IDEMPOTENCY_KEY_LENGTH_MAX}}}$"),
        },
    })])
    .body(&MEDIA_TYPES.iter().map(|media_type| (*media_type, "file")).collect::<Vec<_>>());
    let one = Operation::new("getSubmission", tag, "The receipt of a submission").secured();
    let bytes = Operation::new("getSubmissionBody", tag, "What was sent, byte for byte").secured();
    let refused = ["409", "413", "415", "422"];
    let mut sent = send.answers("201", &[(JSON, "receipt")], &refused);
    let known = content(&[(JSON, "receipt")], "It was a dry run, or had been sent before.");
    sent["responses"]["200"] = known;
    vec![
        (
            "/submissions",
            vec![
                ("get", list.secured().answers("200", &[(JSON, "submissions")], &[])),
                ("post", sent),
                ("options", options("getSubmissionsOptions", tag)),
            ],
        ),
        (
            "/submissions/{submission}",
            vec![("get", one.answers("200", &[(JSON, "keptReceipt")], &[]))],
        ),
        (
            "/submissions/{submission}/body",
            vec![("get", bytes.answers("200", &[("application/octet-stream", "file")], &[]))],
        ),
    ]
}

/// The making of layers, beside the list of collections.
pub fn making() -> Value {
    let make =
        Operation::new("createLayer", "Layers", "Make a layer of a definition, or find one out");
    let mut made = make
        .inputs(layers::OF_NEW, &[])
        .body(&[(JSON, "layer"), ("application/octet-stream", "file")])
        .answers("201", &[(JSON, "madeLayer")], &["409", "413", "415", "422"]);
    let inferred = content(&[(JSON, "inferredLayer")], "The definition found out from the file.");
    made["responses"]["200"] = inferred;
    made
}

/// What managers do to a layer, by method.
pub fn of_layer(name: &str) -> Vec<(&'static str, Value)> {
    let refused = ["409", "413", "415", "422"];
    let operation =
        |id: &str, summary: &str| Operation::new(&format!("{name}.{id}"), name, summary);
    let replace =
        operation("define", "Replace the definition of the layer").body(&[(JSON, "layer")]);
    let update = operation("redefine", "Change parts of the definition, by a merge patch")
        .body(&[(MERGE_PATCH, "layerPatch"), (JSON, "layerPatch")]);
    let remove = operation("remove", "Take the layer away; it must have no records").secured();
    let made = [(JSON, "madeLayer")];
    vec![
        ("put", replace.answers("200", &made, &refused)),
        ("patch", update.answers("200", &made, &refused)),
        ("delete", remove.answers("200", &[(JSON, "removedLayer")], &["409"])),
    ]
}
