//! Coordinate reference systems: national coordinates to longitude and latitude, and back.
//!
//! A [`Crs`] is made from whatever names or describes one ([`Crs::parse`]); an [`Operation`] is one
//! fixed way between it and CRS84, with its accuracy and what it was made for. Both go from thread
//! to thread and cost nothing to clone.
//!
//! # What is refused
//! A datum shift that is off shows nowhere: the land is just elsewhere. So nothing is guessed.
//! - Where only a *ballpark* operation is known (datums taken to be equal, up to hundreds of metres
//!   off) coordinates are refused, unless [`Crs::allowing_ballpark`] asks for them, and then the
//!   operation says so.
//! - A place more than [`AREA_MARGIN_DEG`] outside the area of use is refused: projections give
//!   numbers for the other side of the Earth without complaint.
//! - Coordinates are carried there and back again; what does not come back names no place.
//!
//! # Which operation
//! PROJ picks the most accurate operation of the register whose box holds the place. The picks
//! below are not left to it, either because a box holds more than its country or because the
//! register has nothing for the place; each with its reason in `crs/pins.rs`:
//!
//! | datum | where | operation | accuracy |
//! |---|---|---|---|
//! | Indian 1960 | everywhere | EPSG:1542 | 44 m in Vietnam 14° to 18° N, elsewhere not known |
//! | Pulkovo 1942 (SK-42) | Ukraine | EPSG:15865 | 4.5 m |
//! | UCS-2000 | everywhere | EPSG:5840 | 1 m |
//! | MGI | Bosnia and Herzegovina | EPSG:8823 | 1 m |
//!
//! One geometry should be carried by one operation ([`Crs::to_crs84_all`] does so): from one place
//! to the next PROJ may pick differently, and a boundary would tear.
//!
//! # How PROJ is built
//! From source, linked into the program with SQLite and with its database (`proj.db`) embedded
//! (`proj` with `bundled_proj`, `libsqlite3-sys` with `bundled`): what an operation does must not
//! depend on the machine, system packages are often years behind the register, and a field laptop
//! has none. The price is a first build of some minutes. Grids are not included; where a grid would
//! give a better operation, [`Operation::lacking`] says so. This is the only module that names
//! PROJ; its objects belong to one thread, so each thread keeps those it has used.

mod definition;
mod engine;
mod error;
mod operation;
mod pins;
mod reference;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

pub use definition::{AreaOfUse, Axis, Code, DatumStep};
pub use error::CrsError;
pub use operation::{Ground, Operation};

use crate::bbox::Bbox;
use crate::lon_lat::LonLat;
use definition::Definition;

/// Degrees by which a position may lie outside the area its reference system is meant for.
///
/// Countries wider than a zone keep using it beyond its edge: the mined provinces of Ukraine reach
/// 4° to the east of zone 36. A position further out was not taken in that system.
/// [`Crs::is_used_at`] asks without the margin.
pub const AREA_MARGIN_DEG: f64 = 5.0;

/// Reference systems kept ready for all threads.
const KEPT: usize = 256;

/// Longitude and latitude on WGS 84, as PROJ names it.
const CRS84: &str = "OGC:CRS84";

/// The order in which the two coordinates of a pair are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxisOrder {
    /// Easting or longitude first, as in GIS files, GeoJSON and hand-written lists.
    ///
    /// Systems whose axes run west and south, and those around a pole, keep the order and signs of
    /// their register.
    EastingFirst,
    /// As the authority defines the system: EPSG:4326 latitude first, EPSG:3857 easting first,
    /// Gauss-Krüger northing first. OGC API Features, Part 2, wants this one.
    Authority,
}

/// A coordinate reference system of places on the Earth.
///
/// # Examples
/// ```
/// use geometry::crs::{AxisOrder, Crs};
///
/// let utm_48_north = Crs::from_epsg(32648)?;
/// let position = utm_48_north.to_crs84([500_000.0, 1_437_184.0], AxisOrder::EastingFirst)?;
/// assert!((position.lon() - 105.0).abs() < 1e-9, "on the central meridian");
///
/// let latitude_first = Crs::parse("http://www.opengis.net/def/crs/EPSG/0/4326")?;
/// let same = latitude_first.from_crs84(position, AxisOrder::Authority)?;
/// assert_eq!(same, [position.lat(), position.lon()]);
/// # Ok::<(), geometry::crs::CrsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Crs {
    inner: Arc<Inner>,
    allows_ballpark: bool,
}

#[derive(Debug)]
struct Inner {
    /// What PROJ makes it from: a code, WKT, PROJJSON or a PROJ string.
    text: Arc<str>,
    definition: Definition,
}

