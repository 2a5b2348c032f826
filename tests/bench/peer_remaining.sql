-- Not timed: the figure to compare areas with. Land is hazardous while any hazardous area over it has
-- not been released there by a release that acts on that area; a release acts on the areas it names,
-- and if it names none on all it touches that were there on its day. The region's edges are
-- the geodesics they stand for, a corner at least every 100 m.
CREATE TABLE region_fine AS
    SELECT programme, local_id, ST_Segmentize(geom::geography, 100)::geometry AS geom FROM region;
CREATE INDEX region_fine_geom ON region_fine USING gist (geom);
INSERT INTO acts_on (programme, release, hazard)
    SELECT release.programme, release.local_id, hazard.local_id
    FROM release JOIN hazard ON hazard.programme = release.programme
        AND ST_Intersects(hazard.geom, release.geom) AND hazard.identified_on <= release.released_on
    WHERE NOT release.names_any;
CREATE INDEX acts_on_hazard ON acts_on (programme, hazard);
CREATE TABLE remaining AS
    SELECT hazard.programme, asked.year,
        CASE WHEN released.geom IS NULL THEN hazard.geom
            ELSE ST_Difference(hazard.geom, released.geom) END AS geom
    FROM (VALUES (2017), (2021), (2025)) AS asked (year)
    JOIN hazard ON extract(year FROM hazard.identified_on) <= asked.year
    LEFT JOIN LATERAL (
        SELECT ST_Union(release.geom) AS geom
        FROM acts_on JOIN release
            ON release.programme = acts_on.programme AND release.local_id = acts_on.release
        WHERE acts_on.programme = hazard.programme AND acts_on.hazard = hazard.local_id
            AND release.year <= asked.year
    ) AS released ON true;
CREATE INDEX remaining_geom ON remaining USING gist (geom);
ANALYZE remaining, region_fine;
SELECT region.programme, region.local_id, remaining.year,
    ST_Area(ST_Union(CASE
        WHEN ST_Covers(region.geom, remaining.geom) THEN remaining.geom
        ELSE ST_Intersection(region.geom, remaining.geom)
    END)::geography, true)
FROM region_fine AS region JOIN remaining
    ON remaining.programme = region.programme AND ST_Intersects(region.geom, remaining.geom)
GROUP BY 1, 2, 3;
