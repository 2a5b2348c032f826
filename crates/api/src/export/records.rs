//! The records of one picture into one file.

use std::io::Write;
use std::sync::Arc;

use exchange::layer::{Layer, Row, shape_of_area};
use exchange::{Format, WriteError, WriteOptions};
use survey::CollectionRef;
use view::{ItemsQuery, Place, Record, Snapshot};

use super::layer::{Added, cells};

/// Records taken from the picture at a time.
const TAKEN_AT_ONCE: usize = 1_024;

/// More records than there are in any programme.
const EVERYTHING: usize = u32::MAX as usize;

/// What is to be written.
#[derive(Debug)]
pub(crate) struct Exported {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) collection: CollectionRef,
    pub(crate) layer: Layer,
    pub(crate) format: Format,
    pub(crate) options: WriteOptions,
    /// Only the properties that have a column, and no others that records may have.
    pub(crate) only_columns: bool,
    /// Areas stand as one position inside them.
    pub(crate) as_positions: bool,
    pub(crate) records: Records,
}

/// Which records.
#[derive(Debug)]
pub(crate) enum Records {
    /// Those of one page.
    Page(Vec<Arc<Record>>),
    /// All that the query finds, whatever its limit.
    All(Box<ItemsQuery>),
}

impl Exported {
    /// Writes the file.
    ///
    /// Without an order and without a box records are taken a few at a time, and memory stays flat;
    /// otherwise all are found first, at eight bytes a record.
    ///
    /// # Errors
    /// When `out` fails, or the format cannot hold what it is given.
    pub(crate) fn write(&self, out: Box<dyn Write + '_>) -> Result<(), WriteError> {
        self.write_watched(out, &mut || Ok(()))
    }

    /// Writes the file as [`Self::write`] does, and asks after each record whether to go on.
    ///
    /// # Errors
    /// As [`Self::write`]; and what `watch` answers.
    pub(crate) fn write_watched(
        &self,
        out: Box<dyn Write + '_>,
        watch: &mut dyn FnMut() -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        let mut writer = self.format.writer(&self.layer, &self.options, out)?;
        self.each(&mut |record| {
            let mut properties =
                record.properties().map_err(|error| WriteError::Format(error.to_string()))?;
            let located = matches!(record.place, Place::Point(_) | Place::Area(_));
            Added::new(record.version, located).put(&self.layer, &mut properties);
            if self.only_columns {
                properties.retain(|name, _| self.layer.columns.iter().any(|it| it.name == *name));
            }
            let values = cells(&self.layer, &properties);
            let shape = self.shape(&record.place);
            let id = record.id.to_string();
            let row = Row { id: &id, geometry: shape.as_ref(), values: &values };
            writer.row_of(&row, &properties)?;
            watch()
        })?;
        writer.finish().map(|_written| ())
    }

    fn shape(&self, place: &Place) -> Option<geo_types::Geometry<f64>> {
        if self.layer.geometry == exchange::layer::GeometryKind::None {
            return None;
        }
        let position = match place {
            Place::Point(at) => *at,
            Place::Area(area) | Place::Caution(area) if self.as_positions => area.label_position(),
            Place::Area(area) | Place::Caution(area) => return Some(shape_of_area(area)),
            Place::Shape(shape) => return Some((&**shape).into()),
            Place::Unknown => return None,
        };
        Some(geo_types::Point::new(position.lon(), position.lat()).into())
    }

    fn each(
        &self,
        write: &mut dyn FnMut(&Record) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        let mut query = match &self.records {
            Records::Page(records) => return records.iter().try_for_each(|record| write(record)),
            Records::All(query) => ItemsQuery::clone(query),
        };
        let in_steps = query.order.is_empty() && query.bbox.is_none() && query.offset == 0;
        query.limit = if in_steps { TAKEN_AT_ONCE } else { EVERYTHING };
        loop {
            let found = self.snapshot.items(&self.collection, &query);
            found.items.iter().try_for_each(|record| write(record))?;
            if found.next.is_none() || !in_steps {
                return Ok(());
            }
            query.after = found.next;
        }
    }
}
