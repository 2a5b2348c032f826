//! The definition of the interface: what it declares is understood, and what there is it declares.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::land::{collection, hazardous_area, square};
use tests::running::{Answer, Asking, Product, Server};

const KH: &str = "/programmes/kh";

/// Routes that the definition of a programme's interface leaves out, since they are of the server.
const OF_THE_SERVER: &[&str] = &[
    "/",
    "/problems",
    "/problems/{code}",
    "/rules",
    "/viewer",
    "/viewer/{file:.*}",
    "/viewer/basemap.json",
    "/viewer/basemap.pmtiles",
    "/health/live",
    "/health/ready",
    "/programmes",
];

struct Scene {
    server: Server,
    manager: Asking,
    report: String,
    submission: String,
    _product: Product,
}

impl Scene {
    /// A programme with an area, a layer, a submission and a report.
    fn new() -> Self {
        let product = Product::on_sqlite();
        product.run(&["programme", "add", "kh", "--name", "Cambodia", "--public-read"]);
        let manager = Asking::with_token(&product.token("kh", "manager"));
        let server = product.serve();
        let area = hazardous_area("HA-1", "2016-03-01", &square(103.0, 13.5, 100.0));
        let path = format!("{KH}/submissions?collection=hazardous-areas");
        let sent = server.post(&path, &manager, collection(&[area]).as_bytes());
        assert_eq!(sent.status, 201, "{}", sent.json());
        let submission = sent.json()["submission"].as_str().unwrap().to_owned();
        let report = json!({ "title": "March", "kind": "progress" }).to_string();
        let frozen = server.post(&format!("{KH}/reports"), &manager, report.as_bytes());
        assert_eq!(frozen.status, 201, "{}", frozen.json());
        let report = frozen.json()["report"].as_str().unwrap().to_owned();
        let layer = json!({
            "name": "wells",
            "title": "Wells",
            "geometry": ["point"],
            "properties": [{ "name": "depth_m", "type": "number" }],
        });
        let asking = manager.clone().header("Content-Type", "application/json");
        let path = format!("{KH}/collections");
        let made = server.post(&path, &asking, layer.to_string().as_bytes());
        assert_eq!(made.status, 201, "{}", made.json());
        Self { server, manager, report, submission, _product: product }
    }

    fn definition(&self) -> Value {
        let answer = self.server.get(&format!("{KH}/api"));
        assert_eq!(answer.status, 200);
        answer.json()
    }

    /// An address of which something is known, of a path of the definition.
    fn address(&self, path: &str) -> String {
        let path = path
            .replace("{item}", "HA-1")
            .replace("{version}", "1")
            .replace("{set}", "WebMercatorQuad")
            .replace("{zoom}/{row}/{column}", "0/0/0")
            .replace("{style}", "land-release")
            .replace("{file}", "sprite.json")
            .replace("{report}", &self.report)
            .replace("{submission}", &self.submission);
        format!("{KH}{}", path.trim_end_matches('/'))
    }

    fn ask(&self, method: &str, path: &str) -> Answer {
        match method {
            "get" => self.server.ask(path, &self.manager),
            "post" => self.server.post(path, &self.manager, b"{}"),
            "put" => self.server.put(path, &self.manager, b"{}"),
            "patch" => self.server.patch(path, &self.manager, b"{}"),
            _ => self.server.delete(path, &self.manager),
        }
    }
}

/// Each operation of the definition: path, method, operation.
fn operations(definition: &Value) -> Vec<(&str, &str, &Value)> {
    let methods = ["get", "post", "put", "patch", "delete"];
    let paths = definition["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            methods
                .into_iter()
                .filter_map(move |method| Some((path.as_str(), method, item.get(method)?)))
        })
        .collect()
}

fn resolved(definition: &Value, value: &Value) -> Value {
    match value["$ref"].as_str() {
        Some(pointer) => definition.pointer(pointer.trim_start_matches('#')).unwrap().clone(),
        None => value.clone(),
    }
}

/// Where a schema, or one that it is made of, says no more than that there is something.
fn says_nothing(definition: &Value, schema: &Value, depth: u8) -> bool {
    let schema = resolved(definition, schema);
    let says_nothing = |inner: &Value| says_nothing(definition, inner, depth + 1);
    if depth > 12 {
        return false;
    }
    let several = ["oneOf", "anyOf"].into_iter().filter_map(|word| schema[word].as_array());
    let several: Vec<&Value> = several.flatten().collect();
    if !several.is_empty() {
        return several.into_iter().any(says_nothing);
    }
    match schema["type"].as_str() {
        Some("object") => match schema["properties"].as_object() {
            Some(members) => members.values().any(says_nothing),
            None => schema["additionalProperties"].is_null() && schema["enum"].is_null(),
        },
        Some("array") => says_nothing(&schema["items"]),
        Some(_) => false,
        None => true,
    }
}

/// The parameters that an operation declares in addresses.
fn declared(definition: &Value, operation: &Value) -> Vec<Value> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let all = parameters.map(|parameter| resolved(definition, parameter));
    all.filter(|parameter| parameter["in"] == "query").collect()
}

