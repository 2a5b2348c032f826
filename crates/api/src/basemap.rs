//! The map under the records in the viewer, where the operator has one. None is the default: then the
//! viewer draws the countries it brings itself, and asks nobody.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use actix_files::NamedFile;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::app::App;
use crate::problem::Problem;

/// Where the viewer finds the file, whatever it is called on the disk.
const FILE_PATH: &str = "/viewer/basemap.pmtiles";

/// What a file of the third version of `PMTiles` begins with.
const PMTILES: &[u8; 8] = b"PMTiles\x03";

/// An operator changes the map seldom; the tag of the file tells when it has changed.
const KEEPING: &str = "public, max-age=3600";

/// What a host can be written with, its port included.
const OF_HOSTS: &[u8] = b".-:";

/// A map of the operator's, with the words that say whose it is.
///
/// # Examples
/// ```
/// use api::basemap::Basemap;
/// let map = Basemap::parse("https://tiles.example.org/{z}/{x}/{y}.png")?;
/// assert_eq!(map.origin(), Some("https://tiles.example.org"));
/// assert!(Basemap::parse("http://tiles.example.org/{z}/{x}/{y}.png").is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basemap {
    place: Place,
    attribution: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// A `PMTiles` file on the disk of the server, of vector or raster tiles.
    File(PathBuf),
    /// Raster tiles of another server: the address of a tile, and the origin of that server.
    Raster { template: String, origin: String },
}

impl Basemap {
    /// Reads the name of a file that ends with `.pmtiles`, or the address of raster tiles, with `{z}`,
    /// `{x}` and `{y}` where zoom, column and row are to stand.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some(rest) = text.strip_prefix("https://") else {
            if !text.to_ascii_lowercase().ends_with(".pmtiles") || text.contains("://") {
                return Err(format!(
                    "\"{text}\" is neither a file that ends with .pmtiles nor an address \
                     https://…/{{z}}/{{x}}/{{y}}.png"
                ));
            }
            return Ok(Self { place: Place::File(text.into()), attribution: String::new() });
        };
        let host = rest.split('/').next().unwrap_or_default();
        let is_host = !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || OF_HOSTS.contains(&byte));
        if !is_host {
            return Err(format!(
                "\"{host}\" is no name of one server; give one, as in https://tiles.example.org/{{z}}/{{x}}/{{y}}.png"
            ));
        }
        if let Some(absent) = ["{z}", "{x}", "{y}"].iter().find(|part| !rest.contains(**part)) {
            return Err(format!("the address of the tiles has no {absent}"));
        }
        let (template, origin) = (text.to_owned(), format!("https://{host}"));
        Ok(Self { place: Place::Raster { template, origin }, attribution: String::new() })
    }

    /// The same, with words that tell whose map it is; many licences ask for them.
    #[must_use]
    pub fn attributed_to(mut self, attribution: impl Into<String>) -> Self {
        self.attribution = attribution.into();
        self
    }

    /// The other server that the viewer is to ask for tiles, if any.
    pub fn origin(&self) -> Option<&str> {
        match &self.place {
            Place::File(_) => None,
            Place::Raster { origin, .. } => Some(origin),
        }
    }

    /// Looks whether the file is there and is what its name says.
    ///
    /// # Errors
    /// When it cannot be read or is no `PMTiles` of the third version.
    pub fn looked_at(&self) -> std::io::Result<()> {
        let Place::File(path) = &self.place else { return Ok(()) };
        let mut head = [0; PMTILES.len()];
        File::open(path)?.read_exact(&mut head)?;
        if head == *PMTILES {
            return Ok(());
        }
        Err(std::io::Error::other("it is no PMTiles file of version 3"))
    }

    fn document(&self) -> Value {
        let attribution = &self.attribution;
        match &self.place {
            Place::File(_) => {
                json!({ "kind": "pmtiles", "url": FILE_PATH, "attribution": attribution })
            }
            Place::Raster { template, .. } => {
                json!({ "kind": "raster", "tiles": [template], "attribution": attribution })
            }
        }
    }
}

/// `GET /viewer/basemap.json`: which map the viewer draws under the records.
pub async fn get_basemap(app: web::Data<App>) -> HttpResponse {
    let document = app.basemap().map_or_else(|| json!({ "kind": "none" }), Basemap::document);
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-cache")).json(document)
}

/// `GET /viewer/basemap.pmtiles`: the file of the map, whole or in the part that `Range` names
/// (RFC 9110, section 14). It is read by everybody who reaches the server, as the viewer itself is.
///
/// # Errors
/// `not-found` where the operator has named no file; `internal` when it cannot be read.
pub async fn get_basemap_file(
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Some(Place::File(path)) = app.basemap().map(|map| map.place.clone()) else {
        return Err(Problem::not_found("file of the viewer", "basemap.pmtiles"));
    };
    let file = NamedFile::open_async(path).await.map_err(Problem::internal)?;
    let mut answer = file.prefer_utf8(false).into_response(&request);
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(KEEPING));
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_one_server_over_tls_and_all_three_parts_of_a_tile() {
        let refused = [
            "",
            "map.mbtiles",
            "http://tiles.example.org/{z}/{x}/{y}.png",
            "https://tiles.example.org/{z}/{x}.png",
            "https:///{z}/{x}/{y}.png",
            "https://{s}.example.org/{z}/{x}/{y}.png",
            "https://a.example.org; script-src *//{z}/{x}/{y}.png",
            "https://tiles.example.org/map.pmtiles",
        ];
        for text in refused {
            assert!(Basemap::parse(text).is_err(), "{text}");
        }
        let map = Basemap::parse("https://tiles.example.org:8443/{z}/{x}/{y}.png?key=1").unwrap();
        assert_eq!(map.origin(), Some("https://tiles.example.org:8443"));
        assert_eq!(Basemap::parse("maps/country.pmtiles").unwrap().origin(), None);
    }
}
