//! The collections there are: one line per record type.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::check;
use crate::check::schema::{self, Field, Fields};
use crate::feature::{CheckContext, Checked, WireFeature};
use crate::finding::Finding;
use crate::queryable::Queryable;
use crate::record::{GeometryRule, Record, StoredFacts};
use crate::records::{Activity, HazardousArea, LandRelease, Region};

/// Lists the record types.
macro_rules! collections {
    ($($record:ty,)+) => {
        static ALL: [Collection; [$(<$record>::COLLECTION),+].len()] =
            [$(Collection::of::<$record>(),)+];
    };
}

collections! {
    Region,
    HazardousArea,
    Activity,
    LandRelease,
}

/// Every collection, in the order in which they depend on each other.
pub static COLLECTIONS: &[Collection] = &ALL;

/// The collection with this name; none when there is none.
///
/// # Examples
/// ```
/// assert_eq!(survey::collection("land-releases").unwrap().title, "Land releases");
/// ```
pub fn collection(name: &str) -> Option<&'static Collection> {
    COLLECTIONS.iter().find(|collection| collection.name == name)
}

/// A record type without its Rust type: what storage, formats and interface work with.
#[derive(Debug)]
pub struct Collection {
    /// Its name in addresses, for example `hazardous-areas`.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it holds.
    pub description: &'static str,
    /// Which geometry its records have.
    pub geometry: GeometryRule,
    /// The property with the day a record took effect in the field.
    pub effective_on: &'static str,
    described: OnceLock<Described>,
    make_schema: fn() -> Value,
    check: fn(&Fields, WireFeature, &CheckContext<'_>) -> Checked,
    stored: fn(&Map<String, Value>) -> Result<StoredFacts, Finding>,
}

#[derive(Debug)]
struct Described {
    schema: Value,
    fields: Fields,
    queryables: Vec<Queryable>,
}

impl Collection {
    const fn of<R: Record>() -> Self {
        Self {
            name: R::COLLECTION,
            title: R::TITLE,
            description: R::DESCRIPTION,
            geometry: R::GEOMETRY,
            effective_on: R::EFFECTIVE_ON,
            described: OnceLock::new(),
            make_schema: schema::of::<R>,
            check: check::feature::<R>,
            stored: check::stored::<R>,
        }
    }

    fn described(&self) -> &Described {
        self.described.get_or_init(|| {
            let schema = (self.make_schema)();
            let fields = Fields::of_schema(&schema);
            let queryable = |field: &Field| Queryable::of_property(&field.name, &field.schema);
            let queryables = fields.iter().filter_map(queryable).collect();
            Described { schema, fields, queryables }
        })
    }

    /// The JSON Schema (draft 2020-12) of the properties, derived from the record type.
    pub fn schema(&self) -> &Value {
        &self.described().schema
    }

    /// The names of the properties, in the order of the schema.
    pub fn properties(&self) -> impl Iterator<Item = &str> {
        self.described().fields.iter().map(|field| field.name.as_str())
    }

    /// The properties by which records are filtered and sorted, in the order of the schema.
    pub fn queryables(&self) -> &[Queryable] {
        &self.described().queryables
    }

    /// Checks one feature by every rule that needs no other feature, and prepares its record.
    ///
    /// Every fault is found, not only the first: a faulty property is left out and the rest judged
    /// without it. Nothing is repaired; what was probably meant is suggested in the finding.
    /// Duplicates within a submission are found by [`DuplicateIds`](crate::DuplicateIds).
    pub fn check(&self, wire: WireFeature, context: &CheckContext<'_>) -> Checked {
        (self.check)(&self.described().fields, wire, context)
    }

    /// Reads the typed facts of a stored record back from its properties.
    ///
    /// # Errors
    /// A `stored-record-unreadable` finding when the properties no longer satisfy the record type.
    /// The record must then not be left out of anything: nothing may be concluded about its land.
    pub fn read_stored(&self, properties: &Map<String, Value>) -> Result<StoredFacts, Finding> {
        (self.stored)(properties)
    }
}
