//! Every limit on properties, each with its reason. Those of single properties are in their
//! schema.

/// Characters of a text whose property gives no limit of its own, and of properties not known
/// here. A page of print has some 3,000.
pub const MAX_TEXT: usize = 10_000;

/// Properties of one feature. The widest table of a national register has about 250 columns.
pub const MAX_PROPERTIES: usize = 500;

/// Values in the properties of one feature, those inside lists and objects counted.
pub const MAX_VALUES: usize = 20_000;

/// Levels of lists and objects inside a property. Forms nest two or three deep.
pub const MAX_DEPTH: usize = 16;

/// Characters of a property's name. Databases of forms allow up to 128.
pub const MAX_NAME: usize = 200;

/// Characters of a value quoted in a message.
pub const MAX_QUOTE: usize = 60;

/// Faults told of the properties of one feature; one with more is not looked at by eye.
pub const MAX_FAULTS: usize = 100;

/// Positions of a geometry that is suggested in full.
pub const MAX_SUGGESTED_POSITIONS: usize = 2_000;

/// Records with nearly the same boundary that one is compared with. If it is none of these it may
/// be another, which is then not told.
pub const MAX_LOOKALIKES: usize = 4;

/// Layers of one programme; a list that people still read.
pub const MAX_LAYERS: usize = 200;

/// Characters of a layer's name, as of every segment of an address that people type.
pub const MAX_LAYER_NAME: usize = 64;

/// Values listed for one property of a layer: more than that is a layer of its own.
pub const MAX_LISTED_VALUES: usize = 1_000;

/// Characters of a record's name in a layer.
pub const MAX_LOCAL_ID: usize = 200;
