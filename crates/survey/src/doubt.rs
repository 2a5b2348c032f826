//! The rules of doubt: how the land ledger reads records that overlap, change and contradict each
//! other. When in doubt, land is hazardous.
//!
//! Each rule is told as a story by the tests it names. The ledger as a whole is held against a
//! reference that walks through the days cell by cell (`tests/raster.rs`).

/// One rule of the land ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoubtRule {
    /// Its name, for example `every-area`. It is never given to another rule.
    pub code: &'static str,
    /// What it says.
    pub statement: &'static str,
    /// The standard it comes from, or `Ours` with the reason.
    pub source: &'static str,
    /// The tests that tell it.
    pub shown_by: &'static [&'static str],
}

/// The rule with this code; none when there is none.
///
/// # Examples
/// ```
/// let rule = survey::doubt::rule("every-area").unwrap();
/// assert!(rule.statement.contains("hazardous until each is released"));
/// ```
pub fn rule(code: &str) -> Option<&'static DoubtRule> {
    RULES.iter().find(|rule| rule.code == code)
}

/// Every rule.
pub const RULES: &[DoubtRule] = &[
    DoubtRule {
        code: "latest-version",
        statement: "What a hazardous area says on a day is said by the last recorded of its \
            versions that took effect by that day. A later version that takes effect on the same \
            day or earlier is a correction, and takes the place of what it corrects.",
        source: "Ours: the ledger must end with what the current record says",
        shown_by: &[
            "a_correction_of_the_same_day_takes_the_place_of_what_it_corrects",
            "a_correction_to_an_earlier_day_takes_the_place_of_what_it_corrects",
        ],
    },
    DoubtRule {
        code: "every-area",
        statement: "Land under several hazardous areas is hazardous until each is released from; \
            it is confirmed if one of them is.",
        source: "Ours: when in doubt, it is hazardous",
        shown_by: &[
            "land_under_two_hazardous_areas_stays_hazardous_until_both_are_released",
            "land_under_a_suspected_and_a_confirmed_area_is_confirmed_until_that_one_is_released",
        ],
    },
    DoubtRule {
        code: "confirmation",
        statement: "Confirming a suspected area, or the reverse, moves no land: it stays the same \
            hazard.",
        source: "IMAS 04.10 for the two classes; IMAS 07.11, on reclassifying",
        shown_by: &["a_suspected_area_that_is_confirmed_stays_one_hazard"],
    },
    DoubtRule {
        code: "named-areas",
        statement: "A release acts on the hazardous areas it names, and on no other; naming none \
            it acts on all it touches.",
        source: "Ours: a report is about the areas it was written for",
        shown_by: &[
            "a_release_that_names_another_area_leaves_the_land_hazardous",
            "a_release_that_names_several_areas_releases_from_each_of_them",
        ],
    },
    DoubtRule {
        code: "new-evidence",
        statement: "A release ends what lay on the land when it took effect. An area that is \
            recorded later, drawn over the land again, or opened again after it was closed, makes \
            the land hazardous again.",
        source: "IMAS 07.11 and 08.30: residual hazards and new evidence after release",
        shown_by: &[
            "a_hazardous_area_newer_than_the_release_makes_the_land_hazardous_again",
            "an_area_opened_again_after_it_was_closed_is_hazardous_whatever_was_released",
            "a_boundary_drawn_over_released_land_again_makes_it_hazardous_again",
        ],
    },
    DoubtRule {
        code: "work-began",
        statement: "A release is judged against the hazardous area as it was when the work began: \
            land cut out of the boundary during the work stays hazardous until the release.",
        source: "Ours: registers cut cleared land out of the area before the report is in",
        shown_by: &["a_release_is_judged_against_the_boundary_of_the_day_the_work_began"],
    },
    DoubtRule {
        code: "adjustment",
        statement: "Land that leaves its last hazardous area without a release (a boundary is \
            redrawn, an area is withdrawn or closed as an error) is adjusted, never released.",
        source: "Ours: a drawing releases nothing",
        shown_by: &[
            "land_that_leaves_by_a_redrawn_boundary_is_adjusted_never_released",
            "an_area_withdrawn_is_adjusted_and_the_one_below_it_stays",
        ],
    },
    DoubtRule {
        code: "closing",
        statement: "Closing an area releases nothing, whatever the reason says: land is released by \
            land releases, and an area closed as cleared stays hazardous where none covers it.",
        source: "IMAS 07.11: land is released on documented evidence",
        shown_by: &["an_area_closed_as_cleared_stays_hazardous_where_no_release_lies"],
    },
    DoubtRule {
        code: "succession",
        statement: "An area closed as a duplicate, merged or split claims its land until one of \
            the areas it is continued in does, or one that continues those in turn. Land that none \
            of them covers stays hazardous.",
        source: "Ours: splits and merges move land between records, and out of none",
        shown_by: &[
            "a_split_that_leaves_a_strip_out_leaves_the_strip_hazardous",
            "a_merged_area_claims_its_land_until_the_other_is_recorded",
            "two_areas_that_are_each_closed_as_a_duplicate_of_the_other_both_stay",
            "a_split_conserves_the_area_and_releases_nothing",
        ],
    },
    DoubtRule {
        code: "continuation",
        statement: "An area that begins on the very day on which others are continued in it is \
            their new number and no new evidence: land that had been released from all of them \
            stays released.",
        source: "Ours: clerical work finds no explosive ordnance",
        shown_by: &[
            "a_merge_does_not_make_released_land_hazardous_again",
            "a_successor_recorded_on_another_day_is_new_evidence",
        ],
    },
    DoubtRule {
        code: "once",
        statement: "Land is released once, on the first day; of several releases on one day \
            clearance stands before reduction before cancellation. What is released again is kept \
            apart.",
        source: "IMAS 07.11 for the three processes; the order is ours",
        shown_by: &[
            "on_one_day_cleared_stands_before_reduced_before_cancelled",
            "overlapping_releases_count_each_square_metre_once_on_its_first_day",
        ],
    },
    DoubtRule {
        code: "outside",
        statement: "Land released outside every hazardous area is kept apart, and counts in no \
            balance.",
        source: "Ours: work goes past boundaries, and must neither vanish nor count",
        shown_by: &[
            "land_released_outside_any_hazardous_area_is_kept_apart_and_counted_once",
            "land_released_outside_its_hazardous_area_has_a_column_of_its_own",
        ],
    },
    DoubtRule {
        code: "corrected-release",
        statement: "A release counts with its latest version. One that is withdrawn, for example \
            after failed quality control, never released anything: its land is hazardous as if it \
            had not been sent.",
        source: "IMAS 07.40 and 09.20: land that fails inspection is not released",
        shown_by: &[
            "a_withdrawn_release_gives_the_land_back",
            "a_corrected_release_counts_with_its_latest_version_only",
        ],
    },
    DoubtRule {
        code: "lost-boundary",
        statement: "A version without a usable boundary keeps the land of the version before it; \
            an area that never had one stays on the map with a caution area and counts no land.",
        source: "Ours: land does not get less hazardous by our not knowing where it is",
        shown_by: &[
            "an_area_whose_place_is_lost_keeps_its_land",
            "skipping_says_what_was_left_out_and_keeps_a_broken_hazardous_area_on_the_map",
        ],
    },
];
