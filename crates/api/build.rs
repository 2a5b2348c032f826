//! Lists the files of the built viewer, so that they become part of the programme.
//!
//! `make web` builds them into `web/dist`. Where they are not built the list is empty, and a page
//! tells how to build them: compiling needs no Node.js.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script is told in the environment where it is and where to write"
)]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let dist = Path::new(&manifest).join("../../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut text = String::from("&[\n");
    for path in files_below(&dist)? {
        let extension = path.extension().and_then(|extension| extension.to_str());
        if matches!(extension, None | Some("br" | "gz")) {
            continue;
        }
        let name = path.strip_prefix(&dist).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let [plain, brotli, gzip] = ["", ".br", ".gz"].map(|ending| included(&path, ending));
        let (plain, brotli, gzip) = (plain.unwrap_or_default(), some(brotli), some(gzip));
        let file = format!(
            "ViewerFile {{ name: {name:?}, plain: {plain}, brotli: {brotli}, gzip: {gzip} }},"
        );
        writeln!(text, "    {file}").map_err(io::Error::other)?;
    }
    text.push_str("]\n");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("viewer_files.rs"), text)
}

/// The expression that stands for a file's bytes, if there is such a file.
fn included(path: &Path, ending: &str) -> Option<String> {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    let path = PathBuf::from(name).canonicalize().ok()?;
    Some(format!("include_bytes!({:?})", path.display().to_string()))
}

fn some(expression: Option<String>) -> String {
    expression.map_or_else(|| "None".to_owned(), |expression| format!("Some({expression})"))
}

fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_below(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
