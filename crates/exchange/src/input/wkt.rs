//! Well-known text.

use geometry::RawGeometry;

/// Reads a geometry; none where it is empty. `SRID=4326;` before it is understood, other systems
/// are not; numbers beyond the second of a position are left out.
///
/// # Source
/// OGC 06-103r4, clause 7; EWKT of PostGIS.
pub(super) fn read(text: &str) -> Result<Option<RawGeometry>, String> {
    let mut rest = text.trim();
    if let Some((srid, behind)) = rest.split_once(';')
        && let Some(srid) = srid.strip_prefix("SRID=")
    {
        if srid != "4326" {
            return Err(format!("SRID {srid} is not longitude and latitude; give SRID 4326"));
        }
        rest = behind.trim_start();
    }
    let mut reader = Reader { text: rest, at: 0 };
    let kind = reader.word().to_ascii_uppercase();
    let mut next = reader.word().to_ascii_uppercase();
    if matches!(next.as_str(), "Z" | "M" | "ZM") {
        next = reader.word().to_ascii_uppercase();
    }
    let kind = kind.trim_end_matches("ZM").trim_end_matches(['Z', 'M']);
    if next == "EMPTY" {
        return reader.end().map(|()| None);
    }
    if !next.is_empty() {
        return Err(reader.told(&format!("\"{next}\" is not expected")));
    }
    let shape = match kind {
        "POINT" => RawGeometry::Point(reader.bracketed(Reader::position)?),
        "LINESTRING" => RawGeometry::LineString(reader.line()?),
        "POLYGON" => RawGeometry::Polygon(reader.lines()?),
        "MULTIPOINT" => RawGeometry::MultiPoint(reader.list(Reader::point)?),
        "MULTILINESTRING" => RawGeometry::MultiLineString(reader.lines()?),
        "MULTIPOLYGON" => RawGeometry::MultiPolygon(reader.list(Reader::lines)?),
        _ => {
            return Err(
                "it does not begin with POINT, POLYGON, MULTIPOLYGON or the like".to_owned()
            );
        }
    };
    reader.end().map(|()| Some(shape))
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn told(&self, what: &str) -> String {
        format!("{what} (character {})", self.text[..self.at].chars().count() + 1)
    }

    fn word(&mut self) -> &'t str {
        self.skip_blank();
        let rest = self.rest();
        let end = rest.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn takes(&mut self, character: char) -> bool {
        self.skip_blank();
        let takes = self.rest().starts_with(character);
        self.at += usize::from(takes);
        takes
    }

    fn expect(&mut self, character: char) -> Result<(), String> {
        if self.takes(character) {
            return Ok(());
        }
        Err(self.told(&format!("\"{character}\" is expected")))
    }

    fn end(&mut self) -> Result<(), String> {
        self.skip_blank();
        if self.rest().is_empty() { Ok(()) } else { Err(self.told("more text follows its end")) }
    }

    fn number(&mut self) -> Result<f64, String> {
        self.skip_blank();
        let rest = self.rest();
        let end = rest.find([' ', '\t', '\r', '\n', ',', '(', ')']).unwrap_or(rest.len());
        let number = rest[..end].parse().map_err(|_no| self.told("a number is expected"))?;
        self.at += end;
        Ok(number)
    }

    fn position(&mut self) -> Result<[f64; 2], String> {
        let position = [self.number()?, self.number()?];
        for _height_or_measure in 0..2 {
            self.skip_blank();
            if self.rest().starts_with([',', ')']) {
                break;
            }
            self.number()?;
        }
        Ok(position)
    }

    fn bracketed<T>(&mut self, read: impl Fn(&mut Self) -> Result<T, String>) -> Result<T, String> {
        self.expect('(')?;
        let read = read(self)?;
        self.expect(')').map(|()| read)
    }

    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        self.bracketed(|reader| {
            let mut all = vec![read(reader)?];
            while reader.takes(',') {
                all.push(read(reader)?);
            }
            Ok(all)
        })
    }

    /// A position of several, in brackets of its own or not.
    fn point(&mut self) -> Result<[f64; 2], String> {
        self.skip_blank();
        if self.rest().starts_with('(') {
            return self.bracketed(Self::position);
        }
        self.position()
    }

    fn line(&mut self) -> Result<Vec<[f64; 2]>, String> {
        self.list(Self::position)
    }

    fn lines(&mut self) -> Result<Vec<Vec<[f64; 2]>>, String> {
        self.list(Self::line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain::to_wkt;
    use proptest::prelude::*;

    #[test]
    fn every_kind_reads_back_as_it_is_written() {
        let ring = vec![[0.0, 0.0], [2.5, 0.0], [2.0, 1.5], [0.0, 0.0]];
        for shape in [
            RawGeometry::Point([103.5, -12.25]),
            RawGeometry::MultiPoint(vec![[1.0, 2.0], [3.0, 4.0]]),
            RawGeometry::LineString(ring.clone()),
            RawGeometry::MultiLineString(vec![ring.clone(), ring.clone()]),
            RawGeometry::Polygon(vec![ring.clone()]),
            RawGeometry::MultiPolygon(vec![vec![ring.clone(), ring.clone()], vec![ring]]),
        ] {
            assert_eq!(read(&to_wkt(&shape)), Ok(Some(shape)));
        }
    }

    #[test]
    fn heights_are_left_out_and_systems_named() {
        let point = Ok(Some(RawGeometry::Point([1.0, 2.0])));
        for text in
            ["POINT Z (1 2 3)", "pointz(1 2 3)", "SRID=4326;POINT(1 2)", " Point ZM(1 2 3 4) "]
        {
            assert_eq!(read(text), point, "{text}");
        }
        assert_eq!(read("MULTIPOINT(1 2, 3 4)").unwrap().unwrap().positions().count(), 2);
        assert_eq!(read("POLYGON EMPTY"), Ok(None));
        for text in
            ["POINT(1)", "POINT(1 2", "POINT(1 2) x", "SRID=32648;POINT(1 2)", "CIRCLE(1 2)"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(POINT|POLYGON|MULTIPOLYGON)?[Z(), 0-9.eé-]{0,40}") {
            let _ = read(&text);
        }
    }
}
