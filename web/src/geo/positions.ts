/** Positions as people type them, one a line: longitude first, in degrees. */
import type { Position } from "geojson";

/** Reads `102.61, 12.85` lines; the number of the first line that cannot be read otherwise. */
export function readPositions(typed: string): { positions: Position[] } | { line: number } {
  const positions: Position[] = [];
  const lines = typed.split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const found = /^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(line);
    const [lon, lat] = [Number(found?.[1]), Number(found?.[2])];
    if (found === null || Math.abs(lon) > 180 || Math.abs(lat) > 90) return { line: index + 1 };
    positions.push([lon, lat]);
  }
  return { positions };
}

export function writePositions(positions: Position[]): string {
  return positions.map(([lon = 0, lat = 0]) => `${lon.toFixed(7)}, ${lat.toFixed(7)}`).join("\n");
}
