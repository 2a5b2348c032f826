//! The land ledger for those who read it: the balance, and from every figure back to the parcels,
//! records and people behind it.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use tests::land::{clearance, collection, feature, hazardous_area, square};
use tests::running::{Asking, Product, Server};

const PLACE: (f64, f64) = (103.0, 13.5);

struct Scene {
    server: Server,
    contributor: Asking,
    product: Product,
}

fn part_of(local_id: &str, name: &str, level: u8, parent: Option<&str>, place: &Value) -> Value {
    let mut region = json!({ "local_id": local_id, "name": name, "level": level });
    if let Some(parent) = parent {
        region["parent"] = json!(parent);
    }
    feature(place, &region)
}

//  KH-1 province, 4 km                 west district KH-11 │ east district KH-12
//  ┌───────────────┬───────────────┐
//  │   ┌─────┐     │   ┌─────┐     │   KH-HA-1 (mines) in the west, 1 km, half of it cleared 2018
//  │   │▒▒▒  │     │   │     │     │   KH-HA-2 in the east, 1 km, redrawn to 500 m in 2019
//  └───┴─────┴─────┴───┴─────┴─────┘
fn scene() -> Scene {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "kh", "--name", "Cambodia <KH>"]);
    let contributor = Asking::with_token(&product.token("kh", "contributor"));
    let scene = Scene { server: product.serve(), contributor, product };
    let (lon, lat) = PLACE;
    let half = square(lon, lat, 4_000.0)["coordinates"][0][1][0].as_f64().unwrap() - lon;
    let north = square(lon, lat, 4_000.0)["coordinates"][0][2][1].as_f64().unwrap();
    let band = |west: f64, east: f64| {
        json!({ "type": "Polygon", "coordinates": [[
            [west, lat], [east, lat], [east, north], [west, north], [west, lat],
        ]] })
    };
    let middle = lon + half / 2.0;
    scene.send(
        "regions",
        &[
            part_of("KH-1", "Province", 1, None, &band(lon, lon + half)),
            part_of("KH-11", "West", 2, Some("KH-1"), &band(lon, middle)),
            part_of("KH-12", "East", 2, Some("KH-1"), &band(middle, lon + half)),
        ],
    );
    let mut first = hazardous_area("KH-HA-1", "2016-03-01", &west(1_000.0));
    first["properties"]["contamination"] = json!(["anti_personnel_mine"]);
    scene
        .send("hazardous-areas", &[first, hazardous_area("KH-HA-2", "2017-03-01", &east(1_000.0))]);
    scene.send("hazardous-areas", &[hazardous_area("KH-HA-2", "2019-07-01", &east(500.0))]);
    let mut release = clearance("KH-LR-1", "KH-HA-1", "2018-05-20", &west(500.0));
    release["properties"]["methods"] = json!(["manual"]);
    release["properties"]["reported_area_m2"] = json!(300_000);
    release["properties"]["devices"] =
        json!([{ "category": "anti_personnel_mine", "found": 7, "destroyed": 6 }]);
    scene.send("land-releases", &[release]);
    scene
}

fn west(side_m: f64) -> Value {
    square(PLACE.0 + 0.004, PLACE.1 + 0.01, side_m)
}

fn east(side_m: f64) -> Value {
    square(PLACE.0 + 0.022, PLACE.1 + 0.01, side_m)
}

impl Scene {
    fn send(&self, name: &str, features: &[Value]) -> Value {
        let path = format!("/programmes/kh/submissions?collection={name}");
        let sent = self.server.post(&path, &self.contributor, collection(features).as_bytes());
        assert_eq!(sent.status, 201, "{}", String::from_utf8_lossy(&sent.body));
        sent.json()
    }

