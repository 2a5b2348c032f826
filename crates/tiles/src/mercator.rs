//! Web Mercator (EPSG:3857), with the whole world as a square of side 1.

use std::f64::consts::PI;
use std::sync::LazyLock;

/// The latitude at which the square of the world ends, in degrees: beyond it Web Mercator shows
/// nothing.
///
/// # Source
/// OGC 17-083r4, annex D.1, `WebMercatorQuad`: 20037508.3427892 m north of the equator.
pub const LATITUDE_MAX: f64 = 85.051_128_779_806_59;

/// Pieces of a degree of latitude between which the projection is interpolated.
const PIECES_A_DEGREE: f64 = 64.0;

/// Where the pieces begin: a whole piece south of the square.
const SOUTH: f64 = -85.125;

/// Starts of pieces, the end of the last included.
const COUNT: usize = (-SOUTH * 2.0 * PIECES_A_DEGREE) as usize + 1;

/// The projection and its slope at the start of each piece.
static PIECES: LazyLock<[[f64; 2]; COUNT]> = LazyLock::new(|| {
    let piece = |number: usize| {
        let lat = (SOUTH + number as f64 / PIECES_A_DEGREE).to_radians();
        let slope = -1.0 / (lat.cos() * 2.0 * PI) * (1.0_f64 / PIECES_A_DEGREE).to_radians();
        [0.5 - lat.sin().atanh() / (2.0 * PI), slope]
    };
    std::array::from_fn(piece)
});

/// A position on the square of the world: 0 to 1 eastwards, 0 to 1 southwards.
///
/// What lies beyond [`LATITUDE_MAX`] comes to the edge, so that nothing vanishes from a map.
///
/// # Accuracy
/// 10⁻¹³ of the square up to 60° of latitude, 4·10⁻¹² everywhere: a hundredth of a millimetre, and a
/// tenth. The same position always comes to the same place, whatever tile it is drawn in.
pub fn world(position: [f64; 2]) -> [f64; 2] {
    Projection::new().world(position)
}

/// The projection, with the piece at hand that was used last: positions of one area lie on few.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Projection {
    pieces: &'static [[f64; 2]; COUNT],
    /// Where the piece begins, counted in pieces; beyond all of them before the first is taken.
    start: f64,
    /// The coefficients of the cubic of the piece, from the constant on.
    cubic: [f64; 4],
}

impl Projection {
    pub(crate) fn new() -> Self {
        Self { pieces: &PIECES, start: f64::INFINITY, cubic: [0.0; 4] }
    }

    /// See [`world`].
    #[inline]
    pub(crate) fn world(&mut self, [lon, lat]: [f64; 2]) -> [f64; 2] {
        let along = (lat.clamp(-LATITUDE_MAX, LATITUDE_MAX) - SOUTH) * PIECES_A_DEGREE;
        let mut t = along - self.start;
        if !(0.0..1.0).contains(&t) {
            t = self.take(along);
        }
        let [y, d, b, c] = self.cubic;
        [(lon + 180.0) / 360.0, y + t * (d + t * (b + t * c))]
    }

    /// Takes the piece that holds a place, by Hermite's cubic; how far into it the place is.
    #[cold]
    fn take(&mut self, along: f64) -> f64 {
        let number = along as usize;
        let ([y0, d0], [y1, d1]) = (self.pieces[number], self.pieces[number + 1]);
        let rise = y1 - y0;
        self.cubic = [y0, d0, 3.0 * rise - 2.0 * d0 - d1, d0 + d1 - 2.0 * rise];
        self.start = number as f64;
        along - self.start
    }
}

/// The latitude in degrees at a place on the square, 0 at the north.
pub(crate) fn latitude(y: f64) -> f64 {
    (PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projection_is_that_of_the_standard() {
        for step in -8_505..=8_505 {
            let lat = f64::from(step) / 100.0 + 0.003;
            if lat.abs() > LATITUDE_MAX {
                continue;
            }
            let exact = 0.5 - lat.to_radians().sin().atanh() / (2.0 * PI);
            let found = world([0.0, lat])[1];
            let most = if lat.abs() < 60.0 { 1e-13 } else { 4e-12 };
            assert!((found - exact).abs() < most, "{lat}: {}", found - exact);
            assert!((latitude(found) - lat).abs() < 1e-7);
        }
        assert!(world([-180.0, LATITUDE_MAX])[1].abs() < 1e-12);
        assert!((world([180.0, -90.0])[1] - 1.0).abs() < 1e-12);
        assert_eq!(world([180.0, 0.0])[0], 1.0);
    }
}
