//! The hazardous areas of a group on the ground.

use super::course::Course;
use super::ground::Position;
use super::outline::{Band, Outline, Piece, Rings, rings_area_m2};
use super::placement::{Group, Setting, reach_m};
use super::random::Random;

/// One hazardous area of a group.
#[derive(Debug)]
pub(super) struct Member {
    setting: Setting,
    group_area_m2: f64,
    outline: Outline,
    /// The last station of the first part and the first of the second, if it has two parts.
    gap: Option<(usize, usize)>,
}

/// Land given by a piece of a hazardous area.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    piece: Piece,
    /// How far beyond the hazardous area it reaches.
    reach_m: f64,
}

impl Cut {
    /// All of a hazardous area and nothing else.
    pub(super) const WHOLE: Self = Self { piece: Piece::Whole, reach_m: 0.0 };
}

impl Member {
    /// Cuts the outline of a group into its members.
    pub(super) fn all(group: &Group, outline: Outline, random: &mut Random) -> Vec<Self> {
        let (setting, group_area_m2) = (group.setting(), group.area_m2);
        let member = |outline| Self { setting, group_area_m2, outline, gap: None };
        match outline {
            Outline::Band(band) if group.members > 1 => {
                let parts = parts(&band, usize::from(group.members), group.overlapping, random);
                parts.into_iter().map(|part| member(Outline::Band(part))).collect()
            }
            whole => vec![member(whole)],
        }
    }

    /// Opens a gap in some areas that are released whole or not at all, so that they have two
    /// parts.
    pub(super) fn open_gap(&mut self, course: Course, random: &mut Random) {
        let Outline::Band(band) = &self.outline else { return };
        if course.stages().len() < 2
            && (course.stages().is_empty() || course.is_complete())
            && band.len() >= 10
            && band.is_smooth()
            && random.chance(0.03)
        {
            let middle = band.len() / 2;
            self.gap = Some((middle - 1, middle));
        }
    }

    /// The land each stage of the course releases.
    pub(super) fn cuts(&self, course: Course, random: &mut Random) -> Vec<Cut> {
        let stages = course.stages();
        if stages.len() == 1 && course.is_complete() {
            let reach_m = self.chance_reach_m(random);
            return vec![Cut { piece: Piece::Whole, reach_m }];
        }
        let shares: Vec<f64> = stages.iter().map(|(_, share)| *share).collect();
        let pieces = self.outline.split(&shares, random);
        // A narrow area may have fewer pieces than stages: its last land is then released twice.
        let last = pieces.last().copied().unwrap_or(Piece::Whole);
        (0..stages.len())
            .map(|stage| {
                let piece = pieces.get(stage).copied().unwrap_or(last);
                if stage > 0 && random.chance(0.1) {
                    return Cut { piece: self.outline.widened(piece), reach_m: 0.0 };
                }
                let at_the_edge = match piece {
                    Piece::Whole | Piece::Along(..) => true,
                    Piece::Ring { outer, .. } => outer >= 1.0,
                    Piece::Lower | Piece::Upper => false,
                };
                let reach_m = if at_the_edge { self.chance_reach_m(random) } else { 0.0 };
                Cut { piece, reach_m }
            })
            .collect()
    }

    fn chance_reach_m(&self, random: &mut Random) -> f64 {
        if random.chance(0.05) { reach_m(self.group_area_m2) } else { 0.0 }
    }

    /// The area of a cut in m², to about 0.1 %.
    pub(super) fn area_m2(&self, cut: Cut) -> f64 {
        self.parts(cut).iter().map(rings_area_m2).sum()
    }

    /// A position inside the hazardous area.
    pub(super) fn inside(&self) -> Position {
        self.setting.position(self.outline.inside())
    }

    /// Writes a cut as a GeoJSON Polygon or `MultiPolygon`.
    pub(super) fn write(&self, cut: Cut, out: &mut String) {
        let parts = self.parts(cut);
        let several = parts.len() > 1;
        out.push_str(if several {
            r#"{"type":"MultiPolygon","coordinates":["#
        } else {
            r#"{"type":"Polygon","coordinates":"#
        });
        for (nth, rings) in parts.iter().enumerate() {
            out.push_str(if nth > 0 { ",[" } else { "[" });
            for (nth, ring) in rings.iter().enumerate() {
                out.push_str(if nth > 0 { ",[" } else { "[" });
                for local in ring.iter().chain(ring.first()) {
                    write_position(self.setting.position(*local), out);
                    out.push(',');
                }
                out.pop();
                out.push(']');
            }
            out.push(']');
        }
        out.push_str(if several { "]}" } else { "}" });
    }

    fn parts(&self, cut: Cut) -> Vec<Rings> {
        match (self.gap, &self.outline) {
            (Some((end, start)), Outline::Band(band)) => {
                let parts = [Piece::Along(0, end), Piece::Along(start, band.len() - 1)];
                parts.map(|piece| self.outline.piece(piece, cut.reach_m)).into()
            }
            _ => vec![self.outline.piece(cut.piece, cut.reach_m)],
        }
    }
}

/// Neighbours along a band, which share a border or overlap by some stations.
fn parts(band: &Band, members: usize, overlapping: bool, random: &mut Random) -> Vec<Band> {
    let last = band.len() - 1;
    let border = |nth: usize| nth * last / members;
    (0..members)
        .map(|nth| {
            let (from, to) = (border(nth), border(nth + 1));
            if overlapping && nth > 0 {
                band.part(from - 1, to).surveyed_again(random)
            } else {
                band.part(from, to)
            }
        })
        .collect()
}

/// Writes a GeoJSON position.
pub(super) fn write_position(position: Position, out: &mut String) {
    out.push('[');
    write_degrees(position[0], out);
    out.push(',');
    write_degrees(position[1], out);
    out.push(']');
}

/// Writes degrees to seven decimals (1 cm), without trailing zeros.
fn write_degrees(degrees: f64, out: &mut String) {
    const DECIMALS: usize = 7;
    let mut rest = (degrees.abs() * 1e7 + 0.5) as u64;
    if degrees < 0.0 && rest > 0 {
        out.push('-');
    }
    // Three digits, the point, the decimals.
    let mut text = [b'0'; 4 + DECIMALS];
    text[3] = b'.';
    for digit in text[4..].iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let mut start = 3;
    while start > 0 && (rest > 0 || start == 3) {
        start -= 1;
        text[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let end = text.iter().rposition(|&digit| digit != b'0').map_or(3, |last| last + 1);
    let end = if end == 4 { 3 } else { end.max(3) };
    out.extend(std::str::from_utf8(&text[start..end]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_written_to_seven_decimals_without_trailing_zeros() {
        let written = |degrees| {
            let mut text = String::new();
            write_degrees(degrees, &mut text);
            text
        };
        assert_eq!(written(104.123_456_78), "104.1234568");
        assert_eq!(written(12.5), "12.5");
        assert_eq!(written(-0.000_000_1), "-0.0000001");
        assert_eq!(written(0.0), "0");
        assert_eq!(written(30.0), "30");
    }
}
