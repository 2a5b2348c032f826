import type { Geometry } from "geojson";
import { expect, test } from "vitest";
import { Draft, drawable, type DraftFeature } from "../src/contribute/draft";
import { isWaiting, renewed } from "../src/contribute/paging";
import { counts } from "../src/contribute/receipt_counts";
import { boundaryMeant } from "../src/contribute/suggestion";
import { forgetUnsent, keepUnsent, unsentOf } from "../src/contribute/unsent";
import type { Finding, KeptReceipt, Submission } from "../src/wire";

const finding = (suggestion?: unknown): Finding => ({
  rule: "any",
  severity: "error",
  message: "",
  suggestion,
});

const sent = (number: number, status = "applied"): Submission => ({
  submission: `s-${number}`,
  collection: "hazardous-areas",
  actor: "team 7",
  received_at: "2026-03-01T08:00:00Z",
  status,
  revision: status === "applied" ? number : null,
  bytes: 1,
  sha256: "",
});
/** From one number down to another, as the server lists them. */
const down = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, step) => sent(from - step));

const feature = (geometry: unknown): DraftFeature => ({
  type: "Feature",
  geometry: geometry as Geometry | null,
  properties: {},
});

test("only what is a geometry is taken for the boundary that was meant", () => {
  const point = { type: "Point", coordinates: [104, 12] };
  expect(boundaryMeant(finding(point))).toBe(point);
  for (const other of ["suspected", 12, null, undefined, ["suspected"]])
    expect(boundaryMeant(finding(other))).toBeNull();
});

test("what is new comes above what was listed, and nothing is listed twice or left out", () => {
  expect(renewed([], down(3, 1))).toEqual(down(3, 1));
  expect(renewed(down(40, 1), down(42, 3))).toEqual(down(42, 1));
  expect(renewed(down(40, 1), down(40, 1))).toEqual(down(40, 1));
  expect(renewed(down(2, 1), [])).toEqual([]);
});

test("a state that has changed replaces the one that was listed", () => {
  const before = [sent(2, "received"), sent(1)];
  expect(isWaiting(before)).toBe(true);
  const after = renewed(before, [sent(2), sent(1)]);
  expect(after).toEqual(down(2, 1));
  expect(isWaiting(after)).toBe(false);
});

test("when more came than are listed there is no gap between them and the older ones", () => {
  expect(renewed(down(20, 1), down(60, 41))).toEqual(down(60, 41));
});

const kept = (more: Partial<KeptReceipt>): KeptReceipt => ({
  ...sent(1),
  on_error: "reject",
  idempotency_key: null,
  accept_repairs: false,
  layer: null,
  features: {
    received: 4,
    accepted: 3,
    with_errors: 1,
    with_warnings: 2,
    unlocated: 0,
    findings_omitted: 0,
    left_out: [2],
  },
  ...more,
});

test("a receipt counts what was read, and of what was recorded what was written and left out", () => {
  const read = [
    ["receipt.read", 4],
    ["receipt.accepted", 3],
    ["receipt.with_errors", 1],
    ["receipt.with_warnings", 2],
  ];
  expect(counts(kept({ applied: null }))).toEqual(read);
  const contradicting = { index: 0, local_id: "A", kind: "local-id-has-other-id" };
  const applied = { created: 1, updated: 0, unchanged: 1, left_out: [contradicting] };
  expect(counts(kept({ applied }))).toEqual([
    ...read,
    ["receipt.created", 1],
    ["receipt.updated", 0],
    ["receipt.unchanged", 1],
    ["receipt.left_out", 2],
  ]);
});

test("a submission that waits for a decision counts nothing yet", () => {
  const { features: _, ...waiting } = kept({ status: "received", applied: null });
  expect(counts(waiting)).toEqual([]);
});

test("what somebody sent is drawn as far as it can be", () => {
  const point = feature({ type: "Point", coordinates: [104, 12] });
  expect(drawable([point])).toEqual([point]);
  for (const geometry of [
    null,
    { type: "Polygon" },
    { type: "Polygon", coordinates: [104, 12] },
    { type: "Point", coordinates: ["104", "x"] },
    { type: "Circle", coordinates: [104, 12] },
    "POINT (104 12)",
  ])
    expect(drawable([feature(geometry)])).toEqual([feature(null)]);
});

test("what is being worked on stays while the reader looks at something else in its programme", () => {
  const draft = Draft.of("new", []);
  keepUnsent("cambodia", "activities", draft);
  expect(unsentOf("cambodia")).toEqual({ programme: "cambodia", collection: "activities", draft });
  expect(unsentOf("ukraine")).toBeNull();
  forgetUnsent();
  expect(unsentOf("cambodia")).toBeNull();
});
