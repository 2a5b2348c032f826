//! PROJ's objects, kept for each thread.
//!
//! They belong to the thread that made them and take milliseconds to make; so everything outside
//! this file holds only what they are made from, and each thread makes those it needs once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

use proj::Proj;

/// Objects a thread keeps ready; more than the reference systems and operations of a programme.
const KEPT_PER_THREAD: usize = 64;

/// What an object of PROJ is made from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Recipe {
    /// A reference system, an operation of the register, or a pipeline.
    Object(Arc<str>),
    /// All operations between two reference systems, of which PROJ picks one for each place;
    /// easting or longitude first on both sides.
    Between(Arc<str>, Arc<str>),
}

/// Which way an operation is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Inverse,
}

impl Recipe {
    pub(super) fn object(definition: &str) -> Self {
        Self::Object(definition.into())
    }

    /// The object, made by this thread now or earlier.
    pub(super) fn made(&self) -> Result<Rc<Proj>, String> {
        thread_local! {
            static KEPT: RefCell<HashMap<Recipe, Rc<Proj>>> = RefCell::new(HashMap::new());
        }
        KEPT.with_borrow_mut(|kept| {
            if let Some(proj) = kept.get(self) {
                return Ok(Rc::clone(proj));
            }
            let proj = Rc::new(self.make()?);
            if kept.len() >= KEPT_PER_THREAD {
                kept.clear();
            }
            kept.insert(self.clone(), Rc::clone(&proj));
            Ok(proj)
        })
    }

    fn make(&self) -> Result<Proj, String> {
        guarded(|| match self {
            Self::Object(definition) => Proj::new(definition),
            Self::Between(from, to) => Proj::new_known_crs(from, to, None),
        })
    }
}

/// Makes an object; the `proj` crate panics where PROJ fails without giving a reason.
fn guarded(make: impl FnOnce() -> Result<Proj, proj::ProjCreateError>) -> Result<Proj, String> {
    match catch_unwind(AssertUnwindSafe(make)) {
        Ok(made) => made.map_err(|error| match error {
            proj::ProjCreateError::ProjError(reason) => reason,
            other => other.to_string(),
        }),
        Err(_) => Err("PROJ gives no reason".to_owned()),
    }
}

/// Carries one pair of numbers through an object; what is not finite afterwards is an error.
pub(super) fn carry(
    proj: &Proj,
    direction: Direction,
    [x, y]: [f64; 2],
) -> Result<[f64; 2], String> {
    let carried: Result<(f64, f64), _> = match direction {
        Direction::Forward => proj.convert((x, y)),
        Direction::Inverse => proj.project((x, y), true),
    };
    match carried {
        Ok((x, y)) if x.is_finite() && y.is_finite() => Ok([x, y]),
        Ok(_) => Err("it is beyond the reach of the projection".to_owned()),
        Err(proj::ProjError::Conversion(reason) | proj::ProjError::Projection(reason)) => {
            Err(reason)
        }
        Err(other) => Err(other.to_string()),
    }
}

/// What PROJ says of the operation it has just used.
#[derive(Clone, Debug)]
pub(super) struct Used {
    pub(super) description: String,
    pub(super) pipeline: String,
    pub(super) accuracy_m: Option<f64>,
}

/// Carries a pair of numbers between a reference system and CRS84 by the operation PROJ picks for
/// the place, and tells which.
pub(super) fn pick(
    crs: &Arc<str>,
    direction: Direction,
    at: [f64; 2],
) -> Result<([f64; 2], Used), String> {
    let all = Recipe::Between(Arc::clone(crs), super::CRS84.into()).made()?;
    let carried = carry(&all, direction, at)?;
    let info = all.proj_info();
    let used = Used {
        description: info.description.unwrap_or_default(),
        pipeline: info.definition.unwrap_or_default(),
        accuracy_m: Some(info.accuracy).filter(|accuracy| is_stated(*accuracy)),
    };
    Ok((carried, used))
}

/// Tells a stated accuracy from the register's marks for one that is not known (999) and PROJ's
/// (below zero).
pub(super) fn is_stated(accuracy_m: f64) -> bool {
    (0.0..999.0).contains(&accuracy_m)
}

/// The name of the operation that would be best at a place but cannot be used because a grid is
/// not there; `None` if the best one can.
///
/// # Coordinates
/// In the order of the reference system's authority: PROJ does not put the axes in order here.
pub(super) fn best_without_grid(crs: &str, at: [f64; 2]) -> Option<String> {
    let from = Recipe::object(crs).make().ok()?;
    let to = Recipe::object(super::CRS84).make().ok()?;
    let only_best = || from.create_crs_to_crs_from_pj(&to, None, Some(vec!["ONLY_BEST=YES"]));
    let best = guarded(only_best).ok()?;
    carry(&best, Direction::Forward, at).err()?;
    best.proj_info().description
}
