//! The command line, on both databases.

use serde_json::json;
use tests::land::{clearance, collection, feature, hazardous_area, region, square};
use tests::running::{Asking, Product};

fn products() -> Vec<Product> {
    let mut products = vec![Product::on_sqlite()];
    products.extend(tests::postgres::new_database().map(Product::on));
    products
}

#[test]
fn files_are_imported_reported_and_checked() {
    for product in products() {
        product.run(&["programme", "add", "kh", "--name", "Cambodia"]);
        let regions = collection(&[region("KH-1", "Province", &square(103.0, 13.0, 9_000.0))]);
        let areas =
            collection(&[hazardous_area("HA-1", "2016-01-01", &square(103.01, 13.01, 1_000.0))]);
        let releases =
            collection(&[clearance("LR-1", "HA-1", "2018-01-01", &square(103.01, 13.01, 500.0))]);
        for (name, collection, text) in [
            ("regions.geojson", "regions", &regions),
            ("areas.geojson", "hazardous-areas", &areas),
            ("releases.geojson", "land-releases", &releases),
        ] {
            let path = product.file(name, text);
            let path = path.to_str().unwrap();
            let arguments = ["import", path, "--programme", "kh", "--collection", collection];
            let said = product.run(&arguments);
            assert!(said.contains("1 created"), "{said}");
        }
        let table = product.run(&["progress", "--programme", "kh", "--group-by", "region"]);
        assert!(table.contains("Province"), "{table}");
        let csv = product.run(&["progress", "--programme", "kh", "--group-by", "year", "--csv"]);
        assert!(csv.lines().any(|line| line.starts_with("2018,")), "{csv}");
        let balance = |more: &[&str]| {
            let asked = ["balance", "--programme", "kh", "--group-by", "year", "--csv"];
            product.run(&[&asked[..], more].concat())
        };
        // Before the release was known, and before it happened: the same land is still there.
        let now = balance(&[]);
        assert_ne!(now, balance(&["--as-of", "3"]));
        assert_eq!(
            closing(&balance(&["--as-of", "3"])),
            closing(&balance(&["--effective", "2017-12-31"]))
        );
        let said = product.run(&["doctor"]);
        assert!(said.contains("no difference"), "{said}");
    }
}

#[test]
fn work_and_reported_areas_are_told_as_over_http() {
    let product = Product::on_sqlite();
    product.run(&["demo", "--records", "200"]);
    let server = product.serve();
    let reader = Asking::with_token(&product.token("cambodia", "reader"));
    for (question, arguments) in [
        ("work?group_by=organisation,year", "work --group-by organisation,year"),
        (
            "work?group_by=region&from=2015-01-01&effective=2020-12-31",
            "work --group-by region --from 2015-01-01 --effective 2020-12-31",
        ),
        ("reported?group_by=region", "reported --group-by region"),
        (
            "reported?collection=hazardous-areas&limit=10000",
            "reported --collection hazardous-areas",
        ),
    ] {
        let asking = reader.clone().header("Accept", "text/csv");
        let answer = server.ask(&format!("/programmes/cambodia/{question}"), &asking);
        assert_eq!(answer.status, 200, "{question}");
        let asked: Vec<&str> = arguments.split(' ').chain(["--programme", "cambodia"]).collect();
        let csv = product.run(&[&asked[..], &["--csv"]].concat());
        assert!(csv.lines().count() > 2, "{csv}");
        let over_http = String::from_utf8(answer.body).unwrap();
        assert_eq!(csv.lines().collect::<Vec<_>>(), over_http.lines().collect::<Vec<_>>());
        assert!(product.run(&asked).contains("m²"), "a table for people: {arguments}");
    }
    let unknown = product.try_run(&["work", "--programme", "cambodia", "--group-by", "colour"]);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("activity_type"));
}

/// The land that remains at the end, by a balance in CSV.
fn closing(csv: &str) -> String {
    let mut lines = csv.lines().map(|line| line.split(','));
    let place = lines.next().and_then(|mut names| names.position(|name| name == "closing_m2"));
    let total = lines.next_back().zip(place).and_then(|(mut total, place)| total.nth(place));
    total.expect("a total with the column closing_m2").to_owned()
}

