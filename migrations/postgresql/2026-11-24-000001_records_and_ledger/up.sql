-- Rules of this schema, checked by crates/store/tests: every table and column has a comment with
-- its unit; every constraint has a name; the programme is the first column of every primary,
-- unique and foreign key (tokens stand outside programmes); nothing but record keys crosses tables.

CREATE TABLE programmes (
    code text COLLATE "C" NOT NULL CONSTRAINT programmes_pkey PRIMARY KEY,
    revision bigint NOT NULL CONSTRAINT programmes_revision_range CHECK (revision >= 0),
    document_revision bigint NOT NULL,
    regions_revision bigint NOT NULL,
    document jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT programmes_code_form CHECK (code ~ '^[A-Za-z0-9-]{1,32}$')
);
COMMENT ON TABLE programmes IS 'National or sub-national mine action programmes.';
COMMENT ON COLUMN programmes.code IS 'Short name used in URLs and as the first part of every key. Never changes.';
COMMENT ON COLUMN programmes.revision IS 'Number of committed changes. Every write takes the next one first, which locks the row until commit: writes of one programme come one after another.';
COMMENT ON COLUMN programmes.document_revision IS 'Revision that set the document last.';
COMMENT ON COLUMN programmes.regions_revision IS 'Revision that changed a region last; the ledger is cut by the regions of this revision.';
COMMENT ON COLUMN programmes.document IS 'Settings: name, time zone, languages, national reference system, rules.';
COMMENT ON COLUMN programmes.created_at IS 'When the programme was added here, UTC.';
COMMENT ON COLUMN programmes.changed_at IS 'When the last revision was recorded, UTC; never goes back.';

CREATE TABLE records (
    programme text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    collection text COLLATE "C" NOT NULL,
    local_id text COLLATE "C" NOT NULL,
    local_id_key text COLLATE "C" NOT NULL,
    version integer NOT NULL CONSTRAINT records_version_range CHECK (version >= 1),
    revision bigint NOT NULL CONSTRAINT records_revision_range CHECK (revision >= 1),
    state text COLLATE "C" NOT NULL CONSTRAINT records_state_known CHECK (state IN ('in_force', 'withdrawn')),
    effective_on date NOT NULL,
    organisation text,
    located boolean NOT NULL,
    west double precision CONSTRAINT records_west_range CHECK (west BETWEEN -180 AND 180),
    south double precision CONSTRAINT records_south_range CHECK (south BETWEEN -90 AND 90),
    east double precision CONSTRAINT records_east_range CHECK (east BETWEEN -180 AND 180),
    north double precision CONSTRAINT records_north_range CHECK (north BETWEEN south AND 90),
    area_m2 double precision CONSTRAINT records_area_m2_range CHECK (area_m2 >= 0),
    CONSTRAINT records_pkey PRIMARY KEY (programme, id),
    CONSTRAINT records_local_id_unique UNIQUE (programme, collection, local_id_key),
    CONSTRAINT records_programme_known FOREIGN KEY (programme) REFERENCES programmes (code),
    CONSTRAINT records_local_id_length CHECK (length(local_id) BETWEEN 1 AND 400),
    CONSTRAINT records_bbox_whole CHECK (
        (west IS NULL) = (south IS NULL) AND (west IS NULL) = (east IS NULL)
        AND (west IS NULL) = (north IS NULL)
    )
);
CREATE INDEX records_by_revision ON records (programme, revision, id);
COMMENT ON TABLE records IS 'Heads: which version of each record holds now. The content is in record_versions.';
COMMENT ON COLUMN records.programme IS 'Programme the record belongs to.';
COMMENT ON COLUMN records.id IS 'UUID version 7, unique in the programme over all collections.';
COMMENT ON COLUMN records.collection IS 'Name of the collection, such as hazardous-areas.';
COMMENT ON COLUMN records.local_id IS 'The programme''s own name of the record, as that version spells it.';
COMMENT ON COLUMN records.local_id_key IS 'The same name without blanks around it and in lower case: the form by which names are compared. Unique in the collection; never changes.';
COMMENT ON COLUMN records.version IS 'Version that holds now, from 1.';
COMMENT ON COLUMN records.revision IS 'Revision of the programme in which that version was recorded.';
COMMENT ON COLUMN records.state IS 'in_force or withdrawn.';
COMMENT ON COLUMN records.effective_on IS 'Day on which that version took effect in the field.';
COMMENT ON COLUMN records.organisation IS 'Organisation responsible, as named in the record.';
COMMENT ON COLUMN records.located IS 'Whether the record has a geometry. One without may have a caution area.';
COMMENT ON COLUMN records.west IS 'Western edge of the geometry, or else of the caution area; degrees, CRS84. Greater than east across the antimeridian.';
COMMENT ON COLUMN records.south IS 'Southern edge, degrees, CRS84.';
COMMENT ON COLUMN records.east IS 'Eastern edge, degrees, CRS84.';
COMMENT ON COLUMN records.north IS 'Northern edge, degrees, CRS84.';
COMMENT ON COLUMN records.area_m2 IS 'Area of the geometry in square metres, equal-area plane; null for points and unlocated records.';

