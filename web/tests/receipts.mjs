// What was sent, opened again: its receipt, from the table, by its address, and by what does not go well.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { barriers } from "./barriers.mjs";
import { PICTURES } from "./browser.mjs";
import { begin, close, end, open, quiet, server, shown } from "./visit.mjs";

const PHONE = { width: 360, height: 740 };
const WIDE = { width: 1280, height: 900 };
const SUBMISSIONS = "/programmes/cambodia/submissions";
/** More than the table lists at first. */
const EARLIER = 25;

function area(number, west, digits) {
  const corner = (dx, dy) => [west + dx, 13.2 + dy].map((one) => Number(one.toFixed(digits)));
  const ring = [corner(0, 0), corner(0.01, 0), corner(0.01, 0.01), corner(0, 0.01), corner(0, 0)];
  return {
    type: "Feature",
    properties: {
      local_id: number,
      name: `Invented ${number}`,
      classification: "suspected",
      identified_on: "2024-05-01",
    },
    geometry: { type: "Polygon", coordinates: [ring] },
  };
}

const written = (...features) => JSON.stringify({ type: "FeatureCollection", features });

/** Sends records as another programme would, and tells the number of the submission. */
async function send(body, query = "") {
  const headers = { Authorization: `Bearer ${server.token}`, "Content-Type": "application/json" };
  const address = `${server.base}${SUBMISSIONS}?collection=hazardous-areas${query}`;
  const answer = await fetch(address, { method: "POST", headers, body });
  return (await answer.json()).submission;
}

before(async () => {
  await begin();
  for (let number = 1; number <= EARLIER; number += 1)
    await send(written(area(`EARLIER-${number}`, 102.8 + number * 0.02137, 6)));
});
after(end);

/** A file whose first area has rounded coordinates, which is questioned. */
const QUESTIONED = written(area("ROUNDED-1", 103.61, 2), area("EXACT-1", 103.641237, 6));
const LINKS = ".sent tbody th a";
const addressOf = (id) => `#/cambodia/contribute?submission=${id}`;

/** Submits what gives warnings from the page, and tells the number of the submission. */
async function submitted(page, text) {
  const file = { name: "areas.geojson", mimeType: "application/geo+json" };
  await page.setInputFiles("#file", { ...file, buffer: Buffer.from(text) });
  await page.waitForSelector(".finding.warning");
  await page.locator("button", { hasText: "Submit" }).click();
  await page.waitForSelector(".done");
  return (await page.locator(".done").textContent()).match(/[0-9a-f-]{36}/)[0];
}

test("what was sent opens its receipt, which is an address of its own, and older ones open too", async () => {
  const page = await open("#/cambodia/contribute");
  await shown(page);
  assert.equal(await page.locator(LINKS).count(), 20);
  const id = await submitted(page, QUESTIONED);
  await page.waitForFunction(
    (sent) => document.querySelector(".sent tbody code").textContent === sent,
    id,
  );
  await page.screenshot({ path: `${PICTURES}receipt-table.png`, fullPage: true });
  await page.locator(LINKS).first().focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector(".panel .finding");
  assert.ok(page.url().endsWith(addressOf(id)), page.url());
  const seen = async () => {
    await page.waitForSelector(".panel .finding");
    await shown(page);
    assert.match(await page.locator(".panel [role=status]").first().textContent(), /^applied/);
    assert.match(await page.locator(".receipt").textContent(), /Records read2/);
    assert.match(await page.locator(".finding").first().textContent(), /ROUNDED-1/);
    assert.equal(await page.locator(".finding button", { hasText: "Change" }).count(), 0);
    assert.equal(await page.locator(".sent [aria-current]").count(), 1);
    assert.match(await page.title(), /^Receipt of a submission/);
  };
  await seen();
  const rows = page.locator(".glance tbody tr");
  assert.equal(await rows.count(), await page.locator(".finding").count());
  await rows.first().locator("button").click();
  await page.waitForFunction(() => document.activeElement.classList.contains("finding"));
  await page.waitForTimeout(700);
  await page.screenshot({ path: `${PICTURES}receipt.png`, fullPage: true });
  await page.reload();
  await seen();
  await page.locator(".sent button", { hasText: "older" }).click();
  await page.waitForFunction((links) => document.querySelectorAll(links).length > 20, LINKS);
  await page.locator(LINKS).nth(22).click();
  await page.waitForFunction((sent) => !location.hash.includes(sent), id);
  await page.waitForSelector(".receipt dl");
  await shown(page);
  assert.equal(await page.locator(".finding").count(), 0);
  assert.match(await page.locator(".panel").textContent(), /Nothing was found/);
  await page.goBack();
  await seen();
  await page.goBack();
  await page.waitForSelector("#file", { state: "attached" });
  await shown(page);
  const focused = () => page.evaluate(() => document.activeElement.closest("tr")?.textContent);
  assert.ok((await focused()).includes(id), "who comes back is where the receipt was opened");
  await close(page);
});

