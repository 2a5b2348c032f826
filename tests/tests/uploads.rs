//! Uploads: every fault explained, nothing half-applied, repeating does no harm.

#![expect(clippy::unwrap_used, clippy::format_collect, reason = "a test fails by panicking")]

use std::io::Write;

use serde_json::{Value, json};
use tests::land::{clearance, collection, hazardous_area, square};
use tests::running::{Answer, Asking, Product, Server};

const SUBMISSIONS: &str = "/programmes/kh/submissions?collection=hazardous-areas";

struct Scene {
    server: Server,
    asking: Asking,
    product: Product,
}

fn scene() -> Scene {
    scene_with(&[])
}

fn scene_with(environment: &[(&str, &str)]) -> Scene {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "kh", "--name", "Cambodia", "--extent=102,10,108,15"]);
    let asking = Asking::with_token(&product.token("kh", "contributor"));
    Scene { server: product.serve_with(environment), asking, product }
}

impl Scene {
    fn send(&self, options: &str, body: &[u8]) -> Answer {
        self.server.post(&format!("{SUBMISSIONS}{options}"), &self.asking, body)
    }

    fn count(&self) -> u64 {
        let path = "/programmes/kh/collections/hazardous-areas";
        self.server.ask(path, &self.asking).json()["itemCount"].as_u64().unwrap()
    }
}

fn good(local_id: &str) -> Value {
    hazardous_area(local_id, "2016-03-01", &square(103.0, 13.5, 200.0))
}

/// A ring that crosses itself at 103.005, 13.505.
fn bow_tie() -> Value {
    json!({
        "type": "Polygon",
        "coordinates": [[[103.0, 13.5], [103.01, 13.51], [103.01, 13.5], [103.0, 13.51], [103.0, 13.5]]],
    })
}

#[test]
fn one_bad_feature_never_hides_the_others_and_nothing_is_applied() {
    let scene = scene();
    let crossing = hazardous_area("KH-HA-2", "2016-03-01", &bow_tie());
    let mut wrong = good("KH-HA-3");
    wrong["properties"]["classification"] = json!("Confirmd");
    let sent = scene.send("", collection(&[good("KH-HA-1"), crossing, wrong]).as_bytes());
    assert_eq!(sent.status, 422);
    assert_eq!(sent.header("content-type"), Some("application/problem+json"));
    let problem = sent.json();
    assert_eq!(problem["code"], "submission-rejected");
    assert_eq!(problem["features"]["received"], 3);
    assert_eq!(problem["features"]["accepted"], 1);
    let findings = problem["findings"].as_array().unwrap();
    let crossing = findings.iter().find(|finding| finding["rule"] == "self-crossing").unwrap();
    assert_eq!(crossing["index"], 1);
    assert_eq!(crossing["feature"], "KH-HA-2");
    let at = crossing["at"].as_array().unwrap();
    assert!((at[0].as_f64().unwrap() - 103.005).abs() < 1e-9, "{crossing}");
    let word = findings.iter().find(|finding| finding["index"] == 2).unwrap();
    assert_eq!(word["pointer"], "/properties/classification");
    assert_eq!(word["suggestion"], "confirmed");
    assert_eq!(scene.count(), 0);
}

/// More features are written together, while later ones are still checked.
const MANY: usize = 4_000;

