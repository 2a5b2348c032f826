//! The definition of a programme's interface as OpenAPI 3.0, made from the registry of collections
//! and from the parameters that are really read.
//!
//! # Source
//! OGC 17-069r4, requirements class *OpenAPI 3.0*. Clients look for concrete paths, for parameters
//! with `style: form` and `explode: false`, and for `limit` among the components.

mod histories;
mod inputs;
mod operation;
mod services;

use actix_web::{HttpRequest, HttpResponse, web};
use exchange::Format;
use serde_json::{Map, Value, json};
use survey::access::Action;
use survey::{Collection, MissingGeometry, Programme, QueryableKind};

use super::answer::{self, GEOJSON, JSON, OPENAPI, SCHEMA};
use super::base::Base;
use super::{parameters, schemas};
use crate::actor::Caller;
use crate::app::App;
use crate::problem::Problem;
use crate::query::Parameters;
use crate::tiles::MVT;
use crate::withdrawals;
use inputs::inputs;
use operation::Operation;

mod exports;

const PROBLEM: &str = "application/problem+json";

const DAY_OR_NOTHING: &str = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$";

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// Answers that are refusals, by status.
const REFUSALS: &[(&str, &str)] = &[
    ("400", "A parameter, header or body cannot be used."),
    ("401", "A valid token is needed."),
    ("403", "This token may not do that here."),
    ("404", "There is no such resource."),
    ("406", "None of the forms asked for can be given."),
    ("409", "It conflicts with what is recorded."),
    ("410", "It was here, and is gone: a record that was withdrawn, an export that expired."),
    ("412", "The record is not as the condition says."),
    ("413", "The body is larger than is taken."),
    ("415", "The body is of a type that cannot be read."),
    ("416", "The file does not have those bytes."),
    ("422", "The feature breaks rules, which the answer names."),
    ("428", "The version that was read must be named."),
    ("429", "Too many are not finished yet."),
    ("500", "The server failed."),
    ("503", "The server cannot answer reliably now."),
];

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

fn content(types: &[&str], schema: &Value, description: &str) -> Value {
    let of_type = |it: &&str| ((*it).to_owned(), json!({ "schema": schema }));
    let content: Map<String, Value> = types.iter().map(of_type).collect();
    json!({ "description": description, "content": content })
}

fn page() -> Value {
    json!({ "type": "string" })
}

fn read(id: &str, tag: &str, summary: &str, types: &[&str], schema: &Value) -> Value {
    let mut success = content(types, schema, "The document.");
    success["content"]["text/html"] = json!({ "schema": page() });
    json!({
        "get": {
            "operationId": id,
            "tags": [tag],
            "summary": summary,
            "parameters": [reference("parameters", "f")],
            "responses": responses(
                &[("200", success), ("304", json!({ "description": "Your copy is current." }))],
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
    let features = reference("schemas", "featureCollectionGeoJSON");
    let mut success = content(&[GEOJSON], &features, "Items.");
    success["content"]["text/html"] = json!({ "schema": page() });
    let files = Format::all().iter().filter(|format| format.media_type() != GEOJSON);
    for format in files {
        let schema = json!({ "type": "string", "format": "binary" });
        success["content"][format.media_type()] = json!({ "schema": schema });
    }
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
            &[("200", success), ("304", json!({ "description": "Your copy is current." }))],
            &["400", "406"],
        ),
    })
}

/// The answers of a tile: a tile of nothing is 204.
fn tile_answers(operation: Operation) -> Value {
    let mut tile = operation.reads(&[MVT], &[]);
    tile["responses"]["204"] = json!({ "description": "The tile shows nothing." });
    tile
}

fn secured() -> Value {
    json!([{ "token": [] }])
}

fn body(types: &[&str], collection: &Collection) -> Value {
    let schema = reference("schemas", &format!("{}.feature", collection.name));
    let of_type = |it: &&str| ((*it).to_owned(), json!({ "schema": schema }));
    let content: Map<String, Value> = types.iter().map(of_type).collect();
    json!({ "required": true, "content": content })
}

fn changed(status: &str) -> Vec<(&str, Value)> {
    let mut answer =
        content(&[GEOJSON], &reference("schemas", "featureGeoJSON"), "The record as it is now.");
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
            "requestBody": body(&[GEOJSON], collection),
            "responses": responses(&changed("201"), &["400", "409", "413", "415", "422"]),
        },
    })
}