test("a finding is chosen on the map of a receipt, as in a check", async () => {
  const id = await send(written(area("ROUNDED-2", 103.71, 2)));
  const page = await open(addressOf(id));
  await page.waitForSelector(".panel .finding");
  await shown(page);
  await page.waitForTimeout(900);
  const box = await page.locator(".maplibregl-canvas").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  // The map shows the area whole: what was found is at its first corner, which is to the south-west.
  const scale = (box.height - 120) / 0.01 / (1 / Math.cos((13.2 * Math.PI) / 180));
  const half = 0.005 * Math.min(scale, (box.width - 120) / 0.01);
  await page.mouse.click(x - half, y + half / Math.cos((13.2 * Math.PI) / 180));
  await page.waitForFunction(() => document.activeElement.classList.contains("finding"));
  await close(page, "receipt-map");
});

test("a receipt is taken away as it was answered, and the file as it was sent", async () => {
  const body = written(area("ROUNDED-3", 103.81, 2));
  const id = await send(body);
  const page = await open(addressOf(id));
  await page.waitForSelector(".receipt dl");
  const taken = async (words) => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: words }).click(),
    ]);
    const path = `${PICTURES}${download.suggestedFilename()}`;
    await download.saveAs(path);
    return readFileSync(path, "utf8");
  };
  const headers = { Authorization: `Bearer ${server.token}` };
  const answer = await fetch(`${server.base}${SUBMISSIONS}/${id}`, { headers });
  const receipt = JSON.parse(await taken("Save the receipt (JSON)"));
  assert.deepEqual(receipt, await answer.json());
  assert.equal(receipt.submission, id);
  assert.equal(await taken("Save the file as it was sent"), body);
  await page.getByRole("link", { name: "Show the records as of then" }).click();
  await page.waitForSelector(".found li");
  assert.match(page.url(), /as_of=\d+/);
  await close(page);
});

test("the outcome leads to the receipt, also of what was rejected, and unsent work is not lost", async () => {
  const page = await open("#/cambodia/contribute");
  await shown(page);
  const id = await submitted(page, written(area("ROUNDED-4", 103.91, 2)));
  await page.getByRole("link", { name: "Open the receipt" }).click();
  await page.waitForSelector(".panel .finding");
  assert.ok(page.url().endsWith(addressOf(id)));
  await page.getByRole("link", { name: "Back to sending records" }).click();
  await shown(page);
  assert.equal(await page.locator(".finding").count(), 0, "what was sent is not offered again");
  const crossing = area("CROSSING-1", 104.012345, 6);
  const [a, b, c, d] = crossing.geometry.coordinates[0];
  crossing.geometry.coordinates = [[a, c, b, d, a]];
  const file = { name: "crossing.geojson", mimeType: "application/geo+json" };
  await page.setInputFiles("#file", { ...file, buffer: Buffer.from(written(crossing)) });
  await page.waitForSelector(".finding.error");
  const rejected = await send(written(crossing));
  await page.goto(`${server.base}/viewer/${addressOf(rejected)}`);
  await page.waitForSelector(".state.rejected");
  await page.waitForSelector(".panel .finding.error");
  assert.match(await page.locator(".panel").textContent(), /Nothing of it was recorded/);
  await shown(page);
  await page.screenshot({ path: `${PICTURES}receipt-rejected.png`, fullPage: true });
  await page.goBack();
  await page.waitForSelector(".finding.error");
  assert.ok((await page.getByText("Change the boundary").count()) > 0, "it can still be mended");
  await close(page);
});

test("a submission that waits for a decision shows its state as soon as it has one", async () => {
  const id = await send(written(area("WAITING-1", 104.112345, 6)));
  const page = await open("#/cambodia/overview", { serviceWorkers: "block" });
  let isDecided = false;
  const undecided = (one) =>
    one.submission === id ? { ...one, status: "received", revision: null } : one;
  await page.route(`**${SUBMISSIONS}?*`, async (route) => {
    const answer = await route.fetch();
    const told = await answer.json();
    if (!isDecided) told.submissions = told.submissions.map(undecided);
    return route.fulfill({ response: answer, json: told });
  });
  await page.route(`**${SUBMISSIONS}/${id}`, async (route) => {
    const answer = await route.fetch();
    const { findings, features, applied, outcome, ...told } = await answer.json();
    const json = isDecided ? { ...told, findings, features, applied, outcome } : undecided(told);
    return route.fulfill({ response: answer, json });
  });
  await page.goto(`${server.base}/viewer/${addressOf(id)}`);
  await page.waitForSelector(".panel .state.received");
  await page.waitForSelector(".sent .state.received");
  assert.match(await page.locator(".panel").textContent(), /waits for a decision/);
  await page.locator(".sent [aria-current]").focus();
  isDecided = true;
  await page.waitForSelector(".panel .state.applied", { timeout: 15_000 });
  await page.waitForSelector(".sent tr.chosen .state.applied", { timeout: 15_000 });
  const focused = await page.evaluate(() => document.activeElement.getAttribute("aria-current"));
  assert.equal(focused, "true", "the row keeps the focus");
  await close(page);
});

