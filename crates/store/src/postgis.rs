//! What SQL clients (QGIS, Metabase) find in a database with PostGIS: a geometry column that the
//! database itself derives from the stored WKB, and one view per collection with a column for each
//! property. The server never reads them; on plain PostgreSQL they are left out.
//!
//! Record types are the same in all programmes and have one view for all. A layer is one programme's
//! own; its view bears the programme's code, as in `collections.kh_settlements`, and is made, changed
//! and dropped with it.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde_json::Value;
use sha2::{Digest, Sha256};
use survey::{Collection, Programme};

use crate::error::{StoreError, TxError, TxResult};
use crate::schema::programmes;
use crate::sql_types::Json;

/// Name of the schema the views are in.
pub(crate) const SCHEMA: &str = "collections";

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Adds column, index and views where PostGIS is there or can be made to be; tells whether it is.
pub(crate) fn set_up(conn: &mut PgConnection) -> Result<bool, StoreError> {
    let set_up = conn.build_transaction().run(|conn| {
        if !has_postgis(conn)? {
            return Ok(false);
        }
        conn.batch_execute(
            "ALTER TABLE record_versions ADD COLUMN IF NOT EXISTS geom geometry(Geometry, 4326) \
                 GENERATED ALWAYS AS (ST_GeomFromWKB(geometry, 4326)) STORED; \
             COMMENT ON COLUMN record_versions.geom IS \
                 'The same geometry for PostGIS, derived from geometry by the database.'; \
             CREATE INDEX IF NOT EXISTS record_versions_by_geom ON record_versions USING gist (geom);",
        )?;
        conn.batch_execute(&format!(
            "CREATE SCHEMA IF NOT EXISTS {SCHEMA}; COMMENT ON SCHEMA {SCHEMA} IS \
                 'One view per collection: the records in force, as they are now.';"
        ))?;
        for collection in survey::COLLECTIONS {
            make_view(conn, &View::of_record_type(collection))?;
        }
        let documents: Vec<Json> =
            programmes::table.select(programmes::document).load::<Json>(conn)?;
        for Json(document) in documents {
            let programme: Programme = serde_json::from_str(&document)
                .map_err(|error| TxError::corrupt("the settings of a programme", error))?;
            for layer in programme.layers.iter() {
                follow_layer(conn, &programme, &layer.name)?;
            }
        }
        Ok(true)
    });
    set_up.map_err(|error: TxError| error.named("postgis_set_up"))
}

fn has_postgis(conn: &mut PgConnection) -> TxResult<bool> {
    let installed =
        ask(conn, "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis') AS answer")?;
    if installed {
        return Ok(true);
    }
    let available = ask(
        conn,
        "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'postgis') AS answer",
    )?;
    if !available {
        return Ok(false);
    }
    conn.batch_execute("SAVEPOINT postgis")?;
    if let Err(error) = conn.batch_execute("CREATE EXTENSION postgis") {
        tracing::info!(%error, "PostGIS is there but may not be added; the database stays plain");
        conn.batch_execute("ROLLBACK TO postgis")?;
        return Ok(false);
    }
    Ok(true)
}

fn ask(conn: &mut PgConnection, question: &str) -> TxResult<bool> {
    Ok(diesel::sql_query(question).get_result::<Answer>(conn)?.answer)
}

/// Columns that every view has.
const OWN: [&str; 15] = [
    "programme",
    "id",
    "local_id",
    "version",
    "revision",
    "effective_on",
    "recorded_at",
    "recorded_by",
    "organisation",
    "area_m2",
    "properties",
    "caution",
    "geom",
    "state",
    "collection",
];

/// Bytes of a name in PostgreSQL, which cuts longer ones off.
const NAME_BYTES_MAX: usize = 63;

/// How long the change of a layer waits for those who read its view.
const VIEW_WAIT: &str = "SET LOCAL lock_timeout = '5s'";

/// A view to be made.
struct View {
    name: String,
    statement: String,
}

/// Replaces the view of a collection. It is dropped only when its columns have changed, and then
/// not together with what others have built upon it: they are to decide.
fn make_view(conn: &mut PgConnection, view: &View) -> TxResult<()> {
    let View { name, statement } = view;
    conn.batch_execute("SAVEPOINT view")?;
    if conn.batch_execute(statement).is_err() {
        conn.batch_execute(&format!("ROLLBACK TO view; DROP VIEW IF EXISTS {name}; {statement}"))?;
    }
    conn.batch_execute("RELEASE view")?;
    Ok(())
}