#[test]
fn req_oas30_every_parameter_of_the_definition_is_understood() {
    let scene = Scene::new();
    let api = scene.definition();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.0."));
    assert_eq!(api["components"]["parameters"]["limit"]["schema"]["maximum"], 10_000);
    for (path, method, operation) in operations(&api) {
        let mut names = BTreeSet::new();
        for parameter in declared(&api, operation) {
            assert_eq!(parameter["style"], "form", "{parameter}");
            assert_eq!(parameter["explode"], false, "{parameter}");
            let is_told = parameter["description"] != "" || path.contains("/wells/");
            assert!(is_told, "{path}: {parameter}");
            names.insert(parameter["name"].as_str().unwrap().to_owned());
        }
        // Whoever does not know a parameter says which ones are known.
        let answer = scene.ask(method, &format!("{}?no-such-parameter=", scene.address(path)));
        let problem = answer.json();
        assert_eq!(problem["code"], "unknown-parameter", "{method} {path}: {problem}");
        let told = problem["detail"].as_str().unwrap().rsplit("known are: ").next().unwrap();
        let known: BTreeSet<String> =
            told.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect();
        assert_eq!(names, known, "{method} {path}");
    }
}

#[test]
fn req_oas30_every_route_of_a_programme_is_in_the_definition_and_no_other() {
    let scene = Scene::new();
    let api = scene.definition();
    let paths = api["paths"].as_object().unwrap();
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    for (path, item) in paths {
        for method in ["get", "post", "put", "patch", "delete", "options"] {
            if item.get(method).is_some() {
                told.insert((method.to_owned(), path.clone()));
            }
        }
    }
    let mut left = told.clone();
    for (method, route) in api::routes::ROUTES {
        let Some(path) = route.strip_prefix("/programmes/{programme}") else {
            assert!(OF_THE_SERVER.contains(route), "{route} is in no definition");
            continue;
        };
        let path = if path.is_empty() { "/" } else { path };
        let (method, mut found) = (method.to_lowercase(), false);
        for collection in api["components"]["schemas"].as_object().unwrap().keys() {
            let Some(collection) = collection.strip_suffix(".feature") else { continue };
            let key = (method.clone(), path.replace("{collection}", collection));
            found |= told.contains(&key);
            left.remove(&key);
        }
        assert!(found, "{method} {path} is not in the definition");
    }
    assert_eq!(left, BTreeSet::new(), "there are no such routes");
}

#[test]
fn req_oas30_every_operation_has_an_id_of_its_own_and_says_what_it_answers() {
    let scene = Scene::new();
    let api = scene.definition();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&api) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{id} twice");
        assert!(operation["summary"].is_string(), "{id}");
        let responses = operation["responses"].as_object().unwrap();
        for response in responses.values() {
            assert!(resolved(&api, response)["description"].is_string(), "{id}");
        }
        if method != "get" {
            assert!(operation["security"].is_array(), "{id} is for those with a token");
            continue;
        }
        // A stream has no end, and not every collection has a record.
        if path == "/changes/stream" || !path.contains("hazardous-areas") && path.contains("{item}")
        {
            continue;
        }
        let answer = scene.ask("get", &scene.address(path));
        let status = answer.status.to_string();
        assert!(responses.contains_key(&status), "{id} answers {status}");
        if answer.status == 200 {
            let media_type = answer.header("content-type").unwrap();
            let types = responses["200"]["content"].as_object().unwrap();
            let bare = |it: &str| it.split(';').next().unwrap_or_default().to_owned();
            let is_told = types.keys().any(|it| bare(it) == bare(media_type));
            assert!(is_told, "{id} answers {media_type}");
        }
    }
    for suffix in ["dataset.vector.getTile", "collection.vector.getTileSet"] {
        assert!(ids.iter().any(|id| id.ends_with(suffix)), "{suffix}");
    }
}

#[test]
fn req_oas30_every_body_and_every_answer_has_a_schema_that_says_what_is_in_it() {
    let scene = Scene::new();
    let api = scene.definition();
    for (path, method, operation) in operations(&api) {
        let body = operation["requestBody"]["content"].as_object().into_iter().flatten();
        let answers = operation["responses"].as_object().unwrap().values();
        let answers: Vec<Value> = answers.map(|answer| resolved(&api, answer)).collect();
        let answers = answers.iter().filter_map(|answer| answer["content"].as_object()).flatten();
        for (media_type, content) in body.chain(answers) {
            let schema = &content["schema"];
            assert!(!says_nothing(&api, schema, 0), "{method} {path}, {media_type}: {schema}");
        }
        if ["post", "put", "patch"].contains(&method) && !path.ends_with("/test") {
            assert!(operation["requestBody"].is_object(), "{method} {path} has no body");
        }
    }
}

#[test]
fn record_types_are_the_same_in_every_programme_and_answer_no_method_that_changes_them() {
    let scene = Scene::new();
    let api = scene.definition();
    let path = "/collections/hazardous-areas";
    for method in ["put", "patch", "delete"] {
        assert!(api["paths"][path][method].is_null(), "{method}");
        let refused = scene.ask(method, &scene.address(path));
        assert_eq!((refused.status, refused.code().as_str()), (405, "method-not-allowed"));
        assert_eq!(refused.header("allow"), Some("GET, HEAD, OPTIONS"));
    }
}
