//! The schema, queryables and sortables of a collection.
//!
//! # Source
//! OGC API – Features – Part 3 (19-079r2) and Part 5: Schemas (23-058r2).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};
use survey::access::Action;
use survey::{Collection, MissingGeometry, Queryable, QueryableKind};

use super::answer::{self, SCHEMA};
use super::base::Base;
use super::receivables::{Mutation, sent_schema};
use crate::actor::Caller;
use crate::app::App;
use crate::problem::Problem;
use crate::programmes::collection;
use crate::query::Parameters;

/// The dialect of JSON Schema.
pub const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What the schema of a collection is asked with.
pub const SCHEMA_PARAMETERS: &[&str] = &["f", "type"];

/// What a kind of value is in JSON Schema.
pub fn value_schema(kind: QueryableKind) -> Value {
    match kind {
        QueryableKind::Boolean => json!({ "type": "boolean" }),
        QueryableKind::Integer => json!({ "type": "integer" }),
        QueryableKind::Number => json!({ "type": "number" }),
        QueryableKind::Text => json!({ "type": "string" }),
        QueryableKind::Date => json!({ "type": "string", "format": "date" }),
        QueryableKind::Timestamp => json!({ "type": "string", "format": "date-time" }),
        QueryableKind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
    }
}

/// The schema of one queryable.
pub fn queryable_schema(queryable: &Queryable) -> Value {
    let mut schema = value_schema(queryable.kind);
    if !queryable.codes.is_empty() {
        match queryable.kind {
            QueryableKind::Texts => schema["items"]["enum"] = json!(queryable.codes),
            _ => schema["enum"] = json!(queryable.codes),
        }
    }
    schema["title"] = json!(queryable.name.replace('_', " "));
    schema["description"] = json!(queryable.description);
    schema
}

fn geometry_schema(collection: &Collection) -> Value {
    let kinds = collection.kinds();
    let format = match (kinds.point, kinds.line, kinds.area) {
        (true, false, false) => "geometry-point-or-multipoint",
        (false, true, false) => "geometry-linestring-or-multilinestring",
        (false, false, true) => "geometry-polygon-or-multipolygon",
        _ => "geometry-any",
    };
    json!({ "title": "geometry", "x-ogc-role": "primary-geometry", "format": format })
}

fn head(id: &str, collection: &Collection, properties: Map<String, Value>) -> Value {
    json!({
        "$schema": DRAFT,
        "$id": id,
        "type": "object",
        "title": collection.title,
        "description": collection.description,
        "properties": properties,
        "additionalProperties": false,
    })
}

/// Whether a collection has a property of this name of its own, as a layer may.
fn is_own(collection: &Collection, name: &str) -> bool {
    collection.properties().any(|own| own == name)
}

/// The schema of the id of records; none where a layer has a property of that name.
fn id_schema(collection: &Collection) -> Option<Value> {
    let known = view::queryables(collection);
    let id = known.iter().find(|it| it.name == view::ID && !is_own(collection, view::ID))?;
    let mut schema = queryable_schema(id);
    schema["readOnly"] = json!(true);
    schema["x-ogc-role"] = json!("id");
    Some(schema)
}

/// The queryables of a collection: its geometry, its properties with simple values, and what is
/// known of every record.
pub fn queryables(id: &str, collection: &Collection) -> Value {
    let mut properties = Map::new();
    properties.insert(collection.geometry_name().to_owned(), geometry_schema(collection));
    for queryable in view::queryables(collection) {
        properties.insert(queryable.name.clone(), queryable_schema(&queryable));
    }
    if !is_own(collection, view::ID) {
        properties[view::ID]["x-ogc-role"] = json!("id");
    }
    head(id, collection, properties)
}

/// Whether items can be ordered by values of this kind.
pub fn is_sortable(kind: QueryableKind) -> bool {
    kind != QueryableKind::Texts
}

/// The sortables of a collection: its queryables that have one value.
fn sortables(id: &str, collection: &Collection) -> Value {
    let mut document = queryables(id, collection);
    if let Some(properties) = document["properties"].as_object_mut() {
        properties
            .retain(|name, schema| name != collection.geometry_name() && schema["type"] != "array");
    }
    document
}

