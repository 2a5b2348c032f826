import { expect, test } from "vitest";
import { boundaryMeant } from "../src/contribute/suggestion";
import type { Finding } from "../src/wire";

const finding = (suggestion?: unknown): Finding => ({
  rule: "any",
  severity: "error",
  message: "",
  suggestion,
});

test("only what is a geometry is taken for the boundary that was meant", () => {
  const point = { type: "Point", coordinates: [104, 12] };
  expect(boundaryMeant(finding(point))).toBe(point);
  for (const other of ["suspected", 12, null, undefined, ["suspected"]])
    expect(boundaryMeant(finding(other))).toBeNull();
});
