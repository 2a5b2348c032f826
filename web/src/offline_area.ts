import { type CollectionDocument, references } from "./explore/collections";
import { KEPT, type Box } from "./offline";
import { address, read, readFile } from "./server";
import type { Items, Programme } from "./wire";

/** Areas whose story is kept, too. */
const STORIES = 50;
/** Records of one kind that are kept; a box with more is refused, since a part would look like the whole. */
const ITEMS = 10_000;
const AREAS = "hazardous-areas";
const NEEDED = [AREAS, "land-releases"];
/** Left out where there are too many, as layers of the programme are. */
const WELCOME = ["activities"];

export class TooMany extends Error {}

async function put(cache: Cache, path: string, document: unknown): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  await cache.put(path, new Response(JSON.stringify(document), { headers }));
}

async function store(cache: Cache, path: string): Promise<void> {
  await put(cache, path, await read<unknown>(path));
}

/** Keeps a file as it comes. */
async function storeFile(cache: Cache, path: string): Promise<void> {
  await cache.put(path, new Response(await readFile(path)));
}

/** Keeps the pages of the viewer, also those that were not opened yet. */
async function storeViewer(cache: Cache): Promise<void> {
  const base = import.meta.env.BASE_URL;
  const names = await read<string[]>(`${base}files.json`);
  await Promise.all(names.map((name) => storeFile(cache, base + name)));
}

/** Keeps the records of a box; answers none where there are more than can be kept. */
async function storeAll(cache: Cache, items: string, bbox: string): Promise<Items | null> {
  const path = address(items, { bbox, limit: ITEMS });
  const found = await read<Items>(path);
  if (found.links?.some(({ rel }) => rel === "next") === true) return null;
  await put(cache, path, found);
  return found;
}

/** Keeps the records of every collection that a map draws, and tells which are there to be read. */
async function storeRecords(cache: Cache, below: string, bbox: string): Promise<Items> {
  const listed = await read<{ collections: CollectionDocument[] }>(`${below}/collections`);
  const layers = references(listed.collections).map(({ id }) => id);
  const kept = new Map<string, Items>();
  for (const id of [...NEEDED, ...WELCOME, ...layers]) {
    // The map asks for other boxes later; the service worker answers them all from this one.
    const found = await storeAll(cache, `${below}/collections/${id}/items`, bbox);
    if (found !== null) kept.set(id, found);
    else if (NEEDED.includes(id)) throw new TooMany();
  }
  // What is not here is not offered: an empty map would look like land without records.
  const collections = listed.collections.filter(({ id }) => kept.has(id));
  await put(cache, `${below}/collections`, { ...listed, collections });
  return kept.get(AREAS) as Items;
}

/** Keeps the overview and the areas of a box (the whole programme without one); answers how many. */
export async function keepArea(programme: Programme, box: Box | null): Promise<number> {
  await caches.delete(KEPT);
  const cache = await caches.open(KEPT);
  const below = `/programmes/${programme.code}`;
  await storeViewer(cache);
  await store(cache, "/programmes");
  await store(
    cache,
    address(`${below}/collections/regions/items`, {
      limit: 1000,
      properties: "local_id,name,names,level,parent",
    }),
  );
  for (const groups of ["region", "year", "year,outcome"]) {
    await store(cache, address(`${below}/progress`, { group_by: groups }));
  }
  const style = `${below}/styles/land-release`;
  await store(cache, style);
  for (const name of ["sprite.json", "sprite.png", "sprite@2x.json", "sprite@2x.png"])
    await storeFile(cache, `${style}/${name}`);
  const bbox = (box ?? programme.extent?.spatial.bbox[0] ?? [-180, -90, 180, 90]).join(",");
  const items = `${below}/collections/${AREAS}/items`;
  const areas = await storeRecords(cache, below, bbox).catch(async (failure: unknown) => {
    await caches.delete(KEPT);
    throw failure;
  });
  for (const area of areas.features.slice(0, STORIES)) {
    const id = encodeURIComponent(String(area.properties["local_id"] ?? area.id));
    for (const path of [`${items}/${id}`, `${items}/${id}/story`, `${items}/${id}/versions`])
      await store(cache, path);
  }
  return areas.features.length;
}
