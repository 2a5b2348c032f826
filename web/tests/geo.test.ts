import { expect, test } from "vitest";
import { approach, lengthM } from "../src/geo/approach";
import { boxOf, destination, distanceM } from "../src/geo/measure";
import { readPositions, writePositions } from "../src/geo/positions";
import { readLegs, traverse } from "../src/geo/traverse";

const degrees = (whole: number, minutes: number, seconds: number) =>
  Math.sign(whole) * (Math.abs(whole) + minutes / 60 + seconds / 3600);

test("a line of 55 km ends where the manual of the Australian datum says, to a millimetre", () => {
  const flindersPeak = [degrees(144, 25, 29.5244), degrees(-37, 57, 3.7203)];
  const [lon = 0, lat = 0] = destination(flindersPeak, degrees(306, 52, 5.37), 54_972.271);
  expect(lon).toBeCloseTo(degrees(143, 55, 35.3839), 7);
  expect(lat).toBeCloseTo(degrees(-37, 39, 10.1561), 7);
});

test("a degree along the equator is measured as long as it is", () => {
  expect(distanceM([10, 0], [11, 0])).toBeCloseTo(111_319.49, 1);
});

test("a line over the antimeridian is short", () => {
  expect(distanceM([179.999, 10], [-179.999, 10])).toBeLessThan(230);
});

test("a square gone round by bearing and distance comes back to its start", () => {
  const legs = readLegs("90, 120\n180 80\n270°; 120 m\n0, 80");
  if (!("legs" in legs)) throw new Error("unreadable");
  const found = traverse([103, 13], legs.legs);
  expect(found?.closes).toBe(true);
  expect(found?.misclosureM).toBeLessThan(0.01);
  expect(found?.polygon.coordinates[0]).toHaveLength(5);
});

test("a traverse that stops before its start is closed by a straight line, and the line is told", () => {
  const found = traverse(
    [103, 13],
    [
      { bearingDeg: 90, distanceM: 300 },
      { bearingDeg: 180, distanceM: 400 },
    ],
  );
  expect(found?.closes).toBe(false);
  expect(found?.misclosureM).toBeCloseTo(500, 0);
});

test("a line that is no leg and a line that is no position are told by number", () => {
  expect(readLegs("90, 120\nnorth, 5")).toEqual({ line: 2 });
  expect(readLegs("400, 120")).toEqual({ line: 1 });
  expect(readPositions("102.5, 13\n13, 102.5")).toEqual({ line: 2 });
});

test("positions are written as they are read", () => {
  expect(readPositions(writePositions([[102.6101371, -12.850241]]))).toEqual({
    positions: [[102.6101371, -12.850241]],
  });
});

const square = {
  type: "Polygon" as const,
  coordinates: [
    [
      [103, 13],
      [103.001, 13],
      [103.001, 13.001],
      [103, 13.001],
      [103, 13],
    ],
  ],
};

test("a route through an area enters it where it first meets its edge", () => {
  const found = approach(
    [
      [102.99, 13.0005],
      [103.01, 13.0005],
    ],
    square,
  );
  expect(found?.distanceM).toBe(0);
  expect(found?.alongM).toBeCloseTo(distanceM([102.99, 13.0005], [103, 13.0005]), 0);
});

test("a route that begins inside an area is in it from its start", () => {
  expect(
    approach(
      [
        [103.0005, 13.0005],
        [103.0006, 13.0006],
      ],
      square,
    ),
  ).toEqual({ distanceM: 0, alongM: 0 });
});

test("a route past an area is as far from it as the nearest corner", () => {
  const found = approach(
    [
      [102.99, 13.002],
      [103.02, 13.002],
    ],
    square,
  );
  expect(found?.distanceM).toBeCloseTo(distanceM([103, 13.002], [103, 13.001]), 0);
});

test("a hazard of which only a point is known is approached, too", () => {
  const found = approach(
    [
      [103, 13],
      [103, 13.01],
    ],
    { type: "Point", coordinates: [103.001, 13.005] },
  );
  expect(found?.distanceM).toBeCloseTo(108.4, 0);
});

test("the length of a route is the sum of its legs", () => {
  expect(
    lengthM([
      [0, 0],
      [0.5, 0],
      [1, 0],
    ]),
  ).toBeCloseTo(111_319.49, 0);
});

test("what has no position has no box", () => {
  expect(boxOf([null])).toBeNull();
});
