//! The rules of the house that no compiler keeps: which crate may name what, what may be committed,
//! under which licences. `ARCHITECTURE.md` says why; each failure here says where.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand, Package};
use tests::source::Source;
use tests::workspace::{files_below, relative, root, visible_top_level};

/// Which of our crates each may name. An arrow may skip a floor, none may turn back.
const ARROWS: &[(&str, &[&str])] = &[
    ("geometry", &[]),
    ("cql2", &[]),
    ("tiles", &["geometry"]),
    ("survey", &["geometry"]),
    ("exchange", &["geometry", "survey"]),
    ("view", &["geometry", "survey", "cql2", "tiles"]),
    ("store", &["geometry", "survey"]),
    ("risk", &["geometry", "survey"]),
    ("api", &["geometry", "survey", "exchange", "view", "store", "risk", "cql2", "tiles"]),
    ("safeground", &["geometry", "survey", "exchange", "view", "store", "risk", "api", "tiles"]),
    (
        "tests",
        &[
            "geometry",
            "survey",
            "exchange",
            "view",
            "store",
            "risk",
            "api",
            "safeground",
            "tiles",
            "cql2",
        ],
    ),
];

/// Libraries that only some crates may name; a name ending in `*` stands for all that begin so.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("actix*", &["api"]),
    ("anyhow", &["safeground"]),
    ("clap", &["safeground"]),
    ("diesel*", &["store"]),
    ("geos*", &["tests"]),
    ("libsqlite3-sys", &["geometry", "store"]),
    ("pq-s*", &["store"]),
    ("proj*", &["geometry"]),
    ("tokio*", &["api", "safeground"]),
    ("tracing-subscriber", &["safeground"]),
    ("ureq", &["api", "tests"]),
];

/// Names that must not occur in the code of a crate: the world outside, and the clock.
const NAMES: &[(&str, &[&str])] = &[
    (
        "geometry",
        &["std::fs", "std::net", "std::env", "std::process", "SystemTime", "Utc", "Local"],
    ),
    (
        "survey",
        &[
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "std::thread::sleep",
            "std::time::Instant",
            "Instant::now",
            "SystemTime",
            "Utc::now",
            "Local::now",
            "Uuid::now_v7",
            "Uuid::new_v4",
        ],
    ),
    ("exchange", &["std::fs", "std::net", "std::env", "std::process", "SystemTime", "Utc::now"]),
    ("view", &["std::fs", "std::net", "std::env", "std::process", "SystemTime", "Utc::now"]),
    ("cql2", &["std::fs", "std::net", "std::env", "std::process", "SystemTime", "Utc::now"]),
    ("tiles", &["std::fs", "std::net", "std::env", "std::process", "SystemTime", "Utc::now"]),
];

const TOP_LEVEL: &[&str] = &[
    "ARCHITECTURE.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "Makefile",
    "README.md",
    "crates",
    "data",
    "docs",
    "migrations",
    "tests",
    "web",
];

fn metadata() -> Metadata {
    let compiler = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let compiler = String::from_utf8(compiler.stdout).expect("rustc prints UTF-8");
    let host = compiler.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    // Only what is built here: the manifests for other systems need not be on this machine.
    let options = ["--locked", "--offline", "--filter-platform", host].map(String::from);
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(options)
        .exec()
        .expect("cargo describes the workspace")
}

fn allowed<'a>(table: &'a [(&str, &'a [&'a str])], name: &str) -> Option<&'a [&'a str]> {
    table.iter().find(|(entry, _)| *entry == name).map(|(_, values)| *values)
}

/// Every file that is, or will be, in the repository and holds text, with its path.
fn texts() -> Vec<(PathBuf, String)> {
    let paths = files_below("").expect("the workspace can be read");
    paths.into_iter().filter_map(|path| fs::read_to_string(&path).ok().map(|t| (path, t))).collect()
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

/// The Rust files below a folder, taken apart.
fn sources(folder: &str) -> Vec<(PathBuf, Source)> {
    let paths = files_below(folder).unwrap_or_default();
    let rust = paths.into_iter().filter(|path| extension(path) == "rs");
    rust.map(|path| {
        let text = fs::read_to_string(&path).expect("Rust files are UTF-8");
        (path, Source::read(&text))
    })
    .collect()
}

fn assert_none(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}:\n  {}\n", faults.join("\n  "));
}