#[test]
fn an_error_at_the_end_of_a_long_body_undoes_all_that_was_written_before_it() {
    let scene = scene();
    let area = |number: usize| {
        let (lon, lat) = (102.5 + (number % 80) as f64 * 0.01, 11.0 + (number / 80) as f64 * 0.01);
        hazardous_area(&format!("HA-{number}"), "2016-03-01", &square(lon, lat, 100.0))
    };
    let good: Vec<Value> = (0..MANY).map(area).collect();
    let changes = |scene: &Scene| {
        let feed = scene.server.ask("/programmes/kh/changes", &scene.asking).json();
        feed["changes"].as_array().unwrap().iter().filter(|it| it["record_count"] != 0).count()
    };

    let late = [&good[..], &[hazardous_area("HA-late", "2016-03-01", &bow_tie())]].concat();
    let refused = scene.send("", collection(&late).as_bytes());
    assert_eq!((refused.status, refused.code().as_str()), (422, "submission-rejected"));
    let problem = refused.json();
    assert_eq!(problem["features"]["received"], MANY + 1);
    assert_eq!(problem["features"]["accepted"], MANY);
    let errors = problem["findings"].as_array().unwrap();
    assert!(errors.iter().any(|it| it["index"] == MANY && it["rule"] == "self-crossing"));
    assert_eq!((scene.count(), changes(&scene)), (0, 0));

    let whole = collection(&good);
    for options in ["", "&on_error=skip"] {
        let cut_off = scene.send(options, &whole.as_bytes()[..whole.len() - 10]);
        assert_eq!(cut_off.status, 400, "{}", cut_off.json());
        assert_eq!((scene.count(), changes(&scene)), (0, 0), "{options}");
    }
    let tried = scene.send("&dry_run=true", collection(&late).as_bytes()).json();
    assert_eq!(tried["outcome"], "would_reject", "{tried}");

    let taken = scene.send("&on_error=skip", collection(&late).as_bytes());
    assert_eq!(taken.status, 201, "{}", taken.json());
    assert_eq!(taken.json()["applied"]["created"], MANY + 1);
    assert_eq!(taken.json()["features"]["unlocated"], 1);
    assert_eq!((scene.count(), changes(&scene)), (MANY as u64 + 1, 1));
}

#[test]
fn skipping_says_what_was_left_out_and_keeps_a_broken_hazardous_area_on_the_map() {
    let scene = scene();
    let crossing = hazardous_area("KH-HA-2", "2016-03-01", &bow_tie());
    let mut nameless = good("");
    nameless["properties"].as_object_mut().unwrap().remove("local_id");
    let body = collection(&[good("KH-HA-1"), crossing, nameless]);
    let sent = scene.send("&on_error=skip", body.as_bytes());
    assert_eq!(sent.status, 201, "{}", String::from_utf8_lossy(&sent.body));
    let receipt = sent.json();
    assert_eq!(receipt["features"]["left_out"], json!([2]));
    assert_eq!(receipt["features"]["unlocated"], 1);
    assert_eq!(scene.count(), 2);

    let at = "/programmes/kh/hazards/at?lon=103.008&lat=13.505";
    let answer = scene.server.ask(at, &scene.asking).json();
    assert_eq!(answer["numberMatched"], 1, "{answer}");
    assert_eq!(answer["features"][0]["located"], false);
    assert_eq!(answer["features"][0]["properties"]["local_id"], "KH-HA-2");
    let progress = scene.server.ask("/programmes/kh/progress?group_by=year", &scene.asking).json();
    let identified_m2 = progress["total"]["identified_m2"].as_f64().unwrap();
    assert!((identified_m2 - 40_000.0).abs() < 400.0, "only the located area counts: {progress}");
}

#[test]
fn a_dry_run_checks_everything_and_writes_nothing() {
    let scene = scene();
    let nothing = scene.send("&dry_run=true", b"");
    assert_eq!((nothing.status, nothing.code().as_str()), (400, "unreadable-body"));
    let sent = scene.send("&dry_run=true", collection(&[good("KH-HA-1")]).as_bytes());
    assert_eq!(sent.status, 200);
    assert_eq!(sent.json()["outcome"], "would_apply");
    assert_eq!(scene.count(), 0);
    let listed = scene.server.ask("/programmes/kh/submissions", &scene.asking).json();
    assert_eq!(listed["submissions"], json!([]));
}

