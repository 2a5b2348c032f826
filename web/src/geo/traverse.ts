/** Boundaries measured on the ground: from a starting point by bearing and distance. */
import type { Polygon, Position } from "geojson";
import { destination, distanceM } from "./measure";

export interface Leg {
  /** Degrees from true north, clockwise. */
  bearingDeg: number;
  distanceM: number;
}
export interface Traverse {
  polygon: Polygon;
  lengthM: number;
  /** How far the end of the last leg lies from the start. */
  misclosureM: number;
  /** Whether the last leg was meant to come back to the start. */
  closes: boolean;
}

/** A traverse whose end lies nearer than this share of its length came back to its start. */
const CLOSING_SHARE = 0.02;
/** Or nearer than this, as steps and compasses measure. */
const CLOSING_M = 5;

/** Reads `45.5, 120` lines; the number of the first line that cannot be read otherwise. */
export function readLegs(typed: string): { legs: Leg[] } | { line: number } {
  const legs: Leg[] = [];
  for (const [index, line] of typed.split("\n").entries()) {
    if (line.trim() === "") continue;
    const found = /^\s*(\d+(?:\.\d+)?)\s*°?\s*[,;\s]\s*(\d+(?:\.\d+)?)\s*m?\s*$/.exec(line);
    const leg = { bearingDeg: Number(found?.[1]), distanceM: Number(found?.[2]) };
    if (found === null || leg.bearingDeg > 360 || leg.distanceM <= 0) return { line: index + 1 };
    legs.push(leg);
  }
  return { legs };
}

/** Goes the legs from a start (longitude first, degrees); `null` when they enclose nothing. */
export function traverse(start: Position, legs: Leg[]): Traverse | null {
  const corners: Position[] = [start];
  for (const leg of legs) corners.push(destination(corners.at(-1) ?? start, leg.bearingDeg, leg.distanceM));
  const lengthM = legs.reduce((sum, leg) => sum + leg.distanceM, 0);
  const misclosureM = distanceM(corners.at(-1) ?? start, start);
  const closes = misclosureM <= Math.max(CLOSING_M, lengthM * CLOSING_SHARE);
  if (closes) corners.pop();
  if (corners.length < 3) return null;
  return { polygon: { type: "Polygon", coordinates: [[...corners, start]] }, lengthM, misclosureM, closes };
}
