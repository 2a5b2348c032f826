// The ways people go through the viewer, gone in a browser against the product.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { barriers } from "./barriers.mjs";
import { PICTURES } from "./browser.mjs";
import { between } from "./server.mjs";
import { begin, close, end, kept, open, quiet, server, shown } from "./visit.mjs";

const BROKEN = new URL("../../data/sample/broken.geojson", import.meta.url).pathname;
/** What a first view may cost on a slow line, as sent. */
const FIRST_VIEW_BYTES = 600_000;
const PAGES = ["overview", "explore", "contribute", "report"];
const LANGUAGES = ["en", "km", "uk", "ja", "ar"];
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const PHONE = { width: 360, height: 740 };
const WIDE = { width: 1280, height: 900 };

/** What is shown within pages. */
const WAYS = [
  "overview?region=KH-2",
  "explore?area=KH-HA-000002",
  "explore?way=history",
  "explore?way=nearby",
  "explore?way=route",
  "contribute?from=draw",
  "contribute?from=traverse",
];

let browser;
before(async () => {
  browser = await begin();
});
after(end);

test("a token opens the programmes, and an unknown one is told", async () => {
  const page = await open("", { token: null });
  await page.goto(`${server.base}/viewer/#/sign-in`);
  await page.fill("#token", "sg_unknown");
  await page.click("main button[type=submit]");
  await page.waitForSelector("[role=alert]");
  await page.fill("#token", server.token);
  await page.click("main button[type=submit]");
  await page.waitForSelector(".figures");
  await close(page, "sign-in");
});

test("the overview shows regions, years and figures that open down to parcels and records", async () => {
  const page = await open("#/cambodia/overview");
  await page.waitForSelector(".legend");
  await shown(page);
  assert.equal(await page.locator(".chart svg").count(), 2);
  await page.screenshot({ path: `${PICTURES}overview.png`, fullPage: true });
  for (const kind of ["PNG", "CSV"]) {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page
        .getByRole("button", { name: new RegExp(`^${kind}`) })
        .first()
        .click(),
    ]);
    assert.match(download.suggestedFilename(), new RegExp(`\\.${kind.toLowerCase()}$`));
  }
  await page.locator(".regions tbody th a").first().click();
  await page.waitForRequest((request) => request.url().includes("hazardous-areas/tiles/"));
  await shown(page);
  await page.screenshot({ path: `${PICTURES}region.png`, fullPage: true });
  await page.click(".regions tbody td a");
  await page.waitForSelector(".parcels li");
  await shown(page);
  await page.screenshot({ path: `${PICTURES}parcels.png`, fullPage: true });
  await page.locator(".parcels a").first().click();
  await page.waitForSelector(".story li");
  await close(page);
});

test("an area is found by its words and by any property, and tells its story", async () => {
  const page = await open("#/cambodia/explore");
  await shown(page);
  await page.waitForSelector(".found li");
  await page.fill("#words", "KH-HA-000002");
  await page.press("#words", "Enter");
  await page.waitForFunction(() => document.querySelectorAll(".found li").length === 1);
  await page.fill("#words", "");
  await page.locator(".condition select").nth(2).selectOption("confirmed");
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".found small")].every((one) =>
      one.textContent.startsWith("confirmed"),
    ),
  );
  await page.screenshot({ path: `${PICTURES}explore.png`, fullPage: true });
  await page.locator(".found .entry").first().click();
  await page.waitForSelector(".story li");
  await page.locator(".story .link").first().click();
  await page.waitForTimeout(800);
  await close(page, "area");
});

/** Where an area is on the map of the page, and what the server says of it. */
async function areaOf(number) {
  const path = `/programmes/cambodia/collections/hazardous-areas/items/${number}`;
  const headers = { Authorization: `Bearer ${server.token}` };
  return (await fetch(`${server.base}${path}`, { headers })).json();
}

test("the map draws tiles of the revision that the list is of, and a click on an area opens it", async () => {
  const page = await open("#/cambodia/explore?area=KH-HA-000002");
  const tiles = [];
  page.on("request", (request) => {
    if (request.url().includes("/tiles/WebMercatorQuad/")) tiles.push(request);
  });
  await page.waitForSelector(".story li");
  await page.waitForTimeout(1500);
  await shown(page);
  assert.ok(tiles.length > 0);
  for (const tile of tiles) {
    assert.match(tile.url(), /revision=\d+$/);
    assert.equal(tile.headers().authorization, `Bearer ${server.token}`);
  }
  await page.screenshot({ path: `${PICTURES}tiles.png` });
  await page.locator(".panel button", { hasText: "Back" }).first().click();
  await page.waitForSelector(".found li");
  await quiet(page);
  const box = await page.locator(".maplibregl-canvas").boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForSelector(".story li");
  await close(page);
});

