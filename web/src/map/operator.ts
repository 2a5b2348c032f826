/** The operator's map under the records, where the server has one: a PMTiles file, or raster tiles. */
import type * as maplibre from "maplibre-gl";
import { read } from "../server";
import { looks, SOURCE } from "./looks";

type Basemap =
  | { kind: "none" }
  | { kind: "pmtiles"; url: string; attribution: string }
  | { kind: "raster"; tiles: string[]; attribution: string };

const ADDRESS = `${import.meta.env.BASE_URL}basemap.json`;
/** Tiles of vectors, by the number that PMTiles gives them. */
const MVT = 1;

let asked: Promise<Basemap> | undefined;
let hasProtocol = false;

/** The words of an operator are words, whatever they hold: the map would read them as markup. */
function plain(attribution: string): string {
  return attribution.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

async function addFile(
  library: typeof maplibre,
  map: maplibre.Map,
  url: string,
  attribution: string,
): Promise<void> {
  const { PMTiles, Protocol } = await import("pmtiles");
  const file = new PMTiles(`${location.origin}${url}`);
  const protocol = new Protocol();
  protocol.add(file);
  if (hasProtocol) library.removeProtocol("pmtiles");
  library.addProtocol("pmtiles", protocol.tile);
  hasProtocol = true;
  const { tileType } = await file.getHeader();
  const place = { url: `pmtiles://${location.origin}${url}`, attribution: plain(attribution) };
  if (tileType !== MVT) {
    map.addSource(SOURCE, { type: "raster", tileSize: 256, ...place });
    map.addLayer({ id: "basemap", type: "raster", source: SOURCE });
    return;
  }
  const metadata = (await file.getMetadata()) as { vector_layers?: { id: string }[] };
  map.addSource(SOURCE, { type: "vector", ...place });
  for (const layer of looks((metadata.vector_layers ?? []).map((one) => one.id)))
    map.addLayer(layer);
}

/** Draws the operator's map over the countries, if there is one. */
export async function drawBasemap(library: typeof maplibre, map: maplibre.Map): Promise<void> {
  asked ??= read<Basemap>(ADDRESS).catch(() => ({ kind: "none" }));
  const basemap = await asked;
  if (basemap.kind === "raster") {
    const { tiles, attribution } = basemap;
    map.addSource(SOURCE, {
      type: "raster",
      tiles,
      tileSize: 256,
      attribution: plain(attribution),
    });
    map.addLayer({ id: "basemap", type: "raster", source: SOURCE });
  } else if (basemap.kind === "pmtiles") {
    await addFile(library, map, basemap.url, basemap.attribution);
  }
}
