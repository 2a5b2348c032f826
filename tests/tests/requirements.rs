//! What the official suites look at, by the requirement: OGC API – Features, Parts 1 to 5.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use api::query::percent_encoded as encoded;
use serde_json::{Value, json};
use tests::land::{clearance, collection, hazardous_area, square};
use tests::running::{Asking, Product, Server};

const KH: &str = "/programmes/kh";
const AREAS: &str = "/programmes/kh/collections/hazardous-areas";
const REL: &str = "http://www.opengis.net/def/rel/ogc/1.0";
const KEYWORDS: &[&str] = &[
    "title",
    "description",
    "type",
    "format",
    "enum",
    "const",
    "oneOf",
    "anyOf",
    "allOf",
    "items",
    "properties",
    "required",
    "additionalProperties",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "default",
    "readOnly",
    "writeOnly",
    "$schema",
    "$id",
    "$ref",
    "$defs",
    "examples",
];

struct Scene {
    server: Server,
    contributor: Asking,
    manager: Asking,
    product: Product,
}

impl Scene {
    /// A programme with seven areas, a release, a layer of points, and collections without items.
    fn new() -> Self {
        let product = Product::on_sqlite();
        let add = ["programme", "add", "kh", "--name", "Cambodia", "--public-read"];
        product
            .run(&[&add[..], &["--extent", "102,10,108,15", "--national-crs", "32648"]].concat());
        let contributor = Asking::with_token(&product.token("kh", "contributor"));
        let manager = Asking::with_token(&product.token("kh", "manager"));
        let server = product.serve();
        let layer = json!({ "name": "wells", "title": "Wells", "geometry": ["point"],
            "properties": [{ "name": "depth_m", "type": "number" }] });
        let sending = manager.clone().header("Content-Type", "application/json");
        let made =
            server.post(&format!("{KH}/collections"), &sending, layer.to_string().as_bytes());
        assert_eq!(made.status, 201, "{}", made.json());
        let scene = Self { server, contributor, manager, product };
        let lon = |number: u32| 103.0 + f64::from(number) * 0.01;
        let area =
            |it| hazardous_area(&format!("HA-{it}"), "2014-03-01", &square(lon(it), 13.5, 90.0));
        scene.send("hazardous-areas", &(0..7).map(area).collect::<Vec<_>>());
        scene.send(
            "land-releases",
            &[clearance("LR-1", "HA-0", "2019-05-01", &square(103.0, 13.5, 50.0))],
        );
        scene
    }

