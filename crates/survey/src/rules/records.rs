//! Rules of mine action on what records say.

super::rules! {
    DATES_OUT_OF_ORDER = "dates-out-of-order", Error, "Days out of order",
        "{later} ({later_day}) is before {earlier} ({earlier_day}).",
        "Work begins before it ends and is reported after; correct the day that is wrong.",
        "IMAS 05.10, minimum data requirements";
    DATE_IN_FUTURE = "date-in-future", Error, "Day in the future",
        "{day} lies in the future; today is {today}.",
        "What has not happened yet cannot be reported; correct the year or the order of day and month.",
        "Ours: a release dated ahead would make land look released";
    DATE_TOO_EARLY = "date-too-early", Error, "Day before 1945",
        "{day} is before 1945.",
        "Days before 1945 are default values of a form or typing slips; give the real one.",
        "Ours: no register of mine action is older";
    AREA_DIFFERS = "area-differs", Warning, "Reported area differs",
        "The reported area is {reported} m², and the boundary encloses {computed} m²: {percent} % apart.",
        "The figure typed in and the boundary do not describe the same land; find out which is wrong. Figures are made from the boundary.",
        "IMAS 05.10; Ours: the tolerance set by the programme";
    AREA_IN_OTHER_UNIT = "area-in-other-unit", Warning, "Reported area in another unit",
        "The reported area is {reported} and the boundary encloses {computed} m²: it was probably reported in {unit}.",
        "Reported areas are in square metres; confirm the suggestion.",
        "IMAS 05.10; Ours: the list of units";
    ACTIVITY_DOES_NOT_FIT = "activity-does-not-fit", Error, "Work does not fit the outcome",
        "Land is not {outcome} by {activity}.",
        "Land is cancelled by non-technical survey, reduced by technical survey and cleared by clearance; correct one of the two.",
        "IMAS 07.11";
    METHOD_DOES_NOT_FIT = "method-does-not-fit", Warning, "Method does not fit the outcome",
        "Land is cancelled without going in, and {method} goes in.",
        "If somebody worked on the land, it was reduced or cleared; check the outcome.",
        "IMAS 08.10 and 08.20";
    CANCELLED_WITH_ITEMS_FOUND = "cancelled-with-items-found", Error, "Cancelled where items were found",
        "{found} items were found on land that is to be cancelled.",
        "Land is cancelled when there is no evidence of explosive ordnance, and an item is evidence; it has to be cleared.",
        "IMAS 07.11";
    CLEARED_WITHOUT_DEPTH = "cleared-without-depth", Warning, "Cleared to no stated depth",
        "The land is cleared, and the depth is not given.",
        "Land is cleared to a specified depth; without it nobody knows what the land may be used for.",
        "IMAS 09.10";
    DEPTH_BELOW_MINIMUM = "depth-below-minimum", Warning, "Cleared less deep than required",
        "The land is cleared to {depth} cm; the programme requires {minimum} cm.",
        "The depth is less than the national standard requires; check the figure and its unit.",
        "IMAS 09.10; the minimum is set by the programme";
    DEPTH_UNUSUAL = "depth-unusual", Warning, "Unusual depth",
        "A depth of {depth} cm is more than {limit} cm.",
        "Land is rarely cleared that deep; the depth may be in millimetres.",
        "Ours: the limit";
    CONFIRMED_WITHOUT_DIRECT_EVIDENCE = "confirmed-without-direct-evidence", Warning,
        "Confirmed without direct evidence",
        "The area is confirmed, and no direct evidence is given.",
        "A confirmed hazardous area rests on direct evidence; give it, or call the area suspected.",
        "IMAS 04.10 and 07.11";
    SUSPECTED_WITH_DIRECT_EVIDENCE = "suspected-with-direct-evidence", Warning,
        "Suspected in spite of direct evidence",
        "The area is suspected, and direct evidence is given.",
        "With direct evidence the area is a confirmed one, at least in part; survey it again.",
        "IMAS 04.10 and 07.11";
    CLOSED_WITHOUT_REASON = "closed-without-reason", Warning, "Closed without a reason",
        "The area is closed, and the reason is not given.",
        "Its land stays hazardous until land releases say otherwise; give the reason and the releases.",
        "IMAS 07.11, on documenting decisions";
    REASON_WITHOUT_CLOSURE = "reason-without-closure", Warning, "Reason of closure without closure",
        "The reason of closure is {reason}, and the status is {status}.",
        "The area counts as not closed; correct one of the two.",
        "Ours";
    CLOSED_WITHOUT_SUCCESSOR = "closed-without-successor", Warning, "Closed with no record in its place",
        "The area is closed as {reason}, and no record is named that takes its place.",
        "Its land stays hazardous by this record until others claim it; name them in continued_in.",
        "Ours: land must not leave the register unnoticed";
    COUNTS_DO_NOT_ADD_UP = "counts-do-not-add-up", Error, "Counts do not add up",
        "The total is {total}, and the groups add up to {sum}.",
        "Groups by sex and age count the same people as the total; correct one of them.",
        "IMAS 05.10, data by sex and age";
    PART_EXCEEDS_TOTAL = "part-exceeds-total", Error, "Part greater than the whole",
        "{part} are direct beneficiaries, of {total} in all.",
        "Direct beneficiaries are a part of all; correct one of the two.",
        "IMAS 05.10, data by sex and age";
    AGE_BAND_REVERSED = "age-band-reversed", Error, "Ages reversed",
        "The band of ages goes from {from} to {to}.",
        "The lower age comes first; swap the two.",
        "Ours";
    MORE_DESTROYED_THAN_FOUND = "more-destroyed-than-found", Warning, "More destroyed than found",
        "{destroyed} items were destroyed and {found} found.",
        "Only what was found can be destroyed; items brought from elsewhere belong to another record.",
        "IMAS 05.10, minimum data requirements";
    FOUND_BEFORE_WORK = "found-before-work", Warning, "Items found by planned work",
        "Items were found, and the activity is only planned.",
        "If items were found the work has begun; correct the status.",
        "Ours";
    ITEMS_FOUND_AFTER_CLOSURE = "items-found-after-closure", Warning, "Items found in a closed area",
        "{found} items were found on {on}, and the closure of {area} was recorded on {closed}.",
        "An item found in closed land means that the land is contaminated; open the area again as of that day, with change_reason, or name the area in which the items were found.",
        "IMAS 07.11 and 08.30: land found contaminated after its release";
    WORK_AFTER_CLOSURE = "work-after-closure", Warning, "Work in a closed area",
        "The work is of {on}, and the closure of {area} was recorded on {closed}.",
        "Work goes on in an area that is said to be done with; correct the day or the area, or open the area again with change_reason.",
        "IMAS 07.11, on documenting decisions";
    CANCELLED_BY_WORK_THAT_FOUND_ITEMS = "cancelled-by-work-that-found-items", Warning,
        "Cancelled on work that found items",
        "{activity}, on which the cancellation rests, found {found} items.",
        "Land is cancelled when there is no evidence of explosive ordnance, and an item is evidence; make sure that the items were found elsewhere.",
        "IMAS 07.11";
    OUTPUT_UNUSUAL = "output-unusual", Warning, "Unusual output",
        "{each} m² were worked for each of {effort}; more than {limit} is rare.",
        "Areas are in square metres and efforts in days of one person or animal, or in hours of one machine; check both and their units.",
        "Ours: the limits";
}
