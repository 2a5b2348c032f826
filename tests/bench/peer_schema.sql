-- The peer: the same records in PostGIS, as a database administrator would lay them out.
CREATE EXTENSION IF NOT EXISTS postgis;
DROP TABLE IF EXISTS region, hazard, release, acts_on, region_fine, remaining, hazard_map;
CREATE TABLE region (
    programme text NOT NULL,
    local_id text NOT NULL,
    geom geometry NOT NULL
);
CREATE TABLE hazard (
    programme text NOT NULL,
    local_id text NOT NULL,
    identified_on date NOT NULL,
    geom geometry NOT NULL
);
CREATE TABLE release (
    programme text NOT NULL,
    local_id text NOT NULL,
    year integer NOT NULL,
    released_on date NOT NULL,
    names_any boolean NOT NULL,
    geom geometry NOT NULL
);
-- Which hazardous areas a release names.
CREATE TABLE acts_on (
    programme text NOT NULL,
    release text NOT NULL,
    hazard text NOT NULL
);
