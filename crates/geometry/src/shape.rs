//! Geometry as it was drawn: positions on the Earth, in any kind of geometry.

use std::ops::Range;

use crate::bbox::{self, Bbox, PlainBox};
use crate::defect::{Defect, Rule};
use crate::limits;
use crate::lon_lat;
use crate::polygon::{edge_meets_box, plain_box_of};
use crate::predicate::{self, Position, Side};
use crate::raw::RawGeometry;
use crate::validity;

/// Marks a line start that also starts a part.
const NEW_PART: u32 = 1 << 31;

/// The kind of a [`Shape`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeKind {
    /// Several positions.
    MultiPoint,
    /// A line.
    LineString,
    /// Several lines.
    MultiLineString,
    /// The rings of one area.
    Polygon,
    /// The rings of several areas.
    MultiPolygon,
}

impl ShapeKind {
    /// The name GeoJSON gives this kind, for example `MultiLineString`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MultiPoint => "MultiPoint",
            Self::LineString => "LineString",
            Self::MultiLineString => "MultiLineString",
            Self::Polygon => "Polygon",
            Self::MultiPolygon => "MultiPolygon",
        }
    }

    /// Whether the inside of its rings belongs to it.
    pub const fn is_area(self) -> bool {
        matches!(self, Self::Polygon | Self::MultiPolygon)
    }
}

/// Points, lines or areas as they were drawn.
///
/// What is promised is less than of a [`HazardPolygon`](crate::HazardPolygon): every position is on
/// the Earth, every line has two and every ring four positions and is closed, and the whole is
/// within [`limits`](crate::limits). Rings may cross themselves and each other; nothing is measured
/// or cut by them.
///
/// # Coordinates
/// CRS84: degrees on WGS 84, longitude first. Edges are straight in longitude and latitude and go
/// the way that does not cross the antimeridian, as RFC 7946 (section 3.1.9) asks for.
///
/// # Shape
/// Positions are kept in the order and the kind of geometry they were sent in; −0 is 0, and what is
/// beyond the edge of the world by rounding ([`limits::EDGE_DEG`](crate::limits::EDGE_DEG)) is on it.
///
/// # Examples
/// ```
/// use geometry::{Bbox, RawGeometry, Shape};
///
/// let road = Shape::new(RawGeometry::LineString(vec![[103.0, 13.0], [103.2, 13.2]])).unwrap();
/// let beside = Bbox::new(103.0, 13.1, 103.05, 13.2).unwrap();
/// assert!(road.bbox().intersects(&beside) && !road.intersects_bbox(&beside));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    kind: ShapeKind,
    positions: Box<[Position]>,
    /// Where each line or ring but the first starts, marked with [`NEW_PART`] if it starts a part.
    breaks: Box<[u32]>,
    bbox: Bbox,
}

impl Shape {
    /// Checks the positions of a geometry, and that its lines and rings are some.
    ///
    /// # Errors
    /// All defects, up to [`MAX_DEFECTS`](limits::MAX_DEFECTS): [`Rule::NotFinite`],
    /// [`Rule::OutOfRange`], [`Rule::Unclosed`], [`Rule::TooFewPoints`], [`Rule::Empty`],
    /// [`Rule::TooManyVertices`], [`Rule::TooManyParts`]; [`Rule::UnsupportedKind`] for a point,
    /// which is kept as a [`LonLat`](crate::LonLat).
    pub fn new(raw: RawGeometry) -> Result<Self, Vec<Defect>> {
        let (kind, mut parts) = match raw {
            RawGeometry::Point(_) => {
                let fault = "One position is a point and not a shape";
                return Err(vec![Defect::new(Rule::UnsupportedKind, fault)]);
            }
            RawGeometry::MultiPoint(positions) => (ShapeKind::MultiPoint, vec![vec![positions]]),
            RawGeometry::LineString(line) => (ShapeKind::LineString, vec![vec![line]]),
            RawGeometry::MultiLineString(lines) => {
                let parts = lines.into_iter().map(|line| vec![line]).collect();
                (ShapeKind::MultiLineString, parts)
            }
            RawGeometry::Polygon(rings) => (ShapeKind::Polygon, vec![rings]),
            RawGeometry::MultiPolygon(parts) => (ShapeKind::MultiPolygon, parts),
        };
        for position in parts.iter_mut().flatten().flatten() {
            *position = lon_lat::on_the_world(*position);
        }
        let defects = check(kind, &parts);
        if !defects.is_empty() {
            return Err(defects);
        }
        let count = parts.iter().flatten().map(Vec::len).sum();
        let mut builder = ShapeBuilder::with_capacity(kind, count);
        for part in parts {
            for (number, line) in part.into_iter().enumerate() {
                builder.line(number == 0, line.into_iter().map(lon_lat::normalised));
            }
        }
        Ok(builder.finish())
    }

