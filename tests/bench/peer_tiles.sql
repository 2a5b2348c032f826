-- Areas in the projection of the tiles, with an index of their own: projecting them for each tile
-- would take the peer several times as long.
CREATE TABLE IF NOT EXISTS hazard_map AS
    SELECT programme, local_id, identified_on, ST_Transform(geom, 3857) AS geom FROM hazard;
CREATE INDEX IF NOT EXISTS hazard_map_geom ON hazard_map USING gist (geom);
ANALYZE hazard_map;
