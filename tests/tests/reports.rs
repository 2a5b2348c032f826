//! The report of 31 March in November: two clocks over real HTTP, frozen reports, and the doctor.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

use serde_json::{Value, json};
use tests::land::{clearance, collection, hazardous_area, region, square};
use tests::running::{Answer, Asking, Product, Server};

const PLACE: (f64, f64) = (103.0, 13.5);
const AREAS: &str = "/programmes/kh/collections/hazardous-areas/items";

struct Scene {
    server: Server,
    reviewer: Asking,
    reader: Asking,
    product: Product,
}

impl Scene {
    /// One region, two areas, and a release of a quarter of the first.
    fn of_march() -> Self {
        let product = Product::on_sqlite();
        product.run(&["programme", "add", "kh", "--name", "Cambodia"]);
        let reviewer = Asking::with_token(&product.token("kh", "reviewer"));
        let reader = Asking::with_token(&product.token("kh", "reader"));
        let scene = Self { server: product.serve(), reviewer, reader, product };
        let (lon, lat) = PLACE;
        let province = region("KH-1", "Province", &square(lon - 0.01, lat - 0.01, 4_000.0));
        scene.send("regions", &[province]);
        let first = square(lon, lat, 1_000.0);
        let second = square(lon + 0.02, lat, 300.0);
        scene.send(
            "hazardous-areas",
            &[
                hazardous_area("HA-1", "2016-03-01", &first),
                hazardous_area("HA-2", "2017-03-01", &second),
            ],
        );
        let quarter = square(lon, lat, 500.0);
        scene.send("land-releases", &[clearance("LR-1", "HA-1", "2018-05-20", &quarter)]);
        scene
    }

    /// A late report, a correction and a withdrawal.
    fn summer(&self) {
        let (lon, lat) = PLACE;
        let late = square(lon + 0.005, lat, 200.0);
        self.send("land-releases", &[clearance("LR-2", "HA-1", "2017-12-01", &late)]);
        let redrawn = square(lon, lat, 900.0);
        self.send("hazardous-areas", &[hazardous_area("HA-1", "2020-01-01", &redrawn)]);
        let seen = self.reviewer.clone().header("If-Match", "*");
        let path = format!("{AREAS}/HA-2?reason=drawn+twice&effective_on=2021-06-01");
        assert_eq!(self.server.delete(&path, &seen).status, 200);
    }

    fn send(&self, name: &str, features: &[Value]) {
        let path = format!("/programmes/kh/submissions?collection={name}");
        let sent = self.server.post(&path, &self.reviewer, collection(features).as_bytes());
        assert_eq!(sent.status, 201, "{}", String::from_utf8_lossy(&sent.body));
    }

    fn ask(&self, path: &str) -> Answer {
        let answer = self.server.ask(path, &self.reader);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer
    }

    fn freeze(&self, body: &Value) -> Answer {
        let path = "/programmes/kh/reports";
        self.server.post(path, &self.reviewer, body.to_string().as_bytes())
    }
}

/// The local ids in an answer with features.
fn names(answer: &Answer) -> Vec<String> {
    let document = answer.json();
    let features = document["features"].as_array().unwrap();
    let name = |feature: &Value| feature["properties"]["local_id"].as_str().unwrap().to_owned();
    features.iter().map(name).collect()
}

const QUESTIONS: [&str; 9] = [
    "/programmes/kh/progress?group_by=region,year",
    "/programmes/kh/progress?group_by=outcome&f=csv",
    "/programmes/kh/balance?group_by=region,year&f=csv",
    "/programmes/kh/balance?group_by=hazard_type&f=csv",
    "/programmes/kh/work?group_by=organisation",
    "/programmes/kh/reported?collection=land-releases&f=csv",
    "/programmes/kh/hazards/at?lon=103.0201&lat=13.5001",
    "/programmes/kh/hazards/nearby?lon=103.0&lat=13.5&distance_m=50000",
    "/programmes/kh/hazards/in?bbox=102,13,104,14",
];