/// The types of JSON that values of a schema have, whichever of its alternatives they follow; a
/// property has to tell them itself, says 23-058r2, `/req/schemas/properties`.
fn types_of(schema: &Map<String, Value>) -> Vec<String> {
    let mut types: Vec<String> = match schema.get("type") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(several)) => {
            several.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => ["oneOf", "anyOf"]
            .iter()
            .filter_map(|word| schema.get(*word)?.as_array())
            .flatten()
            .filter_map(Value::as_object)
            .flat_map(types_of)
            .collect(),
    };
    types.sort();
    types.dedup();
    types
}

/// The schema of the features of a collection: what is answered, and what is taken.
///
/// Properties that are not known to a record type are kept and answered too, so further ones are
/// not forbidden; a layer takes none.
pub fn feature_schema(id: &str, collection: &Collection) -> Value {
    let mut schema = collection.schema().clone();
    schema["$schema"] = json!(DRAFT);
    schema["$id"] = json!(id);
    if collection.layer().is_none()
        && let Some(object) = schema.as_object_mut()
    {
        object.remove("additionalProperties");
    }
    let own = schema["properties"].take();
    let mut properties = Map::new();
    properties.extend(id_schema(collection).map(|schema| (view::ID.to_owned(), schema)));
    properties.insert(collection.geometry_name().to_owned(), geometry_schema(collection));
    if let Value::Object(own) = own {
        properties.extend(own);
    }
    for (place, (name, property)) in properties.iter_mut().enumerate() {
        if let Some(property) = property.as_object_mut() {
            let types = types_of(property);
            if !types.is_empty() && !property.contains_key("type") {
                let one = if let [one] = &types[..] { json!(one) } else { json!(types) };
                property.insert("type".to_owned(), one);
            }
            property.insert("x-ogc-propertySeq".to_owned(), json!(place + 1));
            if Some(name.as_str()) == collection.effective_on.as_deref() {
                property.insert("x-ogc-role".to_owned(), json!("primary-instant"));
            }
        }
    }
    schema["properties"] = Value::Object(properties);
    if collection.geometry.missing == MissingGeometry::Refused
        && let Some(required) = schema["required"].as_array_mut()
    {
        required.push(json!(collection.geometry_name()));
    }
    schema
}

fn answer_with(
    app: &App,
    caller: &Caller,
    (request, parameters): (&HttpRequest, &Parameters),
    path: web::Path<(String, String)>,
    (word, make): (&str, &dyn Fn(&str, &Collection) -> Value),
) -> Result<HttpResponse, Problem> {
    let (code, name) = path.into_inner();
    let served = app.programme(caller, &code, Action::ReadRecords)?;
    let collection = collection(&served.programme(), &name)?;
    let id = format!("{}/{word}", Base::of(app, request).collection(&code, &name));
    let document = make(&id, &collection);
    let title = format!("{}: {word}", collection.title);
    answer::document(request, parameters.text("f"), SCHEMA, &title, &document)
}

/// `GET …/collections/{collection}/queryables`.
pub async fn get_queryables(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &["f"])?;
    answer_with(&app, &caller, (&request, &parameters), path, ("queryables", &queryables))
}

/// `GET …/collections/{collection}/sortables`.
pub async fn get_sortables(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &["f"])?;
    answer_with(&app, &caller, (&request, &parameters), path, ("sortables", &sortables))
}

/// `GET …/collections/{collection}/schema`: of what is answered, or with `type` of what is sent.
pub async fn get_schema(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, SCHEMA_PARAMETERS)?;
    let words: Vec<&str> = Mutation::ALL.iter().map(|(word, _)| *word).collect();
    let wanted = parameters.word("type", &words)?;
    let mutation = Mutation::ALL.iter().find(|(word, _)| Some(*word) == wanted);
    let schema = |id: &str, collection: &Collection| match mutation {
        None => feature_schema(id, collection),
        Some((_, mutation)) => sent_schema(id, collection, *mutation),
    };
    answer_with(&app, &caller, (&request, &parameters), path, ("schema", &schema))
}
