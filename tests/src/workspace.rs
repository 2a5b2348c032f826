//! The files of this workspace, as a reader of the repository sees them.

use std::io;
use std::path::{Path, PathBuf};

/// Answers the top folder of the workspace.
///
/// # Panics
/// Never: this crate lies one folder below it.
#[must_use]
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Answers the names in the top folder that a visitor sees: not hidden, and not left out of the
/// repository by `.gitignore`.
///
/// # Errors
/// When the folder or `.gitignore` cannot be read.
pub fn visible_top_level() -> io::Result<Vec<String>> {
    let ignored = std::fs::read_to_string(root().join(".gitignore"))?;
    let ignored: Vec<&str> = ignored.lines().map(|line| line.trim_matches('/')).collect();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !ignored.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Answers every file below `folder` (from the top of the workspace) in order of its path, leaving
/// out build output, installed packages and what git keeps for itself.
///
/// # Errors
/// When a folder cannot be read.
pub fn files_below(folder: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | "var" | "node_modules" | "dist" | ".git") {
                    folders.push(path);
                }
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Answers a path as the repository names it: from the top, with forward slashes.
#[must_use]
pub fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
