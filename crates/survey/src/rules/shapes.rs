//! Rules on geometry: those of the geometry itself, and those of a programme.

super::rules! {
    GEOMETRY_MISSING = "geometry-missing", Warning, "No boundary",
        "The hazardous area has no geometry; it is kept as unlocated.",
        "A hazardous area without a boundary counts no square metre and must not be forgotten; send its boundary when it is known.",
        "IMAS 05.10, minimum data requirements; Ours: a hazardous area never vanishes";
    GEOMETRY_REQUIRED = "geometry-required", Error, "Geometry missing",
        "The feature has no geometry, and a record of this collection cannot do without.",
        "Land is released, and regions are drawn, by a boundary; send it.",
        "IMAS 05.10, minimum data requirements";
    GEOMETRY_UNREADABLE = "geometry-unreadable", Error, "Not a geometry",
        "The geometry cannot be read: {reason}.",
        "What stands in the place of the geometry is not a GeoJSON geometry.",
        "RFC 7946, section 3.1";
    NOT_AN_AREA = "not-an-area", Error, "Not an area",
        "A {kind} is not an area.",
        "Records of this collection are areas; send a Polygon or MultiPolygon.",
        "IMAS 05.10, minimum data requirements";
    REPAIR_SUGGESTED = "repair-suggested", Info, "A repair is suggested",
        "The boundary can be repaired: {steps} That adds {added} m² to what maps draw of it and takes nothing away.",
        "Look at the suggestion on a map. If it is what was meant, send it instead, or send the file again and accept the repairs.",
        "Ours: a boundary is never repaired unasked";
    REPAIRED = "repaired", Warning, "Boundary repaired as asked",
        "The boundary was repaired, as the sender asked: {steps} That added {added} m² to what maps draw of it and took nothing away.",
        "The geometry as sent is kept with the record. Compare the two before anybody works along the boundary.",
        "Ours: a repair that was accepted is recorded with what it changed";
    KEPT_UNLOCATED = "kept-unlocated", Info, "Kept without its boundary",
        "If the submission is applied in spite of its errors, this hazardous area is kept as unlocated, with {positions} of its positions as a caution area.",
        "A hazardous area whose boundary is unusable is not left out: it is kept without a boundary, and the land around its usable positions is shown with caution.",
        "Ours: a hazardous area never vanishes";
    AXES_SWAPPED = "axes-swapped", Error, "Longitude and latitude swapped",
        "All positions lie outside of the programme as they are, and inside with longitude and latitude swapped.",
        "GeoJSON has longitude first; swap the two, and check the suggestion on a map.",
        "RFC 7946, section 3.1.1";
    OUTSIDE_PROGRAMME = "outside-programme", Error, "Outside of the programme's land",
        "All positions lie outside of the programme's land; the nearest corner of it is {distance} km away.",
        "The place is not in the country; check the coordinate system and its zone.",
        "Ours: the extent set by the programme";
    PARTLY_OUTSIDE_PROGRAMME = "partly-outside-programme", Warning, "Partly outside of the programme's land",
        "{count} of {total} positions lie outside of the programme's land.",
        "A part of the boundary is not in the country; check those positions.",
        "Ours: the extent set by the programme";
    SIGN_FLIPPED = "sign-flipped", Error, "Wrong sign",
        "All positions lie outside of the programme's land as they are, {distance} km away, and inside {reading}.",
        "West of Greenwich and south of the equator degrees are negative, and nowhere else; turn the sign round, and check the suggestion on a map.",
        "RFC 7946, section 4; Ours: the extent set by the programme";
    WRONG_UTM_ZONE = "wrong-utm-zone", Error, "Read in a wrong zone or hemisphere",
        "All positions lie outside of the programme's land as they are, {distance} km away, and inside {reading}.",
        "An easting read in the neighbouring zone lies 6 degrees of longitude off, a northing read in the other hemisphere 10,000 km; find out in which zone it was measured, and check the suggestion on a map.",
        "Ours: the extent set by the programme";
    COORDINATES_AT_ZERO = "coordinates-at-zero", Warning, "Coordinates zero",
        "{found}, where the programme has no land.",
        "A form gives zero for a coordinate that was not filled in; give the real one, or leave the position out.",
        "Ours: nothing that was measured is exactly zero";
    FAR_FROM_REGION = "far-from-region", Warning, "Far from its region",
        "It lies {distance} km from {region}, the region it is reported in{explanation}.",
        "Either the region or the boundary is that of another record; correct the one that is wrong.",
        "IMAS 05.10, minimum data requirements; Ours: the distance set by the programme";
    COARSE_COORDINATES = "coarse-coordinates", Warning, "Coordinates rounded",
        "All coordinates are rounded to {rounding}, which is {metres} m on the ground.",
        "With fewer than 5 decimals a turning point may be more than a metre off, and with 4 more than ten; export the coordinates unrounded.",
        "RFC 7946, section 11.2, on precision; Ours: the decimals set by the programme";
    COARSE_FOR_SIZE = "coarse-for-size", Warning, "Coordinates rounded too much for the size",
        "All coordinates are rounded to {rounding}, which is {metres} m on the ground, and the area is only {side} m wide.",
        "What is rounded away changes so small an area noticeably; export the coordinates unrounded.",
        "RFC 7946, section 11.2, on precision; Ours: the share set by the programme";
    NEEDLE = "needle", Warning, "Needle",
        "At {count} turning point(s) the boundary turns back on itself, most sharply at an angle of {angle}° over {length} m.",
        "Such a needle is narrower than anybody can work, and more likely one turning point in a wrong place; check it.",
        "Ours: the angle and the length set by the programme";
    POINTS_TOO_CLOSE = "points-too-close", Info, "Turning points too close",
        "{short} of {edges} edges are shorter than {limit} m, which is less than the turning points are accurate to.",
        "Turning points closer than they can be measured draw the noise of the receiver; record fewer.",
        "IMAS 08.30, on recording turning points; Ours: the distance set by the programme";
    DUPLICATE_BOUNDARY = "duplicate-boundary", Warning, "Boundary there already",
        "It has the same boundary as {other}.",
        "Two records of one kind with the same boundary are probably one record entered twice, and its land would be worked on twice; withdraw one, or correct its boundary.",
        "Ours: exact duplicates are common in national registers";
    NEAR_DUPLICATE_BOUNDARY = "near-duplicate-boundary", Warning, "Boundary nearly there already",
        "It has nearly the same boundary as {other}: {likeness}.",
        "Two records of one kind with nearly the same boundary are probably one that was measured twice; if so, send it as a new version under the same local_id.",
        "Ours: the overlap and the distance set by the programme";
    POOR_ACCURACY = "poor-accuracy", Warning, "Measured poorly",
        "The positions are accurate to {accuracy} m; {limit} m is the limit of the programme.",
        "The boundary on the ground may be elsewhere; measure again before anybody works along it.",
        "IMAS 08.30, on recording turning points; Ours: the figure";
    SLIVER = "sliver", Warning, "Sliver",
        "The area has {area} m² at a perimeter of {perimeter} m.",
        "Such a thin or tiny area is more likely a fault of drawing than land; check it.",
        "Ours: the area, and the share of a circle's area with that perimeter, set by the programme";
    LARGE_AREA = "large-area", Warning, "Unusually large",
        "The area has {area} km²; more than {limit} km² is unusual for one record.",
        "Hazardous areas are rarely that large; check the unit and the coordinate system.",
        "Ours: the limit set by the programme";
    LONG_EDGE = "long-edge", Warning, "Unusually long edge",
        "An edge is {length} km long.",
        "Two neighbouring turning points are far apart, so that one of them may be wrong or points may be missing.",
        "Ours: the distance set by the programme";
    NOT_FINITE = "not-finite", Error, "Not a number",
        "{reason}",
        "A coordinate is not a number that can be measured; export the boundary again.",
        "RFC 7946, section 3.1.1";
    OUT_OF_RANGE = "out-of-range", Error, "Not on the Earth",
        "{reason}",
        "Longitudes go from -180 to 180 and latitudes from -90 to 90 degrees; check the coordinate system and the order.",
        "RFC 7946, section 4";
    UNCLOSED = "unclosed", Error, "Ring not closed",
        "{reason}",
        "The last position of a ring repeats the first; if it does not, positions may have been lost.",
        "RFC 7946, section 3.1.6";
    TOO_FEW_POINTS = "too-few-points", Error, "Too few turning points",
        "{reason}",
        "An area has at least three different turning points.",
        "RFC 7946, section 3.1.6";
    ZERO_AREA = "zero-area", Error, "No area",
        "{reason}",
        "All turning points lie on one line, so that there is nothing inside.",
        "OGC 06-103r4, clause 6.1.11";
    SPIKE = "spike", Error, "Spike",
        "{reason}",
        "The boundary goes out along a line and comes back on it; remove the tip.",
        "OGC 06-103r4, clause 6.1.11";
    SELF_CROSSING = "self-crossing", Error, "Boundary crosses itself",
        "{reason}",
        "Where a boundary crosses itself it is not known what is inside; check the order of the turning points.",
        "OGC 06-103r4, clause 6.1.11";
    SELF_TOUCH = "self-touch", Error, "Boundary touches itself",
        "{reason}",
        "Where a boundary touches itself, the area falls into parts or has a hole; draw them as such.",
        "OGC 06-103r4, clause 6.1.11";
    HOLE_OUTSIDE = "hole-outside", Error, "Hole outside",
        "{reason}",
        "A hole lies inside the boundary it is a hole of; otherwise it may be a part of its own.",
        "OGC 06-103r4, clause 6.1.11";
    HOLE_OVERLAPS = "hole-overlaps", Error, "Holes overlap",
        "{reason}",
        "Two holes, or a hole and its shell, share more than points; join them.",
        "OGC 06-103r4, clause 6.1.11";
    HOLE_NESTED = "hole-nested", Error, "Hole in a hole",
        "{reason}",
        "An island in a hole is a part of its own.",
        "OGC 06-103r4, clause 6.1.11";
    PARTS_OVERLAP = "parts-overlap", Error, "Parts overlap",
        "{reason}",
        "Land in two parts would be counted twice; join the parts.",
        "OGC 06-103r4, clause 6.1.14";
    DUPLICATE_RING = "duplicate-ring", Error, "Ring given twice",
        "{reason}",
        "One ring is there twice; remove one.",
        "OGC 06-103r4, clause 6.1.14";
    INTERIOR_DISCONNECTED = "interior-disconnected", Error, "Area cut in two",
        "{reason}",
        "Rings touch in such a way that the inside falls into pieces; draw these as parts.",
        "OGC 06-103r4, clause 6.1.11";
    TOO_MANY_VERTICES = "too-many-vertices", Error, "Too many turning points",
        "{reason}",
        "The boundary is drawn finer than anything can be measured; simplify or split it.",
        "Ours: bounded work";
    TOO_MANY_PARTS = "too-many-parts", Error, "Too many parts",
        "{reason}",
        "The parts belong into several records.",
        "Ours: bounded work";
    TOO_LARGE = "too-large", Error, "Too large",
        "{reason}",
        "The area is larger than any that one record describes; check the coordinate system or split it.",
        "Ours: areas are summed exactly up to this size";
    UNSUPPORTED_KIND = "unsupported-kind", Error, "Kind of geometry not taken",
        "{reason}",
        "Records are points and areas; close a line into an area.",
        "IMAS 05.10, minimum data requirements";
    EMPTY = "empty", Error, "Empty geometry",
        "{reason}",
        "The geometry has no positions; leave it out if it is not known.",
        "RFC 7946, section 3.1";
    EDGE_TOO_LONG = "edge-too-long", Error, "Edge around the globe",
        "{reason}",
        "An area that crosses the antimeridian is drawn as two parts, one on each side.",
        "RFC 7946, section 3.1.9";
    NOT_NORMALISED = "not-normalised", Error, "Stored boundary damaged",
        "{reason}",
        "A stored boundary is not as it was written; nothing may be concluded about its land until it is read again from the file it came from.",
        "Ours: stored rings wind as RFC 7946, section 3.1.6, asks";
}
