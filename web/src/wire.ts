/** The documents of the server, as far as this viewer reads them. */
import type { Feature, FeatureCollection, Geometry } from "geojson";

export interface Programme {
  code: string;
  title: string;
  description: string;
  languages: string[];
  revision: number;
  time_zone: string;
  /** None where nobody has said where the programme works. */
  extent: Extent | null;
}

export interface Extent {
  spatial: { bbox: [number, number, number, number][] };
}

export type Properties = Record<string, unknown>;
export type Item = Feature<Geometry | null, Properties> & {
  id: string;
  version: number;
  revision: number;
  located?: boolean;
  /** Its land is not told where it is not known where it lies. */
  lifecycle?: { stage: string; land?: Record<string, number | string | null> | null };
};
export interface Items extends FeatureCollection<Geometry | null, Properties> {
  features: Item[];
  numberMatched: number;
  numberReturned: number;
  revision: number;
  links?: Link[];
}
export interface Link {
  href: string;
  rel: string;
}

export type Row = Record<string, number | string | null>;
export interface Progress {
  group_by: string[];
  revision: number;
  rows: Row[];
  total?: Row;
}
export interface Balance extends Progress {
  equation: string;
  made_from: Record<string, string>;
}

export interface Cause {
  collection: string;
  id: string;
  local_id: string;
  version: number;
  href: string;
}
export interface Change {
  on: string;
  change: string;
  outcome?: string;
  classification?: string;
  cause: Cause;
}
export interface Parcels extends FeatureCollection<Geometry, Properties> {
  figure_m2: number;
  revision: number;
  numberMatched: number;
}

export interface StoryEvent {
  event: string;
  cause: Cause;
  area_m2?: number;
  outcome?: string;
  classification?: string;
  reason?: string | null;
}
export interface StoryStep {
  on: string;
  events: StoryEvent[];
  gained_m2: number;
  released_m2: number;
  adjusted_m2: number;
  remaining_m2: number;
}
export interface Story {
  features: Feature<Geometry | null, StoryStep>[];
}

/** A submission that a version came with. */
export interface Sent {
  id: string;
  received_at: string;
  status: string;
  href: string;
  /** Told to members only. */
  actor?: string;
}

export interface Version {
  version: number;
  recorded_at: string;
  /** Told to members only. */
  recorded_by?: string;
  effective_on: string | null;
  reason: string | null;
  state: string;
  area_m2: number | null;
  submission?: Sent | null;
  href: string;
}

/** What changed from one version to another. */
export interface Comparison {
  from: Version;
  to: Version;
  changed: string[];
  properties: { name: string; before: unknown; after: unknown }[];
  geometry: {
    land?: {
      added: { area_m2: number; geometry: Geometry | null };
      removed: { area_m2: number; geometry: Geometry | null };
      unchanged: { area_m2: number };
    };
    not_compared?: string;
  };
}

export type Severity = "error" | "warning" | "info";
export interface Finding {
  rule: string;
  severity: Severity;
  message: string;
  pointer?: string;
  feature?: string;
  index?: number;
  at?: [number, number];
  /** What was probably meant: a geometry, the value of a property or the name of one. */
  suggestion?: unknown;
  /** The values in the message, by name. */
  arguments?: Record<string, string>;
}
/** A feature left out because it contradicts what is recorded. */
export interface Conflict {
  index: number;
  local_id: string;
  kind: string;
}
export interface Receipt {
  outcome: string;
  submission: string | null;
  features: {
    received: number;
    accepted: number;
    with_errors: number;
    with_warnings: number;
    unlocated: number;
    findings_omitted: number;
    left_out: number[];
  };
  /** Where reading stopped, if the whole could not be read. */
  unreadable: { code: string; message: string; byte_offset: number; line: number } | null;
  applied: Written | null;
  findings: Finding[];
}
export interface Written {
  created: number;
  updated: number;
  unchanged: number;
  left_out: Conflict[];
}
export interface Submission {
  submission: string;
  collection: string;
  actor: string;
  received_at: string;
  status: string;
  revision: number | null;
  bytes: number;
  sha256: string;
}
/** A receipt as it is kept; of a submission that is not decided yet nothing is answered. */
export type KeptReceipt = Submission &
  Partial<Receipt> & {
    on_error: string;
    idempotency_key: string | null;
    accept_repairs: boolean;
    layer: string | null;
  };

export interface SchemaProperty {
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  enum?: string[];
  items?: { enum?: string[] };
  "x-ogc-role"?: string;
}
export interface Schema {
  properties: Record<string, SchemaProperty>;
  required?: string[];
}
