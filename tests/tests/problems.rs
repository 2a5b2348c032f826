//! Every kind of refusal that the server promises is provoked over real HTTP.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use tests::land::{collection, hazardous_area, square};
use tests::running::{Answer, Asking, Product, Server};

/// What cannot be provoked from outside at will: a fault of ours, a database that is gone, two
/// writers at the same instant, and more exports than are written meanwhile.
const NOT_PROVOKED: [&str; 4] = ["internal", "unavailable", "conflict", "too-many-exports"];

const KEY: (&str, &str) = ("Idempotency-Key", "0193-one-key");

#[test]
fn every_problem_of_the_catalogue_is_provoked_and_well_formed() {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "kh", "--name=KH", "--locking-required=hazardous-areas"]);
    product.run(&["programme", "add", "ua", "--name", "Ukraine"]);
    let contributor = Asking::with_token(&product.token("kh", "contributor"));
    let reviewer = Asking::with_token(&product.token("kh", "reviewer"));
    let reader = Asking::with_token(&product.token("kh", "reader"));
    let server = product.serve_with(&[("SAFEGROUND_UPLOAD_BYTES_MAX", "100000")]);

    let areas = "/programmes/kh/submissions?collection=hazardous-areas";
    let items = "/programmes/kh/collections/hazardous-areas/items";
    let here = square(103.0, 13.5, 200.0);
    let area = |id: &str| collection(&[hazardous_area(id, "2016-03-01", &here)]);
    let mut broken = hazardous_area("KH-HA-2", "2016-03-01", &here);
    broken["properties"]["classification"] = "perhaps".into();
    let keyed = contributor.clone().header(KEY.0, KEY.1);
    assert_eq!(server.post(areas, &keyed, area("KH-HA-1").as_bytes()).status, 201);
    let xml = contributor.clone().header("Content-Type", "application/pdf");
    let bad_key = contributor.clone().header(KEY.0, "a key with blanks");
    let csv = contributor.clone().header("Accept", "image/png");
    let (first, gone) = (format!("{items}/KH-HA-1"), format!("{items}/KH-HA-4"));
    let stale = reviewer.clone().header("If-Match", "\"7\"");
    let withdrawing = reviewer.clone().header("If-Match", "\"1\"");
    assert_eq!(server.post(areas, &contributor, area("KH-HA-4").as_bytes()).status, 201);
    let withdrawn = server.delete(&format!("{gone}?reason=drawn+twice"), &withdrawing);
    assert_eq!(withdrawn.status, 200, "{}", withdrawn.json());
    let provoked: Vec<Answer> = vec![
        server.ask(&format!("{items}?colour=red"), &reader),
        server.ask(&format!("{items}?limit=none"), &reader),
        server.ask("/programmes/kh/hazards/at?lon=103", &reader),
        server.ask(&format!("{items}?cursor=nonsense"), &reader),
        server.post(areas, &bad_key, b"{}"),
        server.post(areas, &contributor, b"not GeoJSON"),
        server.get("/programmes/kh"),
        server.post(areas, &reader, area("KH-HA-9").as_bytes()),
        server.ask("/programmes/kh/collections/wishes", &reader),
        server.post("/programmes", &contributor, b""),
        server.ask("/programmes/kh/progress", &csv),
        server.post(areas, &contributor, &[b' '; 100_001]),
        server.ask(&format!("{items}?bbox={}", "1".repeat(17_000)), &reader),
        server.post(areas, &xml, b"<a/>"),
        server.post(areas, &contributor, collection(&[broken]).as_bytes()),
        server.post(areas, &keyed, area("KH-HA-3").as_bytes()),
        server.post("/programmes/kh/reports", &reviewer, b"[]"),
        server.ask(&gone, &reader),
        server.delete(&format!("{first}?reason=drawn+twice"), &reviewer),
        server.delete(&format!("{first}?reason=drawn+twice"), &stale),
    ];
    let mut seen: BTreeSet<String> = provoked.iter().map(well_formed).collect();
    seen.extend(of_exports(&server, &reader).iter().map(well_formed));

    // A stored record that no longer satisfies its rules stops its programme, not the others.
    assert!(server.stop());
    let damage = "DROP TRIGGER record_versions_no_update;
                  UPDATE record_versions SET properties = '{}';";
    let damaged = Command::new("sqlite3").arg(product.database_file()).arg(damage).status();
    assert!(damaged.unwrap().success());
    let server = product.serve();
    seen.insert(well_formed(&server.ask(items, &reader)));
    let elsewhere = Asking::with_token(&product.token("ua", "reader"));
    assert_eq!(server.ask("/programmes/ua/progress", &elsewhere).status, 200);

    let catalogue = server.get("/problems").json();
    let promised: BTreeSet<String> = catalogue["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["code"].as_str().unwrap().to_owned())
        .collect();
    let missing: Vec<&String> = promised
        .iter()
        .filter(|code| !seen.contains(*code) && !NOT_PROVOKED.contains(&code.as_str()))
        .collect();
    assert!(missing.is_empty(), "never provoked: {missing:?}");
    assert!(seen.is_subset(&promised), "not in the catalogue: {seen:?}");
}

/// What asking for files in the background is refused with.
fn of_exports(server: &Server, reader: &Asking) -> Vec<Answer> {
    let body = br#"{ "collection": "hazardous-areas", "format": "csv" }"#;
    let exports = "/programmes/kh/exports";
    let asked = server.post(exports, reader, body);
    let location = asked.header("location").expect("an address").to_owned();
    let result = format!("{location}/result");
    while server.ask(&location, reader).json()["status"] != "successful" {
        std::thread::sleep(Duration::from_millis(10));
    }
    let beyond = server.ask(&result, &reader.clone().header("Range", "bytes=1000000-"));
    assert_eq!(server.delete(&location, reader).status, 200);
    let unknown = format!("{exports}/018f0000-0000-7000-8000-000000000000");
    vec![beyond, server.ask(&result, reader), server.ask(&unknown, reader)]
}

/// RFC 9457: a problem document of the right type, whose status is that of the answer.
fn well_formed(answer: &Answer) -> String {
    let problem = answer.json();
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{problem}");
    assert_eq!(problem["status"], answer.status, "{problem}");
    let code = answer.code();
    assert_eq!(problem["type"], format!("/problems/{code}"), "{problem}");
    assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{problem}");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{problem}");
    code
}
