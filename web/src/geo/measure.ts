/** Distances and directions on the WGS 84 ellipsoid, as far as a viewer needs them. */
import type { Geometry, Position } from "geojson";

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
export const WORLD: [number, number, number, number] = [-180, -80, 180, 80];

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

/** West, south, east and north of geometries; `null` when they have no position. */
export function boxOf(geometries: (Geometry | null)[]): [number, number, number, number] | null {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon = 0, lat = 0] of geometries.flatMap(pathsOf).flat()) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box[0] === Infinity ? null : box;
}