#[test]
fn the_report_of_march_is_the_same_to_the_bit_in_november() {
    let scene = Scene::of_march();
    let ask_all = |end: &str| -> Vec<Vec<u8>> {
        QUESTIONS.iter().map(|path| scene.ask(&format!("{path}{end}")).body).collect()
    };
    let in_march = ask_all("");
    let revision = scene.ask("/programmes/kh/progress").json()["revision"].as_u64().unwrap();
    let changes = scene.ask("/programmes/kh/changes").json();
    let recorded_at = changes["changes"].as_array().unwrap().last().unwrap()["recorded_at"].clone();
    let items = |path: &str| scene.ask(path).json()["features"].clone();
    let items_in_march = items(AREAS);

    scene.summer();
    assert_ne!(ask_all(""), in_march);
    let instant = recorded_at.as_str().unwrap();
    for as_of in [revision.to_string(), instant.replace('+', "%2B")] {
        assert_eq!(ask_all(&format!("&as_of={as_of}")), in_march, "as of {as_of}");
        assert_eq!(items(&format!("{AREAS}?as_of={as_of}")), items_in_march);
    }
    // Withdrawn since, and answered as it was.
    let one = scene.ask(&format!("{AREAS}/HA-2?as_of={revision}")).json();
    assert_eq!(one["version"], 1);
    assert_eq!(scene.server.ask(&format!("{AREAS}/HA-2"), &scene.reader).status, 410);
    // Pages go on in the same picture.
    let first = scene.ask(&format!("{AREAS}?limit=1&as_of={instant}&effective=2019-01-01")).json();
    let next = first["links"][1]["href"].as_str().unwrap();
    assert!(next.contains(&format!("as_of={revision}&effective=2019-01-01")), "{next}");
    assert_eq!(scene.ask(next).json()["revision"], revision);
}

#[test]
fn the_land_of_a_day_is_shown_as_it_was_in_the_field() {
    let scene = Scene::of_march();
    scene.summer();
    let in_the_box = "/programmes/kh/hazards/in?bbox=102,13,104,14";
    let at = |end: &str| names(&scene.ask(&format!("{in_the_box}{end}")));
    assert_eq!(at(""), ["HA-1"]);
    assert_eq!(at("&effective=2021-06-01"), ["HA-1"]);
    assert_eq!(at("&effective=2021-05-31"), ["HA-1", "HA-2"]);
    assert_eq!(at("&effective=2017-02-28"), ["HA-1"]);
    assert_eq!(at("&effective=2016-02-29"), [""; 0]);
    // Redrawn later: the strip that was left out is in the area until then.
    let strip = "/programmes/kh/hazards/at?lon=103.0089&lat=13.5001";
    let at = |end: &str| names(&scene.ask(&format!("{strip}{end}")));
    assert_eq!(at("&effective=2019-12-31"), ["HA-1"]);
    assert_eq!(at("&effective=2020-01-01"), [""; 0]);
    assert_eq!(at(""), [""; 0]);
    // Not yet in the field, and withdrawn by then.
    let one = |day: &str| {
        let path = format!("{AREAS}/HA-2?effective={day}");
        scene.server.ask(&path, &scene.reader).status
    };
    assert_eq!([one("2017-02-28"), one("2019-01-01"), one("2022-01-01")], [404, 200, 410]);
    // Figures to the end of a day are those of a period that ends with it.
    let until = scene.ask("/programmes/kh/progress?group_by=year&to=2018-06-01").json();
    let of_day = scene.ask("/programmes/kh/progress?group_by=year&effective=2018-06-01").json();
    assert_eq!((&until["rows"], &until["total"]), (&of_day["rows"], &of_day["total"]));
    assert_eq!(of_day["effective"], "2018-06-01");
}

#[test]
fn a_time_that_cannot_be_known_is_refused_clearly() {
    let scene = Scene::of_march();
    for as_of in ["0", "999", "2999-01-01T00:00:00Z", "1999-01-01T00:00:00Z", "2026-03-31", "soon"]
    {
        for path in QUESTIONS {
            let refused = scene.server.ask(&format!("{path}&as_of={as_of}"), &scene.reader);
            assert_eq!((refused.status, refused.code().as_str()), (400, "invalid-parameter"));
            assert_eq!(refused.json()["parameter"], "as_of", "{path} {as_of}");
        }
    }
    let path = "/programmes/kh/progress?from=2020-01-01&effective=2019-01-01";
    assert_eq!(scene.server.ask(path, &scene.reader).status, 400);
}