    fn ask(&self, path: &str) -> Value {
        let path = path.split_once("/programmes/kh").map_or(path, |(_, behind)| behind);
        let answer = self.server.ask(&format!("/programmes/kh{path}"), &self.contributor);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    fn refused(&self, path: &str) -> String {
        let answer = self.server.ask(&format!("/programmes/kh{path}"), &self.contributor);
        assert_eq!(answer.status, 400, "{path}");
        answer.code()
    }

    fn text(&self, path: &str, accept: &str) -> String {
        let asking = self.contributor.clone().header("Accept", accept);
        let answer = self.server.ask(&format!("/programmes/kh{path}"), &asking);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        assert!(answer.header("content-type").unwrap().starts_with(accept), "{path}");
        String::from_utf8(answer.body).unwrap()
    }
}

fn m2(row: &Value, column: &str) -> f64 {
    row[column].as_f64().unwrap_or_else(|| panic!("{column} in {row}"))
}

fn close(actual: f64, expected: f64) -> bool {
    (actual - expected).abs() <= expected.abs() * 0.01 + 0.01
}

fn closes(row: &Value) -> bool {
    m2(row, "opening_m2")
        + m2(row, "newly_identified_m2")
        + m2(row, "recontaminated_m2")
        + m2(row, "reclassified_m2")
        - m2(row, "cancelled_m2")
        - m2(row, "reduced_m2")
        - m2(row, "cleared_m2")
        + m2(row, "adjustments_m2")
        == m2(row, "closing_m2")
}

fn rows(document: &Value) -> &Vec<Value> {
    document["rows"].as_array().unwrap()
}

#[test]
fn a_balance_leads_from_opening_to_closing_in_every_row() {
    let scene = scene();
    let balance = scene.ask("/balance?group_by=region,year&from=2017-01-01&to=2019-12-31");
    assert!(rows(&balance).iter().chain([&balance["total"]]).all(closes), "{balance}");
    let row = |region: &str, year: &str| {
        let found =
            rows(&balance).iter().find(|row| row["region"] == region && row["year"] == year);
        found.unwrap_or_else(|| panic!("{region} {year} in {balance}"))
    };
    let cleared = row("KH-11", "2018");
    assert!(close(m2(cleared, "opening_m2"), 1e6) && close(m2(cleared, "cleared_m2"), 0.25e6));
    assert!(close(m2(cleared, "closing_m2"), 0.75e6), "{cleared}");
    assert_eq!(cleared["items_found"], 7);
    assert_eq!(cleared["anti_personnel_mine_destroyed"], 6);
    assert_eq!(
        (&cleared["region_name"], &cleared["level"], &cleared["parent"]),
        (&json!("West"), &json!(2), &json!("KH-1"))
    );
    assert_eq!(
        (&cleared["areas_open_at_opening"], &cleared["areas_closed"]),
        (&json!(1), &json!(0))
    );
    let redrawn = row("KH-12", "2019");
    assert!(close(m2(redrawn, "adjustments_m2"), -0.75e6), "{redrawn}");
    assert_eq!(balance["total"]["areas_open_at_opening"], 1);
    assert_eq!(balance["total"]["areas_identified"], 1);
    assert_eq!(balance["total"]["areas_open_at_closing"], 2);
}

#[test]
fn districts_add_up_to_their_province() {
    let scene = scene();
    let fine = scene.ask("/balance?group_by=region");
    let coarse = scene.ask("/balance?group_by=region&level=1");
    let codes = |balance: &Value| -> Vec<Value> {
        rows(balance).iter().map(|row| row["region"].clone()).collect()
    };
    assert_eq!(codes(&fine), ["KH-11", "KH-12"]);
    assert_eq!(codes(&coarse), ["KH-1"]);
    assert_eq!(fine["total"], coarse["total"]);
    for (column, value) in coarse["rows"][0].as_object().unwrap() {
        if column.ends_with("_m2") || column.starts_with("items_") {
            let sum: f64 = rows(&fine).iter().map(|row| m2(row, column)).sum();
            assert_eq!(Some(sum), value.as_f64(), "{column}");
        }
    }
    assert_eq!(scene.refused("/balance?group_by=year&level=1"), "invalid-parameter");
    assert_eq!(scene.refused("/balance?level=99"), "invalid-parameter");
}

#[test]
fn a_balance_by_what_only_releases_have_carries_no_stocks() {
    let scene = scene();
    for (key, value) in [("organisation", "Clearance Group"), ("method", "manual")] {
        let balance = scene.ask(&format!("/balance?group_by={key}"));
        let row = rows(&balance).iter().find(|row| row[key] == value).unwrap();
        assert_eq!((&row["opening_m2"], &row["closing_m2"]), (&Value::Null, &Value::Null));
        assert!(close(m2(row, "cleared_m2"), 0.25e6), "{row}");
        assert!(closes(&balance["total"]));
    }
    let by_kind = scene.ask("/balance?group_by=device_type");
    let mines = rows(&by_kind).iter().find(|row| row["device_type"] == "anti_personnel_mine");
    assert_eq!(mines.unwrap()["items_found"], 7);
    let by_type = scene.ask("/balance?group_by=hazard_type");
    let mines = rows(&by_type).iter().find(|row| row["hazard_type"] == "anti_personnel_mine");
    assert!(closes(mines.unwrap()));
}

#[test]
fn items_told_by_a_release_and_its_activity_count_once() {
    let scene = scene();
    let mut activity = feature(
        &west(500.0),
        &json!({
            "local_id": "KH-A-1", "activity_type": "clearance", "started_on": "2018-01-10",
            "ended_on": "2018-05-20", "organisation": "Clearance Group",
            "devices": [{ "category": "submunition", "found": 5, "destroyed": 5 }],
        }),
    );
    scene.send("activities", &[activity.clone()]);
    let items = |scene: &Scene| scene.ask("/balance?group_by=")["total"]["items_found"].clone();
    assert_eq!(items(&scene), 12);
    let mut release = clearance("KH-LR-1", "KH-HA-1", "2018-05-20", &west(500.0));
    release["properties"]["activity"] = json!("KH-A-1");
    release["properties"]["devices"] =
        json!([{ "category": "submunition", "found": 5, "destroyed": 5 }]);
    scene.send("land-releases", &[release]);
    assert_eq!(items(&scene), 5);
    activity["properties"]["devices"] = json!([]);
    scene.send("activities", &[activity]);
    assert_eq!(items(&scene), 5);
}

#[test]
fn a_balance_comes_as_csv_and_as_a_page_that_is_complete_in_itself() {
    let scene = scene();
    let csv = scene.text("/balance?group_by=region&level=1", "text/csv");
    assert!(csv.starts_with("region,region_name,level,parent,opening_m2,"), "{csv}");
    assert!(csv.lines().nth(1).unwrap().starts_with("KH-1,Province,1,,0.0,"), "{csv}");
    assert!(csv.lines().last().unwrap().starts_with("total,"), "{csv}");

    let page = scene.text("/balance?group_by=region&from=2017-01-01&to=2019-12-31", "text/html");
    for told in [
        "Cambodia &lt;KH&gt; (kh)",
        "2017-01-01",
        "2019-12-31",
        "revision",
        "generated_at",
        "opening + newly identified + re-contaminated",
        "= closing",
        "@media print",
        "West",
    ] {
        assert!(page.contains(told), "{told} in {page}");
    }
    for fetched in ["<script", "http:", "https:", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(fetched), "{fetched} in {page}");
    }
    let asked = scene.server.ask("/programmes/kh/balance?f=html", &scene.contributor);
    assert!(asked.header("content-security-policy").unwrap().contains("default-src 'none'"));
    let table = scene.product.run(&["balance", "--programme", "kh", "--level", "1"]);
    assert!(table.contains("Province") && table.contains("= closing"), "{table}");
    let csv = scene.product.run(&["balance", "--programme", "kh", "--csv"]);
    assert!(csv.starts_with("region,region_name,"), "{csv}");
}

