-- What every other server is given: the hazardous areas of one programme with the properties that are
-- asked for, a number as the key, and the indexes their own manuals recommend.
CREATE EXTENSION IF NOT EXISTS postgis;
DROP TABLE IF EXISTS served, served_map;
CREATE TABLE served (
    id integer PRIMARY KEY,
    local_id text NOT NULL,
    classification text,
    status text,
    identified_on date,
    name text,
    organisation text,
    priority text,
    geom geometry(Geometry, 4326) NOT NULL
);