CREATE TABLE submissions (
    programme text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    collection text COLLATE "C" NOT NULL,
    actor text NOT NULL,
    received_at timestamptz NOT NULL,
    idempotency_key text COLLATE "C",
    body_sha256 bytea NOT NULL CONSTRAINT submissions_body_sha256_length CHECK (length(body_sha256) = 32),
    body_bytes bigint NOT NULL CONSTRAINT submissions_body_bytes_range CHECK (body_bytes >= 0),
    options text NOT NULL,
    on_error text COLLATE "C" NOT NULL CONSTRAINT submissions_on_error_known CHECK (on_error IN ('reject', 'skip')),
    status text COLLATE "C" NOT NULL CONSTRAINT submissions_status_known CHECK (status IN ('received', 'applied', 'rejected')),
    decided_at timestamptz,
    revision bigint,
    receipt jsonb,
    CONSTRAINT submissions_pkey PRIMARY KEY (programme, id),
    CONSTRAINT submissions_idempotency_key_unique UNIQUE (programme, idempotency_key),
    CONSTRAINT submissions_programme_known FOREIGN KEY (programme) REFERENCES programmes (code),
    CONSTRAINT submissions_decision_whole CHECK (
        (status = 'received') = (decided_at IS NULL)
        AND (status = 'received') = (receipt IS NULL)
        AND (status = 'applied') = (revision IS NOT NULL)
    )
);
CREATE INDEX submissions_by_body ON submissions (programme, body_sha256);
COMMENT ON TABLE submissions IS 'What was sent, by whom, and what became of it. Decided once; what was received never changes.';
COMMENT ON COLUMN submissions.programme IS 'Programme it was sent to.';
COMMENT ON COLUMN submissions.id IS 'UUID version 7.';
COMMENT ON COLUMN submissions.collection IS 'Collection it was sent to.';
COMMENT ON COLUMN submissions.actor IS 'Who sent it: the name of the token.';
COMMENT ON COLUMN submissions.received_at IS 'When it was received, UTC.';
COMMENT ON COLUMN submissions.idempotency_key IS 'Idempotency-Key of the request; null if it had none.';
COMMENT ON COLUMN submissions.body_sha256 IS 'SHA-256 of the bytes as sent.';
COMMENT ON COLUMN submissions.body_bytes IS 'Number of bytes as sent.';
COMMENT ON COLUMN submissions.options IS 'Options that decide what the bytes mean; the same bytes with the same options are the same submission.';
COMMENT ON COLUMN submissions.on_error IS 'What was asked for when features have errors: reject all, or skip them.';
COMMENT ON COLUMN submissions.status IS 'received, then applied or rejected.';
COMMENT ON COLUMN submissions.decided_at IS 'When it was applied or rejected, UTC.';
COMMENT ON COLUMN submissions.revision IS 'Revision of the programme it made, if applied.';
COMMENT ON COLUMN submissions.receipt IS 'The answer that was given, given again when the submission is repeated.';

CREATE TABLE submission_bodies (
    programme text COLLATE "C" NOT NULL,
    submission_id uuid NOT NULL,
    chunk_no integer NOT NULL CONSTRAINT submission_bodies_chunk_no_range CHECK (chunk_no >= 0),
    encoding text COLLATE "C" NOT NULL CONSTRAINT submission_bodies_encoding_known CHECK (encoding IN ('identity', 'zstd')),
    bytes bytea NOT NULL,
    CONSTRAINT submission_bodies_pkey PRIMARY KEY (programme, submission_id, chunk_no),
    CONSTRAINT submission_bodies_submission_known FOREIGN KEY (programme, submission_id)
        REFERENCES submissions (programme, id)
);
COMMENT ON TABLE submission_bodies IS 'The bytes of each submission as they were sent. Append-only.';
COMMENT ON COLUMN submission_bodies.programme IS 'Programme of the submission.';
COMMENT ON COLUMN submission_bodies.submission_id IS 'The submission.';
COMMENT ON COLUMN submission_bodies.chunk_no IS 'Position of the chunk, from 0; a chunk holds 1 MiB of the body, the last one less.';
COMMENT ON COLUMN submission_bodies.encoding IS 'How this chunk is kept: identity, or zstd where that is smaller.';
COMMENT ON COLUMN submission_bodies.bytes IS 'The chunk in that encoding.';