#[test]
fn a_dry_run_tells_what_would_be_written_and_what_recorded_versions_forbid() {
    let scene = scene();
    let with = |property: &str, value: &str| {
        let mut area = good("KH-HA-1");
        area["properties"][property] = json!(value);
        area
    };
    let confirmed = collection(&[with("classification", "confirmed")]);
    assert_eq!(scene.send("", confirmed.as_bytes()).status, 201);
    let body = collection(&[with("note", "seen from the road"), good("KH-HA-2")]);
    let refused = scene.send("&dry_run=true", body.as_bytes());
    assert_eq!((refused.status, refused.code().as_str()), (422, "submission-rejected"));
    assert!(String::from_utf8_lossy(&refused.body).contains("change_reason"));

    let tried = scene.send("&dry_run=true&on_error=skip", body.as_bytes()).json();
    assert_eq!(tried["would_write"]["created"], 1, "{tried}");
    assert_eq!(tried["would_write"]["left_out"][0]["kind"], "suspected-again-without-reason");
    let again = scene.send("&dry_run=true", confirmed.as_bytes()).json();
    assert_eq!(again["would_write"]["unchanged"], 1, "{again}");
    assert_eq!(scene.count(), 1);
}

#[test]
fn only_a_reviewer_makes_a_confirmed_area_suspected_again() {
    let scene = scene();
    let with = |classification: &str| {
        let mut area = good("KH-HA-1");
        area["properties"]["classification"] = json!(classification);
        area["properties"]["change_reason"] = json!("the mine was a tin");
        collection(&[area])
    };
    assert_eq!(scene.send("", with("confirmed").as_bytes()).status, 201);
    let refused = scene.send("", with("suspected").as_bytes());
    assert_eq!(refused.status, 422);
    assert!(String::from_utf8_lossy(&refused.body).contains("reviewer"));
    let reviewer = Asking::with_token(&scene.product.token("kh", "reviewer"));
    let taken = scene.server.post(SUBMISSIONS, &reviewer, with("suspected").as_bytes());
    assert_eq!(taken.status, 201, "{}", String::from_utf8_lossy(&taken.body));
}

#[test]
fn the_same_bytes_or_the_same_key_give_the_same_answer_and_no_second_record() {
    let scene = scene();
    let body = collection(&[good("KH-HA-1")]);
    let key = scene.asking.clone().header("Idempotency-Key", "5e7a2c");
    let first = scene.server.post(SUBMISSIONS, &key, body.as_bytes());
    assert_eq!(first.status, 201);
    let second = scene.server.post(SUBMISSIONS, &key, body.as_bytes());
    assert_eq!(second.status, 200);
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    assert_eq!(second.json(), first.json());
    let third = scene.send("", body.as_bytes());
    assert_eq!(third.json(), first.json());
    assert_eq!(scene.count(), 1);
    let other = collection(&[good("KH-HA-2")]);
    let reused = scene.server.post(SUBMISSIONS, &key, other.as_bytes());
    assert_eq!(reused.status, 422);
    assert_eq!(reused.code(), "idempotency-key-reused");
    assert_eq!(scene.count(), 1);
}

#[test]
fn a_rejected_submission_is_kept_with_its_bytes_and_findings() {
    let scene = scene();
    let body = collection(&[hazardous_area("KH-HA-1", "2016-03-01", &bow_tie())]);
    let sent = scene.send("", body.as_bytes()).json();
    let id = sent["submission"].as_str().unwrap();
    let path = format!("/programmes/kh/submissions/{id}");
    let kept = scene.server.ask(&path, &scene.asking).json();
    assert_eq!(kept["outcome"], "rejected");
    assert_eq!(kept["findings"], sent["findings"]);
    let bytes = scene.server.ask(&format!("{path}/body"), &scene.asking).body;
    assert_eq!(bytes, body.as_bytes());
}

#[test]
fn a_kept_receipt_tells_who_sent_it_when_and_with_which_options() {
    let scene = scene();
    let crossing = hazardous_area("KH-HA-2", "2016-03-01", &bow_tie());
    let body = collection(&[good("KH-HA-1"), crossing]);
    let key = scene.asking.clone().header("Idempotency-Key", "team7-monday");
    let path = format!("{SUBMISSIONS}&on_error=skip&accept_repairs=true");
    let given = scene.server.post(&path, &key, body.as_bytes()).json();
    let id = given["submission"].as_str().unwrap();
    let kept = scene.server.ask(&format!("/programmes/kh/submissions/{id}"), &scene.asking).json();
    for (name, value) in given.as_object().unwrap() {
        assert_eq!(&kept[name], value, "{name}");
    }
    let listed = scene.server.ask("/programmes/kh/submissions", &scene.asking).json();
    for (name, value) in listed["submissions"][0].as_object().unwrap() {
        assert_eq!(&kept[name], value, "{name}");
    }
    assert_eq!(kept["status"], "applied");
    assert_eq!(kept["revision"], given["applied"]["revision"]);
    assert_eq!(kept["idempotency_key"], "team7-monday");
    assert_eq!(kept["accept_repairs"], true);
    assert_eq!(kept["layer"], json!(null));
}

