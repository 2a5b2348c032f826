/** What somebody is about to send, while it can still be changed. */
import type { Feature, FeatureCollection, Geometry, Position } from "geojson";
import { boxOf } from "../geo/measure";
import type { Properties } from "../wire";

export type DraftFeature = Feature<Geometry | null, Properties>;

/** Larger files are sent as they are, and not opened here. */
const EDITABLE_BYTES = 20_000_000;

export class Draft {
  readonly name: string;
  readonly #raw: Blob | null;
  features: DraftFeature[];
  /** Which layer or sheet of a file with several is meant. */
  layer: string | null = null;

  private constructor(name: string, raw: Blob | null, features: DraftFeature[]) {
    this.name = name;
    this.#raw = raw;
    this.features = features;
  }

  static of(name: string, features: DraftFeature[]): Draft {
    return new Draft(name, null, features);
  }

  /** A file that can be edited here when it is GeoJSON of one document, and is sent as it is when not. */
  static async read(file: File): Promise<Draft> {
    if (file.size <= EDITABLE_BYTES) {
      const document: unknown = await file
        .text()
        .then(JSON.parse)
        .catch(() => null);
      const features = featuresOf(document);
      if (features !== null) return new Draft(file.name, null, features);
    }
    // What it is shows in its bytes; what the system takes it for may be anything.
    return new Draft(file.name, new Blob([file], { type: "application/octet-stream" }), []);
  }

  get isEditable(): boolean {
    return this.#raw === null;
  }

  get body(): Blob {
    if (this.#raw !== null) return this.#raw;
    const document: FeatureCollection<Geometry | null, Properties> = {
      type: "FeatureCollection",
      features: this.features,
    };
    return new Blob([JSON.stringify(document)], { type: "application/geo+json" });
  }

  setProperty(index: number, name: string, value: unknown): void {
    const feature = this.features[index];
    if (feature === undefined) return;
    const properties = { ...feature.properties };
    if (value === null || value === "") delete properties[name];
    else properties[name] = value;
    this.features[index] = { ...feature, properties };
  }

  setGeometry(index: number, geometry: Geometry): void {
    const feature = this.features[index];
    if (feature !== undefined) this.features[index] = { ...feature, geometry };
  }

  remove(index: number): void {
    this.features.splice(index, 1);
  }
}

function featuresOf(document: unknown): DraftFeature[] | null {
  const candidate = document as { type?: string; features?: unknown; crs?: unknown } | null;
  // A document that names a coordinate system is the server's to judge, as it is.
  if (candidate === null || candidate.crs !== undefined) return null;
  if (candidate.type === "Feature") return [candidate as unknown as DraftFeature];
  if (candidate.type !== "FeatureCollection" || !Array.isArray(candidate.features)) return null;
  const features = candidate.features as DraftFeature[];
  return features.every((one) => one?.type === "Feature") ? features : null;
}

function isDrawable({ geometry }: DraftFeature): boolean {
  try {
    return boxOf([geometry])?.every(Number.isFinite) ?? false;
  } catch {
    return false;
  }
}

/** The same features; a geometry with which a map could do nothing is left out. */
export function drawable(features: DraftFeature[]): DraftFeature[] {
  return features.map((one) => (isDrawable(one) ? one : { ...one, geometry: null }));
}

function swapped(position: Position): Position {
  const [one = 0, other = 0, ...rest] = position;
  return [other, one, ...rest];
}

/** The same geometry with longitude and latitude in each other's place. */
export function axesSwapped(geometry: Geometry): Geometry {
  const turn = (coordinates: unknown): unknown =>
    Array.isArray(coordinates) && typeof coordinates[0] === "number"
      ? swapped(coordinates as Position)
      : (coordinates as unknown[]).map(turn);
  if (geometry.type === "GeometryCollection")
    return { ...geometry, geometries: geometry.geometries.map(axesSwapped) };
  return { ...geometry, coordinates: turn(geometry.coordinates) } as Geometry;
}
