//! One fixed way between a reference system and CRS84.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::definition::DatumStep;
use super::engine::{self, Direction, Recipe, Used};
use super::pins::{PINS, Pin};
use super::{AxisOrder, Crs, CrsError};
use crate::lon_lat::LonLat;

/// Operations kept for all threads; a programme uses a handful.
const KEPT: usize = 256;

/// Metres, or as much of a degree, by which the way there and back again may miss.
///
/// Datum shifts drop the height between the ellipsoids, which costs a centimetre; coordinates that
/// alias another place miss by kilometres.
const THERE_AND_BACK_M: f64 = 1.0;
const M_PER_DEGREE: f64 = 111_320.0;

/// Metres by which one operation, made twice, may differ from itself.
const SAME_M: f64 = 1e-6;

/// On what ground an operation was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ground {
    /// The reference system is on WGS 84 itself: nothing but a projection, exact.
    SameDatum,
    /// PROJ found it the best in the register for the place.
    Register,
    /// It is pinned here for this datum and area, for the reason given.
    Pinned(&'static str),
    /// The definition of the reference system states the shift itself.
    Stated,
    /// None is known: the datums are taken to be the same, which may be hundreds of metres off.
    Ballpark,
}

/// One fixed way between a reference system and CRS84, with all that is known of its accuracy.
///
/// Everything carried by one operation keeps its shape: there is no jump where the register
/// changes from one set of parameters to the next. It goes from thread to thread.
///
/// # Examples
/// ```
/// use geometry::crs::{AxisOrder, Crs, Ground};
/// use geometry::LonLat;
///
/// let indian_1960 = Crs::from_epsg(3148)?;
/// let battambang = LonLat::new(103.2, 13.1).unwrap();
/// let operation = indian_1960.operation_at(battambang)?;
/// assert_eq!(operation.name(), "Indian 1960 to WGS 84 (2)");
/// assert_eq!(operation.accuracy_m(), Some(44.0));
/// assert!(matches!(operation.ground(), Ground::Pinned(_)));
/// assert!(!operation.covers(battambang), "made for Vietnam, 14° to 18° N");
/// let [easting, _] = operation.from_crs84(battambang, AxisOrder::EastingFirst)?;
/// assert!((easting - 305_274.0).abs() < 1.0);
/// # Ok::<(), geometry::crs::CrsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Operation {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    crs: Crs,
    way: Vec<Leg>,
    name: String,
    steps: Vec<DatumStep>,
    accuracy_m: Option<f64>,
    ground: Ground,
    lacking: Option<DatumStep>,
}

/// A stretch of the way to CRS84.
#[derive(Debug)]
struct Leg {
    recipe: Recipe,
    /// It wants latitude before longitude, and gives them so.
    is_latitude_first: bool,
}

impl Leg {
    fn carry(&self, direction: Direction, at: [f64; 2]) -> Result<[f64; 2], String> {
        let swapped = |[a, b]: [f64; 2]| if self.is_latitude_first { [b, a] } else { [a, b] };
        let proj = self.recipe.made()?;
        engine::carry(&proj, direction, swapped(at)).map(swapped)
    }
}

impl Operation {
    /// The names of the steps that change the datum, joined by ` + `; `WGS 84` if there are none.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The steps that change the datum, in order; none for a system on WGS 84 itself.
    pub fn steps(&self) -> &[DatumStep] {
        &self.inner.steps
    }

    /// The accuracy in metres its register states; 0 for a system on WGS 84 itself.
    ///
    /// `None` if it is not known. It holds where [`Self::covers`] says so; elsewhere it is a hope.
    pub fn accuracy_m(&self) -> Option<f64> {
        self.inner.accuracy_m
    }

    /// On what ground it was chosen.
    pub fn ground(&self) -> Ground {
        self.inner.ground
    }

    /// A more accurate operation that cannot be used because the grids it names are not here.
    pub fn lacking(&self) -> Option<&DatumStep> {
        self.inner.lacking.as_ref()
    }

    /// Tells whether the place is in the area every step was made for.
    pub fn covers(&self, position: LonLat) -> bool {
        let areas = self.inner.steps.iter().filter_map(|step| step.area.as_ref());
        areas.into_iter().all(|area| area.bbox.contains(position))
    }

