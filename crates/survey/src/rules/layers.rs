//! Rules on the features of layers.

super::rules! {
    PROPERTY_NOT_IN_LAYER = "property-not-in-layer", Error, "Property the layer does not have",
        "The layer \"{layer}\" has no property \"{property}\".",
        "Everything in a layer can be searched and exported because its properties are declared; add the property to the layer, take the one that is suggested, or leave it out.",
        "Ours: a layer says what it holds";
    GEOMETRY_NOT_IN_LAYER = "geometry-not-in-layer", Error, "Geometry the layer does not take",
        "The layer \"{layer}\" takes {kinds}, and this is a {kind}.",
        "A map draws a layer by the kind of its geometry; send the feature to another layer, or let this one take the kind.",
        "Ours: a layer says what it holds";
    LOCAL_ID_DIFFERS = "local-id-differs", Error, "Two names for one record",
        "The record is named \"{local_id}\", and by \"{property}\", which names the records of this layer, it would be \"{named}\".",
        "A record keeps its name for ever; leave the property as it was, or send a new record and withdraw the old one.",
        "Ours: a record has one name";
    DRAWING_NOT_VALID = "drawing-not-valid", Warning, "Area drawn wrongly",
        "The area is kept as it is drawn, although: {reason}",
        "A layer is for orientation and nothing is measured by it; maps may fill such an area in ways that differ.",
        "OGC 06-103r4, clauses 6.1.11 and 6.1.14";
}
