//! The member `crs` of older GeoJSON: accepted only where it says what RFC 7946 says anyway.

use serde_json::Value;

/// What a `crs` member says the coordinates are in, unless it is WGS 84 longitude and latitude.
///
/// Anything else is refused: coordinates read in another system than they were written in would
/// move land by up to hundreds of kilometres. That includes `null`, which in the specification of
/// 2008 says that the system is unknown.
///
/// # Source
/// RFC 7946 §4; The GeoJSON Format Specification (2008) §3.
pub(crate) fn other_than_wgs84(text: &str) -> Option<String> {
    let declared = serde_json::from_str::<Value>(text).unwrap_or_default();
    if declared.is_null() {
        return Some("an unknown system".to_owned());
    }
    match declared.pointer("/properties/name").and_then(Value::as_str) {
        Some(name) if names_wgs84(name) => None,
        Some(name) => Some(format!("{:?}", name.chars().take(80).collect::<String>())),
        None => Some("a system that is not named".to_owned()),
    }
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
            assert_eq!(other_than_wgs84(&named(name)), None, "{name}");
        }
    }

    #[test]
    fn any_other_system_is_told() {
        for name in ["EPSG:32648", "urn:ogc:def:crs:EPSG::3857", "urn:ogc:def:crs:OGC::CRS27", ""] {
            assert_eq!(other_than_wgs84(&named(name)), Some(format!("{name:?}")));
        }
        for text in ["null", "5", "{", r#"{"type":"link","properties":{"href":"x"}}"#] {
            assert!(other_than_wgs84(text).is_some_and(|told| told.contains("system")), "{text}");
        }
    }
}