CREATE TABLE findings (
    programme text COLLATE "C" NOT NULL,
    submission_id uuid NOT NULL,
    seq integer NOT NULL CONSTRAINT findings_seq_range CHECK (seq >= 0),
    feature_index bigint,
    rule text COLLATE "C" NOT NULL,
    severity text COLLATE "C" NOT NULL CONSTRAINT findings_severity_known CHECK (severity IN ('error', 'warning', 'info')),
    document jsonb NOT NULL,
    CONSTRAINT findings_pkey PRIMARY KEY (programme, submission_id, seq),
    CONSTRAINT findings_submission_known FOREIGN KEY (programme, submission_id)
        REFERENCES submissions (programme, id)
);
COMMENT ON TABLE findings IS 'What checking a submission found, feature by feature. Append-only.';
COMMENT ON COLUMN findings.programme IS 'Programme of the submission.';
COMMENT ON COLUMN findings.submission_id IS 'The submission.';
COMMENT ON COLUMN findings.seq IS 'Position among the submission''s findings, from 0.';
COMMENT ON COLUMN findings.feature_index IS 'Position of the feature in the submission, from 0; null if it concerns no single feature.';
COMMENT ON COLUMN findings.rule IS 'Code of the rule.';
COMMENT ON COLUMN findings.severity IS 'error, warning or info.';
COMMENT ON COLUMN findings.document IS 'The whole finding: pointer, message, coordinates, suggestion.';

CREATE TABLE record_versions (
    programme text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL CONSTRAINT record_versions_version_range CHECK (version >= 1),
    collection text COLLATE "C" NOT NULL,
    local_id text COLLATE "C" NOT NULL,
    revision bigint NOT NULL CONSTRAINT record_versions_revision_range CHECK (revision >= 1),
    submission_id uuid,
    state text COLLATE "C" NOT NULL CONSTRAINT record_versions_state_known CHECK (state IN ('in_force', 'withdrawn')),
    reason text,
    effective_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    organisation text,
    geometry bytea,
    caution bytea,
    raw_geometry text,
    properties jsonb NOT NULL,
    content_sha256 bytea NOT NULL CONSTRAINT record_versions_content_sha256_length CHECK (length(content_sha256) = 32),
    west double precision CONSTRAINT record_versions_west_range CHECK (west BETWEEN -180 AND 180),
    south double precision CONSTRAINT record_versions_south_range CHECK (south BETWEEN -90 AND 90),
    east double precision CONSTRAINT record_versions_east_range CHECK (east BETWEEN -180 AND 180),
    north double precision CONSTRAINT record_versions_north_range CHECK (north BETWEEN south AND 90),
    area_m2 double precision CONSTRAINT record_versions_area_m2_range CHECK (area_m2 >= 0),
    CONSTRAINT record_versions_pkey PRIMARY KEY (programme, id, version),
    CONSTRAINT record_versions_record_known FOREIGN KEY (programme, id) REFERENCES records (programme, id),
    CONSTRAINT record_versions_submission_known FOREIGN KEY (programme, submission_id)
        REFERENCES submissions (programme, id),
    CONSTRAINT record_versions_withdrawal_reasoned CHECK (state <> 'withdrawn' OR reason IS NOT NULL)
);
COMMENT ON TABLE record_versions IS 'The content of every version of every record. Append-only: a correction is a further version.';
COMMENT ON COLUMN record_versions.programme IS 'Programme of the record.';
COMMENT ON COLUMN record_versions.id IS 'The record.';
COMMENT ON COLUMN record_versions.version IS 'Number of the version, from 1 without gaps.';
COMMENT ON COLUMN record_versions.collection IS 'Collection of the record.';
COMMENT ON COLUMN record_versions.local_id IS 'The programme''s own name of the record.';
COMMENT ON COLUMN record_versions.revision IS 'Revision of the programme in which this version was recorded.';
COMMENT ON COLUMN record_versions.submission_id IS 'Submission that brought it; null for a withdrawal.';
COMMENT ON COLUMN record_versions.state IS 'in_force or withdrawn.';
COMMENT ON COLUMN record_versions.reason IS 'Why the record was withdrawn; null otherwise.';
COMMENT ON COLUMN record_versions.effective_on IS 'Day on which this version took effect in the field.';
COMMENT ON COLUMN record_versions.recorded_at IS 'When this version was recorded here, UTC.';
COMMENT ON COLUMN record_versions.recorded_by IS 'Who recorded it: the name of the token.';
COMMENT ON COLUMN record_versions.organisation IS 'Organisation responsible, as named in the record.';
COMMENT ON COLUMN record_versions.geometry IS 'Geometry as WKB, degrees, CRS84, longitude first; null if the record is unlocated.';
COMMENT ON COLUMN record_versions.caution IS 'Polygon (WKB, CRS84) around the usable coordinates of a geometry that could not be taken.';
COMMENT ON COLUMN record_versions.raw_geometry IS 'JSON text of a geometry that could not be taken, as it was sent.';
COMMENT ON COLUMN record_versions.properties IS 'The properties, as the collection''s JSON Schema describes them.';
COMMENT ON COLUMN record_versions.content_sha256 IS 'SHA-256 of the content; a feature with the same content makes no new version.';
COMMENT ON COLUMN record_versions.west IS 'Western edge of the geometry, or else of the caution area; degrees, CRS84. Greater than east across the antimeridian.';
COMMENT ON COLUMN record_versions.south IS 'Southern edge, degrees, CRS84.';
COMMENT ON COLUMN record_versions.east IS 'Eastern edge, degrees, CRS84.';
COMMENT ON COLUMN record_versions.north IS 'Northern edge, degrees, CRS84.';
COMMENT ON COLUMN record_versions.area_m2 IS 'Area of the geometry in square metres, equal-area plane; null for points and unlocated records.';

