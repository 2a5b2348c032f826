import { expect, test } from "vitest";
import { approach, lengthM } from "../src/geo/approach";
import {
  asBbox,
  type Box,
  boxOf,
  destination,
  distanceM,
  meet,
  onOneWorld,
  unrolled,
  WORLD,
} from "../src/geo/measure";
import { firstBox } from "../src/map/extent";
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

const stretch = (...coordinates: [number, number][]) => ({
  type: "LineString" as const,
  coordinates,
});

test("a box over the antimeridian is as narrow as what it holds", () => {
  const [west, east] = [stretch([179.9, -17], [180, -16]), stretch([-180, -16], [-179.9, -17])];
  const box = boxOf([west, east]);
  expect(box?.map((one) => Number(one.toFixed(6)))).toEqual([179.9, -17, 180.1, -16]);
  expect(boxOf([stretch([179, 1], [-179, 2])])).toEqual([179, 1, 181, 2]);
  expect(boxOf([stretch([-100, 0], [80, 5])])).toEqual([-100, 0, 80, 5]);
  expect(boxOf([null])).toBeNull();
});

test("the server is asked for no place beyond the antimeridian or the poles", () => {
  expect(asBbox([179, -95, 181, 10])).toEqual([179, -90, -179, 10]);
  expect(asBbox([540, 0, 541, 1])).toEqual([-180, 0, -179, 1]);
  expect(asBbox([-500, 0, 500, 1])).toEqual([-180, 0, 180, 1]);
  expect(asBbox([170, 0, 180, 1])).toEqual([170, 0, 180, 1]);
});

test("boxes meet over the antimeridian, too", () => {
  expect(meet([179, 0, -179, 1], [-179.5, 0, -178, 1])).toBe(true);
  expect(meet([179, 0, -179, 1], [179.9, 0, 180.1, 1])).toBe(true);
  expect(meet([179, 0, -179, 1], [10, 0, 20, 1])).toBe(false);
  expect(meet([10, 0, 20, 1], [10, 2, 20, 3])).toBe(false);
  expect(meet([-180, -80, 180, 80], [100, 0, 101, 1])).toBe(true);
});

test("a ring over the antimeridian goes on instead of going round the Earth", () => {
  const ring = unrolled([
    [179, 0],
    [-179, 0],
    [-179, 1],
    [179, 0],
  ]);
  expect(ring.map(([lon]) => lon)).toEqual([179, 181, 181, 179]);
});

test("a map begins where anything is known of, and never at a pole", () => {
  const extent = { spatial: { bbox: [[177, -20, -178, -15] as Box] } };
  expect(firstBox(extent)).toEqual([177, -20, -178, -15]);
  expect(firstBox(null, undefined)).toEqual(WORLD);
  expect(firstBox(null, { spatial: { bbox: [[-180, -90, 180, 90]] } })).toEqual(WORLD);
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

test("what is drawn on a further copy of the world is written on the one that there is", () => {
  const line = {
    type: "LineString" as const,
    coordinates: [
      [538, -17, 3],
      [-179.5, -16],
    ],
  };
  expect(onOneWorld(line).coordinates).toEqual([
    [178, -17, 3],
    [-179.5, -16],
  ]);
  const ring = [
    [-257, 13],
    [-256.5, 13],
    [-256.5, 13.5],
    [-257, 13],
  ];
  const polygon = { type: "Polygon" as const, coordinates: [ring] };
  expect(onOneWorld(polygon).coordinates[0]?.[1]).toEqual([103.5, 13]);
});

test("what has no position has no box", () => {
  expect(boxOf([null])).toBeNull();
});
