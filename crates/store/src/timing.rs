use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;
pub static T: Mutex<BTreeMap<&'static str, f64>> = Mutex::new(BTreeMap::new());
pub fn time<R>(n: &'static str, f: impl FnOnce() -> R) -> R {
    let s = Instant::now();
    let r = f();
    *T.lock().unwrap().entry(n).or_default() += s.elapsed().as_secs_f64();
    r
}
pub fn dump() {
    let mut t = T.lock().unwrap();
    for (k, v) in t.iter() {
        println!("    {k:30} {v:.3}");
    }
    t.clear();
}