#[test]
fn files_named_after_collections_go_there_whatever_their_order() {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "kh", "--name", "Cambodia"]);
    let areas =
        collection(&[hazardous_area("HA-1", "2016-01-01", &square(103.01, 13.01, 1_000.0))]);
    let releases =
        collection(&[clearance("LR-1", "HA-1", "2018-01-01", &square(103.01, 13.01, 500.0))]);
    let releases = product.file("land-releases.geojson", &releases);
    let areas = product.file("hazardous-areas.geojson", &areas);
    let (releases, areas) = (releases.to_str().unwrap(), areas.to_str().unwrap());
    let said = product.run(&["import", releases, areas, "--programme", "kh"]);
    assert!(
        said.find("hazardous-areas.geojson: applied") < said.find("land-releases.geojson: app")
    );
    let csv = product.run(&["progress", "--programme", "kh", "--csv"]);
    assert!(csv.lines().count() > 1, "{csv}");
    let other = product.file("areas.geojson", "{}");
    let output = product.try_run(&["import", other.to_str().unwrap(), "--programme", "kh"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("named after no collection"), "{said}");
}

#[test]
fn a_rejected_file_changes_nothing_and_the_exit_code_says_so() {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "kh", "--name", "Cambodia"]);
    let bow_tie = json!({
        "type": "Polygon",
        "coordinates": [[[103.0, 13.0], [103.1, 13.1], [103.1, 13.0], [103.0, 13.1], [103.0, 13.0]]],
    });
    let text = collection(&[hazardous_area("HA-1", "2016-01-01", &bow_tie)]);
    let path = product.file("areas.geojson", &text);
    let path = path.to_str().unwrap();
    let arguments = ["import", path, "--programme", "kh", "--collection", "hazardous-areas"];
    let output = product.try_run(&arguments);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("self-crossing"), "{said}");
    let skipped = [&arguments[..], &["--on-error", "skip"]].concat();
    let said = product.run(&skipped);
    assert!(said.contains("1 kept as unlocated"), "{said}");
}

#[test]
fn foreign_properties_are_mapped_and_defaults_filled_in() {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "ba", "--name", "Bosnia and Herzegovina"]);
    let foreign =
        feature(&square(17.0, 45.0, 300.0), &json!({ "typeArea": "Suspected Minefield" }));
    let path = product.file("suspect.geojson", &collection(&[foreign]));
    let said = product.run(&[
        "import",
        path.to_str().unwrap(),
        "--programme",
        "ba",
        "--collection",
        "hazardous-areas",
        "--set",
        "classification=suspected",
        "--set",
        "identified_on=2024-07-31",
        "--set",
        "organisation=BHMAC",
        "--number-from",
        "S-",
    ]);
    assert!(said.contains("1 created"), "{said}");
}

#[test]
fn all_problems_of_a_configuration_are_told_at_once() {
    let product = Product::on_sqlite();
    let output = product.try_run(&["programme", "list", "--listen", "everywhere", "--log", "="]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("flag --listen") && said.contains("flag --log"), "{said}");
}

#[test]
fn a_postgresql_server_elsewhere_is_refused_without_tls() {
    let product = Product::on("postgres://somebody@db.example.org/safeground".to_owned());
    let output = product.try_run(&["programme", "list"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("TLS"), "{said}");
}

#[test]
fn the_demo_is_the_same_for_the_same_seed() {
    let folders: Vec<String> = (0..2)
        .map(|_| {
            let product = Product::on_sqlite();
            let folder = product.folder().join("demo");
            product.run(&[
                "demo",
                "--records",
                "500",
                "--seed",
                "7",
                "--write",
                folder.to_str().unwrap(),
            ]);
            let mut texts = Vec::new();
            for programme in ["cambodia", "ukraine"] {
                let mut files: Vec<_> = std::fs::read_dir(folder.join(programme))
                    .unwrap()
                    .map(|entry| entry.unwrap().path())
                    .collect();
                files.sort();
                texts.extend(files.iter().map(|path| std::fs::read_to_string(path).unwrap()));
            }
            texts.concat()
        })
        .collect();
    assert_eq!(folders[0], folders[1]);
    assert!(folders[0].contains("\"invented\":true"));
}
