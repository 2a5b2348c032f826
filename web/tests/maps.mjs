// Maps that fit their frames, layers, versions, and figures that stay what they are while others write.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PICTURES } from "./browser.mjs";
import { begin, close, end, open, quiet, server, shown } from "./visit.mjs";

before(begin);
after(end);

const WITH_MAPS = [
  "overview",
  "overview?region=KH-2",
  "parcels",
  "contribute",
  "explore",
  "explore?area=KH-HA-000002",
  "explore?way=history",
  "explore?way=nearby",
  "explore?way=route",
];
const UPRIGHT = { width: 390, height: 844 };
const LYING = { width: 844, height: 390 };
const WIDE = { width: 1280, height: 900 };

const square = (lon, lat, side) => ({
  type: "Polygon",
  coordinates: [
    [
      [lon, lat],
      [lon + side, lat],
      [lon + side, lat + side],
      [lon, lat + side],
      [lon, lat],
    ],
  ],
});

/** Sends one hazardous area. */
async function submit(local_id, geometry, more = {}) {
  const properties = {
    local_id,
    name: "Invented",
    classification: "suspected",
    identified_on: "2020-05-01",
    ...more,
  };
  const feature = { type: "Feature", geometry, properties };
  const path = "/programmes/cambodia/submissions?collection=hazardous-areas";
  const answer = await fetch(`${server.base}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${server.token}`, "Content-Type": "application/geo+json" },
    body: JSON.stringify({ type: "FeatureCollection", features: [feature] }),
  });
  const receipt = await answer.json();
  assert.ok(answer.ok, JSON.stringify(receipt));
  return receipt;
}

/** The sizes of the frame of the map and of what is drawn in it. */
function sizes(page) {
  return page.evaluate(() => {
    const frame = document.querySelector(".map");
    const canvas = frame.querySelector(".maplibregl-canvas");
    const density = globalThis.devicePixelRatio;
    return {
      frame: [frame.clientWidth, frame.clientHeight],
      canvas: [canvas.clientWidth, canvas.clientHeight],
      drawn: [Math.round(canvas.width / density), Math.round(canvas.height / density)],
    };
  });
}

async function fits(page, what) {
  // A frame of the display passes between a new size and the map that follows it.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  const { frame, canvas, drawn } = await sizes(page);
  assert.ok(frame[0] > 0 && frame[1] > 0, `${what}: the map has no room`);
  assert.deepEqual(canvas, frame, `${what}: the canvas is of another size than its frame`);
  assert.deepEqual(drawn, frame, `${what}: fewer or more pixels are drawn than there are`);
}

test("the map of every page is as large as its frame, also when the window changes or a phone is turned", async () => {
  for (const name of WITH_MAPS) {
    const page = await open(`#/cambodia/${name}`);
    await shown(page);
    await fits(page, name);
    for (const size of [UPRIGHT, LYING, WIDE]) {
      await page.setViewportSize(size);
      await fits(page, `${name} at ${size.width} × ${size.height}`);
    }
    await close(page);
  }
});

test("a map that gets its room late is as large as its frame", async () => {
  const page = await open("#/cambodia/overview", { viewport: UPRIGHT });
  await page.waitForSelector(".figures");
  await page.evaluate(() => {
    document.querySelector("main").hidden = true;
  });
  await page.evaluate(() => {
    location.hash = "#/cambodia/overview?region=KH-2";
  });
  await page.waitForSelector(".regions tr.chosen", { state: "attached" });
  await page.evaluate(() => {
    document.querySelector("main").hidden = false;
  });
  await shown(page);
  await fits(page, "a page that was hidden");
  await close(page);
});

