/** Where a map begins: where the programme works, or else what is known of where its records are. */
import { type Box, WORLD } from "../geo/measure";
import type { Extent } from "../wire";

export function firstBox(...extents: (Extent | null | undefined)[]): Box {
  const [west, south, east, north] = extents.flatMap((one) => one?.spatial.bbox ?? [])[0] ?? WORLD;
  // The map ends before the poles.
  return [west, Math.max(south, WORLD[1]), east, Math.min(north, WORLD[3])];
}
