import { expect, test } from "vitest";
import { axisSteps } from "../src/chart/axis";
import { axesSwapped, Draft } from "../src/contribute/draft";
import { filterOf, readChoices, written } from "../src/explore/condition";
import { endingOf } from "../src/explore/endings";
import { dayNumber, dayText, FOREVER, spans } from "../src/explore/timeline";
import { bounds, carried, everyYear, keySteps, stepOf } from "../src/overview/steps";
import { parcelsLink } from "../src/report/table";
import type { Change, Row } from "../src/wire";

const properties = {
  classification: { type: "string", enum: ["suspected", "confirmed"] },
  contamination: { type: "array", items: { enum: ["other"] } },
  name: { type: "string" },
  remaining_m2: { type: "number" },
  identified_on: { type: "string", format: "date" },
};

test("conditions are written as the server reads them, and quotes cannot break out", () => {
  const choices = [
    { property: "classification", operator: "=", value: "confirmed" },
    { property: "contamination", operator: "has", value: "other" },
    { property: "name", operator: "contains", value: "O'Neill 100%" },
    { property: "remaining_m2", operator: ">=", value: "5000" },
    { property: "identified_on", operator: "<=", value: "2020-12-31" },
  ];
  expect(filterOf(choices, properties)).toBe(
    "classification = 'confirmed' AND A_CONTAINS(contamination, ('other')) AND CASEI(name) LIKE CASEI('%O''Neill 100\\%%') AND remaining_m2 >= 5000 AND identified_on <= DATE('2020-12-31')",
  );
});

test("conditions come back from an address as they were chosen, and what is none is left out", () => {
  const chosen = [{ property: "name", operator: "contains", value: `O'Neill & "sons"` }];
  const empty = { property: "classification", operator: "=", value: " " };
  expect(readChoices(written([...chosen, empty]))).toEqual(chosen);
  expect(written([empty])).toBeNull();
  for (const broken of ["", "{", "7", '[["name"]]', "[null]", '[["a", 1, "b"]]'])
    expect(readChoices(broken), broken).toEqual([]);
  expect(readChoices(null)).toEqual([]);
});

test("a condition without a usable value is left out", () => {
  expect(
    filterOf([{ property: "remaining_m2", operator: ">=", value: "many" }], properties),
  ).toBeUndefined();
});

const cause = { collection: "land-releases", id: "1", local_id: "LR-1", version: 1, href: "" };
const change = (on: string, what: string, more: Partial<Change> = {}): Change => ({
  on,
  change: what,
  cause,
  ...more,
});

test("land is hazardous from the day it was identified until it was released, and again when it is found so", () => {
  const found = spans([
    change("2016-08-02", "identified", { classification: "suspected" }),
    change("2017-07-08", "released", { outcome: "cancelled" }),
    change("2019-09-05", "identified", { classification: "confirmed" }),
  ]);
  expect(found.map((one) => [dayText(one.from), one.state])).toEqual([
    ["2016-08-02", "suspected"],
    ["2017-07-08", "cancelled"],
    ["2019-09-05", "confirmed"],
  ]);
  expect(found.at(-1)?.to).toBe(FOREVER);
});

test("a change that this viewer does not know leaves land hazardous", () => {
  expect(spans([change("2016-08-02", "of a later server")]).at(0)?.state).toBe("suspected");
});

test("what was released outside of any area or a second time changes nothing", () => {
  const found = spans([
    change("2016-01-01", "identified", { classification: "confirmed" }),
    change("2017-01-01", "released_again", { outcome: "cleared" }),
  ]);
  expect(found).toEqual([{ from: dayNumber("2016-01-01"), to: FOREVER, state: "confirmed" }]);
});

const asked = {
  group_by: "region,year",
  level: "1",
  from: "2019-01-01",
  to: null,
  region: "KH",
  regions_on: null,
  as_of: "7",
  effective: "2021-12-31",
};
const opened = (groups: string[], row: Row | null, column: string) => {
  const href = parcelsLink("cambodia", "balance", asked, groups, row, column);
  return href === null ? null : Object.fromEntries(new URLSearchParams(href.split("?")[1]));
};

