//! What a request for a tile, or for the description of tiles, asks for.

use actix_web::HttpRequest;
use survey::{Collection, CollectionRef, Programme};
use tiles::Tile;
use view::{TileQuery, tile_properties};

use super::WEB_MERCATOR_QUAD;
use crate::app::Served;
use crate::clocks::{AsOf, Clocks};
use crate::ogc::choice::{days, terms};
use crate::ogc::crs::Coordinates;
use crate::ogc::filter;
use crate::ogc::parameters::with_queryables;
use crate::problem::Problem;
use crate::programmes::collection;
use crate::query::{Parameters, invalid};

/// Parameters that decide what a tile shows.
pub const OF_TILES: &[&str] = &["datetime", "as_of", "effective", "revision", "f"];

/// Parameters of tiles of one collection besides those named like queryables.
pub const OF_FILTERS: &[&str] = &["filter", "filter-lang", "filter-crs", "q", "properties"];

/// What tiles are asked to show, without saying which tile.
pub struct Asked {
    collections: Vec<CollectionRef>,
    filters: Vec<std::sync::Arc<cql2::Filter>>,
    terms: Vec<String>,
    days: Option<(survey::Day, survey::Day)>,
    properties: Option<Vec<String>>,
    /// The picture they are drawn from.
    pub clocks: Clocks,
    /// Whether the request names the revision, so that its answer never changes.
    pub is_pinned: bool,
    /// The form asked for.
    pub form: Option<String>,
    /// Every parameter that decides what is shown but the revision, or the instant that stands for
    /// one, as it stands in addresses of tiles; each ends with an ampersand.
    pub question: String,
    /// Every parameter but the form, as it stands in addresses of documents.
    pub said: String,
}

impl Asked {
    /// Reads a request about tiles of one collection, or of all.
    ///
    /// # Errors
    /// `not-found`, `unknown-parameter`, `invalid-parameter`.
    pub fn read(
        served: &Served,
        request: &HttpRequest,
        name: Option<&str>,
    ) -> Result<Self, Problem> {
        let programme = served.programme();
        let of_one = name.map(|name| collection(&programme, name)).transpose()?;
        let taken = match &of_one {
            Some(_) => [OF_TILES, OF_FILTERS].concat(),
            None => [OF_TILES, &["collections"]].concat(),
        };
        let parameters = match &of_one {
            Some(collection) => Parameters::read(request, &with_queryables(&taken, collection))?,
            None => Parameters::read(request, &taken)?,
        };
        let filters = match &of_one {
            Some(collection) => {
                let coordinates = match parameters.text("filter-crs") {
                    Some(text) => Coordinates::parse(&programme, "filter-crs", text)?,
                    None => Coordinates::default(),
                };
                filter::filters(&parameters, collection, &coordinates, &taken)?
            }
            None => Vec::new(),
        };
        let named = of_one.as_deref().zip(parameters.text("properties"));
        let properties = named.map(|(collection, text)| told(collection, text)).transpose()?;
        let mut clocks = Clocks::read(&parameters)?;
        let revision = parameters.text("revision").map(revision).transpose()?;
        if revision.is_some() && clocks.as_of.is_some() {
            let reason = "it stands for as_of=revision, for ever; give one of them";
            return Err(invalid("revision", reason));
        }
        clocks.as_of = clocks.as_of.or(revision);
        let question = parameters.in_address(|name| !matches!(name, "as_of" | "revision" | "f"));
        let said = parameters.in_address(|name| name != "f");
        Ok(Self {
            collections: collections(&programme, of_one, parameters.text("collections"))?,
            filters,
            terms: terms(&parameters)?.iter().map(|term| term.to_lowercase()).collect(),
            days: parameters.text("datetime").map(days).transpose()?,
            properties,
            clocks,
            is_pinned: revision.is_some(),
            form: parameters.text("f").map(str::to_owned),
            question,
            said,
        })
    }

    /// The collections shown, in the order of their layers.
    pub fn collections(&self) -> &[CollectionRef] {
        &self.collections
    }

    /// The question for one tile.
    pub fn query(&self, tile: Tile) -> TileQuery {
        TileQuery {
            tile,
            collections: self.collections.clone(),
            filters: self.filters.clone(),
            terms: self.terms.clone(),
            days: self.days,
            properties: self.properties.clone(),
        }
    }
}

/// What tiles can tell of the records of a collection.
pub fn told_of(collection: &Collection) -> impl Iterator<Item = &str> {
    let own = || collection.queryables().iter().map(|it| it.name.as_str());
    let computed = tile_properties(collection).map(|(name, _)| *name);
    own().chain(computed.filter(move |name| own().all(|known| known != *name)))
}

/// Reads `properties`: what tiles are to tell of each record.
fn told(collection: &Collection, text: &str) -> Result<Vec<String>, Problem> {
    let known: Vec<&str> = told_of(collection).collect();
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => {
            let reason = format!("tiles tell no \"{name}\"; they tell {}", known.join(", "));
            Err(invalid("properties", &reason))
        }
        None => Ok(names),
    }
}

fn revision(text: &str) -> Result<AsOf, Problem> {
    let read = text.parse::<u64>().map(AsOf::Revision);
    read.map_err(|_no| invalid("revision", "give the number of a revision"))
}

fn collections(
    programme: &Programme,
    of_one: Option<CollectionRef>,
    named: Option<&str>,
) -> Result<Vec<CollectionRef>, Problem> {
    if let Some(collection) = of_one {
        return Ok(vec![collection]);
    }
    let Some(named) = named else { return Ok(programme.collections().collect()) };
    let names: Vec<&str> = named.split(',').map(str::trim).collect();
    if let Some(unknown) = names.iter().find(|name| programme.collection(name).is_none()) {
        return Err(invalid("collections", &format!("there is no collection \"{unknown}\"")));
    }
    Ok(programme.collections().filter(|it| names.contains(&&*it.name)).collect())
}

/// The tile at a place of the tile matrix set.
///
/// # Errors
/// `not-found` outside it, as OGC API – Tiles wants (requirement `/req/core/tc-error`).
pub fn tile(set: &str, zoom: &str, row: &str, column: &str) -> Result<Tile, Problem> {
    matrix_set(set)?;
    let found = zoom.parse().ok().zip(row.parse().ok()).zip(column.parse().ok());
    let found = found.and_then(|((zoom, row), column)| Tile::new(zoom, row, column));
    found.ok_or_else(|| Problem::not_found("tile", &format!("{set}/{zoom}/{row}/{column}")))
}

/// Refuses every tile matrix set but the one there is.
///
/// # Errors
/// `not-found`.
pub fn matrix_set(set: &str) -> Result<(), Problem> {
    if set == WEB_MERCATOR_QUAD {
        return Ok(());
    }
    Err(Problem::not_found("tile matrix set", set))
}
