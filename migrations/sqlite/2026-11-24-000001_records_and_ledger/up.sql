-- The meaning and unit of every column is told once, by the COMMENT ON statements of
-- ../../postgresql/2026-11-24-000001_records_and_ledger/up.sql; the tables here are the same.
--
-- Types: a UUID is a BLOB of 16 bytes, an instant an INTEGER of microseconds since 1970 UTC,
-- a day TEXT 'YYYY-MM-DD', JSON is TEXT. Booleans are 0 or 1.

CREATE TABLE programmes (
    code TEXT NOT NULL CONSTRAINT programmes_pkey PRIMARY KEY,
    revision INTEGER NOT NULL CONSTRAINT programmes_revision_range CHECK (revision >= 0),
    document_revision INTEGER NOT NULL,
    regions_revision INTEGER NOT NULL,
    document TEXT NOT NULL CONSTRAINT programmes_document_json CHECK (json_valid(document)),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    CONSTRAINT programmes_code_form CHECK (
        length(code) BETWEEN 1 AND 32 AND code NOT GLOB '*[^A-Za-z0-9-]*'
    )
) STRICT;

CREATE TABLE records (
    programme TEXT NOT NULL,
    id BLOB NOT NULL,
    collection TEXT NOT NULL,
    local_id TEXT NOT NULL,
    local_id_key TEXT NOT NULL,
    version INTEGER NOT NULL CONSTRAINT records_version_range CHECK (version >= 1),
    revision INTEGER NOT NULL CONSTRAINT records_revision_range CHECK (revision >= 1),
    state TEXT NOT NULL CONSTRAINT records_state_known CHECK (state IN ('in_force', 'withdrawn')),
    effective_on TEXT NOT NULL,
    organisation TEXT,
    located INTEGER NOT NULL CONSTRAINT records_located_flag CHECK (located IN (0, 1)),
    west REAL CONSTRAINT records_west_range CHECK (west BETWEEN -180 AND 180),
    south REAL CONSTRAINT records_south_range CHECK (south BETWEEN -90 AND 90),
    east REAL CONSTRAINT records_east_range CHECK (east BETWEEN -180 AND 180),
    north REAL CONSTRAINT records_north_range CHECK (north BETWEEN south AND 90),
    area_m2 REAL CONSTRAINT records_area_m2_range CHECK (area_m2 >= 0),
    CONSTRAINT records_pkey PRIMARY KEY (programme, id),
    CONSTRAINT records_local_id_unique UNIQUE (programme, collection, local_id_key),
    CONSTRAINT records_programme_known FOREIGN KEY (programme) REFERENCES programmes (code),
    CONSTRAINT records_id_length CHECK (length(id) = 16),
    CONSTRAINT records_local_id_length CHECK (length(local_id) BETWEEN 1 AND 400),
    CONSTRAINT records_bbox_whole CHECK (
        (west IS NULL) = (south IS NULL) AND (west IS NULL) = (east IS NULL)
        AND (west IS NULL) = (north IS NULL)
    )
) STRICT, WITHOUT ROWID;

CREATE INDEX records_by_revision ON records (programme, revision, id);

CREATE TABLE submissions (
    programme TEXT NOT NULL,
    id BLOB NOT NULL,
    collection TEXT NOT NULL,
    actor TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    idempotency_key TEXT,
    body_sha256 BLOB NOT NULL CONSTRAINT submissions_body_sha256_length CHECK (length(body_sha256) = 32),
    body_bytes INTEGER NOT NULL CONSTRAINT submissions_body_bytes_range CHECK (body_bytes >= 0),
    options TEXT NOT NULL,
    on_error TEXT NOT NULL CONSTRAINT submissions_on_error_known CHECK (on_error IN ('reject', 'skip')),
    status TEXT NOT NULL CONSTRAINT submissions_status_known CHECK (status IN ('received', 'applied', 'rejected')),
    decided_at INTEGER,
    revision INTEGER,
    receipt TEXT CONSTRAINT submissions_receipt_json CHECK (json_valid(receipt)),
    CONSTRAINT submissions_pkey PRIMARY KEY (programme, id),
    CONSTRAINT submissions_idempotency_key_unique UNIQUE (programme, idempotency_key),
    CONSTRAINT submissions_programme_known FOREIGN KEY (programme) REFERENCES programmes (code),
    CONSTRAINT submissions_decision_whole CHECK (
        (status = 'received') = (decided_at IS NULL)
        AND (status = 'received') = (receipt IS NULL)
        AND (status = 'applied') = (revision IS NOT NULL)
    )
) STRICT;

CREATE INDEX submissions_by_body ON submissions (programme, body_sha256);