    /// Its kind.
    pub const fn kind(&self) -> ShapeKind {
        self.kind
    }

    /// The number of positions, closing positions included.
    pub fn vertex_count(&self) -> usize {
        self.positions.len()
    }

    /// The parts: each area with its rings, each line by itself, all positions of a `MultiPoint` as
    /// one.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = impl Iterator<Item = &[[f64; 2]]>> {
        let starts: Vec<usize> =
            (0..=self.breaks.len()).filter(|line| self.is_part(*line)).collect();
        (0..starts.len()).map(move |part| {
            let end = starts.get(part + 1).copied().unwrap_or(self.breaks.len() + 1);
            (starts[part]..end).map(|line| &self.positions[self.range(line)])
        })
    }

    /// The smallest box around the shape; it crosses the antimeridian when that makes it narrower
    /// (RFC 7946, section 5.2).
    pub const fn bbox(&self) -> Bbox {
        self.bbox
    }

    /// Tells whether the box and the shape have a position in common, if only on an edge.
    ///
    /// # Accuracy
    /// Exact for the coordinates as they are. A position at 180° is also at −180°.
    pub fn intersects_bbox(&self, bbox: &Bbox) -> bool {
        self.bbox.intersects(bbox) && bbox.pieces().any(|piece| self.meets(piece))
    }

    fn meets(&self, piece: PlainBox) -> bool {
        let within = |p: &Position| {
            piece[0] <= p[0] && p[0] <= piece[2] && piece[1] <= p[1] && p[1] <= piece[3]
        };
        if self.kind == ShapeKind::MultiPoint {
            return self.positions.iter().any(within);
        }
        let edges =
            (0..=self.breaks.len()).flat_map(|line| self.positions[self.range(line)].windows(2));
        let mut edges = edges.filter(|edge| edge.len() == 2);
        edges.any(|edge| edge_meets_box(edge[0], edge[1], piece))
            || (self.kind.is_area()
                && self.parts().any(|rings| is_inside([piece[0], piece[1]], rings)))
    }

    /// What is wrong with the areas by the rules that boundaries of hazards are held to, but for
    /// their size; none for lines and points.
    pub fn area_defect(&self) -> Option<Defect> {
        if !self.kind.is_area() {
            return None;
        }
        let defects = validity::check_topology(&self.nested()).err()?;
        // An edge along a parallel around the globe closes a polar area on a plane map.
        defects.into_iter().find(|defect| defect.rule != Rule::EdgeTooLong)
    }

    /// Checks the shape again, as if it had just been sent.
    ///
    /// # Errors
    /// The defects, as from [`Self::new`].
    pub fn recheck(&self) -> Result<(), Vec<Defect>> {
        let defects = check(self.kind, &self.nested());
        if defects.is_empty() { Ok(()) } else { Err(defects) }
    }

    fn nested(&self) -> Vec<Vec<Vec<Position>>> {
        self.parts().map(|lines| lines.map(<[Position]>::to_vec).collect()).collect()
    }

    fn is_part(&self, line: usize) -> bool {
        line == 0 || self.breaks[line - 1] & NEW_PART != 0
    }

    fn range(&self, line: usize) -> Range<usize> {
        let offset = |start: &u32| (start & !NEW_PART) as usize;
        let start = if line == 0 { 0 } else { offset(&self.breaks[line - 1]) };
        start..self.breaks.get(line).map_or(self.positions.len(), offset)
    }

    fn measured(&self) -> Bbox {
        let [west, south, east, north] = plain_box_of(&self.positions);
        if east - west <= 180.0 {
            return Bbox { west, south, east, north };
        }
        let spans: Vec<(f64, f64)> = if self.kind == ShapeKind::MultiPoint {
            self.positions.iter().map(|[lon, _]| (*lon, *lon)).collect()
        } else {
            let boxes =
                (0..=self.breaks.len()).map(|line| plain_box_of(&self.positions[self.range(line)]));
            boxes.map(|[west, _, east, _]| (west, east)).collect()
        };
        let (west, east) = bbox::smallest_span(&spans);
        Bbox { west, south, east, north }
    }
}

/// Puts checked positions together, line by line.
#[derive(Debug)]
pub(crate) struct ShapeBuilder {
    kind: ShapeKind,
    positions: Vec<Position>,
    breaks: Vec<u32>,
}

