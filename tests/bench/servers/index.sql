-- Areas in the projection of the tiles, with an index of their own, beside those in degrees.
CREATE INDEX served_geom ON served USING gist (geom);
CREATE TABLE served_map AS
    SELECT id, local_id, classification, status, identified_on, name, organisation, priority,
        ST_Transform(geom, 3857)::geometry(Geometry, 3857) AS geom
    FROM served;
ALTER TABLE served_map ADD PRIMARY KEY (id);
CREATE INDEX served_map_geom ON served_map USING gist (geom);
ANALYZE served, served_map;
