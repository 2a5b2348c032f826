//! `GeoJSON` in its three framings.

use std::fmt::Write as _;
use std::io::Write;

use serde_json::Value;

use super::{PlainRow, RowWriter, WriteError, WriteOptions};
use crate::layer::Layer;
use crate::plain;

struct GeoJson<'w> {
    out: Box<dyn Write + 'w>,
    names: Vec<String>,
    line: String,
    framing: Framing,
    first: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Framing {
    Collection,
    Sequence,
    Lines,
}

/// RFC 7946, section 3.3; what describes the layer stands before the features.
pub(crate) fn collection<'w>(
    layer: &Layer,
    _: &WriteOptions,
    out: Box<dyn Write + 'w>,
) -> Result<Box<dyn RowWriter + 'w>, WriteError> {
    let mut head = r#"{"type":"FeatureCollection""#.to_owned();
    let members: [(&str, Value); 6] = [
        ("name", layer.name.clone().into()),
        ("title", layer.title.clone().into()),
        ("description", layer.description.clone().into()),
        ("attribution", layer.attribution.clone().into()),
        ("licence", layer.licence.clone().into()),
        ("revision", layer.revision.into()),
    ];
    for (name, value) in members {
        if !value.is_null() && value != "" {
            let _ = write!(head, ",{}:{value}", Value::from(name));
        }
    }
    head.push_str(r#","features":["#);
    open(layer, out, Framing::Collection, &head)
}

/// RFC 8142.
pub(crate) fn sequence<'w>(
    layer: &Layer,
    _: &WriteOptions,
    out: Box<dyn Write + 'w>,
) -> Result<Box<dyn RowWriter + 'w>, WriteError> {
    open(layer, out, Framing::Sequence, "")
}

/// One feature on each line.
pub(crate) fn lines<'w>(
    layer: &Layer,
    _: &WriteOptions,
    out: Box<dyn Write + 'w>,
) -> Result<Box<dyn RowWriter + 'w>, WriteError> {
    open(layer, out, Framing::Lines, "")
}

fn open<'w>(
    layer: &Layer,
    mut out: Box<dyn Write + 'w>,
    framing: Framing,
    head: &str,
) -> Result<Box<dyn RowWriter + 'w>, WriteError> {
    out.write_all(head.as_bytes())?;
    let names = layer.columns.iter().map(|it| Value::from(it.name.as_str()).to_string()).collect();
    Ok(Box::new(GeoJson { out, names, line: String::new(), framing, first: true }))
}

impl RowWriter for GeoJson<'_> {
    fn row(&mut self, row: &PlainRow<'_>) -> Result<(), WriteError> {
        let line = &mut self.line;
        line.clear();
        line.push_str(match self.framing {
            Framing::Collection if self.first => "\n",
            Framing::Collection => ",\n",
            Framing::Sequence => "\u{1e}",
            Framing::Lines => "",
        });
        self.first = false;
        line.push_str(r#"{"type":"Feature","id":"#);
        line.push_str(&Value::from(row.id).to_string());
        line.push_str(r#","geometry":"#);
        match &row.geometry {
            Some(shape) => plain::write_json(line, shape),
            None => line.push_str("null"),
        }
        line.push_str(r#","properties":{"#);
        let mut member = |place: usize, name: &str, value: &Value| {
            let comma = if place > 0 { "," } else { "" };
            let _ = write!(line, "{comma}{name}:{value}");
        };
        match row.document {
            Some(document) => {
                for (place, (name, value)) in document.iter().enumerate() {
                    member(place, &Value::from(name.as_str()).to_string(), value);
                }
            }
            None => {
                for (place, (name, cell)) in self.names.iter().zip(row.values).enumerate() {
                    member(place, name, &cell.to_json());
                }
            }
        }
        line.push_str("}}");
        if self.framing != Framing::Collection {
            line.push('\n');
        }
        Ok(self.out.write_all(line.as_bytes())?)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteError> {
        if self.framing == Framing::Collection {
            self.out.write_all(b"\n]}\n")?;
        }
        self.out.flush()?;
        Ok(Vec::new())
    }
}
