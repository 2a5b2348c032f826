/** Distances and directions on the WGS 84 ellipsoid, as far as a viewer needs them. */
import type { Geometry, LineString, Polygon, Position } from "geojson";

const SEMI_MAJOR_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const SEMI_MINOR_M = SEMI_MAJOR_M * (1 - FLATTENING);
const ECCENTRICITY2 = FLATTENING * (2 - FLATTENING);

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const degrees = (angle: number) => (angle * 180) / Math.PI;

/** A plane that touches the ellipsoid: true within a thousandth up to some 50 km around it. */
export interface Plane {
  x: (lon: number) => number;
  y: (lat: number) => number;
}

export function planeAt(lon0: number, lat0: number): Plane {
  const sine = Math.sin(radians(lat0));
  const bend = 1 - ECCENTRICITY2 * sine * sine;
  const north = (SEMI_MAJOR_M * (1 - ECCENTRICITY2)) / bend ** 1.5;
  const east = (SEMI_MAJOR_M / Math.sqrt(bend)) * Math.cos(radians(lat0));
  return {
    x: (lon) => radians(((lon - lon0 + 540) % 360) - 180) * east,
    y: (lat) => radians(lat - lat0) * north,
  };
}

/**
 * Where one comes to from a position (longitude first, degrees) in a direction (degrees from true
 * north, clockwise) after a distance in metres. Vincenty (1975), "Direct and inverse solutions".
 */
export function destination(from: Position, bearingDeg: number, distanceM: number): Position {
  const [lon = 0, lat = 0] = from;
  const azimuth = radians(bearingDeg);
  const reduced = Math.atan((1 - FLATTENING) * Math.tan(radians(lat)));
  const [sinU, cosU] = [Math.sin(reduced), Math.cos(reduced)];
  const [sinA1, cosA1] = [Math.sin(azimuth), Math.cos(azimuth)];
  const sigma1 = Math.atan2(Math.tan(reduced), cosA1);
  const sinAlpha = cosU * sinA1;
  const cos2Alpha = 1 - sinAlpha * sinAlpha;
  const u2 = (cos2Alpha * (SEMI_MAJOR_M ** 2 - SEMI_MINOR_M ** 2)) / SEMI_MINOR_M ** 2;
  const a = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
  const b = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
  let sigma = distanceM / (SEMI_MINOR_M * a);
  let middle = 0;
  for (let turn = 0; turn < 12; turn += 1) {
    middle = Math.cos(2 * sigma1 + sigma);
    const [sin, cos] = [Math.sin(sigma), Math.cos(sigma)];
    const inner =
      cos * (2 * middle ** 2 - 1) - (b / 6) * middle * (4 * sin ** 2 - 3) * (4 * middle ** 2 - 3);
    sigma = distanceM / (SEMI_MINOR_M * a) + b * sin * (middle + (b / 4) * inner);
  }
  const [sin, cos] = [Math.sin(sigma), Math.cos(sigma)];
  const flat = sinU * sin - cosU * cos * cosA1;
  const north = Math.atan2(
    sinU * cos + cosU * sin * cosA1,
    (1 - FLATTENING) * Math.hypot(sinAlpha, flat),
  );
  const lambda = Math.atan2(sin * sinA1, cosU * cos - sinU * sin * cosA1);
  const c = (FLATTENING / 16) * cos2Alpha * (4 + FLATTENING * (4 - 3 * cos2Alpha));
  const inner = sigma + c * sin * (middle + c * cos * (2 * middle ** 2 - 1));
  const east = lambda - (1 - c) * FLATTENING * sinAlpha * inner;
  return [((lon + degrees(east) + 540) % 360) - 180, degrees(north)];
}

/** The distance in metres between two positions that are near each other. */
export function distanceM(one: Position, other: Position): number {
  const [lon1 = 0, lat1 = 0] = one;
  const [lon2 = 0, lat2 = 0] = other;
  const plane = planeAt(lon1, (lat1 + lat2) / 2);
  return Math.hypot(plane.x(lon2) - plane.x(lon1), plane.y(lat2) - plane.y(lat1));
}

/** What a map shows where nothing else is said: west, south, east, north. */
export const WORLD: Box = [-180, -80, 180, 80];

