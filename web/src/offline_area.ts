import { KEPT, type Box } from "./offline";
import { address, read, readFile } from "./server";
import type { Items, Programme } from "./wire";

/** Areas whose story is kept, too. */
const STORIES = 50;
/** Areas and releases that are kept; a box with more is refused, since a part would look like the whole. */
const ITEMS = 10_000;

export class TooMany extends Error {}

async function store(cache: Cache, path: string): Promise<unknown> {
  const document = await read<unknown>(path);
  await cache.put(
    path,
    new Response(JSON.stringify(document), { headers: { "Content-Type": "application/json" } }),
  );
  return document;
}

/** Keeps a file as it comes. */
async function storeFile(cache: Cache, path: string): Promise<void> {
  await cache.put(path, new Response(await readFile(path)));
}

async function storeAll(cache: Cache, items: string, bbox: string): Promise<Items> {
  const found = (await store(cache, address(items, { bbox, limit: ITEMS }))) as Items;
  if (found.numberReturned < found.numberMatched) {
    await caches.delete(KEPT);
    throw new TooMany();
  }
  return found;
}

/** Keeps the overview and the areas of a box (the whole programme without one); answers how many. */
export async function keepArea(programme: Programme, box: Box | null): Promise<number> {
  await caches.delete(KEPT);
  const cache = await caches.open(KEPT);
  const below = `/programmes/${programme.code}`;
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
  const bbox = (box ?? programme.extent.spatial.bbox[0] ?? [-180, -90, 180, 90]).join(",");
  const items = `${below}/collections/hazardous-areas/items`;
  // The map asks for other boxes later; the service worker answers them all from this one.
  const areas = await storeAll(cache, items, bbox);
  await storeAll(cache, `${below}/collections/land-releases/items`, bbox);
  for (const area of areas.features.slice(0, STORIES)) {
    const id = encodeURIComponent(String(area.properties["local_id"] ?? area.id));
    for (const path of [`${items}/${id}`, `${items}/${id}/story`, `${items}/${id}/versions`])
      await store(cache, path);
  }
  return areas.features.length;
}
