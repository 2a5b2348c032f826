CREATE TABLE webhooks (
    programme TEXT NOT NULL,
    id BLOB NOT NULL,
    address TEXT NOT NULL,
    collections TEXT NOT NULL CONSTRAINT webhooks_collections_json CHECK (json_valid(collections)),
    west REAL CONSTRAINT webhooks_west_range CHECK (west BETWEEN -180 AND 180),
    south REAL CONSTRAINT webhooks_south_range CHECK (south BETWEEN -90 AND 90),
    east REAL CONSTRAINT webhooks_east_range CHECK (east BETWEEN -180 AND 180),
    north REAL CONSTRAINT webhooks_north_range CHECK (north BETWEEN south AND 90),
    secret TEXT NOT NULL,
    owner TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL CONSTRAINT webhooks_status_known CHECK (status IN ('active', 'paused', 'disabled')),
    reason TEXT,
    told_revision INTEGER NOT NULL CONSTRAINT webhooks_told_revision_range CHECK (told_revision >= 0),
    pending_revision INTEGER CONSTRAINT webhooks_pending_revision_range CHECK (pending_revision > told_revision),
    failures INTEGER NOT NULL CONSTRAINT webhooks_failures_range CHECK (failures >= 0),
    failing_since INTEGER,
    next_try_at INTEGER NOT NULL,
    claimed_until INTEGER,
    CONSTRAINT webhooks_pkey PRIMARY KEY (programme, id),
    CONSTRAINT webhooks_programme_known FOREIGN KEY (programme) REFERENCES programmes (code),
    CONSTRAINT webhooks_id_length CHECK (length(id) = 16),
    CONSTRAINT webhooks_address_length CHECK (length(address) BETWEEN 1 AND 2000),
    CONSTRAINT webhooks_disabling_reasoned CHECK (status <> 'disabled' OR reason IS NOT NULL),
    CONSTRAINT webhooks_bbox_whole CHECK (
        (west IS NULL) = (south IS NULL) AND (west IS NULL) = (east IS NULL)
        AND (west IS NULL) = (north IS NULL)
    )
) STRICT;

CREATE TABLE webhook_deliveries (
    programme TEXT NOT NULL,
    webhook_id BLOB NOT NULL,
    attempt_id BLOB NOT NULL,
    message TEXT NOT NULL,
    attempt INTEGER NOT NULL CONSTRAINT webhook_deliveries_attempt_range CHECK (attempt >= 1),
    change_count INTEGER NOT NULL CONSTRAINT webhook_deliveries_change_count_range CHECK (change_count >= 0),
    at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL CONSTRAINT webhook_deliveries_duration_ms_range CHECK (duration_ms >= 0),
    http_status INTEGER,
    fault TEXT,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (programme, webhook_id, attempt_id),
    CONSTRAINT webhook_deliveries_webhook_known FOREIGN KEY (programme, webhook_id)
        REFERENCES webhooks (programme, id)
) STRICT;