#[test]
fn every_framing_of_geojson_is_read_plain_and_gzipped() {
    let one = good("KH-HA-1").to_string();
    let two = good("KH-HA-2").to_string();
    let bodies: [(&str, String); 4] = [
        ("FeatureCollection", collection(&[good("KH-HA-1"), good("KH-HA-2")])),
        ("newline-delimited", format!("{one}\n{two}\n")),
        ("text sequence", format!("\u{1e}{one}\n\u{1e}{two}\n")),
        ("Feature", one),
    ];
    for (framing, body) in bodies {
        for gzip in [false, true] {
            let scene = scene();
            let bytes = if gzip {
                let mut packed =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                packed.write_all(body.as_bytes()).unwrap();
                packed.finish().unwrap()
            } else {
                body.clone().into_bytes()
            };
            let sent = scene.send("", &bytes);
            assert_eq!(sent.status, 201, "{framing}: {}", String::from_utf8_lossy(&sent.body));
            let expected = if framing == "Feature" { 1 } else { 2 };
            assert_eq!(scene.count(), expected, "{framing}");
        }
    }
}

#[test]
fn sending_a_record_again_with_changes_makes_a_new_version() {
    let scene = scene();
    scene.send("", collection(&[good("KH-HA-1")]).as_bytes());
    let larger = hazardous_area("KH-HA-1", "2016-03-01", &square(103.0, 13.5, 400.0));
    let receipt = scene.send("", collection(&[larger]).as_bytes()).json();
    assert_eq!(receipt["applied"]["updated"], 1, "{receipt}");
    assert_eq!(scene.count(), 1);
    let progress = scene.server.ask("/programmes/kh/progress?group_by=year", &scene.asking).json();
    let remaining_m2 = progress["total"]["remaining_m2"].as_f64().unwrap();
    assert!((remaining_m2 - 160_000.0).abs() < 1_600.0, "{progress}");
}

#[test]
fn a_boundary_read_in_a_wrong_zone_is_refused_with_the_one_that_was_meant() {
    let scene = scene();
    let sent = hazardous_area("KH-HA-1", "2016-03-01", &square(97.0, 13.5, 200.0));
    let answer = scene.send("", collection(&[sent]).as_bytes());
    assert_eq!(answer.status, 422);
    let problem = answer.json();
    let findings = problem["findings"].as_array().unwrap();
    let zone = findings.iter().find(|finding| finding["rule"] == "wrong-utm-zone").unwrap();
    let offered = zone["suggestion"]["coordinates"][0][0].as_array().unwrap();
    assert!((offered[0].as_f64().unwrap() - 103.0).abs() < 1e-9, "{zone}");
    assert_eq!(scene.count(), 0);
}

