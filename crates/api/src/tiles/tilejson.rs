//! `TileJSON`, which most map clients are set up by.

use serde_json::{Map, Value, json};
use survey::{Collection, CollectionRef, Programme};
use tiles::ZOOM_MAX;
use view::Snapshot;

use super::tilesets::extent;

/// From this zoom on nothing becomes finer that a display could show; clients enlarge its tiles.
const ZOOM_DRAWN_MAX: u8 = 17;
const _: () = assert!(ZOOM_DRAWN_MAX <= ZOOM_MAX);

/// The fields that say how many records a square of a map holds.
fn counts(collection: &Collection) -> Map<String, Value> {
    let kinds = view::kinds_counted(collection).into_iter().flatten();
    let of_kind = kinds.map(|kind| (kind.to_owned(), json!(format!("How many are {kind}."))));
    let all = ("count".to_owned(), json!("How many records have their middle here."));
    [all].into_iter().chain(of_kind).collect()
}

fn fields(collection: &Collection) -> Map<String, Value> {
    let computed = view::tile_properties(collection)
        .map(|(name, meaning)| ((*name).to_owned(), json!(meaning)));
    let own = collection.queryables().iter();
    computed.chain(own.map(|it| (it.name.clone(), json!(it.description)))).collect()
}

/// The layers a collection is drawn in.
pub fn layers(collection: &Collection) -> [Value; 3] {
    let (name, title) = (&collection.name, &collection.title);
    [
        json!({ "id": name, "description": title, "fields": fields(collection) }),
        json!({
            "id": format!("{name}-points"),
            "description": format!("{title} too small to be drawn as areas"),
            "fields": fields(collection),
        }),
        json!({
            "id": format!("{name}-squares"),
            "description": format!("{title} counted by squares, where there are too many to draw"),
            "fields": counts(collection),
        }),
    ]
}

/// The document for tiles at an address, of one revision.
///
/// # Source
/// `TileJSON` 3.0.0.
pub fn document(
    programme: &Programme,
    snapshot: &Snapshot,
    collections: &[CollectionRef],
    root: &str,
    question: &str,
) -> Value {
    let revision = snapshot.revision();
    let bounds = extent(programme, snapshot, collections);
    let middle = [(bounds[0] + bounds[2]) / 2.0, (bounds[1] + bounds[3]) / 2.0];
    let tiles = format!("{root}/{{z}}/{{y}}/{{x}}?{question}revision={revision}");
    json!({
        "tilejson": "3.0.0",
        "name": programme.name,
        "description": "Absence of a record does not mean absence of a hazard.",
        "version": format!("{}.0.0", revision),
        "scheme": "xyz",
        "tiles": [tiles],
        "minzoom": 0,
        "maxzoom": ZOOM_DRAWN_MAX,
        "bounds": bounds,
        "center": [middle[0], middle[1], 6],
        "vector_layers": collections.iter().flat_map(|it| layers(it)).collect::<Vec<_>>(),
        "revision": revision,
    })
}
