//! Making, changing and taking away the layers of a programme.

use diesel::prelude::*;
use serde_json::json;
use survey::layer::{Layer, LayerError, Layers};
use survey::{CollectionRef, Programme};

use crate::audit::Line;
use crate::changes::Told;
use crate::error::{StoreError, TxResult};
use crate::programmes::{Advanced, document};
use crate::schema::records;
use crate::store::{By, Revision, Store};
use crate::tx::{Tx, both};

impl Store {
    /// Makes a layer, or changes the one of its name. Records it has must satisfy the new
    /// definition.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown programme; [`StoreError::Layer`] when the definition
    /// cannot be taken. Nothing is written then.
    pub fn layer_set(
        &self,
        by: &By,
        programme: &str,
        layer: &Layer,
    ) -> Result<Revision, StoreError> {
        let name = layer.name.as_str();
        self.layers_change(by, ("layer_set", programme, name), &|layers, is_used, _| {
            layers.with(layer.clone(), is_used)
        })
    }

    /// Takes a layer away that has no records in force. If it ever had some it is retired, and its
    /// history stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown programme; [`StoreError::Layer`] when there is no
    /// such layer or it has records in force. Nothing is written then.
    pub fn layer_remove(
        &self,
        by: &By,
        programme: &str,
        name: &str,
    ) -> Result<Revision, StoreError> {
        self.layers_change(by, ("layer_remove", programme, name), &|layers, is_used, in_force| {
            layers.without(name, is_used, in_force)
        })
    }

    fn layers_change(
        &self,
        by: &By,
        (operation, code, name): (&'static str, &str, &str),
        decide: &dyn Fn(&Layers, bool, u64) -> Result<Layers, LayerError>,
    ) -> Result<Revision, StoreError> {
        self.write(operation, |tx| {
            let advanced = tx.programme_advance(code, by)?;
            let mut programme = tx.programme(code)?.decode()?.programme;
            let is_used = tx.collection_is_used(code, name)?;
            let in_force = tx.records_count(code, name)?;
            programme.layers =
                decide(&programme.layers, is_used, in_force).map_err(StoreError::Layer)?;
            tx.programme_set_document(&advanced, &document(&programme)?)?;
            tx.layer_view_follow(&programme, name)?;
            tx.change_append(&advanced, operation, by, &Told::default())?;
            tx.audit_append(by, line(&advanced, operation, name, &programme))?;
            Ok(advanced.revision)
        })
    }
}

fn line<'a>(
    advanced: &'a Advanced,
    operation: &'static str,
    name: &str,
    programme: &Programme,
) -> Line<'a> {
    let layer = programme.layers.collection(name);
    let layer = layer.as_ref().and_then(|collection| collection.layer());
    Line {
        chain: &advanced.code,
        at: advanced.at,
        operation,
        subject: format!("layer {name}"),
        revision: Some(advanced.revision),
        detail: json!({ "layer": layer }),
    }
}

impl Tx<'_> {
    /// The collection with this name, as it is defined now.
    pub(crate) fn collection(
        &mut self,
        advanced: &Advanced,
        name: &str,
    ) -> TxResult<CollectionRef> {
        if let Some(collection) = survey::collection(name) {
            return Ok(CollectionRef::BuiltIn(collection));
        }
        let programme = self.programme(&advanced.code)?.decode()?.programme;
        let found = programme.collection(name);
        let missing = || StoreError::NotFound { kind: "collection", id: name.to_owned() };
        Ok(found.ok_or_else(missing)?)
    }

    /// Brings what SQL clients see of all layers up to their definitions.
    pub(crate) fn layer_views_follow(&mut self, programme: &Programme) -> TxResult<()> {
        programme.layers.iter().try_for_each(|layer| self.layer_view_follow(programme, &layer.name))
    }

    /// Brings what SQL clients see of a layer up to its definition.
    pub(crate) fn layer_view_follow(&mut self, programme: &Programme, name: &str) -> TxResult<()> {
        match self {
            #[cfg(feature = "postgres")]
            Tx::Postgres(conn) => crate::postgis::follow_layer(conn, programme, name),
            #[cfg(feature = "sqlite")]
            Tx::Sqlite(_) => Ok(()),
        }
    }

    /// Whether a collection ever had a record.
    fn collection_is_used(&mut self, programme: &str, collection: &str) -> TxResult<bool> {
        let first = both!(self, |conn| records::table
            .filter(records::programme.eq(programme))
            .filter(records::collection.eq(collection))
            .select(records::local_id_key)
            .first::<String>(*conn)
            .optional())?;
        Ok(first.is_some())
    }
}
