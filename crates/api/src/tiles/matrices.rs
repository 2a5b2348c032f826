//! The tile matrix set.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use tiles::{Tile, ZOOM_MAX, world};

use super::WEB_MERCATOR_QUAD;
use super::asked::matrix_set;
use crate::actor::Caller;
use crate::app::App;
use crate::ogc::about;
use crate::ogc::answer::JSON;
use crate::ogc::collections::{link, this};
use crate::problem::Problem;

/// The address of the tile matrix set in OGC's register.
pub const URI: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";

/// The address of Web Mercator in OGC's register.
pub const CRS: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";

/// Where the matrices begin, in metres of Web Mercator west and north.
const ORIGIN_M: f64 = 20_037_508.342_789_244;

/// The scale denominator of zoom 0, for pixels of 0.28 mm.
const SCALE_0: f64 = 559_082_264.028_717_3;

/// Pixels along a side of a tile for which scales are reckoned.
const PIXELS: u32 = 256;

/// The definition of `WebMercatorQuad`.
///
/// # Source
/// OGC 17-083r4, annex D.1.
pub fn definition() -> Value {
    let matrices = (0..=ZOOM_MAX).map(|zoom| {
        let side = 1_u32 << zoom;
        json!({
            "id": zoom.to_string(),
            "scaleDenominator": SCALE_0 / f64::from(side),
            "cellSize": 2.0 * ORIGIN_M / f64::from(PIXELS) / f64::from(side),
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [-ORIGIN_M, ORIGIN_M],
            "tileWidth": PIXELS,
            "tileHeight": PIXELS,
            "matrixWidth": side,
            "matrixHeight": side,
        })
    });
    json!({
        "id": WEB_MERCATOR_QUAD,
        "title": "Google Maps Compatible for the World",
        "uri": URI,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": matrices.collect::<Vec<_>>(),
    })
}

/// Which tiles of each matrix meet a box: west, south, east, north.
pub fn limits([west, south, east, north]: [f64; 4]) -> Vec<Value> {
    let limit = |zoom: u8| {
        let first = Tile::holding(zoom, world([west, north]));
        let last = Tile::holding(zoom, world([east, south]));
        json!({
            "tileMatrix": zoom.to_string(),
            "minTileRow": first.row(),
            "maxTileRow": last.row(),
            "minTileCol": first.column(),
            "maxTileCol": last.column(),
        })
    };
    (0..=ZOOM_MAX).map(limit).collect()
}

/// `GET …/tileMatrixSets`.
pub async fn list_matrix_sets(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    about::answer(&app, &caller, &request, &code, "Tile matrix sets", |base, _served| {
        let root = format!("{}/tileMatrixSets", base.programme(&code));
        let definition = format!("{root}/{WEB_MERCATOR_QUAD}");
        Ok(json!({
            "links": this(&root, JSON),
            "tileMatrixSets": [{
                "id": WEB_MERCATOR_QUAD,
                "title": "Google Maps Compatible for the World",
                "uri": URI,
                "crs": CRS,
                "links": [link("self", JSON, &definition, "Its definition")],
            }],
        }))
    })
}

/// `GET …/tileMatrixSets/{tileMatrixSet}`.
pub async fn get_matrix_set(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, set) = path.into_inner();
    about::answer(&app, &caller, &request, &code, WEB_MERCATOR_QUAD, |_base, _served| {
        matrix_set(&set)?;
        Ok(definition())
    })
}
