// The example pages, opened in a browser against the product. Libraries come from beside the pages.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { serve } from "../../web/tests/server.mjs";

const FOLDER = new URL(".", import.meta.url);
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
};
/** A processor draws what a graphics card would; on a busy machine that takes its time. */
const WITHIN_MS = 120_000;

let product, pages, origin, browser;

before(async () => {
  product = await serve();
  pages = createServer((request, response) => {
    const path = new URL(request.url, "http://pages").pathname;
    const file = new URL(`.${path}`, FOLDER);
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" });
    response.end(readFileSync(file));
  });
  await new Promise((ready) => pages.listen(0, "127.0.0.1", ready));
  origin = `http://127.0.0.1:${pages.address().port}`;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? BROWSERS.find((path) => existsSync(path)),
    args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
  });
});
after(async () => {
  await browser?.close();
  pages?.close();
  product?.stop();
});

/** Opens an example, which may ask nobody but the product and may not fail. */
async function open(file, programme, token) {
  const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  page.setDefaultTimeout(WITHIN_MS);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (line) => line.type() === "error" && page.faults.push(line.text()));
  page.on("request", (request) => {
    const url = request.url();
    if (![origin, product.base, "blob:", "data:"].some((known) => url.startsWith(known)))
      page.faults.push(`asks ${url}`);
  });
  const question = new URLSearchParams({ programme: `${product.base}/programmes/${programme}` });
  if (token !== undefined) question.set("token", token);
  // The browser asks for this icon by itself.
  await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
  await page.goto(`${origin}/${file}?${question}`);
  return page;
}

async function matched(programme, token, question) {
  const headers = { Authorization: `Bearer ${token}` };
  const path = `/programmes/${programme}/collections/hazardous-areas/items?limit=1&${question}`;
  return (await (await fetch(product.base + path, { headers })).json()).numberMatched;
}

async function closed(page) {
  assert.deepEqual(page.faults, []);
  await page.close();
}

for (const [programme, reads] of [
  ["cambodia", () => undefined],
  ["ukraine", () => product.reader],
]) {
  test(`MapLibre draws the style and tells an area of ${programme}`, async () => {
    const page = await open("maplibre.html", programme, reads());
    await page.waitForFunction("map.loaded?.() && map.areTilesLoaded()");
    const drawn = "map.queryRenderedFeatures().filter((it) => it.sourceLayer?.startsWith('hazardous-areas'))";
    assert.ok((await page.evaluate(`${drawn}.length`)) > 50, "areas are drawn");
    const at = await page.evaluate(`(() => {
      const area = ${drawn}.find((it) => it.properties.local_id && it.geometry.type === "Point");
      const { x, y } = map.project(area.geometry.coordinates);
      return { x, y };
    })()`);
    await page.mouse.click(at.x, at.y);
    const popup = page.locator(".maplibregl-popup-content");
    await popup.waitFor();
    assert.match(await popup.innerText(), /: (suspected|confirmed), [\d.]+ ha still hazardous/);
    await closed(page);
  });

  test(`Leaflet draws what is in view of ${programme} and says how much there is`, async () => {
    const page = await open("leaflet.html", programme, reads());
    await page.waitForFunction("/^\\d+ of \\d+ areas/.test(told.textContent)");
    const count = await matched(programme, product.token, "filter=remaining_m2%20%3E%200");
    assert.equal(await page.innerText("#told"), `${count} of ${count} areas on record here`);
    assert.equal(await page.evaluate("areas.getLayers().length"), count);
    await page.evaluate("void areas.getLayers()[0].openPopup()");
    assert.match(await page.innerText(".leaflet-popup-content"), /: (suspected|confirmed)/);
    await closed(page);
  });

  test(`OpenLayers draws tiles and records of ${programme}`, async () => {
    const page = await open("openlayers.html", programme, reads());
    const inView = "tiles.getFeaturesInExtent(map.getView().calculateExtent())";
    await page.waitForFunction(`map.getView().isDef() && ${inView}.length > 50`);
    await page.evaluate(`(() => {
      const [area] = ${inView};
      map.getView().setCenter(ol.extent.getCenter(area.getExtent()));
      map.getView().setZoom(14);
    })()`);
    await page.waitForFunction("records.getSource().getFeatures().length > 0");
    const [one] = await page.evaluate("records.getSource().getFeatures().map((it) => it.get('local_id'))");
    assert.match(one, /-HA-/);
    await closed(page);
  });
}
