import type { FeatureCollection, Geometry } from "geojson";
import { language } from "../language";
import { read } from "../server";
import type { Items, Progress, Properties, Row } from "../wire";

export interface Region {
  code: string;
  name: string;
}

/** The name of a region in the language of the page, or else as it is written first. */
export function regionName(properties: Properties): string {
  const names = properties["names"] as Record<string, string> | undefined;
  return names?.[language()] ?? String(properties["name"] ?? properties["local_id"]);
}

export interface Figures {
  byRegion: Progress;
  byYear: Progress;
  byYearAndOutcome: Progress;
}

/** The two clocks of a picture, as the address of a page names them. */
export interface Clocks {
  as_of: string | null;
  effective: string | null;
}

export function clocksIn(query: URLSearchParams): Clocks {
  return { as_of: query.get("as_of"), effective: query.get("effective") };
}

export async function readFigures(
  programme: string,
  region: string | null,
  clocks: Clocks,
  signal: AbortSignal,
): Promise<Figures> {
  const path = `/programmes/${programme}/progress`;
  const ask = (groups: string, where: string | null) =>
    read<Progress>(path, { group_by: groups, region: where, ...clocks }, signal);
  const [byRegion, byYear, byYearAndOutcome] = await Promise.all([
    ask("region", null),
    ask("year", region),
    ask("year,outcome", region),
  ]);
  return { byRegion, byYear, byYearAndOutcome };
}

export async function readRegions(programme: string, signal?: AbortSignal): Promise<Items> {
  const query = { limit: 1000, properties: "local_id,name,names,level,parent" };
  return read<Items>(`/programmes/${programme}/collections/regions/items`, query, signal);
}

/** The finest regions: those that are nobody's parent. Figures are told by them. */
export function finest(regions: Items): FeatureCollection<Geometry, Properties> {
  const parents = new Set(regions.features.map((one) => one.properties["parent"]));
  const features = regions.features.filter(
    (one) => one.geometry !== null && !parents.has(one.properties["local_id"]),
  );
  return {
    type: "FeatureCollection",
    features: features as FeatureCollection<Geometry, Properties>["features"],
  };
}

export function number(row: Row | undefined, name: string): number {
  return Number(row?.[name] ?? 0);
}

/** The sum of rows, where the server gives no total of its own. */
export function total(progress: Progress): Row {
  if (progress.total !== undefined) return progress.total;
  const sum: Row = {};
  for (const row of progress.rows) {
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === "number") sum[name] = Number(sum[name] ?? 0) + value;
    }
  }
  return sum;
}