CREATE TABLE submission_bodies (
    programme TEXT NOT NULL,
    submission_id BLOB NOT NULL,
    chunk_no INTEGER NOT NULL CONSTRAINT submission_bodies_chunk_no_range CHECK (chunk_no >= 0),
    encoding TEXT NOT NULL CONSTRAINT submission_bodies_encoding_known CHECK (encoding IN ('identity', 'zstd')),
    bytes BLOB NOT NULL,
    CONSTRAINT submission_bodies_pkey PRIMARY KEY (programme, submission_id, chunk_no),
    CONSTRAINT submission_bodies_submission_known FOREIGN KEY (programme, submission_id)
        REFERENCES submissions (programme, id)
) STRICT;

CREATE TABLE findings (
    programme TEXT NOT NULL,
    submission_id BLOB NOT NULL,
    seq INTEGER NOT NULL CONSTRAINT findings_seq_range CHECK (seq >= 0),
    feature_index INTEGER,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL CONSTRAINT findings_severity_known CHECK (severity IN ('error', 'warning', 'info')),
    document TEXT NOT NULL CONSTRAINT findings_document_json CHECK (json_valid(document)),
    CONSTRAINT findings_pkey PRIMARY KEY (programme, submission_id, seq),
    CONSTRAINT findings_submission_known FOREIGN KEY (programme, submission_id)
        REFERENCES submissions (programme, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_versions (
    programme TEXT NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL CONSTRAINT record_versions_version_range CHECK (version >= 1),
    collection TEXT NOT NULL,
    local_id TEXT NOT NULL,
    revision INTEGER NOT NULL CONSTRAINT record_versions_revision_range CHECK (revision >= 1),
    submission_id BLOB,
    state TEXT NOT NULL CONSTRAINT record_versions_state_known CHECK (state IN ('in_force', 'withdrawn')),
    reason TEXT,
    effective_on TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    organisation TEXT,
    geometry BLOB,
    caution BLOB,
    raw_geometry TEXT,
    properties TEXT NOT NULL,
    content_sha256 BLOB NOT NULL CONSTRAINT record_versions_content_sha256_length CHECK (length(content_sha256) = 32),
    west REAL CONSTRAINT record_versions_west_range CHECK (west BETWEEN -180 AND 180),
    south REAL CONSTRAINT record_versions_south_range CHECK (south BETWEEN -90 AND 90),
    east REAL CONSTRAINT record_versions_east_range CHECK (east BETWEEN -180 AND 180),
    north REAL CONSTRAINT record_versions_north_range CHECK (north BETWEEN south AND 90),
    area_m2 REAL CONSTRAINT record_versions_area_m2_range CHECK (area_m2 >= 0),
    CONSTRAINT record_versions_pkey PRIMARY KEY (programme, id, version),
    CONSTRAINT record_versions_record_known FOREIGN KEY (programme, id) REFERENCES records (programme, id),
    CONSTRAINT record_versions_submission_known FOREIGN KEY (programme, submission_id)
        REFERENCES submissions (programme, id),
    CONSTRAINT record_versions_withdrawal_reasoned CHECK (state <> 'withdrawn' OR reason IS NOT NULL)
) STRICT;

CREATE TABLE changes (
    programme TEXT NOT NULL,
    revision INTEGER NOT NULL CONSTRAINT changes_revision_range CHECK (revision >= 0),
    operation TEXT NOT NULL,
    submission_id BLOB,
    record_count INTEGER NOT NULL CONSTRAINT changes_record_count_range CHECK (record_count >= 0),
    west REAL,
    south REAL,
    east REAL,
    north REAL,
    clusters_gone BLOB NOT NULL CONSTRAINT changes_clusters_gone_length CHECK (length(clusters_gone) % 16 = 0),
    recorded_at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT changes_pkey PRIMARY KEY (programme, revision),
    CONSTRAINT changes_programme_known FOREIGN KEY (programme) REFERENCES programmes (code)
) STRICT, WITHOUT ROWID;

CREATE INDEX changes_by_instant ON changes (programme, recorded_at, revision);

CREATE TABLE ledger_records (
    programme TEXT NOT NULL,
    record_id BLOB NOT NULL,
    cluster_id BLOB NOT NULL,
    box_class INTEGER NOT NULL CONSTRAINT ledger_records_box_class_range CHECK (box_class BETWEEN 0 AND 62),
    min_x INTEGER NOT NULL,
    min_y INTEGER NOT NULL,
    max_x INTEGER NOT NULL,
    max_y INTEGER NOT NULL,
    CONSTRAINT ledger_records_pkey PRIMARY KEY (programme, record_id),
    CONSTRAINT ledger_records_record_known FOREIGN KEY (programme, record_id)
        REFERENCES records (programme, id),
    CONSTRAINT ledger_records_box_ordered CHECK (min_x <= max_x AND min_y <= max_y)
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_records_by_cluster ON ledger_records (programme, cluster_id);
CREATE INDEX ledger_records_by_box ON ledger_records (programme, box_class, min_x, max_x, min_y, max_y);

CREATE TABLE parcels (
    programme TEXT NOT NULL,
    cluster_id BLOB NOT NULL,
    parcel_no INTEGER NOT NULL CONSTRAINT parcels_parcel_no_range CHECK (parcel_no >= 0),
    revision INTEGER NOT NULL CONSTRAINT parcels_revision_range CHECK (revision >= 1),
    region_id BLOB,
    doubled_area INTEGER NOT NULL CONSTRAINT parcels_doubled_area_range CHECK (doubled_area > 0),
    area_m2 REAL NOT NULL CONSTRAINT parcels_area_m2_range CHECK (area_m2 > 0),
    min_x INTEGER NOT NULL,
    min_y INTEGER NOT NULL,
    max_x INTEGER NOT NULL,
    max_y INTEGER NOT NULL,
    shape BLOB NOT NULL,
    history TEXT NOT NULL,
    CONSTRAINT parcels_pkey PRIMARY KEY (programme, cluster_id, parcel_no),
    CONSTRAINT parcels_programme_known FOREIGN KEY (programme) REFERENCES programmes (code),
    CONSTRAINT parcels_box_ordered CHECK (min_x < max_x AND min_y < max_y)
) STRICT;

CREATE INDEX parcels_by_revision ON parcels (programme, revision, cluster_id);

CREATE TABLE tokens (
    id BLOB NOT NULL CONSTRAINT tokens_pkey PRIMARY KEY,
    name TEXT NOT NULL CONSTRAINT tokens_name_unique UNIQUE,
    secret_sha256 BLOB NOT NULL CONSTRAINT tokens_secret_unique UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    CONSTRAINT tokens_secret_sha256_length CHECK (length(secret_sha256) = 32),
    CONSTRAINT tokens_name_length CHECK (length(name) BETWEEN 1 AND 200)
) STRICT;

CREATE TABLE grants (
    programme TEXT NOT NULL,
    token_id BLOB NOT NULL,
    role TEXT NOT NULL CONSTRAINT grants_role_known CHECK (role IN ('reader', 'contributor', 'reviewer', 'manager')),
    CONSTRAINT grants_pkey PRIMARY KEY (programme, token_id),
    CONSTRAINT grants_programme_known FOREIGN KEY (programme) REFERENCES programmes (code),
    CONSTRAINT grants_token_known FOREIGN KEY (token_id) REFERENCES tokens (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX grants_by_token ON grants (token_id);

CREATE TABLE audit (
    programme TEXT NOT NULL,
    seq INTEGER NOT NULL CONSTRAINT audit_seq_range CHECK (seq >= 1),
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    operation TEXT NOT NULL,
    subject TEXT NOT NULL,
    revision INTEGER,
    detail TEXT NOT NULL,
    prev_hash BLOB NOT NULL CONSTRAINT audit_prev_hash_length CHECK (length(prev_hash) = 32),
    hash BLOB NOT NULL CONSTRAINT audit_hash_length CHECK (length(hash) = 32),
    CONSTRAINT audit_pkey PRIMARY KEY (programme, seq)
) STRICT;

CREATE TABLE audit_heads (
    programme TEXT NOT NULL CONSTRAINT audit_heads_pkey PRIMARY KEY,
    seq INTEGER NOT NULL CONSTRAINT audit_heads_seq_range CHECK (seq >= 0),
    hash BLOB NOT NULL CONSTRAINT audit_heads_hash_length CHECK (length(hash) = 32)
) STRICT;

INSERT INTO audit_heads (programme, seq, hash) VALUES ('_server', 0, zeroblob(32));

CREATE TABLE report_snapshots (
    programme TEXT NOT NULL,
    id BLOB NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    revision INTEGER NOT NULL CONSTRAINT report_snapshots_revision_range CHECK (revision >= 1),
    parameters TEXT NOT NULL CONSTRAINT report_snapshots_parameters_json CHECK (json_valid(parameters)),
    document TEXT NOT NULL,
    document_sha256 BLOB NOT NULL CONSTRAINT report_snapshots_document_sha256_length CHECK (length(document_sha256) = 32),
    frozen_at INTEGER NOT NULL,
    frozen_by TEXT NOT NULL,
    CONSTRAINT report_snapshots_pkey PRIMARY KEY (programme, id),
    CONSTRAINT report_snapshots_programme_known FOREIGN KEY (programme) REFERENCES programmes (code),
    CONSTRAINT report_snapshots_id_length CHECK (length(id) = 16),
    CONSTRAINT report_snapshots_title_length CHECK (length(title) BETWEEN 1 AND 200),
    CONSTRAINT report_snapshots_kind_length CHECK (length(kind) BETWEEN 1 AND 40)
) STRICT;

-- Append-only: what is recorded stays as it was recorded.
CREATE TRIGGER record_versions_no_update BEFORE UPDATE ON record_versions
BEGIN SELECT RAISE(ABORT, 'append-only: record_versions'); END;
CREATE TRIGGER record_versions_no_delete BEFORE DELETE ON record_versions
BEGIN SELECT RAISE(ABORT, 'append-only: record_versions'); END;
CREATE TRIGGER changes_no_update BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'append-only: changes'); END;
CREATE TRIGGER changes_no_delete BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'append-only: changes'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'append-only: audit'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'append-only: audit'); END;
CREATE TRIGGER submission_bodies_no_update BEFORE UPDATE ON submission_bodies
BEGIN SELECT RAISE(ABORT, 'append-only: submission_bodies'); END;
CREATE TRIGGER submission_bodies_no_delete BEFORE DELETE ON submission_bodies
BEGIN SELECT RAISE(ABORT, 'append-only: submission_bodies'); END;
CREATE TRIGGER findings_no_update BEFORE UPDATE ON findings
BEGIN SELECT RAISE(ABORT, 'append-only: findings'); END;
CREATE TRIGGER findings_no_delete BEFORE DELETE ON findings
BEGIN SELECT RAISE(ABORT, 'append-only: findings'); END;
CREATE TRIGGER report_snapshots_no_update BEFORE UPDATE ON report_snapshots
BEGIN SELECT RAISE(ABORT, 'append-only: report_snapshots'); END;
CREATE TRIGGER report_snapshots_no_delete BEFORE DELETE ON report_snapshots
BEGIN SELECT RAISE(ABORT, 'append-only: report_snapshots'); END;

-- A submission is decided once; what was received never changes.
CREATE TRIGGER submissions_decided_once BEFORE UPDATE ON submissions
WHEN OLD.status <> 'received' OR NEW.status = 'received'
    OR NEW.programme IS NOT OLD.programme OR NEW.id IS NOT OLD.id
    OR NEW.collection IS NOT OLD.collection OR NEW.actor IS NOT OLD.actor
    OR NEW.received_at IS NOT OLD.received_at
    OR NEW.idempotency_key IS NOT OLD.idempotency_key
    OR NEW.body_sha256 IS NOT OLD.body_sha256 OR NEW.body_bytes IS NOT OLD.body_bytes
    OR NEW.options IS NOT OLD.options OR NEW.on_error IS NOT OLD.on_error
BEGIN SELECT RAISE(ABORT, 'append-only: submissions'); END;
CREATE TRIGGER submissions_no_delete BEFORE DELETE ON submissions
BEGIN SELECT RAISE(ABORT, 'append-only: submissions'); END;

-- A record is withdrawn, never deleted; a programme stays.
CREATE TRIGGER records_no_delete BEFORE DELETE ON records
BEGIN SELECT RAISE(ABORT, 'append-only: records'); END;
CREATE TRIGGER programmes_no_delete BEFORE DELETE ON programmes
BEGIN SELECT RAISE(ABORT, 'append-only: programmes'); END;
CREATE TRIGGER audit_heads_no_delete BEFORE DELETE ON audit_heads
BEGIN SELECT RAISE(ABORT, 'append-only: audit_heads'); END;

-- What ANALYZE would find in a large database, told once: rows in all, then rows for each further
-- column of the index that is known. Without it the planner takes the programme alone for
-- selective and goes through all of its records; with it plans do not depend on when, or whether,
-- somebody ran ANALYZE.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('records', 'records', '1000000 500000 1'),
    ('records', 'sqlite_autoindex_records_2', '1000000 500000 100000 1'),
    ('records', 'records_by_revision', '1000000 500000 500 1'),
    ('record_versions', 'sqlite_autoindex_record_versions_1', '1500000 750000 2 1'),
    ('ledger_records', 'ledger_records', '1000000 500000 1'),
    ('ledger_records', 'ledger_records_by_cluster', '1000000 500000 2'),
    ('ledger_records', 'ledger_records_by_box', '1000000 500000 50000 2 2 1 1'),
    ('parcels', 'sqlite_autoindex_parcels_1', '1500000 750000 3 1'),
    ('parcels', 'parcels_by_revision', '1500000 750000 500 3');
