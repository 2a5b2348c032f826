-- What must be done before the first figure can be trusted: keys, spatial indexes, statistics, and
-- validity, because a union of invalid polygons is wrong or fails.
ALTER TABLE region ADD PRIMARY KEY (programme, local_id);
ALTER TABLE hazard ADD PRIMARY KEY (programme, local_id);
ALTER TABLE release ADD PRIMARY KEY (programme, local_id);
CREATE INDEX hazard_geom ON hazard USING gist (geom);
CREATE INDEX release_geom ON release USING gist (geom);
ANALYZE region, hazard, release;
SELECT (SELECT count(*) FROM hazard WHERE NOT ST_IsValid(geom))
    + (SELECT count(*) FROM release WHERE NOT ST_IsValid(geom));
