-- Not timed: the figure to compare areas with. Land counts in the year of its first release only, and
-- the region's edges are the geodesics they stand for, a corner at least every 100 m.
CREATE TABLE region_fine AS
    SELECT programme, local_id, ST_Segmentize(geom::geography, 100)::geometry AS geom FROM region;
CREATE INDEX region_fine_geom ON region_fine USING gist (geom);
WITH yearly AS MATERIALIZED (
    SELECT region.programme, region.local_id, release.year,
        ST_Union(CASE
            WHEN ST_Covers(region.geom, release.geom) THEN release.geom
            ELSE ST_Intersection(region.geom, release.geom)
        END) AS geom
    FROM region_fine AS region JOIN release
        ON release.programme = region.programme AND ST_Intersects(region.geom, release.geom)
    GROUP BY 1, 2, 3
), earlier AS (
    SELECT later.programme, later.local_id, later.year, ST_Union(before.geom) AS geom
    FROM yearly AS later JOIN yearly AS before
        ON before.programme = later.programme AND before.local_id = later.local_id
            AND before.year < later.year
    GROUP BY 1, 2, 3
)
SELECT programme, local_id, year,
    ST_Area(ST_Difference(yearly.geom, coalesce(earlier.geom, 'SRID=4326;POLYGON EMPTY'::geometry))::geography, true)
FROM yearly LEFT JOIN earlier USING (programme, local_id, year);
