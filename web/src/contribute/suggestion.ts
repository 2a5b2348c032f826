/** What was probably meant, as far as it can be drawn or taken. */
import type { Geometry } from "geojson";
import type { Finding } from "../wire";

/** The boundary that was probably meant; nothing where the suggestion is of a property. */
export function boundaryMeant({ suggestion }: Finding): Geometry | null {
  const isGeometry = typeof suggestion === "object" && suggestion !== null && "type" in suggestion;
  return isGeometry ? (suggestion as Geometry) : null;
}
