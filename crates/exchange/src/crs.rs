//! The member `crs` of older GeoJSON: accepted only where it says what RFC 7946 says anyway.

use serde_json::Value;

/// Accepts a `crs` member that names WGS 84 longitude and latitude.
///
/// # Errors
/// Why it cannot be accepted and what to do, in plain words: coordinates read in another system
/// than they were written in would move land by up to hundreds of kilometres.
///
/// # Source
/// RFC 7946 §4; The GeoJSON Format Specification (2008) §3.
pub(crate) fn check(text: &str) -> Result<(), String> {
    let unreadable = || {
        "the member \"crs\" cannot be read; transform the coordinates to WGS 84 longitude and \
         latitude and leave \"crs\" out"
            .to_owned()
    };
    let value: Value = serde_json::from_str(text).map_err(|_unexplained| unreadable())?;
    if value.is_null() {
        return Err(
            "\"crs\": null says that the coordinate system is unknown; if coordinates are \
                    WGS 84 longitude and latitude, leave \"crs\" out"
                .to_owned(),
        );
    }
    let name = value.pointer("/properties/name").and_then(Value::as_str).ok_or_else(unreadable)?;
    if names_wgs84(name) {
        return Ok(());
    }
    let shown: String = name.chars().take(80).collect();
    Err(format!(
        "coordinates are declared to be in {shown:?}; transform them to WGS 84 longitude and \
         latitude (OGC:CRS84) and leave \"crs\" out"
    ))
}

/// Whether a name means CRS84, in the spellings that programs write.
///
/// EPSG:4326 is among them: the specification of 2008 keeps longitude first whatever the system.
fn names_wgs84(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    let (authority, code) = if let Some(urn) = name.strip_prefix("urn:ogc:def:crs:") {
        let mut parts = urn.split(':');
        (parts.next(), parts.next_back())
    } else if let Some((_, path)) = name.split_once("://www.opengis.net/def/crs/") {
        let mut parts = path.split('/');
        (parts.next(), parts.next_back())
    } else {
        let mut parts = name.split(':');
        (parts.next(), parts.next_back())
    };
    matches!((authority, code), (Some("ogc"), Some("crs84")) | (Some("epsg"), Some("4326")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> String {
        format!(r#"{{"type":"name","properties":{{"name":"{name}"}}}}"#)
    }

    #[test]
    fn the_names_of_wgs_84_are_accepted() {
        for name in [
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "urn:ogc:def:crs:OGC::CRS84",
            "urn:ogc:def:crs:EPSG::4326",
            "urn:ogc:def:crs:EPSG:6.9:4326",
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            "EPSG:4326",
            "OGC:CRS84",
        ] {
            assert_eq!(check(&named(name)), Ok(()), "{name}");
        }
    }

    #[test]
    fn any_other_system_is_refused() {
        for name in ["EPSG:32648", "urn:ogc:def:crs:EPSG::3857", "urn:ogc:def:crs:OGC::CRS27", ""] {
            let reason = check(&named(name)).unwrap_err();
            assert!(reason.contains("leave \"crs\" out"), "{reason}");
        }
        for text in ["null", "5", "{", r#"{"type":"link","properties":{"href":"x"}}"#] {
            assert!(check(text).unwrap_err().contains("crs"), "{text}");
        }
    }
}
