//! Reading a feature that has nothing wrong with it, straight into its final form.

use std::borrow::Cow;
use std::fmt;

use geometry::RawGeometry;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The members of a Feature, pieces of its text.
#[derive(Deserialize)]
pub(super) struct Members<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) geometry: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) properties: Properties,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) crs: Option<&'a RawValue>,
}

/// Tells a member that is `null` from one that is missing.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Properties of which no name stands twice; `null` is none.
#[derive(Default)]
pub(super) struct Properties(pub(super) Map<String, Value>);

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PropertiesVisitor)
    }
}

struct PropertiesVisitor;

impl<'de> Visitor<'de> for PropertiesVisitor {
    type Value = Properties;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Properties, E> {
        Ok(Properties::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Properties, A::Error> {
        let mut map = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if map.insert(name, value).is_some() {
                return Err(A::Error::custom("a property stands twice"));
            }
        }
        Ok(Properties(map))
    }
}

/// Reads a geometry object of a supported kind.
pub(super) fn geometry(text: &str) -> Result<RawGeometry, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let geometry = deserializer.deserialize_map(GeometryVisitor)?;
    deserializer.end()?;
    Ok(geometry)
}

struct GeometryVisitor;

#[derive(Deserialize)]
enum Kind {
    Point,
    MultiPoint,
    LineString,
    MultiLineString,
    Polygon,
    MultiPolygon,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Field {
    Type,
    Coordinates,
    Crs,
    #[serde(other)]
    Other,
}

impl<'de> Visitor<'de> for GeometryVisitor {
    type Value = RawGeometry;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a geometry object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<RawGeometry, A::Error> {
        let mut kind = None;
        let mut early: Option<&RawValue> = None;
        let mut geometry = None;
        while let Some(field) = access.next_key::<Field>()? {
            match field {
                Field::Type if kind.is_some() => return Err(A::Error::duplicate_field("type")),
                Field::Type => kind = Some(access.next_value::<Kind>()?),
                Field::Coordinates if geometry.is_some() || early.is_some() => {
                    return Err(A::Error::duplicate_field("coordinates"));
                }
                Field::Coordinates => match &kind {
                    None => early = Some(access.next_value()?),
                    Some(kind) => geometry = Some(coordinates(kind, &mut access)?),
                },
                Field::Crs => return Err(A::Error::custom("a geometry has no crs")),
                Field::Other => drop(access.next_value::<IgnoredAny>()?),
            }
        }
        match (geometry, early, kind) {
            (Some(geometry), ..) => Ok(geometry),
            (None, Some(text), Some(kind)) => {
                let mut pair = Once(Some(text.get()));
                coordinates(&kind, &mut pair).map_err(A::Error::custom)
            }
            _ => Err(A::Error::missing_field("coordinates")),
        }
    }
}

fn coordinates<'de, A: MapAccess<'de>>(
    kind: &Kind,
    access: &mut A,
) -> Result<RawGeometry, A::Error> {
    Ok(match kind {
        Kind::Point => RawGeometry::Point(access.next_value::<Position>()?.0),
        Kind::MultiPoint => RawGeometry::MultiPoint(access.next_value::<Line>()?.0),
        Kind::LineString => RawGeometry::LineString(access.next_value::<Line>()?.0),
        Kind::MultiLineString => RawGeometry::MultiLineString(lines(access.next_value()?)),
        Kind::Polygon => RawGeometry::Polygon(lines(access.next_value()?)),
        Kind::MultiPolygon => {
            let parts = access.next_value::<Vec<Vec<Line>>>()?;
            RawGeometry::MultiPolygon(parts.into_iter().map(lines).collect())
        }
    })
}

fn lines(lines: Vec<Line>) -> Vec<Vec<[f64; 2]>> {
    lines.into_iter().map(|line| line.0).collect()
}

/// Coordinates that were met before the kind was known, offered as the only value of a map.
struct Once<'a>(Option<&'a str>);

impl<'de> MapAccess<'de> for Once<'de> {
    type Error = serde_json::Error;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(
        &mut self,
        _seed: K,
    ) -> Result<Option<K::Value>, Self::Error> {
        Ok(None)
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Self::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(self.0.take().unwrap_or("null"));
        seed.deserialize(&mut deserializer)
    }
}

/// Longitude and latitude; further numbers are dropped.
struct Position([f64; 2]);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(PositionVisitor).map(Self)
    }
}

struct PositionVisitor;

impl<'de> Visitor<'de> for PositionVisitor {
    type Value = [f64; 2];

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a position: longitude and latitude")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<[f64; 2], A::Error> {
        let (Some(lon), Some(lat)) = (access.next_element()?, access.next_element()?) else {
            return Err(A::Error::custom("a position needs two numbers"));
        };
        while access.next_element::<Option<f64>>()?.is_some() {}
        Ok([lon, lat])
    }
}

/// Positions one after the other.
struct Line(Vec<[f64; 2]>);

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(LineVisitor).map(Self)
    }
}

struct LineVisitor;

impl<'de> Visitor<'de> for LineVisitor {
    type Value = Vec<[f64; 2]>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of positions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Vec<[f64; 2]>, A::Error> {
        let mut positions = Vec::new();
        while let Some(position) = access.next_element::<Position>()? {
            positions.push(position.0);
        }
        positions.shrink_to_fit();
        Ok(positions)
    }
}