/// Follows the pages of a listing of parcels; gives all and the figure they belong to.
fn parcels(scene: &Scene, query: &str) -> (Vec<Value>, f64) {
    let mut path = format!("/parcels?limit=1&{query}");
    let mut all = Vec::new();
    loop {
        let page = scene.ask(&path);
        all.extend(page["features"].as_array().unwrap().iter().cloned());
        let Some(next) = page["links"][0]["href"].as_str() else {
            assert_eq!(page["numberMatched"], all.len());
            return (all, m2(&page, "figure_m2"));
        };
        next.clone_into(&mut path);
    }
}

#[test]
fn the_parcels_of_a_row_add_up_to_its_figures() {
    let scene = scene();
    let window = "from=2017-01-01&to=2019-12-31";
    let balance = scene.ask(&format!("/balance?group_by=region,year&level=1&{window}"));
    for row in rows(&balance) {
        let keys = format!(
            "{window}&region={}&level=1&year={}",
            row["region"].as_str().unwrap(),
            row["year"].as_str().unwrap()
        );
        for (figure, column) in [
            ("opening", "opening_m2"),
            ("newly_identified", "newly_identified_m2"),
            ("recontaminated", "recontaminated_m2"),
            ("cancelled", "cancelled_m2"),
            ("reduced", "reduced_m2"),
            ("cleared", "cleared_m2"),
            ("closing", "closing_m2"),
        ] {
            let (found, sum) = parcels(&scene, &format!("{keys}&figure={figure}"));
            let counted: f64 = found.iter().map(|one| m2(&one["properties"], "counted_m2")).sum();
            assert_eq!((counted, sum), (m2(row, column), m2(row, column)), "{figure} of {row}");
        }
    }
    let (found, sum) =
        parcels(&scene, "figure=cleared&organisation=Clearance%20Group&method=manual");
    assert!(close(sum, 0.25e6) && found.len() == 1, "{found:?}");
    assert_eq!(parcels(&scene, "figure=cleared&organisation=").1, 0.0);
    assert_eq!(parcels(&scene, "change=adjusted").0.len(), 1);
    assert_eq!(parcels(&scene, "region=").0.len(), 0);
    assert!(close(parcels(&scene, "figure=remaining&hazard=KH-HA-2").1, 0.25e6));
    let (whole, sum) = parcels(&scene, "figure=remaining");
    let (west, in_west) = parcels(&scene, "figure=remaining&bbox=103.011,13.517,103.012,13.518");
    assert_eq!(parcels(&scene, "figure=remaining&bbox=102,13,104,14"), (whole.clone(), sum));
    assert!(west.len() == 1 && whole.len() > 1, "{west:?}");
    assert_eq!(m2(&west[0]["properties"], "counted_m2"), in_west, "the whole parcel counts");
    assert_eq!(
        parcels(&scene, "figure=remaining&bbox=103,13.5,103.004,13.6").0.len(),
        0,
        "it touches"
    );
    let as_known =
        scene.ask("/parcels?figure=remaining&as_of=3&bbox=103.011,13.517,103.012,13.518");
    assert_eq!(as_known["numberMatched"], 1);
    for refused in [
        "figure=remaining&method=manual",
        "figure=profit",
        "region=XX",
        "level=1",
        "year=soon",
        "hazard=KH-HA-9",
        "cursor=1.2.3",
        "figure=reclassified",
        "bbox=1,2,3",
    ] {
        scene.refused(&format!("/parcels?{refused}"));
    }
}

