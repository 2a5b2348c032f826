// What is found on the map by pointing at it, what is kept, what is printed, and what a phone shows.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { PICTURES } from "./browser.mjs";
import { begin, close, end, kept, open, quiet, server, shown } from "./visit.mjs";

before(begin);
after(end);

const BROKEN = new URL("../../data/sample/broken.geojson", import.meta.url);
const PHONE = { width: 360, height: 740 };
/** A4 with its margins. */
const PAPER = { width: 690, height: 1020 };
const PAPER_LYING = { width: 1030, height: 700 };
/** Pixels of the world at zoom 0. */
const WORLD_PX = 512;

/** Where a position lies on the square of the world. */
function world([lon, lat]) {
  const radians = (lat * Math.PI) / 180;
  const y = (1 - Math.log(Math.tan(Math.PI / 4 + radians / 2)) / Math.PI) / 2;
  return [(lon + 180) / 360, y];
}

const positionsOf = (geometry) => {
  const all = [];
  const walk = (one) => (typeof one[0] === "number" ? all.push(one) : one.forEach(walk));
  walk(geometry.coordinates);
  return all;
};

/** Where a position is on the page, when the map has been moved to what holds some positions. */
async function placeOf(page, at, positions, { padding, zoomMax }) {
  const box = await page.locator(".maplibregl-canvas").boundingBox();
  const points = positions.map(world);
  const ends = [0, 1].map((axis) => points.map((one) => one[axis]));
  const [low, high] = [ends.map((all) => Math.min(...all)), ends.map((all) => Math.max(...all))];
  const fits = [box.width, box.height].map((side, axis) => {
    return (side - 2 * padding) / (high[axis] - low[axis]);
  });
  const scale = Math.min(...fits, WORLD_PX * 2 ** zoomMax);
  const [x, y] = world(at).map((one, axis) => (one - (low[axis] + high[axis]) / 2) * scale);
  return { x: box.x + box.width / 2 + x, y: box.y + box.height / 2 + y };
}

const SEARCHED = { padding: 40, zoomMax: 14 };
const SPOTTED = { padding: 60, zoomMax: 16 };

/** The only record of a collection that says a word. */
async function recordOf(collection, word) {
  const path = `/programmes/cambodia/collections/${collection}/items?q=${word}`;
  const headers = { Authorization: `Bearer ${server.token}` };
  return (await (await fetch(`${server.base}${path}`, { headers })).json()).features[0];
}

async function search(page, collection, word) {
  await page.selectOption("#kind", collection);
  await page.fill("#words", word);
  await page.press("#words", "Enter");
  await page.waitForFunction(() => document.querySelectorAll(".found li").length === 1);
  await quiet(page);
  await page.waitForTimeout(400);
}

test("a click on a line opens it, and a click on a point opens it over the area that it lies in", async () => {
  const road = await recordOf("roads", "R-1");
  const page = await open("#/cambodia/explore");
  await shown(page);
  await search(page, "roads", "R-1");
  const [from, , to] = road.geometry.coordinates;
  const middle = road.geometry.coordinates[1].map((one, axis) => (one + from[axis]) / 2);
  assert.ok(middle[0] > from[0] && middle[0] < to[0]);
  const on = await placeOf(page, middle, positionsOf(road.geometry), SEARCHED);
  await page.mouse.click(on.x, on.y - 20);
  await page.waitForTimeout(500);
  assert.equal(await page.locator(".found li").count(), 1, "beside the line is nothing");
  await page.mouse.click(on.x, on.y);
  await page.waitForSelector(".panel h1:has-text('R-1')");
  assert.match(await page.locator(".facts").textContent(), /Invented road/);
  await page.screenshot({ path: `${PICTURES}line.png` });
  await page.locator(".panel button", { hasText: "Back" }).click();
  const activity = await recordOf("activities", "KH");
  const name = activity.properties.local_id;
  assert.equal(activity.geometry.type, "Point");
  await search(page, "activities", name);
  const at = await placeOf(
    page,
    activity.geometry.coordinates,
    positionsOf(activity.geometry),
    SEARCHED,
  );
  await page.screenshot({ path: `${PICTURES}point.png` });
  await page.mouse.click(at.x, at.y);
  await page.waitForSelector(`.panel h1:has-text('${name}')`);
  assert.match(page.url(), /record=activities/);
  await close(page);
});

