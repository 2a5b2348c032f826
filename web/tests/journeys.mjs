// The ways people go through the viewer, gone in a browser against the product.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { launch, PICTURES } from "./browser.mjs";
import { serve } from "./server.mjs";

const AXE = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const BROKEN = new URL("../../data/sample/broken.geojson", import.meta.url).pathname;
/** What a first view may cost on a slow line, as sent. */
const FIRST_VIEW_BYTES = 600_000;
const PAGES = ["overview", "explore", "contribute", "report"];
const LANGUAGES = ["en", "km", "uk", "ja", "ar"];
const PHONE = { width: 360, height: 740 };

let server;
let browser;

before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.stop();
});

async function open(hash, { token = server.token, language = "en", viewport = { width: 1280, height: 900 }, ...options } = {}) {
  const context = await browser.newContext({ viewport, locale: language, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.strangers = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(server.base) && !/^(blob|data):/.test(url)) page.strangers.push(url);
  });
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) page.faults.push(message.text());
  });
  await page.addInitScript(
    ([secret, chosen]) => {
      if (secret !== null) sessionStorage.setItem("safeground.token", secret);
      if (localStorage.getItem("safeground.language") === null) localStorage.setItem("safeground.language", chosen);
    },
    [token, language],
  );
  await page.goto(`${server.base}/viewer/${hash}`);
  return page;
}

async function shown(page) {
  await page.waitForSelector("main h1", { state: "attached" });
  await page.waitForFunction(() => document.querySelector(".map") === null || document.querySelector(".maplibregl-canvas") !== null);
  await page.waitForLoadState("networkidle");
}

async function close(page, name) {
  if (name !== undefined) await page.screenshot({ path: `${PICTURES}${name}.png`, fullPage: true });
  assert.deepEqual(page.faults, [], "the page failed at something");
  assert.deepEqual(page.strangers, [], "somebody else was asked");
  await page.context().close();
}

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
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: new RegExp(`^${kind}`) }).first().click()]);
    assert.match(download.suggestedFilename(), new RegExp(`\\.${kind.toLowerCase()}$`));
  }
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
  await page.waitForFunction(() => [...document.querySelectorAll(".found small")].every((one) => one.textContent.startsWith("confirmed")));
  await page.screenshot({ path: `${PICTURES}explore.png`, fullPage: true });
  await page.locator(".found .entry").first().click();
  await page.waitForSelector(".story li");
  await page.locator(".story .link").first().click();
  await page.waitForTimeout(800);
  await close(page, "area");
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
  const area = await (await fetch(`${server.base}/programmes/cambodia/collections/hazardous-areas/items?limit=1`, { headers: { Authorization: `Bearer ${server.token}` } })).json();
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
  const at = [[0.3, 0.3], [0.4, 0.35], [0.5, 0.3]].map(([x, y]) => [box.x + x * box.width, box.y + y * box.height]);
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
    await page.waitForFunction((many) => document.querySelectorAll(".finding.error").length < many, left);
    left = await errors();
  };
  await mended(() => page.locator(".finding", { hasText: "swapped" }).getByText("Take the suggestion").first().click());
  await mended(async () => {
    await page.locator(".finding", { hasText: "not in the code list" }).getByText("Change").first().click();
    await page.locator(".finding select").selectOption("suspected");
  });
  await mended(async () => {
    const finding = page.locator(".finding.error", { hasText: "crosses itself" });
    await finding.getByText("Change the boundary").click();
    await finding.locator("textarea").fill("102.610137, 12.850241\n102.620137, 12.850241\n102.620137, 12.860241\n102.610137, 12.860241\n102.610137, 12.850241");
    await finding.getByText("Use this boundary").click();
  });
  assert.equal(await page.locator(".sent tbody tr").count(), before, "a check writes nothing");
  await page.locator("label", { hasText: "Leave out" }).locator("input").check();
  await page.locator("button", { hasText: "Submit" }).click();
  await page.waitForSelector(".done");
  await page.waitForFunction((many) => document.querySelectorAll(".sent tbody tr").length > many, before);
  await close(page, "contribute-sent");
});

test("a boundary measured by bearing and distance becomes a record", async () => {
  const page = await open("#/cambodia/contribute?from=traverse");
  await shown(page);
  const numbers = page.locator("main form input[type=number]");
  await numbers.nth(0).fill("103.1");
  await numbers.nth(1).fill("13.2");
  await page.fill("#legs", "90, 120\n180, 80\n270, 120\n0, 80");
  await page.getByText("Show on the map").click();
  await page.waitForFunction(() => /400/.test(document.querySelector("main form [role=status]").textContent));
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
  for (const word of ["Revision", "2020", "group_by=region"]) assert.ok(origin.includes(word), word);
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
  for (const name of [...PAGES, "parcels"]) {
    const page = await open(`#/cambodia/${name}`);
    await shown(page);
    await page.waitForTimeout(300);
    // Put in through the debugger, since the policy of the page lets no other script run.
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
    const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact));
    assert.deepEqual(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`), [], name);
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
      assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), [language, direction]);
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
  const page = await open("about:blank".slice(0, 0), { token: server.token });
  await page.context().close();
  const context = await browser.newContext({ serviceWorkers: "block" });
  const fresh = await context.newPage();
  const session = await context.newCDPSession(fresh);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
  await fresh.addInitScript((secret) => sessionStorage.setItem("safeground.token", secret), server.token);
  await fresh.goto(`${server.base}/viewer/`);
  await fresh.waitForSelector(".legend");
  await fresh.waitForLoadState("networkidle");
  // The worker of the map has a session of its own in the debugger; its file is counted by hand.
  const worker = await fresh.evaluate(async () => {
    const address = performance.getEntriesByType("resource").map((one) => one.name).find((name) => name.includes("worker"));
    return address === undefined ? 0 : Number((await fetch(address)).headers.get("content-length"));
  });
  console.log(`first view: ${Math.round((bytes + worker) / 1000)} kB`);
  assert.ok(bytes + worker <= FIRST_VIEW_BYTES, `${bytes + worker} bytes`);
  await context.close();
});

test("a chosen area is read without a connection", async () => {
  const page = await open("#/cambodia/overview");
  await shown(page);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.reload();
  await shown(page);
  await page.getByRole("button", { name: "Keep for offline reading" }).click();
  await page.waitForFunction(() => document.querySelector("[role=status]").textContent.startsWith("Kept"), null, { timeout: 60_000 });
  for (const name of ["explore", "overview"]) {
    await page.goto(`${server.base}/viewer/#/cambodia/${name}`);
    await shown(page);
  }
  await page.context().setOffline(true);
  await page.reload();
  await page.waitForSelector(".figures");
  await page.evaluate(() => { location.hash = "#/cambodia/explore"; });
  await page.waitForSelector(".found li");
  await page.screenshot({ path: `${PICTURES}offline.png`, fullPage: true });
  await page.context().close();
});
