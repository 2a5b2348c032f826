//! The definition of a programme's interface as OpenAPI 3.0, made from the registry of collections
//! and from the parameters that are really read.
//!
//! # Source
//! OGC 17-069r4, requirements class *OpenAPI 3.0*. Clients look for concrete paths, for parameters
//! with `style: form` and `explode: false`, and for `limit` among the components.

mod answers;
mod bodies;
mod components;
mod exports;
mod features;
mod histories;
mod inputs;
mod operation;
mod receipts;
mod services;
mod vocabulary;

use actix_web::{HttpRequest, HttpResponse, web};
use exchange::Format;
use serde_json::{Map, Value, json};
use survey::access::Action;
use survey::{Collection, Programme};

use super::answer::{self, GEOJSON, JSON, OPENAPI, SCHEMA};
use super::base::Base;
use super::edit::MERGE_PATCH;
use super::parameters;
use super::schemas;
use crate::actor::Caller;
use crate::app::App;
use crate::problem::Problem;
use crate::query::Parameters;
use crate::tiles::MVT;
use crate::withdrawals;
use inputs::inputs;
use operation::Operation;

const PROBLEM: &str = "application/problem+json";

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn responses(success: &[(&str, Value)], refusals: &[&str]) -> Value {
    let mut all = Map::new();
    for (status, response) in success {
        all.insert((*status).to_owned(), response.clone());
    }
    for status in refusals.iter().chain(&["401", "403", "404", "500", "503"]) {
        all.insert((*status).to_owned(), reference("responses", &format!("Refusal{status}")));
    }
    Value::Object(all)
}

/// A media type, and the name of the schema of what is sent or answered in it.
type Form = (&'static str, &'static str);

const PAGE: Form = ("text/html", "text");

fn media_types(forms: &[Form]) -> Value {
    let of_form = |(media_type, name): &Form| {
        ((*media_type).to_owned(), json!({ "schema": reference("schemas", name) }))
    };
    Value::Object(forms.iter().map(of_form).collect())
}

fn content(forms: &[Form], description: &str) -> Value {
    json!({ "description": description, "content": media_types(forms) })
}

fn body(forms: &[Form]) -> Value {
    json!({ "required": true, "content": media_types(forms) })
}

fn read(id: &str, tag: &str, summary: &str, form: Form) -> Value {
    json!({
        "get": {
            "operationId": id,
            "tags": [tag],
            "summary": summary,
            "parameters": [reference("parameters", "f")],
            "responses": responses(
                &[("200", content(&[form, PAGE], "The document."))],
                &["400", "406"],
            ),
        }
    })
}

fn listing(collection: &Collection) -> Value {
    let declared = parameters::OF_ITEMS.iter().map(|name| {
        if parameters::OF_NAMES.contains(name) {
            parameters::of_names(name, collection)
        } else if *name == "f" {
            parameters::form_of_items()
        } else {
            reference("parameters", name)
        }
    });
    let own = parameters::besides(parameters::OF_ITEMS, collection)
        .map(|queryable| parameters::of_queryable(&queryable));
    let files = Format::all().iter().map(|format| (format.media_type(), "file"));
    let files = files.filter(|(media_type, _)| *media_type != GEOJSON);
    let pages = [(GEOJSON, "featureCollectionGeoJSON"), PAGE];
    let mut success = content(&pages.into_iter().chain(files).collect::<Vec<_>>(), "Items.");
    success["headers"] = json!({
        "Content-Crs": { "description": "The reference system.", "schema": { "type": "string" } },
        "OGC-NumberReturned": { "schema": { "type": "integer" } },
        "OGC-NumberMatched": { "schema": { "type": "integer" } },
        "ETag": { "schema": { "type": "string" } },
        "Content-Disposition": { "schema": { "type": "string" } },
    });
    json!({
        "operationId": format!("{}.items", collection.name),
        "tags": [collection.name],
        "summary": format!("Items of {}", collection.title),
        "description": collection.description,
        "parameters": declared.chain(own).collect::<Vec<_>>(),
        "responses": responses(
            &[("200", success)],
            &["400", "406"],
        ),
    })
}

/// The answers of a tile: a tile of nothing is 204.
fn tile_answers(operation: Operation) -> Value {
    let mut tile = operation.reads(&[(MVT, "file")], &[]);
    tile["responses"]["204"] = json!({ "description": "The tile shows nothing." });
    tile
}

fn secured() -> Value {
    json!([{ "token": [] }])
}

/// A body that is a record of a collection, or a change of one.
fn record_body(media_type: &str, collection: &Collection, kind: &str) -> Value {
    let schema = reference("schemas", &format!("{}.{kind}", collection.name));
    json!({ "required": true, "content": { media_type: { "schema": schema } } })
}

fn changed(status: &str) -> Vec<(&str, Value)> {
    let mut answer = content(&[(GEOJSON, "featureGeoJSON")], "The record as it is now.");
    answer["headers"] = json!({ "ETag": { "schema": { "type": "string" } } });
    if status == "201" {
        answer["headers"]["Location"] = json!({ "schema": { "type": "string", "format": "uri" } });
    }
    vec![(status, answer)]
}

fn options(id: &str, tag: &str) -> Value {
    json!({
        "operationId": id,
        "tags": [tag],
        "summary": "The methods you may use here",
        "responses": responses(
            &[("200", json!({ "description": "See the header Allow." }))],
            &["400"],
        ),
    })
}