test("a finger opens what is a little aside, a pointer does not", async () => {
  const page = await open("#/cambodia/explore", { hasTouch: true });
  await shown(page);
  await search(page, "settlements", "S-2");
  const { x, y } = await page
    .locator(".maplibregl-canvas")
    .boundingBox()
    .then((box) => ({
      x: box.x + box.width / 2 + 15,
      y: box.y + box.height / 2,
    }));
  await page.mouse.click(x, y);
  await page.waitForTimeout(600);
  assert.equal(await page.locator(".found li").count(), 1);
  await page.touchscreen.tap(x, y);
  await page.waitForSelector(".panel h1:has-text('S-2')");
  await close(page);
});

test("the layers of the programme are drawn as the server's style says", async () => {
  const headers = { Authorization: `Bearer ${server.token}` };
  const path = "/programmes/cambodia/styles/land-release";
  const style = await (await fetch(`${server.base}${path}`, { headers })).json();
  const line = style.layers.find((layer) => layer.id === "roads-line");
  const page = await open("#/cambodia/explore?layers=roads,settlements");
  await shown(page);
  const symbol = page.locator(".layers label", { hasText: "Roads" }).locator("svg line");
  assert.equal(await symbol.getAttribute("stroke"), line.paint["line-color"]);
  assert.ok(style.layers.some((layer) => layer.id === "settlements-positions"));
  assert.ok(style.layers.some((layer) => layer.id === "activities-positions"));
  await close(page);
});

/** A position within a ring. */
function insideOf(ring) {
  const [lons, lats] = [0, 1].map((axis) => ring.map((one) => one[axis]));
  const isInside = ([lon, lat]) =>
    ring.reduce((inside, [x, y], number) => {
      const [u, v] = ring.at(number - 1);
      const crosses = y > lat !== v > lat && lon < ((u - x) * (lat - y)) / (v - y) + x;
      return crosses ? !inside : inside;
    }, false);
  const [west, east, south, north] = [
    Math.min(...lons),
    Math.max(...lons),
    Math.min(...lats),
    Math.max(...lats),
  ];
  for (const a of [0.5, 0.35, 0.65, 0.2, 0.8])
    for (const b of [0.5, 0.35, 0.65, 0.2, 0.8]) {
      const at = [west + a * (east - west), south + b * (north - south)];
      if (isInside(at)) return at;
    }
  throw new Error("nothing is inside");
}

test("a parcel is shown on the map from the list, and told in the list from the map", async () => {
  const page = await open("#/cambodia/parcels?figure=cancelled");
  await shown(page);
  const answer = await fetch(
    `${server.base}/programmes/cambodia/parcels?figure=cancelled&limit=200`,
    {
      headers: { Authorization: `Bearer ${server.token}` },
    },
  );
  const { geometry } = (await answer.json()).features[2];
  await page.locator(".parcels > li").nth(2).getByText("Show on the map").click();
  await page.waitForTimeout(1000);
  const ring = (geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates[0])[0];
  const at = await placeOf(page, insideOf(ring), positionsOf(geometry), SPOTTED);
  await page.mouse.click(at.x, at.y);
  await page.waitForSelector(".parcels > li:nth-child(3).chosen");
  await close(page, "parcel-on-map");
});