CREATE TABLE changes (
    programme text COLLATE "C" NOT NULL,
    revision bigint NOT NULL CONSTRAINT changes_revision_range CHECK (revision >= 0),
    operation text COLLATE "C" NOT NULL,
    submission_id uuid,
    record_count bigint NOT NULL CONSTRAINT changes_record_count_range CHECK (record_count >= 0),
    west double precision,
    south double precision,
    east double precision,
    north double precision,
    clusters_gone bytea NOT NULL CONSTRAINT changes_clusters_gone_length CHECK (length(clusters_gone) % 16 = 0),
    recorded_at timestamptz NOT NULL,
    actor text NOT NULL,
    CONSTRAINT changes_pkey PRIMARY KEY (programme, revision),
    CONSTRAINT changes_programme_known FOREIGN KEY (programme) REFERENCES programmes (code)
);
CREATE INDEX changes_by_instant ON changes (programme, recorded_at, revision);
COMMENT ON TABLE changes IS 'One row for each committed write of a programme, in order without gaps. Append-only.';
COMMENT ON COLUMN changes.programme IS 'The programme.';
COMMENT ON COLUMN changes.revision IS 'Revision the write made.';
COMMENT ON COLUMN changes.operation IS 'Name of the operation.';
COMMENT ON COLUMN changes.submission_id IS 'Submission that was applied; null for other operations.';
COMMENT ON COLUMN changes.record_count IS 'Number of record versions it added.';
COMMENT ON COLUMN changes.west IS 'Western edge of all changed records, before and after; degrees, CRS84. Greater than east across the antimeridian.';
COMMENT ON COLUMN changes.south IS 'Southern edge, degrees, CRS84.';
COMMENT ON COLUMN changes.east IS 'Eastern edge, degrees, CRS84.';
COMMENT ON COLUMN changes.north IS 'Northern edge, degrees, CRS84.';
COMMENT ON COLUMN changes.clusters_gone IS 'Ids (16 bytes each, ascending) of the ledger''s clusters that have no parcels any more.';
COMMENT ON COLUMN changes.recorded_at IS 'When, UTC; never earlier than the revision before.';
COMMENT ON COLUMN changes.actor IS 'Who: the name of the token.';