#[test]
fn boundaries_that_are_there_already_are_told_and_recorded_as_they_are() {
    let scene = scene();
    let field = square(103.123_456, 13.512_345, 200.0);
    let nearly = square(103.123_458, 13.512_344, 200.0);
    let body = collection(&[
        hazardous_area("KH-HA-1", "2016-03-01", &field),
        hazardous_area("KH-HA-2", "2016-03-01", &square(103.2, 13.5, 200.0)),
        hazardous_area("KH-HA-3", "2016-03-01", &nearly),
    ]);
    let sent = scene.send("", body.as_bytes());
    assert_eq!(sent.status, 201, "{}", String::from_utf8_lossy(&sent.body));
    let told = |answer: &Answer| -> Vec<(String, u64, String)> {
        let document = answer.json();
        let findings = document["findings"].as_array().unwrap().iter();
        let told = findings.map(|finding| {
            let rule = finding["rule"].as_str().unwrap().to_owned();
            let other = finding["arguments"]["other"].as_str().unwrap_or_default().to_owned();
            (rule, finding["index"].as_u64().unwrap(), other)
        });
        told.filter(|(rule, ..)| rule.contains("duplicate")).collect()
    };
    let near = "near-duplicate-boundary".to_owned();
    assert_eq!(told(&sent), [(near, 2, "feature 0 of this submission".to_owned())]);
    assert_eq!(scene.count(), 3, "nothing is left out");

    let again = hazardous_area("KH-HA-4", "2016-03-01", &square(103.2, 13.5, 200.0));
    let sent = scene.send("&dry_run=true", collection(&[again]).as_bytes());
    let same = "duplicate-boundary".to_owned();
    assert_eq!(told(&sent), [(same, 0, "KH-HA-2, which is recorded".to_owned())]);
    let itself = hazardous_area("KH-HA-2", "2017-03-01", &square(103.2, 13.5, 200.0));
    let sent = scene.send("", collection(&[itself]).as_bytes());
    assert_eq!(told(&sent), [], "a new version of a record is no duplicate of the one before");
}

#[test]
fn a_record_far_from_the_region_it_is_reported_in_is_told() {
    let scene = scene();
    let battambang = tests::land::region("KH02", "Battambang", &square(103.0, 13.0, 60_000.0));
    let path = "/programmes/kh/submissions?collection=regions";
    let sent = scene.server.post(path, &scene.asking, collection(&[battambang]).as_bytes());
    assert_eq!(sent.status, 201, "{}", String::from_utf8_lossy(&sent.body));
    let mut inside = hazardous_area("KH-HA-1", "2016-03-01", &square(103.2, 13.2, 200.0));
    let mut far = hazardous_area("KH-HA-2", "2016-03-01", &square(105.2, 13.2, 200.0));
    for area in [&mut inside, &mut far] {
        area["properties"]["region"] = json!("kh02");
    }
    let receipt = scene.send("", collection(&[inside, far]).as_bytes()).json();
    assert_eq!(receipt["features"]["findings_by_rule"]["far-from-region"], 1, "{receipt}");
    assert_eq!(receipt["features"]["accepted"], 2);
}

#[test]
fn hostile_bodies_get_a_clear_answer_and_leave_nothing_behind() {
    let scene = scene_with(&[("SAFEGROUND_UPLOAD_BYTES_MAX", "40000000")]);
    let polygon = |ring: &str| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"local_id\":\"A\",\"classification\":\"suspected\",\
             \"identified_on\":\"2016-03-01\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[{ring}]]}}}}"
        )
    };
    let long_ring: String =
        (0..1_000_000).map(|number| format!("[103.{number:07},13.5],")).collect();
    let cases: Vec<(&str, Vec<u8>, u16)> = vec![
        ("malformed JSON", b"{\"type\":\"FeatureCollection\",\"features\":[{]}".to_vec(), 400),
        ("truncated", b"{\"type\":\"FeatureCollection\",\"features\":[".to_vec(), 400),
        ("not GeoJSON", b"{\"hello\":\"world\"}".to_vec(), 400),
        ("a number", b"42".to_vec(), 400),
        ("empty", Vec::new(), 400),
        ("NUL bytes", vec![0; 1_000], 400),
        (
            "UTF-16",
            "{\"type\":\"Feature\"}".encode_utf16().flat_map(u16::to_le_bytes).collect(),
            400,
        ),
        (
            "invalid UTF-8",
            b"{\"type\":\"Feature\",\"properties\":{\"a\":\"\xff\xfe\"}}".to_vec(),
            400,
        ),
        ("deep nesting", [b"[".repeat(1_000_000)].concat(), 400),
        (
            "deep nesting in a feature",
            polygon(&format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000))).into_bytes(),
            422,
        ),
        ("NaN", polygon("[NaN,13.5],[103.1,13.5],[103.1,13.6],[NaN,13.5]").into_bytes(), 422),
        ("1e999", polygon("[1e999,13.5],[103.1,13.5],[103.1,13.6],[1e999,13.5]").into_bytes(), 422),
        ("latitude 95", polygon("[103,95],[103.1,13.5],[103.1,13.6],[103,95]").into_bytes(), 422),
        (
            "swapped axes",
            polygon("[13.5,103],[13.5,103.1],[13.6,103.1],[13.5,103]").into_bytes(),
            422,
        ),
        ("unclosed ring", polygon("[103,13],[103.1,13],[103.1,13.1],[103,13.1]").into_bytes(), 422),
        ("one number", polygon("[103],[103.1],[103.2],[103]").into_bytes(), 422),
        ("a million vertices", polygon(&format!("{long_ring}[103.0,13.5]")).into_bytes(), 422),
        ("too large", vec![b' '; 40_000_001], 413),
    ];
    for (name, body, status) in cases {
        let answer = scene.send("", &body);
        let text = String::from_utf8_lossy(&answer.body);
        assert_eq!(answer.status, status, "{name}: {}", &text[..text.len().min(2_000)]);
        let problem = answer.json();
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{name}");
        if status == 422 {
            let errors = problem["findings"].as_array().unwrap();
            assert!(!errors.is_empty(), "{name} is explained");
        }
        assert_eq!(scene.count(), 0, "{name} left something behind");
    }
}

