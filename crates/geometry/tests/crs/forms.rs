//! The ways to name a reference system, and the order of its axes.

use geometry::crs::{AxisOrder, Crs, CrsError};

use super::{assert_near, at, crs, to_crs84};

const ESRI_PRJ: &str = r#"PROJCS["Pulkovo_1942_GK_Zone_7",GEOGCS["GCS_Pulkovo_1942",
    DATUM["D_Pulkovo_1942",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],
    UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],
    PARAMETER["False_Easting",7500000.0],PARAMETER["False_Northing",0.0],
    PARAMETER["Central_Meridian",39.0],PARAMETER["Scale_Factor",1.0],
    PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;

const WKT2: &str = r#"PROJCRS["Gauss-Krueger 7",BASEGEOGCRS["Pulkovo 1942",DATUM["Pulkovo 1942",
    ELLIPSOID["Krassowsky 1940",6378245,298.3]]],CONVERSION["zone 7",METHOD["Transverse Mercator"],
    PARAMETER["Latitude of natural origin",0],PARAMETER["Longitude of natural origin",39],
    PARAMETER["Scale factor at natural origin",1],PARAMETER["False easting",7500000],
    PARAMETER["False northing",0]],CS[Cartesian,2],AXIS["northing (X)",north],
    AXIS["easting (Y)",east],LENGTHUNIT["metre",1]]"#;

const PROJJSON: &str = r#"{"type":"ProjectedCRS","name":"zone 48","base_crs":{"name":"Indian 1960",
    "datum":{"type":"GeodeticReferenceFrame","name":"Indian 1960","ellipsoid":{"name":"Everest",
    "semi_major_axis":6377276.345,"inverse_flattening":300.8017}},"coordinate_system":
    {"subtype":"ellipsoidal","axis":[{"name":"Latitude","abbreviation":"Lat","direction":"north",
    "unit":"degree"},{"name":"Longitude","abbreviation":"Lon","direction":"east",
    "unit":"degree"}]}},"conversion":{"name":"UTM zone 48N","method":{"name":"Transverse Mercator"},
    "parameters":[{"name":"Latitude of natural origin","value":0,"unit":"degree"},
    {"name":"Longitude of natural origin","value":105,"unit":"degree"},
    {"name":"Scale factor at natural origin","value":0.9996,"unit":"unity"},
    {"name":"False easting","value":500000,"unit":"metre"},
    {"name":"False northing","value":0,"unit":"metre"}]},"coordinate_system":
    {"subtype":"Cartesian","axis":[{"name":"Easting","abbreviation":"E","direction":"east",
    "unit":"metre"},{"name":"Northing","abbreviation":"N","direction":"north","unit":"metre"}]}}"#;

#[test]
fn descriptions_lead_to_the_same_place_as_the_code() {
    let donetsk = to_crs84("EPSG:28407", 7_350_867.41, 5_320_464.62).unwrap();
    for description in [ESRI_PRJ, WKT2] {
        // The pin of the datum is found by the datum's name.
        assert_near(to_crs84(description, 7_350_867.41, 5_320_464.62).unwrap(), donetsk, 1e-6);
    }
    let battambang = to_crs84("EPSG:3148", 305_274.0, 1_448_566.0).unwrap();
    assert_near(to_crs84(PROJJSON, 305_274.0, 1_448_566.0).unwrap(), battambang, 1e-6);
    let stated = "+proj=utm +zone=48 +a=6377276.345 +rf=300.8017 +towgs84=198,881,317";
    assert_near(to_crs84(stated, 305_274.0, 1_448_566.0).unwrap(), battambang, 1e-6);
}

#[test]
fn every_register_of_the_database_is_understood() {
    assert_eq!(crs("ESRI:54009").name(), "World_Mollweide");
    assert_eq!(crs("IGNF:LAMB93").code().unwrap().authority, "IGNF");
    let crs84 = crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84");
    assert_eq!(crs84, crs("OGC:CRS84"));
    assert_eq!(crs84.code().unwrap().uri(), "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
    // Of a compound system the horizontal part is taken: British National Grid with heights.
    assert_eq!(crs("EPSG:7405").name(), "OSGB36 / British National Grid");
}

#[test]
fn the_authority_puts_its_axes_in_its_own_order() {
    use AxisOrder::{Authority, EastingFirst};
    for (code, position, is_northing_first) in [
        ("OGC:CRS84", at(103.2, 13.1), false),
        ("EPSG:4326", at(103.2, 13.1), true),
        ("EPSG:3857", at(103.2, 13.1), false),
        ("EPSG:32648", at(103.2, 13.1), false),
        ("EPSG:3148", at(103.2, 13.1), false),
        ("EPSG:4284", at(37.0, 48.0), true),
        ("EPSG:28407", at(37.0, 48.0), true),
        ("EPSG:5564", at(33.0, 48.0), true),
        ("EPSG:9377", at(-74.0, 4.5), true),
        ("EPSG:3116", at(-74.0, 4.5), true),
        ("EPSG:3908", at(17.8, 43.9), true),
        ("EPSG:31276", at(17.8, 43.9), true),
    ] {
        let crs = crs(code);
        assert_eq!(crs.is_northing_first(), is_northing_first, "{code}");
        let [x, y] = crs.from_crs84(position, EastingFirst).unwrap();
        let authority = crs.from_crs84(position, Authority).unwrap();
        assert_eq!(authority, if is_northing_first { [y, x] } else { [x, y] }, "{code}");
        assert_near(crs.to_crs84(authority, Authority).unwrap(), position, 1e-5);
        let first = &crs.axes()[0].direction;
        assert_eq!(first, if is_northing_first { "north" } else { "east" }, "{code}");
    }
    let [easting, northing] = crs("EPSG:28407").from_crs84(at(37.0, 48.0), EastingFirst).unwrap();
    assert!((7.3e6..7.4e6).contains(&easting) && (5.3e6..5.4e6).contains(&northing));
}

#[test]
fn a_reference_system_tells_what_it_is() {
    let crs = crs("urn:ogc:def:crs:EPSG::3148");
    assert_eq!(crs.to_string(), "EPSG:3148 (Indian 1960 / UTM zone 48N)");
    assert_eq!(crs.code().unwrap().uri(), "http://www.opengis.net/def/crs/EPSG/0/3148");
    assert_eq!((crs.datum(), crs.is_geographic()), ("Indian 1960", false));
    let area = crs.area_of_use().unwrap();
    assert!(area.name.starts_with("Cambodia; Vietnam"), "{}", area.name);
    assert_eq!((area.bbox.west, area.bbox.east), (102.14, 108.0));
    assert!(crs.is_used_at(at(103.2, 13.1)) && !crs.is_used_at(at(109.0, 13.1)));
    let units: Vec<_> = crs.axes().iter().map(|axis| axis.unit.as_str()).collect();
    assert_eq!(units, ["metre", "metre"]);
}

#[test]
fn what_is_no_reference_system_of_places_is_refused() {
    for text in ["EPSG:999999", "EPSG:0", "EPSG:7030", "EPSG:1542", "WGS 84", "GEOGCS[", "{}"] {
        let refused = Crs::parse(text);
        assert!(matches!(refused, Err(CrsError::Unknown { .. })), "{text}: {refused:?}");
    }
    // Geocentric coordinates, heights, the Moon.
    for text in ["EPSG:4978", "EPSG:5773", "IAU_2015:30100"] {
        let refused = Crs::parse(text);
        assert!(matches!(refused, Err(CrsError::Unsupported { .. })), "{text}: {refused:?}");
    }
}