test("every chart is taken away as a picture and as a table", async () => {
  const page = await open("#/cambodia/overview");
  await page.waitForSelector(".legend");
  await shown(page);
  for (const [kind, begins] of [
    ["PNG", Buffer.from("\x89PNG", "latin1")],
    ["CSV", Buffer.from("\ufeff")],
  ]) {
    const buttons = page.getByRole("button", { name: new RegExp(`^${kind}`) });
    assert.equal(await buttons.count(), 3);
    const saved = new Set();
    for (let number = 0; number < 3; number += 1) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        buttons.nth(number).click(),
      ]);
      const path = `${PICTURES}${download.suggestedFilename()}`;
      await download.saveAs(path);
      saved.add(download.suggestedFilename());
      const bytes = readFileSync(path);
      assert.deepEqual(bytes.subarray(0, begins.length), begins, path);
      assert.ok(bytes.length > 100);
    }
    assert.equal(saved.size, 3);
  }
  const table = readFileSync(`${PICTURES}by-region.csv`, "utf8").trim().split("\r\n");
  assert.equal(table.length, 1 + (await page.locator(".regions tbody tr").count()));
  assert.match(table[0], /Region,Identified \(m²\),Cancelled/);
  await close(page);
});

test("what is printed is whole: the map, every column, every parcel", async () => {
  for (const language of ["en", "ar"]) {
    for (const name of [
      "overview",
      "overview?region=KH-2",
      "parcels",
      "report",
      "explore?area=KH-HA-000002",
    ]) {
      const page = await open(`#/cambodia/${name}`, { language });
      await shown(page);
      await page.setViewportSize(name === "report" ? PAPER_LYING : PAPER);
      await page.emulateMedia({ media: "print" });
      await page.waitForTimeout(400);
      const cut = await page.evaluate(() => {
        const found = [];
        const paper = document.documentElement.clientWidth;
        const isIn = ({ left, right }) => left >= -1 && right <= paper + 1;
        for (const one of document.querySelectorAll("main canvas, main table, main svg[role=img]"))
          if (!isIn(one.getBoundingClientRect())) found.push(one.outerHTML.slice(0, 80));
        for (const list of document.querySelectorAll(".parcels, .panel, .wide"))
          if (list.scrollHeight > list.clientHeight + 1) found.push(list.className);
        for (const frame of document.querySelectorAll(".map")) {
          const [outer, inner] = [frame, frame.querySelector("canvas")].map((one) =>
            one.getBoundingClientRect(),
          );
          if (inner.height > outer.height + 1 || inner.width > outer.width + 1) found.push("map");
        }
        return found;
      });
      assert.deepEqual(cut, [], `${name} in ${language}`);
      assert.equal(await page.locator("header.top").isVisible(), false);
      await close(page, `print-${name.replace(/\W+/g, "-")}-${language}`);
    }
  }
});

test("on a phone the list is short until more is asked for, and what is opened comes into view", async () => {
  const page = await open("#/cambodia/explore", {
    viewport: PHONE,
    hasTouch: true,
    isMobile: true,
  });
  await shown(page);
  await page.waitForSelector(".found li");
  assert.equal(await page.locator(".found li").count(), 20);
  assert.match(await page.locator(".panel [role=status]").textContent(), /the first 20/);
  await page.getByRole("button", { name: "Show more" }).tap();
  assert.equal(await page.locator(".found li").count(), 40);
  assert.match(await page.locator(".panel [role=status]").textContent(), /the first 40/);
  await page.locator(".found .entry").nth(30).tap();
  await page.waitForSelector(".story li");
  await quiet(page);
  const { y } = await page.locator(".map").boundingBox();
  assert.ok(y > -20 && y < PHONE.height / 2, `the map is at ${y}`);
  await page.screenshot({ path: `${PICTURES}phone-opened.png` });
  await close(page);
});

test("the frame of the page takes two lines of a phone in every language", async () => {
  for (const language of ["en", "km", "uk", "ja", "ar"]) {
    const page = await open("#/cambodia/report", { viewport: PHONE, language });
    await shown(page);
    const { height } = await page.locator("header.top").boundingBox();
    assert.ok(height <= 100, `${height} pixels in ${language}`);
    await close(page);
  }
});