#[test]
fn a_frozen_report_stays_as_it_was_answered() {
    let scene = Scene::of_march();
    let asked = scene.ask("/programmes/kh/progress?group_by=region,year&to=2019-12-31");
    let revision = asked.json()["revision"].as_u64().unwrap();
    let parameters = json!({ "group_by": "region,year", "to": "2019-12-31" });
    let body = json!({ "title": "First quarter", "parameters": parameters });
    let frozen = scene.freeze(&body);
    assert_eq!(frozen.status, 201, "{}", frozen.json());
    assert_eq!(frozen.json()["revision"], revision);
    let location = frozen.header("location").unwrap().to_owned();

    scene.summer();
    let read = scene.ask(&location);
    assert_eq!(read.body, asked.body);
    let digest = frozen.json()["sha256"].as_str().unwrap().to_owned();
    assert_eq!(read.header("etag"), Some(format!("\"{digest}\"").as_str()));
    // What was known then can be frozen afterwards, with the same document.
    let as_of = json!({ "group_by": "region,year", "to": "2019-12-31", "as_of": revision });
    let again = scene.freeze(&json!({ "title": "Again", "kind": "progress", "parameters": as_of }));
    assert_eq!(again.json()["sha256"], digest.as_str(), "{}", again.json());

    // A balance is frozen in the same way.
    let parameters_of_balance = json!({ "group_by": "year", "as_of": revision });
    let account =
        json!({ "title": "Account", "kind": "balance", "parameters": parameters_of_balance });
    let account = scene.freeze(&account);
    assert_eq!(account.status, 201, "{}", account.json());
    let account = scene.ask(account.header("location").unwrap()).json();
    assert_eq!(account["revision"], revision);
    let balance =
        scene.ask(&format!("/programmes/kh/balance?group_by=year&as_of={revision}")).json();
    assert_eq!(account["rows"], balance["rows"]);

    let listed = scene.ask("/programmes/kh/reports").json();
    let titles: Vec<&Value> =
        listed["reports"].as_array().unwrap().iter().map(|report| &report["title"]).collect();
    assert_eq!(titles, [&json!("Account"), &json!("Again"), &json!("First quarter")]);
    assert_eq!(listed["reports"][2]["parameters"], parameters);

    let path = "/programmes/kh/reports";
    let refused = scene.server.post(path, &scene.reader, body.to_string().as_bytes());
    assert_eq!((refused.status, refused.code().as_str()), (403, "forbidden"));
    for (body, code) in [
        (json!([]), "invalid-body"),
        (json!({ "kind": "progress" }), "invalid-body"),
        (json!({ "title": "A", "kind": "wishes" }), "invalid-body"),
        (json!({ "title": "A", "colour": "red" }), "invalid-body"),
        (json!({ "title": "A", "parameters": { "colour": "red" } }), "unknown-parameter"),
        (json!({ "title": "A", "parameters": { "as_of": 999 } }), "invalid-parameter"),
        (json!({ "title": "A", "parameters": { "region": "KH-9" } }), "invalid-parameter"),
    ] {
        assert_eq!(scene.freeze(&body).code(), code, "{body}");
    }
}

#[test]
fn the_doctor_makes_frozen_reports_again_and_names_those_that_differ() {
    let scene = Scene::of_march();
    let title = |title: &str| {
        let frozen = scene.freeze(&json!({ "title": title })).json();
        frozen["report"].as_str().unwrap().to_owned()
    };
    let (forged, misdated) = (title("Forged"), title("Misdated"));
    scene.summer();
    let Scene { product, server, .. } = scene;
    assert!(server.stop());

    let freeze = ["report", "freeze", "--programme", "kh", "--title", "By hand"];
    let parameters = ["--parameter", "group_by=year", "--parameter", "as_of=4"];
    let said = product.run(&[&freeze[..], &parameters[..]].concat());
    assert!(said.contains("as of revision 4"), "{said}");
    let by_hand = said.split_whitespace().nth(1).unwrap();
    let shown = product.run(&["report", "show", "--programme", "kh", by_hand]);
    assert_eq!(serde_json::from_str::<Value>(&shown).unwrap()["revision"], 4);
    let csv = ["progress", "--programme", "kh", "--group-by", "year", "--csv"];
    let then = product.run(&[&csv[..], &["--as-of", "4", "--effective", "2018-12-31"]].concat());
    assert!(then.lines().any(|line| line.starts_with("2018,")), "{then}");
    let listed = product.run(&["report", "list", "--programme", "kh"]);
    for name in ["Forged", "Misdated", "By hand"] {
        assert!(listed.contains(name), "{listed}");
    }
    let said = product.run(&["doctor"]);
    assert!(said.contains("3 frozen reports made again, 0 with faults"), "{said}");

    let damage = "DROP TRIGGER report_snapshots_no_update;
        UPDATE report_snapshots SET document = replace(document, '\"rows\"', '\"Rows\"')
            WHERE title = 'Forged';
        UPDATE report_snapshots SET revision = 3 WHERE title = 'Misdated';";
    let damaged = Command::new("sqlite3").arg(product.database_file()).arg(damage).status();
    assert!(damaged.unwrap().success());
    let output = product.try_run(&["doctor"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("3 frozen reports made again, 2 with faults"), "{said}");
    for (id, fault) in [(forged, "not the one that was frozen"), (misdated, "has other figures")] {
        let named = said.lines().any(|line| line.contains(&id) && line.contains(fault));
        assert!(named, "{said}");
    }
}

#[test]
fn what_was_withdrawn_is_known_after_the_server_starts_again() {
    let scene = Scene::of_march();
    scene.summer();
    let before = scene.ask("/programmes/kh/progress?group_by=region,year").body;
    let Scene { product, server, reader, .. } = scene;
    assert!(server.stop());
    let server = product.serve();
    assert_eq!(server.ask("/programmes/kh/progress?group_by=region,year", &reader).body, before);
    assert_eq!(server.ask(&format!("{AREAS}/HA-2"), &reader).status, 410);
}