/** The rings, lines and points of a geometry, each as a list of positions. */
export function pathsOf(geometry: Geometry | null): Position[][] {
  if (geometry === null) return [];
  switch (geometry.type) {
    case "Point":
      return [[geometry.coordinates]];
    case "MultiPoint":
      return geometry.coordinates.map((position) => [position]);
    case "LineString":
      return [geometry.coordinates];
    case "MultiLineString":
    case "Polygon":
      return geometry.coordinates;
    case "MultiPolygon":
      return geometry.coordinates.flat();
    case "GeometryCollection":
      return geometry.geometries.flatMap(pathsOf);
  }
}

/** Longitudes beyond the antimeridian, which maps that go on have, as they are written. */
export function wrapped(lon: number): number {
  return Math.abs(lon) <= 180 ? lon : ((((lon + 180) % 360) + 360) % 360) - 180;
}

/** A shape drawn on a further copy of the world, which maps that go on have, as it is written. */
export function onOneWorld<Drawn extends LineString | Polygon>(geometry: Drawn): Drawn {
  const turn = ([lon = 0, ...rest]: Position) => [wrapped(lon), ...rest];
  const coordinates =
    geometry.type === "Polygon"
      ? geometry.coordinates.map((ring) => ring.map(turn))
      : geometry.coordinates.map(turn);
  return { ...geometry, coordinates };
}

/** A path that goes on over the antimeridian instead of going round the Earth. */
export function unrolled(path: Position[]): Position[] {
  let turns = 0;
  return path.map(([lon = 0, lat = 0], index) => {
    const step = lon - (path[index - 1]?.[0] ?? lon);
    if (Math.abs(step) > 180) turns -= Math.sign(step);
    return [lon + 360 * turns, lat];
  });
}

/** West, south, east, north in degrees. */
export type Box = [number, number, number, number];

/** The narrowest longitudes that hold some stretches of them; the east goes on beyond 180. */
function narrowest(stretches: [number, number][]): [number, number] {
  const sorted = [...stretches].sort(([one], [other]) => one - other);
  const first = sorted[0]?.[0] ?? 0;
  const last = sorted.reduce((most, [, east]) => Math.max(most, east), first);
  let best = { gap: first + 360 - last, west: first, east: last };
  let reached = first;
  for (const [west, east] of sorted) {
    if (west - reached > best.gap) best = { gap: west - reached, west, east: reached + 360 };
    reached = Math.max(reached, east);
  }
  return [best.west, best.east];
}

/**
 * West, south, east and north of geometries; `null` when they have no position. Over the antimeridian
 * the east is greater than 180, as maps count on.
 */
export function boxOf(geometries: (Geometry | null)[]): Box | null {
  const paths = geometries.flatMap(pathsOf).filter((path) => path.length > 0);
  if (paths.length === 0) return null;
  let [south, north] = [Infinity, -Infinity];
  const stretches = paths.map((path): [number, number] => {
    let [west, east] = [Infinity, -Infinity];
    for (const [lon = 0, lat = 0] of unrolled(path)) {
      [west, east] = [Math.min(west, lon), Math.max(east, lon)];
      [south, north] = [Math.min(south, lat), Math.max(north, lat)];
    }
    return [west, east];
  });
  const [west, east] = narrowest(stretches);
  return [west, south, east, north];
}

/** A box of a map as the server reads it: over the antimeridian its west is east of its east. */
export function asBbox([west, south, east, north]: Box): Box {
  const [least, greatest] = [Math.max(-90, south), Math.min(90, north)];
  if (east - west >= 360) return [-180, least, 180, greatest];
  return [wrapped(west), least, wrapped(east), greatest];
}

/** Whether two boxes share a place, wherever each crosses the antimeridian. */
export function meet(one: Box, other: Box): boolean {
  const [, south, , north] = one;
  if (south > other[3] || north < other[1]) return false;
  const width = ([west, , east]: Box) => (west > east ? east + 360 - west : east - west);
  const ahead = (from: number, to: number) => (((to - from) % 360) + 360) % 360;
  return ahead(one[0], other[0]) <= width(one) || ahead(other[0], one[0]) <= width(other);
}