#[test]
fn unknown_and_wrong_parameters_are_refused_by_name() {
    let scene = scene();
    for (options, code) in [
        ("&colour=red", "unknown-parameter"),
        ("&on_error=ignore", "invalid-parameter"),
        ("&dry_run=maybe", "invalid-parameter"),
        ("&dry_run=true&dry_run=true", "invalid-parameter"),
    ] {
        let sent = scene.send(options, collection(&[good("KH-HA-1")]).as_bytes());
        assert_eq!((sent.status, sent.code().as_str()), (400, code), "{options}");
    }
    for (path, code) in [
        ("/collections/hazardous-areas/items?limit=0", "invalid-parameter"),
        ("/collections/hazardous-areas/items?bbox=1,2,3", "invalid-parameter"),
        ("/collections/hazardous-areas/items?bbox=200,0,201,1", "invalid-parameter"),
        ("/collections/hazardous-areas/items?cursor=nonsense", "invalid-cursor"),
        ("/hazards/at?lon=103", "missing-parameter"),
        ("/hazards/at?lon=103&lat=95", "invalid-parameter"),
        ("/hazards/nearby?lon=103&lat=13&distance_m=NaN", "invalid-parameter"),
        ("/progress?group_by=colour", "invalid-parameter"),
        ("/progress?from=2020-13-01", "invalid-parameter"),
        ("/progress?from=2021-01-01&to=2020-01-01", "invalid-parameter"),
    ] {
        let answer = scene.server.ask(&format!("/programmes/kh{path}"), &scene.asking);
        assert_eq!((answer.status, answer.code().as_str()), (400, code), "{path}");
    }
    let curl = scene.asking.clone().header("Content-Type", "application/x-www-form-urlencoded");
    let sent = scene.server.post(SUBMISSIONS, &curl, collection(&[good("KH-HA-1")]).as_bytes());
    assert_eq!(sent.status, 201, "what curl sends without being told a type is read");
    let wrong_type = scene.asking.clone().header("Content-Type", "application/pdf");
    let sent = scene.server.post(SUBMISSIONS, &wrong_type, b"%PDF-1.7");
    assert_eq!((sent.status, sent.code().as_str()), (415, "unsupported-media-type"));
    let latin = scene.asking.clone().header("Content-Type", "application/json; charset=iso-8859-1");
    let sent = scene.server.post(SUBMISSIONS, &latin, b"{}");
    assert_eq!(sent.status, 415);
}

