//! Invented programmes to try Safeground with, and to measure it by.
//!
//! The boundaries are real (see `data/README.md`); everything else is invented, and every record
//! says so in a property `invented`. Records depend on the seed, their number and the programme
//! only: the same on every machine.
//!
//! The parts, in the order in which they act: [`belts`] say where contamination lies, [`placement`]
//! puts areas there without letting them touch ([`ground`]), [`outline`] draws them and [`member`]
//! cuts them into neighbours and stages, [`course`] and [`calendar`] say what becomes of each and
//! when, [`wording`] and [`records`] fill in the forms, [`stream`] hands them out.

mod belts;
mod calendar;
mod course;
mod files;
mod ground;
mod member;
mod outline;
mod placement;
mod random;
mod records;
mod stream;
#[cfg(test)]
mod tests;
mod wording;

use survey::Programme;

pub use files::write_files;
pub use stream::Records;

use ground::Country;

/// The invented programmes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoProgramme {
    /// Mines of the 1980s along the border and cluster munitions of the 1970s.
    Cambodia,
    /// Contamination since 2014, and since 2022 above all.
    Ukraine,
}

impl DemoProgramme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Cambodia, Self::Ukraine];

    /// The code of the programme, for example `cambodia`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cambodia => "cambodia",
            Self::Ukraine => "ukraine",
        }
    }

    /// The provinces as a GeoJSON `FeatureCollection` for the collection `regions`.
    pub const fn regions(self) -> &'static str {
        match self {
            Self::Cambodia => include_str!("../../../../data/boundaries/khm_admin1.geojson"),
            Self::Ukraine => include_str!("../../../../data/boundaries/ukr_admin1.geojson"),
        }
    }

    /// The programme itself: open to the public, since nothing in it is true.
    pub fn programme(self) -> Programme {
        let (name, time_zone, national_crs, language, extent) = match self {
            // UTM zone 48 north.
            Self::Cambodia => (
                "Cambodia (demo, invented records)",
                "Asia/Phnom_Penh",
                32_648,
                "km",
                [102.2, 10.3, 107.8, 14.8],
            ),
            // UCS-2000 / Gauss-Kruger zone 6, the zone in the middle of the country.
            Self::Ukraine => (
                "Ukraine (demo, invented records)",
                "Europe/Kyiv",
                5_564,
                "uk",
                [22.0, 44.2, 40.3, 52.5],
            ),
        };
        Programme {
            time_zone: time_zone.to_owned(),
            national_crs: Some(national_crs),
            languages: vec![language.to_owned(), "en".to_owned()],
            public_read: true,
            extent: Some(extent),
            ..Programme::new(self.code(), name)
        }
    }
}

/// What is to be generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Equal seeds give equal records.
    pub seed: u64,
    /// Hazardous areas, activities and land releases together.
    pub records: usize,
    /// Whose records.
    pub programme: DemoProgramme,
}

/// One generated record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// The collection it belongs to, for example `hazardous-areas`.
    pub collection: &'static str,
    /// A GeoJSON Feature on one line.
    pub json: String,
}

/// How many records there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    hazardous_areas: usize,
    activities: usize,
    land_releases: usize,
}

impl Counts {
    /// One half hazardous areas, one quarter activities, one quarter land releases.
    const fn of(records: usize) -> Self {
        let activities = records / 4;
        let land_releases = records / 4;
        Self { hazardous_areas: records - activities - land_releases, activities, land_releases }
    }
}

/// Generates all records of a programme: every hazardous area before what was done about it.
///
/// # Errors
/// The boundaries built into the programme cannot be read.
pub fn generate(settings: Settings) -> Result<Records, serde_json::Error> {
    Ok(Records::new(settings, Country::read(settings.programme.regions())?, None))
}

/// Generates the records of one collection, the same as among all records.
///
/// # Errors
/// The boundaries built into the programme cannot be read.
pub fn generate_collection(
    settings: Settings,
    collection: &'static str,
) -> Result<Records, serde_json::Error> {
    Ok(Records::new(settings, Country::read(settings.programme.regions())?, Some(collection)))
}
