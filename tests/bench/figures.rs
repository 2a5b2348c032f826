//! Areas by programme, region and year, and how two sets of them differ.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// Programme, region (`local_id`) and year.
pub type Key = (String, String, i32);

/// Square metres by key.
pub type Figures = BTreeMap<Key, f64>;

/// Rows below this are compared in square metres: a square metre of a garden is no ppm.
const SMALL_M2: f64 = 10_000.0;

/// The middle of the measurements.
pub fn median(measurements: &mut [Duration]) -> Duration {
    measurements.sort_unstable();
    measurements.get(measurements.len() / 2).copied().unwrap_or_default()
}

/// The measurement that so many per cent of them do not exceed.
pub fn percentile(measurements: &mut [Duration], percent: usize) -> Duration {
    measurements.sort_unstable();
    let place = (measurements.len() * percent).div_ceil(100).saturating_sub(1);
    measurements.get(place).copied().unwrap_or_default()
}

/// Describes how our areas differ from the peer's, in parts per million of the peer's.
pub fn compare(ours: &Figures, theirs: &Figures) -> String {
    let keys: std::collections::BTreeSet<&Key> = ours.keys().chain(theirs.keys()).collect();
    let of = |figures: &Figures, key: &Key| figures.get(key).copied().unwrap_or_default();
    let (mut worst_ppm, mut worst_small_m2) = (0.0_f64, 0.0_f64);
    let mut listed: Vec<(f64, &Key)> = Vec::new();
    for key in &keys {
        let (a, b) = (of(ours, key), of(theirs, key));
        if a.max(b) < SMALL_M2 {
            worst_small_m2 = worst_small_m2.max((a - b).abs());
        } else {
            let ppm = (a - b) / b.max(1.0) * 1e6;
            worst_ppm = worst_ppm.max(ppm.abs());
            listed.push((ppm, key));
        }
    }
    let (a, b): (f64, f64) = (ours.values().sum(), theirs.values().sum());
    let mut text = format!(
        "areas: {} rows; {:.3} km² here, {:.3} km² there; total differs by {:+.3} ppm, the worst row \
         by {worst_ppm:.3} ppm (rows under 1 ha: by {worst_small_m2:.4} m²)",
        keys.len(),
        a / 1e6,
        b / 1e6,
        (a - b) / b * 1e6,
    );
    listed.sort_by(|(a, _), (b, _)| b.abs().total_cmp(&a.abs()));
    for (ppm, key) in listed.iter().take(3) {
        let (programme, region, year) = key;
        let (a, b) = (of(ours, key), of(theirs, key));
        let _infallible =
            write!(text, "\n  {programme} {region} {year}: {a:.1} m², {b:.1} m², {ppm:+.3} ppm");
    }
    text
}