test("a figure of a report opens by the keys of its row and by all that the report was asked", () => {
  const window = { from: "2019-01-01", as_of: "7", effective: "2021-12-31" };
  const back = { kind: "balance", by: "region,year", of: "KH", rolled: "1" };
  const keys = { region: "KH-2", year: "2020" };
  expect(opened(["region", "year"], keys, "cleared_m2")).toEqual({
    figure: "cleared",
    level: "1",
    ...keys,
    ...window,
    ...back,
  });
  expect(opened(["year"], { year: "2020" }, "cleared_m2")).toEqual({
    figure: "cleared",
    region: "KH",
    year: "2020",
    ...window,
    ...back,
  });
  expect(opened(["region"], null, "closing_m2")).toMatchObject({ region: "KH", ...window });
});

test("land in no region, and of nobody, is asked for as such", () => {
  const found = opened(["region", "method"], { region: null, method: null }, "cleared_m2");
  expect(found).toMatchObject({ region: "", method: "" });
});

test("figures that no parcels add up to are not opened", () => {
  expect(opened(["year"], { year: "2020" }, "adjustments_m2")).toBeNull();
  expect(opened(["method"], { method: "manual" }, "closing_m2")).toBeNull();
  expect(opened(["year"], { year: "2020" }, "releases")).toBeNull();
});

test("swapping axes twice changes nothing, at any depth", () => {
  const geometry = {
    type: "MultiPolygon" as const,
    coordinates: [
      [
        [
          [12, 102],
          [13, 102],
          [13, 103],
          [12, 102],
        ],
      ],
    ],
  };
  expect(axesSwapped(geometry)).toEqual({
    type: "MultiPolygon",
    coordinates: [
      [
        [
          [102, 12],
          [102, 13],
          [103, 13],
          [102, 12],
        ],
      ],
    ],
  });
  expect(axesSwapped(axesSwapped(geometry))).toEqual(geometry);
});

test("a draft that was mended is sent as mended", async () => {
  const draft = Draft.of("new", [
    { type: "Feature", geometry: null, properties: { local_id: "A", status: "?" } },
  ]);
  draft.setProperty(0, "status", null);
  draft.setGeometry(0, { type: "Point", coordinates: [1, 2] });
  expect(JSON.parse(await draft.body.text()).features).toEqual([
    {
      type: "Feature",
      geometry: { type: "Point", coordinates: [1, 2] },
      properties: { local_id: "A" },
    },
  ]);
});

test("axes are divided into few round steps that hold the greatest value", () => {
  expect(axisSteps(13.4)).toEqual([0, 5, 10, 15]);
  expect(axisSteps(0)).toEqual([0, 1]);
});

test("regions are coloured by quarters, and zero apart from little", () => {
  const limits = bounds([0, 1, 2, 3, 4]);
  expect([0, 1, 2, 3, 4].map((value) => stepOf(value, limits))).toEqual([0, 1, 2, 3, 4]);
});

test("the key of colours tells no bound twice, and none where there is nothing", () => {
  expect(keySteps([2, 3, 4]).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  expect(keySteps([5, 5, 5])).toEqual([
    { step: 1, below: 5 },
    { step: 4, from: 5 },
  ]);
  expect(keySteps(bounds([]))).toEqual([]);
});

test("a year without changes is shown, and ends as the year before", () => {
  const remaining = new Map([
    ["2018", 5],
    ["2020", 3],
  ]);
  const years = everyYear([...remaining.keys()]);
  expect(years).toEqual(["2018", "2019", "2020"]);
  expect(carried(years, remaining)).toEqual([5, 5, 3]);
});

test("a file that was sent is called by what is in it", () => {
  const head = (text: string) => Uint8Array.from(text, (one) => one.charCodeAt(0));
  for (const [text, ending] of [
    ["PK\x03\x04", "zip"],
    ["\x1f\x8b\x08", "gz"],
    ["SQLite format 3", "gpkg"],
    ["PAR1", "parquet"],
    ["fgb\x03fgb", "fgb"],
    ["\xef\xbb\xbf<?xml ", "xml"],
    ["\n {", "geojson"],
    ["local_id,name", "csv"],
  ] as const)
    expect(endingOf(head(text)), text).toBe(ending);
});
