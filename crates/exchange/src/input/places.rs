//! The columns of a table that tell where a row is.

use geometry::RawGeometry;
use serde_json::Value;

use super::{Draft, Shape, wkt};

/// Names of columns with well-known text.
pub(super) const TEXT: &[&str] =
    &["geometry", "geom", "wkt", "wkt_geom", "the_geom", "geometry_wkt"];
const LON: &[&str] = &["lon", "longitude", "lng", "long"];
const LAT: &[&str] = &["lat", "latitude"];
const ID: &[&str] = &["id"];

/// Where the columns of a table are that are not properties.
#[derive(Default)]
pub(super) struct Places {
    names: Vec<String>,
    id: Option<usize>,
    text: Option<usize>,
    lon_lat: Option<[usize; 2]>,
}

impl Places {
    /// Finds them by the names of the columns, whatever their case.
    pub(super) fn of(names: Vec<String>) -> Self {
        let find = |known: &[&str]| {
            names.iter().position(|name| known.contains(&name.trim().to_lowercase().as_str()))
        };
        let text = find(TEXT);
        let lon_lat = find(LON).zip(find(LAT)).map(<[usize; 2]>::from);
        let lon_lat = lon_lat.filter(|_| text.is_none());
        Self { id: find(ID), text, lon_lat, names }
    }

    /// A row as a feature; cells beyond the named columns are left out, and so are empty ones.
    pub(super) fn draft(&self, cells: impl IntoIterator<Item = Value>) -> Draft {
        let mut draft = Draft::default();
        let (mut text, mut at) = (Value::Null, [Value::Null, Value::Null]);
        for ((place, name), value) in self.names.iter().enumerate().zip(cells) {
            let axis = self.lon_lat.and_then(|both| both.iter().position(|it| *it == place));
            if self.id == Some(place) {
                draft.id = told(&value);
            } else if self.text == Some(place) {
                text = value;
            } else if let Some(axis) = axis {
                at[axis] = value;
            } else if !name.trim().is_empty() && !value.is_null() {
                draft.properties.insert(name.trim().to_owned(), value);
            }
        }
        draft.shape = match text {
            Value::Null => of_position(&at),
            Value::String(text) => match wkt::read(&text) {
                Ok(shape) => shape.map_or(Shape::None, Shape::Read),
                Err(reason) => Shape::unreadable(text, reason),
            },
            other => Shape::unreadable(other.to_string(), "it is no well-known text"),
        };
        draft
    }
}

fn told(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn of_position([lon, lat]: &[Value; 2]) -> Shape {
    let number = |value: &Value| match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse::<f64>().ok(),
        _ => None,
    };
    match (number(lon), number(lat)) {
        _ if lon.is_null() && lat.is_null() => Shape::None,
        (Some(lon), Some(lat)) => Shape::Read(RawGeometry::Point([lon, lat])),
        _ => {
            let text =
                format!("{} {}", told(lon).unwrap_or_default(), told(lat).unwrap_or_default());
            let reason = "longitude and latitude are two numbers in degrees, with a full stop";
            Shape::unreadable(text, reason)
        }
    }
}
