//! The generated files: one a programme and collection.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::Outcome;

/// Collections in the order in which their records may refer to each other.
pub const COLLECTIONS: &[&str] = &["regions", "hazardous-areas", "activities", "land-releases"];

/// The little-endian mark, and the flag that says a reference system follows.
const EWKB_SRID: u32 = 0x2000_0000;
const SRID: u32 = 4326;

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// One file of records.
#[derive(Debug)]
pub struct RecordFile {
    pub programme: String,
    pub collection: &'static str,
    pub path: PathBuf,
    features: usize,
}

/// All files of one run.
#[derive(Debug)]
pub struct Records {
    files: Vec<RecordFile>,
}

impl Records {
    /// Finds `PROGRAMME/COLLECTION.geojson…` below a folder.
    pub fn find(folder: &Path) -> Outcome<Self> {
        let mut files = Vec::new();
        let mut programmes: Vec<PathBuf> =
            fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Outcome<_>>()?;
        programmes.sort();
        for folder in programmes.iter().filter(|path| path.is_dir()) {
            let programme = name(folder);
            for collection in COLLECTIONS {
                for entry in fs::read_dir(folder)? {
                    let path = entry?.path();
                    if name(&path).split('.').next() == Some(collection) {
                        let mut features = 0;
                        each_feature(&path, &mut |_| {
                            features += 1;
                            Ok(())
                        })?;
                        let programme = programme.clone();
                        files.push(RecordFile { programme, collection, path, features });
                    }
                }
            }
        }
        if files.is_empty() {
            return Err(format!("no records below {}", folder.display()).into());
        }
        Ok(Self { files })
    }

    /// Only the regions and hazardous areas of one programme; the other files are deleted.
    pub fn only_areas_of(mut self, programme: &str) -> Outcome<Self> {
        let is_kept = |file: &mut RecordFile| {
            file.programme == programme && COLLECTIONS[..2].contains(&file.collection)
        };
        for file in self.files.extract_if(.., |file| !is_kept(file)) {
            fs::remove_file(file.path)?;
        }
        Ok(self)
    }

    pub fn files(&self) -> &[RecordFile] {
        &self.files
    }

    pub fn of_collection(&self, collection: &str) -> impl Iterator<Item = &RecordFile> {
        self.files.iter().filter(move |file| file.collection == collection)
    }

    pub fn programmes(&self) -> Vec<String> {
        let mut programmes: Vec<_> = self.files.iter().map(|file| file.programme.clone()).collect();
        programmes.dedup();
        programmes
    }

    pub fn features(&self) -> usize {
        self.files.iter().map(|file| file.features).sum()
    }
}

impl fmt::Display for Records {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for collection in COLLECTIONS {
            let count: usize = self.of_collection(collection).map(|file| file.features).sum();
            write!(formatter, "{between}{count} {collection}")?;
            between = ", ";
        }
        write!(formatter, " in {}", self.programmes().join(" and "))
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// One feature as written, taken at its word.
#[derive(Debug)]
pub struct Feature {
    pub geometry: Option<Shape>,
    properties: Map<String, Value>,
}

impl Feature {
    /// All properties.
    pub fn properties(&self) -> &Map<String, Value> {
        &self.properties
    }

    /// A property that is a text.
    pub fn text(&self, property: &str) -> Option<&str> {
        self.properties.get(property)?.as_str()
    }

    /// The texts of a property that is a list of them; none when it is not there.
    pub fn texts(&self, property: &str) -> Vec<&str> {
        let list = self.properties.get(property).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

/// The polygons of a feature: parts, rings, positions.
#[derive(Debug)]
pub struct Shape(Vec<Vec<Vec<[f64; 2]>>>);

impl Shape {
    /// Parts, rings, positions.
    pub fn parts(&self) -> &[Vec<Vec<[f64; 2]>>] {
        &self.0
    }

    /// Writes the shape as PostGIS takes it in text: a hexadecimal EWKB of a polygon or several.
    pub fn to_ewkb_hex(&self) -> Option<String> {
        let mut bytes = Vec::new();
        if let [part] = &self.0[..] {
            polygon(&mut bytes, part, true)?;
        } else {
            head(&mut bytes, 6, true);
            bytes.extend(u32::try_from(self.0.len()).ok()?.to_le_bytes());
            for part in &self.0 {
                polygon(&mut bytes, part, false)?;
            }
        }
        let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        Some(digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect())
    }
}

fn head(bytes: &mut Vec<u8>, kind: u32, with_system: bool) {
    bytes.push(1);
    let flag = if with_system { EWKB_SRID } else { 0 };
    bytes.extend((kind | flag).to_le_bytes());
    if with_system {
        bytes.extend(SRID.to_le_bytes());
    }
}

fn polygon(bytes: &mut Vec<u8>, rings: &[Vec<[f64; 2]>], with_system: bool) -> Option<()> {
    head(bytes, 3, with_system);
    bytes.extend(u32::try_from(rings.len()).ok()?.to_le_bytes());
    for ring in rings {
        bytes.extend(u32::try_from(ring.len()).ok()?.to_le_bytes());
        for number in ring.iter().flatten() {
            bytes.extend(number.to_le_bytes());
        }
    }
    Some(())
}

/// Reads a collection or newline-delimited features; what is no polygon has no shape.
pub fn read_features(path: &Path) -> Outcome<Vec<Feature>> {
    let mut features = Vec::new();
    each_feature(path, &mut |feature| {
        features.push(feature);
        Ok(())
    })?;
    Ok(features)
}

/// As [`read_features`], one after the other.
pub fn each_feature(path: &Path, visit: &mut dyn FnMut(Feature) -> Outcome<()>) -> Outcome<()> {
    let text = fs::read_to_string(path)?;
    let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    for value in values {
        match value?.take_object()? {
            mut collection if collection.contains_key("features") => {
                let Some(Value::Array(members)) = collection.remove("features") else {
                    return Err("\"features\" is no array".into());
                };
                for member in members {
                    visit(feature(member.take_object()?)?)?;
                }
            }
            single => visit(feature(single)?)?,
        }
    }
    Ok(())
}

fn feature(mut members: Map<String, Value>) -> Outcome<Feature> {
    let properties = members.remove("properties").unwrap_or_default().take_object()?;
    let geometry = match members.remove("geometry") {
        Some(Value::Object(mut geometry)) => {
            let coordinates = geometry.remove("coordinates").unwrap_or_default();
            match geometry.get("type").and_then(Value::as_str) {
                Some("Polygon") => Some(Shape(vec![serde_json::from_value(coordinates)?])),
                Some("MultiPolygon") => Some(Shape(serde_json::from_value(coordinates)?)),
                _ => None,
            }
        }
        _ => None,
    };
    Ok(Feature { geometry, properties })
}

/// Takes the object out of a value.
trait TakeObject {
    fn take_object(self) -> Outcome<Map<String, Value>>;
}

impl TakeObject for Value {
    fn take_object(self) -> Outcome<Map<String, Value>> {
        match self {
            Value::Object(members) => Ok(members),
            _ => Err("an object was expected".into()),
        }
    }
}
