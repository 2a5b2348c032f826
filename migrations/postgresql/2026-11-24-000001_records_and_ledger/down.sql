-- Children first. Views over the records are made anew by every `safeground migrate`.
DROP TABLE report_snapshots;
DROP TABLE audit_heads;
DROP TABLE audit;
DROP TABLE grants;
DROP TABLE tokens;
DROP TABLE parcels;
DROP TABLE ledger_records;
DROP TABLE changes;
DROP TABLE record_versions CASCADE;
DROP TABLE findings;
DROP TABLE submission_bodies;
DROP TABLE submissions;
DROP TABLE records CASCADE;
DROP TABLE programmes;
DROP FUNCTION refuse_change();
DROP FUNCTION refuse_second_decision();
