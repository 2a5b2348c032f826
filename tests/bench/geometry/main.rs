//! Measures the geometry crate beside GEOS on the same generated polygons; see `../README.md`.
//!
//! GEOS comes through Debian's library, and a newer one through shapely where a Python has it: what
//! is missing is said, and its rows are left empty.

mod index;
mod land;
mod overlay;
mod shapely;
mod table;
mod validity;

use std::error::Error;

use table::say;

/// Any failure ends the benchmark: a figure from half a run is worse than none.
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let sizes = Sizes::from_arguments()?;
    say(&format!("GEOS {} through its C interface; seed {}", geos::version()?, land::SEED))?;
    overlay::pairs(sizes.pairs)?;
    overlay::dissolve(sizes.dissolve, sizes.with_plain_union)?;
    validity::of_small_and_large(sizes.pairs)?;
    index::answers(sizes.index)
}

/// How many polygons each step takes.
struct Sizes {
    pairs: usize,
    dissolve: usize,
    index: usize,
    with_plain_union: bool,
}

impl Sizes {
    fn from_arguments() -> Outcome<Self> {
        let mut sizes =
            Self { pairs: 10_000, dissolve: 100_000, index: 1_000_000, with_plain_union: true };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut number = || -> Outcome<usize> {
                Ok(words.next().ok_or_else(|| format!("{word} needs a number"))?.parse()?)
            };
            match word.as_str() {
                "--pairs" => sizes.pairs = number()?,
                "--dissolve" => sizes.dissolve = number()?,
                "--index" => sizes.index = number()?,
                "--without-plain-union" => sizes.with_plain_union = false,
                // What cargo adds.
                "--bench" => {}
                _ => {
                    let known = "--pairs, --dissolve, --index, --without-plain-union";
                    return Err(format!("unknown argument {word}; known: {known}").into());
                }
            }
        }
        Ok(sizes)
    }
}
