/** What files are called by, from what is in them. */

/** What files begin with, and what they are called by. */
const BEGINNINGS: [string, string][] = [
  ["PK", "zip"],
  ["\x1f\x8b", "gz"],
  ["SQLite", "gpkg"],
  ["PAR1", "parquet"],
  ["fgb", "fgb"],
  ["<", "xml"],
  ["{", "geojson"],
  ["[", "json"],
  ["\x1e", "geojsons"],
];

/** The ending for the name of a file, by what is in it. */
export function endingOf(head: Uint8Array): string {
  const written = String.fromCharCode(...head).replace(/^(ï»¿)?\s*/u, "");
  return BEGINNINGS.find(([beginning]) => written.startsWith(beginning))?.[1] ?? "csv";
}