#[test]
fn a_cursor_of_another_revision_is_refused_rather_than_adding_up_to_nothing() {
    let scene = scene();
    let page = scene.ask("/parcels?figure=remaining&limit=1");
    let next = page["links"][0]["href"].as_str().unwrap().to_owned();
    scene.send("hazardous-areas", &[hazardous_area("KH-HA-3", "2020-03-01", &east(300.0))]);
    assert_eq!(scene.refused(next.split_once("/programmes/kh").unwrap().1), "invalid-cursor");
}

#[test]
fn a_parcel_leads_to_the_version_the_submission_and_the_person_behind_it() {
    let scene = scene();
    let (found, _) = parcels(&scene, "figure=cleared");
    let parcel = &found[0];
    assert!(["Polygon", "MultiPolygon"].contains(&parcel["geometry"]["type"].as_str().unwrap()));
    let lon = parcel["geometry"]["coordinates"][0][0][0].as_f64().unwrap();
    assert!((lon - PLACE.0).abs() < 0.1, "longitude first: {parcel}");
    let released = &parcel["properties"]["timeline"][1];
    assert_eq!(
        (&released["change"], &released["outcome"]),
        (&json!("released"), &json!("cleared"))
    );
    assert_eq!(released["cause"]["local_id"], "KH-LR-1");
    let claim = &parcel["properties"]["claims"][0];
    assert_eq!(claim["hazardous_area"]["local_id"], "KH-HA-1");

    let version = scene.ask(released["cause"]["href"].as_str().unwrap());
    assert_eq!(version["properties"]["local_id"], "KH-LR-1");
    assert_eq!(version["version"], 1);
    let submission = &version["submission"];
    assert!(submission["received_at"].is_string(), "{version}");
    assert!(submission["actor"].as_str().unwrap().contains("contributor of kh"), "{version}");
    let receipt = scene.ask(submission["href"].as_str().unwrap());
    assert_eq!(receipt["submission"], submission["id"]);
}

