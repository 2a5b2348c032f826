/** How near a route comes to hazardous areas. In doubt it comes nearer: distances are never rounded up. */
import type { Geometry, Position } from "geojson";
import { distanceM, pathsOf, planeAt } from "./measure";

type Point = [number, number];
type Segment = [Point, Point];

export interface Approach {
  /** Least distance between route and area in metres; 0 where the route enters it. */
  distanceM: number;
  /** How far along the route that is, in metres from its start. */
  alongM: number;
}

function nearest(point: Point, [from, to]: Segment): { distance: number; share: number } {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length2 = dx * dx + dy * dy;
  const raw = length2 === 0 ? 0 : ((point[0] - from[0]) * dx + (point[1] - from[1]) * dy) / length2;
  const share = Math.min(1, Math.max(0, raw));
  return { distance: Math.hypot(from[0] + share * dx - point[0], from[1] + share * dy - point[1]), share };
}

function crossing([a, b]: Segment, [c, d]: Segment): number | null {
  const denominator = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0]);
  if (denominator === 0) return null;
  const t = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / denominator;
  const u = ((c[0] - a[0]) * (b[1] - a[1]) - (c[1] - a[1]) * (b[0] - a[0])) / denominator;
  return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? t : null;
}

/** Whether a point lies within rings, holes left out by parity; on an edge counts elsewhere. */
function within(point: Point, rings: Point[][]): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let index = 0; index < ring.length; index += 1) {
      const [one, other] = [ring[index], ring[(index + 1) % ring.length]];
      if (one === undefined || other === undefined || one[1] > point[1] === other[1] > point[1]) continue;
      const x = one[0] + ((point[1] - one[1]) * (other[0] - one[0])) / (other[1] - one[1]);
      if (point[0] < x) inside = !inside;
    }
  }
  return inside;
}

function leg(from: Segment, edges: Segment[], rings: Point[][]): { distance: number; share: number } {
  if (within(from[0], rings)) return { distance: 0, share: 0 };
  let best = { distance: Infinity, share: 0 };
  const better = (distance: number, share: number) => {
    if (distance < best.distance || (distance === best.distance && share < best.share)) best = { distance, share };
  };
  for (const edge of edges) {
    const meets = crossing(from, edge);
    if (meets !== null) better(0, meets);
    better(nearest(from[0], edge).distance, 0);
    better(nearest(from[1], edge).distance, 1);
    for (const corner of edge) {
      const found = nearest(corner, from);
      better(found.distance, found.share);
    }
  }
  return best;
}

/** The nearest approach of a route (longitude first, degrees) to a geometry; `null` without one. */
export function approach(route: Position[], geometry: Geometry | null): Approach | null {
  const paths = pathsOf(geometry);
  const [lon0, lat0] = paths[0]?.[0] ?? [];
  if (lon0 === undefined || lat0 === undefined) return null;
  const plane = planeAt(lon0, lat0);
  const flat = ([lon = 0, lat = 0]: Position): Point => [plane.x(lon), plane.y(lat)];
  const rings = paths.map((path) => path.map(flat));
  const edges = rings.flatMap((ring) => ring.map((point, index): Segment => [ring[Math.max(0, index - 1)] ?? point, point]));
  const isArea = geometry?.type === "Polygon" || geometry?.type === "MultiPolygon";
  let best: Approach | null = null;
  let passed = 0;
  for (let index = 0; index < Math.max(1, route.length - 1); index += 1) {
    const from = route[index];
    const to = route[index + 1] ?? from;
    if (from === undefined || to === undefined) continue;
    const found = leg([flat(from), flat(to)], edges, isArea ? rings : []);
    const length = distanceM(from, to);
    if (best === null || found.distance < best.distanceM) {
      best = { distanceM: found.distance, alongM: passed + found.share * length };
    }
    passed += length;
  }
  return best;
}

/** The length of a route in metres. */
export function lengthM(route: Position[]): number {
  return route.slice(1).reduce((sum, to, index) => sum + distanceM(route[index] ?? to, to), 0);
}
