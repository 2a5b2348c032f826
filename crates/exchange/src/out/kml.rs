//! KML 2.3.

use std::fmt::Write as _;
use std::io::Write;

use geometry::RawGeometry;

use super::{PlainRow, RowWriter, WriteError, WriteOptions, xml};
use crate::layer::{Cell, Column, Layer};
use crate::plain::number;

struct Kml<'w> {
    out: Box<dyn Write + 'w>,
    columns: Vec<Column>,
    naming: Option<usize>,
    /// The column that rows are coloured by, and its values in the order of the styles.
    coloured: Option<(usize, Vec<String>)>,
    text: String,
}

/// OGC 12-007r2.
pub(crate) fn open<'w>(
    layer: &Layer,
    _: &WriteOptions,
    mut out: Box<dyn Write + 'w>,
) -> Result<Box<dyn RowWriter + 'w>, WriteError> {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <kml xmlns=\"http://www.opengis.net/kml/2.2\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n\
         <Document>\n",
    );
    xml::element(&mut text, "name", &layer.title);
    if let Some(attribution) = &layer.attribution {
        text.push_str("<atom:author><atom:name>");
        xml::push(&mut text, attribution);
        text.push_str("</atom:name></atom:author>\n");
    }
    xml::element(&mut text, "description", &layer.description);
    let mut coloured = None;
    if let Some(colours) = &layer.colours
        && let Some(place) = layer.columns.iter().position(|it| it.name == colours.column)
    {
        let all = colours.values.iter().map(|(_, colour)| colour).chain([&colours.other]);
        for (number, [red, green, blue]) in all.enumerate() {
            let _ = writeln!(
                text,
                "<Style id=\"s{number}\"><LineStyle><color>ff{blue:02x}{green:02x}{red:02x}</color>\
                 <width>2</width></LineStyle><PolyStyle><color>66{blue:02x}{green:02x}{red:02x}\
                 </color></PolyStyle></Style>"
            );
        }
        coloured = Some((place, colours.values.iter().map(|(value, _)| value.clone()).collect()));
    }
    out.write_all(text.as_bytes())?;
    let (columns, naming) = (layer.columns.clone(), layer.naming_place());
    Ok(Box::new(Kml { out, columns, naming, coloured, text: String::new() }))
}

impl RowWriter for Kml<'_> {
    fn row(&mut self, row: &PlainRow<'_>) -> Result<(), WriteError> {
        let text = &mut self.text;
        text.clear();
        text.push_str("<Placemark>\n");
        xml::element(text, "name", &row.name(self.naming));
        if let Some((place, values)) = &self.coloured {
            let value = row.values.get(*place).map(Cell::to_text).unwrap_or_default();
            let style = values.iter().position(|it| *it == value).unwrap_or(values.len());
            let _ = writeln!(text, "<styleUrl>#s{style}</styleUrl>");
        }
        text.push_str("<ExtendedData>\n");
        if !self.columns.iter().any(|column| column.name == "id") {
            // A column called "name" hides the placemark's own name from GDAL.
            text.push_str("<Data name=\"id\"><value>");
            xml::push(text, row.id);
            text.push_str("</value></Data>\n");
        }
        for (column, cell) in
            self.columns.iter().zip(row.values).filter(|(_, cell)| !cell.is_null())
        {
            let _ = write!(text, "<Data name=\"{}\">", xml::attribute(&column.name));
            if column.title != column.name {
                xml::element(text, "displayName", &column.title);
            }
            text.push_str("<value>");
            xml::push(text, &cell.to_text());
            text.push_str("</value></Data>\n");
        }
        text.push_str("</ExtendedData>\n");
        if let Some(shape) = &row.geometry {
            geometry(text, shape);
        }
        text.push_str("</Placemark>\n");
        Ok(self.out.write_all(text.as_bytes())?)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteError> {
        self.out.write_all(b"</Document>\n</kml>\n")?;
        self.out.flush()?;
        Ok(Vec::new())
    }
}

fn geometry(out: &mut String, shape: &RawGeometry) {
    match shape {
        RawGeometry::Point(at) => point(out, *at),
        RawGeometry::LineString(positions) => line(out, positions),
        RawGeometry::Polygon(rings) => polygon(out, rings),
        several => {
            out.push_str("<MultiGeometry>\n");
            match several {
                RawGeometry::MultiPoint(points) => points.iter().for_each(|at| point(out, *at)),
                RawGeometry::MultiLineString(lines) => lines.iter().for_each(|it| line(out, it)),
                RawGeometry::MultiPolygon(parts) => parts.iter().for_each(|it| polygon(out, it)),
                _ => {}
            }
            out.push_str("</MultiGeometry>\n");
        }
    }
}

fn coordinates(out: &mut String, positions: &[[f64; 2]]) {
    out.push_str("<coordinates>");
    for (place, [lon, lat]) in positions.iter().enumerate() {
        let space = if place > 0 { " " } else { "" };
        let _ = write!(out, "{space}{},{}", number(*lon), number(*lat));
    }
    out.push_str("</coordinates>");
}

fn point(out: &mut String, at: [f64; 2]) {
    out.push_str("<Point>");
    coordinates(out, &[at]);
    out.push_str("</Point>\n");
}

fn line(out: &mut String, positions: &[[f64; 2]]) {
    out.push_str("<LineString><tessellate>1</tessellate>");
    coordinates(out, positions);
    out.push_str("</LineString>\n");
}

fn polygon(out: &mut String, rings: &[Vec<[f64; 2]>]) {
    out.push_str("<Polygon>");
    for (place, ring) in rings.iter().enumerate() {
        let name = if place == 0 { "outerBoundaryIs" } else { "innerBoundaryIs" };
        let _ = write!(out, "<{name}><LinearRing>");
        coordinates(out, ring);
        let _ = write!(out, "</LinearRing></{name}>");
    }
    out.push_str("</Polygon>\n");
}
