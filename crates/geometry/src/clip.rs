//! Cutting a shape down to a box.

use crate::exact::rounded_share;
use crate::grid::{GridBox, GridPoint};
use crate::grid_shape::{GridShape, GridShapeBuilder};
use crate::overlay::union_all;

impl GridShape {
    /// Cuts the shape down to what lies in a box.
    ///
    /// Where an edge leaves the box it is cut at the nearest grid point, whatever direction it runs
    /// in, so that neighbours sharing the edge still share what is left of it. Inside the box no
    /// edge moves by more than a grid unit. A shape wholly inside comes back as it is.
    ///
    /// # Shape
    /// Valid and canonical, as of [`crate::union_all`].
    ///
    /// # Source
    /// Sutherland & Hodgman (1974), "Reentrant polygon clipping", Communications of the ACM 17; the
    /// edges it leaves on the box's sides are then dissolved.
    #[must_use]
    pub fn clipped_to(&self, window: &GridBox) -> Self {
        let Some(bounds) = self.bbox() else { return Self::default() };
        if window.contains_box(&bounds) {
            return self.clone();
        }
        let mut cut = Cut::new(*window);
        if window.intersects(&bounds) {
            for ring in self.rings() {
                let Some(&last) = ring.last() else { continue };
                let mut chain = Shortened::new(window, last);
                let mut from = chain.side_of(last);
                for &p in ring {
                    let to = chain.side_of(p);
                    chain.extend(p, from & to);
                    from = to;
                }
                cut.add(chain.points);
            }
        }
        cut.finish()
    }
}

/// A shape prepared for being cut down to many boxes, each in time that grows with the logarithm of
/// the shape's size and with the size of the answer.
///
/// # Examples
/// ```
/// use geometry::{GridBox, GridPoint, GridShape, RegionClipper};
///
/// let corner = GridPoint::new;
/// let region = GridShape::from_polygons([[[corner(0, 0), corner(90, 0), corner(0, 90)]]])?;
/// let clipper = RegionClipper::new(&region);
/// let window = GridBox::new(corner(10, 10), corner(20, 20));
/// assert_eq!(clipper.clipped_to(&window).area().doubled(), 200);
/// # Ok::<(), geometry::OffGrid>(())
/// ```
#[derive(Clone, Debug)]
pub struct RegionClipper {
    rings: Vec<RingTree>,
}

/// A ring with the boxes of its edges, of runs of edges, of runs of runs and so on.
#[derive(Clone, Debug)]
struct RingTree {
    /// The first point is repeated at the end.
    points: Box<[GridPoint]>,
    /// Level 0 has the boxes of runs of [`RUN`] edges, the next those of [`RUN`] such boxes …
    levels: Vec<Box<[GridBox]>>,
}

/// Edges, or boxes, that share a box one level up.
const RUN: usize = 8;

impl RegionClipper {
    /// Prepares a shape; it costs about as much as going over its vertices twice.
    pub fn new(shape: &GridShape) -> Self {
        Self { rings: shape.rings().map(RingTree::new).collect() }
    }

    /// Gives the smallest box around the shape; `None` if it is empty.
    pub fn bbox(&self) -> Option<GridBox> {
        self.rings.iter().filter_map(RingTree::bbox).reduce(|a, b| a.union(&b))
    }

    /// Cuts the shape down to what lies in a box, as [`GridShape::clipped_to`] does.
    ///
    /// # Shape
    /// Valid and canonical, also if all of the shape lies in the box.
    pub fn clipped_to(&self, window: &GridBox) -> GridShape {
        let mut cut = Cut::new(*window);
        for ring in &self.rings {
            if ring.bbox().is_some_and(|bounds| bounds.intersects(window)) {
                let mut chain = Shortened::new(window, ring.points[0]);
                ring.shorten(ring.levels.len() - 1, 0, &mut chain);
                cut.add(chain.points);
            }
        }
        cut.finish()
    }
}

impl RingTree {
    fn new(ring: &[GridPoint]) -> Self {
        let points: Box<[GridPoint]> = ring.iter().chain(ring.first()).copied().collect();
        let edges = 0..points.len().saturating_sub(1);
        let run_box = |start: usize| {
            GridBox::around(points[start..points.len().min(start + RUN + 1)].iter().copied())
        };
        let mut levels: Vec<Box<[GridBox]>> =
            vec![edges.step_by(RUN).filter_map(run_box).collect()];
        while let Some(last) = levels.last().filter(|l| l.len() > 1) {
            let join = |run: &[GridBox]| run.iter().copied().reduce(|a, b| a.union(&b));
            let above = last.chunks(RUN).filter_map(join).collect();
            levels.push(above);
        }
        Self { points, levels }
    }

    fn bbox(&self) -> Option<GridBox> {
        self.levels.last()?.first().copied()
    }