/// Coordinates carried to CRS84 by one operation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Carried {
    /// The positions, in the order of the coordinates.
    pub positions: Vec<LonLat>,
    /// The operation all of them went by.
    pub operation: Operation,
}

impl Crs {
    /// Reads the name or the description of a reference system.
    ///
    /// Understood are codes of every register in PROJ's database (`EPSG:3148`, `OGC:CRS84`,
    /// `ESRI:54009`), also as OGC URI, URN or CURIE in brackets; WKT 1 (also that of ESRI) and
    /// WKT 2; PROJJSON; and PROJ strings that describe a reference system. Of a compound system
    /// the horizontal part is taken. Names of systems are not understood, for PROJ takes what is
    /// similar.
    ///
    /// # Errors
    /// [`CrsError::Unknown`]; [`CrsError::Unsupported`] for systems of heights, geocentric
    /// coordinates, other planets.
    pub fn parse(text: &str) -> Result<Self, CrsError> {
        static KNOWN: LazyLock<Mutex<HashMap<String, Crs>>> = LazyLock::new(Mutex::default);
        let text = reference::definition(text)?;
        let all = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all().get(&text).cloned() {
            return Ok(known);
        }
        let (part, definition) = definition::look_up(text.clone())?;
        let inner = Arc::new(Inner { text: part.into(), definition });
        let crs = Self { inner, allows_ballpark: false };
        let to_crs84 = engine::Recipe::Between(Arc::clone(crs.text()), CRS84.into());
        if to_crs84.made().is_err() {
            let reason = "nothing leads from it to WGS 84, as if it were of another planet";
            return Err(CrsError::Unsupported { crs: crs.to_string(), reason: reason.to_owned() });
        }
        let mut all = all();
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(text, crs.clone());
        Ok(crs)
    }