fn item_path(collection: &Collection) -> Value {
    let name = &*collection.name;
    let declared = parameters::OF_ITEM.iter().map(|name| reference("parameters", name));
    let mut success = content(&[GEOJSON], &reference("schemas", "featureGeoJSON"), "The item.");
    success["content"]["text/html"] = json!({ "schema": page() });
    let edit_refusals = ["400", "409", "410", "412", "413", "415", "422", "428"];
    let header = |name: &str| reference("parameters", name);
    json!({
        "parameters": [{
            "name": "item",
            "in": "path",
            "required": true,
            "description": "The id of the record, or its local_id.",
            "schema": { "type": "string" },
        }],
        "get": {
            "operationId": format!("{name}.item"),
            "tags": [name],
            "summary": format!("One of {}", collection.title),
            "parameters": declared.collect::<Vec<_>>(),
            "responses": responses(
                &[("200", success), ("304", json!({ "description": "Your copy is current." }))],
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
            "requestBody": body(&[GEOJSON], collection),
            "responses": responses(&changed("200"), &edit_refusals),
        },
        "patch": {
            "operationId": format!("{name}.update"),
            "tags": [name],
            "summary": "Change some properties, or the geometry, by a further version",
            "security": secured(),
            "parameters": [header("If-Match"), header("If-Unmodified-Since")],
            "requestBody": {
                "required": true,
                "content": { "application/merge-patch+json": { "schema": { "type": "object" } } },
            },
            "responses": responses(&changed("200"), &edit_refusals),
        },
        "delete": {
            "operationId": format!("{name}.withdraw"),
            "tags": [name],
            "summary": "Withdraw a record; its history is kept",
            "security": secured(),
            "parameters": ([&[header("If-Match")][..], &inputs(withdrawals::PARAMETERS, &[])].concat()),
            "responses": responses(
                &[("200", json!({ "description": "It is withdrawn." }))],
                &["400", "410", "412", "428"],
            ),
        },
    })
}

fn components(programme: &Programme) -> Value {
    let mut declared: Map<String, Value> = parameters::OF_ITEMS
        .iter()
        .filter(|name| !parameters::OF_NAMES.contains(name))
        .map(|name| ((*name).to_owned(), parameters::documented(name, programme)))
        .collect();
    for (name, description) in [
        ("If-Match", "The ETag of the version that was read."),
        ("If-Unmodified-Since", "The Last-Modified of the version that was read."),
    ] {
        declared.insert(
            name.to_owned(),
            json!({
                "name": name,
                "in": "header",
                "description": description,
                "schema": { "type": "string" },
            }),
        );
    }
    let refusals: Map<String, Value> = REFUSALS
        .iter()
        .map(|(status, text)| {
            let answer = content(&[PROBLEM], &reference("schemas", "problem"), text);
            (format!("Refusal{status}"), answer)
        })
        .collect();
    let mut all = geojson_schemas();
    for collection in programme.collections() {
        all.insert(format!("{}.feature", collection.name), feature_of(&collection));
    }
    json!({
        "parameters": declared,
        "responses": refusals,
        "schemas": all,
        "securitySchemes": {
            "token": { "type": "http", "scheme": "bearer", "description": "A token of Safeground." },
        },
    })
}

/// A feature of a collection as it is sent. What each property is stands in the collection's schema,
/// in JSON Schema; OpenAPI 3.0 knows less.
fn feature_of(collection: &Collection) -> Value {
    let mut required = collection.schema()["required"].as_array().cloned().unwrap_or_default();
    // A record that comes without a number is known by its id.
    required.retain(|name| name != "local_id");
    let mut properties = Map::new();
    for queryable in collection.queryables() {
        let mut schema = schemas::queryable_schema(queryable);
        if !required.contains(&json!(queryable.name)) {
            schema["nullable"] = json!(true);
            // An empty text is as good as none, as forms send it.
            if queryable.kind == QueryableKind::Date {
                schema = json!({ "type": "string", "nullable": true, "pattern": DAY_OR_NOTHING });
            }
            // A list of values takes only what it lists, null too.
            if let Some(codes) = schema.get_mut("enum").and_then(Value::as_array_mut) {
                codes.push(Value::Null);
            }
        }
        properties.insert(queryable.name.clone(), schema);
    }
    let can_be_null = collection.geometry.missing != MissingGeometry::Refused;
    json!({
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": { "type": "string", "enum": ["Feature"] },
            "geometry": { "type": "object", "nullable": can_be_null },
            "properties": {
                "type": "object",
                "required": required,
                "properties": properties,
            },
        },
    })
}

fn geojson_schemas() -> Map<String, Value> {
    let feature = json!({
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": { "type": "string", "enum": ["Feature"] },
            "id": { "type": "string" },
            "geometry": { "type": "object", "nullable": true },
            "properties": { "type": "object", "nullable": true },
            "links": { "type": "array", "items": { "type": "object" } },
        },
    });
    let features = json!({
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": { "type": "string", "enum": ["FeatureCollection"] },
            "features": { "type": "array", "items": reference("schemas", "featureGeoJSON") },
            "links": { "type": "array", "items": { "type": "object" } },
            "timeStamp": { "type": "string", "format": "date-time" },
            "numberMatched": { "type": "integer", "minimum": 0 },
            "numberReturned": { "type": "integer", "minimum": 0 },
        },
    });
    let problem = json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "code": { "type": "string" },
            "description": { "type": "string" },
        },
    });
    let named = [
        ("featureGeoJSON", feature),
        ("featureCollectionGeoJSON", features),
        ("problem", problem),
        ("document", json!({ "type": "object" })),
    ];
    named.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// The whole definition.
pub fn definition(base: &Base, programme: &Programme) -> Value {
    let document = reference("schemas", "document");
    let mut paths = Map::new();
    let mut add = |path: String, item: Value| paths.insert(path, item);
    let own = "Capabilities";
    add("/".to_owned(), read("getLandingPage", own, "The landing page", &[JSON], &document));
    add("/api".to_owned(), read("getDefinition", own, "This definition", &[OPENAPI], &document));
    add("/conformance".to_owned(), read("getConformance", own, "Standards", &[JSON], &document));
    add(
        "/functions".to_owned(),
        read("getFunctions", own, "Functions of filters", &[JSON], &document),
    );
    let mut collections = read("getCollections", own, "Collections", &[JSON], &document);
    collections["post"] = services::making();
    collections["options"] = options("getCollectionsOptions", own);
    add("/collections".to_owned(), collections);
    for (path, item) in services::paths() {
        add(path.to_owned(), item);
    }
    for collection in programme.collections() {
        let name = &*collection.name;
        let root = format!("/collections/{name}");
        let mut item = read(name, name, &collection.title, &[JSON], &document);
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
            let item = read(&format!("{name}.{word}"), name, word, &[SCHEMA], &document);
            add(format!("{root}/{word}"), item);
        }
        add(format!("{root}/items"), items_path(&collection));
        add(format!("{root}/items/{{item}}"), item_path(&collection));
    }
    paths.extend(exports::paths(programme));
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
        "components": components(programme),
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