    /// Carries coordinates to longitude and latitude on WGS 84.
    ///
    /// # Coordinates
    /// In the given order.
    ///
    /// # Units
    /// Those of the reference system's axes.
    ///
    /// # Accuracy
    /// [`Self::accuracy_m`]; the arithmetic itself is good to a micrometre in the area of use, for
    /// equal-area projections to two millimetres ([`crate::plane`] is exact).
    ///
    /// # Errors
    /// [`CrsError::NotFinite`]; [`CrsError::NoPlace`], also for coordinates that name no place of
    /// their own because the way back from there misses them by more than a metre;
    /// [`CrsError::OutsideArea`] more than [`super::AREA_MARGIN_DEG`] outside the area of use.
    pub fn to_crs84(&self, at: [f64; 2], order: AxisOrder) -> Result<LonLat, CrsError> {
        let crs = &self.inner.crs;
        let [x, y] = at;
        if !x.is_finite() || !y.is_finite() {
            return Err(CrsError::NotFinite { x, y });
        }
        let no_place = |reason: String| CrsError::NoPlace { crs: crs.to_string(), x, y, reason };
        let at = crs.in_order(at, order);
        let [lon, lat] = self.forward(at).map_err(no_place)?;
        let position = LonLat::new(lon, lat).map_err(|defect| no_place(defect.reason))?;
        crs.check_area(position)?;
        let back = self.inverse([lon, lat]).map_err(no_place)?;
        if is_same(crs, at, back, THERE_AND_BACK_M) {
            Ok(position)
        } else {
            Err(no_place(format!("they lead to {position}, whose coordinates are others")))
        }
    }

    /// Carries a position to the coordinates of the reference system.
    ///
    /// # Coordinates
    /// In the given order.
    ///
    /// # Units
    /// Those of the reference system's axes.
    ///
    /// # Accuracy
    /// As [`Self::to_crs84`], whose exact inverse it is: there and back again within a micrometre
    /// in the area of use. (PROJ's own way back misses by up to two centimetres, because a shift
    /// of datums drops the height between the ellipsoids.)
    ///
    /// # Errors
    /// [`CrsError::OutsideArea`]; [`CrsError::NoCoordinates`].
    pub fn from_crs84(&self, position: LonLat, order: AxisOrder) -> Result<[f64; 2], CrsError> {
        let crs = &self.inner.crs;
        crs.check_area(position)?;
        let none = |reason| CrsError::NoCoordinates { crs: crs.to_string(), position, reason };
        let at = self.inverse_exactly(position.into()).map_err(none)?;
        Ok(crs.in_order(at, order))
    }

    /// The coordinates that [`Self::forward`] carries to a place.
    fn inverse_exactly(&self, place: [f64; 2]) -> Result<[f64; 2], String> {
        let at = self.inverse(place)?;
        // Projections are exact as they are, and a pole has no longitude to correct.
        if self.inner.steps.is_empty() || place[1].abs() > 89.0 {
            return Ok(at);
        }
        let reached = self.forward(at)?;
        let missed = [turned(place[0] - reached[0]), place[1] - reached[1]];
        self.inverse([place[0] + missed[0], place[1] + missed[1]])
    }

    fn forward(&self, at: [f64; 2]) -> Result<[f64; 2], String> {
        self.inner.way.iter().try_fold(at, |at, leg| leg.carry(Direction::Forward, at))
    }

    fn inverse(&self, at: [f64; 2]) -> Result<[f64; 2], String> {
        self.inner.way.iter().rev().try_fold(at, |at, leg| leg.carry(Direction::Inverse, at))
    }
}

/// Chooses the operation for a place known by its coordinates, easting or longitude first.
pub(super) fn choose_for(crs: &Crs, at: [f64; 2]) -> Result<Operation, CrsError> {
    let [x, y] = at;
    if !x.is_finite() || !y.is_finite() {
        return Err(CrsError::NotFinite { x, y });
    }
    let no_place = |reason: String| CrsError::NoPlace { crs: crs.to_string(), x, y, reason };
    for pin in pins_of(crs) {
        let operation = pinned(crs, pin);
        let place = operation.forward(at).ok().and_then(|[lon, lat]| LonLat::new(lon, lat).ok());
        if place.is_some_and(|place| pin.area.contains(place)) {
            return Ok(operation);
        }
    }
    let (place, used) = engine::pick(crs.text(), Direction::Forward, at).map_err(no_place)?;
    let position = LonLat::new(place[0], place[1]).map_err(|defect| no_place(defect.reason))?;
    crs.check_area(position)?;
    let operation = fixed(crs, &used, at, position)?;
    let again = operation.forward(at);
    let apart = |[lon, lat]: [f64; 2]| (lon - place[0]).abs().max((lat - place[1]).abs());
    // PROJ tells its pipeline as text; what is carried by the text must be what PROJ carried.
    if again.is_ok_and(|again| apart(again) < 1e-11) {
        Ok(operation)
    } else {
        Err(unrepeatable(crs, &used))
    }
}

