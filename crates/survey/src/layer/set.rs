//! All layers of a programme.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Layer, LayerError, LayerFault, change};
use crate::limits;
use crate::registry::{Collection, CollectionRef, collection};

/// The layers of a programme, each a collection ready to be used. A copy costs next to nothing.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    all: Arc<[Arc<Collection>]>,
}

impl Layers {
    /// Takes definitions that keep the rules.
    ///
    /// # Errors
    /// [`LayerError::Invalid`].
    pub fn new(layers: Vec<Layer>) -> Result<Self, LayerError> {
        let mut faults = Vec::new();
        if layers.len() > limits::MAX_LAYERS {
            let message = format!("a programme has up to {} layers", limits::MAX_LAYERS);
            faults.push(LayerFault::new("too-many-layers", "", message));
        }
        for (place, layer) in layers.iter().enumerate() {
            faults.extend(layer.faults());
            if layers[..place].iter().any(|earlier| earlier.name == layer.name) {
                let message = format!("\"{}\" is the name of another layer", layer.name);
                faults.push(LayerFault::new("layer-name-taken", "/name", message));
            }
        }
        if !faults.is_empty() {
            return Err(LayerError::Invalid(faults));
        }
        let all = layers.into_iter().map(|layer| Arc::new(Collection::of_layer(layer)));
        Ok(Self { all: all.collect() })
    }

    /// The collection with this name, be it of a record type or a layer, retired ones too.
    pub fn collection(&self, name: &str) -> Option<CollectionRef> {
        let layer = || self.all.iter().find(|layer| layer.name == name);
        collection(name)
            .map(CollectionRef::BuiltIn)
            .or_else(|| Some(CollectionRef::Layer(Arc::clone(layer()?))))
    }

    /// The layers as collections, retired ones too.
    pub fn iter(&self) -> impl Iterator<Item = CollectionRef> {
        self.all.iter().map(|layer| CollectionRef::Layer(Arc::clone(layer)))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    fn definitions(&self) -> impl Iterator<Item = &Layer> {
        self.all.iter().filter_map(|collection| collection.layer())
    }

    /// The layers after one was made or changed. `is_used` tells whether it ever had records: they
    /// must go on satisfying its definition. New properties come behind those that were there.
    ///
    /// # Errors
    /// [`LayerError::Invalid`], [`LayerError::Incompatible`].
    pub fn with(&self, layer: Layer, is_used: bool) -> Result<Self, LayerError> {
        // A layer goes out of use by being taken away, not by saying so.
        let layer = Layer { retired: false, ..layer };
        let mut next: Vec<Layer> = self.definitions().cloned().collect();
        match next.iter_mut().find(|known| known.name == layer.name) {
            None => next.push(layer),
            Some(known) if is_used => *known = change::changed(known, layer)?,
            Some(known) => *known = layer,
        }
        Self::new(next)
    }

    /// The layers after one was taken away: it is retired if it ever had records, whose history
    /// stays.
    ///
    /// # Errors
    /// [`LayerError::Unknown`]; [`LayerError::InUse`] when records of it are in force.
    pub fn without(&self, name: &str, is_used: bool, in_force: u64) -> Result<Self, LayerError> {
        let mut next: Vec<Layer> = self.definitions().cloned().collect();
        let Some(place) = next.iter().position(|layer| layer.name == name && !layer.retired) else {
            return Err(LayerError::Unknown(name.to_owned()));
        };
        if in_force > 0 {
            return Err(LayerError::InUse { name: name.to_owned(), records: in_force });
        }
        if is_used {
            next[place].retired = true;
        } else {
            next.remove(place);
        }
        Self::new(next)
    }
}

impl PartialEq for Layers {
    fn eq(&self, other: &Self) -> bool {
        self.definitions().eq(other.definitions())
    }
}

impl Serialize for Layers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.definitions())
    }
}

impl<'de> Deserialize<'de> for Layers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