#[test]
fn every_version_of_a_record_can_be_read_withdrawn_ones_too() {
    let scene = scene();
    let root = "/collections/hazardous-areas/items/KH-HA-2";
    let listed = scene.ask(&format!("{root}/versions"));
    let versions = listed["versions"].as_array().unwrap();
    assert_eq!(versions.iter().map(|one| &one["version"]).collect::<Vec<_>>(), [1, 2]);
    let first = scene.ask(&format!("{root}/versions/1"));
    assert_eq!(first["effective_on"], "2017-03-01");
    assert!(close(m2(&first, "area_m2"), 1e6), "{first}");
    let page = scene.ask(&format!("{root}/versions?limit=1"));
    assert_eq!(scene.ask(page["links"][1]["href"].as_str().unwrap())["versions"][0]["version"], 2);

    let reviewer = Asking::with_token(&scene.product.token("kh", "reviewer"));
    let path = format!("/programmes/kh{root}?reason=drawn+twice");
    assert_eq!(scene.server.delete(&path, &reviewer.header("If-Match", "\"2\"")).status, 200);
    let last = scene.ask(&format!("{root}/versions/3"));
    assert_eq!((&last["state"], &last["reason"]), (&json!("withdrawn"), &json!("drawn twice")));
    for missing in ["9", "0", "one"] {
        let path = format!("/programmes/kh{root}/versions/{missing}");
        assert_eq!(scene.server.ask(&path, &scene.contributor).status, 404, "{missing}");
    }
}

#[test]
fn reported_areas_work_and_the_story_are_told_as_of_a_day_in_the_field() {
    let scene = scene();
    let story = scene.ask("/collections/hazardous-areas/items/KH-HA-1/story?effective=2018-05-19");
    assert_eq!(story["features"].as_array().unwrap().len(), 1, "before the release");
    let reported = |on: &str| scene.ask(&format!("/reported?effective={on}"));
    assert_eq!(reported("2018-05-19")["numberMatched"], 0);
    assert_eq!(reported("2018-05-20")["numberMatched"], 1);
    let areas = scene.ask("/reported?collection=hazardous-areas&effective=2018-12-31");
    let derived = areas["records"].as_array().unwrap().iter();
    let derived: Vec<f64> = derived.map(|one| m2(one, "derived_area_m2")).collect();
    assert!(derived.iter().all(|area| close(*area, 1e6)), "before one was redrawn: {derived:?}");
    let work = scene.ask("/work?effective=2010-01-01");
    assert_eq!(work["total"]["activities"], 0, "{work}");
}