CREATE TABLE ledger_records (
    programme text COLLATE "C" NOT NULL,
    record_id uuid NOT NULL,
    cluster_id uuid NOT NULL,
    box_class smallint NOT NULL CONSTRAINT ledger_records_box_class_range CHECK (box_class BETWEEN 0 AND 62),
    min_x bigint NOT NULL,
    min_y bigint NOT NULL,
    max_x bigint NOT NULL,
    max_y bigint NOT NULL,
    CONSTRAINT ledger_records_pkey PRIMARY KEY (programme, record_id),
    CONSTRAINT ledger_records_record_known FOREIGN KEY (programme, record_id)
        REFERENCES records (programme, id),
    CONSTRAINT ledger_records_box_ordered CHECK (min_x <= max_x AND min_y <= max_y)
);
CREATE INDEX ledger_records_by_cluster ON ledger_records (programme, cluster_id);
CREATE INDEX ledger_records_by_box ON ledger_records (programme, box_class, min_x, max_x, min_y, max_y);
COMMENT ON TABLE ledger_records IS 'Derived: the records the land ledger is cut from, their boxes and clusters.';
COMMENT ON COLUMN ledger_records.programme IS 'Programme of the record.';
COMMENT ON COLUMN ledger_records.record_id IS 'The record: a hazardous area with all its versions, or a land release with its latest.';
COMMENT ON COLUMN ledger_records.cluster_id IS 'Cluster it belongs to: records whose boxes touch, named after the least record id among them.';
COMMENT ON COLUMN ledger_records.box_class IS 'Least n such that the box is no wider than 2^n grid units; finds boxes that overlap another by a range of min_x in each class.';
COMMENT ON COLUMN ledger_records.min_x IS 'Western edge of the box around all the versions that count; grid units of 2^-13 m, equal-area plane.';
COMMENT ON COLUMN ledger_records.min_y IS 'Southern edge, grid units.';
COMMENT ON COLUMN ledger_records.max_x IS 'Eastern edge, grid units.';
COMMENT ON COLUMN ledger_records.max_y IS 'Northern edge, grid units.';

CREATE TABLE parcels (
    programme text COLLATE "C" NOT NULL,
    cluster_id uuid NOT NULL,
    parcel_no integer NOT NULL CONSTRAINT parcels_parcel_no_range CHECK (parcel_no >= 0),
    revision bigint NOT NULL CONSTRAINT parcels_revision_range CHECK (revision >= 1),
    region_id uuid,
    doubled_area bigint NOT NULL CONSTRAINT parcels_doubled_area_range CHECK (doubled_area > 0),
    area_m2 double precision NOT NULL CONSTRAINT parcels_area_m2_range CHECK (area_m2 > 0),
    min_x bigint NOT NULL,
    min_y bigint NOT NULL,
    max_x bigint NOT NULL,
    max_y bigint NOT NULL,
    shape bytea NOT NULL,
    history jsonb NOT NULL,
    CONSTRAINT parcels_pkey PRIMARY KEY (programme, cluster_id, parcel_no),
    CONSTRAINT parcels_programme_known FOREIGN KEY (programme) REFERENCES programmes (code),
    CONSTRAINT parcels_box_ordered CHECK (min_x < max_x AND min_y < max_y)
);
CREATE INDEX parcels_by_revision ON parcels (programme, revision, cluster_id);
COMMENT ON TABLE parcels IS 'Derived: the land ledger. Disjoint pieces of land, each with its dated story.';
COMMENT ON COLUMN parcels.programme IS 'Programme of the land.';
COMMENT ON COLUMN parcels.cluster_id IS 'Cluster the parcel was cut from; its parcels are always replaced together.';
COMMENT ON COLUMN parcels.parcel_no IS 'Position in the cluster, from 0.';
COMMENT ON COLUMN parcels.revision IS 'Revision in which the cluster was cut.';
COMMENT ON COLUMN parcels.region_id IS 'Region of the finest level the parcel lies in; null outside all regions.';
COMMENT ON COLUMN parcels.doubled_area IS 'Exact area in half square grid units of 2^-27 m².';
COMMENT ON COLUMN parcels.area_m2 IS 'The same area in square metres.';
COMMENT ON COLUMN parcels.min_x IS 'Western edge, grid units of 2^-13 m, equal-area plane.';
COMMENT ON COLUMN parcels.min_y IS 'Southern edge, grid units.';
COMMENT ON COLUMN parcels.max_x IS 'Eastern edge, grid units.';
COMMENT ON COLUMN parcels.max_y IS 'Northern edge, grid units.';
COMMENT ON COLUMN parcels.shape IS 'The parcel on the grid, in the compact form of geometry::GridShape.';
COMMENT ON COLUMN parcels.history IS 'What happened to the land and why: causes (record, version), timeline (day, number of the change, position of the cause), stretches (position of the hazardous area, first day, and day, position of the cause and outcome of the end).';

