//! The viewer as the product serves it, and its words held against the codes of the server.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};
use tests::running::{Asking, Product};
use tests::workspace::root;

const LANGUAGES: [&str; 5] = ["en", "km", "uk", "ja", "ar"];

/// What may become part of the product.
const SHIPPED: [&str; 7] =
    ["Apache-2.0", "MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "OFL-1.1"];

/// What may help to build and to try it, too; nothing of it is shipped.
const TOOLS: [&str; 1] = ["MPL-2.0"];

fn read(path: &str) -> Value {
    let text = fs::read_to_string(root().join(path)).expect("the file is there");
    serde_json::from_str(&text).expect("the file is JSON")
}

#[test]
fn every_code_that_the_server_tells_has_its_words_in_every_language() {
    let findings = survey::rules::CATALOGUE.iter().map(|rule| format!("finding.{}", rule.code));
    let problems = api::problem::CATALOGUE.iter().map(|kind| format!("problem.{}", kind.code));
    let keys: Vec<String> = findings.chain(problems).collect();
    for language in LANGUAGES {
        let messages = read(&format!("web/src/messages/{language}.json"));
        let absent: Vec<_> = keys
            .iter()
            .filter(|key| messages[key.as_str()].as_str().is_none_or(|text| text.trim().is_empty()))
            .collect();
        assert!(absent.is_empty(), "{language} has no words for {absent:?}");
    }
}

#[test]
fn every_finding_says_in_every_language_what_to_do_about_it() {
    for language in LANGUAGES {
        let sayings = read(&format!("web/src/messages/findings/{language}.json"));
        for rule in survey::rules::CATALOGUE {
            let saying = sayings[rule.code].as_str().unwrap_or_default();
            assert!(!saying.trim().is_empty(), "{language} says nothing of {}", rule.code);
            let named = saying.split('{').skip(1).filter_map(|rest| rest.split('}').next());
            let unknown: Vec<_> =
                named.filter(|name| rule.arguments().all(|known| known != *name)).collect();
            assert!(unknown.is_empty(), "{language}, {}: {unknown:?}", rule.code);
        }
        let known = sayings.as_object().expect("sayings by code").len();
        assert_eq!(known, survey::rules::CATALOGUE.len(), "{language} says more than there is");
    }
    let english = read("web/src/messages/findings/en.json");
    for rule in survey::rules::CATALOGUE {
        assert_eq!(english[rule.code], rule.explanation);
    }
}

#[test]
fn the_english_words_for_rules_and_problems_are_those_of_the_server() {
    let messages = read("web/src/messages/en.json");
    for rule in survey::rules::CATALOGUE {
        assert_eq!(messages[format!("finding.{}", rule.code)], rule.title);
    }
    for kind in api::problem::CATALOGUE {
        assert_eq!(messages[format!("problem.{}", kind.code)], kind.title);
    }
}

#[test]
fn every_package_of_the_viewer_is_under_a_permissive_licence() {
    let lock = read("web/package-lock.json");
    let packages = lock["packages"].as_object().expect("packages by path");
    for (path, package) in packages.iter().filter(|(path, _)| !path.is_empty()) {
        let licence = package["license"].as_str().unwrap_or_default();
        let is_tool = package["dev"] == true;
        let mut choice = licence.trim_matches(['(', ')']).split(" OR ");
        let is_permissive =
            choice.any(|one| SHIPPED.contains(&one) || is_tool && TOOLS.contains(&one));
        assert!(is_permissive, "{path}: {licence}");
    }
}

#[test]
fn the_viewer_may_run_and_fetch_only_what_this_server_sends() {
    let product = Product::on_sqlite();
    let server = product.serve();
    for path in ["/viewer", "/viewer/"] {
        let page = server.get(path);
        assert_eq!(page.status, 200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = page.header("content-security-policy").expect("a policy");
        let parts: BTreeMap<&str, &str> =
            policy.split("; ").filter_map(|part| part.split_once(' ')).collect();
        assert_eq!(parts["default-src"], "'none'");
        assert_eq!((parts["script-src"], parts["connect-src"]), ("'self'", "'self'"));
        assert_eq!(parts["frame-ancestors"], "'none'");
    }
    assert_eq!(server.get("/viewer/basemap.json").json(), json!({ "kind": "none" }));
    assert_eq!(server.get("/viewer/basemap.pmtiles").status, 404);
    let nothing = server.get("/viewer/assets/nothing.js");
    assert_eq!((nothing.status, nothing.code().as_str()), (404, "not-found"));
    assert_eq!(server.get("/").status, 200, "the interface has a door of its own");
}

#[test]
fn the_server_of_the_operators_map_is_the_only_other_that_the_viewer_may_ask() {
    let product = Product::on_sqlite();
    let tiles = "https://tiles.example.org/{z}/{x}/{y}.png";
    let named = [("SAFEGROUND_BASEMAP", tiles), ("SAFEGROUND_BASEMAP_ATTRIBUTION", "© Mappers")];
    let server = product.serve_with(&named);
    let told = server.get("/viewer/basemap.json").json();
    assert_eq!(told, json!({ "kind": "raster", "tiles": [tiles], "attribution": "© Mappers" }));
    let page = server.get("/viewer");
    let policy = page.header("content-security-policy").expect("a policy");
    let parts: BTreeMap<&str, &str> =
        policy.split("; ").filter_map(|part| part.split_once(' ')).collect();
    assert_eq!(parts["connect-src"], "'self' https://tiles.example.org");
    assert_eq!(parts["img-src"], "'self' blob: data: https://tiles.example.org");
    assert_eq!(parts["script-src"], "'self'");
}

#[test]
fn parts_of_the_operators_map_are_read_from_the_file() {
    let product = Product::on_sqlite();
    let file = product.folder().join("map.pmtiles");
    let bytes: Vec<u8> =
        b"PMTiles\x03".iter().copied().chain((0..=255).cycle().take(9_000)).collect();
    fs::write(&file, &bytes).expect("the file is written");
    let server = product.serve_with(&[("SAFEGROUND_BASEMAP", &file.display().to_string())]);
    let told = server.get("/viewer/basemap.json").json();
    assert_eq!(
        (&told["kind"], &told["url"]),
        (&json!("pmtiles"), &json!("/viewer/basemap.pmtiles"))
    );
    let part = |range: &str| {
        server.ask("/viewer/basemap.pmtiles", &Asking::default().header("Range", range))
    };
    let found = part("bytes=100-299");
    assert_eq!((found.status, found.header("content-range")), (206, Some("bytes 100-299/9008")));
    assert_eq!(found.body, bytes[100..300]);
    assert!(found.header("etag").is_some_and(|tag| tag.starts_with('"')), "a strong tag");
    assert_eq!(part("bytes=9008-9100").status, 416);
    assert_eq!(server.get("/viewer/basemap.pmtiles").body, bytes);
}

#[test]
fn files_of_the_viewer_that_are_known_already_are_not_sent_again() {
    let product = Product::on_sqlite();
    let server = product.serve();
    let first = server.get("/viewer");
    // A build without the viewer has a page that tells so, and no tag.
    let Some(tag) = first.header("etag") else { return };
    let again = server.ask("/viewer", &Asking::default().header("If-None-Match", tag));
    assert_eq!(again.status, 304);
}