/// Makes the view of a layer as the layer is now, or drops it when the layer is gone or retired.
/// Where there are no views it does nothing. What keeps a view from being changed, such as another
/// one built upon it, keeps no layer from being changed: the view then stays as it was.
pub(crate) fn follow_layer(
    conn: &mut PgConnection,
    programme: &Programme,
    name: &str,
) -> TxResult<()> {
    let there = format!("SELECT to_regnamespace('{SCHEMA}') IS NOT NULL AS answer");
    if !ask(conn, &there)? {
        return Ok(());
    }
    conn.batch_execute("SAVEPOINT layer")?;
    let layer = programme.layers.collection(name);
    let in_use = layer.filter(|it| it.layer().is_some_and(|layer| !layer.retired));
    let followed = conn.batch_execute(VIEW_WAIT).map_err(TxError::from).and_then(|()| {
        if let Some(layer) = in_use {
            return make_view(conn, &View::of_layer(&programme.code, &layer));
        }
        let name = layer_view_name(&programme.code, name);
        Ok(conn.batch_execute(&format!("DROP VIEW IF EXISTS {name}"))?)
    });
    if let Err(error) = followed {
        let error = error.named("layer_view");
        tracing::warn!(programme = programme.code, layer = name, %error, "its view stays as it was");
        conn.batch_execute("ROLLBACK TO layer")?;
    }
    conn.batch_execute("RELEASE layer")?;
    Ok(())
}

/// The view of a layer: of its programme's code and its name. Neither has an underscore, so that no
/// two layers share a name.
fn layer_view_name(programme: &str, layer: &str) -> String {
    let mut name = format!("{programme}_{layer}");
    if name.len() > NAME_BYTES_MAX {
        let digest = Sha256::digest(name.as_bytes());
        let [a, b, c, d] = [digest[0], digest[1], digest[2], digest[3]];
        name.truncate(NAME_BYTES_MAX - 9);
        name = format!("{name}_{a:02x}{b:02x}{c:02x}{d:02x}");
    }
    format!("{SCHEMA}.{}", identifier(&name))
}

impl View {
    fn of_record_type(collection: &Collection) -> Self {
        let name = format!("{SCHEMA}.{}", collection.name.replace('-', "_"));
        let caution = ", ST_GeomFromWKB(v.caution, 4326) AS caution";
        let of_all = format!("r.collection = {}", literal(&collection.name));
        Self::new(name, collection, (caution, &of_all))
    }

    fn of_layer(programme: &str, layer: &Collection) -> Self {
        let name = layer_view_name(programme, &layer.name);
        let of_one = format!(
            "r.programme = {} AND r.collection = {}",
            literal(programme),
            literal(&layer.name)
        );
        Self::new(name, layer, ("", &of_one))
    }

    fn new(name: String, collection: &Collection, (caution, records): (&str, &str)) -> Self {
        let schema = collection.schema();
        let properties = schema.get("properties").and_then(Value::as_object);
        let columns: String = properties
            .into_iter()
            .flatten()
            // What has no column is found in `properties`.
            .filter(|(name, _)| !OWN.contains(&name.as_str()) && name.len() <= NAME_BYTES_MAX)
            .map(|(name, described)| {
                let (key, column) = (literal(name), identifier(name));
                match sql_type(schema, described) {
                    Some(sql_type) => format!(", (v.properties ->> {key})::{sql_type} AS {column}"),
                    None => format!(", v.properties -> {key} AS {column}"),
                }
            })
            .collect();
        let title = literal(&collection.title);
        let statement = format!(
            "CREATE OR REPLACE VIEW {name} AS SELECT v.programme, v.id, v.local_id, v.version, \
             v.revision, v.effective_on, v.recorded_at, v.recorded_by, v.organisation, v.area_m2\
             {columns}, v.properties{caution}, v.geom \
             FROM records r JOIN record_versions v USING (programme, id, version) \
             WHERE {records} AND r.state = 'in_force'; COMMENT ON VIEW {name} IS {title};"
        );
        Self { name, statement }
    }
}

/// A text as SQL writes it.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as SQL writes it; those of layers come out of files.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The SQL type of a scalar property; lists and objects stay JSON.
fn sql_type(schema: &Value, described: &Value) -> Option<&'static str> {
    if let Some(reference) = described.get("$ref").and_then(Value::as_str) {
        return sql_type(schema, schema.pointer(reference.strip_prefix('#')?)?);
    }
    if let Some(choices) = described.get("anyOf").or_else(|| described.get("oneOf")) {
        let mut types = choices
            .as_array()?
            .iter()
            .filter(|choice| choice.get("type").is_none_or(|name| name != "null"))
            .map(|choice| sql_type(schema, choice));
        let first = types.next()??;
        return types.all(|other| other == Some(first)).then_some(first);
    }
    let named = match described.get("type")? {
        Value::String(name) => name.as_str(),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).find(|name| *name != "null")?
        }
        _ => return None,
    };
    match named {
        "string" => Some("text"),
        "number" => Some("double precision"),
        "integer" => Some("bigint"),
        "boolean" => Some("boolean"),
        _ => None,
    }
}
