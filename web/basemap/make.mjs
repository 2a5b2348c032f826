// Makes `public/countries.json` from Natural Earth 1:50m, as packed by the npm package world-atlas:
//   node basemap/make.mjs
// Crimea and Sevastopol, which Natural Earth draws by who holds them, are drawn as part of Ukraine
// (General Assembly resolution 68/262), joined along the arcs both share.
import { readFileSync, writeFileSync } from "node:fs";
import countries from "i18n-iso-countries";
import { feature, mergeArcs, quantize } from "topojson-client";
import { filter, filterWeight, presimplify, simplify } from "topojson-simplify";

const RUSSIA = "643";
const UKRAINE = "804";
const ANTARCTICA = "010";
/** Smallest triangle that is kept, in square degrees: about 250 km². */
const DETAIL_DEG2 = 0.02;
/** Rings that enclose less are left out: islets. */
const ISLET_DEG2 = 0.02;
/** Steps from side to side of the world: 0.02 degrees, well below what the simplification leaves. */
const STEPS = 14_000;

const source = new URL("../node_modules/world-atlas/countries-50m.json", import.meta.url);
const world = JSON.parse(readFileSync(source, "utf8"));
const shapes = world.objects.countries.geometries;
const russia = shapes.find((shape) => shape.id === RUSSIA);
const ukraine = shapes.find((shape) => shape.id === UKRAINE);

function isCrimea(arcs) {
  const shape = feature(world, { type: "Polygon", arcs, properties: {} });
  const positions = shape.geometry.coordinates.flat();
  return positions.every(([lon, lat]) => lon > 32 && lon < 37 && lat > 44 && lat < 46.6);
}

const crimea = russia.arcs.filter(isCrimea);
if (crimea.length === 0) {
  throw new Error("Crimea is not among the parts of Russia: look at the new edition of the source");
}
russia.arcs = russia.arcs.filter((arcs) => !crimea.includes(arcs));
const joined = mergeArcs(world, [ukraine, { type: "MultiPolygon", arcs: crimea }]);
ukraine.arcs = joined.arcs;

world.objects = {
  countries: {
    type: "GeometryCollection",
    geometries: shapes
      .filter((shape) => shape.id !== ANTARCTICA)
      .map(({ type, arcs, id }) => {
        const code = id === undefined ? undefined : countries.numericToAlpha2(id);
        return { type, arcs, properties: code === undefined ? {} : { code } };
      }),
  },
};
const weighed = presimplify(world);
const simple = filter(simplify(weighed, DETAIL_DEG2), filterWeight(weighed, ISLET_DEG2));
writeFileSync(
  new URL("../public/countries.json", import.meta.url),
  `${JSON.stringify(quantize(simple, STEPS))}\n`,
);
