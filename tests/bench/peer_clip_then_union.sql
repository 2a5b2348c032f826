-- The same figures the other way: cut only what the region does not cover, then dissolve.
SELECT region.programme, region.local_id, release.year,
    ST_Area(ST_Union(CASE
        WHEN ST_Covers(region.geom, release.geom) THEN release.geom
        ELSE ST_Intersection(region.geom, release.geom)
    END)::geography, true)
FROM region JOIN release
    ON release.programme = region.programme AND ST_Intersects(region.geom, release.geom)
GROUP BY 1, 2, 3;
