//! The collections there are: one line per record type, and what they have in common with the layers
//! of a programme.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use crate::check;
use crate::check::schema::{self, Field, Fields};
use crate::feature::{CheckContext, Checked, WireFeature};
use crate::finding::Finding;
use crate::layer::Layer;
use crate::queryable::Queryable;
use crate::record::{GeometryRule, MissingGeometry, Record, StoredFacts};
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

/// Whether a change of the records of one collection changes what is told of those of another. Land
/// releases change what remains of hazardous areas.
///
/// # Examples
///
/// ```
/// assert!(survey::bears_on("land-releases", "hazardous-areas"));
/// assert!(!survey::bears_on("activities", "hazardous-areas"));
/// ```
pub fn bears_on(changed: &str, told: &str) -> bool {
    changed == told || (changed == LandRelease::COLLECTION && told == HazardousArea::COLLECTION)
}

/// The collection of a record type with this name; none when there is none. Layers are found through
/// their programme: [`Programme::collection`](crate::Programme::collection).
///
/// # Examples
/// ```
/// assert_eq!(survey::collection("land-releases").unwrap().title, "Land releases");
/// ```
pub fn collection(name: &str) -> Option<&'static Collection> {
    COLLECTIONS.iter().find(|collection| collection.name == name)
}

/// A record type without its Rust type, or a layer of a programme: what storage, formats and
/// interface work with.
#[derive(Debug)]
pub struct Collection {
    /// Its name in addresses, for example `hazardous-areas`.
    pub name: Cow<'static, str>,
    /// Its name for people.
    pub title: Cow<'static, str>,
    /// What it holds.
    pub description: Cow<'static, str>,
    /// Which geometry its records have.
    pub geometry: GeometryRule,
    /// The property with the day a record took effect in the field, if there is one.
    pub effective_on: Option<Cow<'static, str>>,
    described: OnceLock<Described>,
    nature: Nature,
}

#[derive(Debug)]
struct Described {
    schema: Value,
    fields: Fields,
    queryables: Vec<Queryable>,
}

/// What a collection is made of.
#[derive(Debug)]
enum Nature {
    Record {
        make_schema: fn() -> Value,
        check: fn(&Fields, WireFeature, &CheckContext<'_>) -> Checked,
        stored: fn(&Map<String, Value>) -> Result<StoredFacts, Finding>,
    },
    Layer(Box<Layer>),
}

/// A collection of a programme: one that every programme has, or one of its layers.
#[derive(Clone, Debug)]
pub enum CollectionRef {
    /// That of a record type.
    BuiltIn(&'static Collection),
    /// A layer.
    Layer(Arc<Collection>),
}

impl Deref for CollectionRef {
    type Target = Collection;

    fn deref(&self) -> &Collection {
        match self {
            Self::BuiltIn(collection) => collection,
            Self::Layer(collection) => collection,
        }
    }
}

/// Which kinds of geometry the records of a collection may have, several of a kind too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GeometryKinds {
    /// Positions.
    pub point: bool,
    /// Lines.
    pub line: bool,
    /// Areas.
    pub area: bool,
}

impl Collection {
    const fn of<R: Record>() -> Self {
        Self {
            name: Cow::Borrowed(R::COLLECTION),
            title: Cow::Borrowed(R::TITLE),
            description: Cow::Borrowed(R::DESCRIPTION),
            geometry: R::GEOMETRY,
            effective_on: Some(Cow::Borrowed(R::EFFECTIVE_ON)),
            described: OnceLock::new(),
            nature: Nature::Record {
                make_schema: schema::of::<R>,
                check: check::feature::<R>,
                stored: check::stored::<R>,
            },
        }
    }

    /// The collection that a layer makes.
    pub(crate) fn of_layer(layer: Layer) -> Self {
        Self {
            name: Cow::Owned(layer.name.clone()),
            title: Cow::Owned(layer.title.clone()),
            description: Cow::Owned(layer.description.clone()),
            geometry: GeometryRule {
                point: layer.kinds().point,
                missing: MissingGeometry::Allowed,
                unique: false,
            },
            effective_on: layer.effective_on.clone().map(Cow::Owned),
            described: OnceLock::new(),
            nature: Nature::Layer(Box::new(layer)),
        }
    }

    /// The layer it is made of; none for that of a record type.
    pub fn layer(&self) -> Option<&Layer> {
        match &self.nature {
            Nature::Record { .. } => None,
            Nature::Layer(layer) => Some(layer),
        }
    }

    /// The name by which filters, queryables and schemas know the geometry of its records.
    pub fn geometry_name(&self) -> &str {
        self.layer().and_then(|layer| layer.geometry_name.as_deref()).unwrap_or("geometry")
    }

    /// Which kinds of geometry its records may have.
    pub fn kinds(&self) -> GeometryKinds {
        let of_records = GeometryKinds { point: self.geometry.point, line: false, area: true };
        self.layer().map_or(of_records, Layer::kinds)
    }

    fn described(&self) -> &Described {
        self.described.get_or_init(|| match &self.nature {
            Nature::Record { make_schema, .. } => {
                let schema = make_schema();
                let fields = Fields::of_schema(&schema);
                let queryable = |field: &Field| Queryable::of_property(&field.name, &field.schema);
                let queryables = fields.iter().filter_map(queryable).collect();
                Described { schema, fields, queryables }
            }
            Nature::Layer(layer) => {
                let schema = layer.schema();
                let fields = Fields::in_order(&schema, layer.names());
                Described { fields, queryables: layer.queryables(), schema }
            }
        })
    }

    /// The JSON Schema (draft 2020-12) of the properties, derived from the record type or from the
    /// definition of the layer.
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
        let fields = &self.described().fields;
        match &self.nature {
            Nature::Record { check, .. } => check(fields, wire, context),
            Nature::Layer(layer) => check::layer::feature(layer, fields, wire, context),
        }
    }

    /// Reads the typed facts of a stored record back from its properties.
    ///
    /// # Errors
    /// A `stored-record-unreadable` finding when the properties no longer satisfy the collection.
    /// The record must then not be left out of anything: nothing may be concluded about its land.
    pub fn read_stored(&self, properties: &Map<String, Value>) -> Result<StoredFacts, Finding> {
        match &self.nature {
            Nature::Record { stored, .. } => stored(properties),
            Nature::Layer(layer) => check::layer::stored(layer, properties),
        }
    }
}
