// Visits to the viewer in a browser, watched for faults and for requests to anybody else.
import assert from "node:assert/strict";
import { launch, PICTURES } from "./browser.mjs";
import { serve } from "./server.mjs";

export let server;
let browser;

/** Serves the product, and starts a browser. */
export async function begin() {
  server = await serve();
  browser = await launch();
  return browser;
}

export async function end() {
  await browser?.close();
  server?.stop();
}

export async function open(
  hash,
  {
    token = server.token,
    language = "en",
    viewport = { width: 1280, height: 900 },
    base = server.base,
    friends = [],
    ...options
  } = {},
) {
  const context = await browser.newContext({
    viewport,
    locale: language,
    acceptDownloads: true,
    ...options,
  });
  const page = await context.newPage();
  page.faults = [];
  page.strangers = [];
  page.asked = new Set();
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    const isKnown = [base, ...friends].some((one) => url.startsWith(one));
    if (!isKnown && !/^(blob|data):/.test(url)) page.strangers.push(url);
    // The line of changes stays open.
    if (!url.endsWith("/changes/stream")) page.asked.add(request);
  });
  for (const end of ["requestfinished", "requestfailed"])
    page.on(end, (request) => page.asked.delete(request));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text()))
      page.faults.push(message.text());
  });
  await page.addInitScript(
    ([secret, chosen]) => {
      if (secret !== null) sessionStorage.setItem("safeground.token", secret);
      if (localStorage.getItem("safeground.language") === null)
        localStorage.setItem("safeground.language", chosen);
    },
    [token, language],
  );
  await page.goto(`${base}/viewer/${hash}`);
  return page;
}

/** Waits until nothing has been asked for half a second. */
export async function quiet(page) {
  for (let silent = 0; silent < 5;) {
    await page.waitForTimeout(100);
    silent = page.asked.size === 0 ? silent + 1 : 0;
  }
}

export async function shown(page) {
  await page.waitForSelector("main h1", { state: "attached" });
  await page.waitForFunction(
    () =>
      document.querySelector(".map") === null ||
      (document.querySelector(".maplibregl-canvas") !== null &&
        document.querySelector(".map[aria-busy]") === null),
  );
  await quiet(page);
}

export async function close(page, name) {
  if (name !== undefined) await page.screenshot({ path: `${PICTURES}${name}.png`, fullPage: true });
  assert.deepEqual(page.faults, [], "the page failed at something");
  assert.deepEqual(page.strangers, [], "somebody else was asked");
  await page.context().close();
}

/** Keeps what a page shows for reading without a connection. */
export async function kept(page) {
  await shown(page);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.reload();
  await shown(page);
  await page.getByRole("button", { name: "Keep for offline reading" }).click();
  await page.waitForFunction(
    () => document.querySelector("[role=status]").textContent.startsWith("Kept"),
    null,
    { timeout: 60_000 },
  );
}
