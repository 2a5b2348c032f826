//! What is suspicious about a geometry although nothing is wrong with it.
//!
//! A boundary can satisfy every rule and still be a slip: read in the wrong zone, rounded to tens
//! of metres, entered twice. Nothing here changes or refuses anything. Each question is a pure
//! function with its thresholds as parameters, and answers with the measured value and the place;
//! where coordinates were probably misread, [`Misreading::corrected`] offers those that were
//! probably meant.
//!
//! | question | asked of | answer |
//! |---|---|---|
//! | Would it lie where it should if it were read otherwise? | [`misreadings`] | [`Misreading`] |
//! | Are coordinates zero that were never filled in? | [`zeros`] | [`Zeros`] |
//! | How coarsely are the coordinates rounded? | [`rounding`] | [`Rounding`] |
//! | Is its outline one that is hardly meant? | [`suspicions`] | [`Suspicion`] |
//! | Is it another boundary once more? | [`likeness`] | [`Likeness`] |
//! | Which were seen with nearly the same box? | [`BoxTable`] | |

mod box_table;
mod hausdorff;
mod likeness;
mod outline;
mod place;
mod rounding;

pub(crate) use box_table::BoxMargin;
pub use box_table::BoxTable;
pub use hausdorff::hausdorff_m;
pub use likeness::{Likeness, LikenessLimits, likeness, outline_key, overlap_ratio};
pub use outline::{OutlineLimits, Suspicion, SuspicionKind, suspicions};
pub use place::{Misreading, Zeros, misreadings, zeros};
pub use rounding::{Rounding, rounding};