test("a condition chooses what the tiles show, and a day how it was then", async () => {
  const page = await open("#/cambodia/explore");
  await shown(page);
  const asked = page.waitForRequest(
    (request) =>
      request.url().includes("hazardous-areas/tiles/") && request.url().includes("q=KH-HA-000002&"),
  );
  await page.fill("#words", "KH-HA-000002");
  await page.press("#words", "Enter");
  await asked;
  const then = page.waitForRequest(
    (request) =>
      request.url().includes("/tiles/") && request.url().includes("effective=2015-06-30"),
  );
  await page.fill("#effective", "2015-06-30");
  await page.press("#effective", "Tab");
  await then;
  await close(page, "effective");
});

test("what one submits another sees without a reload", async () => {
  const [mine, theirs] = [
    await open("#/cambodia/contribute?from=draw"),
    await open("#/cambodia/explore"),
  ];
  await shown(mine);
  await shown(theirs);
  await theirs.waitForSelector(".found li");
  const before = await theirs.locator(".found li").count();
  await theirs.fill("#words", "LIVE-1");
  await theirs.press("#words", "Enter");
  await theirs.waitForFunction(() => document.querySelectorAll(".found li").length === 0);
  assert.ok(before > 0);
  const tile = theirs.waitForRequest((request) => request.url().includes("/tiles/"), {
    timeout: 60_000,
  });
  await mine.fill("#ring", "104.1, 12.5\n104.102, 12.5\n104.102, 12.502\n104.1, 12.502");
  const field = (name) => mine.locator(".fields label", { hasText: name }).locator("input, select");
  await field("Number").first().fill("LIVE-1");
  await field("Classification").selectOption("suspected");
  await field("Identified on").fill("2024-05-01");
  await mine.locator("main form button[type=submit]").click();
  await mine.locator("button", { hasText: "Submit" }).click();
  await mine.waitForSelector(".done");
  await theirs.waitForSelector(".found li");
  await tile;
  assert.match(await theirs.locator(".notice").textContent(), /Updated/);
  await theirs.screenshot({ path: `${PICTURES}live.png` });
  await close(mine);
  await close(theirs);
});

test("an operator's map lies under the records, and nobody else is asked", async () => {
  const file = `${server.folder}/map.pmtiles`;
  await server.tiles("cambodia", file);
  const mapped = await server.over(file);
  const parts = [];
  const page = await open("#/cambodia/explore", { base: mapped.base });
  page.on("response", (response) => {
    if (response.url().endsWith("/basemap.pmtiles")) parts.push(response.status());
  });
  await page.reload();
  await shown(page);
  assert.ok(parts.length > 1 && parts.every((status) => status === 206), String(parts));
  assert.match(await page.locator(".maplibregl-ctrl-attrib").textContent(), /© Mappers/);
  await close(page, "basemap");
  mapped.stop();
});

test("raster tiles of the server that the operator names are asked for, and of no other", async () => {
  const mapped = await server.over("https://tiles.example.org/{z}/{x}/{y}.png");
  const page = await open("#/cambodia/explore", {
    base: mapped.base,
    friends: ["https://tiles.example.org/"],
    serviceWorkers: "block",
  });
  let tiles = 0;
  await page.route("https://tiles.example.org/**", (route) => {
    tiles += 1;
    const headers = { "Access-Control-Allow-Origin": "*" };
    return route.fulfill({ contentType: "image/png", headers, body: PIXEL });
  });
  await page.reload();
  await shown(page);
  assert.ok(tiles > 0, "tiles of the operator's map are drawn");
  await close(page);
  mapped.stop();
});

test("the history of the land of a region is played day by day", async () => {
  const page = await open("#/cambodia/explore?way=history");
  await shown(page);
  await page.locator("#history-region").selectOption("KH-2");
  await page.waitForSelector("#day:not([disabled])");
  const last = await page.locator("output").textContent();
  await page.locator(".panel button", { hasText: "Play" }).click();
  await page.waitForFunction((day) => document.querySelector("output").textContent !== day, last);
  await page.locator(".panel button", { hasText: "Pause" }).click();
  await close(page, "history");
});

