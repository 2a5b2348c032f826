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
import { type Look, lookOf, namesLayer } from "./reference";

/** What the server has a style for, the lowest first: land that is hazardous again must not look
 * released. */
const STYLED = ["activities", "land-releases", "hazardous-areas"] as const;
/** What is drawn until the reader chooses something else. */
const AT_FIRST = "hazardous-areas";

/** From this zoom on the server's tiles become no finer; the map enlarges them. */
const ZOOM_MAX = 17;
/** Names of regions and what the reader looks at stay above the records. */
const ABOVE = ["record-numbers", "region-names", "spot-fill"];
/** How far from a place a record is still meant by it. */
export const REACH_PX = 4;
const STYLE = "styles/land-release";

/** Names of layers are the programme's to choose: those of sources must not meet other sources. */
const PREFIX = "records/";

/** What is asked of the records besides their place. */
export interface Condition {
  filter?: string | undefined;
  q?: string | undefined;
  effective?: string | undefined;
  as_of?: string | undefined;
}

/** A condition, and the records it chooses among; the clocks are of all that is drawn. */
export interface Question extends Condition {
  collection: string;
}

/** The address of the tiles of a collection, with places for zoom, row and column. */
export function tilesAddress(
  programme: string,
  collection: string,
  revision: number,
  question: Question,
): string {
  const { filter, q, effective } = question;
  const chosen = collection === question.collection ? { filter, q } : {};
  const query = address("", { ...chosen, effective, revision });
  return `/programmes/${programme}/collections/${collection}/tiles/WebMercatorQuad/{z}/{y}/{x}${query}`;
}

/** A record where the map shows it. */
export interface Found {
  collection: string;
  properties: MapGeoJSONFeature["properties"];
}

/** The layers of the records of a programme on one map. */
export class RecordTiles {
  /** Everything that can be drawn, the lowest first. */
  readonly drawn: readonly string[];
  readonly #shown = new Set<string>([AT_FIRST]);
  readonly #layers = new Map<string, string[]>();
  /** The tiles of each collection that are asked for: a source of the map does not know them yet while it
   * loads. */
  readonly #asked = new Map<string, string>();
  readonly #pins = new Pins();
  #isOfItems = false;

