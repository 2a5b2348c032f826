-- Released land by region and year, each square metre once a year: dissolve, then cut by the region.
WITH dissolved AS (
    SELECT region.programme, region.local_id, release.year, ST_Union(release.geom) AS geom
    FROM region JOIN release
        ON release.programme = region.programme AND ST_Intersects(region.geom, release.geom)
    GROUP BY 1, 2, 3
)
SELECT programme, local_id, year,
    ST_Area(ST_Intersection(dissolved.geom, region.geom)::geography, true)
FROM dissolved JOIN region USING (programme, local_id);