test("hazards near a place and along a route are listed with their distances", async () => {
  const page = await open("#/cambodia/explore?way=nearby");
  await shown(page);
  const area = await (
    await fetch(`${server.base}/programmes/cambodia/collections/hazardous-areas/items?limit=1`, {
      headers: { Authorization: `Bearer ${server.token}` },
    })
  ).json();
  const [lon, lat] = area.features[0].geometry.coordinates.flat(Infinity);
  await page.fill("#lon", String(lon));
  await page.fill("#lat", String(lat));
  await page.locator("main form button[type=submit]").click();
  await page.waitForSelector(".found li");
  assert.match(await page.locator(".found strong").first().textContent(), /Inside/);
  await page.screenshot({ path: `${PICTURES}nearby.png` });
  await page.locator(".tabs button", { hasText: "Route" }).click();
  await page.fill("#route", `${lon - 0.05}, ${lat - 0.05}\n${lon + 0.001}, ${lat + 0.001}`);
  await page.locator("main form button[type=submit]").click();
  await page.waitForSelector(".found li");
  await page.waitForTimeout(800);
  await close(page, "route");
});

test("a route is drawn on the map with the pointer", async () => {
  const page = await open("#/cambodia/explore?way=route");
  await shown(page);
  await page.locator(".panel button", { hasText: "Draw" }).click();
  await page.waitForTimeout(700);
  const box = await page.locator(".maplibregl-canvas").boundingBox();
  const at = [
    [0.3, 0.3],
    [0.4, 0.35],
    [0.5, 0.3],
  ].map(([x, y]) => [box.x + x * box.width, box.y + y * box.height]);
  for (const [x, y] of [...at, at.at(-1)]) {
    await page.mouse.move(x, y);
    await page.mouse.click(x, y);
    await page.waitForTimeout(350);
  }
  await page.waitForFunction(() => document.querySelector("#route").value.split("\n").length >= 3);
  await close(page);
});

test("a file is checked without sending, mended in place, submitted and followed", async () => {
  const page = await open("#/cambodia/contribute");
  await shown(page);
  const before = await page.locator(".sent tbody tr").count();
  await page.setInputFiles("#file", BROKEN);
  await page.waitForSelector(".finding");
  await page.waitForTimeout(800);
  await page.screenshot({ path: `${PICTURES}contribute-findings.png`, fullPage: true });
  const errors = () => page.locator(".finding.error").count();
  let left = await errors();
  assert.ok(left >= 4, "the broken sample has errors");
  const mended = async (act) => {
    await act();
    await page.waitForFunction(
      (many) =>
        document.querySelector(".findings") !== null &&
        document.querySelectorAll(".finding.error").length < many,
      left,
    );
    left = await errors();
  };
  await mended(() =>
    page
      .locator(".finding", { hasText: "swapped" })
      .getByText("Take the suggestion")
      .first()
      .click(),
  );
  await mended(async () => {
    await page
      .locator(".finding", { hasText: "not in the code list" })
      .getByText("Change")
      .first()
      .click();
    await page.locator(".finding select").selectOption("suspected");
  });
  await mended(async () => {
    const finding = page.locator(".finding.error", { hasText: "crosses itself" });
    await finding.getByText("Change the boundary").click();
    await finding
      .locator("textarea")
      .fill(
        "102.610137, 12.850241\n102.620137, 12.850241\n102.620137, 12.860241\n102.610137, 12.860241\n102.610137, 12.850241",
      );
    await finding.getByText("Use this boundary").click();
  });
  assert.equal(await page.locator(".sent tbody tr").count(), before, "a check writes nothing");
  await page.locator("label", { hasText: "Leave out" }).locator("input").check();
  await page.locator("button", { hasText: "Submit" }).click();
  await page.waitForSelector(".done");
  await page.waitForFunction(
    (many) => document.querySelectorAll(".sent tbody tr").length > many,
    before,
  );
  await close(page, "contribute-sent");
});

test("what is found is said in the language of the page, and the server's words stay below", async () => {
  for (const language of ["uk", "ar", "km", "ja"]) {
    const page = await open("#/cambodia/contribute", { language });
    await shown(page);
    await page.setInputFiles("#file", BROKEN);
    await page.waitForSelector(".finding");
    const [said, detail] = await page
      .locator(".finding")
      .first()
      .locator("p")
      .allTextContents()
      .then((all) => all.slice(1));
    assert.doesNotMatch(said, /[{}]/);
    assert.notEqual(said, detail);
    assert.equal(await page.locator(".finding").first().locator("[lang=en]").count(), 1);
    await close(page, `findings-${language}`);
  }
});

