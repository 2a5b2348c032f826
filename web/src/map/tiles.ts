/** Records on a map as the server draws them: its vector tiles in its own style. */
import type { FeatureCollection } from "geojson";
import type {
  LayerSpecification,
  Map as MapLibre,
  MapGeoJSONFeature,
  StyleSpecification,
  VectorTileSource,
} from "maplibre-gl";
import { address, read, signed } from "../server";
import { source } from "./base";
import { Pins, type Touched } from "./pins";

/** What is drawn, the lowest first: land that is hazardous again must not look released. */
const DRAWN = ["land-releases", "hazardous-areas"] as const;
export type Drawn = (typeof DRAWN)[number];

/** From this zoom on the server's tiles become no finer; the map enlarges them. */
const ZOOM_MAX = 17;
/** Names of regions and what the reader looks at stay above the records. */
const ABOVE = ["region-names", "spot-fill"];
/** A finger is less exact than a pointer. */
export const REACH_PX = 4;
const STYLE = "styles/land-release";

/** What is asked of the records besides their place. */
export interface Condition {
  filter?: string | undefined;
  q?: string | undefined;
  effective?: string | undefined;
}

/** The address of the tiles of a collection, with places for zoom, row and column. */
export function tilesAddress(
  programme: string,
  collection: Drawn,
  revision: number,
  condition: Condition,
): string {
  const { filter, q, effective } = condition;
  const chosen = collection === "hazardous-areas" ? { filter, q } : {};
  const query = address("", { ...chosen, effective, revision });
  return `/programmes/${programme}/collections/${collection}/tiles/WebMercatorQuad/{z}/{y}/{x}${query}`;
}

/** The layers of hazardous areas and releases on one map. */
export class RecordTiles {
  readonly #shown = new Map<Drawn, boolean>(DRAWN.map((name) => [name, true]));
  readonly #layers = new Map<Drawn, string[]>();
  readonly #pins = new Pins();
  #isOfItems = false;

  private constructor(
    readonly map: MapLibre,
    readonly programme: string,
    readonly style: StyleSpecification,
  ) {
    map.setTransformRequest((url) => signed(this.#pins.pinned(url)));
    map.setSprite(`${location.origin}/programmes/${programme}/${STYLE}/sprite`);
  }

  /** Reads the style; nothing is drawn yet. */
  static async on(map: MapLibre, programme: string): Promise<RecordTiles> {
    const style = await read<StyleSpecification>(`/programmes/${programme}/${STYLE}`);
    return new RecordTiles(map, programme, style);
  }

  /** The layers of a collection that are on the map now. */
  layers(collection: Drawn): string[] {
    return this.#layers.get(collection) ?? [];
  }

  /** What of the hazardous areas is drawn at a place of the map, in pixels. */
  areasAt({ x, y }: { x: number; y: number }): MapGeoJSONFeature[] {
    const layers = this.layers("hazardous-areas");
    if (layers.length === 0) return [];
    return this.map.queryRenderedFeatures(
      [
        [x - REACH_PX, y - REACH_PX],
        [x + REACH_PX, y + REACH_PX],
      ],
      { layers },
    );
  }

  /** Shows or hides a collection. What is hidden is not asked for. */
  show(collection: Drawn, isShown: boolean): void {
    this.#shown.set(collection, isShown);
    for (const layer of this.layers(collection)) {
      this.map.setLayoutProperty(layer, "visibility", isShown ? "visible" : "none");
    }
  }

  /** Draws the records of a revision that fulfil a condition. */
  draw(revision: number, condition: Condition): void {
    this.#begin(false);
    for (const collection of DRAWN) {
      const path = tilesAddress(this.programme, collection, revision, condition);
      const tiles = [`${location.origin}${path}`];
      const known = this.map.getSource<VectorTileSource>(collection);
      if (known === undefined) {
        this.map.addSource(collection, { type: "vector", tiles, maxzoom: ZOOM_MAX });
        this.#addLayers(collection);
      } else if (known.tiles[0] !== tiles[0]) {
        known.setTiles(tiles);
      }
    }
  }

  /** Draws records that are at hand, and points for those too small to be seen as areas. */
  drawItems(collection: Drawn, areas: FeatureCollection, points: FeatureCollection): void {
    this.#begin(true);
    source(this.map, collection).setData(areas);
    source(this.map, `${collection}-points`).setData(points);
    if (this.layers(collection).length === 0) this.#addLayers(collection);
  }

  /** Tells that the records of a place have changed, so that tiles of other places need not be asked
   * for again. */
  touched(change: Touched): void {
    this.#pins.touched(change);
  }

  #begin(isOfItems: boolean): void {
    if (this.#isOfItems === isOfItems) return;
    this.#isOfItems = isOfItems;
    for (const collection of DRAWN) {
      for (const layer of this.layers(collection)) this.map.removeLayer(layer);
      for (const name of [collection, `${collection}-points`]) {
        if (this.map.getSource(name) !== undefined) this.map.removeSource(name);
      }
      this.#layers.delete(collection);
    }
  }

  #addLayers(collection: Drawn): void {
    const above = ABOVE.find((name) => this.map.getLayer(name) !== undefined);
    const visibility = this.#shown.get(collection) === false ? "none" : "visible";
    const added = this.style.layers.flatMap((layer): LayerSpecification[] => {
      if (!("source-layer" in layer) || layer["source-layer"] === undefined) return [];
      const drawn = layer["source-layer"];
      if (drawn !== collection && !drawn.startsWith(`${collection}-`)) return [];
      const named = { ...layer, layout: { ...layer.layout, visibility } };
      if (!this.#isOfItems) return [{ ...named, source: collection } as LayerSpecification];
      const name = drawn.endsWith("-points") ? drawn : collection;
      const { "source-layer": _, ...plain } = named;
      return drawn.endsWith("-squares") ? [] : [{ ...plain, source: name } as LayerSpecification];
    });
    for (const layer of added) this.map.addLayer(layer, above);
    this.#layers.set(
      collection,
      added.map((layer) => layer.id),
    );
  }
}