test("a file is dropped, and its findings are told in a table and on the map", async () => {
  const page = await open("#/cambodia/contribute");
  await shown(page);
  const text = readFileSync(BROKEN, "utf8");
  const transfer = await page.evaluateHandle((content) => {
    const data = new DataTransfer();
    data.items.add(new File([content], "broken.geojson", { type: "application/geo+json" }));
    return data;
  }, text);
  await page.dispatchEvent(".drop", "dragover", { dataTransfer: transfer });
  assert.equal(await page.locator(".drop.over").count(), 1);
  await page.dispatchEvent(".drop", "drop", { dataTransfer: transfer });
  await page.waitForSelector(".finding");
  await page.waitForTimeout(900);
  const cards = await page.locator(".finding").count();
  assert.equal(await page.locator(".glance tbody tr").count(), cards);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  // Off the Earth, as swapped axes are, is in no view.
  const features = JSON.parse(text).features.map((one) => one.geometry);
  const seen = features.flatMap(positionsOf).filter(([, lat]) => Math.abs(lat) <= 90);
  const at = await placeOf(page, [102.615137, 12.855241], seen, SPOTTED);
  await page.mouse.click(at.x, at.y);
  await page.waitForFunction(() => document.activeElement.classList.contains("finding"));
  assert.match(await focused(), /crosses itself/);
  await page.locator(".glance button", { hasText: "swapped" }).first().click();
  assert.match(await focused(), /swapped/);
  await page.waitForTimeout(600);
  await close(page, "findings-table");
});

test("a vertex is moved on the map, and the boundary is checked again", async () => {
  const page = await open("#/cambodia/contribute");
  await shown(page);
  await page.setInputFiles("#file", BROKEN.pathname);
  const finding = page.locator(".finding.error", { hasText: "crosses itself" });
  await finding.getByText("Change the boundary").waitFor();
  await page.waitForTimeout(900);
  const features = JSON.parse(readFileSync(BROKEN, "utf8")).features.map((one) => one.geometry);
  const ring = features[1].coordinates[0];
  await finding.getByText("Show on the map").click();
  await page.waitForTimeout(900);
  await finding.getByText("Change the boundary").click();
  await page.waitForTimeout(900);
  const field = finding.locator("textarea");
  const before = (await field.inputValue()).split("\n");
  const { x, y } = await placeOf(page, ring[1], ring, SPOTTED);
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= 10; step += 1) {
    await page.mouse.move(x - 4 * step, y + 3 * step);
    await page.waitForTimeout(30);
  }
  await page.mouse.up();
  await page.waitForTimeout(400);
  const after = (await field.inputValue()).split("\n");
  await page.screenshot({ path: `${PICTURES}vertex.png` });
  assert.equal(after.length, before.length);
  assert.equal(
    after.filter((line, number) => line !== before[number]).length,
    1,
    `${before}\n${after}`,
  );
  const checked = page.waitForResponse((one) => /submissions\?.*dry_run/.test(one.url()));
  await finding.getByText("Use this boundary").click();
  await checked;
  await finding.locator("textarea").waitFor({ state: "detached" });
  await finding.getByText("Change the boundary").click();
  assert.deepEqual((await finding.locator("textarea").inputValue()).split("\n"), after);
  await close(page);
});

test("a boundary is drawn on the map with the pointer", async () => {
  const page = await open("#/cambodia/contribute?from=draw");
  await shown(page);
  await page.getByRole("button", { name: "Draw on the map" }).click();
  await page.waitForTimeout(700);
  const box = await page.locator(".maplibregl-canvas").boundingBox();
  const corners = [
    [0.3, 0.3],
    [0.5, 0.3],
    [0.5, 0.5],
    [0.3, 0.5],
    [0.3, 0.3],
  ].map(([x, y]) => [box.x + x * box.width, box.y + y * box.height]);
  for (const [x, y] of corners) {
    await page.mouse.move(x, y);
    await page.mouse.click(x, y);
    await page.waitForTimeout(350);
  }
  await page.waitForFunction(() => document.querySelector("#ring").value.split("\n").length === 4);
  await close(page, "drawn");
});