CREATE TABLE tokens (
    id uuid NOT NULL CONSTRAINT tokens_pkey PRIMARY KEY,
    name text COLLATE "C" NOT NULL CONSTRAINT tokens_name_unique UNIQUE,
    secret_sha256 bytea NOT NULL CONSTRAINT tokens_secret_unique UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT tokens_secret_sha256_length CHECK (length(secret_sha256) = 32),
    CONSTRAINT tokens_name_length CHECK (length(name) BETWEEN 1 AND 200)
);
COMMENT ON TABLE tokens IS 'Bearer tokens. Each is an actor; what it may do is in grants.';
COMMENT ON COLUMN tokens.id IS 'UUID version 7.';
COMMENT ON COLUMN tokens.name IS 'Name of the actor as it appears in the audit. Never used twice.';
COMMENT ON COLUMN tokens.secret_sha256 IS 'SHA-256 of the secret, which is 256 random bits and therefore needs no salt.';
COMMENT ON COLUMN tokens.created_at IS 'When it was issued, UTC.';
COMMENT ON COLUMN tokens.expires_at IS 'When it ends, UTC; null for never.';
COMMENT ON COLUMN tokens.revoked_at IS 'When it was revoked, UTC; null while it holds.';

CREATE TABLE grants (
    programme text COLLATE "C" NOT NULL,
    token_id uuid NOT NULL,
    role text COLLATE "C" NOT NULL CONSTRAINT grants_role_known CHECK (role IN ('reader', 'contributor', 'reviewer', 'manager')),
    CONSTRAINT grants_pkey PRIMARY KEY (programme, token_id),
    CONSTRAINT grants_programme_known FOREIGN KEY (programme) REFERENCES programmes (code),
    CONSTRAINT grants_token_known FOREIGN KEY (token_id) REFERENCES tokens (id)
);
CREATE INDEX grants_by_token ON grants (token_id);
COMMENT ON TABLE grants IS 'The role of a token in a programme.';
COMMENT ON COLUMN grants.programme IS 'The programme.';
COMMENT ON COLUMN grants.token_id IS 'The token.';
COMMENT ON COLUMN grants.role IS 'reader, contributor, reviewer or manager.';

CREATE TABLE audit (
    programme text COLLATE "C" NOT NULL,
    seq bigint NOT NULL CONSTRAINT audit_seq_range CHECK (seq >= 1),
    at timestamptz NOT NULL,
    actor text NOT NULL,
    operation text COLLATE "C" NOT NULL,
    subject text NOT NULL,
    revision bigint,
    detail text NOT NULL,
    prev_hash bytea NOT NULL CONSTRAINT audit_prev_hash_length CHECK (length(prev_hash) = 32),
    hash bytea NOT NULL CONSTRAINT audit_hash_length CHECK (length(hash) = 32),
    CONSTRAINT audit_pkey PRIMARY KEY (programme, seq)
);
COMMENT ON TABLE audit IS 'One line for each operation, chained by hashes within a programme. Append-only.';
COMMENT ON COLUMN audit.programme IS 'The programme; _server for operations that concern none.';
COMMENT ON COLUMN audit.seq IS 'Position in the chain, from 1 without gaps.';
COMMENT ON COLUMN audit.at IS 'When, UTC.';
COMMENT ON COLUMN audit.actor IS 'Who: the name of the token.';
COMMENT ON COLUMN audit.operation IS 'Name of the operation.';
COMMENT ON COLUMN audit.subject IS 'What it acted on.';
COMMENT ON COLUMN audit.revision IS 'Revision it made; null if the programme''s records stayed as they were.';
COMMENT ON COLUMN audit.detail IS 'Further facts, JSON text exactly as hashed.';
COMMENT ON COLUMN audit.prev_hash IS 'Hash of the line before; 32 zero bytes for the first.';
COMMENT ON COLUMN audit.hash IS 'SHA-256 over this line and prev_hash.';

