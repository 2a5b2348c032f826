//! Scratch.
#![allow(warnings)]
use geometry::*;
use rand::{Rng, SeedableRng};
use std::sync::Arc;
use std::time::Instant;
fn star(rng: &mut rand::rngs::StdRng, lon: f64, lat: f64, r: f64, n: usize) -> Vec<[f64; 2]> {
    let mut v: Vec<[f64; 2]> = (0..n)
        .map(|i| {
            let t = i as f64 / n as f64 * std::f64::consts::TAU;
            let q = r * rng.random_range(0.5..1.0);
            [lon + q * t.cos(), lat + q * t.sin()]
        })
        .collect();
    v.push(v[0]);
    v
}
fn main() {
    let mut rng = rand::rngs::StdRng::seed_from_u64(1);
    let raw: Vec<_> = (0..100_000)
        .map(|_| {
            let lon = rng.random_range(102.0..108.0);
            let lat = rng.random_range(10.0..15.0);
            vec![vec![star(&mut rng, lon, lat, 0.003, 36)]]
        })
        .collect();
    for _ in 0..3 {
        let c = raw.clone();
        let t = Instant::now();
        let ok = c.into_iter().filter(|p| HazardPolygon::new(p.clone()).is_ok()).count();
        println!("validity 36: {} ok, {:.2} us each", ok, t.elapsed().as_secs_f64() * 10.0);
    }
    let c = raw.clone();
    let t = Instant::now();
    let polys: Vec<Arc<HazardPolygon>> =
        c.into_iter().map(|p| Arc::new(HazardPolygon::new(p).unwrap())).collect();
    println!("no clone: {:.2} us each", t.elapsed().as_secs_f64() * 10.0);
    for n in [500, 5_000, 50_000, 199_000] {
        let ring = star(&mut rng, 105.0, 13.0, 0.5, n);
        let t = Instant::now();
        let v = HazardPolygon::new(vec![vec![ring]]);
        println!("star {n}: {} {:.2} ms", v.is_ok(), t.elapsed().as_secs_f64() * 1e3);
        let teeth = n as u32 / 4;
        let mut s = vec![];
        for k in 0..teeth {
            let lat = 1.0 + k as f64 * 1e-5;
            s.extend([[1.0, lat], [1.02, lat], [1.02, lat + 4e-6], [1.0, lat + 4e-6]]);
        }
        s.extend([[0.9, 1.8], [0.9, 1.0], [1.0, 1.0]]);
        let rot: Vec<[f64; 2]> =
            s.iter().map(|p| [p[0] * 0.8 - p[1] * 0.6, p[0] * 0.6 + p[1] * 0.8]).collect();
        let rot: Vec<_> = {
            let mut r = rot;
            let l = r.len();
            r[l - 1] = r[0];
            r
        };
        for (name, ring) in [("comb", s), ("slanted comb", rot)] {
            let t = Instant::now();
            let v = HazardPolygon::new(vec![vec![ring]]);
            println!(
                "{name} {n}: {:?} {:.2} ms",
                v.map(|_| ()).map_err(|d| d[0].rule),
                t.elapsed().as_secs_f64() * 1e3
            );
        }
        let mut sc: Vec<[f64; 2]> =
            (0..n).map(|_| [rng.random_range(0.0..1.0), rng.random_range(0.0..1.0)]).collect();
        sc.push(sc[0]);
        let t = Instant::now();
        let v = HazardPolygon::new(vec![vec![sc]]);
        println!(
            "scribble {n}: {:?} {:.2} ms",
            v.map_err(|d| (d.len(), d[0].rule)).map(|_| ()),
            t.elapsed().as_secs_f64() * 1e3
        );
        let k = ((n / 5) as f64).sqrt() as usize;
        let mut rings = vec![vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]];
        let d = 1.0 / (k as f64 + 1.0);
        for i in 0..k {
            for j in 0..k {
                if rings.len() < 19_000 {
                    let (x, y) = (d * (i as f64 + 0.6), d * (j as f64 + 0.6));
                    rings.push(vec![
                        [x, y],
                        [x + d * 0.5, y],
                        [x + d * 0.5, y + d * 0.5],
                        [x, y + d * 0.5],
                        [x, y],
                    ]);
                }
            }
        }
        let nr = rings.len();
        let parts: Vec<_> = rings[1..].iter().take(9_900).map(|r| vec![r.clone()]).collect();
        let t = Instant::now();
        let v = HazardPolygon::new(vec![rings]);
        println!(
            "holes {nr}: {:?} {:.2} ms",
            v.map_err(|d| (d.len(), d[0].rule)).map(|_| ()),
            t.elapsed().as_secs_f64() * 1e3
        );
        let nr = parts.len();
        let t = Instant::now();
        let v = HazardPolygon::new(parts);
        println!(
            "parts {nr}: {:?} {:.2} ms",
            v.map_err(|d| (d.len(), d[0].rule)).map(|_| ()),
            t.elapsed().as_secs_f64() * 1e3
        );
    }
    let m = vec![vec![vec![[0.5, 0.5]; 1_000_000]]];
    let t = Instant::now();
    let v = HazardPolygon::new(m);
    println!("million: {} {:.3} ms", v.is_err(), t.elapsed().as_secs_f64() * 1e3);
    let t = Instant::now();
    let index = PolygonIndex::bulk_load(
        polys.iter().cloned().enumerate().map(|(i, p)| (i as u64, p)).collect(),
    );
    println!("bulk {:.1} ms", t.elapsed().as_secs_f64() * 1e3);
    let q: Vec<LonLat> = (0..20_000)
        .map(|_| LonLat::new(rng.random_range(102.0..108.0), rng.random_range(10.0..15.0)).unwrap())
        .collect();
    let t = Instant::now();
    let n: usize = q.iter().map(|p| index.covering(*p).len()).sum();
    println!("covering {n} {:.2} us", t.elapsed().as_secs_f64() * 1e6 / q.len() as f64);
    let t = Instant::now();
    let n: f64 = q.iter().map(|p| index.nearest(*p, 10)[9].1).sum();
    println!("nearest 10: {n:.0} {:.2} us", t.elapsed().as_secs_f64() * 1e6 / q.len() as f64);
    let t = Instant::now();
    let n: usize = q.iter().map(|p| index.within(*p, 2000.0).len()).sum();
    println!("within 2km {n} {:.2} us", t.elapsed().as_secs_f64() * 1e6 / q.len() as f64);
    let t = Instant::now();
    let n: usize = q
        .iter()
        .map(|p| {
            index
                .intersecting(&Bbox::new(p.lon(), p.lat(), p.lon() + 0.05, p.lat() + 0.05).unwrap())
                .len()
        })
        .sum();
    println!("0.05deg box {n} {:.2} us", t.elapsed().as_secs_f64() * 1e6 / q.len() as f64);
    let t = Instant::now();
    let n: f64 = q.iter().zip(&polys).map(|(p, g)| g.distance_m(*p)).sum();
    println!("distance far {n:.0} {:.2} us", t.elapsed().as_secs_f64() * 1e6 / q.len() as f64);
    let t = Instant::now();
    let n: f64 = polys
        .iter()
        .map(|g| {
            let b = g.bbox();
            g.distance_m(LonLat::new(b.west - 0.01, b.south).unwrap())
        })
        .sum();
    println!("distance 1km {n:.0} {:.2} us", t.elapsed().as_secs_f64() * 1e6 / polys.len() as f64);
    let wkb: Vec<_> = polys.iter().map(|p| Geometry::Polygon((**p).clone()).to_wkb()).collect();
    let t = Instant::now();
    let n = wkb.iter().filter(|w| Geometry::from_wkb(w).is_ok()).count();
    println!("from_wkb {n} {:.3} us", t.elapsed().as_secs_f64() * 1e6 / polys.len() as f64);
}