    fn send(&self, name: &str, features: &[Value]) {
        let path = format!("{KH}/submissions?collection={name}");
        let answer = self.server.post(&path, &self.contributor, collection(features).as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.json());
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.server.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    fn collections(&self) -> Vec<Value> {
        self.get(&format!("{KH}/collections"))["collections"].as_array().unwrap().clone()
    }

    fn count(&self, query: &str) -> usize {
        self.get(&format!("{AREAS}/items?{query}"))["features"].as_array().unwrap().len()
    }
}

fn linked(document: &Value, rel: &str, media_type: &str) -> bool {
    let mut links = document["links"].as_array().unwrap().iter();
    links.any(|link| link["rel"] == rel && link["type"] == media_type)
}

#[test]
fn req_core_fc_limit_fc_bbox_fc_time_definition_as_the_suite_reads_them() {
    let scene = Scene::new();
    let definition = scene.get(&format!("{KH}/api"));
    for listed in scene.collections() {
        let path = format!("/collections/{}/items", listed["id"].as_str().unwrap());
        let parameters = definition["paths"][&path]["get"]["parameters"].as_array().unwrap();
        let parameters: BTreeMap<&str, &Value> = parameters
            .iter()
            .map(|one| match one["$ref"].as_str() {
                Some(place) => definition.pointer(place.trim_start_matches('#')).unwrap(),
                None => one,
            })
            .map(|one| (one["name"].as_str().unwrap(), one))
            .collect();
        for (name, kind) in [
            ("limit", "integer"),
            ("bbox", "array"),
            ("datetime", "string"),
            ("crs", "string"),
            ("bbox-crs", "string"),
        ] {
            let one = parameters[name];
            assert_eq!((&one["in"], &one["style"]), (&json!("query"), &json!("form")), "{name}");
            assert_eq!((&one["required"], &one["explode"]), (&json!(false), &json!(false)));
            assert_eq!(one["schema"]["type"], kind, "{name}");
        }
        let (limit, bbox) = (&parameters["limit"]["schema"], &parameters["bbox"]["schema"]);
        for word in ["minimum", "maximum", "default"] {
            assert!(limit[word].as_u64().is_some(), "{word}");
        }
        assert_eq!((&bbox["minItems"], &bbox["maxItems"]), (&json!(4), &json!(6)));
        assert_eq!(bbox["items"]["type"], "number");
    }
}

#[test]
fn req_core_fc_response_of_every_collection_with_items_or_none() {
    let scene = Scene::new();
    for listed in scene.collections() {
        let id = listed["id"].as_str().unwrap();
        for of_box in ["-1.5,50,1.5,53", "177,65,-177,70", "-180,85,180,90", "-180,-90,180,-85"] {
            let page = scene.get(&format!("{KH}/collections/{id}/items?bbox={of_box}"));
            assert_eq!(page["numberMatched"], 0, "{id} {of_box}");
        }
        let page = scene.get(&format!("{KH}/collections/{id}/items/"));
        assert_eq!(page["numberReturned"], page["features"].as_array().unwrap().len());
        assert!(page["timeStamp"].as_str().unwrap().ends_with('Z'));
        assert!(linked(&page, "self", "application/geo+json"), "{id}");
        assert!(linked(&page, "alternate", "text/html"), "{id}");
        for link in page["links"].as_array().unwrap() {
            assert!(link["rel"].is_string() && link["type"].is_string(), "{link}");
        }
        let spatial = &listed["extent"]["spatial"]["bbox"][0];
        assert_eq!(spatial.as_array().unwrap().len(), 4, "{id}");
    }
}

#[test]
fn req_core_mandatory_properties_collections_with_items_are_listed_before_those_without() {
    let scene = Scene::new();
    let counts = |listed: &Value| listed["itemCount"].as_u64().unwrap();
    let listed = scene.collections();
    let are_empty: Vec<bool> = listed.iter().map(|one| counts(one) == 0).collect();
    assert!(are_empty.is_sorted() && !are_empty[0] && are_empty[listed.len() - 1], "{are_empty:?}");
}

#[test]
fn every_address_in_an_answer_is_whole() {
    let scene = Scene::new();
    let reviewer = Asking::with_token(&scene.product.token("kh", "reviewer"));
    let manager = &scene.manager;
    let report = json!({ "title": "2019", "kind": "progress" }).to_string();
    let webhook = json!({ "address": "https://example.org/changes" }).to_string();
    let made = [
        scene.server.post(&format!("{KH}/reports"), &reviewer, report.as_bytes()),
        scene.server.post(&format!("{KH}/webhooks"), manager, webhook.as_bytes()),
    ];
    for answer in &made {
        assert_eq!(answer.status, 201, "{}", answer.json());
        assert_eq!(scene.server.ask(answer.header("location").unwrap(), manager).status, 200);
    }
    let mut found = 0;
    let area = format!("{AREAS}/items/HA-0");
    let (versions, version) = (format!("{area}/versions"), format!("{area}/versions/1"));
    for path in [
        "/",
        "/programmes",
        &versions,
        &version,
        &format!("{area}/versions?limit=1"),
        &format!("{version}?compare=1"),
        &format!("{area}/story?limit=1"),
        &format!("{KH}/reported?limit=1&collection=hazardous-areas"),
        &format!("{KH}/parcels?limit=1"),
        &format!("{KH}/reports"),
        &format!("{KH}/webhooks"),
    ] {
        let answer = scene.server.ask(path, manager);
        assert_eq!(answer.status, 200, "{path}: {}", answer.json());
        for address in addresses(&answer.json()) {
            assert!(address.starts_with("http://"), "{path}: {address}");
            assert_eq!(scene.server.ask(&address, manager).status, 200, "{path}: {address}");
            found += 1;
        }
    }
    assert!(found > 30, "{found}");
}

/// Every address in a document, by the names of members that hold one.
fn addresses(document: &Value) -> Vec<String> {
    let below = |all: Vec<&Value>| all.into_iter().flat_map(addresses).collect::<Vec<_>>();
    match document {
        Value::Array(all) => below(all.iter().collect()),
        Value::Object(members) => {
            let own = members.iter().filter(|(name, _)| name.ends_with("href"));
            let own = own.filter_map(|(_, value)| value.as_str().map(str::to_owned));
            own.chain(below(members.values().collect())).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn req_crs_action_what_a_zone_cannot_carry_is_named_with_what_to_ask_instead() {
    let scene = Scene::new();
    let far = |name: &str, lon| hazardous_area(name, "2014-03-01", &square(lon, 13.5, 90.0));
    scene.send("hazardous-areas", &[far("HA-WEST", 102.2), far("HA-EAST", 107.9995)]);
    let of_west = format!("{AREAS}/items?crs=EPSG:32649&local_id=HA-WEST");
    let refused = scene.server.get(&of_west);
    let problem = refused.json();
    let west = scene.get(&format!("{AREAS}/items/HA-WEST"));
    assert_eq!((refused.status, &problem["code"]), (400, &json!("invalid-parameter")));
    assert_eq!((&problem["item"], &problem["bbox"]), (&west["id"], &json!("108,0,114,84")));
    assert!(problem["detail"].as_str().unwrap().contains("HA-WEST"), "{problem}");
    let asked = format!("{AREAS}/items?crs=EPSG:32649&bbox=108,0,114,84");
    let page = scene.get(&asked);
    assert_eq!(page["features"][0]["properties"]["local_id"], "HA-EAST");
    assert_eq!(page["numberMatched"], 1);
}

#[test]
fn req_core_fc_number_matched_when_a_further_page_is_asked_with_another_limit() {
    let scene = Scene::new();
    let first = scene.get(&format!("{AREAS}/items?limit=1"));
    let links = first["links"].as_array().unwrap();
    let next = links.iter().find(|link| link["rel"] == "next").unwrap()["href"].as_str().unwrap();
    let rest = scene.get(&next.replace("limit=1&", "limit=10000&"));
    assert_eq!(
        rest["numberReturned"].as_u64().unwrap() + 1,
        first["numberMatched"].as_u64().unwrap()
    );
    assert_eq!(rest["numberMatched"], first["numberMatched"]);
    assert_eq!(scene.count("limit=99999999999999999999999"), 7);
}

#[test]
fn req_queryables_link_is_in_the_header_of_what_can_be_filtered() {
    let scene = Scene::new();
    for listed in scene.collections() {
        let root = format!("{KH}/collections/{}", listed["id"].as_str().unwrap());
        let asking = Asking::default().header("Accept", "application/json");
        let head = scene.server.head(&format!("{root}/items"), &asking);
        let links = head.headers("link").join(", ");
        assert!(
            links.contains(&format!("{root}/queryables>; rel=\"{REL}/queryables\"")),
            "{links}"
        );
    }
}

#[test]
fn req_queryables_query_parameters_every_queryable_is_a_parameter_of_its_name() {
    let scene = Scene::new();
    let queryables = scene.get(&format!("{AREAS}/queryables"))["properties"].clone();
    let one = scene.get(&format!("{AREAS}/items/HA-3"));
    for (name, schema) in queryables.as_object().unwrap() {
        if schema.get("type").is_none() {
            continue;
        }
        let is_plain = !matches!(schema["type"].as_str(), Some("string" | "array"))
            || schema.get("enum").is_some()
            || schema["items"].get("enum").is_some()
            || schema.get("format").is_some();
        let nonsense = scene.server.get(&format!("{AREAS}/items?{name}=n%C3%B4nsense"));
        let expected = if is_plain { 400 } else { 200 };
        assert_eq!(nonsense.status, expected, "{name}");
        let is_null = encoded(&format!("{name} IS NULL"));
        assert_eq!(
            scene.server.get(&format!("{AREAS}/items?filter={is_null}")).status,
            200,
            "{name}"
        );
    }
    let id = one["id"].as_str().unwrap();
    assert_eq!(scene.count(&format!("id={id}")), 1);
    assert_eq!(scene.count(&format!("filter={}", encoded(&format!("id IN ('{id}')")))), 1);
    assert_eq!(scene.count("stage=released_in_part"), 1);
    assert_eq!(scene.count("located=true&version=1"), 7);
    assert_eq!(scene.count("sortby=-id&limit=3"), 3);
}

#[test]
fn conf_arithmetic_is_calculated_in_filters_of_text_and_json() {
    let scene = Scene::new();
    let text = |filter: &str| scene.count(&format!("filter={}", encoded(filter)));
    assert_eq!(text("version * 2 + 1 = 3"), 7);
    assert_eq!(text("claimed_m2 - remaining_m2 > 1000"), 1);
    assert_eq!(text("7 div 2 = 3 AND 7 % 2 = version AND 2 ^ 3 = 8"), 7);
    let doubled = json!({ "op": "*", "args": [{ "property": "version" }, 2] });
    let filter = encoded(&json!({ "op": "=", "args": [doubled, 2] }).to_string());
    assert_eq!(scene.count(&format!("filter-lang=cql2-json&filter={filter}")), 7);
}

fn keywords(schema: &Value) {
    let Some(members) = schema.as_object() else { return };
    for (word, value) in members {
        assert!(KEYWORDS.contains(&word.as_str()) || word.starts_with("x-"), "{word}: {schema}");
        match word.as_str() {
            "properties" | "$defs" => value.as_object().unwrap().values().for_each(keywords),
            "oneOf" | "anyOf" | "allOf" => value.as_array().unwrap().iter().for_each(keywords),
            "items" => keywords(value),
            _ => {}
        }
    }
}

#[test]
fn req_schemas_properties_role_id_and_keywords_of_every_schema() {
    let scene = Scene::new();
    for listed in scene.collections() {
        for word in ["schema", "queryables", "sortables"] {
            let path = format!("{KH}/collections/{}/{word}", listed["id"].as_str().unwrap());
            let asking = Asking::default().header("Accept", "application/schema+json");
            let answer = scene.server.ask(&path, &asking);
            assert_eq!(answer.header("content-type"), Some("application/schema+json"), "{path}");
            let schema = answer.json();
            assert!(linked(&listed, &format!("{REL}/{word}"), "application/schema+json"), "{path}");
            assert!(schema["$id"].as_str().unwrap().ends_with(&path));
            keywords(&schema);
            let mut roles: BTreeMap<&str, u32> = BTreeMap::new();
            for (name, property) in schema["properties"].as_object().unwrap() {
                let is_spatial =
                    property["format"].as_str().is_some_and(|it| it.starts_with("geometry-"));
                let is_typed = property.get("type").is_some();
                assert_eq!(is_typed, !is_spatial, "{path}: {name}: {property}");
                if let Some(role) = property["x-ogc-role"].as_str() {
                    *roles.entry(role).or_default() += 1;
                }
            }
            assert_eq!(roles.get("id"), Some(&1), "{path}: {roles:?}");
            assert!(roles.values().all(|count| *count == 1), "{path}: {roles:?}");
        }
    }
}

#[test]
fn req_update_a_merge_patch_names_properties_by_themselves_or_says_that_it_does_not() {
    let scene = Scene::new();
    let patching = scene.contributor.clone().header("Content-Type", "application/merge-patch+json");
    let patch = |patch: Value| {
        scene.server.patch(&format!("{AREAS}/items/HA-2"), &patching, patch.to_string().as_bytes())
    };
    let by_itself = patch(json!({ "name": "Phum Thmei" }));
    assert_eq!(by_itself.status, 200, "{}", by_itself.json());
    assert_eq!(by_itself.json()["properties"]["name"], "Phum Thmei");
    assert!(by_itself.header("etag").is_some() && by_itself.header("last-modified").is_some());
    let removed = patch(json!({ "type": "Feature", "name": null }));
    assert!(removed.json()["properties"].get("name").is_none());
    for unknown in [json!({ "nmae": "Phum Thmei" }), json!({ "type": "Point", "name": "Phum" })] {
        let refused = patch(unknown);
        assert_eq!((refused.status, refused.code().as_str()), (400, "invalid-body"));
    }
}

#[test]
fn req_optimistic_locking_timestamps_a_version_recorded_later_is_not_replaced() {
    let scene = Scene::new();
    let path = format!("{AREAS}/items/HA-3");
    let read = scene.server.get(&path);
    let modified = read.header("last-modified").unwrap().to_owned();
    let mut area = hazardous_area("HA-3", "2014-03-01", &square(103.03, 13.5, 90.0));
    let since = |date: &str| scene.contributor.clone().header("If-Unmodified-Since", date);
    let earlier = since("Sun, 06 Nov 1994 08:49:37 GMT");
    let put = |asking: &Asking, area: &Value| {
        let asking = asking.clone().header("Content-Type", "application/geo+json");
        scene.server.put(&path, &asking, area.to_string().as_bytes())
    };
    assert_eq!(put(&earlier, &area).status, 412);
    let merge_patch = earlier.header("Content-Type", "application/merge-patch+json");
    assert_eq!(scene.server.patch(&path, &merge_patch, br#"{"name":"Other"}"#).status, 412);
    area["properties"]["name"] = json!("Phum Thmei");
    let replaced = put(&since(&modified), &area);
    assert_eq!(replaced.status, 200, "{}", replaced.json());
    assert!(replaced.header("last-modified").is_some());
    let merge_patch = since(replaced.header("last-modified").unwrap())
        .header("Content-Type", "application/merge-patch+json");
    let patched = scene.server.patch(&path, &merge_patch, br#"{"name":"Phum Kandal"}"#);
    assert_eq!(patched.status, 200, "{}", patched.json());
    assert!(patched.header("last-modified").is_some());
}

#[test]
fn req_features_representation_geojson_replace_the_schema_of_what_is_sent() {
    let scene = Scene::new();
    for listed in scene.collections() {
        let name = listed["id"].as_str().unwrap();
        for word in ["create", "replace", "update"] {
            let path = format!("{KH}/collections/{name}/schema?type={word}");
            let asking = Asking::default().header("Accept", "application/schema+json");
            let answer = scene.server.ask(&path, &asking);
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.header("content-type"), Some("application/schema+json"), "{path}");
            let schema = answer.json();
            assert_eq!(schema["properties"]["type"]["const"], "Feature", "{path}");
            let references = schema.to_string();
            for reference in references.split("\"$ref\":\"#/$defs/").skip(1) {
                let defined = reference.split('"').next().unwrap();
                assert!(schema["$defs"].get(defined).is_some(), "{path}: {defined}");
            }
        }
    }
    let replacing = scene.get(&format!("{AREAS}/schema?type=replace"));
    assert_eq!(replacing["required"], json!(["type", "geometry", "properties"]));
    let properties = &replacing["properties"]["properties"];
    assert_eq!(properties["additionalProperties"], true);
    let required = properties["required"].as_array().unwrap();
    assert!(required.contains(&json!("classification")) && !required.contains(&json!("local_id")));
    assert!(properties["properties"].get("id").is_none(), "the id is given by the address");
    let updating = scene.get(&format!("{AREAS}/schema?type=update"));
    assert!(updating.get("required").is_none());
    let other = scene.server.get(&format!("{AREAS}/schema?type=delete"));
    assert_eq!(other.status, 400);
}

#[test]
fn req_common_the_form_that_is_wanted_most_is_given() {
    let scene = Scene::new();
    for path in ["work", "reported", "progress", "balance"] {
        for (accept, expected) in [
            ("text/csv;q=0.5, application/json", "application/json"),
            ("application/json;q=0.5, text/csv", "text/csv"),
            ("text/csv, */*;q=0.1", "text/csv"),
            ("*/*", "application/json"),
        ] {
            let asking = Asking::default().header("Accept", accept);
            let answer = scene.server.ask(&format!("{KH}/{path}"), &asking);
            let given = answer.header("content-type").unwrap();
            assert!(given.starts_with(expected), "{path}: {accept}: {given}");
        }
    }
}

/// Which tests exercise each conformance class that is declared.
const EXERCISED: &[(&str, &str)] = &[
    ("ogcapi-common-1/1.0/conf/core", "req_core_the_landing_page_leads_everywhere"),
    (
        "ogcapi-common-2/1.0/conf/collections",
        "req_core_a_collection_is_the_same_by_itself_and_in_the_list",
    ),
    (
        "ogcapi-features-1/1.0/conf/core",
        "req_core_fc_response_of_every_collection_with_items_or_none",
    ),
    (
        "ogcapi-features-1/1.0/conf/oas30",
        "req_oas30_every_parameter_of_the_definition_is_understood",
    ),
    (
        "ogcapi-features-1/1.0/conf/geojson",
        "req_core_fc_response_of_every_collection_with_items_or_none",
    ),
    ("ogcapi-features-1/1.0/conf/html", "every_page_can_be_read_by_people_too"),
    ("ogcapi-features-2/1.0/conf/crs", "req_crs_coordinates_come_in_the_order_of_the_authority"),
    (
        "ogcapi-features-3/1.0/conf/queryables",
        "req_queryables_link_is_in_the_header_of_what_can_be_filtered",
    ),
    (
        "ogcapi-features-3/1.0/conf/queryables-query-parameters",
        "req_queryables_query_parameters_every_queryable_is_a_parameter_of_its_name",
    ),
    ("ogcapi-features-3/1.0/conf/filter", "req_filter_text_and_json_select_the_same"),
    (
        "ogcapi-features-3/1.0/conf/features-filter",
        "req_filter_what_cannot_be_understood_is_refused_with_its_place",
    ),
    (
        "cql2/1.0/conf/cql2-text",
        "test_data_every_predicate_finds_what_the_standard_says_in_text_and_json",
    ),
    (
        "cql2/1.0/conf/cql2-json",
        "test_data_every_predicate_finds_what_the_standard_says_in_text_and_json",
    ),
    (
        "cql2/1.0/conf/basic-cql2",
        "comparison_and_property_property_opposite_operators_have_no_item_in_common",
    ),
    (
        "cql2/1.0/conf/advanced-comparison-operators",
        "like_between_and_in_are_evaluated_for_every_queryable_that_takes_them",
    ),
    (
        "cql2/1.0/conf/case-insensitive-comparison",
        "casei_and_accenti_mean_the_same_on_both_sides_for_every_text",
    ),
    (
        "cql2/1.0/conf/accent-insensitive-comparison",
        "casei_and_accenti_mean_the_same_on_both_sides_for_every_text",
    ),
    (
        "cql2/1.0/conf/basic-spatial-functions",
        "spatial_functions_are_evaluated_for_every_geometry_and_boxes_are_polygons",
    ),
    (
        "cql2/1.0/conf/basic-spatial-functions-plus",
        "spatial_functions_are_evaluated_for_every_geometry_and_boxes_are_polygons",
    ),
    (
        "cql2/1.0/conf/spatial-functions",
        "spatial_functions_are_evaluated_for_every_geometry_and_boxes_are_polygons",
    ),
    (
        "cql2/1.0/conf/basic-spatial-operators",
        "spatial_functions_are_evaluated_for_every_geometry_and_boxes_are_polygons",
    ),
    (
        "cql2/1.0/conf/temporal-functions",
        "temporal_functions_are_evaluated_for_every_date_and_timestamp",
    ),
    ("cql2/1.0/conf/array-functions", "array_predicates_are_evaluated_for_every_array"),
    (
        "cql2/1.0/conf/property-property",
        "boolean_and_property_property_literals_alone_find_all_or_nothing",
    ),
    (
        "cql2/1.0/conf/functions",
        "req_filter_get_functions_response_json_every_function_is_listed_and_can_be_used",
    ),
    ("cql2/1.0/conf/arithmetic", "conf_arithmetic_is_calculated_in_filters_of_text_and_json"),
    (
        "ogcapi-features-4/1.0/conf/create-replace-delete",
        "req_create_a_record_is_made_under_an_id_of_the_server",
    ),
    ("ogcapi-features-4/1.0/conf/update", "req_update_a_merge_patch_changes_what_it_names"),
    (
        "ogcapi-features-4/1.0/conf/optimistic-locking-etags",
        "req_optimistic_locking_a_version_that_was_not_read_is_not_replaced",
    ),
    (
        "ogcapi-features-4/1.0/conf/optimistic-locking-timestamps",
        "req_optimistic_locking_timestamps_a_version_recorded_later_is_not_replaced",
    ),
    ("ogcapi-features-4/1.0/conf/features", "req_crs_a_feature_is_taken_in_the_system_it_declares"),
    (
        "ogcapi-features-5/1.0/conf/returnables-and-receivables",
        "req_features_representation_geojson_replace_the_schema_of_what_is_sent",
    ),
    (
        "ogcapi-features-5/1.0/conf/schemas",
        "req_schemas_properties_role_id_and_keywords_of_every_schema",
    ),
    (
        "ogcapi-features-5/1.0/conf/queryables",
        "req_schemas_properties_role_id_and_keywords_of_every_schema",
    ),
    (
        "ogcapi-features-5/1.0/conf/sortables",
        "req_schemas_properties_role_id_and_keywords_of_every_schema",
    ),
    (
        "ogcapi-common-3/1.0/conf/returnables-and-receivables",
        "req_features_representation_geojson_replace_the_schema_of_what_is_sent",
    ),
    (
        "ogcapi-common-3/1.0/conf/schemas",
        "req_schemas_properties_role_id_and_keywords_of_every_schema",
    ),
    (
        "ogcapi-common-3/1.0/conf/queryables",
        "req_schemas_properties_role_id_and_keywords_of_every_schema",
    ),
    (
        "ogcapi-common-3/1.0/conf/sortables",
        "req_schemas_properties_role_id_and_keywords_of_every_schema",
    ),
    (
        "json-fg-1/1.0/conf/core",
        "req_json_fg_documents_have_the_members_that_their_classes_ask_for",
    ),
    (
        "json-fg-1/1.0/conf/types-schemas",
        "req_json_fg_documents_have_the_members_that_their_classes_ask_for",
    ),
    (
        "ogcapi-tiles-1/1.0/conf/core",
        "a_tile_of_nothing_is_no_content_and_one_off_the_map_is_not_there",
    ),
    ("ogcapi-tiles-1/1.0/conf/tileset", "req_tiles_tilesets_lead_to_tiles_and_to_their_matrix_set"),
    (
        "ogcapi-tiles-1/1.0/conf/tilesets-list",
        "req_tiles_tilesets_lead_to_tiles_and_to_their_matrix_set",
    ),
    (
        "ogcapi-tiles-1/1.0/conf/dataset-tilesets",
        "a_tile_shows_every_collection_with_its_properties",
    ),
    (
        "ogcapi-tiles-1/1.0/conf/geodata-tilesets",
        "req_tiles_tilesets_lead_to_tiles_and_to_their_matrix_set",
    ),
    ("ogcapi-tiles-1/1.0/conf/collections-selection", "tiles_are_filtered_as_items_are"),
    ("ogcapi-tiles-1/1.0/conf/datetime", "tiles_are_filtered_as_items_are"),
    ("ogcapi-tiles-1/1.0/conf/mvt", "a_tile_shows_every_collection_with_its_properties"),
    ("tms/2.0/conf/tilematrixset", "req_tiles_tilesets_lead_to_tiles_and_to_their_matrix_set"),
    ("tms/2.0/conf/json-tilematrixset", "req_tiles_tilesets_lead_to_tiles_and_to_their_matrix_set"),
];

#[test]
fn every_class_that_is_declared_is_exercised_by_a_test_and_no_other_is_listed() {
    let scene = Scene::new();
    let declared = scene.get(&format!("{KH}/conformance"))["conformsTo"].clone();
    let declared: BTreeSet<&str> = declared
        .as_array()
        .unwrap()
        .iter()
        .map(|class| class.as_str().unwrap().trim_start_matches("http://www.opengis.net/spec/"))
        .collect::<BTreeSet<_>>();
    let exercised: BTreeSet<&str> = EXERCISED.iter().map(|(class, _)| *class).collect();
    assert_eq!(declared, exercised);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let sources: String = files.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    for (class, test) in EXERCISED {
        assert!(sources.contains(&format!("#[test]\nfn {test}()")), "{class}: {test}");
    }
}
