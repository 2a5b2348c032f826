//! Positions that can be made out in a geometry that cannot be read.

/// Finds every pair of numbers that begins an array, as positions do.
///
/// What stands around them is not looked at, so that a damaged geometry still tells roughly where
/// the land is. A position whose numbers are damaged is left out.
///
/// # Coordinates
/// As sent, taken as longitude and latitude; finite, otherwise unchecked.
pub(super) fn usable(text: &str) -> Vec<[f64; 2]> {
    let mut positions = Vec::new();
    let mut rest = text;
    while let Some(start) = memchr::memchr(b'[', rest.as_bytes()) {
        rest = &rest[start + 1..];
        if let Some(position) = position(rest) {
            positions.push(position);
        }
    }
    positions
}

fn position(text: &str) -> Option<[f64; 2]> {
    let (lon, rest) = number(text)?;
    let (lat, rest) = number(rest.strip_prefix(',')?)?;
    rest.starts_with([',', ']']).then_some([lon, lat])
}

fn number(text: &str) -> Option<(f64, &str)> {
    let text = text.trim_start();
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'))?;
    let (digits, rest) = text.split_at_checked(end)?;
    let number: f64 = digits.parse().ok()?;
    number.is_finite().then(|| (number, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_numbers_are_found_in_whatever_surrounds_them() {
        assert_eq!(
            usable("[[[1.5, -2],[3,4,100],[NaN,5],[6],[1e999,2],[7,8"),
            [[1.5, -2.0], [3.0, 4.0]]
        );
        assert_eq!(usable(r#"{"type":"Blob","coordinates":[ 1 , 2 ]}"#), [[1.0, 2.0]]);
        assert_eq!(usable("[[\"1\",2]] [é"), [[0.0; 2]; 0]);
    }
}
