use geo::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon,
    Point, Polygon,
};

use crate::Literal;
use crate::parser::{Parsed, Parser};

impl Parser {
    /// A geometry or box whose tag is the next word; `None`, and nothing read, for another word.
    pub(crate) fn spatial_literal(&mut self, word: &str) -> Parsed<Option<Literal>> {
        if word == "bbox" {
            self.advance();
            return self.bbox().map(Some);
        }
        if !is_geometry_tag(word) {
            return Ok(None);
        }
        self.geometry(word, true).map(|geometry| Some(Literal::Geometry(geometry)))
    }

    fn bbox(&mut self) -> Parsed<Literal> {
        let numbers = self.in_brackets(Self::coordinate)?;
        box_of(&numbers).map(Literal::Box).map_err(|reason| self.error(reason))
    }

    fn geometry(&mut self, word: &str, collections: bool) -> Parsed<Geometry<f64>> {
        self.advance();
        self.take_word("z");
        Ok(match word {
            "point" => Geometry::Point(self.point()?),
            "linestring" => Geometry::LineString(self.line()?),
            "polygon" => Geometry::Polygon(self.polygon()?),
            "multipoint" => Geometry::MultiPoint(MultiPoint::new(self.in_brackets(Self::member)?)),
            "multilinestring" => {
                Geometry::MultiLineString(MultiLineString::new(self.in_brackets(Self::line)?))
            }
            "multipolygon" => {
                Geometry::MultiPolygon(MultiPolygon::new(self.in_brackets(Self::polygon)?))
            }
            _ if collections => Geometry::GeometryCollection(GeometryCollection::new_from(
                self.in_brackets(Self::tagged)?,
            )),
            _ => return Err(self.error("a collection inside a collection is not CQL2")),
        })
    }

    fn tagged(&mut self) -> Parsed<Geometry<f64>> {
        let word = match self.peek() {
            crate::lexer::Token::Name(name) => name.to_ascii_lowercase(),
            _ => String::new(),
        };
        if !is_geometry_tag(&word) {
            return Err(self.error("a geometry is expected, such as POINT(105 12)"));
        }
        self.geometry(&word, false)
    }

    fn in_brackets<T>(&mut self, one: fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.expect("(")?;
        let mut found = vec![one(self)?];
        while self.take(",") {
            found.push(one(self)?);
        }
        self.expect(")")?;
        Ok(found)
    }

    fn position(&mut self) -> Parsed<Coord<f64>> {
        let spent = self.budget.vertex();
        self.spend(spent)?;
        let (x, y) = (self.coordinate()?, self.coordinate()?);
        if !matches!(self.peek(), crate::lexer::Token::Symbol("," | ")")) {
            self.coordinate()?;
        }
        Ok(Coord { x, y })
    }

    fn point(&mut self) -> Parsed<Point<f64>> {
        self.expect("(")?;
        let position = self.position()?;
        self.expect(")")?;
        Ok(Point(position))
    }

    /// A point of a MULTIPOINT: in brackets, or without as older WKT has it.
    fn member(&mut self) -> Parsed<Point<f64>> {
        if *self.peek() == crate::lexer::Token::Symbol("(") {
            self.point()
        } else {
            self.position().map(Point)
        }
    }

    fn line(&mut self) -> Parsed<LineString<f64>> {
        let positions = self.in_brackets(Self::position)?;
        checked_line(positions).map_err(|reason| self.error(reason))
    }

    fn ring(&mut self) -> Parsed<LineString<f64>> {
        let positions = self.in_brackets(Self::position)?;
        checked_ring(positions).map_err(|reason| self.error(reason))
    }

    fn polygon(&mut self) -> Parsed<Polygon<f64>> {
        let mut rings = self.in_brackets(Self::ring)?;
        let exterior = rings.remove(0);
        Ok(Polygon::new(exterior, rings))
    }
}

fn is_geometry_tag(word: &str) -> bool {
    const TAGS: &[&str] = &[
        "point",
        "linestring",
        "polygon",
        "multipoint",
        "multilinestring",
        "multipolygon",
        "geometrycollection",
    ];
    TAGS.contains(&word)
}

/// West, south, east and north of 4 numbers, or of 6 with heights.
pub(crate) fn box_of(numbers: &[f64]) -> Result<[f64; 4], String> {
    let found = match numbers {
        [west, south, east, north] | [west, south, _, east, north, _] => {
            [*west, *south, *east, *north]
        }
        _ => return Err(format!("a box has 4 or 6 numbers, not {}", numbers.len())),
    };
    if found[1] > found[3] {
        return Err("the south of the box lies north of its north".to_owned());
    }
    Ok(found)
}

pub(crate) fn checked_line(positions: Vec<Coord<f64>>) -> Result<LineString<f64>, String> {
    if positions.len() < 2 {
        return Err("a line has at least 2 positions".to_owned());
    }
    Ok(LineString::new(positions))
}

pub(crate) fn checked_ring(positions: Vec<Coord<f64>>) -> Result<LineString<f64>, String> {
    if positions.len() < 4 || positions.first() != positions.last() {
        return Err("a ring has at least 4 positions, the last the same as the first".to_owned());
    }
    Ok(LineString::new(positions))
}