test("a file of another format is checked as it is, and what is found is on the map", async () => {
  const page = await open("#/cambodia/contribute");
  await shown(page);
  const rows = [
    "local_id,name,classification,identified_on,geometry",
    'CSV-1,First,suspected,2024-05-01,"POLYGON((104 12.5,104.002 12.502,104.002 12.5,104 12.502,104 12.5))"',
    'CSV-2,Second,suspected,2024-05-01,"POLYGON((104.1 12.5,104.102 12.5,104.102 12.502,104.1 12.5))"',
  ];
  const buffer = Buffer.from(rows.join("\r\n"));
  await page.setInputFiles("#file", { name: "areas.csv", mimeType: "text/csv", buffer });
  await page.waitForSelector(".finding.error");
  const crossing = page.locator(".finding.error").first();
  assert.equal(await crossing.getByText("Change the boundary").count(), 0);
  await crossing.getByText("Show on the map").click();
  await page.waitForTimeout(600);
  await close(page, "contribute-csv");
});

test("a boundary measured by bearing and distance becomes a record", async () => {
  const page = await open("#/cambodia/contribute?from=traverse");
  await shown(page);
  const numbers = page.locator("main form input[type=number]");
  await numbers.nth(0).fill("103.1");
  await numbers.nth(1).fill("13.2");
  await page.fill("#legs", "90, 120\n180, 80\n270, 120\n0, 80");
  await page.getByText("Show on the map").click();
  await page.waitForFunction(() =>
    /400/.test(document.querySelector("main form [role=status]").textContent),
  );
  const field = (name) => page.locator(".fields label", { hasText: name }).locator("input, select");
  await field("Number").first().fill("TRAVERSE-1");
  await field("Classification").selectOption("suspected");
  await field("Identified on").fill("2024-05-01");
  await page.locator("main form button[type=submit]").click();
  await page.waitForSelector("button:has-text('Submit')");
  await page.waitForTimeout(800);
  await close(page, "traverse");
});

test("the balance is a page to print with its revision and parameters on it", async () => {
  const page = await open("#/cambodia/report?by=region&from=2020-01-01&to=2020-12-31");
  await shown(page);
  const origin = await page.locator(".origin").textContent();
  for (const word of ["Revision", "2020", "group_by=region"])
    assert.ok(origin.includes(word), word);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("header.top").isVisible(), false);
  await page.pdf({ path: `${PICTURES}report.pdf`, format: "A4", landscape: true });
  await close(page, "report");
});

test("what a role may not do is not there", async () => {
  const page = await open("#/ukraine/overview", { token: server.reader });
  await shown(page);
  const pages = await page.locator("nav a").allTextContents();
  assert.deepEqual(pages, ["Overview", "Explore", "Report"]);
  await close(page, "overview-ukraine");
});

test("nothing serious is in the way of people who cannot see or point", async () => {
  for (const [language, viewport] of [
    ["en", WIDE],
    ["en", PHONE],
    ["ar", WIDE],
    ["ar", PHONE],
  ]) {
    for (const name of [...PAGES, "parcels", ...WAYS]) {
      const page = await open(`#/cambodia/${name}`, { language, viewport });
      await shown(page);
      await page.waitForTimeout(300);
      assert.deepEqual(await barriers(page), [], `${name} in ${language} at ${viewport.width}`);
      await close(page);
    }
  }
});

test("nothing serious is in the way of people who mend what was found, or sign in", async () => {
  for (const [language, viewport] of [
    ["en", WIDE],
    ["ar", PHONE],
  ]) {
    const page = await open("#/cambodia/contribute", { language, viewport });
    await shown(page);
    await page.setInputFiles("#file", BROKEN);
    await page.waitForSelector(".finding");
    await quiet(page);
    assert.deepEqual(await barriers(page), [], `findings in ${language}`);
    await page.goto(`${server.base}/viewer/#/sign-in`);
    await page.waitForSelector("#token");
    assert.deepEqual(await barriers(page), [], `sign-in in ${language}`);
    await close(page);
  }
});

test("the pages are reached with the keyboard alone", async () => {
  const page = await open("#/cambodia/overview");
  await shown(page);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await close(page);
});

test("every page speaks every language, from right to left where it is so written", async () => {
  for (const language of LANGUAGES) {
    for (const name of PAGES) {
      const page = await open(`#/cambodia/${name}`, { language });
      await shown(page);
      const direction = language === "ar" ? "rtl" : "ltr";
      assert.deepEqual(
        await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]),
        [language, direction],
      );
      await close(page, `${name}-${language}`);
    }
  }
});

