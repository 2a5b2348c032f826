DROP TABLE IF EXISTS hazard_properties;
CREATE TABLE hazard_properties (
    programme text NOT NULL,
    local_id text NOT NULL,
    properties jsonb NOT NULL
);