fn items_path(collection: &Collection) -> Value {
    let name = &*collection.name;
    json!({
        "get": listing(collection),
        "options": options(&format!("{name}.items.options"), name),
        "post": {
            "operationId": format!("{name}.create"),
            "tags": [name],
            "summary": "Create a record under a new id",
            "security": secured(),
            "requestBody": record_body(GEOJSON, collection, "feature"),
            "responses": responses(&changed("201"), &["400", "409", "413", "415", "422"]),
        },
    })
}

fn item_path(collection: &Collection) -> Value {
    let name = &*collection.name;
    let declared = parameters::OF_ITEM.iter().map(|name| reference("parameters", name));
    let success = content(&[(GEOJSON, "featureGeoJSON"), PAGE], "The item.");
    let edit_refusals = ["400", "409", "410", "412", "413", "415", "422", "428"];
    let header = |name: &str| reference("parameters", name);
    json!({
        "parameters": inputs::of_path("/{item}"),
        "get": {
            "operationId": format!("{name}.item"),
            "tags": [name],
            "summary": format!("One of {}", collection.title),
            "parameters": declared.collect::<Vec<_>>(),
            "responses": responses(
                &[("200", success)],
                &["400", "406", "410"],
            ),
        },
        "options": options(&format!("{name}.item.options"), name),
        "put": {
            "operationId": format!("{name}.replace"),
            "tags": [name],
            "summary": "Replace a record by a further version",
            "security": secured(),
            "parameters": [header("If-Match"), header("If-Unmodified-Since")],
            "requestBody": record_body(GEOJSON, collection, "feature"),
            "responses": responses(&changed("200"), &edit_refusals),
        },
        "patch": {
            "operationId": format!("{name}.update"),
            "tags": [name],
            "summary": "Change some properties, or the geometry, by a further version",
            "security": secured(),
            "parameters": [header("If-Match"), header("If-Unmodified-Since")],
            "requestBody": record_body(MERGE_PATCH, collection, "patch"),
            "responses": responses(&changed("200"), &edit_refusals),
        },
        "delete": {
            "operationId": format!("{name}.withdraw"),
            "tags": [name],
            "summary": "Withdraw a record; its history is kept",
            "security": secured(),
            "parameters": ([&[header("If-Match")][..], &inputs(withdrawals::PARAMETERS, &[])].concat()),
            "responses": responses(
                &[("200", content(&[(JSON, "written")], "It is withdrawn."))],
                &["400", "410", "412", "428"],
            ),
        },
    })
}

/// The whole definition.
pub fn definition(base: &Base, programme: &Programme) -> Value {
    let mut paths = Map::new();
    let mut add = |path: String, item: Value| paths.insert(path, item);
    let own = "Capabilities";
    add("/".to_owned(), read("getLandingPage", own, "The landing page", (JSON, "landingPage")));
    add("/api".to_owned(), read("getDefinition", own, "This definition", (OPENAPI, "definition")));
    add("/conformance".to_owned(), read("getConformance", own, "Standards", (JSON, "confClasses")));
    add(
        "/functions".to_owned(),
        read("getFunctions", own, "Functions of filters", (JSON, "functions")),
    );
    let mut collections = read("getCollections", own, "Collections", (JSON, "collections"));
    collections["post"] = services::making();
    collections["options"] = options("getCollectionsOptions", own);
    add("/collections".to_owned(), collections);
    for (path, item) in services::paths(programme) {
        add(path.to_owned(), item);
    }
    for collection in programme.collections() {
        let name = &*collection.name;
        let root = format!("/collections/{name}");
        let mut item = read(name, name, &collection.title, (JSON, "collection"));
        item["options"] = options(&format!("{name}.options"), name);
        if collection.layer().is_some() {
            for (method, operation) in services::of_layer(name) {
                item[method] = operation;
            }
        }
        add(root.clone(), item);
        for (path, item) in histories::paths(&collection) {
            add(format!("{root}{path}"), item);
        }
        for word in ["schema", "queryables", "sortables"] {
            let mut item = read(&format!("{name}.{word}"), name, word, (SCHEMA, "schema"));
            if word == "schema" {
                item["get"]["parameters"] =
                    json!(inputs(schemas::SCHEMA_PARAMETERS, &["json", "html"]));
            }
            add(format!("{root}/{word}"), item);
        }
        add(format!("{root}/items"), items_path(&collection));
        add(format!("{root}/items/{{item}}"), item_path(&collection));
    }
    paths.extend(exports::paths());
    for operation in paths.values_mut().filter_map(|item| item.get_mut("get")) {
        // Whatever is read has a tag, of its own or by its bytes.
        operation["responses"]["304"] = json!({ "description": "Your copy is current." });
    }
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": format!("Safeground: {}", programme.name),
            "description": "Hazardous areas, activities, land releases and regions. Absence of a \
                            record does not mean absence of a hazard.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0" },
        },
        "servers": [{ "url": base.programme(&programme.code) }],
        "tags": [],
        // Reading needs a token only where a programme is not open to everybody.
        "security": [{}, { "token": [] }],
        "paths": paths,
        "components": components::components(programme),
    })
}

/// `GET /programmes/{programme}/api`: the definition, as JSON or as a page.
pub async fn get_api(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &["f"])?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let programme = served.programme();
    let document = definition(&Base::of(&app, &request), &programme);
    let title = format!("The interface of {}", programme.name);
    answer::document(&request, parameters.text("f"), OPENAPI, &title, &document)
}