test("a phone of 360 pixels shows every page without scrolling sideways", async () => {
  for (const language of ["en", "uk", "ar"]) {
    for (const name of [...PAGES, "parcels"]) {
      const page = await open(`#/cambodia/${name}`, { viewport: PHONE, language });
      await shown(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= PHONE.width, `${name} in ${language} is ${wide} pixels wide`);
      await close(page, `phone-${name}-${language}`);
    }
  }
});

test("the first view costs at most 600 kB as sent", async () => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const fresh = await context.newPage();
  const session = await context.newCDPSession(fresh);
  await session.send("Network.enable");
  let bytes = 0;
  const seen = [];
  session.on("Network.requestWillBeSent", (event) => seen.push(event.request.url));
  session.on("Network.loadingFinished", (event) => {
    bytes += event.encodedDataLength;
  });
  await fresh.addInitScript(
    (secret) => sessionStorage.setItem("safeground.token", secret),
    server.token,
  );
  await fresh.goto(`${server.base}/viewer/`);
  await fresh.waitForSelector(".legend");
  await fresh.waitForTimeout(3000);
  console.log(`first view: ${Math.round(bytes / 1000)} kB`);
  assert.ok(
    seen.some((url) => url.includes("worker")),
    "the worker of the map is counted",
  );
  assert.ok(bytes <= FIRST_VIEW_BYTES, `${bytes} bytes`);
  await context.close();
});

test("an update of the viewer is told, and files of the build before are let go", async () => {
  const middle = await between(server.base, (path, text) =>
    path === "/viewer/offline.js" && middle.isNewer ? `${text}\n// newer` : text,
  );
  const page = await open("#/cambodia/overview", { base: middle.base });
  await shown(page);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.reload();
  await shown(page);
  await page.evaluate(async () => {
    const cache = await caches.open("safeground-viewer-1");
    await cache.put("/viewer/assets/of-the-build-before.js", new Response(""));
  });
  assert.equal(await page.locator(".update button").count(), 0);
  middle.isNewer = true;
  await page.evaluate(async () =>
    (await navigator.serviceWorker.getRegistration("/viewer")).update(),
  );
  await page.waitForSelector(".update button");
  await page.waitForFunction(async () => {
    const cache = await caches.open("safeground-viewer-1");
    const names = (await cache.keys()).map((one) => new URL(one.url).pathname);
    const isOld = (name) => name.endsWith("of-the-build-before.js");
    return !names.some(isOld) && names.some((name) => name.startsWith("/viewer/assets/"));
  });
  await close(page);
  middle.stop();
});

test("no other programme is shown under the name of one that is not there, and a silent server is told", async () => {
  const page = await open("#/atlantis/overview", { token: null });
  await page.waitForSelector("[role=alert]:has-text('atlantis')");
  assert.equal(await page.locator(".figures").count(), 0);
  await page.locator("main a", { hasText: "Cambodia" }).click();
  await page.waitForSelector(".figures");
  await close(page, "not-there");
  const mistyped = await open("#/cambodia%/overview", { token: null });
  await mistyped.waitForSelector("[role=alert]:has-text('cambodia%')");
  await close(mistyped);
  const unreachable = await open("#/cambodia/overview");
  await shown(unreachable);
  await unreachable.context().route("**/programmes", (route) => route.fulfill({ status: 502 }));
  await unreachable.reload();
  await unreachable.waitForSelector("main [role=alert]");
  assert.equal(await unreachable.locator("#token").count(), 0, "no token is asked for");
  await unreachable.context().close();
});

test("a chosen area is read without a connection, on pages that were not opened before", async () => {
  const page = await open("#/cambodia/overview");
  await kept(page);
  await page.context().setOffline(true);
  await page.reload();
  await page.waitForSelector(".figures");
  const go = async (hash, seen) => {
    await page.evaluate((next) => {
      location.hash = next;
    }, hash);
    await page.waitForSelector(seen);
  };
  await go("#/cambodia/explore", ".found li");
  await page.screenshot({ path: `${PICTURES}offline.png`, fullPage: true });
  await go("#/cambodia/explore?area=KH-HA-000002", ".story li");
  await go("#/cambodia/explore?way=route", "#route");
  await go("#/cambodia/explore?way=nearby", "#lon");
  await page.context().close();
});