test("GeoParquet is named where the server takes it, and nowhere else", async () => {
  for (const isTaken of [true, false]) {
    const page = await open("#/cambodia/contribute", { serviceWorkers: "block" });
    await page.route("**/programmes/cambodia/submissions", async (route) => {
      if (route.request().method() !== "OPTIONS") return route.fallback();
      const answer = await route.fetch();
      const others = answer
        .headers()
        ["accept-post"].split(", ")
        .filter((one) => !/parquet/.test(one));
      const types = [...others, ...(isTaken ? ["application/vnd.apache.parquet"] : [])].join(", ");
      return route.fulfill({
        response: answer,
        headers: { ...answer.headers(), "accept-post": types },
      });
    });
    await page.reload();
    await shown(page);
    const accepted = await page.locator("#file").getAttribute("accept");
    assert.equal(accepted.includes(".parquet"), isTaken);
    assert.equal(/GPX, GeoParquet;/.test(await page.locator(".drop").textContent()), isTaken);
    await close(page);
  }
});

test("layers of the programme are read without a connection, and what was kept is searched", async () => {
  const page = await open("#/cambodia/explore");
  await kept(page);
  await page.context().setOffline(true);
  await page.reload();
  await page.waitForSelector(".found li");
  await page.locator(".layers label", { hasText: "Settlements" }).locator("input").check();
  await page.selectOption("#kind", "roads");
  await page.waitForFunction(() => document.querySelectorAll(".found li").length === 1);
  await page.waitForTimeout(500);
  await page.screenshot({ path: `${PICTURES}offline-layers.png` });
  await page.locator(".found .entry").click();
  await page.waitForSelector(".panel h1:has-text('R-1')");
  await page.locator(".panel button", { hasText: "Back" }).click();
  await page.selectOption("#kind", "hazardous-areas");
  await page.fill("#words", "KH-HA-000002");
  await page.press("#words", "Enter");
  // The list of roads, which was there before, has one entry too.
  await page.waitForFunction(() => {
    const listed = document.querySelectorAll(".found li");
    return listed.length === 1 && listed[0].textContent.includes("KH-HA-000002");
  });
  await page.fill("#effective", "2015-06-30");
  await page.press("#effective", "Tab");
  await page.waitForFunction(() =>
    /do not apply/.test(document.querySelector("[role=status]").textContent),
  );
  await page.context().close();
});

test("the file that a version came in is there byte for byte for those who send, and for nobody else", async () => {
  const page = await open("#/cambodia/explore?area=KH-HA-000002");
  await page.waitForSelector(".versions li");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save the file as it was sent" }).first().click(),
  ]);
  const path = `${PICTURES}${download.suggestedFilename()}`;
  await download.saveAs(path);
  assert.match(path, /\.(geojson|geojsons)$/);
  assert.ok(readFileSync(path, "utf8").includes("KH-HA-000002"));
  await close(page);
  const other = await open("#/cambodia/explore?area=KH-HA-000002", { token: null });
  await other.waitForSelector(".versions li");
  await shown(other);
  assert.equal(await other.getByText("Documents").count(), 0);
  await close(other);
});

test("a programme of which nothing is known yet has all its pages", async () => {
  const token = await server.programme("nowhere");
  for (const name of ["overview", "explore", "contribute", "report"]) {
    const page = await open(`#/nowhere/${name}`, { token });
    await shown(page);
    assert.equal(await page.locator("[role=alert]").count(), 0, name);
    await close(page, `nowhere-${name}`);
  }
});