/// Chooses the operation for a place.
pub(super) fn choose_at(crs: &Crs, position: LonLat) -> Result<Operation, CrsError> {
    crs.check_area(position)?;
    if let Some(pin) = pins_of(crs).find(|pin| pin.area.contains(position)) {
        return Ok(pinned(crs, pin));
    }
    let none = |reason| CrsError::NoCoordinates { crs: crs.to_string(), position, reason };
    let (at, used) = engine::pick(crs.text(), Direction::Inverse, position.into()).map_err(none)?;
    let operation = fixed(crs, &used, at, position)?;
    if operation.inverse(position.into()).is_ok_and(|again| is_same(crs, again, at, SAME_M)) {
        Ok(operation)
    } else {
        Err(unrepeatable(crs, &used))
    }
}

/// A difference of longitudes, the short way round.
fn turned(degrees: f64) -> f64 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}

fn unrepeatable(crs: &Crs, used: &Used) -> CrsError {
    let reason = format!("PROJ's operation \"{}\" cannot be repeated", used.description);
    CrsError::Unsupported { crs: crs.to_string(), reason }
}

/// Tells whether two pairs of coordinates, easting first, are so near to each other.
fn is_same(crs: &Crs, a: [f64; 2], b: [f64; 2], within_m: f64) -> bool {
    let [first, _] = crs.axes();
    let (m_per_unit, turn) = if crs.is_geographic() {
        (M_PER_DEGREE * first.unit_size, 360.0 / first.unit_size)
    } else {
        (first.unit_size, f64::INFINITY)
    };
    let apart = (a[0] - b[0]).abs();
    let apart = if turn.is_finite() { apart.min((turn - apart).abs()) } else { apart };
    apart.hypot(a[1] - b[1]) * m_per_unit <= within_m
}

fn pins_of(crs: &Crs) -> impl Iterator<Item = &'static Pin> {
    let datum = crs.definition().datum.clone();
    let is_bound = crs.definition().is_bound;
    PINS.iter().filter(move |pin| !is_bound && pin.datum == datum)
}

/// Operations made so far, by reference system and what PROJ calls the operation.
fn kept(crs: &Crs, name: &str, make: impl FnOnce() -> Inner) -> Operation {
    static OPERATIONS: LazyLock<Mutex<HashMap<(Arc<str>, String), Operation>>> =
        LazyLock::new(Mutex::default);
    let key = (Arc::clone(crs.text()), name.to_owned());
    let all = || OPERATIONS.lock().unwrap_or_else(PoisonError::into_inner);
    let known = all().get(&key).cloned();
    known.unwrap_or_else(|| {
        let operation = Operation { inner: Arc::new(make()) };
        let mut all = all();
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(key, operation.clone());
        operation
    })
}

fn pinned(crs: &Crs, pin: &'static Pin) -> Operation {
    let urn = format!("urn:ogc:def:coordinateOperation:EPSG::{}", pin.operation);
    kept(crs, &urn, || {
        let step = DatumStep::look_up(&urn);
        let to_source = Recipe::Between(Arc::clone(crs.text()), pin.source.into());
        Inner {
            crs: crs.clone(),
            way: vec![
                Leg { recipe: to_source, is_latitude_first: false },
                Leg { recipe: Recipe::object(&urn), is_latitude_first: true },
            ],
            name: step.name.clone(),
            steps: vec![step],
            accuracy_m: Some(pin.accuracy_m),
            ground: Ground::Pinned(pin.reason),
            lacking: None,
        }
    })
}

/// Fixes the operation PROJ has just used to carry `at` to `position`.
fn fixed(crs: &Crs, used: &Used, at: [f64; 2], position: LonLat) -> Result<Operation, CrsError> {
    let is_ballpark = used.description.contains("Ballpark");
    if is_ballpark && !crs.allows_ballpark() {
        return Err(CrsError::Ballpark { crs: crs.to_string(), position });
    }
    Ok(kept(crs, &used.description, || {
        let steps = DatumStep::all_of(&used.description);
        let ground = match () {
            () if is_ballpark => Ground::Ballpark,
            () if crs.definition().is_bound => Ground::Stated,
            () if steps.is_empty() => Ground::SameDatum,
            () => Ground::Register,
        };
        let accuracy_m = if ground == Ground::Ballpark { None } else { used.accuracy_m };
        let lacking = (ground != Ground::SameDatum)
            .then(|| engine::best_without_grid(crs.text(), crs.in_order(at, AxisOrder::Authority)))
            .flatten()
            .filter(|best| *best != used.description)
            .and_then(|best| DatumStep::all_of(&best).into_iter().find(|s| !s.grids.is_empty()));
        let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
        let name = if names.is_empty() { "WGS 84".to_owned() } else { names.join(" + ") };
        let pipeline = Recipe::object(&used.pipeline);
        let way = vec![Leg { recipe: pipeline, is_latitude_first: false }];
        Inner { crs: crs.clone(), way, name, steps, accuracy_m, ground, lacking }
    }))
}