    /// Extends a chain by the edges under box `i` of a level.
    fn shorten(&self, level: usize, i: usize, chain: &mut Shortened<'_>) {
        let span = RUN.pow(level as u32 + 1);
        let end = self.points.len().min((i + 1) * span + 1) - 1;
        let side = chain.side_of_box(&self.levels[level][i]);
        if side != 0 {
            chain.extend(self.points[end], side);
        } else if level > 0 {
            let below = self.levels[level - 1].len();
            for child in i * RUN..below.min((i + 1) * RUN) {
                self.shorten(level - 1, child, chain);
            }
        } else {
            for edge in self.points[i * RUN..=end].windows(2) {
                chain.extend(edge[1], chain.side_of(edge[0]) & chain.side_of(edge[1]));
            }
        }
    }
}

/// A ring as it is walked, with whatever runs outside the box, all on one side of it, replaced by a
/// straight line: that turns round the points of the box just as often.
struct Shortened<'a> {
    window: &'a GridBox,
    points: Vec<GridPoint>,
    end: GridPoint,
    /// The sides of the box beyond which lies all that was walked since the last of `points`.
    side: u8,
}

impl<'a> Shortened<'a> {
    fn new(window: &'a GridBox, start: GridPoint) -> Self {
        Self { window, points: vec![start], end: start, side: u8::MAX }
    }

    /// Walks on to a point; `side` has a bit for each side of the box beyond which all of the way
    /// lies.
    fn extend(&mut self, to: GridPoint, side: u8) {
        if self.side & side == 0 {
            if self.points.last() != Some(&self.end) {
                self.points.push(self.end);
            }
            self.side = side;
        } else {
            self.side &= side;
        }
        self.end = to;
    }

    fn side_of(&self, p: GridPoint) -> u8 {
        self.side_of_box(&GridBox { min: p, max: p })
    }

    fn side_of_box(&self, b: &GridBox) -> u8 {
        let GridBox { min, max } = self.window;
        u8::from(b.max.x < min.x)
            | u8::from(b.min.x > max.x) << 1
            | u8::from(b.max.y < min.y) << 2
            | u8::from(b.min.y > max.y) << 3
    }
}

/// Rings cut to a box.
struct Cut {
    window: GridBox,
    builder: GridShapeBuilder,
}

impl Cut {
    fn new(window: GridBox) -> Self {
        Self { window, builder: GridShapeBuilder::default() }
    }

    /// Cuts a ring and adds what is left of it.
    fn add(&mut self, ring: Vec<GridPoint>) {
        let GridBox { min, max } = self.window;
        let at_x = |x: i64| {
            move |a: GridPoint, b: GridPoint| {
                let (num, den) = ((x - a.x).abs(), (b.x - a.x).abs());
                GridPoint::new(x, a.y + rounded_share(b.y - a.y, num.into(), den.into()))
            }
        };
        let at_y = |y: i64| {
            move |a: GridPoint, b: GridPoint| {
                let (num, den) = ((y - a.y).abs(), (b.y - a.y).abs());
                GridPoint::new(a.x + rounded_share(b.x - a.x, num.into(), den.into()), y)
            }
        };
        let ring = cut_side(&ring, |p| p.x >= min.x, at_x(min.x));
        let ring = cut_side(&ring, |p| p.x <= max.x, at_x(max.x));
        let ring = cut_side(&ring, |p| p.y >= min.y, at_y(min.y));
        let ring = cut_side(&ring, |p| p.y <= max.y, at_y(max.y));
        self.builder.points.extend(self.without_detours(ring));
        self.builder.end_ring();
        self.builder.end_polygon();
    }

    /// Leaves out the points at which a ring runs on, or back, along a side of the box.
    fn without_detours(&self, mut ring: Vec<GridPoint>) -> Vec<GridPoint> {
        let GridBox { min, max } = self.window;
        let on_one_side = |ps: [GridPoint; 3]| {
            [min.x, max.x].iter().any(|&x| ps.iter().all(|p| p.x == x))
                || [min.y, max.y].iter().any(|&y| ps.iter().all(|p| p.y == y))
        };
        let mut unchanged = 0;
        while unchanged < 2 && ring.len() > 2 {
            let before = ring.len();
            // The seam lies elsewhere on each round, for nothing is left out at the seam.
            ring.rotate_left(before / 2);
            let mut kept: Vec<GridPoint> = Vec::with_capacity(before);
            for (i, &p) in ring.iter().enumerate() {
                kept.push(p);
                let next = ring[(i + 1) % before];
                while let [.., a, b] = kept[..] {
                    if b != next && a != b && !on_one_side([a, b, next]) {
                        break;
                    }
                    kept.pop();
                }
            }
            ring = kept;
            unchanged = if ring.len() == before { unchanged + 1 } else { 0 };
        }
        ring
    }

    fn finish(self) -> GridShape {
        union_all(&[self.builder.build()])
    }
}

/// Cuts a ring by one side of a box.
fn cut_side(
    ring: &[GridPoint],
    inside: impl Fn(GridPoint) -> bool,
    at: impl Fn(GridPoint, GridPoint) -> GridPoint,
) -> Vec<GridPoint> {
    let Some(&(mut from)) = ring.last() else { return Vec::new() };
    let mut kept = Vec::with_capacity(ring.len() + 4);
    for &to in ring {
        if inside(from) != inside(to) {
            kept.push(at(from, to));
        }
        if inside(to) {
            kept.push(to);
        }
        from = to;
    }
    kept
}

#[cfg(test)]
mod tests;