test("land on both sides of the antimeridian is in one view", async () => {
  const token = await server.programme("pacific", "--extent=177,-20,-178,-15");
  const ring = (west, east) => [
    [west, -16.5],
    [east, -16.5],
    [east, -16.49],
    [west, -16.49],
    [west, -16.5],
  ];
  const area = (local_id, ...rings) => ({
    type: "Feature",
    properties: { local_id, classification: "suspected", identified_on: "2024-05-01" },
    geometry: { type: "MultiPolygon", coordinates: rings.map((one) => [one]) },
  });
  const features = [
    area("P-1", ring(179.99, 180), ring(-180, -179.99)),
    area("P-2", ring(-179.95, -179.94)),
  ];
  const address = `${server.base}/programmes/pacific/submissions?collection=hazardous-areas`;
  const sent = await fetch(address, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify({ type: "FeatureCollection", features }),
  });
  assert.equal(sent.status, 201, await sent.text());
  const page = await open("#/pacific/explore", { token });
  await shown(page);
  assert.equal(await page.locator(".found li").count(), 2);
  // It is in no region, and has a history.
  await page.getByRole("button", { name: "History" }).click();
  await page.selectOption("#history-region", { label: "All regions" });
  await page.waitForFunction(() => /\d/.test(document.querySelector("output.day").textContent));
  await page.getByRole("button", { name: "Search", exact: true }).first().click();
  await page.waitForSelector(".found li");
  await page.locator(".found button", { hasText: "P-1" }).click();
  await page.waitForSelector(".panel h1:has-text('P-1')");
  await quiet(page);
  await page.waitForTimeout(800);
  // A scale of a field, not of the Earth.
  assert.match(await page.locator(".maplibregl-ctrl-scale").textContent(), /^\d+\sm$/);
  await close(page, "antimeridian");
});

test("a file that is cut off is said to be, and is not offered to be sent", async () => {
  const sample = readFileSync(
    new URL("../../data/sample/hazardous-areas.geojson", import.meta.url),
  );
  const page = await open("#/cambodia/contribute");
  await shown(page);
  for (const [name, bytes] of [
    ["cut.geojson", sample.subarray(0, 1500)],
    ["areas.pdf", Buffer.from("%PDF-1.7 of no records")],
  ]) {
    await page.setInputFiles("input[type=file]", { name, mimeType: "", buffer: bytes });
    await page.waitForSelector(".error:has-text('could not be read beyond line')");
    const submit = page.getByRole("button", { name: /^Submit/ });
    await submit.waitFor();
    assert.ok(await submit.isDisabled(), name);
    assert.equal(await page.getByText("Nothing was found.").count(), 0, name);
  }
  await close(page, "cut-off");
});

test("a chart that is taken away says what it is of, in the letters of the page", async () => {
  const page = await open("#/cambodia/overview", { language: "km" });
  await shown(page);
  const button = page.locator(".chart button", { hasText: "PNG" }).first();
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  const bytes = readFileSync(await download.path()).toString("base64");
  const inked = await page.evaluate(async (written) => {
    const blob = new Blob([Uint8Array.from(atob(written), (one) => one.charCodeAt(0))]);
    const picture = await createImageBitmap(blob);
    const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    pen.drawImage(picture, 0, 0);
    const dark = ([from, to]) => {
      const { data } = pen.getImageData(0, from, picture.width, to - from);
      return data.filter((one, index) => index % 4 === 0 && one < 128).length;
    };
    return [dark([0, 50]), dark([50, 95])];
  }, bytes);
  assert.ok(inked[0] > 300 && inked[1] > 300, `title and origin are written: ${inked}`);
  await close(page);
});

test("what was searched for is in the address, and is searched for again", async () => {
  const page = await open("#/cambodia/explore");
  await shown(page);
  await page.selectOption("[aria-label='Classification: value']", "confirmed");
  await page.fill("#words", "KH-HA-00001");
  await page.press("#words", "Enter");
  // Ten areas have a number that begins so, and not all of them are confirmed.
  await page.waitForFunction(() => {
    const { length } = document.querySelectorAll(".found li");
    return length > 0 && length < 10;
  });
  await quiet(page);
  const listed = await page.locator(".found strong").allTextContents();
  await page.reload();
  await shown(page);
  assert.equal(await page.inputValue("#words"), "KH-HA-00001");
  assert.equal(await page.inputValue("[aria-label='Classification: value']"), "confirmed");
  await page.waitForFunction((expected) => {
    const now = [...document.querySelectorAll(".found strong")].map((one) => one.textContent);
    return now.join() === expected;
  }, listed.join());
  await close(page);
});