#[test]
fn arrows_between_crates_point_down() {
    let metadata = metadata();
    let ours: BTreeSet<&str> =
        metadata.workspace_packages().iter().map(|p| p.name.as_str()).collect();
    let mut faults = Vec::new();
    for package in metadata.workspace_packages() {
        let Some(below) = allowed(ARROWS, &package.name) else {
            faults.push(format!("{} has no place in ARROWS", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if ours.contains(name) && !below.contains(&name) {
                faults.push(format!("{} -> {name}", package.name));
            }
        }
    }
    assert_none(&faults, "a crate names one that is not below it");
}

#[test]
fn each_crate_names_only_the_libraries_of_its_room() {
    let mut faults = Vec::new();
    for package in metadata().workspace_packages() {
        for dependency in &package.dependencies {
            for (library, rooms) in LIBRARIES {
                let named = match library.strip_suffix('*') {
                    Some(start) => dependency.name.starts_with(start),
                    None => dependency.name == *library,
                };
                if named && !rooms.contains(&package.name.as_str()) {
                    faults.push(format!("{} names {}", package.name, dependency.name));
                }
            }
        }
    }
    assert_none(&faults, "a library outside its room");
}

/// Not even by way of another library: what these crates compute needs no runtime and no socket.
#[test]
fn the_lower_floors_reach_no_database_and_no_server() {
    let metadata = metadata();
    let graph = metadata.resolve.as_ref().expect("a resolved graph");
    let names: BTreeMap<_, _> =
        metadata.packages.iter().map(|p| (&p.id, p.name.as_str())).collect();
    let mut faults = Vec::new();
    for package in metadata.workspace_packages() {
        if !["geometry", "survey", "exchange", "view", "risk", "cql2", "tiles"]
            .contains(&package.name.as_str())
        {
            continue;
        }
        let (mut seen, mut open) = (BTreeSet::new(), vec![&package.id]);
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let node = graph.nodes.iter().find(|node| node.id == *id).expect("a node per package");
            open.extend(node.deps.iter().filter(|d| is_built_in(d)).map(|d| &d.pkg));
        }
        for name in seen.iter().map(|id| names[id]) {
            if ["diesel", "tokio", "actix-web", "hyper", "socket2"].contains(&name) {
                faults.push(format!("{} reaches {name}", package.name));
            }
        }
    }
    assert_none(&faults, "a lower floor reaches the outside");
}

fn is_built_in(dependency: &cargo_metadata::NodeDep) -> bool {
    dependency.dep_kinds.iter().any(|kind| kind.kind == cargo_metadata::DependencyKind::Normal)
}

#[test]
fn only_the_crs_module_names_proj() {
    let mut faults = Vec::new();
    for (path, source) in sources("crates") {
        let path = relative(&path);
        if path == "crates/geometry/src/crs.rs" || path.starts_with("crates/geometry/src/crs/") {
            continue;
        }
        for name in ["proj", "proj_sys"] {
            let lines = source.lines_naming(name).into_iter();
            let code: Vec<&str> = source.code.lines().collect();
            let lines = lines.filter(|line| {
                let code = code[line - 1];
                code.contains("proj::") || code.contains("proj_sys::") || code.contains("use proj")
            });
            faults.extend(lines.map(|line| format!("{path}:{line} names {name}")));
        }
    }
    assert_none(&faults, "PROJ outside geometry's crs module");
}

#[test]
fn the_lower_floors_do_no_io_and_read_no_clock() {
    let mut faults = Vec::new();
    for (room, names) in NAMES {
        for (path, source) in sources(&format!("crates/{room}/src")) {
            for name in *names {
                let lines = source.lines_naming(name);
                let path = relative(&path);
                faults.extend(lines.into_iter().map(|line| format!("{path}:{line} names {name}")));
            }
        }
    }
    assert_none(&faults, "a crate without IO or clock names them");
}

#[test]
fn the_visible_top_level_is_the_agreed_one() {
    let found = visible_top_level().expect("the top folder can be read");
    let strangers: Vec<_> =
        found.iter().filter(|name| !TOP_LEVEL.contains(&name.as_str())).collect();
    assert!(strangers.is_empty(), "not of the agreed top level: {strangers:?}");
    // The viewer comes later.
    let absent: Vec<_> = TOP_LEVEL
        .iter()
        .filter(|name| **name != "web" && !found.iter().any(|f| f == *name))
        .collect();
    assert!(absent.is_empty(), "missing from the top level: {absent:?}");
}

#[test]
fn every_crate_takes_the_lints_of_the_house() {
    for package in metadata().workspace_packages() {
        let manifest = fs::read_to_string(&package.manifest_path).expect("a manifest");
        let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
        let inherits = manifest["lints"]["workspace"].as_bool();
        assert_eq!(inherits, Some(true), "{} has lints of its own", package.name);
    }
}

#[test]
fn files_are_short_enough_to_read() {
    let mut faults = Vec::new();
    for path in [files_below("crates"), files_below("tests")].into_iter().flatten().flatten() {
        if extension(&path) != "rs" {
            continue;
        }
        let lines = fs::read_to_string(&path).expect("Rust files are UTF-8").lines().count();
        let name = relative(&path);
        let is_test = name.starts_with("tests/tests/") || name.contains("/tests/");
        if lines >= if is_test { 800 } else { 500 } {
            faults.push(format!("{name}: {lines} lines"));
        }
    }
    assert_none(&faults, "files of 500 lines (tests: 800) or more");
}

#[test]
fn file_names_say_what_is_inside() {
    let banned = ["common", "helper", "helpers", "misc", "types", "util", "utils"];
    let mut faults = Vec::new();
    for path in [files_below("crates"), files_below("tests")].into_iter().flatten().flatten() {
        let name = relative(&path);
        let stems = name.split('/').map(|part| part.split('.').next().unwrap_or(part));
        if stems.into_iter().any(|stem| banned.contains(&stem)) {
            faults.push(name);
        }
    }
    assert_none(&faults, "names that say nothing");
}

#[test]
fn nothing_unfinished_is_left() {
    // Put together here, so that this file does not find itself.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
    let mut faults = Vec::new();
    for (path, text) in texts() {
        let name = relative(&path);
        if name.starts_with("data/") || name == "Cargo.lock" || name.ends_with("-lock.json") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let mut found = line.split(|c: char| !c.is_alphanumeric());
            if found.any(|word| words.contains(&word)) {
                faults.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    for (path, source) in [sources("crates"), sources("tests")].into_iter().flatten() {
        for (number, line) in source.code.lines().enumerate() {
            if line.contains("todo!") || line.contains("unimplemented!") {
                faults.push(format!("{}:{}: {}", relative(&path), number + 1, line.trim()));
            }
        }
    }
    assert_none(&faults, "unfinished work");
}

/// Released land is released to a standard, for a stated depth and use; that is all we may say.
#[test]
fn no_text_calls_land_safe() {
    let mut faults = Vec::new();
    for (path, source) in sources("crates") {
        let comments = source.comments.iter().filter(|(_, text)| {
            // Documentation becomes the descriptions of the published schemas.
            text.starts_with("///") || text.starts_with("//!")
        });
        for (line, text) in source.strings.iter().chain(comments) {
            if claims_safety(text) {
                faults.push(format!("{}:{line}: {}", relative(&path), text.trim()));
            }
        }
    }
    for (path, text) in texts() {
        let published = matches!(extension(&path), "json" | "geojson" | "sql" | "csv" | "html");
        if !published || relative(&path).ends_with("-lock.json") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            if claims_safety(line) {
                let start: String = line.trim().chars().take(80).collect();
                faults.push(format!("{}:{}: {start}", relative(&path), number + 1));
            }
        }
    }
    assert_none(&faults, "land is never called that; say what was done, to what depth");
}

/// Whether a text uses the word as an adjective of its own, and not of a thread or a crash.
fn claims_safety(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    words.any(|word| {
        let end = word.rsplit('-').next().unwrap_or(word);
        let about_programs = ["thread-", "crash-", "url-", "panic-", "type-", "memory-"];
        matches!(end, "safe" | "safer" | "safest" | "safely")
            && !about_programs.iter().any(|start| word.starts_with(start))
    })
}

#[test]
fn a_claim_of_safety_is_told_from_other_uses_of_the_word() {
    for claim in ["This land is safe.", "Safe to enter", "is_safe: ok", "now safely released"] {
        assert!(claims_safety(&claim.replace('_', " ")), "{claim}");
    }
    for other in
        ["Safeground", "unsafe_code", "a thread-safe index", "safety distance", "safeguard"]
    {
        assert!(!claims_safety(other), "{other}");
    }
}

#[test]
fn nothing_of_one_machine_is_committed() {
    let folders = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
    let temporary = concat!("/t", "mp/");
    let mut faults = Vec::new();
    for (path, text) in texts() {
        let name = relative(&path);
        for (number, line) in text.lines().enumerate() {
            let mut rest = line;
            let mut found = folders.iter().any(|folder| line.contains(folder));
            while let Some(at) = rest.find(temporary) {
                rest = &rest[at + temporary.len()..];
                found |= rest.starts_with(|c: char| c.is_alphanumeric());
            }
            if found {
                faults.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert_none(&faults, "paths of somebody's machine");
}

#[test]
fn dependencies_come_from_the_public_registries() {
    let mut faults = Vec::new();
    for (path, text) in texts() {
        let name = relative(&path);
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            let foreign = if name.ends_with("Cargo.lock") {
                line.starts_with("source = ")
                    && line != r#"source = "registry+https://github.com/rust-lang/crates.io-index""#
            } else if name.ends_with("package-lock.json") {
                line.starts_with(r#""resolved": "#)
                    && !line.contains("\"https://registry.npmjs.org/")
            } else {
                name.starts_with(".cargo/config") && line.contains("replace-with")
            };
            if foreign {
                faults.push(format!("{name}:{}: {line}", number + 1));
            }
        }
    }
    assert_none(&faults, "a dependency from elsewhere");
}

#[test]
fn every_licence_in_the_build_is_permissive() {
    let policy = fs::read_to_string(root().join(".deny.toml")).expect(".deny.toml");
    let policy: toml::Table = policy.parse().expect(".deny.toml is TOML");
    let names = policy["licenses"]["allow"].as_array().expect("licenses.allow is a list");
    let names = names.iter().map(|name| name.as_str().expect("a licence is named by a string"));
    let allowed: Vec<_> = names
        .map(|name| spdx::Licensee::parse(name).expect("a licence of the SPDX list"))
        .collect();

    let metadata = metadata();
    let graph = metadata.resolve.as_ref().expect("a resolved graph");
    let built: BTreeSet<_> = graph.nodes.iter().map(|node| &node.id).collect();
    let packages = metadata.packages.iter().filter(|package| built.contains(&package.id));
    let faults: Vec<String> =
        packages.filter_map(|package| licence_fault(package, &allowed)).collect();
    assert_none(&faults, "licences that .deny.toml does not allow");
}

fn licence_fault(package: &Package, allowed: &[spdx::Licensee]) -> Option<String> {
    let name = format!("{} {}", package.name, package.version);
    let Some(licence) = &package.license else {
        return Some(format!("{name}: no licence expression"));
    };
    // Older manifests write "MIT/Apache-2.0".
    match spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX) {
        Err(error) => Some(format!("{name}: {licence}: {error}")),
        Ok(terms) if terms.evaluate(|term| allowed.iter().any(|a| a.satisfies(term))) => None,
        Ok(_) => Some(format!("{name}: {licence}")),
    }
}

/// Each invariant names the test that guards it, and a guard that is gone guards nothing.
#[test]
fn the_tests_that_the_architecture_names_exist() {
    let document = root().join("ARCHITECTURE.md");
    let text = fs::read_to_string(document).expect("ARCHITECTURE.md");
    let sources: BTreeMap<String, Source> = [sources("crates"), sources("tests")]
        .into_iter()
        .flatten()
        .map(|(path, source)| (relative(&path), source))
        .collect();
    let mut faults = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for quoted in line.split('`').skip(1).step_by(2) {
            if let Some(fault) = citation_fault(quoted, &sources) {
                faults.push(format!("ARCHITECTURE.md:{}: `{quoted}`: {fault}", number + 1));
            }
        }
    }
    assert_none(&faults, "cited and not there");
}

fn citation_fault(quoted: &str, sources: &BTreeMap<String, Source>) -> Option<&'static str> {
    let is_name =
        |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if let Some((path, name)) = quoted.split_once(".rs::") {
        let source = sources.iter().find(|(found, _)| found.ends_with(&format!("{path}.rs")));
        let name = name.rsplit("::").next().unwrap_or(name);
        return match source {
            None => Some("no such file"),
            Some((_, source)) if source.lines_naming(name).is_empty() => Some("no such test in it"),
            Some(_) => None,
        };
    }
    if extension(Path::new(quoted)) == "rs" && quoted.contains('/') {
        let there = sources.keys().any(|found| found.ends_with(quoted));
        return (!there).then_some("no such file");
    }
    // A bare name of four words or more is the name of a test: they are sentences.
    if is_name(quoted) && quoted.matches('_').count() >= 3 {
        let there = sources.values().any(|source| !source.lines_naming(quoted).is_empty());
        return (!there).then_some("no such test");
    }
    None
}

#[test]
fn ci_runs_the_commands_that_the_readme_tells() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let ci = fs::read_to_string(root().join(".ci/run")).expect(".ci/run");
    for command in ["make test", "make run"] {
        assert!(readme.contains(command), "README.md does not tell `{command}`");
    }
    assert!(ci.contains("make test"), ".ci/run does not run `make test`");
}
