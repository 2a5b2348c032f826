//! Rules on how records may change from version to version.

super::rules! {
    REOPENED_WITHOUT_REASON = "reopened-without-reason", Error, "Opened again without a reason",
        "The area was closed and is opened again, and change_reason is not given.",
        "An area is opened again because something was found or an accident happened; say what in change_reason.",
        "IMAS 07.11, on documenting decisions";
    REOPENED_TOO_EARLY = "reopened-too-early", Error, "Opened again as of too early a day",
        "The area is opened again as of a day on which it was not closed or released yet.",
        "The land is hazardous again from identified_on of the new version; give the day of the new evidence, which is after the closure and every release.",
        "Ours: with an earlier day what was released would stay released";
    SUSPECTED_AGAIN_WITHOUT_REASON = "suspected-again-without-reason", Error,
        "Confirmed area suspected again without a reason",
        "The area was confirmed and is suspected now, and change_reason is not given.",
        "Direct evidence does not go away; say in change_reason why it was none.",
        "IMAS 04.10 and 07.11";
    SUSPECTED_AGAIN_UNREVIEWED = "suspected-again-unreviewed", Error,
        "Confirmed area suspected again without review",
        "The area was confirmed and is suspected now, and whoever sends that is no reviewer.",
        "Ask a reviewer of the programme to send it.",
        "IMAS 07.11, on documenting decisions; the role is ours";
    CLOSED_WITH_LAND_REMAINING = "closed-with-land-remaining", Warning,
        "Closed while land is not released",
        "The area is closed, and {remaining} m² of it are not released.",
        "Closing releases nothing: the land stays hazardous until land releases cover it; send them, or open the area again.",
        "IMAS 08.30; IMAS 07.11: land is released on documented evidence";
}
