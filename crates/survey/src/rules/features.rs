//! Rules on features and their properties, whatever the record type.

super::rules! {
    MALFORMED_JSON = "malformed-json", Error, "Not JSON",
        "The feature is not JSON: {reason}.",
        "The text of the feature breaks the grammar of JSON, so that nothing in it can be trusted; export it again.",
        "RFC 8259";
    NOT_A_FEATURE = "not-a-feature", Error, "Not a GeoJSON feature",
        "This is not a GeoJSON feature: {reason}.",
        "A feature is an object whose type is Feature, with a geometry and properties.",
        "RFC 7946, section 3.2";
    FEATURE_TOO_LARGE = "feature-too-large", Error, "Feature too large",
        "The feature is larger than {limit} bytes.",
        "One feature has a limit, so that a file of any size can be read in little memory; split the feature.",
        "Ours: bounded memory";
    OTHER_COORDINATE_SYSTEM = "other-coordinate-system", Error, "Other coordinate system",
        "The coordinates are declared to be in {crs}, and GeoJSON has longitude and latitude on WGS 84 only.",
        "A boundary read in the wrong coordinate system lies hundreds of metres off; transform it before sending it.",
        "RFC 7946, section 4";
    MISSING_PROPERTY = "missing-property", Error, "Property missing",
        "The property {property} is missing: {description}",
        "A property that the record cannot do without is missing, null or empty; give it.",
        "IMAS 05.10, minimum data requirements";
    MISSING_LOCAL_ID = "missing-local-id", Error, "No identifier",
        "The feature has neither a property local_id nor an id.",
        "Without the number people use for it, a record cannot be found again or corrected; give it.",
        "IMAS 05.10, minimum data requirements";
    DUPLICATE_LOCAL_ID = "duplicate-local-id", Error, "Identifier used twice",
        "{local_id} has already been used by feature {first} of this submission.",
        "Two features with one number would be two versions of one record in no order; give each its own, or send the later one afterwards.",
        "Ours: duplicates by blanks and case are common in national registers";
    WRONG_TYPE = "wrong-type", Error, "Wrong type of value",
        "{found} should be {expected}.",
        "The value is of another kind than the property holds; correct it.",
        "RFC 8259; IMAS 05.10, minimum data requirements";
    WRONG_VALUE = "wrong-value", Error, "Value not understood",
        "{found} is not understood: {reason}.",
        "The value is of the right kind and makes no sense for this property; correct it.",
        "Ours: what is not understood is not kept";
    UNKNOWN_CODE = "unknown-code", Error, "Code not in the list",
        "{found} is not in the code list, which has {codes}.",
        "The property takes codes from a list only, so that figures can be compared; use one of them.",
        "IMAS 05.10: agreed terms";
    NOT_A_DATE = "not-a-date", Error, "Not a day",
        "{found} is not a day written as year-month-day, like 2021-03-31.",
        "Days are written year-month-day, because other orders are read differently in different countries.",
        "RFC 3339, full-date";
    VALUE_OUT_OF_BOUNDS = "value-out-of-bounds", Error, "Number out of bounds",
        "{found} is not between {minimum} and {maximum}.",
        "The number is smaller or larger than anything this property can mean; check its unit.",
        "Ours: the bounds are in the schema of the collection";
    TEXT_TOO_LONG = "text-too-long", Error, "Text too long",
        "The text has {length} characters; the limit is {limit}.",
        "The text is longer than the property holds; shorten it or put it into the note.",
        "Ours: every text has a limit";
    LIST_TOO_LONG = "list-too-long", Error, "List too long",
        "The list has {length} entries; the limit is {limit}.",
        "The list is longer than the property holds.",
        "Ours: every list has a limit";
    CONTROL_CHARACTER = "control-character", Error, "Control character",
        "The text holds the control character {character}.",
        "Control characters come from damaged files, and not every database can store them; export the file again.",
        "Ours: NUL cannot be stored by PostgreSQL";
    PROPERTIES_TOO_LARGE = "properties-too-large", Error, "Properties too large",
        "The feature has {found} {what}; the limit is {limit}.",
        "The properties of one feature have limits; send attachments and long tables apart.",
        "Ours: bounded memory";
    SIMILAR_PROPERTY = "similar-property", Warning, "Property name probably misspelt",
        "The property {property} is not known here; {known} is.",
        "The property is kept as it is and means nothing here; if it is the known one misspelt, rename it.",
        "Ours: a misspelt name loses its value without anybody noticing";
    UNKNOWN_PROPERTIES = "unknown-properties", Info, "Properties not known here",
        "Kept as they are, without a meaning here: {properties}.",
        "Properties that are not in the schema of the collection are kept and given back, and no rule reads them.",
        "RFC 7946, section 3.2";
    UNKNOWN_REFERENCE = "unknown-reference", Warning, "Reference to a record that is not there",
        "There is no record {local_id} in {collection}.",
        "The record named is not there, or not yet; until it is, a release that names it acts on nothing.",
        "IMAS 05.10; Ours: reports come late and in any order";
    REFERENCE_TO_ITSELF = "reference-to-itself", Error, "Reference to itself",
        "{local_id} names itself.",
        "A record cannot be a part or a successor of itself; name the other one.",
        "Ours";
    STORED_RECORD_UNREADABLE = "stored-record-unreadable", Error, "Stored record broken",
        "A stored record no longer satisfies the schema of its collection: {reason}.",
        "What is stored was checked when it came in, so that this is a fault of the storage or of the program; nothing may be concluded about the land.",
        "Ours: a broken record is never skipped";
}