CREATE TABLE audit_heads (
    programme text COLLATE "C" NOT NULL CONSTRAINT audit_heads_pkey PRIMARY KEY,
    seq bigint NOT NULL CONSTRAINT audit_heads_seq_range CHECK (seq >= 0),
    hash bytea NOT NULL CONSTRAINT audit_heads_hash_length CHECK (length(hash) = 32)
);
COMMENT ON TABLE audit_heads IS 'The end of each audit chain; locked by whoever appends to it.';
COMMENT ON COLUMN audit_heads.programme IS 'The programme, or _server.';
COMMENT ON COLUMN audit_heads.seq IS 'Number of lines.';
COMMENT ON COLUMN audit_heads.hash IS 'Hash of the last line; 32 zero bytes while there is none.';

INSERT INTO audit_heads (programme, seq, hash) VALUES ('_server', 0, decode(repeat('00', 32), 'hex'));

CREATE TABLE report_snapshots (
    programme text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    title text NOT NULL,
    kind text COLLATE "C" NOT NULL,
    revision bigint NOT NULL CONSTRAINT report_snapshots_revision_range CHECK (revision >= 1),
    parameters jsonb NOT NULL,
    document text NOT NULL,
    document_sha256 bytea NOT NULL CONSTRAINT report_snapshots_document_sha256_length CHECK (length(document_sha256) = 32),
    frozen_at timestamptz NOT NULL,
    frozen_by text NOT NULL,
    CONSTRAINT report_snapshots_pkey PRIMARY KEY (programme, id),
    CONSTRAINT report_snapshots_programme_known FOREIGN KEY (programme) REFERENCES programmes (code),
    CONSTRAINT report_snapshots_title_length CHECK (length(title) BETWEEN 1 AND 200),
    CONSTRAINT report_snapshots_kind_length CHECK (length(kind) BETWEEN 1 AND 40)
);
COMMENT ON TABLE report_snapshots IS 'Reports as they were published. Append-only; safeground doctor makes each again and compares.';
COMMENT ON COLUMN report_snapshots.programme IS 'Programme the report is about.';
COMMENT ON COLUMN report_snapshots.id IS 'UUID version 7.';
COMMENT ON COLUMN report_snapshots.title IS 'What people call it.';
COMMENT ON COLUMN report_snapshots.kind IS 'What kind of figures it holds, for example progress.';
COMMENT ON COLUMN report_snapshots.revision IS 'Revision of the programme it was made from.';
COMMENT ON COLUMN report_snapshots.parameters IS 'What was asked, by the names of the query''s parameters.';
COMMENT ON COLUMN report_snapshots.document IS 'The document as it was answered, JSON text exactly as hashed.';
COMMENT ON COLUMN report_snapshots.document_sha256 IS 'SHA-256 of the document in UTF-8.';
COMMENT ON COLUMN report_snapshots.frozen_at IS 'When it was frozen, UTC.';
COMMENT ON COLUMN report_snapshots.frozen_by IS 'Who froze it: the name of the token.';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME;
END
$$;
COMMENT ON FUNCTION refuse_change() IS 'What is recorded stays as it was recorded.';

CREATE FUNCTION refuse_second_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'received' OR NEW.status = 'received'
        OR (NEW.programme, NEW.id, NEW.collection, NEW.actor, NEW.received_at,
            NEW.idempotency_key, NEW.body_sha256, NEW.body_bytes, NEW.options, NEW.on_error)
        IS DISTINCT FROM
            (OLD.programme, OLD.id, OLD.collection, OLD.actor, OLD.received_at,
            OLD.idempotency_key, OLD.body_sha256, OLD.body_bytes, OLD.options, OLD.on_error)
    THEN
        RAISE EXCEPTION 'append-only: submissions';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION refuse_second_decision() IS 'A submission is decided once; what was received never changes.';

CREATE TRIGGER record_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record_versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON changes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER submission_bodies_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON submission_bodies
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER findings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON findings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER report_snapshots_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON report_snapshots
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER submissions_decided_once BEFORE UPDATE ON submissions
    FOR EACH ROW EXECUTE FUNCTION refuse_second_decision();
CREATE TRIGGER submissions_append_only BEFORE DELETE OR TRUNCATE ON submissions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER records_never_deleted BEFORE DELETE OR TRUNCATE ON records
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER programmes_never_deleted BEFORE DELETE OR TRUNCATE ON programmes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_heads_never_deleted BEFORE DELETE OR TRUNCATE ON audit_heads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