    /// Looks up a reference system by its EPSG code.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn from_epsg(code: u32) -> Result<Self, CrsError> {
        Self::parse(&format!("EPSG:{code}"))
    }

    /// The same system, with operations that are mere guesses let through, marked
    /// [`Ground::Ballpark`] and without an accuracy.
    ///
    /// For showing old data on a map, never for deciding where to walk.
    #[must_use]
    pub fn allowing_ballpark(mut self) -> Self {
        self.allows_ballpark = true;
        self
    }

    /// The name in its register, such as `Indian 1960 / UTM zone 48N`.
    pub fn name(&self) -> &str {
        &self.definition().name
    }

    /// The code in its register; `None` for a description without one.
    pub fn code(&self) -> Option<&Code> {
        self.definition().code.as_ref()
    }

    /// The datum it is based on, by the name the register gives it.
    pub fn datum(&self) -> &str {
        &self.definition().datum
    }

    /// The area it is meant for; `None` for a description that states none.
    pub fn area_of_use(&self) -> Option<&AreaOfUse> {
        self.definition().area.as_ref()
    }

    /// Tells whether the coordinates are angles rather than lengths.
    pub fn is_geographic(&self) -> bool {
        self.definition().is_geographic
    }

    /// The two axes in the order of its authority.
    pub fn axes(&self) -> &[Axis; 2] {
        &self.definition().axes
    }

    /// Tells whether the authority puts northing or latitude first.
    pub fn is_northing_first(&self) -> bool {
        // The rule of PROJ, so that both put the same axis first.
        let [first, second] = self.axes();
        match (first.direction.as_str(), second.direction.as_str()) {
            ("north", "east") => true,
            ("north", "north") | ("south", "south") => first.name.starts_with("Northing"),
            _ => false,
        }
    }

    /// Tells whether a place is in the area of use, without any margin; true if none is stated.
    pub fn is_used_at(&self, position: LonLat) -> bool {
        self.area_of_use().is_none_or(|area| area.bbox.contains(position))
    }

    /// The operation to use at a place.
    ///
    /// # Errors
    /// [`CrsError::OutsideArea`]; [`CrsError::Ballpark`]; [`CrsError::NoCoordinates`].
    pub fn operation_at(&self, position: LonLat) -> Result<Operation, CrsError> {
        operation::choose_at(self, position)
    }

    /// The operation to use where these coordinates are.
    ///
    /// # Errors
    /// As [`Self::to_crs84`].
    pub fn operation_for(&self, at: [f64; 2], order: AxisOrder) -> Result<Operation, CrsError> {
        operation::choose_for(self, self.in_order(at, order))
    }

    /// Carries the coordinates of one place to longitude and latitude on WGS 84.
    ///
    /// The operation is chosen for the place alone; coordinates that belong together want
    /// [`Self::to_crs84_all`].
    ///
    /// # Coordinates
    /// In the given order.
    ///
    /// # Units
    /// Those of the axes: metres for nearly all that are projected, degrees for those that are not.
    ///
    /// # Accuracy
    /// That of the operation, see [`Operation::accuracy_m`].
    ///
    /// # Errors
    /// [`CrsError::Ballpark`] if only a guess is known; otherwise as [`Operation::to_crs84`].
    pub fn to_crs84(&self, at: [f64; 2], order: AxisOrder) -> Result<LonLat, CrsError> {
        self.operation_for(at, order)?.to_crs84(at, order)
    }

    /// Carries coordinates that belong together, all by the operation for their middle.
    ///
    /// # Errors
    /// As [`Self::to_crs84`], at the first pair that cannot be carried; [`CrsError::NotFinite`]
    /// if there are none.
    pub fn to_crs84_all(&self, all: &[[f64; 2]], order: AxisOrder) -> Result<Carried, CrsError> {
        if let Some(&[x, y]) = all.iter().find(|[x, y]| !x.is_finite() || !y.is_finite()) {
            return Err(CrsError::NotFinite { x, y });
        }
        let operation = self.operation_for(middle(all), order)?;
        let positions = all.iter().map(|at| operation.to_crs84(*at, order));
        Ok(Carried { positions: positions.collect::<Result<_, _>>()?, operation })
    }

    /// Carries a position to the coordinates of this system.
    ///
    /// # Coordinates
    /// In the given order.
    ///
    /// # Units
    /// Those of the axes.
    ///
    /// # Errors
    /// As [`Self::operation_at`].
    pub fn from_crs84(&self, position: LonLat, order: AxisOrder) -> Result<[f64; 2], CrsError> {
        self.operation_at(position)?.from_crs84(position, order)
    }

    /// Carries positions that belong together, all by the operation for their middle.
    ///
    /// # Errors
    /// As [`Self::from_crs84`], at the first position that has no coordinates.
    pub fn from_crs84_all(
        &self,
        all: &[LonLat],
        order: AxisOrder,
    ) -> Result<Vec<[f64; 2]>, CrsError> {
        let boxes = all.iter().map(|p| Bbox::new(p.lon(), p.lat(), p.lon(), p.lat()));
        let around = boxes.filter_map(Result::ok).reduce(|a, b| a.union(&b));
        let Some(around) = around else { return Ok(Vec::new()) };
        let lon = around.west + around.width_deg() / 2.0;
        let lon = if lon > 180.0 { lon - 360.0 } else { lon };
        let middle = LonLat::trusted([lon, (around.south + around.north) / 2.0]);
        let operation = self.operation_at(middle)?;
        all.iter().map(|position| operation.from_crs84(*position, order)).collect()
    }

    fn text(&self) -> &Arc<str> {
        &self.inner.text
    }

    fn definition(&self) -> &Definition {
        &self.inner.definition
    }

    fn allows_ballpark(&self) -> bool {
        self.allows_ballpark
    }

    /// From the given order to easting first, or from easting first to the given order.
    fn in_order(&self, [a, b]: [f64; 2], order: AxisOrder) -> [f64; 2] {
        if order == AxisOrder::Authority && self.is_northing_first() { [b, a] } else { [a, b] }
    }

    fn check_area(&self, position: LonLat) -> Result<(), CrsError> {
        match self.area_of_use() {
            Some(area) if !is_near(&area.bbox, position) => Err(CrsError::OutsideArea {
                crs: self.to_string(),
                position,
                area: area.name.clone(),
            }),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code() {
            Some(code) => write!(f, "{code} ({})", self.name()),
            None => f.write_str(self.name()),
        }
    }
}

impl PartialEq for Crs {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text() && self.allows_ballpark == other.allows_ballpark
    }
}

/// The middle of the box around coordinates; NaN if there are none.
fn middle(all: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|axis| {
        let each = || all.iter().map(|at| at[axis]);
        let (low, high) = (each().reduce(f64::min), each().reduce(f64::max));
        low.zip(high).map_or(f64::NAN, |(low, high)| low + (high - low) / 2.0)
    })
}

/// Tells whether a position is in a box or at most [`AREA_MARGIN_DEG`] outside.
fn is_near(area: &Bbox, position: LonLat) -> bool {
    let from_west = (position.lon() - area.west + AREA_MARGIN_DEG).rem_euclid(360.0);
    (area.width_deg() + 2.0 * AREA_MARGIN_DEG >= 360.0
        || from_west <= area.width_deg() + 2.0 * AREA_MARGIN_DEG)
        && position.lat() >= area.south - AREA_MARGIN_DEG
        && position.lat() <= area.north + AREA_MARGIN_DEG
}
