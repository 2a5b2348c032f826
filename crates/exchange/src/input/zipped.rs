//! ZIP archives: workbooks, KMZ, and Shapefiles with their companions.

use std::borrow::Cow;
use std::io::{self, BufReader, Read, Seek};

use zip::ZipArchive;

use super::xml::TagBound;
use super::{Sink, Stop, broken, damaged, failed, kml, shapefile, too_many_bytes, xlsx};
use crate::error::ReadErrorCode;
use crate::limits::ReadLimits;

/// Files in an archive, at most.
const FILES_MAX: usize = 10_000;

/// Reads what is in an archive.
pub(super) fn read(mut body: impl Read + Seek, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let mut archive = ZipArchive::new(&mut body).map_err(|error| damaged("archive", error))?;
    if archive.len() > FILES_MAX {
        return Err(damaged("archive", format!("it has more than {FILES_MAX} files")));
    }
    let names: Vec<String> =
        archive.file_names().filter_map(Result::ok).map(Cow::into_owned).collect();
    let ending = |ending: &str| -> Vec<String> {
        let is_hidden = |name: &str| name.starts_with("__MACOSX/");
        let ends = |name: &&String| name.to_lowercase().ends_with(ending) && !is_hidden(name);
        names.iter().filter(ends).cloned().collect()
    };
    if names.iter().any(|name| name == "xl/workbook.xml") {
        unpacks_within(&mut archive, sink.limits)?;
        drop(archive);
        body.rewind().map_err(failed)?;
        return xlsx::read(BufReader::new(body), sink);
    }
    let shapes = ending(".shp");
    if !shapes.is_empty() {
        return shapefile::read(&mut archive, &shapes, &names, sink);
    }
    let marks = ending(".kml");
    if !marks.is_empty() {
        // The first document of an archive is the one that is opened.
        let main = marks.iter().find(|name| name.as_str() == "doc.kml").unwrap_or(&marks[0]);
        let file = archive.by_name(main).map_err(|error| damaged("archive", error))?;
        return kml::read(file, sink);
    }
    let told: Vec<&str> = names.iter().take(10).map(String::as_str).collect();
    let message = format!(
        "the archive holds no workbook, Shapefile or KML, but: {}; send such a file",
        told.join(", ")
    );
    Err(broken(ReadErrorCode::NotGeoJson, message))
}

/// Unpacks a workbook once and throws it away: what a file says of its size may be a lie.
fn unpacks_within(
    archive: &mut ZipArchive<impl Read + Seek>,
    limits: ReadLimits,
) -> Result<(), Stop> {
    let (mut left, mut left_in_memory) = (limits.decompressed_bytes, IN_MEMORY_BYTES);
    for place in 0..archive.len() {
        let file = archive.by_index(place).map_err(|error| damaged("archive", error))?;
        let is_sheet = file.name().is_ok_and(|name| name.starts_with("xl/worksheets/"));
        let most = if is_sheet { left } else { left.min(left_in_memory) };
        let mut bound = TagBound::new(file.take(most.saturating_add(1)), limits.feature_bytes);
        let bytes = io::copy(&mut bound, &mut io::sink());
        let bytes = bytes.map_err(|error| damaged("workbook", error))?;
        if bytes > most {
            return Err(too_many_bytes(most));
        }
        left -= bytes;
        left_in_memory -= if is_sheet { 0 } else { bytes };
    }
    Ok(())
}

/// Bytes of a workbook beside its sheets, which are held in memory while they are read.
const IN_MEMORY_BYTES: u64 = 256 * 1024 * 1024;

/// A small file of an archive; none if it is not there.
pub(super) fn small(
    archive: &mut ZipArchive<impl Read + Seek>,
    name: &str,
) -> Result<Vec<u8>, Stop> {
    let file = archive.by_name(name).map_err(|error| damaged("archive", error))?;
    let mut bytes = Vec::new();
    file.take(SMALL_BYTES).read_to_end(&mut bytes).map_err(|error| damaged("archive", error))?;
    Ok(bytes)
}

const SMALL_BYTES: u64 = 64 * 1024;

/// Unpacks a file of an archive to where it can be read from beside others.
pub(super) fn unpacked(
    archive: &mut ZipArchive<impl Read + Seek>,
    name: &str,
    limit: u64,
) -> Result<Box<dyn Read>, Stop> {
    let file = archive.by_name(name).map_err(|error| damaged("archive", error))?;
    let mut kept = tempfile::tempfile().map_err(failed)?;
    let bytes = io::copy(&mut file.take(limit.saturating_add(1)), &mut kept);
    if bytes.map_err(|error| damaged("archive", error))? > limit {
        return Err(too_many_bytes(limit));
    }
    kept.rewind().map_err(failed)?;
    Ok(Box::new(BufReader::new(kept)))
}