#[test]
fn parcels_and_the_story_are_told_as_they_were_known() {
    let scene = scene();
    let questions = [
        "/parcels?figure=remaining",
        "/parcels?figure=cleared&region=KH-1",
        "/parcels?figure=remaining&effective=2017-12-31",
        "/collections/hazardous-areas/items/KH-HA-1/story",
    ];
    let then: Vec<Value> = questions.iter().map(|question| scene.ask(question)).collect();
    let revision = then[0]["revision"].as_u64().unwrap();
    let smaller = hazardous_area("KH-HA-1", "2016-03-01", &west(400.0));
    scene
        .send("hazardous-areas", &[smaller, hazardous_area("KH-HA-9", "2018-01-01", &east(900.0))]);
    for (question, then) in questions.iter().zip(&then) {
        assert_ne!(&scene.ask(question), then, "{question}");
        let joint = if question.contains('?') { '&' } else { '?' };
        let again = scene.ask(&format!("{question}{joint}as_of={revision}"));
        for told in ["revision", "features", "figure_m2", "numberMatched", "numberReturned"] {
            assert_eq!(again[told], then[told], "{question}: {told}");
        }
    }
}

#[test]
fn the_story_of_an_area_tells_each_day_and_what_remained() {
    let scene = scene();
    let mut confirmed = hazardous_area("KH-HA-1", "2020-02-02", &west(1_000.0));
    confirmed["properties"]["classification"] = json!("confirmed");
    scene.send("hazardous-areas", &[confirmed]);
    let story = scene.ask("/collections/hazardous-areas/items/KH-HA-1/story");
    let steps = story["features"].as_array().unwrap();
    let told: Vec<(&str, &str)> = steps
        .iter()
        .flat_map(|step| {
            let on = step["properties"]["on"].as_str().unwrap();
            let events = step["properties"]["events"].as_array().unwrap();
            events.iter().map(move |event| (on, event["event"].as_str().unwrap()))
        })
        .collect();
    assert_eq!(
        told,
        [("2016-03-01", "identified"), ("2018-05-20", "released"), ("2020-02-02", "reclassified")]
    );
    let remaining: Vec<f64> =
        steps.iter().map(|step| m2(&step["properties"], "remaining_m2")).collect();
    assert!(close(remaining[0], 1e6) && close(remaining[1], 0.75e6), "{remaining:?}");
    assert_eq!(remaining[1], remaining[2]);
    let release = &steps[1]["properties"]["events"][0];
    assert_eq!(release["cause"]["local_id"], "KH-LR-1");
    assert_eq!(m2(release, "area_m2"), m2(&steps[1]["properties"], "released_m2"));
    // What is drawn is what remains: three corners of the square are left, one is cut out.
    assert_eq!(steps[1]["geometry"]["type"], "Polygon");
    assert!(steps[1]["geometry"]["coordinates"][0].as_array().unwrap().len() > 6);

    let redrawn = scene.ask("/collections/hazardous-areas/items/KH-HA-2/story");
    let last = &redrawn["features"][1]["properties"];
    assert_eq!(last["events"][0]["event"], "redrawn");
    assert!(close(m2(last, "adjusted_m2"), 0.75e6), "{last}");
    let page = scene.ask("/collections/hazardous-areas/items/KH-HA-1/story?limit=2");
    let next = page["links"][1]["href"].as_str().unwrap();
    assert_eq!(scene.ask(next)["features"][0]["properties"]["on"], "2020-02-02");
}

