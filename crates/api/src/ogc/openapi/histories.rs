//! What a collection has besides its items: their versions and stories, and tiles.

use serde_json::{Value, json};
use survey::records::HazardousArea;
use survey::{Collection, Record as _};

use super::PAGE;
use super::inputs::inputs;
use super::operation::Operation;
use super::services::path_item;
use crate::history::{OF_VERSION, OF_VERSIONS};
use crate::ogc::answer::{GEOJSON, JSON};
use crate::ogc::parameters;
use crate::story;
use crate::tiles::asked::{OF_FILTERS, OF_TILES};
use crate::tiles::tilesets::TILEJSON;

/// The paths of a collection below its own, without it.
pub fn paths(collection: &Collection) -> Vec<(&'static str, Value)> {
    let name = &*collection.name;
    let operation =
        |id: &str, summary: &str| Operation::new(&format!("{name}.{id}"), name, summary);
    let get = |path: &'static str, operation| (path, path_item(path, [("get", operation)]));
    let forms = ["json", "html"];
    let number = json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
    let versions = operation("versions", "Every version of a record")
        .inputs(OF_VERSIONS, &forms)
        .taking("after", number);
    let version = operation("version", "A version as it was recorded, or what changed up to it");
    let version = version.inputs(OF_VERSION, &forms);
    let filtered = |operation: Operation, forms: &[&str]| {
        let taken = [OF_TILES, OF_FILTERS].concat();
        let own = parameters::besides(&taken, collection).map(|it| parameters::of_queryable(&it));
        let own: Vec<Value> = own.collect();
        let filters = OF_FILTERS.iter().filter(|name| !parameters::OF_NAMES.contains(name));
        let filters = filters.map(|name| super::reference("parameters", name));
        let told = [parameters::told_by_tiles(collection)];
        operation.inputs(OF_TILES, forms).parameters(filters.chain(told).chain(own).collect())
    };
    let list = operation("collection.vector.getTileSetsList", "The tilesets of the collection");
    let set = operation("collection.vector.getTileSet", "What the tiles of the collection show");
    let tile = operation("collection.vector.getTile", "A tile of the collection");
    let list = filtered(list, &forms);
    let set = filtered(set, &["json", "html", "tilejson"]);
    let mut all = vec![
        get("/items/{item}/versions", versions.reads(&[(JSON, "versions"), PAGE], &[])),
        get(
            "/items/{item}/versions/{version}",
            version.reads(&[(GEOJSON, "featureGeoJSON"), (JSON, "comparison"), PAGE], &[]),
        ),
        get("/tiles", list.reads(&[(JSON, "tileSets"), PAGE], &[])),
        get("/tiles/{set}", set.reads(&[(JSON, "tileSet"), (TILEJSON, "tileJson"), PAGE], &[])),
        get("/tiles/{set}/{zoom}/{row}/{column}", super::tile_answers(filtered(tile, &["mvt"]))),
    ];
    if name == HazardousArea::COLLECTION {
        let story = operation("story", "What happened to an area, day by day")
            .parameters(inputs(story::PARAMETERS, &[]))
            .taking("after", json!({ "type": "string", "format": "date" }));
        all.push(get(
            "/items/{item}/story",
            story.answers("200", &[(GEOJSON, "featureCollectionGeoJSON")], &[]),
        ));
    }
    all
}
