-- The peer: the same records in PostGIS, as a database administrator would lay them out.
CREATE EXTENSION IF NOT EXISTS postgis;
DROP TABLE IF EXISTS region, hazard, release, region_fine;
CREATE TABLE region (
    programme text NOT NULL,
    local_id text NOT NULL,
    geom geometry NOT NULL
);
CREATE TABLE hazard (
    programme text NOT NULL,
    local_id text NOT NULL,
    geom geometry NOT NULL
);
CREATE TABLE release (
    programme text NOT NULL,
    local_id text NOT NULL,
    year integer NOT NULL,
    geom geometry NOT NULL
);
