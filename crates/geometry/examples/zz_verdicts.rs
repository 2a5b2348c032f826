//! Scratch.
use std::io::{BufRead, Write};
fn main() {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let parts: Vec<Vec<Vec<[f64; 2]>>> = line
            .split('|')
            .map(|part| {
                part.split(';')
                    .map(|ring| {
                        let n: Vec<f64> =
                            ring.split_whitespace().map(|v| v.parse().unwrap()).collect();
                        n.chunks(2).map(|c| [c[0], c[1]]).collect()
                    })
                    .collect()
            })
            .collect();
        match geometry::HazardPolygon::new(parts) {
            Ok(p) => writeln!(out, "ok {}", p.vertex_count()).unwrap(),
            Err(d) => {
                let c: Vec<_> = d.iter().map(|d| d.rule.code()).collect();
                writeln!(out, "no {} # {}", c.join(","), d[0].reason).unwrap()
            }
        }
    }
}