//  as sent   ╲╱   repaired   ◣◢   two parts that meet in a point
//            ╱╲              ◤◥
#[test]
fn a_repair_is_suggested_and_taken_only_when_asked_for() {
    let scene = scene();
    let crossing = collection(&[hazardous_area("KH-HA-1", "2016-03-01", &bow_tie())]);
    let refused = scene.send("", crossing.as_bytes());
    assert_eq!(refused.status, 422);
    let findings = refused.json()["findings"].clone();
    let suggestion = findings
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["rule"] == "repair-suggested")
        .unwrap_or_else(|| panic!("{findings}"));
    assert_eq!(suggestion["suggestion"]["type"], "MultiPolygon", "{suggestion}");
    assert_eq!(scene.count(), 0);

    let taken = scene.send("&accept_repairs=true", crossing.as_bytes());
    assert_eq!(taken.status, 201, "{}", taken.json());
    let findings = taken.json()["findings"].clone();
    let repaired = findings.as_array().unwrap().iter().any(|it| it["rule"] == "repaired");
    assert!(repaired, "each repair is recorded: {findings}");
    let item = scene
        .server
        .ask("/programmes/kh/collections/hazardous-areas/items/KH-HA-1", &scene.asking)
        .json();
    let places = |geometry: &Value| -> Vec<Vec<Vec<[f64; 2]>>> {
        serde_json::from_value(geometry["coordinates"].clone()).unwrap()
    };
    assert_eq!(places(&item["geometry"]), places(&suggestion["suggestion"]));
    assert_eq!(item["located"], true, "{item}");
}

#[test]
fn a_release_is_never_made_larger_by_a_repair() {
    let scene = scene();
    let releases = "/programmes/kh/submissions?collection=land-releases&accept_repairs=true";
    scene.send("", collection(&[good("KH-HA-1")]).as_bytes());
    // A star drawn in one line goes round its middle twice: maps leave it open, a repair fills it.
    let star = json!({ "type": "Polygon", "coordinates": [[
        [103.0, 13.5], [103.0008, 13.5015], [103.0016, 13.5], [102.9998, 13.5009],
        [103.0018, 13.5009], [103.0, 13.5],
    ]] });
    let area = hazardous_area("KH-HA-2", "2016-03-01", &star);
    let sent = scene.send("&accept_repairs=true", collection(&[area]).as_bytes());
    assert_eq!(sent.status, 201, "a hazardous area may become larger: {}", sent.json());
    let mut release = clearance("KH-LR-1", "KH-HA-1", "2018-05-20", &star);
    release["properties"]["started_on"] = json!("2018-05-01");
    let sent = scene.server.post(releases, &scene.asking, collection(&[release]).as_bytes());
    assert_eq!(sent.status, 422, "{}", sent.json());
}

/// A comb of many teeth, standing or lying on its side; about 2.6 km across.
fn comb(is_lying: bool) -> Value {
    const TEETH: u32 = 600;
    let long = 4 * TEETH;
    let mut ring = vec![(0, 0), (long, 0)];
    for tooth in (0..TEETH).rev() {
        let x = 4 * tooth;
        ring.extend([(x + 2, 4), (x + 2, long), (x, long), (x, 4)]);
    }
    ring.push((0, 0));
    if is_lying {
        ring.reverse();
    }
    let at = |(x, y): (u32, u32)| {
        let (x, y) = if is_lying { (y, x) } else { (x, y) };
        [103.0 + f64::from(x) * 1e-5, 13.5 + f64::from(y) * 1e-5]
    };
    let ring: Vec<[f64; 2]> = ring.into_iter().map(at).collect();
    json!({ "type": "Polygon", "coordinates": [ring] })
}

#[test]
fn boundaries_that_cross_more_often_than_can_be_cut_are_refused_with_their_names() {
    let scene = scene();
    let send = |name: &str, is_lying: bool| {
        let area = hazardous_area(name, "2016-03-01", &comb(is_lying));
        scene.send("", collection(&[area]).as_bytes())
    };
    let first = send("KH-HA-1", false);
    assert_eq!(first.status, 201, "{}", first.json());
    let refused = send("KH-HA-2", true);
    let told = refused.json();
    assert_eq!((refused.status, refused.code().as_str()), (422, "submission-rejected"), "{told}");
    let mut records = told["records"].as_array().unwrap().clone();
    records.sort_by_key(|name| name.to_string());
    assert_eq!(records, [json!("KH-HA-1"), json!("KH-HA-2")]);
    assert!(told["detail"].as_str().unwrap().contains("KH-HA-2"), "{told}");
    assert_eq!(scene.count(), 1);
    assert!(scene.server.stop());
    scene.product.run(&["doctor"]);
}
