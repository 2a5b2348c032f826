//! Why coordinates could not be carried over.

use crate::lon_lat::LonLat;

/// Why a reference system could not be used, or coordinates not be carried from or to it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CrsError {
    /// The text names no reference system of the register and describes none.
    #[error(
        "\"{text}\" is no coordinate reference system known here ({reason}); write its code, such \
         as EPSG:32648"
    )]
    Unknown {
        /// The text, cut to its first hundred characters.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The reference system is known but is none of places on a map of the Earth, or its
    /// definition would read files.
    #[error("{crs} cannot be used for places on a map: {reason}")]
    Unsupported {
        /// The reference system.
        crs: String,
        /// Why.
        reason: String,
    },
    /// A coordinate is NaN or infinite.
    #[error("the coordinates ({x}, {y}) are not two numbers")]
    NotFinite {
        /// First coordinate.
        x: f64,
        /// Second coordinate.
        y: f64,
    },
    /// The coordinates belong to no place: beyond the reach of the projection, or off the globe.
    #[error("{crs} has no place for the coordinates ({x}, {y}): {reason}")]
    NoPlace {
        /// The reference system.
        crs: String,
        /// First coordinate.
        x: f64,
        /// Second coordinate.
        y: f64,
        /// What is wrong with them.
        reason: String,
    },
    /// The reference system gives the place no coordinates.
    #[error("{crs} has no coordinates for the place {position}: {reason}")]
    NoCoordinates {
        /// The reference system.
        crs: String,
        /// The place.
        position: LonLat,
        /// What PROJ says.
        reason: String,
    },
    /// Only a guess that ignores the difference of datums is known, which may be hundreds of metres
    /// off.
    #[error(
        "no operation of known accuracy leads between {crs} and WGS 84 at {position}; taking the \
         coordinates as they are could be hundreds of metres off"
    )]
    Ballpark {
        /// The reference system.
        crs: String,
        /// Where the guess is, or would start.
        position: LonLat,
    },
    /// The place is far outside the area the reference system is meant for.
    #[error(
        "{position} is more than {margin}° outside the area {crs} is used in ({area}); the zone \
         or the order of the coordinates may be wrong",
        margin = super::AREA_MARGIN_DEG
    )]
    OutsideArea {
        /// The reference system.
        crs: String,
        /// The place.
        position: LonLat,
        /// The area in words.
        area: String,
    },
}
