//! What SQL clients (QGIS, Metabase) find in a database with PostGIS: a geometry column that the
//! database itself derives from the stored WKB, and one view per collection with a column for each
//! property. The server never reads them; on plain PostgreSQL they are left out.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde_json::Value;
use survey::Collection;

use crate::error::{StoreError, TxError, TxResult};

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
            make_view(conn, collection)?;
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

/// Replaces the view of a collection. It is dropped only when its columns have changed, and then
/// not together with what others have built upon it: they are to decide.
fn make_view(conn: &mut PgConnection, collection: &Collection) -> TxResult<()> {
    let view = view(collection);
    conn.batch_execute("SAVEPOINT view")?;
    if conn.batch_execute(&view).is_err() {
        let name = view_name(collection);
        conn.batch_execute(&format!("ROLLBACK TO view; DROP VIEW IF EXISTS {name}; {view}"))?;
    }
    conn.batch_execute("RELEASE view")?;
    Ok(())
}

fn view_name(collection: &Collection) -> String {
    format!("{SCHEMA}.{}", collection.name.replace('-', "_"))
}

fn view(collection: &Collection) -> String {
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
    let schema = collection.schema();
    let properties = schema.get("properties").and_then(Value::as_object);
    let columns: String = properties
        .into_iter()
        .flatten()
        .filter(|(name, _)| !OWN.contains(&name.as_str()) && is_plain_name(name))
        .map(|(name, described)| match sql_type(schema, described) {
            Some(sql_type) => format!(", (v.properties ->> '{name}')::{sql_type} AS {name}"),
            None => format!(", v.properties -> '{name}' AS {name}"),
        })
        .collect();
    format!(
        "CREATE OR REPLACE VIEW {view} AS SELECT v.programme, v.id, v.local_id, v.version, \
         v.revision, v.effective_on, v.recorded_at, v.recorded_by, v.organisation, v.area_m2\
         {columns}, v.properties, ST_GeomFromWKB(v.caution, 4326) AS caution, v.geom \
         FROM records r JOIN record_versions v USING (programme, id, version) \
         WHERE r.collection = '{name}' AND r.state = 'in_force'; \
         COMMENT ON VIEW {view} IS '{title}';",
        view = view_name(collection),
        name = collection.name,
        title = collection.title.replace('\'', "''"),
    )
}

/// Property names come from our own types; this keeps a slip there from becoming SQL.
fn is_plain_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
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