test("what cannot be read says why", async () => {
  const unknown = await open(addressOf("018f0000-0000-7000-8000-000000000000"));
  await unknown.waitForSelector(".panel [role=alert]");
  assert.match(await unknown.locator(".panel [role=alert]").textContent(), /No submission of this/);
  await shown(unknown);
  await close(unknown, "receipt-unknown");
  for (const token of [server.reader, null]) {
    const programme = token === null ? "cambodia" : "ukraine";
    for (const rest of ["", "?submission=018f0000-0000-7000-8000-000000000000"]) {
      const page = await open(`#/${programme}/contribute${rest}`, { token });
      await page.waitForSelector(".sent [role=alert]");
      await shown(page);
      const words = await page.locator("[role=alert]").allTextContents();
      for (const one of words.filter((told) => told !== ""))
        assert.match(one, /Only those who may send records/);
      assert.equal(await page.getByText("Save the file as it was sent").count(), 0);
      await close(page, rest === "" ? undefined : "receipt-refused");
    }
  }
});

test("without a connection it is said, and asked again when there is one", async () => {
  const id = await send(written(area("AWAY-1", 104.212345, 6)));
  const page = await open("#/cambodia/contribute", { serviceWorkers: "block" });
  await shown(page);
  await page.route(`**${SUBMISSIONS}**`, (route) => route.abort());
  await page.goto(`${server.base}/viewer/${addressOf(id)}`);
  await page.waitForSelector(".panel [role=alert]");
  await page.waitForSelector(".sent [role=alert]");
  assert.match(await page.locator(".panel [role=alert]").textContent(), /no connection/);
  await page.screenshot({ path: `${PICTURES}receipt-offline.png`, fullPage: true });
  await page.unroute(`**${SUBMISSIONS}**`);
  await page.locator(".panel button", { hasText: "Try again" }).click();
  await page.waitForSelector(".receipt dl");
  await page.locator(".sent button", { hasText: "Try again" }).click();
  await page.waitForSelector(".sent tr.chosen");
  page.faults.length = 0;
  await close(page);
});

test("where nothing was sent yet the table says so", async () => {
  const page = await open("#/cambodia/overview", { serviceWorkers: "block" });
  await page.route(`**${SUBMISSIONS}?*`, (route) => route.fulfill({ json: { submissions: [] } }));
  await page.goto(`${server.base}/viewer/#/cambodia/contribute`);
  await page.waitForSelector(".sent h2");
  assert.match(await page.locator(".sent").textContent(), /Nothing has been sent yet/);
  await close(page);
});

test("nothing serious is in the way of people who read a receipt, in any direction and width", async () => {
  const good = await send(written(area("ROUNDED-5", 104.31, 2)));
  const crossing = area("CROSSING-2", 104.412345, 6);
  const [a, b, c, d] = crossing.geometry.coordinates[0];
  crossing.geometry.coordinates = [[a, c, b, d, a]];
  const rejected = await send(written(crossing, area("ROUNDED-6", 104.51, 2)));
  for (const language of ["en", "ar"])
    for (const viewport of [WIDE, PHONE])
      for (const [name, id] of Object.entries({ good, rejected })) {
        const page = await open(addressOf(id), { language, viewport });
        await page.waitForSelector(".panel .finding");
        await shown(page);
        await quiet(page);
        const where = `${name} in ${language} at ${viewport.width}`;
        assert.deepEqual(await barriers(page), [], where);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= viewport.width, `${where} is ${wide} pixels wide`);
        await close(page, `receipt-${name}-${language}-${viewport.width}`);
      }
});

test("a receipt speaks every language", async () => {
  const id = await send(written(area("ROUNDED-7", 104.61, 2)));
  for (const language of ["km", "uk", "ja", "ar"]) {
    const page = await open(addressOf(id), { language });
    await page.waitForSelector(".panel .finding");
    await shown(page);
    assert.doesNotMatch(await page.locator("main").textContent(), /[{}]|receipt\.|sent\./);
    await close(page, `receipt-${language}`);
  }
});