#[test]
fn reported_areas_stand_beside_derived_ones() {
    let scene = scene();
    let reported = scene.ask("/reported?collection=land-releases&group_by=organisation");
    let record = &reported["records"][0];
    assert_eq!(
        (&record["local_id"], &record["reported_area_m2"]),
        (&json!("KH-LR-1"), &json!(300_000.0))
    );
    assert!(
        close(m2(record, "derived_area_m2"), 0.25e6) && close(m2(record, "ratio"), 1.2),
        "{record}"
    );
    assert_eq!(m2(record, "difference_m2"), 300_000.0 - m2(record, "derived_area_m2"));
    assert!(close(m2(record, "counted_as_released_m2"), 0.25e6), "{record}");
    assert_eq!(record["beyond_tolerance"], true);
    assert_eq!(reported["summary"]["beyond_tolerance"], 1);
    assert_eq!(reported["groups"][0]["organisation"], "Clearance Group");
    assert_eq!(scene.ask(record["href"].as_str().unwrap())["version"], 1);
    let areas = scene.ask("/reported?collection=hazardous-areas&limit=1");
    assert_eq!(
        (&areas["numberMatched"], &areas["summary"]["not_reported"]),
        (&json!(2), &json!(2))
    );
    let next = scene.ask(areas["links"][0]["href"].as_str().unwrap());
    assert_eq!(next["links"], json!([]));
    let csv = scene.text("/reported?group_by=region", "text/csv");
    assert!(csv.contains("\r\nKH-11,1,1,0,0,1,300000"), "{csv}");
}

#[test]
fn work_is_told_apart_from_released_land() {
    let scene = scene();
    let activity = |id: &str, status: &str, area_m2: f64| {
        let mut activity = feature(
            &west(500.0),
            &json!({
                "local_id": id, "activity_type": "clearance", "status": status,
                "methods": ["manual"], "organisation": "Clearance Group",
                "started_on": "2021-01-01", "person_days": 200.0, "worked_area_m2": area_m2,
            }),
        );
        let last = if status == "ongoing" { "reported_on" } else { "ended_on" };
        activity["properties"][last] = json!("2021-01-20");
        activity
    };
    let before = scene.ask("/progress")["total"].clone();
    scene.send(
        "activities",
        &[activity("KH-A-1", "ongoing", 3_000.0), activity("KH-A-2", "completed", 5_000.0)],
    );
    assert_eq!(scene.ask("/progress")["total"], before);
    let mut release = clearance("KH-LR-2", "KH-HA-1", "2021-01-20", &west(600.0));
    release["properties"]["activity"] = json!("KH-A-2");
    scene.send("land-releases", &[release]);
    let work = scene.ask("/work?group_by=region,method,year");
    let row = &rows(&work)[0];
    assert_eq!(
        (&row["region"], &row["method"], &row["year"]),
        (&json!("KH-11"), &json!("manual"), &json!("2021"))
    );
    assert_eq!((m2(row, "worked_area_m2"), m2(row, "not_released_m2")), (8_000.0, 3_000.0));
    assert_eq!((&row["activities"], &row["in_progress"]), (&json!(2), &json!(1)));
    assert_eq!((m2(row, "m2_per_day"), m2(row, "m2_per_person_day")), (200.0, 20.0));
    assert_eq!(row["m2_per_machine_hour"], Value::Null);
    assert_eq!(rows(&scene.ask("/work?to=2020-12-31")).len(), 0);
    let csv = scene.text("/work?group_by=activity_type", "text/csv");
    assert!(csv.contains("\r\nclearance,2,1,0,8000.0,3000.0,"), "{csv}");
    assert_eq!(scene.refused("/work?group_by=colour"), "invalid-parameter");
}

#[test]
fn the_public_is_not_told_who_sent_what() {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "kh", "--name", "Cambodia", "--public-read"]);
    let token = Asking::with_token(&product.token("kh", "contributor"));
    let server = product.serve();
    let area = collection(&[hazardous_area("KH-HA-1", "2016-03-01", &west(100.0))]);
    let path = "/programmes/kh/submissions?collection=hazardous-areas";
    assert_eq!(server.post(path, &token, area.as_bytes()).status, 201);
    let versions = "/programmes/kh/collections/hazardous-areas/items/KH-HA-1/versions";
    for path in [versions.to_owned(), format!("{versions}/1")] {
        let public = server.get(&path);
        assert_eq!(public.status, 200);
        assert!(!String::from_utf8(public.body).unwrap().contains("contributor of kh"), "{path}");
    }
}
