//! Invented programmes as files.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use survey::Record;
use survey::records::{Activity, HazardousArea, LandRelease, Region};

use super::{Settings, generate};

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The collection its features are for.
    pub collection: &'static str,
    /// Where it is.
    pub path: PathBuf,
}

/// Writes a programme below a folder: `CODE/programme.json`, `CODE/regions.geojson`, and one file
/// of newline-delimited GeoJSON for each further collection.
///
/// Returns the files in the order in which they are to be imported.
///
/// # Errors
/// A file cannot be written.
pub fn write_files(folder: &Path, settings: Settings) -> io::Result<Vec<Written>> {
    let folder = folder.join(settings.programme.code());
    fs::create_dir_all(&folder)?;
    let mut document = serde_json::to_vec_pretty(&settings.programme.programme())?;
    document.push(b'\n');
    fs::write(folder.join("programme.json"), document)?;

    let regions = folder.join("regions.geojson");
    fs::write(&regions, settings.programme.regions())?;
    let mut written = vec![Written { collection: Region::COLLECTION, path: regions }];

    let mut files = Vec::new();
    for collection in [HazardousArea::COLLECTION, Activity::COLLECTION, LandRelease::COLLECTION] {
        let path = folder.join(format!("{collection}.geojsonl"));
        files.push((collection, BufWriter::new(File::create(&path)?)));
        written.push(Written { collection, path });
    }
    for feature in generate(settings)? {
        for (_, file) in files.iter_mut().filter(|(name, _)| *name == feature.collection) {
            file.write_all(feature.json.as_bytes())?;
            file.write_all(b"\n")?;
        }
    }
    for (_, mut file) in files {
        file.flush()?;
    }
    Ok(written)
}
