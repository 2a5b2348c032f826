/**
 * Which revision each tile is asked at. A tile that names its revision is kept by the browser for
 * ever; one that no change has touched since it came is asked for by its old name, and costs nothing.
 */
import type { Box } from "../geo/measure";

/** A change: the revision that it made, and where, as far as that is known. */
export interface Touched {
  revision: number;
  bbox: Box | null;
}

/** A release changes the figures of areas that reach beyond it. */
const MARGIN_DEG = 0.1;
/** Changes that are told apart; before these, every tile is asked for anew. */
const REMEMBERED = 200;

const NAMED = /\/tiles\/WebMercatorQuad\/(\d+)\/(\d+)\/(\d+)\?(?:.*&)?revision=(\d+)$/;

/** The box of a tile of the square of the world. */
export function boxOfTile(zoom: number, row: number, column: number): Box {
  const side = 2 ** zoom;
  const lon = (x: number) => (x / side) * 360 - 180;
  const lat = (y: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / side))) * 180) / Math.PI;
  return [lon(column), lat(row + 1), lon(column + 1), lat(row)];
}

function meets(change: Touched, tile: Box): boolean {
  if (change.bbox === null) return true;
  const [west, south, east, north] = change.bbox;
  const isApart = south - MARGIN_DEG > tile[3] || north + MARGIN_DEG < tile[1];
  // A box over the antimeridian has its west east of its east.
  if (isApart || west > east) return !isApart;
  return west - MARGIN_DEG <= tile[2] && east + MARGIN_DEG >= tile[0];
}

export class Pins {
  readonly #changes = new Map<number, Touched>();
  readonly #came = new Map<string, number>();

  touched(change: Touched): void {
    this.#changes.set(change.revision, change);
    const [oldest] = this.#changes.keys();
    if (this.#changes.size > REMEMBERED && oldest !== undefined) this.#changes.delete(oldest);
  }

  /** The address of a tile at the revision at which it came last, where it still shows the same. */
  pinned(url: string): string {
    const found = NAMED.exec(url);
    // What a condition takes out may depend on anything.
    if (found === null || /[?&](filter|q|effective)=/.test(url)) return url;
    const [zoom, row, column, revision] = found.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const name = url.slice(0, url.indexOf("?"));
    const came = this.#came.get(name);
    if (came !== undefined && this.#isUntouched(boxOfTile(zoom, row, column), came, revision))
      return url.replace(/revision=\d+$/, `revision=${came}`);
    this.#came.set(name, revision);
    return url;
  }

  /** Whether every change between two revisions is known, and none of them is near. */
  #isUntouched(tile: Box, after: number, until: number): boolean {
    for (let revision = after + 1; revision <= until; revision += 1) {
      const change = this.#changes.get(revision);
      if (change === undefined || meets(change, tile)) return false;
    }
    return true;
  }
}