  private constructor(
    readonly map: MapLibre,
    readonly programme: string,
    readonly style: StyleSpecification,
    readonly references: readonly string[],
  ) {
    this.drawn = [...references, ...STYLED];
    map.setTransformRequest((url) => signed(this.#pins.pinned(url)));
    map.setSprite(`${location.origin}/programmes/${programme}/${STYLE}/sprite`);
  }

  /** Reads the style; nothing is drawn yet. `references` are layers of the programme. */
  static async on(
    map: MapLibre,
    programme: string,
    references: readonly string[] = [],
  ): Promise<RecordTiles> {
    const style = await read<StyleSpecification>(`/programmes/${programme}/${STYLE}`);
    return new RecordTiles(map, programme, style, references);
  }

  /** What of the records is drawn around a place of the map, in pixels; the uppermost first. */
  recordsAt({ x, y }: { x: number; y: number }, reachPx = REACH_PX): Found[] {
    const layers = [...this.#shown].flatMap((name) => this.#layers.get(name) ?? []);
    if (layers.length === 0) return [];
    const found = this.map.queryRenderedFeatures(
      [
        [x - reachPx, y - reachPx],
        [x + reachPx, y + reachPx],
      ],
      { layers },
    );
    const ofPoints = this.#isOfItems ? /-points$/ : /$^/;
    return found.map(({ source, properties }) => ({
      collection: source.slice(PREFIX.length).replace(ofPoints, ""),
      properties,
    }));
  }

  isShown(collection: string): boolean {
    return this.#shown.has(collection);
  }

  /** Shows or hides a collection. What is hidden is not asked for. */
  show(collection: string, isShown: boolean): void {
    if (isShown) this.#shown.add(collection);
    else this.#shown.delete(collection);
    for (const layer of this.#layers.get(collection) ?? [])
      this.map.setLayoutProperty(layer, "visibility", isShown ? "visible" : "none");
  }

  /** Draws the records of a revision, and of one collection those that are asked for. */
  draw(revision: number, question: Question): void {
    this.#begin(false);
    for (const collection of this.drawn) {
      const path = tilesAddress(this.programme, collection, revision, question);
      const tiles = [`${location.origin}${path}`];
      const known = this.map.getSource<VectorTileSource>(PREFIX + collection);
      if (known === undefined) {
        this.map.addSource(PREFIX + collection, { type: "vector", tiles, maxzoom: ZOOM_MAX });
        this.#addLayers(collection);
      } else if (this.#asked.get(collection) !== path) {
        known.setTiles(tiles);
      }
      this.#asked.set(collection, path);
    }
  }

  /** Draws records that are at hand, and points for those too small to be seen as areas. */
  drawItems(collection: string, areas: FeatureCollection, points: FeatureCollection): void {
    this.#begin(true);
    source(this.map, PREFIX + collection).setData(areas);
    source(this.map, `${PREFIX}${collection}-points`).setData(points);
    if (!this.#layers.has(collection)) this.#addLayers(collection);
  }

  /** Tells that the records of a place have changed, so that tiles of other places need not be asked
   * for again. */
  touched(change: Touched): void {
    this.#pins.touched(change);
  }

  #begin(isOfItems: boolean): void {
    if (this.#isOfItems === isOfItems) return;
    this.#isOfItems = isOfItems;
    for (const collection of this.drawn) {
      for (const layer of this.#layers.get(collection) ?? []) this.map.removeLayer(layer);
      for (const name of [PREFIX + collection, `${PREFIX}${collection}-points`]) {
        if (this.map.getSource(name) !== undefined) this.map.removeSource(name);
      }
      this.#layers.delete(collection);
    }
  }

  /** The layers of the style in which a collection is drawn. */
  #styled(collection: string): LayerSpecification[] {
    const own = ["", "-points", "-squares"].map((ending) => collection + ending);
    const layers = this.style.layers.filter(
      (layer) => "source-layer" in layer && own.includes(layer["source-layer"] ?? ""),
    );
    if (!this.references.includes(collection)) return layers;
    return [...layers, namesLayer(collection, this.lookOf(collection).colour)];
  }

  /** How a collection is drawn in which all is drawn alike. */
  lookOf(collection: string): Look {
    return lookOf(this.style, collection);
  }

  /** The layer of the map that one is drawn under: the next of the style, or else what is above all. */
  #above(id: string): string | undefined {
    const ids = this.style.layers.map((layer) => PREFIX + layer.id);
    const higher = ids.includes(id) ? ids.slice(ids.indexOf(id) + 1) : [];
    return [...higher, ...ABOVE].find((name) => this.map.getLayer(name) !== undefined);
  }

  #addLayers(collection: string): void {
    const visibility = this.#shown.has(collection) ? "visible" : "none";
    const added = this.#styled(collection).flatMap((layer): LayerSpecification[] => {
      const { "source-layer": drawn = collection, ...plain } = layer as LayerSpecification & {
        "source-layer"?: string;
      };
      const named = { ...plain, id: PREFIX + layer.id, layout: { ...layer.layout, visibility } };
      const tiled = { ...named, "source-layer": drawn, source: PREFIX + collection };
      if (!this.#isOfItems) return [tiled as LayerSpecification];
      const source = PREFIX + (drawn.endsWith("-points") ? drawn : collection);
      return drawn.endsWith("-squares") ? [] : [{ ...named, source } as LayerSpecification];
    });
    for (const layer of added) this.map.addLayer(layer, this.#above(layer.id));
    this.#layers.set(
      collection,
      added.map((layer) => layer.id),
    );
  }
}