test("what a page shows stays in view when the window changes, until the reader moves the map", async () => {
  const page = await open("#/cambodia/explore", { viewport: WIDE });
  let box = [];
  page.on("request", (request) => {
    const found = /\/items\?bbox=([^&]*)/.exec(request.url())?.[1];
    if (found !== undefined) box = decodeURIComponent(found).split(",").map(Number);
  });
  await page.reload();
  await shown(page);
  await page.waitForSelector(".found li");
  const { extent } = await (await fetch(`${server.base}/programmes/cambodia`)).json();
  const [west, south, east, north] = extent.spatial.bbox[0];
  const holds = () => box[0] <= west && box[1] <= south && box[2] >= east && box[3] >= north;
  assert.ok(holds(), "at first the whole programme is in view");
  for (const size of [UPRIGHT, LYING, WIDE]) {
    await page.setViewportSize(size);
    await fits(page, "explore");
    await quiet(page);
    assert.ok(holds(), `the whole programme is in view at ${size.width} × ${size.height}: ${box}`);
  }
  await page.locator(".maplibregl-ctrl-zoom-in").click();
  await page.waitForTimeout(600);
  await quiet(page);
  assert.ok(!holds());
  await page.setViewportSize({ width: 1000, height: 800 });
  await fits(page, "a map that was moved");
  await quiet(page);
  assert.ok(!holds(), "what the reader looks at is kept");
  await close(page);
});

test("reference layers are listed, drawn, searched and filtered, and a click opens what they hold", async () => {
  const page = await open("#/cambodia/explore");
  await shown(page);
  const tile = page.waitForRequest((request) => request.url().includes("/settlements/tiles/"));
  await page.locator(".layers label", { hasText: "Settlements" }).locator("input").check();
  await tile;
  await page.locator(".layers label", { hasText: "Roads" }).locator("input").check();
  assert.match(page.url(), /layers=settlements%2Croads/);
  await page.selectOption("#kind", { label: "Settlements" });
  await page.waitForFunction(() => document.querySelectorAll(".found li").length === 2);
  const filtered = page.waitForRequest(
    (request) => request.url().includes("/settlements/tiles/") && /filter=/.test(request.url()),
  );
  await page.locator("button", { hasText: "Add a condition" }).click();
  const condition = page.locator(".condition").last();
  await condition.locator("select").first().selectOption("population");
  await page.locator(".condition").last().locator("input").fill("1000");
  await page.locator(".condition").last().locator("input").press("Tab");
  await page.waitForFunction(() => document.querySelectorAll(".found li").length === 1);
  await filtered;
  await quiet(page);
  await page.screenshot({ path: `${PICTURES}layers.png` });
  const box = await page.locator(".maplibregl-canvas").boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForSelector(".panel h1:has-text('S-1')");
  assert.match(await page.locator(".facts").textContent(), /Invented village/);
  await close(page, "layer-item");
});

test("two versions are compared by the server: what changed, and which land was added and removed", async () => {
  await submit("VERSIONS-1", square(104.3, 12.3, 0.004));
  await submit("VERSIONS-1", square(104.302, 12.302, 0.004), {
    name: "Redrawn",
    change_reason: "surveyed anew",
  });
  const page = await open("#/cambodia/explore?area=VERSIONS-1");
  await page.waitForSelector(".versions li:nth-child(2)");
  await shown(page);
  const compared = page.waitForResponse((response) =>
    /versions\/2\?compare=1/.test(response.url()),
  );
  await page.locator("button", { hasText: "Compare" }).click();
  const { geometry } = await (await compared).json();
  await page.waitForSelector(".land");
  const told = await page.locator(".land dd").allTextContents();
  const { added, removed, unchanged } = geometry.land;
  const digits = (text) => Number(text.replace(/[^\d]/g, "").slice(0, -1) || 0);
  assert.deepEqual(
    told.map((one) => digits(one.replace("m²", "2"))),
    [added, removed, unchanged].map((one) => Math.round(one.area_m2)),
  );
  assert.ok(added.area_m2 > 0 && removed.area_m2 > 0 && unchanged.area_m2 > 0);
  assert.match(await page.locator(".compared table").textContent(), /NameInventedRedrawn/);
  await page.waitForTimeout(800);
  await close(page, "versions");
});