impl ShapeBuilder {
    pub(crate) fn with_capacity(kind: ShapeKind, positions: usize) -> Self {
        Self { kind, positions: Vec::with_capacity(positions), breaks: Vec::new() }
    }

    /// The number of positions so far.
    pub(crate) fn vertex_count(&self) -> usize {
        self.positions.len()
    }

    /// Adds a line or ring, and tells whether it starts a part.
    pub(crate) fn line(&mut self, is_part: bool, positions: impl Iterator<Item = Position>) {
        if !self.positions.is_empty() {
            let mark = if is_part { NEW_PART } else { 0 };
            self.breaks.push(self.positions.len() as u32 | mark);
        }
        self.positions.extend(positions);
    }

    /// Adds a position to the line begun last.
    pub(crate) fn more(&mut self, position: Position) {
        self.positions.push(position);
    }

    pub(crate) fn finish(self) -> Shape {
        let mut shape = Shape {
            kind: self.kind,
            positions: self.positions.into_boxed_slice(),
            breaks: self.breaks.into_boxed_slice(),
            bbox: Bbox { west: 0.0, south: 0.0, east: 0.0, north: 0.0 },
        };
        shape.bbox = shape.measured();
        shape
    }
}

/// Tells whether a position is inside an area, which is between its rings, or on one of them.
fn is_inside<'a>(at: Position, rings: impl Iterator<Item = &'a [Position]>) -> bool {
    let mut inside = false;
    for ring in rings {
        match predicate::side_of_ring(at, ring) {
            Side::Boundary => return true,
            Side::Inside => inside = !inside,
            Side::Outside => {}
        }
    }
    inside
}

/// The fewest positions of a line or ring of this kind.
pub(crate) const fn least_positions(kind: ShapeKind) -> usize {
    match kind {
        ShapeKind::MultiPoint => 1,
        ShapeKind::LineString | ShapeKind::MultiLineString => 2,
        ShapeKind::Polygon | ShapeKind::MultiPolygon => 4,
    }
}

fn check(kind: ShapeKind, parts: &[Vec<Vec<Position>>]) -> Vec<Defect> {
    let lines = || parts.iter().flatten();
    let too_many = |rule, what: &str, count: usize, limit: usize| {
        let fault = format_args!("The geometry has {count} {what}, more than {limit}");
        (count > limit).then(|| vec![Defect::new(rule, fault)])
    };
    let positions = lines().map(Vec::len).sum();
    let refused = too_many(Rule::TooManyParts, "parts", parts.len(), limits::MAX_PARTS)
        .or_else(|| too_many(Rule::TooManyParts, "lines", lines().count(), limits::MAX_RINGS))
        .or_else(|| too_many(Rule::TooManyVertices, "positions", positions, limits::MAX_VERTICES));
    if let Some(defects) = refused {
        return defects;
    }
    if parts.is_empty() || parts.iter().any(Vec::is_empty) || positions == 0 {
        return vec![Defect::new(Rule::Empty, "The geometry or one of its parts has no positions")];
    }
    let mut defects = Vec::new();
    for (part, lines) in parts.iter().enumerate() {
        for (number, line) in lines.iter().enumerate() {
            defects.extend(line_defects(kind, line).map(|defect| defect.in_ring(part, number)));
            if defects.len() >= limits::MAX_DEFECTS {
                defects.truncate(limits::MAX_DEFECTS);
                return defects;
            }
        }
    }
    defects
}

fn line_defects(kind: ShapeKind, line: &[Position]) -> impl Iterator<Item = Defect> {
    let least = least_positions(kind);
    let word = if kind.is_area() { "ring" } else { "line" };
    let few = (line.len() < least).then(|| {
        let reason = format!("A {word} has {} positions and needs {least}. Add them.", line.len());
        Defect { reason, ..Defect::new(Rule::TooFewPoints, "") }
    });
    let open = kind.is_area() && line.len() >= least && line.first() != line.last();
    let open = open.then(|| {
        let defect = Defect::new(Rule::Unclosed, "A ring does not end where it begins");
        defect.at_vertex(line.len() - 1)
    });
    let off = line.iter().enumerate().filter_map(|(vertex, position)| {
        let (rule, fault) = lon_lat::fault_of(*position)?;
        Some(Defect::new(rule, fault).at_vertex(vertex).at(*position))
    });
    few.into_iter().chain(open).chain(off.take(limits::MAX_DEFECTS))
}
