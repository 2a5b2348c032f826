//! `TileJSON`, which most map clients are set up by.

use serde_json::{Map, Value, json};
use survey::{Collection, CollectionRef, Programme};
use tiles::ZOOM_MAX;
use view::Snapshot;

use super::tilesets::extent;

/// From this zoom on nothing becomes finer that a display could show; clients enlarge its tiles.
const ZOOM_DRAWN_MAX: u8 = 17;
const _: () = assert!(ZOOM_DRAWN_MAX <= ZOOM_MAX);

/// Where little is recorded, maps begin no nearer than this.
const ZOOM_FIRST_MAX: u8 = 12;

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

/// A box for readers that know no antimeridian: round the Earth where it lies on both sides of it.
pub fn bounds([west, south, east, north]: [f64; 4]) -> [f64; 4] {
    if west > east { [-180.0, south, 180.0, north] } else { [west, south, east, north] }
}

/// How many degrees of longitude a box has.
fn width([west, _, east, _]: [f64; 4]) -> f64 {
    if west > east { east + 360.0 - west } else { east - west }
}

/// The middle of a box: longitude, latitude.
pub fn middle(bounds: [f64; 4]) -> [f64; 2] {
    let [west, south, _, north] = bounds;
    let lon = west + width(bounds) / 2.0;
    [if lon > 180.0 { lon - 360.0 } else { lon }, (south + north) / 2.0]
}

/// The zoom of which a few tiles show a box.
fn zoom_for(bounds: [f64; 4]) -> u8 {
    let [_, south, _, north] = bounds;
    let side = width(bounds).max(north - south).max(360.0 / f64::from(1_u32 << ZOOM_FIRST_MAX));
    (360.0 / side).log2().floor() as u8
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
    let extent = extent(programme, snapshot, collections);
    let [lon, lat] = middle(extent);
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
        "bounds": bounds(extent),
        "center": [lon, lat, zoom_for(extent)],
        "vector_layers": collections.iter().flat_map(|it| layers(it)).collect::<Vec<_>>(),
        "revision": revision,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_over_the_antimeridian_has_its_middle_there_and_all_its_tiles() {
        let fiji = [177.0, -20.0, -178.0, -15.0];
        assert_eq!(bounds(fiji), [-180.0, -20.0, 180.0, -15.0]);
        assert_eq!(middle(fiji), [179.5, -17.5]);
        assert_eq!(middle([179.0, 0.0, -177.0, 2.0]), [-179.0, 1.0]);
        assert_eq!(zoom_for(fiji), 6);
    }

    #[test]
    fn maps_begin_as_near_as_what_is_recorded_allows() {
        assert_eq!(zoom_for([102.3, 10.4, 107.6, 14.7]), 6);
        assert_eq!(zoom_for([-180.0, -85.0, 180.0, 85.0]), 0);
        assert_eq!(zoom_for([103.0, 13.0, 103.0, 13.0]), ZOOM_FIRST_MAX);
        assert_eq!(middle([102.0, 10.0, 108.0, 14.0]), [105.0, 12.0]);
    }
}
