-- Areas in the projection of the tiles, with an index of their own: projecting them for each tile
-- would take the peer several times as long.
DROP TABLE IF EXISTS hazard_map;
CREATE TABLE hazard_map AS
    SELECT hazard.programme, hazard.local_id, hazard.identified_on, hazard_properties.properties,
        ST_Transform(hazard.geom, 3857) AS geom
    FROM hazard JOIN hazard_properties USING (programme, local_id);
CREATE INDEX hazard_map_geom ON hazard_map USING gist (geom);
ANALYZE hazard_map;
