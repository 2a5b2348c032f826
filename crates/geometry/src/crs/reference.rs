//! The ways in which people and programs name a reference system.

use super::error::CrsError;
use crate::limits::MAX_CRS_TEXT_BYTES;

/// Keys of a PROJ string that describe a reference system and read no file.
const PROJ_KEYS: &[&str] = &[
    "proj",
    "type",
    "zone",
    "south",
    "datum",
    "ellps",
    "a",
    "b",
    "rf",
    "f",
    "es",
    "e",
    "R",
    "R_A",
    "lat_0",
    "lon_0",
    "lat_1",
    "lat_2",
    "lat_ts",
    "lonc",
    "alpha",
    "gamma",
    "k",
    "k_0",
    "x_0",
    "y_0",
    "units",
    "to_meter",
    "vunits",
    "vto_meter",
    "pm",
    "towgs84",
    "axis",
    "no_defs",
    "approx",
    "over",
    "wktext",
    "no_uoff",
    "no_off",
    "nadgrids",
    "h",
    "title",
];

/// Brings the text to a form PROJ understands and that can do nothing but describe.
///
/// Codes come back as `AUTHORITY:CODE`; WKT, PROJJSON and PROJ strings as they are.
pub(super) fn definition(text: &str) -> Result<String, CrsError> {
    let text = text.trim();
    if text.len() > MAX_CRS_TEXT_BYTES {
        return Err(unknown(text, format_args!("it is over {MAX_CRS_TEXT_BYTES} bytes long")));
    }
    if let Some(code) = code(text) {
        return Ok(code);
    }
    if text.starts_with('+') || text.starts_with("proj=") {
        return proj_string(text);
    }
    let is_wkt = text.ends_with([']', ')']) && text.contains(['[', '(']);
    if text.starts_with('{') || is_wkt && text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return if names_files(text) {
            Err(unknown(text, "its definition reads a file"))
        } else {
            Ok(text.to_owned())
        };
    }
    Err(unknown(text, "it is no code, URI, URN, WKT, PROJJSON or PROJ string"))
}

pub(super) fn unknown(text: &str, reason: impl ToString) -> CrsError {
    let text = text.chars().take(100).collect();
    CrsError::Unknown { text, reason: reason.to_string() }
}

/// Reads `EPSG:3148`, `[EPSG:3148]`, `http://www.opengis.net/def/crs/EPSG/0/3148`,
/// `urn:ogc:def:crs:EPSG::3148`, `CRS:84` and `+init=epsg:3148`.
fn code(text: &str) -> Option<String> {
    let text = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    let lower = text.to_ascii_lowercase();
    let uri = ["http://www.opengis.net/def/crs/", "https://www.opengis.net/def/crs/"]
        .iter()
        .find(|start| lower.starts_with(*start))
        .map(|start| (&text[start.len()..], '/'));
    let urn = ["urn:ogc:def:crs:", "urn:x-ogc:def:crs:"]
        .iter()
        .find(|start| lower.starts_with(*start))
        .map(|start| (&text[start.len()..], ':'));
    if let Some((rest, separator)) = uri.or(urn) {
        let parts: Vec<&str> = rest.split(separator).collect();
        let [authority, version, code] = parts[..] else { return None };
        return authority_code(authority, version, code);
    }
    let plain = lower.strip_prefix("+init=").map_or(text, |_| &text["+init=".len()..]);
    let (authority, code) = plain.split_once(':')?;
    if authority.eq_ignore_ascii_case("CRS") {
        return authority_code("OGC", "", &format!("CRS{code}"));
    }
    authority_code(authority, "", code)
}

fn authority_code(authority: &str, version: &str, code: &str) -> Option<String> {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    };
    if !is_word(authority) || !is_word(code) || !(version.is_empty() || is_word(version)) {
        return None;
    }
    let authority = authority.to_ascii_uppercase();
    // The authority of planets goes by the year of its report.
    let is_planets = authority == "IAU" && !matches!(version, "" | "0");
    let year = if is_planets { format!("_{version}") } else { String::new() };
    Some(format!("{authority}{year}:{}", code.to_ascii_uppercase()))
}

fn proj_string(text: &str) -> Result<String, CrsError> {
    for word in text.split_whitespace() {
        let word = word.trim_start_matches('+');
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        if !PROJ_KEYS.contains(&key) {
            return Err(unknown(text, format_args!("+{key} describes no reference system")));
        }
        if key == "nadgrids" && value != "@null" {
            return Err(unknown(text, "its definition reads a file"));
        }
    }
    let is_typed = text.split_whitespace().any(|word| word.ends_with("type=crs"));
    Ok(if is_typed { text.to_owned() } else { format!("{text} +type=crs") })
}

fn names_files(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let lower = lower.replace("nadgrids=@null", "");
    ["init=", "grids=", "proj4_grids", "parameterfile"].iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_of_writing_a_code_are_one() {
        for text in [
            "EPSG:3148",
            "epsg:3148",
            " EPSG:3148 ",
            "[EPSG:3148]",
            "http://www.opengis.net/def/crs/EPSG/0/3148",
            "https://www.opengis.net/def/crs/EPSG/9.8.15/3148",
            "[http://www.opengis.net/def/crs/EPSG/0/3148]",
            "urn:ogc:def:crs:EPSG::3148",
            "urn:ogc:def:crs:EPSG:9.8:3148",
            "urn:x-ogc:def:crs:EPSG::3148",
            "+init=epsg:3148",
        ] {
            assert_eq!(definition(text), Ok("EPSG:3148".to_owned()), "{text}");
        }
        for text in ["OGC:CRS84", "CRS:84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"] {
            assert_eq!(definition(text), Ok("OGC:CRS84".to_owned()), "{text}");
        }
        let moon = definition("http://www.opengis.net/def/crs/IAU/2015/30100");
        assert_eq!(moon, Ok("IAU_2015:30100".to_owned()));
    }

    #[test]
    fn definitions_that_read_files_or_do_more_than_describe_are_refused() {
        for text in [
            "+proj=utm +zone=48 +nadgrids=/etc/passwd",
            "+proj=pipeline +step +proj=utm +zone=48",
            "+init=/etc/passwd:1",
            "+proj=utm +zone=48 +geoidgrids=x.tif",
            r#"GEOGCS["a",DATUM["b",SPHEROID["c",1,1],EXTENSION["PROJ4_GRIDS","x"]]]"#,
            r#"BOUNDCRS[X,PARAMETERFILE["Latitude and longitude difference file","x"]]"#,
        ] {
            let refused = definition(text);
            assert!(matches!(refused, Err(CrsError::Unknown { .. })), "{text}: {refused:?}");
        }
        assert!(definition("+proj=merc +a=6378137 +b=6378137 +nadgrids=@null").is_ok());
    }

    #[test]
    fn names_numbers_and_endless_text_are_refused() {
        for text in ["", "WGS 84", "32648", "EPSG:", ":1", "EPSG:4326+3855", "EPSG:1 OR 1", "\0"] {
            assert!(definition(text).is_err(), "{text:?}");
        }
        assert!(definition(&format!("{{{}}}", " ".repeat(1 << 20))).is_err());
    }
}
