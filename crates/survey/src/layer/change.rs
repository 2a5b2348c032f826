//! What may change in the definition of a layer that has records.

use super::{Layer, LayerError, LayerFault, LayerKind, LayerProperty};

/// The definition after a change that every record satisfies which satisfied the one before.
pub(super) fn changed(known: &Layer, mut next: Layer) -> Result<Layer, LayerError> {
    let mut faults = Vec::new();
    let mut refuse = |pointer: String, message: String| {
        faults.push(LayerFault::new("layer-narrowed", pointer, message));
    };
    if let Some(gone) = known.geometry.iter().find(|kind| !next.geometry.contains(kind)) {
        refuse("/geometry".to_owned(), format!("records may be {}; keep the kind", gone.words()));
    }
    if known.id_property != next.id_property {
        let message = "records keep the names they have; leave it as it was".to_owned();
        refuse("/id_property".to_owned(), message);
    }
    let mut properties = Vec::with_capacity(next.properties.len());
    for property in &known.properties {
        match next.properties.iter().position(|it| it.name == property.name) {
            None => refuse(
                "/properties".to_owned(),
                format!("records may have \"{}\"; keep it", property.name),
            ),
            Some(place) => {
                let later = next.properties.remove(place);
                if let Some(message) = narrowing(property, &later) {
                    refuse(format!("/properties/{}", properties.len()), message);
                }
                properties.push(later);
            }
        }
    }
    for property in next.properties {
        if property.required {
            let message = format!("records do not have \"{}\"; do not require it", property.name);
            refuse(format!("/properties/{}", properties.len()), message);
        }
        properties.push(property);
    }
    if !faults.is_empty() {
        return Err(LayerError::Incompatible(faults));
    }
    next.properties = properties;
    Ok(next)
}

/// How a property takes less than before; none when it takes as much.
fn narrowing(known: &LayerProperty, next: &LayerProperty) -> Option<String> {
    let name = &known.name;
    let widened = known.kind == next.kind
        || matches!(
            (known.kind, next.kind),
            (LayerKind::Integer, LayerKind::Number)
                | (LayerKind::Date | LayerKind::Timestamp, LayerKind::Text)
        );
    if !widened {
        return Some(format!("values of \"{name}\" are of another type; keep the type"));
    }
    let kept = |value: &String| next.values.contains(value);
    let listed =
        next.values.is_empty() || (!known.values.is_empty() && known.values.iter().all(kept));
    if !listed {
        return Some(format!("\"{name}\" takes values that are no longer listed; keep them"));
    }
    let required = next.required && !known.required;
    required.then(|| format!("records may do without \"{name}\"; do not require it"))
}
