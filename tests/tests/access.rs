//! Who may do what, and that nothing of one programme shows in another.

use serde_json::json;
use tests::land::{collection, hazardous_area, square};
use tests::running::{Asking, Product};

fn area() -> String {
    collection(&[hazardous_area("HA-1", "2016-03-01", &square(33.0, 47.5, 100.0))])
}

fn two_programmes() -> Product {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "ua", "--name", "Ukraine"]);
    product.run(&["programme", "add", "kh", "--name", "Cambodia", "--public-read"]);
    product
}

#[test]
fn nothing_of_one_programme_shows_in_another() {
    let product = two_programmes();
    let ukraine = Asking::with_token(&product.token("ua", "manager"));
    let server = product.serve();
    let path = "/programmes/ua/submissions?collection=hazardous-areas";
    let receipt = server.post(path, &ukraine, area().as_bytes());
    assert_eq!(receipt.status, 201);
    let submission = receipt.json()["submission"].as_str().unwrap().to_owned();
    let id = {
        let item = "/programmes/ua/collections/hazardous-areas/items/HA-1";
        server.ask(item, &ukraine).json()["id"].as_str().unwrap().to_owned()
    };

    let cambodia = Asking::with_token(&product.token("kh", "manager"));
    let listed = server.ask("/programmes", &cambodia).json();
    let codes: Vec<_> =
        listed["programmes"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(codes, [&json!("kh")]);
    for path in [
        format!("/programmes/kh/collections/hazardous-areas/items/{id}"),
        "/programmes/kh/collections/hazardous-areas/items/HA-1".to_owned(),
        format!("/programmes/kh/submissions/{submission}"),
        format!("/programmes/kh/submissions/{submission}/body"),
        "/programmes/ua".to_owned(),
        "/programmes/ua/progress".to_owned(),
        "/programmes/ua/collections/hazardous-areas/items".to_owned(),
    ] {
        let answer = server.ask(&path, &cambodia);
        assert_eq!(answer.status, 404, "{path}");
    }
    let items = server.ask("/programmes/kh/collections/hazardous-areas/items", &cambodia).json();
    assert_eq!(items["features"], json!([]));
    let at = server.ask("/programmes/kh/hazards/at?lon=33&lat=47.5", &cambodia).json();
    assert_eq!(at["numberMatched"], 0);
    let progress = server.ask("/programmes/kh/progress", &cambodia).json();
    assert_eq!(progress["total"]["identified_m2"], json!(0.0));
    let changes = server.ask("/programmes/kh/changes", &cambodia).json();
    assert!(!changes.to_string().contains(&submission));
    // The same local id may be used in each programme.
    let other = "/programmes/kh/submissions?collection=hazardous-areas";
    assert_eq!(server.post(other, &cambodia, area().as_bytes()).status, 201);
}

#[test]
fn the_public_reads_only_where_the_programme_allows_it() {
    let product = two_programmes();
    let server = product.serve();
    assert_eq!(server.get("/programmes/kh/progress").status, 200);
    let closed = server.get("/programmes/ua/progress");
    assert_eq!((closed.status, closed.code().as_str()), (401, "unauthenticated"));
    assert!(closed.header("www-authenticate").is_some());
    // A programme that does not exist looks the same.
    assert_eq!(server.get("/programmes/xx/progress").status, 401);
    let sent = server.post(
        "/programmes/kh/submissions?collection=hazardous-areas",
        &Asking::default(),
        area().as_bytes(),
    );
    assert_eq!(sent.status, 401);
}

#[test]
fn a_reader_may_not_submit_and_a_revoked_token_may_nothing() {
    let product = two_programmes();
    let reader = Asking::with_token(&product.token("ua", "reader"));
    let server = product.serve();
    assert_eq!(server.ask("/programmes/ua/progress", &reader).status, 200);
    let path = "/programmes/ua/submissions?collection=hazardous-areas";
    let refused = server.post(path, &reader, area().as_bytes());
    assert_eq!((refused.status, refused.code().as_str()), (403, "forbidden"));

    let listed = product.run(&["token", "list"]);
    let row = listed.lines().find(|line| line.contains("reader")).unwrap();
    product.run(&["token", "revoke", row.split_whitespace().next().unwrap()]);
    assert_eq!(server.ask("/programmes/ua/progress", &reader).status, 401);
    assert_eq!(server.ask("/programmes", &Asking::with_token("made-up")).status, 401);
}

#[test]
fn every_route_asks_who_is_there() {
    let product = two_programmes();
    let server = product.serve();
    for (method, path) in api::routes::ROUTES {
        if !path.contains("{programme}") {
            continue;
        }
        let path = path
            .replace("{programme}", "ua")
            .replace("{collection}", "hazardous-areas")
            .replace("{item}", "HA-1")
            .replace("{export}", "018f0000-0000-7000-8000-000000000000")
            .replace("{report}", "018f0000-0000-7000-8000-000000000000")
            .replace("{webhook}", "018f0000-0000-7000-8000-000000000000")
            .replace("{version}", "1")
            .replace("{set}/{zoom}/{row}/{column}", "WebMercatorQuad/0/0/0")
            .replace("{set}", "WebMercatorQuad")
            .replace("{style}", "land-release")
            .replace("{file}", "sprite.json")
            .replace("{submission}", "018f0000-0000-7000-8000-000000000000");
        let answer = match *method {
            "GET" => server.get(&path),
            "POST" => server.post(&format!("{path}?collection=regions"), &Asking::default(), b"{}"),
            "PUT" => server.put(&path, &Asking::default(), b"{}"),
            "PATCH" => server.patch(&path, &Asking::default(), b"{}"),
            "OPTIONS" => server.options(&path, &Asking::default()),
            "DELETE" => server.delete(&path, &Asking::default()),
            other => panic!("{other} is not covered here"),
        };
        assert_eq!(answer.status, 401, "{method} {path} answers a stranger");
    }
}

/// Names of those who sent, recorded or froze something are for members of the programme.
#[test]
fn no_answer_to_the_public_or_to_members_of_another_programme_names_a_person() {
    let product = two_programmes();
    let tokens: Vec<Asking> = ["contributor", "reviewer"]
        .map(|role| Asking::with_token(&product.token("kh", role)))
        .into();
    let stranger = Asking::with_token(&product.token("ua", "manager"));
    let server = product.serve();
    let path = "/programmes/kh/submissions?collection=hazardous-areas";
    assert_eq!(server.post(path, &tokens[0], area().as_bytes()).status, 201);
    let report = json!({ "title": "Of 2016", "kind": "progress", "parameters": {} }).to_string();
    let frozen = server.post("/programmes/kh/reports", &tokens[1], report.as_bytes());
    assert_eq!(frozen.status, 201, "{}", frozen.json());
    let report = frozen.json()["report"].as_str().unwrap().to_owned();
    let submission = server.ask(path.split('?').next().unwrap(), &tokens[0]).json();
    let submission = submission["submissions"][0]["submission"].as_str().unwrap().to_owned();

    let (mut answered, mut named) = (0, 0);
    for (_, path) in api::routes::ROUTES.iter().filter(|(method, _)| *method == "GET") {
        let path = path
            .replace("{programme}", "kh")
            .replace("{collection}", "hazardous-areas")
            .replace("{item}", "HA-1")
            .replace("{report}", &report)
            .replace("{version}", "1")
            .replace("{submission}", &submission)
            .replace("{set}/{zoom}/{row}/{column}", "WebMercatorQuad/0/0/0")
            .replace("{set}", "WebMercatorQuad")
            .replace("{style}", "land-release")
            .replace("{file}", "sprite.json");
        if path.contains('{') || path.ends_with("/stream") {
            continue;
        }
        let names = |asking: &Asking| {
            let answer = server.ask(&path, asking);
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            (
                answer.status == 200,
                text.contains("contributor of kh") || text.contains("reviewer of kh"),
            )
        };
        for asking in [&Asking::default(), &stranger] {
            let (is_answered, is_named) = names(asking);
            assert!(!is_named, "{path} names a person");
            answered += usize::from(is_answered);
        }
        named += usize::from(names(&tokens[1]).1);
    }
    assert!(answered > 60, "{answered} answers were looked at");
    assert!(named >= 4, "members see names in {named} answers");
}