test("who recorded a version is told to members, and to the public it is not there", async () => {
  for (const [token, words] of [
    [server.token, /Recorded \d{4}-\d\d-\d\d \d\d:\d\d by demo\./],
    [null, /Recorded \d{4}-\d\d-\d\d \d\d:\d\d\.$/],
  ]) {
    const page = await open("#/cambodia/explore?area=KH-HA-000002", { token });
    await page.waitForSelector(".versions li");
    assert.match(await page.locator(".versions small").first().textContent(), words);
    assert.doesNotMatch(await page.locator(".panel").textContent(), /undefined|null/);
    await close(page);
  }
});

test("a report says that there are newer changes, and stays what it is until it is made again", async () => {
  const page = await open("#/cambodia/report");
  await shown(page);
  const revision = () => page.locator(".origin dd").nth(3).textContent();
  const [before, figures] = [await revision(), await page.locator(".report").first().textContent()];
  await submit("REPORT-1", square(104.5, 12.5, 0.002));
  await page.waitForSelector(".changed button");
  assert.equal(await revision(), before);
  assert.equal(await page.locator(".report").first().textContent(), figures);
  await page.screenshot({ path: `${PICTURES}report-newer.png` });
  await page.locator(".changed button").click();
  await page.waitForFunction(
    (words) => document.querySelectorAll(".origin dd")[3]?.textContent !== words,
    before,
  );
  assert.equal(await page.locator(".changed button").count(), 0);
  await close(page);
});

test("nothing that a report was asked is lost on the way to its land and back", async () => {
  const asked =
    "kind=balance&by=region%2Cyear&from=2016-01-01&to=2021-12-31&as_of=4&effective=2021-06-30";
  const page = await open(`#/cambodia/report?${asked}`, { language: "uk" });
  await shown(page);
  const figure = page.locator(".report td a").first();
  const squareMetres = (await figure.textContent()).replace(/\D/g, "");
  await figure.click();
  await page.waitForSelector(".parcels li");
  await shown(page);
  const heading = (await page.locator("main h1").textContent()).replace(/ м²| m²/, "");
  assert.equal(heading.replace(/\D/g, ""), squareMetres, "the land is that of the figure");
  const of = new URLSearchParams(page.url().split("?")[1]);
  for (const [name, value] of [
    ["from", "2016-01-01"],
    ["to", "2021-12-31"],
    ["as_of", "4"],
    ["effective", "2021-06-30"],
  ])
    assert.equal(of.get(name), value, name);
  assert.ok(of.get("region") && of.get("year"));
  const record = await page.locator(".parcels a").first().getAttribute("href");
  assert.match(record, /as_of=4&effective=2021-06-30/);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "uk");
  await page.locator("main > p a").first().click();
  await page.waitForSelector(".report");
  const back = new URLSearchParams(page.url().split("?")[1]);
  assert.deepEqual(Object.fromEntries(back), Object.fromEntries(new URLSearchParams(asked)));
  await close(page);
});

test("a day and a revision are kept from the overview to a region, to its land and to its records", async () => {
  const page = await open("#/cambodia/overview?as_of=4&effective=2019-12-31");
  await shown(page);
  assert.equal(await page.locator("[role=note]").count(), 1);
  for (const selector of [".regions tbody th a", ".regions tbody td a", ".figures dd a"]) {
    const href = await page.locator(selector).first().getAttribute("href");
    assert.match(href, /as_of=4&effective=2019-12-31/, selector);
  }
  await page.locator(".regions tbody td a").first().click();
  await page.waitForSelector(".parcels li");
  await page.locator(".parcels a").first().click();
  await page.waitForSelector(".panel h1");
  assert.match(page.url(), /as_of=4/);
  assert.match(page.url(), /effective=2019-12-31/);
  await close(page, "earlier");
});
