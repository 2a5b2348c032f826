//! Lists the files of the built viewer, so that they become part of the programme.
//!
//! `make web` builds them into `web/dist`. Where they are not built the list is empty, and a page
//! tells how to build them: compiling needs no Node.js.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let dist = folder("CARGO_MANIFEST_DIR")?.join("../../web/dist");
    let out = folder("OUT_DIR")?;
    println!("cargo::rerun-if-changed={}", dist.display());
    // Copies stay as they are, whatever is built in the folder while the compiler reads them.
    let copies = out.join("viewer");
    if copies.exists() {
        fs::remove_dir_all(&copies)?;
    }
    fs::create_dir_all(&copies)?;
    let mut text = String::from("&[\n");
    for path in files_below(&dist)? {
        let extension = path.extension().and_then(|extension| extension.to_str());
        if matches!(extension, None | Some("br" | "gz")) {
            continue;
        }
        let name = path.strip_prefix(&dist).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let copy = copies.join(name.replace('/', "-"));
        let plain = included(&path, &copy, "")?.unwrap_or_default();
        let (brotli, gzip) = (included(&path, &copy, ".br")?, included(&path, &copy, ".gz")?);
        let (brotli, gzip) = (some(brotli), some(gzip));
        let file = format!("name: {name:?}, plain: {plain}, brotli: {brotli}, gzip: {gzip}");
        writeln!(text, "    ViewerFile {{ {file} }},").map_err(io::Error::other)?;
    }
    text.push_str("]\n");
    fs::write(out.join("viewer_files.rs"), text)
}

/// A folder that cargo names.
#[expect(clippy::disallowed_methods, reason = "cargo tells build scripts by the environment alone")]
fn folder(name: &str) -> io::Result<PathBuf> {
    env::var(name).map(PathBuf::from).map_err(io::Error::other)
}

/// Copies a file, if there is one, and answers the expression that stands for its bytes.
fn included(path: &Path, copy: &Path, ending: &str) -> io::Result<Option<String>> {
    let [from, to] = [path, copy].map(|path| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    });
    if !from.exists() {
        return Ok(None);
    }
    fs::copy(&from, &to)?;
    Ok(Some(format!("include_bytes!({:?})", to.display().to_string())))
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
