//! The patterns of the style, drawn here: a map of hazards asks no third party for anything.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Map, Value, json};

/// Pixels along a side of a pattern, which repeats without a seam.
const SIDE: u32 = 16;

/// How a pattern is filled: whether a place in it is drawn.
type Mark = fn(u32, u32) -> bool;

/// A pattern: its name, its colour, and its marks.
struct Pattern {
    name: &'static str,
    colour: [u8; 3],
    marks: Mark,
}

/// Every pattern. They differ in their marks, not in their colours alone.
///
/// # Source
/// Colours that people with any colour vision tell apart: Okabe & Ito, "Color Universal Design"
/// (2008).
const PATTERNS: &[Pattern] = &[
    Pattern { name: "suspected", colour: [230, 159, 0], marks: |x, y| (x + y) % 8 < 2 },
    Pattern {
        name: "confirmed",
        colour: [213, 94, 0],
        marks: |x, y| (x + y) % 8 < 2 || (x + SIDE - y) % 8 < 2,
    },
    Pattern { name: "cancelled", colour: [86, 180, 233], marks: |x, y| x % 8 < 2 && y % 8 < 2 },
    Pattern { name: "reduced", colour: [0, 114, 178], marks: |_, y| y % 8 < 2 },
    Pattern { name: "cleared", colour: [0, 158, 115], marks: |x, _| x % 8 < 2 },
];

/// The colour of a pattern as a style writes it.
pub fn colour(name: &str) -> String {
    let pattern = PATTERNS.iter().find(|pattern| pattern.name == name);
    let [red, green, blue] = pattern.map_or([0, 0, 0], |pattern| pattern.colour);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Where each pattern stands in the image, for displays with so many pixels to a point.
///
/// # Source
/// `MapLibre` Style Specification, "Sprite".
pub fn index(ratio: u32) -> Value {
    let side = SIDE * ratio;
    let place = |(number, pattern): (usize, &Pattern)| {
        let x = number as u32 * side;
        let place = json!({ "x": x, "y": 0, "width": side, "height": side, "pixelRatio": ratio });
        (pattern.name.to_owned(), place)
    };
    Value::Object(PATTERNS.iter().enumerate().map(place).collect::<Map<_, _>>())
}

/// The image: all patterns beside each other, as PNG.
///
/// # Errors
/// None that writing to memory could make.
pub fn image(ratio: u32) -> std::io::Result<Vec<u8>> {
    let side = SIDE * ratio;
    let width = side * PATTERNS.len() as u32;
    let mut rows = Vec::new();
    for y in 0..side {
        // Each row begins with its filter: none.
        rows.push(0);
        for pattern in PATTERNS {
            for x in 0..side {
                let is_drawn = (pattern.marks)(x / ratio, y / ratio);
                rows.extend(pattern.colour);
                rows.push(if is_drawn { 255 } else { 48 });
            }
        }
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&rows)?;
    let mut head = Vec::from(width.to_be_bytes());
    head.extend(side.to_be_bytes());
    // Eight bits of red, green, blue and opacity; the usual packing, filters and order.
    head.extend([8, 6, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, body) in [(b"IHDR", head), (b"IDAT", packed.finish()?), (b"IEND", Vec::new())] {
        png.extend((body.len() as u32).to_be_bytes());
        let mut sum = flate2::Crc::new();
        sum.update(kind);
        sum.update(&body);
        png.extend(kind);
        png.extend(body);
        png.extend(sum.sum().to_be_bytes());
    }
    Ok(png)
}
