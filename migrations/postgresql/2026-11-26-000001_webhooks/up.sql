CREATE TABLE webhooks (
    programme text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    address text NOT NULL,
    collections jsonb NOT NULL,
    west double precision CONSTRAINT webhooks_west_range CHECK (west BETWEEN -180 AND 180),
    south double precision CONSTRAINT webhooks_south_range CHECK (south BETWEEN -90 AND 90),
    east double precision CONSTRAINT webhooks_east_range CHECK (east BETWEEN -180 AND 180),
    north double precision CONSTRAINT webhooks_north_range CHECK (north BETWEEN south AND 90),
    secret text NOT NULL,
    owner text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    status text COLLATE "C" NOT NULL CONSTRAINT webhooks_status_known CHECK (status IN ('active', 'paused', 'disabled')),
    reason text,
    told_revision bigint NOT NULL CONSTRAINT webhooks_told_revision_range CHECK (told_revision >= 0),
    pending_revision bigint CONSTRAINT webhooks_pending_revision_range CHECK (pending_revision > told_revision),
    failures bigint NOT NULL CONSTRAINT webhooks_failures_range CHECK (failures >= 0),
    failing_since timestamptz,
    next_try_at timestamptz NOT NULL,
    claimed_until timestamptz,
    CONSTRAINT webhooks_pkey PRIMARY KEY (programme, id),
    CONSTRAINT webhooks_programme_known FOREIGN KEY (programme) REFERENCES programmes (code),
    CONSTRAINT webhooks_address_length CHECK (length(address) BETWEEN 1 AND 2000),
    CONSTRAINT webhooks_disabling_reasoned CHECK (status <> 'disabled' OR reason IS NOT NULL),
    CONSTRAINT webhooks_bbox_whole CHECK (
        (west IS NULL) = (south IS NULL) AND (west IS NULL) = (east IS NULL)
        AND (west IS NULL) = (north IS NULL)
    )
);
COMMENT ON TABLE webhooks IS 'Addresses of other systems that are told of changes. Settings and the place in the feed; may be deleted.';
COMMENT ON COLUMN webhooks.programme IS 'Programme whose changes are told.';
COMMENT ON COLUMN webhooks.id IS 'UUID version 7.';
COMMENT ON COLUMN webhooks.address IS 'Where messages are sent: https, or http to this machine where the server allows it.';
COMMENT ON COLUMN webhooks.collections IS 'Names of the collections of which changes are told; an empty list for all.';
COMMENT ON COLUMN webhooks.west IS 'Western edge of the box in which changes are told, degrees, CRS84; null for everywhere. Greater than east across the antimeridian.';
COMMENT ON COLUMN webhooks.south IS 'Southern edge, degrees, CRS84.';
COMMENT ON COLUMN webhooks.east IS 'Eastern edge, degrees, CRS84.';
COMMENT ON COLUMN webhooks.north IS 'Northern edge, degrees, CRS84.';
COMMENT ON COLUMN webhooks.secret IS 'What messages are signed with: whsec_ and Base64. Kept as it is, since signing needs it.';
COMMENT ON COLUMN webhooks.owner IS 'Name of the token on whose behalf changes are told; what it may not read is not sent.';
COMMENT ON COLUMN webhooks.created_at IS 'When it was made, UTC.';
COMMENT ON COLUMN webhooks.status IS 'active, paused by a manager, or disabled by the server.';
COMMENT ON COLUMN webhooks.reason IS 'Why the server disabled it; null otherwise.';
COMMENT ON COLUMN webhooks.told_revision IS 'Revision of the programme up to which the receiver was told.';
COMMENT ON COLUMN webhooks.pending_revision IS 'Last revision of the message being sent, which stays the same however often it is tried; null when none is.';
COMMENT ON COLUMN webhooks.failures IS 'Tries of that message that failed.';
COMMENT ON COLUMN webhooks.failing_since IS 'When the first of them failed, UTC; null while none has.';
COMMENT ON COLUMN webhooks.next_try_at IS 'When it is tried next at the earliest, UTC.';
COMMENT ON COLUMN webhooks.claimed_until IS 'Until when one server alone sends, UTC; null when none does.';

CREATE TABLE webhook_deliveries (
    programme text COLLATE "C" NOT NULL,
    webhook_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    message text NOT NULL,
    attempt bigint NOT NULL CONSTRAINT webhook_deliveries_attempt_range CHECK (attempt >= 1),
    change_count bigint NOT NULL CONSTRAINT webhook_deliveries_change_count_range CHECK (change_count >= 0),
    at timestamptz NOT NULL,
    duration_ms bigint NOT NULL CONSTRAINT webhook_deliveries_duration_ms_range CHECK (duration_ms >= 0),
    http_status integer,
    fault text,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (programme, webhook_id, attempt_id),
    CONSTRAINT webhook_deliveries_webhook_known FOREIGN KEY (programme, webhook_id)
        REFERENCES webhooks (programme, id)
);
COMMENT ON TABLE webhook_deliveries IS 'The last tries of each webhook; older ones are deleted.';
COMMENT ON COLUMN webhook_deliveries.programme IS 'Programme of the webhook.';
COMMENT ON COLUMN webhook_deliveries.webhook_id IS 'The webhook.';
COMMENT ON COLUMN webhook_deliveries.attempt_id IS 'UUID version 7, in the order of the tries.';
COMMENT ON COLUMN webhook_deliveries.message IS 'Webhook-Id of the message, the same for every try of it.';
COMMENT ON COLUMN webhook_deliveries.attempt IS 'Which try of the message it was, from 1.';
COMMENT ON COLUMN webhook_deliveries.change_count IS 'Changes in the message; 0 for a test.';
COMMENT ON COLUMN webhook_deliveries.at IS 'When it began, UTC.';
COMMENT ON COLUMN webhook_deliveries.duration_ms IS 'How long it took, milliseconds.';
COMMENT ON COLUMN webhook_deliveries.http_status IS 'HTTP status of the answer; null when there was none.';
COMMENT ON COLUMN webhook_deliveries.fault IS 'Why it failed; null when the receiver took the message.';
