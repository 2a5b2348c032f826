/**
 * Lets the viewer be opened without a connection, and answers questions to the server from what
 * the reader chose to keep when the server cannot be reached. What the server says always comes first.
 */
export {};
declare const self: ServiceWorkerGlobalScope;

const FILES = "safeground-viewer-1";
/** The names of the files of the build that the server sends now. */
const LIST = "/viewer/files.json";
const KEPT = "safeground-kept";

interface Listing {
  features: { id: string; properties: Record<string, unknown> }[];
}

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) =>
  event.waitUntil(forgetOldFiles().then(() => self.clients.claim())),
);

/** Deletes the files of earlier builds; those that are the same in this one stay. */
async function forgetOldFiles(): Promise<void> {
  const cache = await caches.open(FILES);
  const names = (await (await fetch(LIST, { cache: "no-store" })).json()) as string[];
  const current = new Set(
    names.map((name) => new URL(`/viewer/${name}`, self.location.origin).href),
  );
  for (const kept of await cache.keys()) {
    const isAsset = new URL(kept.url).pathname.startsWith("/viewer/assets/");
    if (isAsset && !current.has(kept.url)) await cache.delete(kept);
  }
  // Who keeps something on this device may open any page of this build without a connection.
  if (await caches.has(KEPT))
    await Promise.all([...current].map((url) => fileThatNeverChanges(new Request(url)))).catch(
      () => undefined,
    );
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  // Parts of a file are no answers to be kept; the browser keeps them in its own way. Changes as they
  // happen are of this moment.
  if (event.request.headers.has("Range") || address.pathname.endsWith("/changes/stream")) return;
  if (address.pathname.startsWith("/viewer/assets/"))
    event.respondWith(fileThatNeverChanges(event.request));
  else if (address.pathname === "/viewer" || address.pathname.startsWith("/viewer/"))
    event.respondWith(file(event.request));
  else if (address.pathname.startsWith("/programmes"))
    event.respondWith(answer(event.request, address));
});

async function fileThatNeverChanges(request: Request): Promise<Response> {
  const known = await caches.match(request);
  if (known !== undefined) return known;
  const cache = await caches.open(FILES);
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

async function file(request: Request): Promise<Response> {
  const cache = await caches.open(FILES);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (failure) {
    const known = await cache.match(request, { ignoreVary: true });
    if (known !== undefined) return known;
    throw failure;
  }
}

async function answer(request: Request, address: URL): Promise<Response> {
  try {
    return await fetch(request);
  } catch (failure) {
    const kept = await keptAnswer(address);
    if (kept !== undefined) return kept;
    throw failure;
  }
}

/** What was kept: the same answer, or of records the listing that holds them. */
async function keptAnswer({ pathname, search }: URL): Promise<Response | undefined> {
  const cache = await caches.open(KEPT);
  const exact = await cache.match(`${pathname}${search}`);
  if (exact !== undefined) return exact;
  const [, listing, name] = /^(.*\/collections\/[^/]+\/items)(?:\/([^/]+))?$/u.exec(pathname) ?? [];
  if (listing === undefined) return undefined;
  const listed = await cache.match(listing, { ignoreSearch: true });
  if (listed === undefined || name === undefined) return listed;
  const { features } = (await listed.json()) as Listing;
  const id = decodeURIComponent(name);
  const found = features.find((one) => one.id === id || one.properties["local_id"] === id);
  return found === undefined ? undefined : Response.json(found);
}
